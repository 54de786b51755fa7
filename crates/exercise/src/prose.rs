//! Texts out of sentence fragments: enough of them that two senders do not share a text by accident.

mod fragments;
mod letters;

use crate::names::{self, Person};
use crate::random::{Random, mix};

/// What a text is like: who writes to whom, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// News, newsletters and press releases.
    Report,
    /// A letter from somebody who wants a member to act.
    Plea,
    /// Mail between people who know each other.
    Chat,
    /// Unwanted mail.
    Spam,
}

/// A writer's habits: each uses only a part of the fragments, always the same part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    seed: u64,
}

/// What one text is about; paraphrases of a text share these.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    topic: &'static str,
    places: [String; 2],
    person: String,
    organisation: String,
    numbers: [i64; 4],
}

/// A subject that parties have in common.
pub(crate) fn topic(random: &mut Random, of_forum: bool) -> &'static str {
    random.word(if of_forum { fragments::FORUM_TOPICS } else { fragments::HOUSE_TOPICS })
}

impl Facts {
    pub(crate) fn new(random: &mut Random, topic: &'static str) -> Self {
        Self {
            topic,
            places: [names::place(random), names::place(random)],
            person: Person::new(random).full(),
            organisation: names::organisation(random, names::CHARITIES),
            numbers: std::array::from_fn(|_| random.between(3, 96)),
        }
    }

    /// Replaces each `{…}` of a fragment.
    fn fill(&self, fragment: &str, random: &mut Random, out: &mut String) {
        let mut rest = fragment;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else { return };
            match name {
                "topic" => out.push_str(self.topic),
                "place" => out.push_str(random.pick::<String>(&self.places)),
                "person" => out.push_str(&self.person),
                "organisation" => out.push_str(&self.organisation),
                "day" => out.push_str(random.word(fragments::WEEKDAYS)),
                _ => out.push_str(&random.pick(&self.numbers).to_string()),
            }
            rest = tail;
        }
        out.push_str(rest);
    }
}

impl Voice {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self { seed: random.next() }
    }

    /// A line over the text.
    pub(crate) fn subject(self, tone: Tone, facts: &Facts, random: &mut Random) -> String {
        let lines = match tone {
            Tone::Report => fragments::HEADLINES,
            Tone::Plea => fragments::PLEA_SUBJECTS,
            Tone::Chat => fragments::CHAT_SUBJECTS,
            Tone::Spam => fragments::SPAM_SUBJECTS,
        };
        let mut subject = String::new();
        facts.fill(random.word(lines), random, &mut subject);
        capitalised(&subject)
    }

    /// Paragraphs of two to four sentences each.
    pub(crate) fn paragraphs(
        self,
        tone: Tone,
        facts: &Facts,
        random: &mut Random,
        count: usize,
    ) -> Vec<String> {
        (0..count)
            .map(|_| {
                let sentences = 2 + random.below(3);
                (0..sentences).map(|_| self.sentence(tone, facts, random)).collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    /// One sentence.
    pub(crate) fn sentence(self, tone: Tone, facts: &Facts, random: &mut Random) -> String {
        let slots: &[&[&str]] = match tone {
            Tone::Report => &fragments::REPORT,
            Tone::Plea => &letters::PLEA,
            Tone::Chat => &letters::CHAT,
            Tone::Spam => &letters::SPAM,
        };
        let mut sentence = String::with_capacity(160);
        for (slot, choices) in slots.iter().enumerate() {
            if slot > 0 && slot + 1 < slots.len() {
                sentence.push(' ');
            }
            facts.fill(self.choose(slot, choices, random), random, &mut sentence);
        }
        capitalised(&sentence)
    }

    /// A fragment out of the half that this writer uses.
    fn choose<'a>(self, slot: usize, choices: &[&'a str], random: &mut Random) -> &'a str {
        let start = mix(self.seed ^ slot as u64) as usize % choices.len().max(1);
        let at = (start + random.below(choices.len().div_ceil(2))) % choices.len().max(1);
        choices.get(at).copied().unwrap_or_default()
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Breaks a paragraph into lines of at most 72 characters, as mail programs do.
pub(crate) fn wrapped(paragraph: &str, prefix: &str) -> String {
    let mut lines = String::with_capacity(paragraph.len() + 32);
    let mut column = 0;
    for word in paragraph.split(' ') {
        if column == 0 {
            lines.push_str(prefix);
        } else if column + 1 + word.len() > 72 {
            lines.push('\n');
            lines.push_str(prefix);
            column = 0;
        } else {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += word.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn text(seed: u64) -> String {
        let mut random = Random::new(seed);
        let topic = topic(&mut random, false);
        let facts = Facts::new(&mut random, topic);
        Voice::new(&mut random).paragraphs(Tone::Report, &facts, &mut random, 3).join("\n")
    }

    #[test]
    fn every_blank_is_filled() {
        for seed in 0..200 {
            assert!(!text(seed).contains(['{', '}']), "{}", text(seed));
        }
    }

    #[test]
    fn two_writers_share_no_sentence() {
        let sentences = |seed| text(seed).split(". ").map(str::to_owned).collect::<BTreeSet<_>>();
        for seed in 0..50 {
            assert!(sentences(seed).is_disjoint(&sentences(seed + 1_000)));
        }
    }

    #[test]
    fn lines_stay_short() {
        assert!(
            wrapped(&text(4).replace('\n', " "), "> ")
                .lines()
                .all(|line| line.len() <= 76 && line.starts_with("> "))
        );
    }
}
