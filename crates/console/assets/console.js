// Small comforts. Every page works without this file.
"use strict";

// A form is sent once: a second click while the answer is on its way would be refused and look like a fault.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
});

// Coming back by the browser's history brings the form back as it was.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// On paper nothing can be opened: what is folded is printed unfolded, and folded again afterwards. Forms and the numbers
// behind a chart are not printed at all.
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open]):not(.action):not(.chart-numbers)")) {
    part.open = true;
    part.dataset.unfolded = "yes";
  }
});
window.addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("details[data-unfolded]")) {
    part.open = false;
    delete part.dataset.unfolded;
  }
});
