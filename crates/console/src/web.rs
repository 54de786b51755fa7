//! Handlers: each turns a request into what the parts below understand, and their answer into a page.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod asset;
pub(crate) mod audit;
pub(crate) mod campaign;
pub(crate) mod campaigns;
pub(crate) mod decisions;
pub(crate) mod domains;
pub(crate) mod evidence;
pub(crate) mod form;
pub(crate) mod health;
pub(crate) mod hunt;
pub(crate) mod judging;
pub(crate) mod member;
pub(crate) mod members;
pub(crate) mod own;
pub(crate) mod probe;
pub(crate) mod quarantine;
pub(crate) mod query;
pub(crate) mod sign_in;
pub(crate) mod sign_on;
pub(crate) mod today;
pub(crate) mod tokens;
pub(crate) mod waiting;
pub(crate) mod warnings;
