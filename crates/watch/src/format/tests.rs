//! A sample of each format, and what is broken in it.

use super::*;
use crate::event::Value;
use proptest::prelude::*;

/// 2026-11-23T09:30:00Z
const LATEST: EventMillis = EventMillis(1_795_426_200_000);

struct Seen {
    reader: LineReader,
    names: FieldNames,
}

impl Seen {
    fn new(format: Format, wanted: &[&str]) -> Self {
        let mut names = FieldNames::default();
        wanted.iter().for_each(|name| {
            names.intern(name);
        });
        let reader = LineReader::new(format, "", &mut names, LATEST);
        Self { reader, names }
    }

    /// The wanted fields of a record in their order, its time and its logsource.
    fn read(&mut self, record: &str) -> Result<String, String> {
        let mut event = Event::default();
        if self.reader.read(record, &self.names, &mut event)? == Read::Nothing {
            return Ok("nothing".to_owned());
        }
        let field = |field: &crate::event::Field<'_>| {
            let value = match &field.value {
                Value::Null => "null".to_owned(),
                other => other.text().unwrap_or_default().to_owned(),
            };
            Some(format!("{}={value}", self.names.name(field.id)?))
        };
        let mut parts: Vec<String> = event.fields.iter().filter_map(field).collect();
        let origin = &event.origin;
        let words = origin.product.iter().chain(&origin.services).chain(&origin.categories);
        parts.push(format!("[{}]", words.map(AsRef::as_ref).collect::<Vec<_>>().join(" ")));
        parts.push(event.time.map_or("no time".to_owned(), |time| (time.0 - LATEST.0).to_string()));
        Ok(parts.join(" | "))
    }
}

/// The last of `records` reads as `expected`; readers make more fields than are wanted, so only these are looked at.
#[track_caller]
fn check(format: Format, records: &[&str], expected: &[&str]) {
    let wanted: Vec<&str> =
        expected.iter().filter_map(|part| part.split_once('=').map(|(name, _)| name)).collect();
    let mut seen = Seen::new(format, &wanted);
    let (last, first) = records.split_last().expect("a record");
    for record in first {
        seen.read(record).expect("it is read");
    }
    let found = seen.read(last).expect("it is read");
    let found: Vec<&str> = found.split(" | ").collect();
    for part in expected {
        assert!(found.contains(part), "{part} is not in {found:#?}");
    }
}

#[track_caller]
fn check_refused(format: Format, record: &str, expected: &str) {
    let refused = Seen::new(format, &[]).read(record).expect_err("it is refused");
    assert!(refused.contains(expected), "{refused}");
}

const SYSMON: &str = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,
"TimeCreated":{"#attributes":{"SystemTime":"2026-11-23T09:30:00.5Z"}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"pc1"},
"EventData":{"Image":"C:\\a.exe","CommandLine":"a -b"}}}"##;

#[test]
fn events_of_windows_have_sigmas_names_in_each_form() {
    let expected =
        ["Image=C:\\a.exe", "EventID=1", "Computer=pc1", "Provider_Name=Microsoft-Windows-Sysmon", "500"];
    check(Format::Evtx, &[SYSMON], &expected);
    check(Format::Json, &[SYSMON], &["[windows sysmon process_creation]"]);
    let beats = r#"{"@timestamp":"2026-11-23T09:30:00.000Z","winlog":{"event_id":4624,"channel":"Security","computer_name":"pc1",
        "event_data":{"TargetUserName":"anna"}}}"#;
    check(
        Format::Json,
        &[beats],
        &["TargetUserName=anna", "winlog.event_data.TargetUserName=anna", "EventID=4624", "0"],
    );
    check(Format::Json, &[beats], &["[windows security]"]);
    let flat = r#"{"EventID":"4104","Channel":"Microsoft-Windows-PowerShell/Operational","Hostname":"pc1","ScriptBlockText":"x","@timestamp":"2026-11-23T09:30:00Z"}"#;
    check(Format::Json, &[flat], &["ScriptBlockText=x", "Computer=pc1", "[windows powershell ps_script]"]);
}

