//! Small fingerprints that stay alike when the content stays alike: MinHash by one permutation (Li, Owen and Zhang 2012).

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Number of minima in a sketch; two sketches agree in about `similarity * BINS` places.
pub const BINS: usize = 16;
/// Keys made of a sketch. A pair with a resemblance of 0.5 shares at least one with a probability of 0.9.
pub const BANDS: usize = BINS / 2;

/// A MinHash sketch of a set of shingles, 16 bits a minimum: two that agree by chance are one in 65,000, and a record
/// stays small. All zero: there was too little content to speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sketch(pub [u16; BINS]);

impl Sketch {
    /// Whether there was too little content to compare.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; BINS]
    }

    /// Estimated resemblance (Jaccard) of the two contents, 0 to 1; 0 where either is empty.
    pub fn resemblance(&self, other: &Self) -> f32 {
        if self.is_empty() || other.is_empty() {
            return 0.0;
        }
        let same = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        same as f32 / BINS as f32
    }

    /// Keys by which alike contents are found: equal where two neighbouring minima are equal.
    pub fn bands(&self) -> impl Iterator<Item = u64> + '_ {
        let pairs = self.0.chunks_exact(2).enumerate();
        pairs.filter(|_| !self.is_empty()).map(|(band, pair)| {
            let joined = pair.iter().fold(0u64, |joined, &minimum| (joined << 16) | u64::from(minimum));
            xxh3_64_with_seed(&joined.to_le_bytes(), band as u64)
        })
    }
}

/// Fewest shingles that make a sketch: two mails that share three words are not alike.
const SHINGLES_MIN: usize = 8;

/// Collects shingle hashes into a sketch.
#[derive(Debug)]
pub struct Sketcher {
    minima: [u32; BINS],
    window: [u64; 3],
    seen: usize,
}

impl Default for Sketcher {
    fn default() -> Self {
        Self { minima: [u32::MAX; BINS], window: [0; 3], seen: 0 }
    }
}

impl Sketcher {
    /// Adds the next item (a word, a tag); every three in a row are a shingle.
    pub fn add(&mut self, item: &[u8]) {
        let [_, second, third] = self.window;
        self.window = [second, third, xxh3_64_with_seed(item, 0)];
        self.seen += 1;
        if self.seen >= 3 {
            let [first, second, third] = self.window;
            self.shingle(mix(first ^ mix(second ^ mix(third))));
        }
    }

    fn shingle(&mut self, hash: u64) {
        let bin = (hash >> 60) as usize;
        if let Some(minimum) = self.minima.get_mut(bin) {
            *minimum = (*minimum).min(hash as u32);
        }
    }

    /// The sketch; empty bins borrow from their right neighbour (densification, Shrivastava and Li 2014).
    pub fn finish(self) -> Sketch {
        if self.seen < SHINGLES_MIN + 2 {
            return Sketch::default();
        }
        let mut filled = self.minima;
        let mut carried =
            self.minima.iter().copied().find(|&minimum| minimum != u32::MAX).unwrap_or_default();
        for minimum in filled.iter_mut().rev() {
            if *minimum == u32::MAX {
                carried = carried.rotate_left(7).wrapping_add(1);
                *minimum = carried;
            } else {
                carried = *minimum;
            }
        }
        Sketch(filled.map(|minimum| minimum as u16))
    }
}

/// The finaliser of SplitMix64: spreads every bit over the whole word.
fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The sketch of a text by its words, without case, numbers and punctuation, and without its footer: what differs per
/// recipient or is shared by every customer of a mailing service says nothing of who wrote.
pub fn of_text(text: &str) -> Sketch {
    let mut sketcher = Sketcher::default();
    let mut word = [0u8; 24];
    let mut length = 0;
    for byte in without_footer(text).bytes().chain([b' ']) {
        if byte.is_ascii_alphabetic() || byte >= 0x80 {
            if let Some(slot) = word.get_mut(length) {
                *slot = byte.to_ascii_lowercase();
                length += 1;
            }
        } else if length > 0 {
            sketcher.add(word.get(..length).unwrap_or_default());
            length = 0;
        }
    }
    sketcher.finish()
}

/// Words that open a footer in bulk mail. Only the last two thirds of a text are searched.
const FOOTER_MARKS: [&str; 5] = [
    "unsubscribe",
    "you are receiving this",
    "you received this",
    "manage your preferences",
    "view in browser",
];

fn without_footer(text: &str) -> &str {
    let signature = text.find("\n-- \n").unwrap_or(text.len());
    let text = text.get(..signature).unwrap_or(text);
    let mut start = text.len() / 3;
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let lower = text.get(start..).unwrap_or_default().to_ascii_lowercase();
    let cut =
        FOOTER_MARKS.iter().filter_map(|mark| memchr::memmem::find(lower.as_bytes(), mark.as_bytes())).min();
    cut.and_then(|cut| text.get(..start + cut)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "The committee on the harbour met on Monday and heard from residents that the new crossing \
        would shorten the way to school for four hundred children of the eastern wards of the town.";

    #[test]
    fn numbers_case_and_footer_do_not_count() {
        let shouted = BODY.to_uppercase().replace("MONDAY", "MONDAY 18");
        let footed = format!("{BODY} You are receiving this because {BODY}");
        assert_eq!(of_text(BODY), of_text(&shouted));
        assert!(of_text(BODY).resemblance(&of_text(&footed)) > 0.8);
    }

    #[test]
    fn one_changed_word_stays_alike_and_other_texts_do_not() {
        let changed = BODY.replace("harbour", "station");
        let other = "Dear colleague, please find attached the agenda of next week with the papers for items one to nine, and let us know who will come.";
        assert!(of_text(BODY).resemblance(&of_text(&changed)) > 0.6);
        assert!(of_text(BODY).resemblance(&of_text(other)) < 0.2);
        assert!(of_text(BODY).bands().any(|band| of_text(&changed).bands().any(|other| other == band)));
    }

    #[test]
    fn too_little_says_nothing() {
        assert!(of_text("see you at noon").is_empty());
        assert_eq!(of_text("see you at noon").resemblance(&of_text("see you at noon")), 0.0);
    }
}
