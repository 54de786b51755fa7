//! Many connections at once: a small form of what `make bench-gate` measures.

use crate::delivery::{beacon_letter, live, policy};
use crate::double::{anywhere, settings, start_filter};
use crate::mail_server::{MailServer, Outcome, letter};
use gate::milter::LiveFilter;
use mail::disarm::remaining_loads;
use std::sync::Arc;
use std::thread;
use store::Features;

const CONNECTIONS: usize = 8;
const MESSAGES: usize = 10;

#[test]
fn every_message_of_many_connections_is_answered_and_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = live(folder.path());
    let server = start_filter(&settings(anywhere()), Arc::new(LiveFilter::new(live.clone(), policy())));
    let address = server.address();
    let send = |connection: usize| {
        let mut client = MailServer::connect(address).expect("it connects");
        for number in 0..MESSAGES {
            let field = format!("Message-ID: <{connection}.{number}@mailer.example>\r\n").into_bytes();
            let message = letter(&["pat@house.example"], &[field, beacon_letter()].concat());
            match client.deliver("4fX", &message).expect("an answer") {
                Outcome::Delivered(delivered) => assert_eq!(remaining_loads(&delivered), []),
                other => panic!("{other:?}"),
            }
        }
    };
    thread::scope(|scope| {
        (0..CONNECTIONS).for_each(|connection| drop(scope.spawn(move || send(connection))));
    });
    server.stop();
    assert_eq!(live.data().expect("open").store.features.len(), (CONNECTIONS * MESSAGES) as u64);
    live.stop();
}
