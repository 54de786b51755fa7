//! One campaign: when, who, why, and how far it came.

use super::campaigns::{CampaignSummary, Standing, standing};
use super::chrome::{Chrome, Section, document};
use super::decisions::DecisionView;
use super::form::{self, Action, Look, Permission};
use super::reason::ReasonView;
use super::{chart, decisions, piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex, Likelihood, MemberState};

/// The page.
#[derive(Debug, Clone)]
pub struct CampaignView {
    /// The campaign in short.
    pub summary: CampaignSummary,
    /// When a person was first alerted.
    pub first_alert: Option<FirstAlert>,
    /// Time of each message, in order.
    pub times: Vec<EventTime>,
    /// Sender accounts.
    pub senders: Vec<SenderRow>,
    /// Hosts of loads and tokened links.
    pub hosts: Vec<HostRow>,
    /// Subjects, each once.
    pub subjects: Vec<String>,
    /// Its first mails, in order of time.
    pub mails: Vec<MailRow>,
    /// Mails beside these.
    pub other_mails: u64,
    /// What speaks for and against.
    pub reasons: Vec<ReasonView>,
    /// Every member of the house whom the viewer may see here, in order of identifier; those the campaign did not write to
    /// have no state.
    pub members: Vec<MemberSpot>,
    /// Whether letters can be sent.
    pub has_relay: bool,
    /// The protected group in which recipients are concentrated, where the viewer may know.
    pub group: Option<String>,
    /// Recipients who are no members.
    pub other_recipients: u64,
    /// Campaigns that may be the work of the same cluster.
    pub linked: Vec<LinkedCampaign>,
    /// What was moved out of mailboxes, where two persons decided so.
    pub removal: Option<Removal>,
    /// Decisions on this campaign, the latest first.
    pub decisions: Vec<DecisionView>,
    /// What the viewer may do.
    pub may: CampaignPermissions,
}

/// One mail of the campaign.
#[derive(Debug, Clone)]
pub struct MailRow {
    /// When it arrived.
    pub time: EventTime,
    /// Author's address.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// Members whom it was for.
    pub members: Vec<String>,
    /// The entry that commits to it.
    pub evidence: Option<LeafIndex>,
}

/// The message that tipped the scale.
#[derive(Debug, Clone, Copy)]
pub struct FirstAlert {
    /// Its time.
    pub time: EventTime,
    /// Messages of the campaign that had arrived by then, that one included.
    pub after_messages: u64,
    /// Its entry in the evidence log.
    pub evidence: Option<LeafIndex>,
}

/// A sender account.
#[derive(Debug, Clone)]
pub struct SenderRow {
    /// Its address.
    pub address: String,
    /// Messages by it in this campaign.
    pub messages: u64,
}

/// A host that would have been told of an opening.
#[derive(Debug, Clone)]
pub struct HostRow {
    /// Its name.
    pub host: String,
    /// Messages that refer to it.
    pub messages: u64,
}

/// One member in the picture of the spread.
#[derive(Debug, Clone)]
pub struct MemberSpot {
    /// Identifier.
    pub id: String,
    /// Name, where the viewer was shown it.
    pub name: Option<String>,
    /// Whether the member belongs to the group that is drawn apart.
    pub is_in_group: bool,
    /// How far the campaign came; `None` where it did not write to the member.
    pub state: Option<MemberState>,
    /// Since when.
    pub since: Option<EventTime>,
    /// Entry that shows it.
    pub evidence: Option<LeafIndex>,
    /// When the member first opened a mail, also where the member was warned since.
    pub opened: Option<EventTime>,
}

/// A possible connection.
#[derive(Debug, Clone)]
pub struct LinkedCampaign {
    /// The other campaign.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How likely both are the work of one cluster.
    pub likelihood: Likelihood,
    /// What speaks for and against.
    pub reasons: Vec<ReasonView>,
}

/// What the viewer may do with a campaign.
#[derive(Debug, Clone)]
pub struct CampaignPermissions {
    /// Say that it is what it seems.
    pub confirm: Permission,
    /// Say that it is harmless.
    pub dismiss: Permission,
    /// Propose warnings to its members.
    pub warn: Permission,
    /// Propose to move its messages out of mailboxes.
    pub purge: Permission,
    /// Propose to bring back what was moved.
    pub restore: Permission,
}

/// What became of the messages that were moved out of mailboxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// When two persons decided it.
    pub approved: EventTime,
    /// Until when they can be brought back.
    pub until: EventTime,
    /// Messages that were to be moved.
    pub planned: u64,
    /// Messages that are out of their mailboxes.
    pub moved: u64,
    /// Messages that were brought back.
    pub restored: u64,
    /// Messages that were not there any more.
    pub gone: u64,
    /// Messages that could not be moved or brought back.
    pub failed: u64,
}

