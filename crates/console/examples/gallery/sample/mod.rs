//! Invented data for every page. All words pass a [`Voice`], so that a test can put hostile ones in their place.

mod campaign;
mod house;
mod log;
mod mail;
mod watch;

use console::page::acknowledge::{self, AcknowledgeView};
use console::page::chrome::{Chrome, Notice};
use console::page::error::ErrorView;
use console::page::sign_in::SignInView;
use console::page::{error, sign_in};
use maud::Markup;
use model::{Actor, EventTime, Role};

/// The time at which all pages are made: Friday, 22 January 2021, 10:00 UTC.
pub(crate) const NOW: EventTime = EventTime(1_611_309_600);

/// A page with the path at which the gallery serves it.
pub(crate) struct Page {
    /// Its name, also of its file.
    pub(crate) name: &'static str,
    /// Its path.
    pub(crate) path: String,
    /// Its markup.
    pub(crate) markup: String,
}

/// What is said in the place of invented words: themselves, or one text everywhere.
pub(crate) struct Voice {
    everywhere: Option<String>,
}

impl Voice {
    /// The invented words themselves.
    pub(crate) fn plain() -> Self {
        Self { everywhere: None }
    }

    /// `text` in the place of every word that comes from mail, people or files.
    #[allow(dead_code, reason = "the tests say it, the gallery does not")]
    pub(crate) fn of(text: &str) -> Self {
        Self { everywhere: Some(text.to_owned()) }
    }

    /// `text`, or what is said in its place.
    pub(crate) fn say(&self, text: &str) -> String {
        self.everywhere.clone().unwrap_or_else(|| text.to_owned())
    }

    /// The same for each of `texts`.
    pub(crate) fn each(&self, texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| self.say(text)).collect()
    }
}

/// Every page.
pub(crate) fn pages(voice: &Voice) -> Vec<Page> {
    let mut pages = campaign::pages(voice);
    pages.extend(house::pages(voice));
    pages.extend(mail::pages(voice));
    pages.extend(log::pages(voice));
    pages.extend(watch::pages(voice));
    pages.extend(outside(voice));
    pages
}

/// The page called `name`, served at `path`.
fn page(name: &'static str, path: &str, markup: Markup) -> Page {
    Page { name, path: path.to_owned(), markup: markup.into_string() }
}

/// What stands around the pages of somebody with `roles`.
fn chrome(voice: &Voice, account: &str, roles: &[Role]) -> Chrome {
    Chrome {
        house: voice.say("Assembly of Northmere"),
        actor: Some(Actor::new(&voice.say(account), roles.iter().copied())),
        csrf: voice.say("invented-token"),
        is_exercise: roles.contains(&Role::Analyst),
        exercise_time: roles.contains(&Role::Analyst).then_some(NOW),
        now: NOW,
        notice: None,
        waiting: 2,
    }
}

fn analyst(voice: &Voice) -> Chrome {
    chrome(voice, "analyst-1", &[Role::Analyst])
}

fn approver(voice: &Voice) -> Chrome {
    chrome(voice, "approver-1", &[Role::Analyst, Role::Approver])
}

/// `secs` before the gallery's now.
fn before(secs: i64) -> EventTime {
    NOW.plus_secs(-secs)
}

/// Pages for those who are not signed in.
fn outside(voice: &Voice) -> Vec<Page> {
    let nobody = Chrome { actor: None, waiting: 0, ..analyst(voice) };
    let password = SignInView {
        account: voice.say("analyst-1"),
        fault: Some(voice.say("That did not work. Check account, password and code.")),
        one_time: None,
        sign_on: Some(voice.say("Northmere staff sign-on")),
        then: voice.say("/campaigns"),
    };
    let once = SignInView { one_time: Some(voice.say("invented-secret")), ..SignInView::default() };
    let fault = ErrorView {
        status: 404,
        title: voice.say("There is no such page"),
        about: voice.say("Perhaps the message was deleted at the end of its 30 days."),
        reference: Some(voice.say("r-81f2")),
    };
    let refused =
        Chrome { notice: Some(Notice::Refused(voice.say("Your session has ended."))), ..nobody.clone() };
    let letter = AcknowledgeView {
        number: voice.say("W-17"),
        fault: Some(voice.say("That did not work.")),
        ..AcknowledgeView::default()
    };
    vec![
        page("sign-in", "/sign-in", sign_in::render(&password, &nobody)),
        page("sign-in-once", "/sign-in/once", sign_in::render(&once, &refused)),
        page("acknowledge", "/acknowledge", acknowledge::render(&letter, &nobody)),
        page("error", "/error", error::render(&fault, &nobody)),
    ]
}
