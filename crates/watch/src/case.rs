//! Cases: what is seen on one host, account, address or path belongs together for more than a year, and is not over before the
//! questions are answered whose neglect let intruders stay.

pub mod docket;
pub mod entity;
pub mod question;
mod record;

pub use docket::{Docket, Placement};
pub use entity::{Entity, EntityKind};
pub use question::{Answer, Question, Stand};
pub use record::{Case, CaseId, CloseRefused, InvalidCaseId, RuleShare, Span, Status};
