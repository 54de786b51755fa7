//! The exercise as its readers get it: what the truth counts, that nothing real is named, that nothing but what a mail
//! does tells hostile mail from lawful mail.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may panic, and these read only what the exercise itself wrote"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::OnceLock;

use exercise::{Plan, ProxyFormat, Scale, Shape, Sink, Summary, Variant, write};
use expect_test::expect;

/// Files by path.
#[derive(Default)]
struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    folders: BTreeSet<String>,
}

impl Sink for Memory {
    fn folder(&mut self, path: &str) -> io::Result<()> {
        self.folders.insert(path.to_owned());
        Ok(())
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        assert!(self.files.insert(path.to_owned(), bytes.to_vec()).is_none(), "{path} was written twice");
        Ok(())
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.files.entry(path.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }
}

impl Memory {
    fn text(&self, path: &str) -> String {
        String::from_utf8_lossy(&self.files[path]).into_owned()
    }

    /// All mails, in order of delivery within each mailbox.
    fn mails(&self) -> Vec<Mail> {
        let mails = self.files.iter().filter(|(path, _)| path.starts_with("mail/"));
        mails.map(|(path, bytes)| Mail::new(path, bytes)).collect()
    }
}

/// A mail as a reader without a parser sees it.
struct Mail {
    member: String,
    message_id: String,
    /// Names of the header fields above the content, in order.
    fields: Vec<String>,
    raw: String,
}

impl Mail {
    fn new(path: &str, bytes: &[u8]) -> Self {
        let raw = String::from_utf8_lossy(bytes).into_owned();
        let head = raw.split("\n\n").next().unwrap();
        let names = head.lines().filter(|line| !line.starts_with([' ', '\t']));
        let fields = names.map(|line| line.split(':').next().unwrap().to_owned()).collect();
        let id = head.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
        Self { member: path.split('/').nth(1).unwrap().to_owned(), message_id: id.to_owned(), fields, raw }
    }

    fn field(&self, name: &str) -> &str {
        let prefix = format!("{name}: ");
        self.raw.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default()
    }
}

fn written(plan: &Plan) -> (Memory, Summary) {
    let mut memory = Memory::default();
    let summary = write(plan, &mut memory).unwrap();
    (memory, summary)
}

/// The story of seed 1, written once for all tests that only read it.
fn lantern() -> &'static (Memory, Summary) {
    static STORY: OnceLock<(Memory, Summary)> = OnceLock::new();
    STORY.get_or_init(|| written(&Plan::lantern(1)))
}

fn small(seed: u64, variant: &str) -> Plan {
    let scale = Scale { lawful_mails: 600, ..Scale::default() };
    Plan { scale, days: 40, ..Plan::of_variant(seed, Variant::parse(variant).unwrap()) }
}

/// The strings of one list in a line of the truth.
fn listed(line: &str, key: &str) -> Vec<String> {
    let start = line.find(&format!("\"{key}\":[")).unwrap() + key.len() + 4;
    let list = line[start..].split(']').next().unwrap();
    list.split(',').filter(|item| !item.is_empty()).map(|item| item.trim_matches('"').to_owned()).collect()
}

fn hostile_ids(memory: &Memory) -> BTreeSet<String> {
    memory.text("truth/campaigns.jsonl").lines().flat_map(|line| listed(line, "messages")).collect()
}

#[test]
fn lantern_is_as_the_story_tells_it() {
    let (memory, summary) = lantern();
    assert_eq!((summary.members, summary.forum, summary.hostile_mails), (120, 38, 162));
    assert!((9_000..=11_500).contains(&summary.lawful_mails), "{summary:?}");
    let counts = |line: &str| ["messages", "members", "senders"].map(|key| listed(line, key).len());
    let truth = memory.text("truth/campaigns.jsonl");
    let lines: Vec<&str> = truth.lines().collect();
    assert_eq!(lines.iter().map(|line| counts(line)).collect::<Vec<_>>(), [[104, 40, 10], [58, 32, 4]]);
    assert_eq!(listed(lines[0], "opened"), ["M004", "M011", "M029"]);
    assert!(listed(lines[1], "opened").is_empty());
    assert_eq!(listed(lines[0], "hosts").len(), 1);
    let (first, second) = (listed(lines[0], "hosts"), listed(lines[1], "hosts"));
    assert!(second.iter().all(|host| !first.contains(host)), "C2 comes from new hosts");
}

#[test]
fn first_campaign_reaches_the_forum_and_two_others() {
    let (memory, _) = lantern();
    let forum: BTreeSet<String> = memory
        .text("members.csv")
        .lines()
        .filter(|line| line.ends_with("forum,house"))
        .map(|line| line[..4].to_owned())
        .collect();
    let truth = memory.text("truth/campaigns.jsonl");
    let members: BTreeSet<String> = listed(truth.lines().next().unwrap(), "members").into_iter().collect();
    assert_eq!(members.intersection(&forum).count(), 38);
    assert!(!members.contains("M050"));
}

