//! Mails that were reported, as a person sees them.

use super::desk::Desk;
use axum::http::StatusCode;
use model::Role;
use runtime::reported::{REPORTED, Reported};
use store::{Batch, Records};

#[tokio::test]
async fn reports_name_members_by_identifier_and_say_what_was_made_of_the_mail() {
    let desk = Desk::open();
    desk.state.live.replace_house(b"id,name,address,groups\nM004,Ada,ada@house.example,g\n").expect("a list");
    let report = Reported {
        reporter: "ada@house.example".into(),
        received_secs: desk.state.now().0,
        noted_secs: desk.state.now().0,
        source: "imap:office/INBOX/7/1".into(),
        digest: "ab".into(),
        from: "parcel@delivery.test".into(),
        subject: "Your parcel <b>".into(),
        verdict: "quarantine".into(),
        score: 93,
        campaign: None,
    };
    let quoted = Reported {
        reporter: "guest@elsewhere.example".into(),
        digest: String::new(),
        verdict: String::new(),
        ..report.clone()
    };
    let mut batch = Batch::new();
    for report in [report, quoted] {
        batch.put(REPORTED, &report.key(), serde_json::to_vec(&report).expect("JSON"));
    }
    desk.state.live.data().expect("open").store.records.apply(&batch).expect("the store works");
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    let page = desk.get("/reported", Some(&analyst)).await.body;
    for expected in ["M004", "no member", "quarantine, 93 of 100", "Your parcel &lt;b&gt;", "Not judged"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("ada@house.example") && !page.contains("guest@elsewhere"), "{page}");
    let auditor = desk.browser(&desk.account("auditor-1", &[Role::Auditor]));
    assert_eq!(desk.get("/reported", Some(&auditor)).await.status, StatusCode::FORBIDDEN);
}
