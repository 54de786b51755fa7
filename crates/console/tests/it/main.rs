//! The console from outside: its pages with hostile words, in a real browser, and against the clock.

mod browser;
mod hostile;
mod page_times;
#[path = "../../examples/gallery/sample/mod.rs"]
mod sample;
#[path = "../../examples/gallery/server.rs"]
mod server;
