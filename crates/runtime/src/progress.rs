//! How long work tells how far it is, without knowing who looks.

/// Told by long work; a terminal draws bars from it. Called from one thread at a time.
pub trait Progress {
    /// A stage begins, with `total` steps where that is known.
    fn begin(&self, stage: &str, total: Option<u64>);
    /// The stage has come to `done` of its steps.
    fn at(&self, done: u64);
    /// The stage is over.
    fn end(&self);
}

/// Nobody looks.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: Option<u64>) {}
    fn at(&self, _: u64) {}
    fn end(&self) {}
}