/// Markup of the page.
pub fn render(view: &CampaignView, chrome: &Chrome) -> Markup {
    let summary = &view.summary;
    let body = html! {
        (piece::heading(text::foreign(&summary.name), ""))
        (lead(view))
        (actions(view, chrome))
        section aria-labelledby="when" {
            h2 #when { "When" }
            (chart::timeline::messages(&view.times, view.first_alert.map(|alert| alert.time)))
        }
        section aria-labelledby="spread" {
            h2 #spread { "Who was reached" }
            (chart::spread::members(&view.members, view.group.as_deref()))
            @if view.other_recipients > 0 {
                p.quiet { "And " (text::counted(view.other_recipients, "recipient")) " who are no members." }
            }
        }
        section aria-labelledby="why" {
            h2 #why { "Why we think so" }
            (chart::bars::reasons(&view.reasons))
        }
        div.halves { (senders(view)) (hosts(view)) }
        (subjects(view))
        (mails(view))
        (linked(view))
        (removed(view, chrome))
        (decided(view, chrome))
    };
    document(chrome, Some(Section::Campaigns), &summary.name, body)
}

fn lead(view: &CampaignView) -> Markup {
    let summary = &view.summary;
    html! {
        div.card.summary {
            div {
                p.lead { "That this is a reconnaissance campaign is " (piece::likelihood(summary.likelihood)) "." }
                (chart::yardstick::marked(summary.likelihood))
                p {
                    (text::counted(summary.messages, "mail")) " by " (text::counted(summary.senders, "sender")) ", "
                    (text::when(summary.first)) " to " (text::when(summary.last)) "."
                    @if let Some(alert) = &view.first_alert {
                        " First alert after " (text::counted(alert.after_messages, "mail")) ", " (text::when(alert.time))
                        @if alert.evidence.is_some() { " (" (piece::evidence(alert.evidence)) ")" }
                        "."
                    }
                }
            }
            div {
                p { (standing(summary.standing)) }
                (chart::share::states(&summary.states))
                p { (piece::states(&summary.states)) (piece::had_opened(&summary.states, summary.opened)) }
                p.quiet { "Identifier " code { (text::visible(&summary.id)) } }
            }
        }
    }
}

fn actions(view: &CampaignView, chrome: &Chrome) -> Markup {
    let base = format!("/campaigns/{}", text::segment(&view.summary.id));
    let of = |end: &str| format!("{base}/{end}");
    let because = Some(("reason", "Why? Others will read this."));
    let is_open = view.summary.standing == Standing::Open;
    html! {
        div.actions role="group" aria-label="What to do" {
            (form::action(chrome, &view.may.confirm, &Action {
                path: &of("confirm"), label: "Confirm", asks: because,
                about: "You take this for what it seems. Warnings can then be proposed, and none is sent without a second person.",
                look: if is_open { Look::Main } else { Look::Plain },
            }))
            (form::action(chrome, &view.may.warn, &Action {
                path: &of("warn"), label: "Propose warnings", asks: because,
                about: about_warnings(view),
                look: if is_open { Look::Plain } else { Look::Main },
            }))
            (form::action(chrome, &view.may.purge, &Action {
                path: &of("purge"), label: "Propose removal from mailboxes", asks: because,
                about: "After a second person's approval, mails of this campaign leave the mailboxes. They can be brought back for 30 days.",
                look: Look::Grave,
            }))
            (form::action(chrome, &view.may.dismiss, &Action {
                path: &of("dismiss"), label: "Dismiss", asks: because,
                about: "You take this for something harmless. It stays on record, with your reason.",
                look: Look::Plain,
            }))
        }
    }
}

fn senders(view: &CampaignView) -> Markup {
    let rows: Vec<(String, u64)> =
        view.senders.iter().map(|sender| (sender.address.clone(), sender.messages)).collect();
    html! {
        section aria-labelledby="senders" {
            h2 #senders { "Senders" }
            (chart::bars::counts(&rows, "Sender", "Mails"))
        }
    }
}

fn hosts(view: &CampaignView) -> Markup {
    let rows: Vec<(String, u64)> = view.hosts.iter().map(|host| (host.host.clone(), host.messages)).collect();
    html! {
        section aria-labelledby="hosts" {
            h2 #hosts { "Hosts that would be told of an opening" }
            (chart::bars::counts(&rows, "Host", "Mails"))
        }
    }
}

