//! The exercise in memory, as somebody without a parser reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::OnceLock;

use exercise::{Plan, Scale, Sink, Summary, Variant, write};

/// Files by path.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) folders: BTreeSet<String>,
}

impl Sink for Memory {
    fn folder(&mut self, path: &str) -> io::Result<()> {
        self.folders.insert(path.to_owned());
        Ok(())
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        assert!(self.files.insert(path.to_owned(), bytes.to_vec()).is_none(), "{path} was written twice");
        Ok(())
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.files.entry(path.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }
}

impl Memory {
    pub(crate) fn text(&self, path: &str) -> String {
        String::from_utf8_lossy(&self.files[path]).into_owned()
    }

    /// All mails, in order of delivery within each mailbox.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let mails = self.files.iter().filter(|(path, _)| path.starts_with("mail/"));
        mails.map(|(path, bytes)| Mail::new(path, bytes)).collect()
    }
}

/// A mail as a reader without a parser sees it.
pub(crate) struct Mail {
    pub(crate) member: String,
    pub(crate) message_id: String,
    /// Names of the header fields above the content, in order.
    pub(crate) fields: Vec<String>,
    pub(crate) raw: String,
}

impl Mail {
    pub(crate) fn new(path: &str, bytes: &[u8]) -> Self {
        let raw = String::from_utf8_lossy(bytes).into_owned();
        let head = raw.split("\n\n").next().unwrap();
        let names = head.lines().filter(|line| !line.starts_with([' ', '\t']));
        let fields = names.map(|line| line.split(':').next().unwrap().to_owned()).collect();
        let id = head.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
        Self { member: path.split('/').nth(1).unwrap().to_owned(), message_id: id.to_owned(), fields, raw }
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        let prefix = format!("{name}: ");
        self.raw.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default()
    }
}

pub(crate) fn written(plan: &Plan) -> (Memory, Summary) {
    let mut memory = Memory::default();
    let summary = write(plan, &mut memory).unwrap();
    (memory, summary)
}

/// The story of seed 1, written once for all tests that only read it.
pub(crate) fn lantern() -> &'static (Memory, Summary) {
    static STORY: OnceLock<(Memory, Summary)> = OnceLock::new();
    STORY.get_or_init(|| written(&Plan::lantern(1)))
}

pub(crate) fn small(seed: u64, variant: &str) -> Plan {
    let scale = Scale { lawful_mails: 600, ..Scale::default() };
    Plan { scale, days: 40, ..Plan::of_variant(seed, Variant::parse(variant).unwrap()) }
}

/// The strings of one list in a line of the truth.
pub(crate) fn listed(line: &str, key: &str) -> Vec<String> {
    let start = line.find(&format!("\"{key}\":[")).unwrap() + key.len() + 4;
    let list = line[start..].split(']').next().unwrap();
    list.split(',').filter(|item| !item.is_empty()).map(|item| item.trim_matches('"').to_owned()).collect()
}

pub(crate) fn hostile_ids(memory: &Memory) -> BTreeSet<String> {
    memory.text("truth/campaigns.jsonl").lines().flat_map(|line| listed(line, "messages")).collect()
}
