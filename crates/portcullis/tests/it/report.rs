//! `report add`, `report show`, `domain check`.

use crate::program::{Work, check, json_lines, run};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

const DMARC: &str = "<feedback><report_metadata><org_name>Receiver</org_name><report_id>1</report_id><date_range><begin>1700000000</begin>\
    <end>1700086399</end></date_range></report_metadata><policy_published><domain>house.example</domain><p>none</p></policy_published><record><row>\
    <source_ip>192.0.2.1</source_ip><count>3</count><policy_evaluated><disposition>none</disposition><dkim>fail</dkim><spf>fail</spf>\
    </policy_evaluated></row><identifiers><header_from>house.example</header_from></identifiers></record></feedback>";

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

#[test]
fn reports_are_added_once_and_shown() {
    let work = Work::new();
    let (report, data) =
        (work.file("in/receiver!house.example.xml.gz", gzip(DMARC.as_bytes())), work.text("data"));
    let add =
        |code| json_lines(&check(&["report", "add", &report, "--data", &data, "--format", "jsonl"], code));
    assert_eq!(add(0)[0]["dmarc"], 1);
    assert_eq!((add(0)[0]["dmarc"].as_u64(), add(0)[0]["known"].as_u64()), (Some(0), Some(1)));
    let all = json_lines(&check(&["report", "show", "--data", &data, "--format", "jsonl"], 0));
    assert_eq!((all[0]["domain"].as_str(), all[0]["fail"].as_u64()), (Some("house.example"), Some(3)));
    let one =
        json_lines(&check(&["report", "show", "house.example", "--data", &data, "--format", "jsonl"], 0));
    assert_eq!(one[0]["failing"][0]["network"], "192.0.2.0/24");
    let text = check(&["report", "show", "house.example", "--data", &data], 0);
    assert!(text.contains("192.0.2.0/24") && text.contains("p=none"), "{text}");
    check(&["report", "show", "other.example", "--data", &data], 2);
    check(&["report", "add", &work.text("missing"), "--data", &data], 2);
}

#[test]
fn what_is_no_report_is_set_aside_and_the_rest_counts() {
    let work = Work::new();
    work.file("in/a.xml", DMARC);
    work.file("in/b.zip", "PK\x03\x04 not a zip");
    let output = run(&["report", "add", &work.text("in"), "--data", &work.text("data"), "--format", "jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json_lines(&String::from_utf8_lossy(&output.stdout))[0]["dmarc"], 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("b.zip"));
}

#[test]
fn a_domain_is_checked_only_where_dns_is_allowed() {
    check(&["domain", "check", "house.example"], 2);
    check(&["domain", "check", "house.example", "--dns=nowhere"], 2);
    // Nobody answers at the discard port of the loopback address.
    let found = json_lines(&check(
        &["domain", "check", "house.example", "--dns=127.0.0.1:9", "--format", "jsonl"],
        0,
    ));
    assert_eq!(
        (found[0]["domain"].as_str(), found[0]["grade"].as_str()),
        (Some("house.example"), Some("unknown"))
    );
}
