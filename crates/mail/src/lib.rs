//! Mail: campaigns out of single messages, their beacons, their targets, and messages made harmless.
//!
//! A part: bytes, records and the time come in, values go out. It must not know files, sockets, clocks or stores, nor any
//! other part. Data flows `message` → `beacon`, `sender`, `authentication` → `verdict` and `feature` → `campaign`;
//! `disarm` and `hunt` stand beside that line.

pub mod authentication;
pub mod beacon;
pub mod campaign;
pub mod civil;
pub mod codec;
pub mod disarm;
pub mod domain;
pub mod feature;
pub mod html;
pub mod hunt;
pub mod mbox;
pub mod member;
pub mod message;
pub mod outline;
pub mod proxy_log;
pub mod report;
pub mod sender;
pub mod sketch;
pub mod url;
pub mod verdict;