fn subjects(view: &CampaignView) -> Markup {
    html! {
        @if !view.subjects.is_empty() {
            section aria-labelledby="subjects" {
                h2 #subjects { "Subjects" }
                ul.plain { @for subject in &view.subjects { li { (text::foreign(subject)) } } }
            }
        }
    }
}

fn mails(view: &CampaignView) -> Markup {
    html! {
        @if !view.mails.is_empty() {
            section aria-labelledby="mails" {
                h2 #mails { "Mails" }
                div.scroll tabindex="0" role="region" aria-label="Mails" {
                    table.list {
                        thead { tr { th scope="col" { "Mail" } th scope="col" { "Arrived" } th scope="col" { "For" } th scope="col" { "Evidence" } } }
                        tbody { @for mail in &view.mails { (mail_row(mail, view.first_alert.as_ref())) } }
                    }
                }
                @if view.other_mails > 0 {
                    p.quiet { "And " (text::counted(view.other_mails, "later mail")) "; " code { "portcullis campaign export" } " names all." }
                }
            }
        }
    }
}

fn mail_row(mail: &MailRow, alert: Option<&FirstAlert>) -> Markup {
    html! {
        tr {
            th scope="row" {
                @if mail.subject.is_empty() { "(no subject)" } @else { (text::foreign(&mail.subject)) }
                div.quiet { (text::foreign(&mail.from)) }
            }
            td {
                (text::when(mail.time))
                @if alert.is_some_and(|alert| mail.time <= alert.time) { div.quiet { "before the alert" } }
            }
            td {
                @if mail.members.is_empty() { span.quiet { "no member" } }
                @for member in &mail.members { (piece::member(member, None)) " " }
            }
            td { (piece::evidence(mail.evidence)) }
        }
    }
}

fn linked(view: &CampaignView) -> Markup {
    html! {
        section aria-labelledby="linked" {
            h2 #linked { "Other campaigns that may belong to it" }
            @if view.linked.is_empty() { p.quiet { "None." } }
            @for other in &view.linked {
                details.linked {
                    summary {
                        (text::foreign(&other.name)) ": that it is the same hand is " (piece::likelihood(other.likelihood))
                    }
                    p { "Open " (piece::campaign(&other.id, &other.name)) }
                    (chart::bars::reasons(&other.reasons))
                }
            }
        }
    }
}

fn removed(view: &CampaignView, chrome: &Chrome) -> Markup {
    let Some(removal) = &view.removal else { return Markup::default() };
    let path = format!("/campaigns/{}/restore", text::segment(&view.summary.id));
    let figures = [
        ("out of its mailbox", "out of their mailboxes", removal.moved),
        ("brought back", "brought back", removal.restored),
        ("not there any more", "not there any more", removal.gone),
        ("not reached", "not reached", removal.failed),
    ];
    html! {
        section aria-labelledby="removed" {
            h2 #removed { "Removed from mailboxes" }
            div.card {
                p {
                    (text::counted(removal.planned, "mail")) " to be moved, decided " (text::when(removal.approved))
                    @for (one, many, count) in figures {
                        @if count > 0 { ", " (text::number(count)) " " @if count == 1 { (one) } @else { (many) } }
                    }
                    ". They can be brought back until " (text::day(removal.until)) "."
                }
                (form::action(chrome, &view.may.restore, &Action {
                    path: &path, label: "Propose to bring them back", asks: Some(("reason", "Why? Others will read this.")),
                    about: "After a second person's approval the mails are in their mailboxes again.", look: Look::Plain,
                }))
            }
        }
    }
}

fn decided(view: &CampaignView, chrome: &Chrome) -> Markup {
    html! {
        section aria-labelledby="decided" {
            h2 #decided { "Decisions" }
            @if view.decisions.is_empty() { p.quiet { "None so far." } }
            @for decision in &view.decisions { (decisions::card(decision, chrome)) }
        }
    }
}

/// What a proposal of warnings leads to, and what stands in its way.
fn about_warnings(view: &CampaignView) -> &'static str {
    match (view.summary.standing, view.has_relay) {
        (Standing::Open, true) => {
            "Nobody has confirmed this campaign yet: confirm it first if you are sure. A second person reads and approves \
             the warnings before any is sent."
        }
        (Standing::Open, false) => {
            "Nobody has confirmed this campaign yet: confirm it first if you are sure. No relay is configured: approved \
             letters will wait until one is."
        }
        (_, true) => "A second person reads and approves the warnings before any is sent.",
        (_, false) => {
            "A second person reads and approves the warnings. No relay is configured: approved letters will wait until one is."
        }
    }
}
