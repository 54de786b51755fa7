//! Tests of all readers of reports together.

use super::*;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use model::limit::{REPORT_BYTES_MAX, REPORT_DEPTH_MAX, REPORT_FILE_BYTES_MAX, REPORT_ROWS_MAX};
use proptest::prelude::*;
use std::io::Write;

const XML: &str = "<feedback><report_metadata><org_name>Receiver</org_name><report_id>1</report_id><date_range><begin>1700000000</begin>\
    </date_range></report_metadata><policy_published><domain>house.example</domain><p>none</p></policy_published><record><row>\
    <source_ip>192.0.2.1</source_ip><count>3</count></row></record></feedback>";

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

/// A zip archive of one file, with its checksum, general flags and method as told.
fn zip_with(name: &str, plain: &[u8], flags: u16, method: u16) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).expect("a vector takes everything");
    let packed =
        if method == 0 { plain.to_vec() } else { encoder.finish().expect("a vector takes everything") };
    let mut crc = flate2::Crc::new();
    crc.update(plain);
    let common = [
        &flags.to_le_bytes()[..],
        &method.to_le_bytes(),
        &[0; 4],
        &crc.sum().to_le_bytes(),
        &(packed.len() as u32).to_le_bytes(),
        &(plain.len() as u32).to_le_bytes(),
        &(name.len() as u16).to_le_bytes(),
        &[0; 2],
    ]
    .concat();
    let local = [b"PK\x03\x04\x14\x00", &common[..], name.as_bytes(), &packed].concat();
    let entry = [b"PK\x01\x02\x14\x00\x14\x00", &common[..], &[0; 14], name.as_bytes()].concat();
    let sizes = [(entry.len() as u32).to_le_bytes(), (local.len() as u32).to_le_bytes()].concat();
    [&local[..], &entry, b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &sizes, &[0; 2]].concat()
}

fn zip(plain: &[u8]) -> Vec<u8> {
    zip_with("report.xml", plain, 0, 8)
}

