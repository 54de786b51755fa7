//! What stands around every page: head, navigation, who is signed in, and the banner of an exercise.

use super::asset::{ICON, SCRIPT, STYLE};
use super::form;
use super::text::{ago, counted, foreign, visible, when, written};
use maud::{DOCTYPE, Markup, html};
use model::{Actor, EventTime, Role};

/// What every page is told besides its own view.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// Name of the house.
    pub house: String,
    /// Who is signed in.
    pub actor: Option<Actor>,
    /// Token against forged requests, sent back by every form.
    pub csrf: String,
    /// Whether the data shown is an exercise: said at the top of every page, so that nobody is alarmed by it.
    pub is_exercise: bool,
    /// Where the clock of an exercise stands: its mail has times of long ago, and what people do about it has today's.
    pub exercise_time: Option<EventTime>,
    /// The time now, for "3 hours ago".
    pub now: EventTime,
    /// What became of the last action.
    pub notice: Option<Notice>,
    /// Decisions that wait for the person who is signed in.
    pub waiting: usize,
}

impl Chrome {
    /// Whether the person who is signed in is shown the way to `section`.
    pub fn shows(&self, section: Section) -> bool {
        self.actor.as_ref().is_some_and(|actor| section.is_for(actor))
    }

    /// How long ago something was, by the clock that its time belongs to.
    pub fn ago(&self, time: EventTime) -> Markup {
        ago(time, self.exercise_time.filter(|exercise| time <= *exercise).unwrap_or(self.now))
    }
}

/// One sentence on top of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It was done.
    Done(String),
    /// It was not done, and why.
    Refused(String),
}

/// The parts of the console, in the order of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What needs a person.
    Today,
    /// Campaigns.
    Campaigns,
    /// Cases of intruders.
    Cases,
    /// Registers of electors.
    Registers,
    /// The member ledger.
    Members,
    /// Messages kept from their readers.
    Quarantine,
    /// Who received what.
    Hunt,
    /// Proposed and decided.
    Decisions,
    /// The evidence log.
    Evidence,
    /// Our own domains.
    Domains,
    /// The logs that are read, and the rules.
    Sources,
    /// Whether everything runs.
    Health,
    /// Who looked at what.
    Audit,
    /// Who may sign in.
    Accounts,
    /// A member's own mail.
    Own,
}

impl Section {
    const ALL: [Self; 15] = [
        Self::Today,
        Self::Campaigns,
        Self::Cases,
        Self::Registers,
        Self::Members,
        Self::Quarantine,
        Self::Hunt,
        Self::Decisions,
        Self::Evidence,
        Self::Domains,
        Self::Sources,
        Self::Health,
        Self::Audit,
        Self::Accounts,
        Self::Own,
    ];

    /// Its name and path.
    fn link(self) -> (&'static str, &'static str) {
        match self {
            Self::Today => ("Today", "/"),
            Self::Campaigns => ("Campaigns", "/campaigns"),
            Self::Cases => ("Cases", "/cases"),
            Self::Registers => ("Registers", "/registers"),
            Self::Members => ("Members", "/members"),
            Self::Quarantine => ("Quarantine", "/quarantine"),
            Self::Hunt => ("Hunt", "/hunt"),
            Self::Decisions => ("Decisions", "/decisions"),
            Self::Evidence => ("Evidence", "/evidence"),
            Self::Domains => ("Domains", "/domains"),
            Self::Sources => ("Sources", "/sources"),
            Self::Health => ("Health", "/health"),
            Self::Audit => ("Audit", "/audit"),
            Self::Accounts => ("Accounts", "/accounts"),
            Self::Own => ("My mail", "/own"),
        }
    }

    /// Whether its link is shown to `actor`. The server decides by itself who may open it.
    fn is_for(self, actor: &Actor) -> bool {
        let has = |roles: &[Role]| roles.iter().any(|role| actor.has(*role));
        match self {
            Self::Today
            | Self::Campaigns
            | Self::Cases
            | Self::Registers
            | Self::Members
            | Self::Decisions => has(&[Role::Analyst, Role::Approver, Role::Auditor]),
            Self::Quarantine | Self::Hunt => has(&[Role::Analyst, Role::Approver]),
            Self::Domains | Self::Sources => {
                has(&[Role::Analyst, Role::Approver, Role::Auditor, Role::Admin])
            }
            Self::Evidence => has(&[Role::Analyst, Role::Approver, Role::Auditor, Role::Admin]),
            Self::Health => has(&[Role::Analyst, Role::Approver, Role::Auditor, Role::Admin]),
            Self::Audit => has(&[Role::Auditor]),
            Self::Accounts => has(&[Role::Admin]),
            Self::Own => has(&[Role::MemberController]),
        }
    }
}

