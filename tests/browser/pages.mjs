// Opens every page of a gallery of the console in Chromium, as people do who look, who zoom, and who only have keys.
//
// node pages.mjs URL, where URL answers with lines `name path`. Prints what is wrong and ends with 1 if anything is.
// With PORTCULLIS_SCREENSHOTS=FOLDER it leaves a picture of each page there.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [360, 1280];
const SCHEMES = ["light", "dark"];
/** Impacts that the console may not have. */
const GRAVE = ["serious", "critical"];
/** Presses of Tab on one page at most; the longest page has some two hundred places. */
const TABS_MAX = 600;
/** What differs in the dark: there only contrast is judged again. */
const RULES = { light: undefined, dark: { type: "rule", values: ["color-contrast"] } };
const REACHABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

const list = process.argv[2];
const host = new URL(list).host;
const screenshots = process.env.PORTCULLIS_SCREENSHOTS;
const faults = [];

const text = await (await fetch(list)).text();
const pages = text.split("\n").map((line) => line.split(" ")).map(([name, path]) => ({ name, path }));
if (screenshots) mkdirSync(screenshots, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
let looks = 0;
const page = await windowOf({ reducedMotion: "reduce" });
for (const { name, path } of pages) {
  await page.goto(new URL(path, list).href, { waitUntil: "load" });
  await lookAt(page, name);
  const missed = await walk(page);
  await judge(page, `${name} (unfolded)`, RULES.light);
  if (missed.length > 0) faults.push(`${name}: not reached by keyboard: ${missed.slice(0, 5).join("; ")}`);
}
await printAll();
await browser.close();

for (const fault of faults) console.log(fault);
console.log(`${pages.length} pages, ${looks} looks, ${faults.length} faults`);
process.exitCode = faults.length > 0 || looks !== pages.length * WIDTHS.length * SCHEMES.length ? 1 : 0;

/** A window whose requests to other hosts, and whose errors, are faults. */
async function windowOf(options) {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  const page = await context.newPage();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.host !== host) faults.push(`asks ${url.host} from ${page.url()}`);
  });
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`${page.url()}: ${message.text()}`);
  });
  return page;
}

/** The page in each scheme and width. */
async function lookAt(page, name) {
  // The policy of the page allows no foreign script, so axe comes in through the debugger, which is not bound by it.
  await page.evaluate(AXE);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await judge(page, `${name} (${colorScheme}, ${width} px)`, RULES[colorScheme]);
      if (screenshots) {
        await page.screenshot({ path: `${screenshots}/${name}-${colorScheme}-${width}.png`, fullPage: true });
      }
      looks += 1;
    }
  }
}

/** No grave violation of accessibility, the navigation on top, and nothing wider than the screen. */
async function judge(page, place, runOnly) {
  const options = { resultTypes: ["violations"], ...(runOnly ? { runOnly } : {}) };
  const { violations } = await page.evaluate((options) => axe.run(document, options), options);
  for (const violation of violations.filter((one) => GRAVE.includes(one.impact))) {
    const where = violation.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`);
    faults.push(`${place}: ${violation.id}: ${violation.help}: ${where.join("; ")}`);
  }
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  const top = await page.evaluate(() => document.querySelector("header.top").getBoundingClientRect().top);
  if (top > 80) faults.push(`${place}: the navigation begins at ${top} px`);
  if (excess > 0) faults.push(`${place}: ${excess} px wider than the screen`);
}

/** What can be used and is not reached with Tab alone. */
async function walk(page) {
  await page.evaluate((selector) => {
    for (const part of document.querySelectorAll("details")) part.open = true;
    document.activeElement?.blur();
    const shown = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    window.unreached = new Set(shown);
    document.addEventListener("focusin", (event) => window.unreached.delete(event.target));
  }, REACHABLE);
  const total = await page.evaluate(() => window.unreached.size);
  for (let press = 0; press < Math.min(TABS_MAX, total * 2); press += 1) {
    await page.keyboard.press("Tab");
    if (press % 10 === 9 && (await page.evaluate(() => window.unreached.size)) === 0) break;
  }
  return page.evaluate(() => [...window.unreached].map((one) => one.outerHTML.slice(0, 120)));
}

/** On paper a campaign has no navigation and no buttons, and everything is unfolded. */
async function printAll() {
  const page = await windowOf({ viewport: { width: 800, height: 1100 } });
  const campaign = pages.find(({ name }) => name === "campaign");
  await page.goto(new URL(campaign.path, list).href, { waitUntil: "load" });
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  const shown = await page.evaluate(() => ({
    navigation: document.querySelector("nav").checkVisibility(),
    buttons: [...document.querySelectorAll("button")].filter((one) => one.checkVisibility()).length,
    folded: document.querySelectorAll("details:not([open]):not(.action):not(.chart-numbers)").length,
  }));
  if (shown.navigation || shown.buttons > 0 || shown.folded > 0) faults.push(`on paper: ${JSON.stringify(shown)}`);
  if (screenshots) await page.screenshot({ path: `${screenshots}/campaign-print.png`, fullPage: true });
  await page.context().close();
}
