//! A sealed original is given back to a person at the shell: who asked and for what purpose is evidence first.

use super::access::{self, Act};
use super::{MeasureError, Result};
use crate::data::Data;
use crate::hunt::hunt;
use mail::hunt::Indicator;
use model::{Actor, EventTime, LeafIndex, Role, Sha256};
use std::collections::BTreeSet;
use store::Blobs;

/// What somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Digest of the original, or the `Message-ID` of a recorded message.
    pub message: &'a str,
    /// Why it is needed.
    pub purpose: &'a str,
}

/// The sealed original that is asked for, and the entry of the evidence log which says that it was given back.
///
/// # Errors
/// [`MeasureError`]: for analysts and approvers only, with a purpose, and where an original is kept.
pub fn give_back(
    data: &mut Data,
    actor: &Actor,
    asked: &Asked<'_>,
    now: EventTime,
) -> Result<(Vec<u8>, LeafIndex)> {
    if !actor.has(Role::Analyst) && !actor.has(Role::Approver) {
        return Err(MeasureError::RoleMissing("analyst"));
    }
    let Sealed { digest, bytes, members } = find(data, asked.message)?;
    let about = digest.to_string();
    let access = access::record(data, actor, (Act::ViewedBody, &about), &members, asked.purpose, now)?;
    Ok((bytes, LeafIndex(access.evidence)))
}

/// An original that is kept, and whose mail it is.
struct Sealed {
    digest: Sha256,
    bytes: Vec<u8>,
    members: Vec<String>,
}

fn find(data: &Data, message: &str) -> Result<Sealed> {
    let named: Option<Sha256> = message.parse().ok();
    let indicator = match named {
        Some(digest) => format!("sha256:{digest}"),
        None => format!("id:{message}"),
    };
    let indicator: Indicator =
        indicator.parse().map_err(|_| MeasureError::Invalid("neither a digest nor a message id"))?;
    let (mut digests, mut members) = (BTreeSet::from_iter(named), BTreeSet::new());
    let house = data.house()?;
    hunt(data, &house, &[indicator], |hit| {
        let digest: Option<Sha256> = hit.digest.parse().ok();
        if named.is_none() || named == digest {
            digests.extend(digest);
            members.extend(hit.members);
        }
        Ok(())
    })?;
    for digest in digests {
        if let Some(bytes) = data.store.blobs.get(digest)? {
            return Ok(Sealed { digest, bytes, members: members.into_iter().collect() });
        }
    }
    Err(MeasureError::Unknown("sealed original"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disarm::disarm;

    const MAIL: &[u8] =
        b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<img src=\"https://t.example/1.gif\">";
    const NOW: EventTime = EventTime(1_610_960_400);

    fn analyst() -> Actor {
        Actor::new("analyst-1", [Role::Analyst])
    }

    #[test]
    fn an_original_comes_back_as_it_was_with_evidence() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        disarm(&mut data, MAIL).expect("it is sealed");
        let digest = mail::message::digest(MAIL).to_string();
        let asked = Asked { message: &digest, purpose: "the member asked for it" };
        let (bytes, leaf) = give_back(&mut data, &analyst(), &asked, NOW).expect("it is kept");
        assert_eq!(bytes, MAIL);
        let entry = data.disclosure(leaf).expect("a read").expect("it is kept");
        let told = String::from_utf8(entry).expect("JSON");
        assert!(told.contains("analyst-1") && told.contains("the member asked for it"), "{told}");
    }

    #[test]
    fn without_a_purpose_a_role_or_an_original_nothing_is_given_and_nothing_recorded() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        disarm(&mut data, MAIL).expect("it is sealed");
        let entries = data.evidence.len();
        let digest = mail::message::digest(MAIL).to_string();
        let nobody = Actor::new("auditor-1", [Role::Auditor]);
        for (actor, message, purpose) in [
            (&analyst(), digest.as_str(), " "),
            (&nobody, digest.as_str(), "curiosity"),
            (&analyst(), "unknown@b.example", "a purpose"),
        ] {
            give_back(&mut data, actor, &Asked { message, purpose }, NOW).expect_err("it is refused");
        }
        assert_eq!(data.evidence.len(), entries);
    }
}