/// A whole page: `body` in its place, under `title`.
pub fn document(chrome: &Chrome, section: Option<Section>, title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (visible(title)) " – Portcullis, " (visible(&chrome.house)) }
                link rel="stylesheet" href=(STYLE.href());
                link rel="icon" type="image/svg+xml" href=(ICON.href());
                script src=(SCRIPT.href()) defer {}
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (exercise(chrome))
                (header(chrome, section))
                main #content tabindex="-1" {
                    (notice(chrome))
                    (body)
                }
                (footer(chrome))
            }
        }
    }
}

fn exercise(chrome: &Chrome) -> Markup {
    html! {
        @if chrome.is_exercise {
            p.exercise {
                strong { "EXERCISE" } " – everything on this page is invented."
                @if let Some(time) = chrome.exercise_time { " The clock of its mail stands at " (when(time)) "." }
            }
        }
    }
}

fn header(chrome: &Chrome, section: Option<Section>) -> Markup {
    html! {
        header.top {
            div.brand {
                a href="/" { img src=(ICON.href()) alt="" width="28" height="28"; span { "Portcullis" } }
                span.house { (foreign(&chrome.house)) }
            }
            @if let Some(actor) = &chrome.actor {
                (navigation(chrome, actor, section))
                (account(chrome, actor))
            }
        }
    }
}

fn navigation(chrome: &Chrome, actor: &Actor, section: Option<Section>) -> Markup {
    html! {
        nav aria-label="Parts of the console" {
            ul {
                @for part in Section::ALL.into_iter().filter(|part| part.is_for(actor)) {
                    @let (name, path) = part.link();
                    li {
                        a href=(path) aria-current=[(section == Some(part)).then_some("page")] {
                            (name)
                            @if part == Section::Decisions && chrome.waiting > 0 {
                                " " span.badge {
                                    (chrome.waiting) span.unseen { " waiting for you" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn account(chrome: &Chrome, actor: &Actor) -> Markup {
    let roles: Vec<&str> = actor.roles.iter().map(|role| role.word()).collect();
    html! {
        div.account {
            a href="/account" { span.unseen { "Your account: " } strong { (foreign(&actor.account.0)) } }
            span.roles { (roles.join(", ")) }
            (form::post(chrome, "/sign-out", html! { button.button.button-small type="submit" { "Sign out" } }))
        }
    }
}

fn notice(chrome: &Chrome) -> Markup {
    html! {
        @match &chrome.notice {
            Some(Notice::Done(text)) => p.notice.notice-done role="status" { (foreign(text)) },
            Some(Notice::Refused(text)) => p.notice.notice-refused role="alert" { (foreign(text)) },
            None => {},
        }
    }
}

fn footer(chrome: &Chrome) -> Markup {
    html! {
        footer.bottom {
            p {
                "All times are UTC. This page was made at "
                (written(chrome.now, "%-d %b %Y, %H:%M")) "."
                @if chrome.waiting > 0 { " " (counted(chrome.waiting as u64, "decision")) " waiting for you." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(roles: &[Role], expected: &[&str]) {
        let actor = Actor::new("somebody", roles.iter().copied());
        let shown = Section::ALL.into_iter().filter(|section| section.is_for(&actor));
        let shown: Vec<&str> = shown.map(|section| section.link().0).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn each_role_is_shown_the_way_to_its_own_work() {
        check(&[Role::MemberController], &["My mail"]);
        check(&[Role::Admin], &["Evidence", "Domains", "Sources", "Health", "Accounts"]);
        let looks = [
            "Today",
            "Campaigns",
            "Cases",
            "Registers",
            "Members",
            "Decisions",
            "Evidence",
            "Domains",
            "Sources",
            "Health",
            "Audit",
        ];
        check(&[Role::Auditor], &looks);
    }
}
