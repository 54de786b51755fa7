//! The sequencer without its thread.

use super::*;
use crate::live::tests::{mail, settings};
use crate::live::{Live, Shared};
use mail::member::House;

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
    sequencer.correlated = 0;
    sequencer.catch_up().expect("the store works");
    assert_eq!((counted(&sequencer), sequencer.is_disordered), (once, is_disordered));
}
