//! An exercise has a clock of its own: its mail came long ago, and is shown as if it came today.

use super::desk::Desk;
use model::{EventTime, Role};
use runtime::live::{Delivery, Incoming};

/// A month before the clock of the tests.
const LONG_AGO: EventTime = EventTime(1_608_282_000);
const MAIL: &str = "From: Harbour <news@harbour.example>\r\nTo: ada@northmere.example\r\nSubject: Tides\r\n\
    Date: Fri, 18 Dec 2020 09:00:00 +0000\r\nMessage-ID: <1@harbour.example>\r\n\r\nHigh at noon.\r\n";

async fn today(is_exercise: bool) -> String {
    let desk = Desk::with(|settings| settings.is_exercise = is_exercise);
    let incoming = Incoming {
        bytes: MAIL.as_bytes().to_vec(),
        source: "drop:tides.eml".into(),
        mailbox: None,
        delivery: Delivery { received: LONG_AGO, envelope: None },
    };
    desk.state.live.observe(incoming).expect("it is judged");
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    desk.get("/", Some(&analyst)).await.body
}

#[tokio::test]
async fn figures_go_by_the_clock_of_the_exercise() {
    let body = today(true).await;
    assert!(
        body.contains("The clock of its mail stands at") && body.contains("18 Dec 2020, 09:00"),
        "{body}"
    );
    assert!(body.contains("<dt>Mails, last 24 h</dt><dd>1</dd>"), "{body}");
}

#[tokio::test]
async fn a_house_goes_by_the_time_of_day() {
    let body = today(false).await;
    assert!(!body.contains("The clock of its mail stands at"), "{body}");
    assert!(body.contains("<dt>Mails, last 24 h</dt><dd>0</dd>"), "{body}");
}
