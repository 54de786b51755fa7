//! The pseudo-random numbers of the exercise: SplitMix64 to spread a seed, xoshiro256** to draw from it.
//!
//! Written here rather than imported, because a seed in a report must give the same bytes for as long as the report
//! is read, whatever happens to a library's algorithm.

/// A stream of numbers that depends on nothing but its seed and keys.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: [u64; 4],
}

/// One step of SplitMix64; it turns keys that differ in one bit into unrelated numbers.
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let a = mix(seed);
        let b = mix(a);
        let c = mix(b);
        Self { state: [a, b, c, mix(c)] }
    }

    /// The stream that belongs to `keys` under `seed`, so that any mail can be drawn without drawing those before it.
    pub(crate) fn keyed(seed: u64, keys: &[u64]) -> Self {
        Self::new(keys.iter().fold(seed, |mixed, key| mix(mixed ^ mix(*key))))
    }

    pub(crate) fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let c = c ^ a;
        let d = d ^ b;
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number in `0..bound`; 0 when `bound` is 0. The bias is below 2^-40 for the bounds used here.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// True in `percent` of 100 draws.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        items
            .get(self.below(items.len()))
            .expect("the exercise only picks from lists that have something in them")
    }

    /// One of several texts.
    pub(crate) fn word<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }

    /// `count` of the items, in random order; all of them when there are fewer.
    pub(crate) fn sample<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut shuffled = items.to_vec();
        for last in (1..shuffled.len()).rev() {
            shuffled.swap(last, self.below(last + 1));
        }
        shuffled.truncate(count);
        shuffled
    }

    /// `length` characters of `alphabet`, which must be ASCII.
    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(b"0123456789abcdef", length)
    }

    pub(crate) fn base36(&mut self, length: usize) -> String {
        self.text(b"0123456789abcdefghijklmnopqrstuvwxyz", length)
    }

    pub(crate) fn base64url(&mut self, length: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", length)
    }

    pub(crate) fn base64(&mut self, length: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_numbers_of_a_seed_never_change() {
        let mut random = Random::new(1);
        let drawn: Vec<usize> = (0..6).map(|_| random.below(1_000)).collect();
        expect_test::expect!["[771, 8, 150, 876, 659, 684]"].assert_eq(&format!("{drawn:?}"));
    }

    #[test]
    fn keys_give_unrelated_streams() {
        let first = Random::keyed(7, &[1, 2]).next();
        assert_ne!(first, Random::keyed(7, &[2, 1]).next());
        assert_eq!(first, Random::keyed(7, &[1, 2]).next());
    }

    #[test]
    fn sample_keeps_each_item_once() {
        let mut sample = Random::new(3).sample(&[1, 2, 3, 4, 5], 9);
        sample.sort_unstable();
        assert_eq!(sample, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn between_reaches_both_ends() {
        let mut random = Random::new(9);
        let drawn: std::collections::BTreeSet<i64> = (0..100).map(|_| random.between(-1, 1)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [-1, 0, 1]);
    }
}
