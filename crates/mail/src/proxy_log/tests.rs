//! Tests of the log readers: one for each format, and for what must hold for all.

use super::*;
use model::limit::DEFECTS_KEPT_MAX;
use proptest::prelude::*;

/// What a log gives: a line for each fetch, then the defects.
fn report(log: &[u8]) -> Vec<String> {
    let mut reader = FetchReader::new(log, "log");
    let fetch = |fetch: Fetch| {
        let status = fetch.status.map_or("-".to_owned(), |status| status.to_string());
        let (user, method) = (fetch.user.as_deref().unwrap_or("-"), fetch.method.as_deref().unwrap_or("-"));
        format!("{} {user} {status} {method} {}", fetch.time.0, fetch.url)
    };
    let fetches: Vec<String> = reader.by_ref().map(fetch).collect();
    let defects = reader.into_defects();
    assert_eq!(defects.count, defects.kept.len() as u64);
    fetches.into_iter().chain(defects.kept.iter().map(Defect::to_string)).collect()
}

#[track_caller]
fn check(log: &str, expected: &[&str]) {
    assert_eq!(report(log.as_bytes()), expected);
}

#[test]
fn squid_native() {
    check(
        "1610971200.987     45 192.0.2.7 TCP_MISS/200 512 GET http://a.example/p.gif?u=1 M004 HIER_DIRECT/192.0.2.1 image/gif\n\
         1610971201.000      9 192.0.2.7 TCP_DENIED/407 512 GET http://a.example/two words - HIER_NONE/- text/html\r\n\
         1610971202.000      9 192.0.2.7 TCP_TUNNEL/200 99 CONNECT a.example:443 HOUSE%5Cjo HIER_DIRECT/192.0.2.1 -\n\
         1610971203.000      9 192.0.2.7 NONE/400 99 NONE error:invalid-request - HIER_NONE/- text/html\n\
         1610971204.000      9 192.0.2.7 TCP_MISS_ABORTED/000 0 GET http://a.example/ M%C3%B6 HIER_NONE/- -\n",
        &[
            "1610971200 M004 200 GET http://a.example/p.gif?u=1",
            "1610971201 - 407 GET http://a.example/two%20words",
            "1610971202 HOUSE\\jo 200 CONNECT a.example:443",
            "1610971204 M\u{f6} - GET http://a.example/",
        ],
    );
}

#[test]
fn combined() {
    check(
        "192.0.2.7 - M004 [18/Jan/2021:13:00:00 +0100] \"GET http://a.example/p?q=\\\"x HTTP/1.1\" 200 43 \"-\" \"Mail\"\n\
         192.0.2.7 - HOUSE\\\\jo [18/Jan/2021:12:00:00 +0000] \"GET http://a.example/ HTTP/1.1\" 304 -\n\
         a.example:443 2001:db8::7 - Jo Quill [18/Jan/2021:12:00:00 +0000] \"GET /p.gif HTTP/2.0\" 200 43\n\
         a.example 192.0.2.7 - - [18/Jan/2021:12:00:00 +0000] \"GET /p.gif HTTP/2.0\" 200 43\n\
         a.example desk.northmere.example - M7 [18/Jan/2021:12:00:00 +0000] \"GET /q.gif HTTP/2.0\" 200 43\n\
         192.0.2.7 - - [18/Jan/2021:12:00:00 +0000] \"CONNECT a.example:443 HTTP/1.1\" 200 0\n\
         192.0.2.7 - - [18/Jan/2021:12:00:00 +0000] \"-\" 408 0\n\
         192.0.2.7 - - [18/Jan/2021:12:00:00 +0000] \"GET /p.gif HTTP/1.1\" 200 43 \"http://a.example/\" \"Mail\"\n",
        &[
            "1610971200 M004 200 GET http://a.example/p?q=\"x",
            "1610971200 HOUSE\\jo 304 GET http://a.example/",
            "1610971200 Jo Quill 200 GET https://a.example/p.gif",
            "1610971200 - 200 GET http://a.example/p.gif",
            "1610971200 M7 200 GET http://a.example/q.gif",
            "1610971200 - 200 CONNECT a.example:443",
            "log: line 8: the request names a path, and the line no host",
        ],
    );
}

#[test]
fn w3c_extended_with_columns_that_change() {
    check(
        "#Software: a proxy\n\
         #Fields: date time cs-username cs-uri sc-status cs-method\n\
         2021-01-18 12:00:00 M004 http://a.example/p.gif 200 GET\n\
         2021-01-18 12:00:01 \"Jo Quill\" tcp://a.example:443/ 200 CONNECT\n\
         2021-01-18 12:00:02 Jo Quill http://a.example/ 200 GET\n\
         #Date: 2021-01-19 00:00:00\n\
         #Fields: time cs-uri-scheme cs-host cs-uri-port cs-uri-stem cs-uri-query cs-username\n\
         12:00:00 https a.example 443 /p.gif u=1 -\n\
         12:00:01 http a.example 8080 /p.gif ?u=1 HOUSE\\jo\n\
         12:00:02 http a.example 80 - - -\n\
         noon http a.example 80 - - -\n",
        &[
            "1610971200 M004 200 GET http://a.example/p.gif",
            "1610971201 Jo Quill 200 CONNECT tcp://a.example:443/",
            "1611057600 - - - https://a.example/p.gif?u=1",
            "1611057601 HOUSE\\jo - - http://a.example:8080/p.gif?u=1",
            "1611057602 - - - http://a.example/",
            "log: line 5: 7 values for 6 columns",
            "log: line 11: no time",
        ],
    );
}

