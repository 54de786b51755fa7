//! The console from outside: its pages with hostile words, and in a real browser.

mod browser;
mod hostile;
#[path = "../../examples/gallery/sample/mod.rs"]
mod sample;
#[path = "../../examples/gallery/server.rs"]
mod server;