#[test]
fn events_of_windows_are_told_where_the_channel_is_left_out() {
    let check_origin = |event: &str, expected: &[&str]| check(Format::Json, &[event], expected);
    let known = ["TargetUserName=anna", "Computer=pc1", "[windows security]", "0"];
    check_origin(
        r#"{"EventID":4624,"Provider":"Microsoft-Windows-Security-Auditing","Computer":"pc1","TimeCreated":"2026-11-23T09:30:00Z","TargetUserName":"anna"}"#,
        &known,
    );
    check_origin(
        r#"{"EventId":4624,"computer":"pc1","Timestamp":"2026-11-23T09:30:00Z","EventData":{"TargetUserName":"anna"}}"#,
        &known,
    );
    check_origin(
        r#"{"Event":{"System":{"Provider":{"@Name":"Microsoft-Windows-Security-Auditing"},"EventID":"4624","Computer":"pc1",
        "TimeCreated":{"@SystemTime":"2026-11-23T09:30:00.0000000Z"}},"EventData":{"TargetUserName":"anna"}}}"#,
        &known,
    );
}

#[test]
fn event_4688_is_a_process_creation() {
    let event = r#"{"EventID":4688,"Channel":"Security","NewProcessName":"C:\\a.exe","ParentProcessName":"C:\\b.exe","SubjectUserName":"anna",
        "SubjectDomainName":"HOUSE","MandatoryLabel":"S-1-16-12288","CommandLine":"a"}"#;
    let expected = [
        "Image=C:\\a.exe",
        "ParentImage=C:\\b.exe",
        "User=HOUSE\\anna",
        "IntegrityLevel=High",
        "NewProcessName=C:\\a.exe",
        "[windows security process_creation]",
    ];
    check(Format::Json, &[event], &expected);
}

#[test]
fn clouds_are_told_by_their_names() {
    let trail = r#"{"eventVersion":"1.08","eventTime":"2026-11-23T09:30:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","userIdentity":{"arn":"x"}}"#;
    check(Format::Json, &[trail], &["eventName=CreateUser", "userIdentity.arn=x", "[aws cloudtrail]", "0"]);
    let sign_in = r#"{"createdDateTime":"2026-11-23T09:30:00Z","userPrincipalName":"a@b.example","clientAppUsed":"IMAP","status":{"errorCode":50126}}"#;
    check(Format::Json, &[sign_in], &["status.errorCode=50126", "[azure signinlogs]"]);
    let monitor = r#"{"time":"2026-11-23T09:30:00Z","properties":{"userPrincipalName":"a@b.example","clientAppUsed":"IMAP"}}"#;
    check(Format::Json, &[monitor], &["userPrincipalName=a@b.example", "[azure signinlogs]"]);
    let analytics = r#"{"TimeGenerated":"2026-11-23T09:30:00Z","UserPrincipalName":"a@b.example","IPAddress":"192.0.2.7","ResultType":"0"}"#;
    let expected = [
        "userPrincipalName=a@b.example",
        "ipAddress=192.0.2.7",
        "status.errorCode=0",
        "[azure signinlogs]",
        "0",
    ];
    check(Format::Json, &[analytics], &expected);
    let audit = r#"{"CreationTime":"2026-11-23T09:30:00","Operation":"New-InboxRule","Workload":"Exchange","RecordType":1}"#;
    check(Format::Json, &[audit], &["Operation=New-InboxRule", "[m365 audit exchange]"]);
    let wrapped = r#"{"CreationDate":"x","AuditData":"{\"CreationTime\":\"2026-11-23T09:30:00\",\"Operation\":\"Send\",\"Workload\":\"Exchange\"}"}"#;
    check(Format::Json, &[wrapped], &["Operation=Send", "[m365 audit]", "0"]);
}