/// Reads `data` and expects so many rows, and one defect that contains each of the texts.
#[track_caller]
fn check(data: &[u8], rows: usize, defects: &[&str]) {
    let (reports, found) = read(data, "r");
    let count: usize = reports
        .iter()
        .map(|report| match report {
            Report::Dmarc(report) => report.rows.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(count, rows, "{reports:?} {found:?}");
    assert_eq!(found.len(), defects.len(), "{found:?}");
    for (found, expected) in found.iter().zip(defects) {
        assert!(found.reason.contains(expected), "{found}");
    }
}

#[test]
fn a_report_is_found_in_every_packing() {
    check(XML.as_bytes(), 1, &[]);
    check(&gzip(XML.as_bytes()), 1, &[]);
    check(&zip(XML.as_bytes()), 1, &[]);
    check(&zip_with("report.xml", XML.as_bytes(), 0, 0), 1, &[]);
    let (head, tail) = XML.as_bytes().split_at(100);
    check(&[gzip(head), gzip(tail)].concat(), 1, &[]);
}

#[test]
fn bytes_behind_a_packed_report_do_not_cost_it() {
    check(&[gzip(XML.as_bytes()), b"garbage".to_vec()].concat(), 1, &["cannot unpack further"]);
    check(&[zip(XML.as_bytes()), b"garbage".to_vec()].concat(), 1, &[]);
}

#[test]
fn archives_that_hide_something_are_refused() {
    check(&gzip(&gzip(XML.as_bytes())), 0, &["an archive within an archive"]);
    check(&zip(&zip(XML.as_bytes())), 0, &["an archive within an archive"]);
    check(&zip_with("report.xml", XML.as_bytes(), 1, 8), 0, &["encrypted"]);
    check(&zip_with("report.xml", XML.as_bytes(), 0, 99), 0, &["method 99"]);
    check(&zip_with("folder/", b"", 0, 0), 0, &["no file"]);
    check(b"PK\x03\x04", 0, &["no directory"]);
}

#[test]
fn a_wrong_checksum_is_told() {
    let mut archive = zip(XML.as_bytes());
    let entry = memchr::memmem::find(&archive, b"PK\x01\x02").expect("an entry");
    archive[entry + 16] ^= 1;
    check(&archive, 1, &["checksum"]);
}

#[test]
fn bombs_are_refused() {
    let blank = vec![b' '; 8 << 20];
    check(&gzip(&blank), 0, &["grows beyond"]);
    check(&zip(&blank), 0, &["grows beyond"]);
    // Hard to pack, so that the ratio allows it; then the size does not.
    let megabyte: Vec<u8> = (0..1u32 << 18)
        .flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes().map(|byte| byte & 7))
        .collect();
    let members = REPORT_BYTES_MAX / megabyte.len() + 1;
    check(&gzip(&megabyte).repeat(members), 0, &["grows beyond"]);
    check(&vec![b'<'; REPORT_FILE_BYTES_MAX + 1], 0, &["over the limit"]);
}

#[test]
fn nesting_and_rows_end_at_their_limits() {
    check("<a>".repeat(REPORT_DEPTH_MAX + 1).as_bytes(), 0, &["nested deeper", "no DMARC report"]);
    let row = "<record><source_ip>192.0.2.1</source_ip><count>1</count></record>";
    let many = format!("<feedback>{}</feedback>", row.repeat(REPORT_ROWS_MAX + 2));
    let (reports, defects) = read(many.as_bytes(), "r");
    assert!(matches!(reports.as_slice(), [Report::Dmarc(report)] if report.rows.len() == REPORT_ROWS_MAX));
    assert!(defects.iter().any(|defect| defect.reason.starts_with("2 rows over the limit")), "{defects:?}");
}

#[test]
fn nothing_is_expanded() {
    let bomb = "<!DOCTYPE feedback [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\
        <feedback><report_metadata><org_name>x&b;&c;y &amp; &#x7a;</org_name></report_metadata></feedback>";
    let (reports, defects) = read(bomb.as_bytes(), "r");
    assert!(
        matches!(reports.as_slice(), [Report::Dmarc(report)] if report.reporter == "xy & z"),
        "{reports:?}"
    );
    assert!(defects.iter().any(|defect| defect.reason.contains("document type")), "{defects:?}");
    assert_eq!(defects.iter().filter(|defect| defect.reason.contains("not expanded")).count(), 2);
}

#[test]
fn defects_are_told_up_to_their_limit() {
    let (_, defects) = read(format!("<feedback>{}</feedback>", "</x>".repeat(1_000)).as_bytes(), "r");
    assert_eq!(defects.len(), REPORT_DEFECTS_MAX);
}

#[test]
fn a_report_that_is_cut_off_says_so() {
    let cut = XML.strip_suffix("</feedback>").expect("its end");
    let (reports, _) = read(cut.as_bytes(), "r");
    assert!(matches!(reports.as_slice(), [Report::Dmarc(report)] if !report.is_whole));
}

fn mail(content_type: &str, body: &[u8]) -> Vec<u8> {
    use base64::Engine;
    let body = base64::engine::general_purpose::STANDARD.encode(body);
    format!(
        "From: a@receiver.example\r\nSubject: Report Domain: house.example Submitter: receiver.example Report-ID: <1>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nA report.\r\n--b\r\nContent-Type: {content_type}\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n--b--\r\n"
    )
    .into_bytes()
}

#[test]
fn reports_are_found_in_messages() {
    for content_type in
        ["application/gzip", "application/octet-stream; name=r.xml.gz", "application/tlsrpt+gzip"]
    {
        check(&mail(content_type, &gzip(XML.as_bytes())), 1, &[]);
    }
    check(&mail("application/zip", &zip(XML.as_bytes())), 1, &[]);
    check(&mail("text/xml", XML.as_bytes()), 1, &[]);
    check(&mail("application/pdf", b"%PDF"), 0, &["no report is attached"]);
    let whole = format!(
        "From: a@receiver.example\r\nContent-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, gzip(XML.as_bytes()))
    );
    check(whole.as_bytes(), 1, &[]);
    check(b"", 0, &["neither a report nor a message"]);
}

const COMPLAINT: &str = "From: abuse@receiver.example\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: Auth-Failure\r\n\
    User-Agent: Checker/1.0\r\nVersion: 1\r\nOriginal-Mail-From: <News@daily.example>\r\nOriginal-Rcpt-To: <m1@house.example>\r\n\
    Arrival-Date: Thu, 8 Mar 2005 14:00:00 +0000\r\nSource-IP: 192.0.2.7\r\nReported-Domain: house.example\r\nAuth-Failure: dmarc\r\n\
    Delivery-Result:\r\n delivered\r\nIncidents: 4\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n";
const ORIGINAL: &str = "From: news@daily.example\r\nSubject: Hello\r\n\r\nText\r\n";

#[test]
fn a_complaint_is_read_with_its_message() {
    let raw = format!("{COMPLAINT}{ORIGINAL}--b--\r\n").replace("Thu, 8 Mar 2005", "Tue, 8 Mar 2005");
    let (reports, defects) = read(raw.as_bytes(), "r");
    assert_eq!(defects, []);
    let [Report::Feedback(report)] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((report.kind.as_str(), report.auth_failure.as_str()), ("auth-failure", "dmarc"));
    assert_eq!((report.mail_from.as_str(), report.delivery.as_str()), ("news@daily.example", "delivered"));
    assert_eq!(report.rcpt_to, ["m1@house.example"]);
    assert_eq!(report.source, "192.0.2.7".parse().ok());
    assert_eq!((report.incidents, report.arrival), (4, Some(model::EventTime(1_110_290_400))));
    let original = report.original.as_ref().expect("it is attached");
    assert_eq!(
        (String::from_utf8_lossy(&original.bytes).trim_end(), original.is_header_only),
        (ORIGINAL.trim_end(), false)
    );
}

#[test]
fn forwarded_messages_come_out_as_they_were() {
    let raw = format!(
        "From: m1@house.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIs this real?\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n{ORIGINAL}\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{ORIGINAL}\r\n--b--\r\n"
    );
    let (found, _) = feedback::reported(raw.as_bytes(), "r");
    let told: Vec<_> =
        found.iter().map(|found| (found.is_header_only, found.bytes.starts_with(b"From: news@"))).collect();
    assert_eq!(told, [(false, true), (true, true)]);
    assert_eq!(feedback::reported(b"From: a@b.example\r\n\r\ntext", "r").0, []);
}

#[test]
fn times_are_read_as_reporters_write_them() {
    for (text, expected) in [
        ("1538204542", Some(1_538_204_542)),
        ("1538204542.75", Some(1_538_204_542)),
        ("1538204542000", Some(1_538_204_542)),
        ("2018-09-29T07:02:22Z", Some(1_538_204_542)),
        ("2018-09-29 07:02:22", Some(1_538_204_542)),
        ("-5", None),
        ("yesterday", None),
        ("", None),
    ] {
        assert_eq!(dmarc::time(text).map(|time| time.0), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), start in 0usize..7) {
        let starts = [&b""[..], b"\x1f\x8b\x08\0", b"PK\x03\x04", b"<feedback>", b"{\"policies\":", b"From: a@b.example\r\n\r\n", b"PK\x05\x06"];
        read(&[starts[start], &bytes].concat(), "r");
    }

    #[test]
    fn no_damage_panics(at in 0usize..1_000, byte in any::<u8>(), kind in 0usize..4) {
        let complaint = format!("{COMPLAINT}{ORIGINAL}--b--\r\n").into_bytes();
        let mut data = [XML.as_bytes().to_vec(), gzip(XML.as_bytes()), zip(XML.as_bytes()), complaint][kind].clone();
        let at = at % data.len();
        data[at] = byte;
        read(&data, "r");
        data.truncate(at);
        read(&data, "r");
    }

    #[test]
    fn tags_in_any_order_do_not_panic(tags in prop::collection::vec(prop::sample::select(vec![
        "<feedback>", "</feedback>", "<record>", "</record>", "<dkim>", "</dkim>", "<auth_results>", "</auth_results>", "<source_ip>192.0.2.1",
        "<count>9", "</x>", "<p>none", "<policy_published>", "<domain>a.example", "<begin>9e9", "&amp;", "&x;", "<![CDATA[x]]>", "<!--", "<?x?>", "<",
    ]), 0..60)) {
        read(tags.concat().as_bytes(), "r");
    }
}
