//! The feature record: what is kept of a message for 400 days instead of its body, in about 500 bytes.
//!
//! Correlation and hunting work on these records alone, so both can be replayed from what was recorded.

mod term;

pub use term::{TermKind, pieces, term, terms, with_parents, words};

use crate::beacon::Remote;
use crate::codec::{Cursor, cut, put_text, put_varint};
use crate::domain::domain_of;
use crate::message::Message;
use crate::sender::SenderTraits;
use crate::sketch::{self, BINS, Sketch};
use model::limit::{RECORD_LIST_BYTES_MAX, RECORD_TEXT_BYTES_MAX};
use model::{EventTime, Sha256, Verdict, limit};

/// One remote URL in a feature record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFeature {
    /// [`crate::beacon::Reference::code`].
    pub reference: u8,
    /// Whether the reader is not meant to see it.
    pub is_hidden: bool,
    /// [`crate::url::WebUrl::template`].
    pub template: String,
    /// [`crate::url::WebUrl::slots`].
    pub slots: Vec<u64>,
    /// [`crate::url::WebUrl::hash`].
    pub hash: u64,
    /// [`crate::url::WebUrl::shape`].
    pub shape: u64,
}

impl RemoteFeature {
    /// Whether it is fetched on rendering.
    pub fn is_load(&self) -> bool {
        self.reference != 0
    }

    /// Whether it carries what may be a recipient's token.
    pub fn is_tokened(&self) -> bool {
        !self.slots.is_empty()
    }

    /// Host of the template.
    pub fn host(&self) -> &str {
        self.template.split(['/', '?']).next().unwrap_or_default()
    }
}

/// What is kept of one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// When it arrived; the time of the scan where nothing told.
    pub time: EventTime,
    /// Digest of the whole message as it was read.
    pub digest: Sha256,
    /// `Message-ID`, without brackets.
    pub message_id: String,
    /// Where it was read, such as `inbox.mbox#12`.
    pub source: String,
    /// Author's address.
    pub sender: String,
    /// Author's display name.
    pub sender_name: String,
    /// Domain of the envelope sender, if another than the author's.
    pub mail_from_domain: String,
    /// Addresses that it was delivered to, as the delivering server says.
    pub delivered_to: Vec<String>,
    /// Other addresses in `To` and `Cc`.
    pub to: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Domains of the message ids that it answers.
    pub replies_to_domains: Vec<String>,
    /// Mailing service by its own words (`X-Mailer`).
    pub mailer: String,
    /// Remote URLs: loads and tokened links first.
    pub remotes: Vec<RemoteFeature>,
    /// Names against names.
    pub sender_traits: SenderTraits,
    /// Whether the header says that a machine sent it.
    pub is_automatic: bool,
    /// Whether a trusted server found DMARC passed.
    pub is_authenticated: bool,
    /// Sketch of the text.
    pub text: Sketch,
    /// Sketch of the HTML's structure.
    pub shape: Sketch,
    /// Digests of attachments.
    pub attachments: Vec<Sha256>,
    /// What the detectors proposed when it was read.
    pub verdict: Verdict,
    /// Their score, 0 to 100.
    pub score: u8,
}

/// Version of the encoding, its first byte.
const VERSION: u8 = 1;

impl Feature {
    /// The record of a message, within the limits: what is encoded comes back as it is here, so that evidence made of
    /// it can be made again from the record. `fallback` is its time where the message tells none.
    pub fn of(message: &Message, remotes: &[Remote], traits: SenderTraits, fallback: EventTime) -> Self {
        let own_domain = domain_of(&message.from.address);
        let mail_from = message.mail_from.as_deref().map(domain_of).filter(|domain| *domain != own_domain);
        let visible = if message.text.len() >= message.html.text.len() / 2 {
            &message.text
        } else {
            &message.html.text
        };
        let to = message.to.iter().filter(|address| !message.delivered_to.contains(address));
        Self {
            time: message.time().unwrap_or(fallback),
            digest: Sha256([0; 32]),
            message_id: kept(&message.message_id),
            source: String::new(),
            sender: kept(&message.from.address),
            sender_name: kept(&message.from.name),
            mail_from_domain: kept(mail_from.unwrap_or_default()),
            delivered_to: kept_list(message.delivered_to.iter()),
            to: kept_list(to),
            subject: kept(&message.subject),
            replies_to_domains: message
                .replies_to
                .iter()
                .take(4)
                .map(|id| kept(&domain_of(id).to_ascii_lowercase()))
                .collect(),
            mailer: kept(message.mailer.as_deref().unwrap_or_default()),
            remotes: select(remotes),
            sender_traits: traits,
            is_automatic: message.list.is_automatic,
            is_authenticated: false,
            text: sketch::of_text(visible),
            shape: message.html.shape,
            attachments: message
                .attachments
                .iter()
                .take(limit::RECORD_ATTACHMENTS_MAX)
                .map(|part| part.digest)
                .collect(),
            verdict: Verdict::Pass,
            score: 0,
        }
    }

