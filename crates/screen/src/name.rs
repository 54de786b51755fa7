//! Names as they are compared: a name becomes one or more readings, and a reading is a row of tokens whose keys put spellings
//! of one culture into one class before anything is compared approximately.

pub mod arabic;
pub mod company;
pub mod fold;
pub mod han;
pub mod mandarin;
pub mod nickname;
pub mod reading;
pub mod sound;

pub use fold::{Script, Word, words};
pub use reading::{Reading, Token, TokenKind, readings};
