//! The milter from outside: by a mail server of our own that speaks the protocol, and by Postfix.

mod arc;
mod delivery;
mod dns;
mod double;
mod faults;
#[path = "../shared/free_port.rs"]
mod free_port;
mod full_disk;
mod house;
mod load;
mod mail_server;
mod postfix;
mod protocol;
mod sender;
mod sink;
