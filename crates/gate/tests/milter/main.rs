//! The milter from outside: by a mail server of our own that speaks the protocol, and by Postfix.

mod delivery;
mod dns;
mod double;
mod faults;
mod house;
mod load;
mod mail_server;
mod postfix;
mod protocol;
mod sender;
mod sink;