#[test]
fn truth_and_mailboxes_agree() {
    let (memory, summary) = lantern();
    let mails = memory.mails();
    assert_eq!(mails.len(), summary.lawful_mails + summary.hostile_mails);
    let in_boxes: BTreeSet<String> = mails.iter().map(|mail| mail.message_id.clone()).collect();
    let lawful: BTreeSet<String> =
        memory.text("truth/lawful.jsonl").lines().flat_map(|line| listed(line, "messages")).collect();
    let hostile = hostile_ids(memory);
    assert!(lawful.is_disjoint(&hostile));
    assert_eq!(in_boxes, lawful.union(&hostile).cloned().collect());
}

#[test]
fn each_lawful_kind_is_there() {
    let (memory, _) = lantern();
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for line in memory.text("truth/lawful.jsonl").lines() {
        let kind = line.split("\"kind\":\"").nth(1).unwrap().split('"').next().unwrap();
        let mails: usize =
            line.split("\"mails\":").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
        let entry = kinds.entry(kind.to_owned()).or_default();
        *entry = (entry.0 + 1, entry.1 + mails);
    }
    let shown: Vec<String> = kinds
        .iter()
        .map(|(kind, (parties, mails))| format!("{kind}: {parties} parties, {mails} mails"))
        .collect();
    expect![[r#"
        correspondence: 331 parties, 1263 mails
        internal: 12 parties, 500 mails
        malformed: 15 parties, 15 mails
        mass-mail: 6 parties, 802 mails
        merge-customer: 8 parties, 750 mails
        newsletter: 20 parties, 2209 mails
        notification: 6 parties, 300 mails
        outlet: 8 parties, 669 mails
        petition: 5 parties, 809 mails
        press-blast: 9 parties, 855 mails
        secretariat: 1 parties, 874 mails
        spam: 31 parties, 301 mails
        think-tank: 1 parties, 480 mails"#]]
    .assert_eq(&shown.join("\n"));
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_others() {
    let files = |seed| written(&small(seed, "lantern")).0.files;
    let first = files(5);
    assert!(first == files(5));
    assert!(first["members.csv"] != files(6)["members.csv"]);
}

/// All words of a text that could be a host name or an address of the network.
fn hosts(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || ".-:".contains(letter)));
    let words = words.map(|word| word.trim_matches(['.', ':', '-']).to_lowercase());
    words.filter(|word| word.contains('.') && !word.ends_with(".php")).collect()
}

#[test]
fn every_domain_in_headers_and_links_is_reserved() {
    let (memory, _) = written(&small(3, "lantern"));
    let reserved = [".example", ".test", ".example.com", ".example.net", ".example.org"];
    let log = memory.text("proxy.log");
    let urls = log.split_whitespace().filter(|word| word.contains("://"));
    let mut domains: BTreeSet<String> = urls.map(|url| url.split('/').nth(2).unwrap().to_owned()).collect();
    for mail in memory.mails() {
        let text = mail.raw.replace("=\n", "");
        let links = text.split("://").skip(1).map(|rest| {
            rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || ".-".contains(letter)))
                .next()
                .unwrap()
        });
        domains.extend(links.map(str::to_owned));
        let head = text.split("\n\n").next().unwrap();
        let addresses = head.split('@').skip(1).map(|rest| {
            rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || ".-".contains(letter)))
                .next()
                .unwrap()
        });
        domains.extend(addresses.map(str::to_owned));
    }
    assert!(domains.len() > 50);
    let real: Vec<&String> =
        domains.iter().filter(|domain| !reserved.iter().any(|ending| domain.ends_with(ending))).collect();
    assert!(real.is_empty(), "{real:?}");
}

#[test]
fn every_network_address_is_reserved() {
    let (memory, _) = written(&small(4, "lantern"));
    for mail in memory.mails() {
        for word in mail.raw.split("\n\n").next().unwrap().split(['[', ']']).skip(1).step_by(2) {
            let address = word.trim_start_matches("IPv6:");
            let blocks = ["192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"];
            let is_bracketed_subject = word.starts_with('#');
            assert!(is_bracketed_subject || blocks.iter().any(|block| address.starts_with(block)), "{word}");
        }
    }
}

/// What a rule could cheat with: the features of hostile mail that no lawful mail shows.
fn only_hostile(memory: &Memory, feature: impl Fn(&Mail) -> Vec<String>) -> BTreeSet<String> {
    let hostile_ids = hostile_ids(memory);
    let (mut hostile, mut lawful) = (BTreeSet::new(), BTreeSet::new());
    for mail in memory.mails() {
        let side = if hostile_ids.contains(&mail.message_id) { &mut hostile } else { &mut lawful };
        side.extend(feature(&mail));
    }
    assert!(!hostile.is_empty());
    hostile.difference(&lawful).cloned().collect()
}

