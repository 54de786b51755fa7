//! The section `[milter]`: the filter beside a mail server.

use super::{Failure, Listen, Secret};
use crate::output::BadInput;
use anyhow::Result;
use gate::milter::ArcKey;
use serde::{Deserialize, Serialize};

/// The filter beside a mail server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Milter {
    pub(crate) listen: Option<Listen>,
    pub(crate) authserv_id: String,
    pub(crate) disarm: bool,
    pub(crate) quarantine: bool,
    pub(crate) on_failure: Failure,
    pub(crate) fail_open_groups: Vec<String>,
    pub(crate) fail_closed_groups: Vec<String>,
    pub(crate) sessions_max: usize,
    pub(crate) arc: Option<Arc>,
}

/// Who vouches for what was known of a message's sender before it was disarmed (RFC 8617).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arc {
    pub(crate) domain: String,
    pub(crate) selector: String,
    pub(crate) key: Secret,
}

impl Arc {
    /// The key itself.
    ///
    /// # Errors
    /// [`BadInput`] where it cannot be read or is none.
    pub(crate) fn read_key(&self) -> Result<ArcKey> {
        let pem = self.key.read().map_err(|error| BadInput(format!("milter.arc.key: {error:#}")))?;
        Ok(ArcKey::from_pem(&pem).map_err(|error| BadInput(format!("milter.arc.key: {error}")))?)
    }
}

impl Default for Milter {
    fn default() -> Self {
        Self {
            listen: None,
            authserv_id: "portcullis.invalid".into(),
            disarm: true,
            quarantine: true,
            on_failure: Failure::Tempfail,
            fail_open_groups: Vec::new(),
            fail_closed_groups: Vec::new(),
            sessions_max: 256,
            arc: None,
        }
    }
}
