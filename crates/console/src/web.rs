//! Handlers: each turns a request into what the parts below understand, and their answer into a page.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod asset;
pub(crate) mod form;
pub(crate) mod probe;
pub(crate) mod sign_in;