#[test]
fn nothing_superficial_tells_hostile_mail() {
    let endings = |mail: &Mail| {
        let hosts = hosts(&mail.raw.replace("=\n", "").replace("3D", ""));
        let known = ["example", "test", "com", "net", "org"];
        let ends = hosts.iter().filter_map(|host| host.rsplit('.').next()).filter(|end| known.contains(end));
        ends.map(str::to_owned).collect()
    };
    let header_set = |mail: &Mail| vec![mail.fields.join(" ")];
    let results = |mail: &Mail| {
        let lines =
            mail.raw.lines().take_while(|line| !line.is_empty()).skip_while(|l| !l.starts_with("Auth"));
        let results = lines.skip(1).take(3).filter_map(|line| line.split_whitespace().next());
        vec![results.collect::<Vec<_>>().join(" ")]
    };
    let blocks = |mail: &Mail| {
        let literals = mail.raw.split("([").skip(1).chain(mail.raw.split(" [").skip(1));
        literals.map(|rest| rest.chars().take(8).collect()).collect()
    };
    let other = written(&Plan::lantern(2));
    for (seed, (memory, _)) in [(1, lantern()), (2, &other)] {
        let nothing = BTreeSet::new();
        assert_eq!(only_hostile(memory, endings), nothing, "endings, seed {seed}");
        assert_eq!(only_hostile(memory, header_set), nothing, "header sets, seed {seed}");
        assert_eq!(only_hostile(memory, results), nothing, "authentication, seed {seed}");
        assert_eq!(only_hostile(memory, blocks), nothing, "address blocks, seed {seed}");
    }
}

#[test]
fn the_tracker_has_lawful_customers() {
    let (memory, _) = lantern();
    let truth = memory.text("truth/campaigns.jsonl");
    let host = listed(truth.lines().next().unwrap(), "hosts").remove(0);
    let hostile = hostile_ids(memory);
    let log = memory.text("proxy.log");
    assert!(log.contains(&host));
    let mails = memory.mails();
    let through_it = mails.iter().filter(|mail| !hostile.contains(&mail.message_id));
    let domains: BTreeSet<String> = through_it
        .filter(|mail| mail.raw.replace("=\n", "").contains(&format!("https://{host}/o/")))
        .map(|mail| mail.field("From").rsplit('@').next().unwrap().trim_end_matches('>').to_owned())
        .collect();
    assert!(domains.len() >= 5, "{domains:?}");
}

/// Who fetched a hostile beacon, by the log.
fn fetchers(memory: &Memory) -> BTreeMap<String, BTreeSet<String>> {
    let truth = memory.text("truth/campaigns.jsonl");
    let ids: Vec<String> = listed(truth.lines().next().unwrap(), "messages");
    let mut fetched: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let log = memory.text("proxy.log");
    for mail in memory.mails().iter().filter(|mail| ids.contains(&mail.message_id)) {
        let html = mail.raw.replace("=\n", "").replace("=3D", "=");
        let beacon = html.split('"').find(|word| word.contains("/o/")).unwrap();
        for line in log.lines().filter(|line| line.contains(beacon)) {
            let user = line.split_whitespace().nth(7).unwrap();
            fetched.entry(mail.member.clone()).or_default().insert(user.to_owned());
        }
    }
    fetched
}

#[test]
fn three_members_open_and_a_forwarded_mail_is_somebody_elses() {
    let (memory, summary) = lantern();
    assert!(summary.log_lines > 5_000, "{summary:?}");
    let fetched = fetchers(memory);
    let own: Vec<&String> =
        fetched.iter().filter(|(member, users)| users.contains(*member)).map(|(member, _)| member).collect();
    assert_eq!(own, ["M004", "M011", "M029"]);
    assert!(fetched["M004"].contains("M050"));
    assert!(fetched.values().any(|users| users.contains("-")));
}

#[test]
fn each_variant_has_the_campaign_it_names() {
    for variant in Variant::grid() {
        let text = variant.to_string();
        let mut plan = small(8, &text);
        // The rest of the house is not looked at here, so there is little of it.
        plan.days = if text.contains("duration=180d") { 194 } else { 60 };
        plan.scale.lawful_mails = 150;
        let (memory, summary) = written(&plan);
        let truth = memory.text("truth/campaigns.jsonl");
        let line = truth.lines().next().unwrap();
        let exercise::Attack::Single(injection) = &variant.attack else { continue };
        assert_eq!(listed(line, "members").len(), usize::from(injection.recipients), "{text}");
        assert!(listed(line, "senders").len() <= usize::from(injection.accounts), "{text}");
        assert_eq!(listed(line, "messages").len(), summary.hostile_mails, "{text}");
    }
}

