//! How common four bytes are in logs, so that a literal is looked for by those of its bytes that are seldom there.

use crate::event::Event;
use crate::fold::fold;

/// Four bytes that follow each other in a folded value.
pub(super) type Gram = u32;

/// How many bytes a gram has.
pub(super) const GRAM_BYTES: usize = 4;

/// The grams of a text, each with the offset of its first byte.
pub(super) fn grams(text: &[u8]) -> impl Iterator<Item = (usize, Gram)> {
    text.array_windows::<GRAM_BYTES>().map(|window| Gram::from_le_bytes(*window)).enumerate()
}

/// Counters, as a power of two. Grams share one where they collide, which makes a seldom gram look common and costs no match.
const COUNTERS_BITS: u32 = 15;
const COUNTERS: usize = 1 << COUNTERS_BITS;

/// How often grams are seen: from events of the house where there are any, else from what we know logs to be full of.
#[derive(Debug, Clone)]
pub struct Commonness {
    /// For each counter, in how many of a thousand events its grams are found, by estimate.
    per_mille: Box<[u16]>,
    /// In how many literals of rules its grams occur. What many rules name is named by many logs, and whoever looks for a literal
    /// that many others resemble has them all to compare.
    literals: Box<[u16]>,
}

/// What logs of Windows, Linux and the web are full of, each with the events of a thousand that have it: our own estimates.
const HABITUAL: &[(u16, &str)] = &[
    (700, "c:\\windows\\system32\\"),
    (500, ".exe"),
    (300, ".dll"),
    (300, "nt authority\\system"),
    (300, "microsoft"),
    (300, "windows"),
    (250, "c:\\program files\\"),
    (250, "c:\\program files (x86)\\"),
    (250, "c:\\users\\"),
    (200, "\\appdata\\local\\"),
    (150, "\\appdata\\roaming\\microsoft\\windows\\"),
    (150, "\\appdata\\local\\temp\\"),
    (150, "c:\\windows\\syswow64\\"),
    (150, "hklm\\system\\currentcontrolset\\services\\"),
    (150, "hklm\\software\\microsoft\\windows\\currentversion\\"),
    (120, "hku\\s-1-5-21-"),
    (120, "software\\microsoft\\windows nt\\currentversion\\"),
    (120, "software\\wow6432node\\"),
    (120, "software\\policies\\microsoft\\"),
    (120, "powershell"),
    (100, "windowspowershell\\v1.0\\powershell.exe"),
    (100, "cmd.exe /c "),
    (100, "svchost.exe -k netsvcs -p -s "),
    (100, "\\device\\harddiskvolume"),
    (100, "c:\\programdata\\microsoft\\"),
    (100, "c:\\windows\\explorer.exe"),
    (80, "explorer.exe"),
    (80, "services.exe"),
    (80, "lsass.exe"),
    (80, "wmiprvse.exe"),
    (80, "rundll32.exe "),
    (80, "conhost.exe"),
    (80, "function "),
    (80, "parameter"),
    (80, "get-"),
    (80, "set-"),
    (80, "new-object system."),
    (80, "write-"),
    (80, "invoke-"),
    (80, "-command "),
    (80, "-executionpolicy bypass "),
    (80, "param("),
    (80, "string"),
    (80, "return"),
    (80, "process"),
    (80, "version"),
    (80, "http://"),
    (80, "https://"),
    (80, "https://www."),
    (80, ".com/"),
    (80, "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/"),
    (60, "/usr/bin/"),
    (60, "/usr/sbin/"),
    (60, "/usr/lib/"),
    (60, "/var/log/"),
    (60, "/etc/"),
    (60, "/bin/bash -c "),
    (60, "/bin/sh -c "),
    (60, "00000000"),
    (60, "0000-0000-0000"),
    (60, "    "),
    (60, "true"),
    (60, "false"),
    (60, "sha256="),
    (60, "sha1="),
    (60, "md5="),
    (60, "imphash="),
    (60, "corporation"),
    (60, "operating system"),
    (60, "administrator"),
    (60, "network"),
    (60, "service"),
    (60, "server"),
    (60, "system"),
    (60, "user"),
    (60, "admin"),
    (60, "local"),
    (60, "password"),
    (60, "software"),
    (60, "security"),
    (60, "registry"),
    (60, "control"),
];

