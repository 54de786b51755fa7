//! What speaks for and against a finding, as shown to a person.

/// One reason.
#[derive(Debug, Clone, PartialEq)]
pub struct ReasonView {
    /// Stable name, such as `NOVEL_SENDERS`.
    pub code: String,
    /// Natural logarithm of the likelihood ratio: positive speaks for, negative against.
    pub weight: f32,
    /// What was seen, in words.
    pub detail: String,
}
