//! Reports taken in from bytes and from folders, and what is shown of them.

use super::*;
use crate::progress::Silent;
use std::path::PathBuf;
use tempfile::TempDir;

const NOW: EventTime = EventTime(1_700_100_000);

fn row(source: &str, count: u64, disposition: &str, dkim: &str, spf: &str) -> String {
    format!(
        "<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>{disposition}</disposition>\
         <dkim>{dkim}</dkim><spf>{spf}</spf></policy_evaluated></row><identifiers><header_from>house.example</header_from></identifiers>\
         <auth_results><spf><domain>mailer.example</domain><result>pass</result></spf></auth_results></record>"
    )
}

fn report(id: &str, begin: i64, rows: &[String]) -> Vec<u8> {
    format!(
        "<feedback><report_metadata><org_name>Receiver</org_name><report_id>{id}</report_id><date_range><begin>{begin}</begin></date_range>\
         </report_metadata><policy_published><domain>house.example</domain><p>none</p><pct>100</pct></policy_published>{}</feedback>",
        rows.concat()
    )
    .into_bytes()
}

const TLS: &[u8] = br#"{"organization-name":"Sender","report-id":"t1","date-range":{"start-datetime":"2023-11-14T00:00:00Z"},"policies":[{"policy":
    {"policy-type":"sts","policy-string":["mode: testing"],"policy-domain":"house.example"},"summary":{"total-successful-session-count":40,
    "total-failure-session-count":2},"failure-details":[{"result-type":"certificate-expired","receiving-mx-hostname":"mx.house.example",
    "failed-session-count":2}]}]}"#;

fn open() -> (TempDir, Data) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::open(folder.path()).expect("a new folder");
    (folder, data)
}

fn take(data: &mut Data, bytes: &[u8]) -> Taken {
    take_in(data, bytes, "r", &OwnDomains::default(), NOW).expect("the store works")
}

fn shown(data: &Data) -> DomainReport {
    domain(data, "House.example.", 90).expect("the store works").expect("a report was counted")
}

#[test]
fn a_report_counts_once() {
    let (_folder, mut data) = open();
    let bytes = report("1", 1_700_000_000, &[row("192.0.2.1", 3, "none", "fail", "fail")]);
    assert_eq!(take(&mut data, &bytes).dmarc, 1);
    let again = take(&mut data, &bytes);
    assert_eq!((again.dmarc, again.known), (0, 1));
    assert_eq!(shown(&data).summary.fail, 3);
    assert_eq!(take(&mut data, &report("2", 1_700_000_000, &[])).dmarc, 1);
}

#[test]
fn sums_are_kept_by_day_source_and_outcome() {
    let (_folder, mut data) = open();
    let rows = [
        row("192.0.2.1", 3, "none", "fail", "fail"),
        row("192.0.2.200", 4, "none", "fail", "fail"),
        row("192.0.2.7", 5, "reject", "fail", "fail"),
        row("198.51.100.1", 70, "none", "pass", "fail"),
        row("2001:db8:1:2::3", 1, "quarantine", "fail", "fail"),
    ];
    take(&mut data, &report("1", 1_700_000_000, &rows));
    take(&mut data, &report("2", 1_700_090_000, &rows));
    let shown = shown(&data);
    assert_eq!((shown.summary.pass, shown.summary.fail, shown.summary.dmarc_reports), (140, 26, 2));
    let of_day = |day: &str| VolumeRow {
        day: day.to_owned(),
        pass: 70,
        fail_delivered: 7,
        fail_quarantined: 1,
        fail_rejected: 5,
    };
    assert_eq!(shown.days, [of_day("2023-11-14"), of_day("2023-11-15")]);
    let failing: Vec<_> =
        shown.failing.iter().map(|row| (row.network.as_str(), row.fail, row.seen_as.as_str())).collect();
    assert_eq!(failing, [("192.0.2.0/24", 24, "mailer.example"), ("2001:db8:1::/48", 2, "mailer.example")]);
    assert_eq!(shown.policies, [PolicyRow { policy: "p=none pct=100".into(), reports: 2 }]);
    assert_eq!(shown.reporters, [ReporterRow { name: "Receiver".into(), reports: 2, messages: 166 }]);
}

#[test]
fn only_the_days_asked_for_are_shown() {
    let (_folder, mut data) = open();
    take(&mut data, &report("1", 1_690_000_000, &[row("192.0.2.1", 3, "none", "fail", "fail")]));
    take(&mut data, &report("2", 1_700_000_000, &[row("192.0.2.1", 4, "none", "fail", "fail")]));
    let shown = domain(&data, "house.example", 30).expect("the store works").expect("counted");
    assert_eq!((shown.days.len(), shown.summary.fail), (1, 7));
    assert_eq!(domain(&data, "other.example", 30).expect("the store works"), None);
}

#[test]
fn tls_reports_are_counted_by_kind() {
    let (_folder, mut data) = open();
    assert_eq!(take(&mut data, TLS).tls, 1);
    assert_eq!(take(&mut data, TLS).known, 1);
    let tls = shown(&data).tls;
    assert_eq!((tls.successes, tls.failures), (40, 2));
    let row =
        FailureRow { kind: "certificate-expired".into(), mx_host: "mx.house.example".into(), sessions: 2 };
    assert_eq!(tls.by_kind, [row]);
}