#[test]
fn w3c_logs_say_what_their_values_are() {
    let fields = "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query cs(User-Agent) sc-status";
    let line = "2026-11-23 09:30:00 192.0.2.7 POST /a.aspx x=1 Mozilla/5.0+(X11) 200";
    let expected = [
        "c-ip=192.0.2.7",
        "cs-uri-query=x=1",
        "cs-uri-query=/a.aspx?x=1",
        "cs-user-agent=Mozilla/5.0 (X11)",
        "[windows iis webserver]",
        "0",
    ];
    check(Format::W3c, &[fields, line], &expected);
    let changed = ["#Fields: date time sc-status c-ip", "2026-11-23 09:30:00 404 192.0.2.8"];
    check(Format::W3c, &[fields, line, changed[0], changed[1]], &["c-ip=192.0.2.8", "sc-status=404"]);
    check(
        Format::W3c,
        &[fields, "2026-11-23 09:30:00 192.0.2.7 GET / - - 200"],
        &["cs-uri-query=null", "cs-uri-query=/", "cs-user-agent=null"],
    );
    check_refused(Format::W3c, line, "before a line of `#Fields:`");
    let mut seen = Seen::new(Format::W3c, &[]);
    assert_eq!(seen.read(fields).as_deref(), Ok("nothing"));
    assert_eq!(
        seen.read("2026-11-23 09:30:00 192.0.2.7").expect_err("too few"),
        "3 values where `#Fields:` has 8"
    );
}