#[test]
fn an_exercise_without_attack_has_no_campaign() {
    let (memory, summary) = written(&small(2, "none,newcomer=yes"));
    assert_eq!(summary.hostile_mails, 0);
    assert!(memory.text("truth/campaigns.jsonl").is_empty());
    assert!(memory.text("truth/lawful.jsonl").contains("\"kind\":\"newcomer\""));
}

#[test]
fn an_mbox_holds_the_same_mails_in_order() {
    let (_, summary) = written(&small(2, "lantern"));
    let (memory, _) = written(&Plan { shape: Shape::Mbox, ..small(2, "lantern") });
    let separators = memory.text("all.mbox").lines().filter(|line| line.starts_with("From ")).count();
    assert_eq!(separators, summary.lawful_mails + summary.hostile_mails);
    assert!(memory.folders.is_empty());
}

#[test]
fn impossible_plans_are_refused() {
    let mut plan = small(1, "lantern");
    plan.scale.members = 10;
    assert!(write(&plan, &mut Memory::default()).is_err());
    assert!(write(&Plan { days: 0, ..small(1, "lantern") }, &mut Memory::default()).is_err());
}

#[test]
fn proxy_logs_in_each_format() {
    let line = |proxy, number| {
        let (memory, _) = written(&Plan { proxy, ..small(1, "lantern") });
        memory.text("proxy.log").lines().nth(number).unwrap().to_owned()
    };
    expect![[r#"
        1609748244.926    513 192.0.2.32 TCP_TUNNEL/200 100100 CONNECT weather.padgate.example:443 M032 HIER_DIRECT/203.0.113.138 -
        192.0.2.32 - alva.kellkirk@northmere.example [04/Jan/2021:08:17:24 +0000] "CONNECT weather.padgate.example:443 HTTP/1.1" 200 100100 "-" "Mozilla/5.0"
        2021-01-04 08:17:24 192.0.2.32 alva.kellkirk@northmere.example CONNECT weather.padgate.example:443 200 100100
        {"time":"2021-01-04T08:17:24Z","client":"192.0.2.32","user":"M032","method":"CONNECT","url":"weather.padgate.example:443","status":200,"bytes":100100}
    "#]].assert_eq(&format!(
        "{}\n{}\n{}\n{}\n",
        line(ProxyFormat::Squid, 0),
        line(ProxyFormat::Combined, 0),
        line(ProxyFormat::W3c, 3),
        line(ProxyFormat::Json, 0)
    ));
}

/// The first mail in the given mailboxes' order whose id is, or is not, hostile and which has the mark.
fn sample(memory: &Memory, kind: &str) -> String {
    let truth = memory.text("truth/lawful.jsonl") + &memory.text("truth/campaigns.jsonl");
    let line = truth.lines().find(|line| line.contains(kind)).unwrap();
    let id = listed(line, "messages").remove(0);
    memory.mails().into_iter().find(|mail| mail.message_id == id).unwrap().raw
}

