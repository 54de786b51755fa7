//! The HTTP interface for programs, `/api/v1`: what pages show, as JSON, for tokens with scopes.
//!
//! Types here are promises to others. They are apart from those that parts work with, and members are added, never renamed.

pub(crate) mod audit;
pub(crate) mod blocked;
pub(crate) mod campaign;
mod cursor;
pub(crate) mod decision;
pub(crate) mod domain;
pub(crate) mod evidence;
mod extract;
pub(crate) mod health;
pub(crate) mod hunt;
pub(crate) mod letter;
pub(crate) mod member;
pub(crate) mod openapi;
pub(crate) mod quarantine;
pub(crate) mod register;
pub(crate) mod today;
pub(crate) mod warning;
pub(crate) mod watch;

use serde::Serialize;
use utoipa::ToSchema;

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// Its rows, in an order that stays.
    pub(crate) items: Vec<T>,
    /// What to send as `cursor` for the next part; absent with the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// What speaks for or against a finding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// Stable name.
    code: String,
    /// Natural logarithm of a likelihood ratio: positive speaks for, negative against.
    weight: f32,
    /// In words.
    detail: String,
}

impl From<&runtime::row::ReasonRow> for Reason {
    fn from(row: &runtime::row::ReasonRow) -> Self {
        Self { code: row.code.clone(), weight: row.weight, detail: row.detail.clone() }
    }
}