#[test]
fn access_logs_are_common_or_combined() {
    let combined = r#"192.0.2.7 - anna [23/Nov/2026:09:30:00 +0000] "GET /a?b=1 HTTP/1.1" 200 12 "http://r.example/" "curl/8""#;
    let expected = [
        "c-ip=192.0.2.7",
        "cs-username=anna",
        "cs-method=GET",
        "cs-uri-stem=/a",
        "cs-uri-query=b=1",
        "cs-uri-query=/a?b=1",
        "sc-status=200",
        "cs-referer=http://r.example/",
        "cs-user-agent=curl/8",
        "[apache nginx webserver]",
        "0",
    ];
    check(Format::Access, &[combined], &expected);
    check(
        Format::Access,
        &[r#"v.example:443 192.0.2.7 - - [23/Nov/2026:09:30:00 +0000] "\x16\x03" 400 -"#],
        &["c-ip=192.0.2.7", "cs-uri=\\x16\\x03"],
    );
    check_refused(Format::Access, "hello", "access log");
}

#[test]
fn exchange_writes_tables_of_its_own() {
    let heading = "#Fields: date-time,client-ip,event-id,source,sender-address,recipient-address";
    let line = "2026-11-23T09:30:00.000Z,192.0.2.7,RECEIVE,SMTP,a@house.example,b@c.example;d@e.example";
    let expected = [
        "event-id=RECEIVE",
        "recipient-address=b@c.example",
        "recipient-address=d@e.example",
        "[windows msexchange-messagetracking]",
        "0",
    ];
    check(Format::Exchange, &[heading, line], &expected);
    let heading = "DateTime,RequestId,Method,UrlStem,UrlQuery,AuthenticatedUser,HttpStatus,ClientIpAddress";
    let line = "2026-11-23T09:30:00.000Z,1,POST,/autodiscover/autodiscover.json,?a=\"\"b\"\",,200,192.0.2.7";
    check(
        Format::Exchange,
        &[heading, &line.replace("?a=\"\"b\"\"", "\"?a=\"\"b\"\"\"")],
        &[
            "cs-uri-stem=/autodiscover/autodiscover.json",
            "cs-uri-query=/autodiscover/autodiscover.json?a=\"b\"",
            "cs-method=POST",
            "[windows msexchange-httpproxy webserver]",
        ],
    );
}

#[test]
fn syslog_is_read_in_its_three_forms() {
    let message = "Accepted publickey for anna from 192.0.2.7 port 22 ssh2";
    let expected = ["user=anna", "src_ip=192.0.2.7", "host=h1", "program=sshd", "[linux sshd auth]", "0"];
    check(Format::Syslog, &[&format!("Nov 23 09:30:00 h1 sshd[7]: {message}")], &expected);
    check(
        Format::Syslog,
        &[&format!("<38>1 2026-11-23T09:30:00Z h1 sshd 7 - [x y=\"]\"] {message}")],
        &expected,
    );
    check(
        Format::Syslog,
        &[&format!("2026-11-23T10:30:00.000000+01:00 h1 sshd-session[7]: {message}")],
        &expected,
    );
    check(
        Format::Syslog,
        &["Nov 23 09:30:00 h1 sshd[7]: Failed password for invalid user x from y from 192.0.2.7 port 1 ssh2"],
        &["user=x from y", "src_ip=192.0.2.7"],
    );
    check(
        Format::Syslog,
        &["Nov 23 09:30:00 h1 kernel: [1.2] x"],
        &["message=[1.2] x", "[linux kernel syslog]"],
    );
    check_refused(Format::Syslog, "no syslog at all", "not a line of syslog");
}

#[test]
fn the_journal_has_entries_of_fields() {
    let entry = journal::text(b"__REALTIME_TIMESTAMP=1795426200000000\nSYSLOG_IDENTIFIER=sshd\nMESSAGE\n\x07\0\0\0\0\0\0\0Failed\n\n_PID=1\n");
    check(
        Format::Journal,
        &[&entry],
        &["_PID=1", "program=sshd", "message=Failed\n", "[linux sshd auth]", "0"],
    );
    let json = r#"{"__REALTIME_TIMESTAMP":"1795426200000000","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"Accepted password for a from 192.0.2.7 port 1","__CURSOR":"x"}"#;
    check(Format::Json, &[json], &["user=a", "program=sshd", "[linux sshd auth]", "0"]);
}

#[test]
fn auditd_is_read_with_its_hexadecimal_texts() {
    let line = "type=SYSCALL msg=audit(1795426200.000:7): arch=c000003e exe=\"/bin/x\" comm=612062 key=(null) uid=33";
    check(
        Format::Auditd,
        &[line],
        &["type=SYSCALL", "exe=/bin/x", "comm=a b", "key=null", "uid=33", "[linux auditd]", "0"],
    );
    let user = "type=USER_AUTH msg=audit(1795426200.000:8): pid=1 msg='op=PAM acct=\"root\" res=failed'";
    check(Format::Auditd, &[user], &["acct=root", "res=failed"]);
    let exec = "type=EXECVE msg=audit(1795426200.000:9): argc=2 a0=\"sh\" a1=636174202F6574632F706173737764";
    check(Format::Auditd, &[exec], &["a0=sh", "a1=cat /etc/passwd"]);
    check_refused(Format::Auditd, "type=x", "not a line of auditd");
}

#[test]
fn postgresql_has_its_columns_and_those_of_pgaudit() {
    let mut cells = vec![String::new(); 23];
    cells[0] = "2026-11-23 09:30:00.000 UTC".to_owned();
    cells[1] = "app".to_owned();
    cells[4] = "192.0.2.7:5555".to_owned();
    cells[13] = "\"AUDIT: SESSION,1,1,READ,SELECT,,,\"\"select 1, 2\"\",<none>\"".to_owned();
    let expected = [
        "user_name=app",
        "connection_from=192.0.2.7",
        "pgaudit.class=READ",
        "pgaudit.statement=select 1",
        "[postgresql database]",
        "0",
    ];
    let line = cells.join(",");
    check(Format::Postgresql, &[&line.replace("select 1, 2", "select 1")], &expected);
    check_refused(Format::Postgresql, "a,b", "2 values where 26 are expected");
    check_refused(Format::Postgresql, "a,\"b", "not closed");
}

#[test]
fn a_table_with_an_object_of_the_audit_log_is_one_of_its_events() {
    let line = r#"2026-11-23,"{""CreationTime"":""2026-11-23T09:30:00"",""Operation"":""Send"",""Workload"":""Exchange""}""#;
    check(Format::Csv, &["CreationDate,AuditData", line], &["Operation=Send", "[m365 audit]", "0"]);
}

#[test]
fn formats_are_recognised_by_their_first_bytes() {
    let check = |name: &str, head: &[u8], expected: Option<Format>| {
        assert_eq!(recognise(name, head), expected, "{name}")
    };
    check("a", b"ElfFile\0", Some(Format::Evtx));
    check("a", SYSMON.as_bytes(), Some(Format::Json));
    check("a", b"\xef\xbb\xbf [{\"a\":1}]", Some(Format::Json));
    check("a", b"#Software: IIS\n#Fields: date time c-ip\n", Some(Format::W3c));
    check("a", b"#Fields: date-time,event-id\n", Some(Format::Exchange));
    check("a", b"DateTime,RequestId,Method\n", Some(Format::Exchange));
    check("a", b"__CURSOR=x\n", Some(Format::Journal));
    check("a", b"type=X msg=audit(1795426200.0:1): a=b\n", Some(Format::Auditd));
    check(
        "a",
        b"192.0.2.7 - - [23/Nov/2026:09:30:00 +0000] \"GET / HTTP/1.0\" 200 1\n",
        Some(Format::Access),
    );
    check("a", b"Nov 23 09:30:00 h sshd[1]: x\n", Some(Format::Syslog));
    check("a", b"cut off line\n<13>1 2026-11-23T09:30:00Z h p - - - x\n", Some(Format::Syslog));
    check("a", b"CreationDate,AuditData\n", Some(Format::Csv));
    check("a.csv", b"a,b\n", Some(Format::Csv));
    check("a", b"hello", None);
    check("a", b"[Sun Dec 04 04:47:44 2005] [notice] x", None);
}

#[test]
fn what_is_no_event_log_file_is_told() {
    let mut seen = Vec::new();
    let refused = evtx::read(std::io::Cursor::new(b"ElfFile\0 and no more".to_vec()), &mut |item| {
        seen.push(format!("{item:?}"))
    });
    assert!(refused.is_err() && seen.is_empty());
}

proptest! {
    #[test]
    fn nothing_makes_a_reader_panic(record in any::<String>(), head in prop::collection::vec(any::<u8>(), 0..200)) {
        recognise("x.csv", &head);
        for format in Format::ALL {
            let _ = Seen::new(format, &["a"]).read(&record);
        }
    }

    #[test]
    fn nothing_like_a_log_makes_a_reader_panic(record in "[\\[\\]{}\"=:,a1 <>'#|?-]{0,60}", lead in 0_usize..6) {
        let leads = ["", "#Fields: a b\n", "type=x msg=audit(1.1:1): ", "<1>1 2026-11-23T09:30:00Z ", "Nov 23 09:30:00 ", "1.1.1.1 - - [23/Nov/2026:09:30:00 +0000] "];
        for format in Format::ALL {
            let _ = Seen::new(format, &["a"]).read(&format!("{}{record}", leads[lead]));
        }
    }
}

#[test]
fn whoever_goes_on_in_the_middle_reads_the_heading_first() {
    let before =
        ["#Software: x", "#Fields: date time c-ip", "#Date: 2021-08-01 00:00:00", "#Fields: time cs-method"];
    let mut names = FieldNames::default();
    names.intern("cs-method");
    let mut first = LineReader::new(Format::W3c, "", &mut names, LATEST);
    for line in before {
        assert_eq!(first.read(line, &names, &mut Event::default()), Ok(Read::Nothing));
    }
    assert_eq!(first.heading(), ["#Date: 2021-08-01 00:00:00", "#Fields: time cs-method"]);
    let mut second = LineReader::new(Format::W3c, "", &mut names, LATEST);
    for line in first.heading() {
        assert_eq!(second.read(line, &names, &mut Event::default()), Ok(Read::Nothing));
    }
    let mut event = Event::default();
    assert_eq!(second.read("12:00:00 POST", &names, &mut event), Ok(Read::Event));
    assert_eq!(event.values(names.id("cs-method")).next().and_then(Value::text), Some("POST"));
    assert_eq!(event.time, Some(EventMillis(1_627_819_200_000)));
}

#[test]
fn a_line_of_names_is_a_heading_too() {
    let mut names = FieldNames::default();
    let mut reader = LineReader::new(Format::Csv, "", &mut names, LATEST);
    assert_eq!(reader.read("a,b", &names, &mut Event::default()), Ok(Read::Nothing));
    assert_eq!(reader.heading(), ["a,b"]);
}
