//! Name servers that never answer: verdicts come all the same, and say what could not be found out.

use crate::delivery::{beacon_letter, live_asking, policy};
use crate::double::{anywhere, settings, start_filter};
use crate::postfix::{Postfix, missing};
use crate::sender::send;
use gate::milter::LiveFilter;
use mail::disarm::remaining_loads;
use milter::edit;
use runtime::resolver::Resolver;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the resolver may take for one message.
const PATIENCE: Duration = Duration::from_millis(500);
/// Messages at the same time: as each waits for itself, they do not wait for each other.
const AT_ONCE: usize = 8;

#[test]
fn mail_is_judged_within_the_deadline_while_dns_is_dead() {
    if let Some(reason) = missing() {
        return println!("skipped: {reason}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let resolver =
        Resolver::servers(&[silent.local_addr().expect("an address")], PATIENCE).expect("a resolver");
    let live = live_asking(folder.path(), resolver);
    let settings = settings(anywhere());
    let server = start_filter(&settings, Arc::new(LiveFilter::new(live.clone(), policy())));
    let postfix = Postfix::start(&[&server.listen]);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for number in 0..AT_ONCE {
            let address = postfix.address;
            scope.spawn(move || {
                let letter = [format!("X-Number: {number}\r\n").as_bytes(), &beacon_letter()].concat();
                let answer = send(address, &["pat@house.example"], &letter).expect("an answer");
                assert_eq!(answer.code, 250, "{}", answer.text);
            });
        }
    });
    let took = began.elapsed();
    assert!(took >= PATIENCE, "nobody was asked");
    assert!(took < settings.deadline, "{took:?}");
    for _ in 0..AT_ONCE {
        let delivered = postfix.sink.next().bytes;
        assert!(remaining_loads(&delivered).is_empty());
        let (fields, _) = edit::split(&delivered);
        let results = fields.iter().find(|field| field.is("Authentication-Results")).expect("our results");
        let results = String::from_utf8_lossy(&results.value);
        assert!(results.starts_with(" gate.house.example;"), "{results}");
        assert!(results.contains("spf=temperror smtp.mailfrom=mailer.example"), "{results}");
    }
    drop(postfix);
    server.stop();
    live.stop();
}