    /// Every address that it was meant for.
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        self.delivered_to.iter().chain(&self.to).map(String::as_str)
    }

    /// The record as bytes; at most [`limit::RECORD_BYTES_MAX`].
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.push(VERSION);
        put_varint(&mut out, self.time.0.cast_unsigned());
        out.extend(self.digest.0);
        for text in [
            &self.message_id,
            &self.source,
            &self.sender,
            &self.sender_name,
            &self.mail_from_domain,
            &self.subject,
            &self.mailer,
        ] {
            put_text(&mut out, text, RECORD_TEXT_BYTES_MAX);
        }
        for list in [&self.delivered_to, &self.to, &self.replies_to_domains] {
            put_texts(&mut out, list);
        }
        put_varint(&mut out, u64::from(self.flags()));
        out.push(self.score);
        self.encode_remotes(&mut out);
        put_sketch(&mut out, &self.text);
        put_sketch(&mut out, &self.shape);
        put_varint(&mut out, self.attachments.len() as u64);
        self.attachments.iter().for_each(|digest| out.extend(digest.0));
        out
    }

    fn encode_remotes(&self, out: &mut Vec<u8>) {
        put_varint(out, self.remotes.len() as u64);
        for remote in &self.remotes {
            out.push(remote.reference << 1 | u8::from(remote.is_hidden));
            put_text(out, &remote.template, RECORD_TEXT_BYTES_MAX);
            put_varint(out, remote.slots.len() as u64);
            remote.slots.iter().for_each(|slot| out.extend(slot.to_le_bytes()));
            out.extend(remote.hash.to_le_bytes());
            out.extend(remote.shape.to_le_bytes());
        }
    }

    /// Reads a record back; `None` where the bytes are no record of this version.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        if cursor.byte()? != VERSION {
            return None;
        }
        let time = EventTime(cursor.varint()?.cast_signed());
        let digest = Sha256(cursor.array()?);
        let [message_id, source, sender, sender_name, mail_from_domain, subject, mailer] =
            read_all(|| cursor.text())?;
        let [delivered_to, to, replies_to_domains] = read_all(|| cursor.texts())?;
        let flags = u32::try_from(cursor.varint()?).ok()?;
        let score = cursor.byte()?;
        let remotes = decode_remotes(&mut cursor)?;
        let text = read_sketch(&mut cursor)?;
        let shape = read_sketch(&mut cursor)?;
        let count = cursor.count()?;
        let attachments = (0..count).map(|_| cursor.array().map(Sha256)).collect::<Option<_>>()?;
        let mut feature = Self {
            time,
            digest,
            message_id,
            source,
            sender,
            sender_name,
            mail_from_domain,
            delivered_to,
            to,
            subject,
            replies_to_domains,
            mailer,
            remotes,
            sender_traits: SenderTraits::default(),
            is_automatic: false,
            is_authenticated: false,
            text,
            shape,
            attachments,
            verdict: Verdict::Pass,
            score,
        };
        feature.set_flags(flags);
        Some(feature)
    }

    fn flags(&self) -> u32 {
        let traits = &self.sender_traits;
        let bits = [
            traits.links_elsewhere_only,
            traits.imitates_linked,
            traits.links_home,
            traits.is_signed_by_itself,
            traits.is_honest_list,
            traits.replies_elsewhere,
            self.is_automatic,
            self.is_authenticated,
            self.verdict >= Verdict::Disarm,
            self.verdict == Verdict::Quarantine,
        ];
        bits.iter().enumerate().map(|(bit, &set)| u32::from(set) << bit).sum()
    }

    fn set_flags(&mut self, flags: u32) {
        let bit = |bit: u32| flags >> bit & 1 == 1;
        self.sender_traits = SenderTraits {
            links_elsewhere_only: bit(0),
            imitates_linked: bit(1),
            links_home: bit(2),
            is_signed_by_itself: bit(3),
            is_honest_list: bit(4),
            replies_elsewhere: bit(5),
        };
        self.is_automatic = bit(6);
        self.is_authenticated = bit(7);
        self.verdict = match (bit(8), bit(9)) {
            (_, true) => Verdict::Quarantine,
            (true, false) => Verdict::Disarm,
            (false, false) => Verdict::Pass,
        };
    }
}

