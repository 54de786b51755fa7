//! Quarantine and hunt.

use super::{NOW, Page, Voice, analyst, approver, before, page};
use console::page::blocked::{self, BlockedRow, BlockedView};
use console::page::chart::letter::Letter;
use console::page::form::Permission;
use console::page::hunt::{self, Answer, Hit, HuntView};
use console::page::letters::{self, LetterRow, LetterState, LettersView};
use console::page::quarantine::{self, QuarantineState, QuarantineView, QuarantinedMessage};
use console::page::quarantined::{self, Preview, QuarantinedView};
use console::page::reason::ReasonView;
use model::LeafIndex;

const HOUR: i64 = 3_600;

/// The pages.
pub(crate) fn pages(voice: &Voice) -> Vec<Page> {
    let analyst = analyst(voice);
    let empty = QuarantineView { messages: Vec::new(), next: None };
    let seen = QuarantinedView { preview: Some(preview(voice)), view: Permission::Absent, ..kept(voice) };
    let fault = HuntView {
        query: voice.say("https://"),
        fault: Some(voice.say("This address has no host. Write for example https://t.example/o/*")),
        answer: None,
    };
    let nobody = HuntView {
        query: voice.say("id:1@paper.example"),
        fault: None,
        answer: Some(Answer { searched: 1_204_331, took_ms: 4, ..Answer::default() }),
    };
    vec![
        page("quarantine", "/quarantine", quarantine::render(&list(voice), &analyst)),
        page("quarantine-empty", "/quarantine/empty", quarantine::render(&empty, &analyst)),
        page("quarantined", "/quarantine/Q-41", quarantined::render(&kept(voice), &analyst)),
        page("quarantined-seen", "/quarantine/Q-41/seen", quarantined::render(&seen, &analyst)),
        page("blocked", "/blocked", blocked::render(&blocked(voice), &analyst)),
        page("letters", "/letters", letters::render(&letters(voice), &approver(voice))),
        page("hunt", "/hunt", hunt::render(&found(voice), &analyst)),
        page("hunt-fault", "/hunt/fault", hunt::render(&fault, &analyst)),
        page("hunt-nobody", "/hunt/nobody", hunt::render(&nobody, &analyst)),
    ]
}

fn message(voice: &Voice, id: &str, hours: i64, from: &str, subject: &str, score: u8) -> QuarantinedMessage {
    QuarantinedMessage {
        id: voice.say(id),
        received: before(hours * HOUR),
        expires: NOW.plus_secs((720 - hours) * HOUR),
        from: voice.say(from),
        subject: voice.say(subject),
        recipients: 1,
        score,
        because: voice.say("the sender's name is that of a brand, and its domain is not"),
        state: QuarantineState::Kept,
        campaign: None,
    }
}

fn list(voice: &Voice) -> QuarantineView {
    let mut proposed = message(voice, "Q-40", 5, "accounts@port-authority.example", "Invoice 2021-014", 61);
    proposed.state = QuarantineState::ReleaseProposed;
    let mut of_campaign =
        message(voice, "Q-39", 7, "desk2@northmere-courier.test", "Harbour: a reader asks", 88);
    of_campaign.campaign = Some((voice.say("C-6f1c2a9e00b4d7e1"), voice.say("“The story behind the vote”")));
    QuarantineView {
        messages: vec![
            message(voice, "Q-41", 2, "parcel@delivery-desk.test", "Your parcel is waiting", 93),
            proposed,
            of_campaign,
            message(
                voice,
                "Q-38",
                30,
                "it-desk@northmere-example.test",
                "Your mailbox is full: sign in to keep it",
                97,
            ),
        ],
        next: Some(voice.say("/quarantine?after=Q-38")),
    }
}

fn kept(voice: &Voice) -> QuarantinedView {
    let reason = |code: &str, weight, detail: &str| ReasonView {
        code: voice.say(code),
        weight,
        detail: voice.say(detail),
    };
    QuarantinedView {
        message: message(voice, "Q-41", 2, "parcel@delivery-desk.test", "Your parcel is waiting", 93),
        recipients: voice.each(&["M017"]),
        reasons: vec![
            reason("BRAND_IN_NAME", 2.2, "the sender's name is that of a brand, and its domain is not"),
            reason("LINK_TEXT_DIFFERS", 1.9, "a link shows one address and leads to another"),
            reason("NEW_SENDER", 1.1, "the sender never wrote to the house before"),
            reason("DMARC_PASS", -0.8, "the domain vouches for the mail"),
        ],
        preview: None,
        digest: voice.say("9f2d1c0b7a6e5d4c3b2a190817263544f5e6d7c8b9a0f1e2d3c4b5a697887766"),
        evidence: Some(LeafIndex(48_611)),
        view: Permission::Allowed,
        release: Permission::Allowed,
        block: Permission::Allowed,
    }
}

