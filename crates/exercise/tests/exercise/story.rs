//! What the truth counts, and that mailboxes, log and truth agree.

use std::collections::{BTreeMap, BTreeSet};

use exercise::{Plan, Shape, Variant, write};
use expect_test::expect;

use crate::reader::{Memory, hostile_ids, lantern, listed, small, written};

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
