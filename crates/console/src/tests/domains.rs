//! How our domains are protected, as it was last looked up.

use super::desk::Desk;
use crate::token::Scope;
use model::Role;
use runtime::posture::{Finding, Grade, Posture, Topic, keep};

fn posture() -> Posture {
    let finding = |topic, grade, what: &str, advice: &str| Finding {
        topic,
        grade,
        what: what.into(),
        advice: advice.into(),
    };
    let findings = vec![
        finding(Topic::Spf, Grade::Good, "other servers are refused", ""),
        finding(Topic::Dmarc, Grade::Missing, "no DMARC record", "publish one"),
        finding(Topic::MtaSts, Grade::Bad, "the policy file is none", "publish it again"),
    ];
    Posture { domain: "house.example".into(), grade: Grade::Bad, findings }
}

#[tokio::test]
async fn what_was_looked_up_is_shown_with_when_and_what_to_do() {
    let desk = Desk::open();
    let analyst = desk.account("analyst-1", &[Role::Analyst]);
    keep(&desk.state.live.data().expect("open"), posture(), &[], desk.state.now()).expect("the store works");
    let page = desk.get("/domains", Some(&desk.browser(&analyst))).await.body;
    for expected in
        ["house.example", "looked up", "missing", "no DMARC record", "To do: <bdi>publish one", "grade-bad"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("was not looked up"), "{page}");
    let answer = desk.call(&desk.token(&analyst, &[Scope::Domains]), "/api/v1/domains").await.body;
    let rows: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(rows[0]["looked_up"], "2021-01-18T09:00:00Z");
    assert_eq!((&rows[0]["grade"], &rows[0]["first_day"]), (&"bad".into(), &serde_json::Value::Null));
    assert_eq!(
        (&rows[0]["findings"][1]["grade"], &rows[0]["findings"][1]["topic"]),
        (&"missing".into(), &"DMARC".into())
    );
}