/// What a record keeps of a text.
fn kept(text: &str) -> String {
    cut(text, RECORD_TEXT_BYTES_MAX).to_owned()
}

/// What a record keeps of a list. Each entry costs its length beside its bytes.
fn kept_list<'a>(list: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut room = RECORD_LIST_BYTES_MAX;
    let mut fits = |text: &String| {
        let left = room.checked_sub(text.len() + 2);
        room = left.unwrap_or(0);
        left.is_some()
    };
    list.map(|text| kept(text)).take_while(|text| fits(text)).take(limit::RECIPIENTS_MAX).collect()
}

/// Runs `read` once for each element, stopping at the first that is missing.
fn read_all<T, const N: usize>(mut read: impl FnMut() -> Option<T>) -> Option<[T; N]> {
    let all: Vec<T> = (0..N).map(|_| read()).collect::<Option<_>>()?;
    all.try_into().ok()
}

fn put_texts(out: &mut Vec<u8>, list: &[String]) {
    put_varint(out, list.len() as u64);
    list.iter().for_each(|text| put_text(out, text, RECORD_TEXT_BYTES_MAX));
}

fn put_sketch(out: &mut Vec<u8>, sketch: &Sketch) {
    if sketch.is_empty() {
        return out.push(0);
    }
    out.push(1);
    sketch.0.iter().for_each(|minimum| out.extend(minimum.to_le_bytes()));
}

fn read_sketch(cursor: &mut Cursor<'_>) -> Option<Sketch> {
    if cursor.byte()? == 0 {
        return Some(Sketch::default());
    }
    let minima: [u16; BINS] = read_all(|| cursor.array().map(u16::from_le_bytes))?;
    Some(Sketch(minima))
}

fn decode_remotes(cursor: &mut Cursor<'_>) -> Option<Vec<RemoteFeature>> {
    let count = cursor.count()?;
    (0..count).map(|_| decode_remote(cursor)).collect()
}

fn decode_remote(cursor: &mut Cursor<'_>) -> Option<RemoteFeature> {
    let head = cursor.byte()?;
    let template = cursor.text()?;
    let slots = cursor.count()?;
    let slots = (0..slots).map(|_| cursor.array().map(u64::from_le_bytes)).collect::<Option<_>>()?;
    let [hash, shape] = read_all(|| cursor.array().map(u64::from_le_bytes))?;
    Some(RemoteFeature { reference: head >> 1, is_hidden: head & 1 == 1, template, slots, hash, shape })
}

/// Keeps the telling URLs: hidden and tokened loads, tokened links, then one of each other template.
fn select(remotes: &[Remote]) -> Vec<RemoteFeature> {
    let mut order: Vec<&Remote> = remotes.iter().collect();
    order.sort_by_key(|remote| {
        let is_load = remote.reference.code() != 0;
        (!(is_load && remote.is_hidden), !(is_load && remote.is_tokened()), !remote.is_tokened())
    });
    let mut selected: Vec<RemoteFeature> = Vec::new();
    for remote in order {
        let code = remote.reference.code();
        if selected.len() < limit::RECORD_BEACONS_MAX
            && !selected.iter().any(|other| is_repeat(other, code, remote))
        {
            selected.push(RemoteFeature {
                reference: code,
                is_hidden: remote.is_hidden,
                template: kept(&remote.web.template),
                slots: remote.web.slots.clone(),
                hash: remote.web.hash,
                shape: remote.web.shape,
            });
        }
    }
    selected
}

