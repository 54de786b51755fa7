//! The console as a browser or a program finds it: requests to the router, on a data folder that goes away.

mod access;
mod arbitrary;
mod canary;
mod desk;
mod domains;
mod exercise;
mod four_eyes;
mod handover;
mod header;
mod members;
mod programs;
mod quarantined;
mod registers;
mod reported;
mod schemathesis;
mod sign_on;
mod signing_in;
mod stuck;