#[test]
fn what_cannot_be_counted_is_set_aside() {
    let (_folder, mut data) = open();
    let cut = report("1", 1_700_000_000, &[]);
    let cut = cut.strip_suffix(b"</feedback>").expect("its end");
    assert_eq!((take(&mut data, cut).dmarc, take(&mut data, cut).defect_count), (0, 2));
    assert_eq!(domains(&data).expect("the store works"), []);
    assert_eq!(take(&mut data, &report("1", 1_700_000_000, &[])).dmarc, 1, "the whole report still counts");
}

#[test]
fn an_impossible_time_becomes_the_day_of_arrival() {
    let (_folder, mut data) = open();
    for (id, begin) in [("1", 0), ("2", 4_000_000_000)] {
        take(&mut data, &report(id, begin, &[row("192.0.2.1", 1, "none", "fail", "fail")]));
    }
    let days = shown(&data).days;
    assert_eq!(days.iter().map(|day| day.day.as_str()).collect::<Vec<_>>(), ["2023-11-16"]);
}

#[test]
fn a_reporter_cannot_fill_the_store() {
    let (_folder, mut data) = open();
    let rows: Vec<String> = (0..model::limit::REPORT_DAY_SOURCES_MAX + 10)
        .map(|n| row(&format!("10.{}.{}.1", n / 256, n % 256), 1, "none", "fail", "fail"))
        .collect();
    take(&mut data, &report("1", 1_700_000_000, &rows));
    assert_eq!(shown(&data).summary.fail, rows.len() as u64);
    let others = shown(&data).failing.into_iter().find(|row| row.network == day::OTHERS);
    assert_eq!(others.map(|row| row.fail), Some(10));
}

#[test]
fn domains_beyond_the_limit_are_refused() {
    let (_folder, mut data) = open();
    let own = OwnDomains::default();
    let mut sums = Sums::open(&mut data, &own, NOW).expect("the store works");
    let mut outcomes = (0..=model::limit::REPORT_DOMAINS_MAX).map(|n| {
        let bytes = String::from_utf8(report("1", 1_700_000_000, &[])).expect("text");
        let (reports, _) = mail::report::read(bytes.replace("house", &format!("h{n}")).as_bytes(), "r");
        let [Report::Dmarc(report)] = reports.as_slice() else { panic!("{reports:?}") };
        sums.add_dmarc(report).expect("the store works")
    });
    assert!(outcomes.by_ref().take(model::limit::REPORT_DOMAINS_MAX).all(|outcome| outcome == Ok(true)));
    assert!(outcomes.next().is_some_and(|outcome| outcome.is_err()));
}

#[test]
fn complaints_are_handed_on() {
    let (_folder, mut data) = open();
    let raw = b"From: a@b.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n\
        Feedback-Type: abuse\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\n\r\nhello\r\n--b--\r\n";
    let complaints = take(&mut data, raw).complaints;
    assert!(
        matches!(complaints.as_slice(), [complaint] if complaint.kind == "abuse" && complaint.original.is_some())
    );
}

#[test]
fn a_folder_of_files_and_mail_is_taken_in() {
    let (folder, mut data) = open();
    let reports = folder.path().join("reports");
    std::fs::create_dir(&reports).expect("a folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(reports.join(name), bytes).expect("a file");
    write("a.xml", &report("1", 1_700_000_000, &[row("192.0.2.1", 1, "none", "fail", "fail")]));
    write("again.xml", &report("1", 1_700_000_000, &[row("192.0.2.1", 1, "none", "fail", "fail")]));
    write("b.json", TLS);
    let passed = report("2", 1_700_000_000, &[row("192.0.2.1", 1, "none", "pass", "fail")]);
    let header = b"From: a@receiver.example\r\nContent-Type: application/xml\r\n\r\n";
    write("c.eml", &[&header[..], &passed].concat());
    write("notes.txt", b"nothing");
    let taken = add(&mut data, &[reports, PathBuf::from("missing")], &OwnDomains::default(), NOW, &Silent)
        .expect("the store works");
    assert_eq!(
        (taken.dmarc, taken.tls, taken.known, taken.defect_count),
        (2, 1, 1, 2),
        "{:?}",
        taken.defects
    );
    assert_eq!((shown(&data).summary.pass, shown(&data).summary.fail), (1, 1));
}

#[test]
fn reports_about_the_domains_of_others_are_set_aside_and_told() {
    let (_folder, mut data) = open();
    let own = OwnDomains::new(["press.test"]);
    let bytes = report("1", 1_700_000_000, &[row("192.0.2.1", 3, "none", "fail", "fail")]);
    for bytes in [&bytes[..], TLS] {
        let taken = take_in(&mut data, bytes, "r", &own, NOW).expect("the store works");
        assert_eq!((taken.dmarc + taken.tls, taken.foreign, taken.defect_count), (0, 1, 1));
        let expected = "the report is of house.example, which is not one of our domains, and not counted";
        assert_eq!(taken.defects[0].reason, expected);
    }
    assert_eq!(domains(&data).expect("the store works"), []);
    let own = OwnDomains::new(["house.example"]);
    let taken = take_in(&mut data, TLS, "r", &own, NOW).expect("the store works");
    assert_eq!((taken.tls, taken.foreign), (1, 0));
}

#[test]
fn what_was_counted_is_evidence_once() {
    let (_folder, mut data) = open();
    let before = data.evidence.len();
    let bytes = report("1", 1_700_000_000, &[]);
    for _ in 0..2 {
        take(&mut data, &bytes);
    }
    assert_eq!(data.evidence.len(), before + 1, "a report that is known adds nothing");
    take(&mut data, TLS);
    assert_eq!(data.evidence.len(), before + 2);
}
