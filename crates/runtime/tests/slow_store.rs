//! A store that is slow: sensors are held back, what waits is bounded, and nothing is lost or recorded twice.

use model::EventTime;
use model::limit::IN_FLIGHT_MAX;
use runtime::data::Data;
use runtime::detect::Delivery;
use runtime::live::{Incoming, Live, LiveError, LiveSettings};
use runtime::resolver::Resolver;
use rusqlite::Connection;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use store::Features;

/// Sensors: many more than may wait.
const SENSORS: usize = IN_FLIGHT_MAX * 2;

fn mail(number: usize) -> Incoming {
    Incoming {
        bytes: format!("From: a@b.example\r\nMessage-ID: <{number}@b.example>\r\n\r\nhello\r\n").into_bytes(),
        source: format!("drop:{number}.eml"),
        mailbox: None,
        delivery: Delivery { received: EventTime(1_610_960_400), envelope: None },
    }
}

/// Hands one message over until it is recorded; counts how often it was told to try again.
fn hand_over(live: &Live, number: usize, refused: &AtomicUsize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match live.observe(mail(number)) {
            Ok(_) => return,
            // On a busy machine the lock may be held longer than the store waits for it.
            Err(error) => {
                assert!(matches!(error, LiveError::Busy | LiveError::Store(_)), "{number}: {error}")
            }
        }
        refused.fetch_add(1, Ordering::SeqCst);
        std::thread::yield_now();
        assert!(Instant::now() < deadline, "there is never room");
    }
}

#[test]
fn a_locked_store_holds_sensors_back_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::open(folder.path()).expect("a new folder");
    let settings = LiveSettings {
        trusted_authserv_ids: Vec::new(),
        resolver: Resolver::default(),
        deadline: Duration::from_secs(60),
    };
    let live = Live::start(data, settings).expect("it starts");
    // Somebody else writes into the file, as a backup may do.
    let other = Connection::open(folder.path().join("records.sqlite3")).expect("the same file");
    other.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    let refused = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for number in 0..SENSORS {
            let (live, refused) = (&live, &refused);
            scope.spawn(move || hand_over(live, number, refused));
        }
        let deadline = Instant::now() + Duration::from_secs(4);
        while refused.load(Ordering::SeqCst) == 0 && Instant::now() < deadline {
            assert!(live.health().queued <= IN_FLIGHT_MAX, "what waits is bounded");
            std::thread::yield_now();
        }
        other.execute_batch("ROLLBACK").expect("the write lock is released");
    });
    assert!(refused.into_inner() > 0, "who finds no room is told so");
    let recorded = live.data().expect("it is open").store.features.len();
    assert_eq!(recorded, SENSORS as u64, "each is recorded once");
    live.stop();
}