#[test]
fn a_hostile_mail() {
    let (memory, _) = written(&small(1, "beacon=img"));
    expect![[r##"
        Delivered-To: junia.kellering@northmere.example
        Return-Path: <bounce+6xpti0-r4ih3j78twu3@thepadmoorsend.example>
        Received: from out4.thepadmoorsend.example (out4.thepadmoorsend.example [192.0.2.91])
        	by mx.northmere.example (Postfix) with ESMTPS id CE7A07BB4DF
        	for <junia.kellering@northmere.example>; Mon, 18 Jan 2021 08:47:02 +0000
        Authentication-Results: mx.northmere.example;
        	spf=pass smtp.mailfrom=thepadmoorsend.example;
        	dkim=pass header.d=thepadmoorsend.example;
        	dmarc=none header.from=wanminster-record-online.example
        Received: from app.thepadmoorsend.example ([203.0.113.17])
        	by out4.thepadmoorsend.example with ESMTPSA id 9kvccbsystwmys;
        	Mon, 18 Jan 2021 08:46:55 +0000
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=thepadmoorsend.example; s=s1;
        	t=1610959620; h=from:to:subject:date:message-id:mime-version;
        	bh=0RE+tJgr72/Dr6PES+TK/RJ4+qmt85M+UQ11JOCa/Ws=;
        	b=YEg0bH/bz5CPHTfPz5vqjXo/l1+OYQAZPJoN1+OGxlBrNO5Fweq8k5fmgpLIq+PY6H6s
        	 O/Kh6xHpoq7N8oCWOAuVo6beUS0Ytqi7nfO/9Snrtr1K+1xv339pQF7QaJL2+hoWSv3V
        	 RLHo3dRVbe0ijnVJjRD8dYJR2GRg9SrnY0LxK2UEJtaEhlcPR1BPbMTrNf05N6oZmJb2
        	 J/mLIhj/XEuQeRrwevdOOyf6BlfWid2if0oxYtxcfC0Yc4+GMqrNpmCG1Er0mqjA+Np7
        	 rlZN1W1j3lAwD1VqVa+WCwDEl/WwMIw2UwGC0Ip8g2f/I4kawVlONyMmaUa2ipjxWqEn==
        Date: Mon, 18 Jan 2021 08:47:00 +0000
        From: "Rovan Kellyard | Wanminster Record" <rovan.kellyard@wanminster-record-online.example>
        To: Junia Kellering <junia.kellering@northmere.example>
        Message-ID: <R4Ih3j78TWu3fLYx5jIQk.6xpti0@thepadmoorsend.example>
        Subject: Members pressed to act on the treaty on mutual assistance
        X-Mailer: PadmoorSend 4.7
        Feedback-ID: 6xpti0:thepadmoorsend.example
        X-Account-Code: 6xpti0
        X-Exercise: LANTERN
        MIME-Version: 1.0
        Content-Type: text/html; charset="utf-8"
        Content-Transfer-Encoding: quoted-printable

        <!DOCTYPE html>
        <html lang=3D"en">
        <head>
        <meta charset=3D"utf-8">
        <meta name=3D"viewport" content=3D"width=3Ddevice-width, initial-scale=3D1"=
        >
        <title>Members pressed to act on the treaty on mutual assistance</title>
        <style type=3D"text/css">
        body { margin:0; background:#e9ecef; font-family:Georgia, serif; }
        .kiggo-t { color:#0b6e99; font-size:22px; }
        @media (max-width:600px) { .kiggo-w { width:100% !important; } }
        </style>
        </head>
        <body bgcolor=3D"#e9ecef" class=3D"kiggo-b">
        <div style=3D"display:none;max-height:0;overflow:hidden">Following the acci=
        dent near Mellhaven, those who drafted the bill coul</div>
        <table role=3D"presentation" width=3D"100%" cellpadding=3D"0" cellspacing=
        =3D"0"><tr><td align=3D"center">
        <table role=3D"presentation" class=3D"kiggo-w" width=3D"600" cellpadding=3D=
        "12">
        <tr><td><div style=3D"border-bottom:3px solid #0b6e99"><img src=3D"https://=
        img.thepadmoorsend.example/6xpti0/logo.png" alt=3D"Wanminster Record" heigh=
        t=3D"48"></div></td></tr>
        <tr><td><h1 class=3D"kiggo-t">Members pressed to act on the treaty on mutua=
        l assistance</h1>
        <p>Dear Junia Kellering,</p>
        <p>Following the accident near Mellhaven, those who drafted the bill could =
        not rule out that the treaty on mutual assistance affects one household in =
        49, with consequences well beyond Trevport. Following the accident near Mel=
        lhaven, those who drafted the bill warned that the treaty on mutual assista=
        nce needs a lead minister, as a map published alongside makes plain. Speaki=
        ng to this desk, the inspectorate were relieved to learn that the treaty on=
         mutual assistance was left out of the coalition paper; more on this below.=
         In the latest survey, 89 local councils could not rule out that the treaty=
         on mutual assistance affects one household in 89; Corvin Hasksted declined=
         to comment.</p>
        <p>Not for the first time, several mayors set out in detail how the treaty =
        on mutual assistance has become a test of trust, which few had expected in =
        Trevport. Since the spring, the auditor are asking members to consider that=
         the treaty on mutual assistance affects one household in 49, although the =
        documents tell a longer story. To general surprise, researchers from Trevpo=
        rt warned that the treaty on mutual assistance needs a lead minister, a cla=
        im that Frohaven Beekeepers rejects.</p>
        <p><a href=3D"https://www.wanminsterrecord.example/2021/01/17/members-press=
        ed-act-the-treaty-mutual-assistance" style=3D"color:#0b6e99;font-weight:bol=
        d">Details</a></p>
        </td></tr>
        <tr><td><img src=3D"https://img.thepadmoorsend.example/6xpti0/share.png" al=
        t=3D"Share" width=3D"24"></td></tr>
        <tr><td style=3D"font-size:11px;color:#777777">
        <p>Wanminster Record<br>43 Ropewalk, Elmhaven</p>
        </td></tr>
        </table>
        </td></tr></table>
        <img src=3D"https://t.thepadmoorsend.example/o/6xpti0/R4_Ih3j78TWu3fLYx5jIQ=
        k" alt=3D"" style=3D"display:none;width:1px;height:1px;">
        </body>
        </html>
    "##]]
    .assert_eq(&sample(&memory, "\"id\":\"C1\""));
}

#[test]
fn a_petition_mail() {
    let (memory, _) = written(&small(1, "none"));
    expect![[r#"
        Delivered-To: idris.pellfield@northmere.example
        Return-Path: <bounce+11p1pf-f36c2f4a2831@mellfordrailusers75.test>
        Received: from mail.mellfordrailusers75.test (mail.mellfordrailusers75.test [198.51.100.177])
        	by mx.northmere.example (Postfix) with ESMTPS id AEC16605181
        	for <idris.pellfield@northmere.example>; Sun, 17 Jan 2021 16:07:55 +0000
        Authentication-Results: mx.northmere.example;
        	spf=pass smtp.mailfrom=mellfordrailusers75.test;
        	dkim=pass header.d=mellfordrailusers75.test;
        	dmarc=none header.from=theyesbynet.test
        Received: from app.mellfordrailusers75.test ([198.51.100.5])
        	by mail.mellfordrailusers75.test with ESMTPSA id kmsh3bw02tfyan;
        	Sun, 17 Jan 2021 16:07:47 +0000
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=mellfordrailusers75.test; s=s1;
        	t=1610899671; h=from:to:subject:date:message-id:mime-version;
        	bh=Fyp1VWJ1dOROA3ReX/VQO3RTtNqGpXFo9zKAt7AzLap=;
        	b=F1zaqB1M8SnwVsiAkg/cvQajE3fvKo7EhR6EvSXyimqDna392uo16Z/ilk0eZNlWAQR8
        	 xhUX3Kqbc4+vulSh98mTLm0BnMMFUI61QdcwHjO65YVISX33n8lNjWug0IFvdIpKYc7o
        	 tnv66qY3TN66o6c3rNfZd6dVbujZeSN5AmFnMKfeGXSbUBLDUB/cVN6A8wHlMB8JNNjT
        	 ddrHbDXP0U5IN3ng0Kj5uU/uWGIUVJ0VHzVO4wGZRTGN/K5mG+HtAULGOThUH8CAFn54
        	 sFYvW7nESCKVifcn3Vm7vj8fkZfNfsVAV6rY2WYCifRHxCUfFeFKVJRRWNy4sz55VPmd==
        Date: Sun, 17 Jan 2021 16:07:51 +0000
        From: Garet Fennworth <garet.fennworth17@theyesbynet.test>
        To: Idris Pellfield <idris.pellfield@northmere.example>
        Message-ID: <f36c2f4a2831632df0bc9e60d0ab11f7.11p1pf@mellfordrailusers75.test>
        Subject: Parliamentary diplomacy in Dornshaw
        X-Mailer: Bulkmail 2.14
        Reply-To: garet.fennworth17@theyesbynet.test
        X-Exercise: LANTERN
        MIME-Version: 1.0
        Content-Type: multipart/alternative;
        	boundary="=_af434443fc90b8ccf1d1d517"

        --=_af434443fc90b8ccf1d1d517
        Content-Type: text/plain; charset="utf-8"
        Content-Transfer-Encoding: quoted-printable

        Dear Idris Pellfield,

        I voted for you and I hope that parliamentary diplomacy is treated as a
        detail because it concerns all of us.

        With respect, parliamentary diplomacy is discussed over our heads and I
        shall follow what you do. My daughter asked me why parliamentary
        diplomacy is discussed over our heads whatever your party says. At our
        last meeting we agreed that 91 people signed a list about parliamentary
        diplomacy in one afternoon and I enclose nothing but my concern. It
        worries me that parliamentary diplomacy split our village and I enclose
        nothing but my concern.

        I voted for you and I hope that the leaflet on parliamentary diplomacy
        raised more questions than it answered and surely that can be changed.
        Like many of my neighbours, I believe parliamentary diplomacy could be
        settled cheaply and I shall follow what you do.

        Like many of my neighbours, I believe parliamentary diplomacy split our
        village and Skelhaven Beekeepers agrees. It worries me that
        parliamentary diplomacy split our village and I shall follow what you
        do, please. With respect, 24 people signed a list about parliamentary
        diplomacy in one afternoon before another year is lost, please.

        It worries me that parliamentary diplomacy is discussed over our heads
        before another year is lost, please. Frankly, parliamentary diplomacy
        could be settled cheaply and surely that can be changed, please.

        Yours sincerely,
        Garet Fennworth
        Claycross

        More: https://www.mellmoor-heritage-circle.test/act/0w90p

        --=_af434443fc90b8ccf1d1d517
        Content-Type: text/html; charset="utf-8"
        Content-Transfer-Encoding: quoted-printable

        <html><body>
        <p>Dear Idris Pellfield,</p><br>
        <p>I voted for you and I hope that parliamentary diplomacy is treated as a<=
        br>
        detail because it concerns all of us.</p><br>
        <p>With respect, parliamentary diplomacy is discussed over our heads and I<=
        br>
        shall follow what you do. My daughter asked me why parliamentary<br>
        diplomacy is discussed over our heads whatever your party says. At our<br>
        last meeting we agreed that 91 people signed a list about parliamentary<br>
        diplomacy in one afternoon and I enclose nothing but my concern. It<br>
        worries me that parliamentary diplomacy split our village and I enclose<br>
        nothing but my concern.</p><br>
        <p>I voted for you and I hope that the leaflet on parliamentary diplomacy<b=
        r>
        raised more questions than it answered and surely that can be changed.<br>
        Like many of my neighbours, I believe parliamentary diplomacy could be<br>
        settled cheaply and I shall follow what you do.</p><br>
        <p>Like many of my neighbours, I believe parliamentary diplomacy split our<=
        br>
        village and Skelhaven Beekeepers agrees. It worries me that<br>
        parliamentary diplomacy split our village and I shall follow what you<br>
        do, please. With respect, 24 people signed a list about parliamentary<br>
        diplomacy in one afternoon before another year is lost, please.</p><br>
        <p>It worries me that parliamentary diplomacy is discussed over our heads<b=
        r>
        before another year is lost, please. Frankly, parliamentary diplomacy<br>
        could be settled cheaply and surely that can be changed, please.</p><br>
        <p>Yours sincerely,<br>
        Garet Fennworth<br>
        Claycross</p><br>
        <p>More: https://www.mellmoor-heritage-circle.test/act/0w90p<br>
        </p>
        </body></html>

        --=_af434443fc90b8ccf1d1d517--
    "#]]
    .assert_eq(&sample(&memory, "\"petition\""));
}

#[test]
fn a_reply_in_a_thread() {
    let (memory, _) = written(&small(1, "none"));
    expect![[r#"
        Delivered-To: fiora.yarander@northmere.example
        Return-Path: <rovan.rathyard@thehaverportmonitor.example>
        Received: from smtp1.thehaverportmonitor.example (smtp1.thehaverportmonitor.example [198.51.100.204])
        	by mx.northmere.example (Postfix) with ESMTPS id 3E0E1749334
        	for <fiora.yarander@northmere.example>; Thu, 21 Jan 2021 17:21:44 +0000
        Authentication-Results: mx.northmere.example;
        	spf=pass smtp.mailfrom=thehaverportmonitor.example;
        	dkim=pass header.d=thehaverportmonitor.example;
        	dmarc=pass header.from=thehaverportmonitor.example
        Received: from desk8.thehaverportmonitor.example ([203.0.113.224])
        	by smtp1.thehaverportmonitor.example with ESMTPSA id qraazwhypxv20s;
        	Thu, 21 Jan 2021 17:21:39 +0000
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=thehaverportmonitor.example; s=s1;
        	t=1611249701; h=from:to:subject:date:message-id:mime-version;
        	bh=JGAn+VKyNWqjBFLhtNyYtLL45iu+/RrOntOL2mySSEk=;
        	b=eAFR58fJxFaAYVdgb0g2YD0YkzbaiXoxiwPdS7CS8weMamtTEmS2kRawyQU9FLMCh/Is
        	 hchpl3ehew3N1VeH9z1Zd0xvSAVlOHKgniOz6h53L8V27Xhka74ebzGyA6SS2etN6AYk
        	 5sLtlYKGCvusH/N91ieEh2dSM8YheVtfYQWl2+NFLE3nhXZsgJu8gvJb97CVOnxxlfk7
        	 6N+XeFfE/YLlfE2kkK8m4vNSpgXDjA0r9S6t4ScqTBtKlFvAcJQ6/pF3Ct9kmd9H4vUu
        	 8IrwZmpKQwVsNqes6GWI6NiiafcjzHWwlPJ0agjIY/53dHhoXa0zkQepkjEljarl68NU==
        Date: Thu, 21 Jan 2021 17:21:41 +0000
        From: Rovan Rathyard <rovan.rathyard@thehaverportmonitor.example>
        To: Fiora Yarander <fiora.yarander@northmere.example>
        Message-ID: <c03c4e8a6aa211cbbb8ab6751b7a@thehaverportmonitor.example>
        Subject: Note on local radio
        X-Mailer: Microsoft Outlook 16.0
        X-Exercise: LANTERN
        MIME-Version: 1.0
        Content-Type: multipart/alternative;
        	boundary="=_bd2ffa7270170fcb0ffa92d1"

        --=_bd2ffa7270170fcb0ffa92d1
        Content-Type: text/plain; charset="utf-8"
        Content-Transfer-Encoding: quoted-printable

        Dear Fiora,

        Could you look at your question about local radio if that is all right
        with you, best from a wet Kirnmoor. I have thought again about the
        paragraph on local radio and I think we agree.

        I have thought again about the figures behind local radio - my office
        will send the rest. Kasper Quaryard asked me about the meeting with
        Trevminster Hospice - see what you make of it? Following up on the
        paragraph on local radio and whether it can wait until Tuesday?

        Rovan Rathyard

        --=_bd2ffa7270170fcb0ffa92d1
        Content-Type: text/html; charset="utf-8"
        Content-Transfer-Encoding: quoted-printable

        <html><body><div dir=3D"ltr">Dear Fiora,<br>
        <br>
        Could you look at your question about local radio if that is all right<br>
        with you, best from a wet Kirnmoor. I have thought again about the<br>
        paragraph on local radio and I think we agree.<br>
        <br>
        I have thought again about the figures behind local radio - my office<br>
        will send the rest. Kasper Quaryard asked me about the meeting with<br>
        Trevminster Hospice - see what you make of it? Following up on the<br>
        paragraph on local radio and whether it can wait until Tuesday?<br>
        <br>
        Rovan Rathyard<br>
        </div>
        <img src=3D"https://www.thehaverportmonitor.example/signature.png" alt=3D""=
         height=3D"30">
        </body></html>

        --=_bd2ffa7270170fcb0ffa92d1--
    "#]]
    .assert_eq(&sample(&memory, "\"correspondence\""));
}

#[test]
fn an_invitation() {
    let (memory, _) = written(&small(1, "none"));
    expect![[r#"
        Delivered-To: perrin.pelllow@northmere.example
        Return-Path: <noreply@ulshawpublishing.example>
        Received: from mail.ulshawpublishing.example (mail.ulshawpublishing.example [IPv6:2001:db8:efc0::bc])
        	by mx.northmere.example (Postfix) with ESMTPS id 532747FA9DC
        	for <perrin.pelllow@northmere.example>; Wed, 06 Jan 2021 17:37:15 +0000
        Authentication-Results: mx.northmere.example;
        	spf=pass smtp.mailfrom=ulshawpublishing.example;
        	dkim=pass header.d=ulshawpublishing.example;
        	dmarc=pass header.from=ulshawpublishing.example
        Received: from app.ulshawpublishing.example ([203.0.113.214])
        	by mail.ulshawpublishing.example with ESMTPSA id gzl2wqxm1k6kdr;
        	Wed, 06 Jan 2021 17:37:12 +0000
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=ulshawpublishing.example; s=s1;
        	t=1609954634; h=from:to:subject:date:message-id:mime-version;
        	bh=LFGf/ApAb/ZRdW5Ygf3U76DJ2febfc7kgnzP2IlD41Z=;
        	b=ymEDBkmaJiy3FiONv2+IfNFo5VAfrOQgjb9Fi+pVOGdZA+wytUH8/nFNVCSNv2zNIQDK
        	 +uXICAJ5YnfRNW0JpDGhcnGcwXFxrd5Mf/7g8/zkAmfsgKsGydghnlCLH4s7zN2NTOTm
        	 ZfVLIl4oa5heOTgaVVQQensPNRVgPqQoL/olre87pnUB9h6NJuaDgGcCDQg46kYwAUVS
        	 Y4VvBUGP2sBzqkal59KbPZaxpyPPDezZ6hhJJS2XmlpAAqiGl7/4SGvJZGone2wo1Bnx
        	 vpuWmOZ4IjC1i0X+JNaswr8/5NzYQMdF7ixoU7pYE+9axo2monYi2P0N5fZfgX+ALb9p==
        Date: Wed, 06 Jan 2021 17:37:14 +0000
        From: Ulshaw Publishing <noreply@ulshawpublishing.example>
        To: Perrin Pelllow <perrin.pelllow@northmere.example>
        Message-ID: <event-247354-0@ulshawpublishing.example>
        Subject: Invitation: Pharmacy closures
        Auto-Submitted: auto-generated
        X-Exercise: LANTERN
        MIME-Version: 1.0
        Content-Type: multipart/alternative;
        	boundary="=_b30bc22da7f47b1dd62ca6ab"

        --=_b30bc22da7f47b1dd62ca6ab
        Content-Type: text/plain; charset="utf-8"
        Content-Transfer-Encoding: quoted-printable

        I have thought again about the interview with Fiora Rathnell before the
        committee sits?

        https://my.ulshawpublishing.example/247354

        --=_b30bc22da7f47b1dd62ca6ab
        Content-Type: text/calendar; method=REQUEST; charset="utf-8"
        Content-Transfer-Encoding: quoted-printable

        BEGIN:VCALENDAR
        VERSION:2.0
        METHOD:REQUEST
        BEGIN:VEVENT
        UID:247354-noreply@ulshawpublishing.example
        DTSTAMP:20210106T170000Z
        DTSTART:20210109T170000Z
        DTEND:20210109T180000Z
        ORGANIZER:mailto:noreply@ulshawpublishing.example
        SUMMARY:Pharmacy closures
        END:VEVENT
        END:VCALENDAR

        --=_b30bc22da7f47b1dd62ca6ab--
    "#]]
    .assert_eq(&sample(&memory, "\"notification\""));
}