#[test]
fn w3c_extended_with_tabs() {
    check(
        "#Fields: cs-username\tdate\ttime\tcs-uri\nJo Quill\t2021-01-18\t12:00:00\thttp://a.example/\n",
        &["1610971200 Jo Quill - - http://a.example/"],
    );
}

#[test]
fn json_lines() {
    check(
        "{\"time\":\"2021-01-18T13:00:00+01:00\",\"user\":\"M004\",\"url\":\"http://a.example/\",\"status\":200,\"method\":\"GET\"}\n\
         {\"time\":1610971200.5,\"user\":7,\"url\":\"http://a.example/\",\"status\":\"200\"}\n\
         {\"time\":1610971200500,\"user\":null,\"url\":\"http://a.example/\",\"bytes\":9}\n\
         {\"time\":\"2021-01-18 12:00:00\",\"url\":\"http://a.example/\",\"user\":\"-\"}\n\
         {\"time\":\"noon\",\"url\":\"http://a.example/\"}\n\
         {\"time\":1}\n\
         {\"time\":1,\"url\":\"-\"}\n",
        &[
            "1610971200 M004 200 GET http://a.example/",
            "1610971200 7 200 - http://a.example/",
            "1610971200 - - - http://a.example/",
            "1610971200 - - - http://a.example/",
            "log: line 5: the time cannot be read",
            "log: line 6: not a JSON object with time, user and url: missing field `url` at line 1 column 10",
            "log: line 7: no url",
        ],
    );
}

#[test]
fn a_log_may_begin_in_the_middle_of_a_line() {
    check(
        "ECT/192.0.2.1 image/gif\n\n1610971200.0 1 192.0.2.7 TCP_HIT/200 1 GET http://a.example/ M1 HIER_NONE/- -",
        &[
            "1610971200 M1 200 GET http://a.example/",
            "log: line 1: the line has the shape of no log format that is known here",
        ],
    );
}

#[test]
fn an_overlong_line_is_skipped() {
    let log = format!("{}\n{{\"time\":1,\"url\":\"x:y\"}}\n", "{".repeat(LOG_LINE_BYTES_MAX + 1));
    check(&log, &["1 - - - x:y", "log: line 1: the line is longer than 65536 bytes"]);
}

#[test]
fn only_the_first_defects_are_kept() {
    let log = "{\n".repeat(DEFECTS_KEPT_MAX + 5);
    let mut reader = FetchReader::new(log.as_bytes(), "log");
    assert_eq!(reader.next(), None);
    assert_eq!(
        (reader.defects().kept.len(), reader.defects().count),
        (DEFECTS_KEPT_MAX, DEFECTS_KEPT_MAX as u64 + 5)
    );
}

#[test]
fn the_account_is_the_name_without_its_realm() {
    let account = |user: &str| {
        let (time, url) = (EventTime(0), String::new());
        Fetch { time, user: Some(user.to_owned()), url, status: None, method: None }.account()
    };
    assert_eq!(account("HOUSE\\Jo.Quill").as_deref(), Some("jo.quill"));
    assert_eq!(account("Jo@HOUSE.EXAMPLE").as_deref(), Some("jo"));
    assert_eq!(account("@"), None);
}

#[test]
fn a_tunnel_is_told_from_a_fetch() {
    let log = "1.0 1 192.0.2.7 TCP_TUNNEL/200 1 CONNECT a.example:443 - HIER_NONE/- -\n1.0 1 192.0.2.7 TCP_HIT/200 1 GET http://a.example/ - HIER_NONE/- -\n";
    let tunnels: Vec<bool> = FetchReader::new(log.as_bytes(), "log").map(|fetch| fetch.is_tunnel()).collect();
    assert_eq!(tunnels, [true, false]);
}

#[test]
fn a_given_format_is_not_guessed() {
    let log = "{\"time\":1,\"url\":\"x:y\"}\n";
    let mut reader = FetchReader::with_format(log.as_bytes(), "log", Format::SquidNative);
    assert_eq!((reader.next(), reader.format()), (None, Some(Format::SquidNative)));
    assert_eq!(reader.defects().count, 1);
}

proptest! {
    #[test]
    fn any_line_is_a_fetch_a_defect_or_nothing(
        format in prop::sample::select(vec![Format::SquidNative, Format::Combined, Format::W3cExtended, Format::JsonLines]),
        log in "([ -~\t]|[\\[\\]\"\\\\#/:%{}]|\\PC){0,120}",
    ) {
        let log = format!("#Fields: date time cs-uri\n{log}\n{{\"time\":1,\"url\":\"x:y\"}}\n");
        let mut reader = FetchReader::with_format(log.as_bytes(), "log", format);
        let fetches = reader.by_ref().count() as u64;
        prop_assert!(fetches + reader.defects().count <= log.lines().count() as u64);
    }

    #[test]
    fn arbitrary_bytes_never_panic(log in prop::collection::vec(any::<u8>(), 0..300)) {
        FetchReader::new(&log[..], "log").for_each(drop);
    }
}