fn preview(voice: &Voice) -> Preview {
    let text = "We tried to bring your parcel today and nobody was there.\n\nTo have it brought again tomorrow, pay the fee \
        of 1.20 within 24 hours. After that it goes back to the sender.";
    let html = "<img alt='Logo' width=180 height=48 src='https://delivery-desk.test/logo.png'>\
        <h1>Your parcel is waiting</h1><p>We tried to bring your parcel <b>today</b> and nobody was there.</p>\
        <ul><li>Pay the fee of 1.20 within 24 hours</li><li>Choose a day</li></ul>\
        <p><a href='https://delivery-desk.test/pay/9f2d1c'>Pay now</a></p>\
        <blockquote>After that it goes back to the sender.</blockquote>\
        <p>Or go to <a href='https://delivery-desk.test/x'>https://www.parliament.uk/parcels</a>.</p>\
        <img src='https://delivery-desk.test/open/9f2d1c.gif' width=1 height=1>";
    let message =
        format!("Content-Type: text/html; charset=utf-8\r\n\r\n{html}{}", voice.say(" Sent by hand."));
    let mut preview = Preview::of_text(&voice.say(text));
    preview.links = voice.each(&["https://delivery-desk.test/pay/9f2d1c"]);
    preview.letter = Letter {
        from: voice.say("Parcel desk <parcel@delivery-desk.test>"),
        subject: voice.say("Your parcel is waiting"),
        outline: mail::outline::of(message.as_bytes()),
        attachments: voice.each(&["label.pdf"]),
    };
    preview.removed = voice.each(&["2 remote pictures", "1 form"]);
    preview
}

fn blocked(voice: &Voice) -> BlockedView {
    let row = |hours, address: &str| BlockedRow {
        address: voice.say(address),
        since: before(hours * HOUR),
        evidence: LeafIndex(48_590),
    };
    let senders = vec![row(30, "parcel@delivery-desk.test"), row(400, "it-desk@northmere-example.test")];
    BlockedView { senders, unblock: Permission::Allowed, next: None }
}

fn letters(voice: &Voice) -> LettersView {
    let row = |id: &str, what: &str, state, attempts, problem: &str| LetterRow {
        id: voice.say(id),
        what: voice.say(what),
        path: Some(voice.say("/members/M017")),
        state,
        since: before(2 * HOUR),
        attempts,
        problem: voice.say(problem),
        resolve: if problem.is_empty() { Permission::Absent } else { Permission::Allowed },
    };
    let broken = "the connection broke after the text was sent";
    LettersView {
        letters: vec![
            row("O-12", "Warning to member M017", LetterState::InDoubt, 1, broken),
            row("O-11", "Released mail Q-36", LetterState::GivenUp, 5, "550 no such mailbox"),
            row("O-10", "Warning to member M021", LetterState::Sent, 1, ""),
            row("O-9", "Warning to member M022", LetterState::Waiting, 0, ""),
        ],
        next: None,
    }
}

fn found(voice: &Voice) -> HuntView {
    let hit = |hours: i64, from: &str, subject: &str, members: &[&str], is_of_campaign: bool| Hit {
        time: before(hours * HOUR),
        from: voice.say(from),
        subject: voice.say(subject),
        members: voice.each(members),
        campaign: is_of_campaign
            .then(|| (voice.say("C-6f1c2a9e00b4d7e1"), voice.say("“The story behind the vote”"))),
    };
    HuntView {
        query: voice.say("northmere-courier.test"),
        fault: None,
        answer: Some(Answer {
            hits: vec![
                hit(3, "editor@northmere-courier.test", "Harbour: a reader asks", &["M004", "M017"], true),
                hit(
                    28,
                    "newsdesk@northmere-courier.test",
                    "What the committee did not hear",
                    &["M029"],
                    true,
                ),
                hit(400, "press@northmere-courier.test", "Subscribe", &[], false),
            ],
            total: 107,
            searched: 1_204_331,
            took_ms: 6,
            next: Some(voice.say("/hunt?q=northmere-courier.test&after=3")),
        }),
    }
}
