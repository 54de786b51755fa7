//! The milter from outside: by a mail server of our own that speaks the protocol, and by Postfix.

mod double;
mod mail_server;
mod protocol;
