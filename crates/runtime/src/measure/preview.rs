//! What a message in quarantine says, as text: nothing of it is loaded, linked or run.

use mail::disarm;
use mail::message::{Message, Reader};
use mail::outline::{self, Outline};
use model::limit::PREVIEW_BYTES_MAX;

/// A message as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Author: display name and address.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// What a reader would see.
    pub text: String,
    /// Whether `text` was cut.
    pub is_cut: bool,
    /// Where links would lead, each once, in the order of the message.
    pub links: Vec<String>,
    /// How many parts of it would load something from elsewhere.
    pub loads: usize,
    /// Names of attachments.
    pub attachments: Vec<String>,
    /// What a drawing of it shows.
    pub outline: Outline,
}

/// Links that are listed of one message.
const LINKS_MAX: usize = 100;

/// The preview of a message.
pub fn of(message: &[u8]) -> Preview {
    let read = Reader::default().read(message);
    let (text, is_cut) = cut(visible(&read));
    let mut links: Vec<String> = Vec::new();
    for link in &read.html.links {
        if links.len() < LINKS_MAX && !links.contains(&link.url) {
            links.push(link.url.clone());
        }
    }
    Preview {
        from: format!("{} <{}>", read.from.name, read.from.address).trim().to_owned(),
        subject: read.subject.clone(),
        text,
        is_cut,
        links,
        loads: disarm::disarm(message).removed.len(),
        attachments: read.attachments.iter().map(|part| part.name.clone()).collect(),
        outline: outline::of(message),
    }
}

/// The plain part, unless it says much less than the HTML.
fn visible(message: &Message) -> String {
    let html = &message.html.text;
    if message.text.len() >= html.len() / 2 {
        disarm::without_invisible(&message.text)
    } else {
        // Only to resolve the character references: the markup is gone.
        disarm::visible_text(html)
    }
}

fn cut(mut text: String) -> (String, bool) {
    let is_cut = text.len() > PREVIEW_BYTES_MAX;
    if is_cut {
        let end = (0..=PREVIEW_BYTES_MAX).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        text.truncate(end);
    }
    (text, is_cut)
}
