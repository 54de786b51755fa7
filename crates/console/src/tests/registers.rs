//! Registers on the page and by the interface.

use super::desk::Desk;
use crate::token::Scope;
use model::{EventTime, Role};
use runtime::register::{Columns, Handover, Sealing, attest, index, seal, supply};

/// A house with a sealed register, and a copy of it that is handed over until an hour from then.
fn house() -> Desk {
    let desk = Desk::open();
    let folder = tempfile::tempdir().expect("a folder");
    let (csv, out) = (folder.path().join("r.csv"), folder.path().join("r.seal"));
    let rows = "Elector Number,Elector Surname,Elector Forename,PostCode,Address1\n1,Quarrell,Ann,N1 2AB,14 Hill Road\n";
    std::fs::write(&csv, rows).expect("a file");
    let columns = Columns::default();
    let inputs = [csv];
    let mut data = desk.state.live.data().expect("open");
    let sealing = Sealing { inputs: &inputs, register: "hill", columns: &columns, out: &out };
    // Before the clock of the desk.
    let before = desk.state.now().plus_secs(-7_200);
    seal(&mut data, &sealing, before).expect("it is sealed");
    index(&data, &out, &inputs, &columns).expect("it is indexed");
    let until = before.plus_secs(3_600);
    let handover = Handover { register: "hill", recipient: "Hill Party", ground: "regulation 106", until };
    supply(&mut data, &handover, before).expect("it is recorded");
    drop(data);
    desk
}

const QUESTION: &str =
    r#"{"register":"hill","name":"Ann Quarrell","postcode":"N1 2AB","purpose":"donation"}"#;

#[tokio::test]
async fn a_program_asks_one_question_and_gets_one_word() {
    let desk = house();
    let analyst = desk.account("analyst-1", &[Role::Analyst]);
    let token = desk.token(&analyst, &[Scope::Register]);
    let answer = desk.send(&token, "/api/v1/register/lookup", QUESTION).await;
    let row: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(
        (&row["answer"], &row["version"]),
        (&"registered".into(), &"2021-01-18T07:00:00Z".into()),
        "{row}"
    );
    assert!(!answer.body.contains("Hill Road"), "never a row: {}", answer.body);
    for (question, status) in [
        (QUESTION.replace("hill", "mill"), 404),
        (QUESTION.replace("N1 2AB", ""), 400),
        (QUESTION.replace("donation", " "), 400),
        (QUESTION.replace("hill", ""), 400),
    ] {
        let answer = desk.send(&token, "/api/v1/register/lookup", &question).await;
        assert_eq!(answer.status.as_u16(), status, "{question}");
    }
}

#[tokio::test]
async fn the_page_tells_versions_and_copies_and_hides_canaries_from_most() {
    let desk = house();
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    let approver = desk.browser(&desk.account("approver-1", &[Role::Approver]));
    let page = desk.get("/registers", Some(&analyst)).await.body;
    for expected in ["hill", "Hill Party", "regulation 106", "overdue", "18 Jan 2021", "Whole name"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("canaries"), "{page}");
    assert!(desk.get("/registers", Some(&approver)).await.body.contains("Copies with canaries"));
    assert!(desk.get("/", Some(&analyst)).await.body.contains("Copy overdue"));
    let now: EventTime = desk.state.now();
    attest(&mut desk.state.live.data().expect("open"), "S-0001", "the agent", now).expect("it is recorded");
    assert!(!desk.get("/", Some(&analyst)).await.body.contains("Copy overdue"));
}
