//! A warning to a member, and how far it has come.

use super::chrome::Section;
use super::form::{self, Permission};
use super::{Chrome, piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex};

/// A warning.
#[derive(Debug, Clone)]
pub struct WarningView {
    /// Identifier, as in the path of its forms.
    pub id: String,
    /// The campaign.
    pub campaign: String,
    /// Its name.
    pub campaign_name: String,
    /// The member's identifier.
    pub member: String,
    /// How far it has come.
    pub state: WarningState,
    /// Since when it is in this state.
    pub since: EventTime,
    /// What is or was told.
    pub text: String,
    /// Why it is held, and until when: where it is.
    pub hold: Option<(String, EventTime)>,
    /// Entry that shows the state.
    pub evidence: Option<LeafIndex>,
    /// Hold it back.
    pub may_hold: Permission,
    /// Say that it was read.
    pub may_acknowledge: Permission,
}

/// How far a warning has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningState {
    /// Written, and waiting for approval.
    Drafted,
    /// Held back for a reason, for a time.
    Held,
    /// Approved by two persons, and not yet sent.
    Approved,
    /// Sent.
    Sent,
    /// Read by the member.
    Acknowledged,
}

impl WarningState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
        }
    }
}

/// The warning with its text and forms.
pub fn card(warning: &WarningView, chrome: &Chrome) -> Markup {
    html! {
        article.card {
            header {
                h3 { (title(warning, chrome)) }
                span class={ "outcome outcome-" (warning.state.word()) } { (warning.state.word()) }
            }
            p {
                (warning.state.word()) " " (text::ago(warning.since, chrome.now)) ", " (piece::evidence_for(chrome, warning.evidence))
            }
            @if let Some((why, until)) = &warning.hold {
                p { "Held until " (text::when(*until)) ":" }
                blockquote { (text::foreign(why)) }
            }
            details open[warning.may_acknowledge == Permission::Allowed] {
                summary { "The text" }
                pre.letter { (text::visible_lines(&warning.text)) }
            }
            (forms(warning, chrome))
        }
    }
}

/// Members are not told a campaign's name, which may tell of a protected group: theirs is a warning of a day.
fn title(warning: &WarningView, chrome: &Chrome) -> Markup {
    html! {
        @if chrome.shows(Section::Campaigns) {
            "Warning about " (piece::campaign(&warning.campaign, &warning.campaign_name))
        } @else {
            "Warning of " (text::day(warning.since))
        }
    }
}

fn forms(warning: &WarningView, chrome: &Chrome) -> Markup {
    let base = format!("/warnings/{}", text::segment(&warning.id));
    html! {
        div.actions role="group" aria-label="What to do" {
            @match &warning.may_hold {
                Permission::Allowed => (hold(&base, chrome)),
                Permission::Refused(why) => p.refused { strong { "Hold" } " – " (text::foreign(why)) },
                Permission::Absent => {},
            }
            (form::action(chrome, &warning.may_acknowledge, &form::Action {
                path: &format!("{base}/acknowledge"), label: "I have read this", about: "", asks: None,
                look: form::Look::Main,
            }))
        }
    }
}

/// A hold needs a reason and ends by itself: a warning that is never sent is the failure that this program is against.
fn hold(base: &str, chrome: &Chrome) -> Markup {
    let path = format!("{base}/hold");
    let fields = html! {
        p { "The member is not warned for so long. The hold ends by itself." }
        label.field { span { "Why? Others will read this." } textarea name="reason" rows="2" maxlength="2000" required {} }
        label.field {
            span { "For how many days? 14 at most." }
            input type="number" name="days" min="1" max="14" value="3" required;
        }
        button.button.button-grave type="submit" { "Hold" }
    };
    html! {
        details.action {
            summary.button { "Hold" }
            (form::post(chrome, &path, fields))
        }
    }
}