/// The second link of one template says nothing new, unless it is a load whose opening a log could show.
fn is_repeat(kept: &RemoteFeature, code: u8, remote: &Remote) -> bool {
    kept.hash == remote.web.hash || (code == 0 && kept.reference == 0 && kept.template == remote.web.template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{beacon, message::Reader, sender};

    pub(crate) fn sample() -> Feature {
        let raw = b"From: Dana <dana@news.example>\r\nTo: m1@house.example, m2@house.example\r\nMessage-ID: <1@news.example>\r\n\
            Subject: Vote on the harbour bill\r\nDate: Mon, 18 Jan 2021 09:00:00 +0000\r\nContent-Type: text/html\r\n\r\n\
            <p>The committee on the harbour met on Monday and heard from residents that the crossing would help</p>\
            <img src='https://t.example/o/9f8e7d6c5b4a.gif' width=1 height=1><a href='https://herald.example/vote'>x</a>";
        let message = Reader::default().read(raw);
        let remotes = beacon::remotes(&message);
        let mut feature = Feature::of(&message, &remotes, sender::traits(&message, &remotes), EventTime(0));
        feature.source = "inbox.mbox#1".into();
        feature
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let feature = sample();
        assert_eq!(Feature::decode(&feature.encode()), Some(feature));
    }

    #[test]
    fn a_record_is_about_five_hundred_bytes() {
        let bytes = sample().encode().len();
        assert!((200..600).contains(&bytes), "{bytes}");
    }

    /// A mail to six hundred long addresses once made a record that the store refused, and ended the scan.
    #[test]
    fn the_largest_record_is_within_the_limit_and_comes_back_as_it_was() {
        let long = "l".repeat(950);
        let addresses: String =
            (0..600).map(|number| format!("{number}{long}@house.example,\r\n ")).collect();
        let links: String = (0..40)
            .map(|number| format!("<img src=https://t{number}.example/{long}?u=9f8e7d6c5b4a>"))
            .collect();
        let delivered: String =
            (0..600).map(|number| format!("Delivered-To: d{number}{long}@house.example\r\n")).collect();
        let raw = format!(
            "{delivered}From: {long} <{long}@{long}.example>\r\nTo: {addresses}m@house.example\r\nSubject: {long}\r\n\
             Message-ID: <{long}@{long}>\r\nX-Mailer: {long}\r\nContent-Type: text/html\r\n\r\n{links}"
        );
        let message = Reader::default().read(raw.as_bytes());
        let remotes = beacon::remotes(&message);
        let feature = Feature::of(&message, &remotes, sender::traits(&message, &remotes), EventTime(0));
        let bytes = feature.encode();
        assert!((20_000..limit::RECORD_BYTES_MAX).contains(&bytes.len()), "{}", bytes.len());
        assert!(terms(&feature).len() <= limit::RECORD_TERMS_MAX);
        assert_eq!(Feature::decode(&bytes), Some(feature));
    }

    #[test]
    fn four_hundred_recipients_are_kept() {
        let to =
            (0..400).map(|number| format!("member{number:03}@house.example")).collect::<Vec<_>>().join(", ");
        let message = Reader::default().read(format!("From: a@b.example\r\nTo: {to}\r\n\r\n").as_bytes());
        let feature = Feature::of(&message, &[], sender::traits(&message, &[]), EventTime(0));
        assert_eq!(Feature::decode(&feature.encode()).map(|feature| feature.to.len()), Some(400));
    }

    #[test]
    fn a_cut_or_foreign_record_is_refused() {
        let bytes = sample().encode();
        (0..bytes.len()).for_each(|end| assert_eq!(Feature::decode(&bytes[..end]), None, "{end}"));
        assert_eq!(Feature::decode(&[9; 40]), None);
    }
}