impl Default for Commonness {
    /// What we know logs to be full of.
    fn default() -> Self {
        let mut this = Self { per_mille: vec![0; COUNTERS].into(), literals: vec![0; COUNTERS].into() };
        for (per_mille, text) in HABITUAL {
            for (_, gram) in grams(text.as_bytes()) {
                if let Some(counter) = this.per_mille.get_mut(counter(gram)) {
                    *counter = (*counter).max(*per_mille);
                }
            }
        }
        this
    }
}

impl Commonness {
    /// Counts a folded literal of a rule.
    pub(super) fn count_literal(&mut self, literal: &str) {
        for (_, gram) in grams(literal.as_bytes()) {
            if let Some(counter) = self.literals.get_mut(counter(gram)) {
                *counter = counter.saturating_add(1);
            }
        }
    }

    /// In how many of a thousand events a gram is found, by estimate; never nothing.
    pub(super) fn per_mille(&self, gram: Gram) -> f32 {
        let at = counter(gram);
        let seen = self.per_mille.get(at).copied().unwrap_or_default();
        let literals = self.literals.get(at).copied().unwrap_or_default();
        f32::from(seen) + f32::from(literals) / 10.0 + 0.1
    }
}

fn counter(gram: Gram) -> usize {
    usize::try_from(gram.wrapping_mul(0x85EB_CA6B) >> (u32::BITS - COUNTERS_BITS)).unwrap_or_default()
}

/// Counts grams in events, for rules that are compiled for what a house's logs are full of.
#[derive(Debug, Clone)]
pub struct Profile {
    events: u32,
    /// For each counter, the events that had one of its grams.
    counts: Box<[u32]>,
    /// For each counter, the last event that it counted.
    last: Box<[u32]>,
}

impl Default for Profile {
    fn default() -> Self {
        Self { events: 0, counts: vec![0; COUNTERS].into(), last: vec![0; COUNTERS].into() }
    }
}

impl Profile {
    /// Counts one event. Ten thousand are plenty.
    pub fn observe(&mut self, event: &Event<'_>) {
        self.events = self.events.saturating_add(1);
        for text in event.fields.iter().filter_map(|field| field.value.text()) {
            for (_, gram) in grams(fold(text).as_bytes()) {
                let at = counter(gram);
                let (Some(count), Some(last)) = (self.counts.get_mut(at), self.last.get_mut(at)) else {
                    continue;
                };
                if *last != self.events {
                    *last = self.events;
                    *count = count.saturating_add(1);
                }
            }
        }
    }

    /// What was counted, or what we know where it was too little to go by.
    pub fn commonness(&self) -> Commonness {
        let mut commonness = Commonness::default();
        if self.events < PROFILE_EVENTS_MIN {
            return commonness;
        }
        for (counter, count) in commonness.per_mille.iter_mut().zip(&self.counts) {
            let per_mille = u64::from(*count).saturating_mul(1000) / u64::from(self.events);
            *counter = u16::try_from(per_mille).unwrap_or(u16::MAX);
        }
        commonness
    }
}

/// Events below which a profile says nothing.
const PROFILE_EVENTS_MIN: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Field, FieldId, Value};

    fn gram(text: &str) -> Gram {
        grams(text.as_bytes()).map(|(_, gram)| gram).next().expect("four bytes")
    }

    #[test]
    fn what_logs_are_full_of_is_common() {
        let mut commonness = Commonness::default();
        assert!(commonness.per_mille(gram(".exe")) > 100.0 * commonness.per_mille(gram("zq7x")));
        let before = commonness.per_mille(gram("mimi"));
        commonness.count_literal("mimikatz");
        assert!(commonness.per_mille(gram("mimi")) > before);
    }

    #[test]
    fn a_profile_replaces_what_was_only_estimated() {
        let text = Value::Text("ZQ7X .exe".into());
        let event = Event { fields: vec![Field { id: FieldId(1), value: text }], ..Event::default() };
        let mut profile = Profile::default();
        for _ in 0..PROFILE_EVENTS_MIN {
            profile.observe(&event);
        }
        let commonness = profile.commonness();
        assert!(commonness.per_mille(gram("zq7x")) > 999.0);
        assert!(commonness.per_mille(gram("syst")) < 1.0);
    }
}
