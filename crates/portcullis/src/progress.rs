//! Progress on a terminal: a bar for each stage, on standard error, and nothing where nobody looks.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use runtime::progress::Progress;
use std::cell::RefCell;

/// Draws bars on standard error while it is a terminal.
#[derive(Default)]
pub(crate) struct Bars(RefCell<Option<ProgressBar>>);

impl Progress for Bars {
    fn begin(&self, stage: &str, total: Option<u64>) {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(8));
        let template = match total {
            Some(_) => "{msg:14} [{bar:30}] {percent:>3} %  {elapsed}",
            None => "{msg:14} {spinner} {pos}  {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(stage.to_owned());
        *self.0.borrow_mut() = Some(bar);
    }

    fn at(&self, done: u64) {
        if let Some(bar) = &*self.0.borrow() {
            bar.set_position(done);
        }
    }

    fn end(&self) {
        if let Some(bar) = self.0.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
