//! What a warning says: what is known, since when, what was opened, what to do. It names nobody behind it, holds nothing that
//! loads, and needs no link: a member who is asked to follow one learns to follow the next.

use crate::row::CampaignRow;
use model::MemberState;
use std::fmt::Write as _;

/// How a member is greeted whose name is not known, or not told.
const NAMELESS: &str = "Dear member";
/// Senders that are named.
const SENDERS_MAX: usize = 10;

/// A warning as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Subject.
    pub subject: String,
    /// Lines that end with a line feed.
    pub text: String,
}

/// Writes a warning to a member about a campaign that came so far.
pub fn write(campaign: &CampaignRow, reached: MemberState, name: &str) -> Letter {
    let mut text = String::new();
    let greeting = if name.is_empty() { NAMELESS.to_owned() } else { format!("Dear {}", harmless(name)) };
    // Writing into a string does not fail.
    let _ = writeln!(text, "{greeting},\n");
    let _ = writeln!(text, "{}\n", known(campaign));
    let _ = writeln!(text, "What happened with the mail to you\n{}\n", happened(reached));
    let _ = writeln!(text, "Who sent it\n{}\n", senders(campaign));
    let _ = writeln!(text, "What to do\n{}", to_do(reached));
    let _ = write!(
        text,
        "\nWe do not say who is behind these mails: that is not known from the mails alone.\n\
         This message has no links and no attachments. If in doubt, call us by the number that you already have.\n"
    );
    Letter { subject: "Warning about mail that was sent to you".to_owned(), text }
}

/// The text of a warning as others than its member read it: the first line greets nobody by name.
///
/// ```
/// use runtime::measure::warning::nameless;
/// assert_eq!(nameless("Dear Ada Quill,\n\nRead this.\n"), "Dear member,\n\nRead this.\n");
/// ```
pub fn nameless(text: &str) -> String {
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    format!("{NAMELESS},\n{rest}")
}

fn known(campaign: &CampaignRow) -> String {
    let mails = counted(campaign.messages.len(), "mail that was", "mails that were");
    let day =
        |time: &Option<String>| time.as_deref().and_then(|time| time.split('T').next()).map(str::to_owned);
    let when = match (day(&campaign.first), day(&campaign.last)) {
        (Some(first), Some(last)) if first != last => format!(" between {first} and {last}"),
        (Some(first), _) => format!(" on {first}"),
        _ => String::new(),
    };
    let members = counted(campaign.members.len(), "member", "members");
    format!(
        "Our mail system has found {mails} sent{when} to {members} of this house as one operation.\n\
         It is {} that their purpose is to find out who opens them, from where and with which device.\n\
         (In the words of the PHIA probability yardstick; it may change as more is learnt.)",
        campaign.likelihood
    )
}

fn happened(reached: MemberState) -> &'static str {
    match reached {
        MemberState::Targeted => {
            "You were among those it was sent to. We have no proof that it reached your mailbox."
        }
        MemberState::Blocked => "It was stopped before it reached your mailbox.",
        MemberState::Delivered => {
            "It reached your mailbox. We have not seen that it was opened; if it was opened outside of our network, we \
             could not have seen it."
        }
        MemberState::Disarmed => {
            "It reached your mailbox without the parts that report an opening. We have not seen that it was opened \
             before these were taken out."
        }
        MemberState::Opened | MemberState::Warned => {
            "It reached your mailbox and was opened. Whoever sent it has probably learnt when, the address of the network \
             that you used, and what device and program you read mail with."
        }
    }
}

fn senders(campaign: &CampaignRow) -> String {
    let mut text =
        String::from("The mails came from these addresses (written so that they cannot be clicked):");
    for sender in campaign.senders.iter().take(SENDERS_MAX) {
        let _ = write!(text, "\n  {}", harmless(sender));
    }
    if campaign.senders.len() > SENDERS_MAX {
        let _ = write!(text, "\n  and {} more", campaign.senders.len() - SENDERS_MAX);
    }
    text
}

fn to_do(reached: MemberState) -> String {
    let mut steps = vec![
        "Do not open these mails again, do not answer them, and do not follow their links.",
        "Do not delete them: we can take them out of your mailbox and bring them back.",
        "If you read your mail elsewhere too, look there for the same senders, and tell us what you find.",
        "Expect further mail of this kind, also at your private address and to people who work for you.",
    ];
    if reached >= MemberState::Opened {
        steps.push("Tell us which device and which network you used, at home or elsewhere.");
        steps.push("Update that device, and restart and update the router of that network.");
        steps.push("Make sure that your accounts ask for a second factor, and tell us of any sign-in that was not yours.");
    }
    let mut text = String::new();
    for (number, step) in (1..).zip(steps) {
        let _ = writeln!(text, "{number}. {step}");
    }
    text
}

fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

/// Longest foreign text in a letter of ours, in characters.
const FOREIGN_MAX: usize = 200;

/// Text of strangers as it may stand in a letter of ours: on one line, without anything that a mail program makes a link of.
///
/// ```
/// use runtime::measure::warning::harmless;
/// assert_eq!(harmless("a@paper.example"), "a[at]paper[.]example");
/// assert_eq!(harmless("see https://t.example/x\r\nBcc: y"), "see https[:]//t[.]example/x Bcc[:] y");
/// ```
pub fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for character in text.chars().take(FOREIGN_MAX) {
        match character {
            '.' => harmless.push_str("[.]"),
            '@' => harmless.push_str("[at]"),
            ':' => harmless.push_str("[:]"),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {}
            c if c.is_control() || c.is_whitespace() => {
                if !harmless.ends_with(' ') {
                    harmless.push(' ');
                }
            }
            c => harmless.push(c),
        }
    }
    harmless.trim().to_owned()
}
