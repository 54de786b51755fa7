//! The sequencer without its thread.

use super::*;
use crate::live::tests::{mail, settings};
use crate::live::{Live, Shared};
use mail::member::House;
use store::{Batch, Records};

/// Records in all operations, each as often as it was correlated.
fn counted(sequencer: &Sequencer<'_>) -> usize {
    let correlator = &sequencer.correlator;
    let strands = correlator.operations(1).into_iter().flat_map(|operation| correlator.strands(operation));
    strands.map(|strand| strand.records.len()).sum()
}

#[test]
fn a_replay_that_is_begun_anew_counts_no_message_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = Live::start(Data::open(folder.path()).expect("a folder"), settings()).expect("it starts");
    for number in 0..3 {
        let letter = format!(
            "From: a@b.example\r\nMessage-ID: <{number}@b.example>\r\nContent-Type: text/html\r\n\r\n\
             <img src='https://t.b.example/o.gif?u=70617{number}' width=1>"
        );
        live.observe(mail(&letter)).expect("it is judged");
    }
    live.stop();
    drop(live);
    let data = Data::open(folder.path()).expect("a folder");
    let shared = Shared::new(data, settings()).expect("a house");
    let house = House::default();
    let mut sequencer = Sequencer::new(&shared, &house);
    sequencer.catch_up().expect("the store works");
    let (once, is_disordered) = (counted(&sequencer), sequencer.is_disordered);
    assert!(once > 0);
    // As after an error in the middle of the first replay.
    sequencer.replayed = None;
    sequencer.catch_up().expect("the store works");
    assert_eq!((counted(&sequencer), sequencer.is_disordered), (once, is_disordered));
}

#[test]
fn campaigns_that_are_no_more_go_although_the_first_update_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::open(folder.path()).expect("a folder");
    let stale = r#"{"id":"C-1","name":"","concern":false,"likelihood":"","log_odds":0,"senders":[],"hosts":[],"first":null,
        "last":null,"first_alert":null,"messages":[],"members":{},"other_recipients":0,"reasons":[],"linked":[]}"#;
    let mut batch = Batch::new();
    batch.put("mail.campaign", "C-1", stale);
    data.store.records.apply(&batch).expect("the store works");
    let shared = Shared::new(data, settings()).expect("a house");
    let house = House::default();
    let mut sequencer = Sequencer::new(&shared, &house);
    sequencer.with_data(|_, _| -> Result<()> { anyhow::bail!("the disk is full") }).expect_err("it fails");
    sequencer.catch_up().expect("the folder is opened again");
    assert_eq!(crate::ledger::campaigns(&shared.data().expect("open")).expect("readable").len(), 1);
    sequencer.publish_if_due();
    assert_eq!(crate::ledger::campaigns(&shared.data().expect("open")).expect("readable"), []);
}

#[test]
fn replays_for_the_sake_of_order_leave_time_for_mail() {
    let folder = tempfile::tempdir().expect("a folder");
    let shared = Shared::new(Data::open(folder.path()).expect("a folder"), settings()).expect("a house");
    let house = House::default();
    let mut sequencer = Sequencer::new(&shared, &house);
    let ended = Instant::now();
    sequencer.replayed = Some((ended, Duration::from_secs(10)));
    sequencer.is_disordered = true;
    assert!(!sequencer.is_replay_due(ended + Duration::from_secs(199)));
    assert!(sequencer.is_replay_due(ended + Duration::from_secs(200)));
    sequencer.is_disordered = false;
    assert!(!sequencer.is_replay_due(ended + Duration::from_secs(200)));
}

#[test]
fn a_house_whose_sequencer_is_gone_is_not_ready() {
    let folder = tempfile::tempdir().expect("a folder");
    let shared = Shared::new(Data::open(folder.path()).expect("a folder"), settings()).expect("a house");
    shared.health.is_ready.store(true, Ordering::Release);
    let ended = std::thread::scope(|scope| {
        let fault = || -> () {
            let _ended = Ended(&shared);
            std::panic::resume_unwind(Box::new("a fault of our own"));
        };
        scope.spawn(fault).join()
    });
    assert!(ended.is_err());
    assert!(!shared.health.is_ready.load(Ordering::Acquire));
    assert!(lock(&shared.health.last_error).is_some());
}
