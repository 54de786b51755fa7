//! The measurement of page times in a small form: that it still finds every page, and that none is out of all proportion.

#[path = "../../examples/page_times/desk.rs"]
mod desk;
#[path = "../../examples/page_times/estate.rs"]
mod estate;
#[path = "../../examples/page_times/pages.rs"]
mod pages;

use desk::Desk;
use pages::PAGES;
use runtime::data::Data;
use std::time::Duration;

/// What no page may take here, however slow the machine and however little optimised the program.
const PATIENCE: Duration = Duration::from_secs(10);
const CAMPAIGNS: u64 = 12;
const LAWFUL: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_that_is_measured_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(Data::open(folder.path()).expect("a new folder"));
    let (live, records) = desk::start(folder.path()).expect("the house starts");
    assert_eq!(records, 0);
    let now = runtime::clock::now();
    estate::fill(&live, CAMPAIGNS, LAWFUL, now).expect("campaigns and what was done about them");
    let desk = Desk::open(live).await.expect("a console");
    for (name, visitor, path) in PAGES {
        let took = desk.time(*visitor, path).await.unwrap_or_else(|error| panic!("{name}: {error:#}"));
        assert!(took < PATIENCE, "{name} took {took:?}");
    }
    desk.stop();
}
