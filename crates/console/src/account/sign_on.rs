//! Accounts of people who sign in at the house's own sign-on.

use super::handover::Way;
use super::{Account, Subject, all, invitation, keep, record};
use crate::oidc::Identity;
use anyhow::Result;
use model::EventTime;
use runtime::data::Data;

/// The account of somebody whom the issuer knows. The first time it is found by the verified address, which is then its name;
/// from then on by issuer and subject alone, because addresses are given to other people in time.
///
/// # Errors
/// When the store fails.
pub(crate) fn find(data: &mut Data, identity: Identity, now: EventTime) -> Result<Option<Account>> {
    let accounts: Vec<Account> = all(data)?.into_iter().filter(|account| !account.is_disabled).collect();
    let Identity { issuer, subject, email } = identity;
    let subject = Subject { issuer, id: subject };
    let known = accounts.iter().find(|account| account.subject.as_ref() == Some(&subject));
    let mut account = match known {
        Some(account) => account.clone(),
        None => {
            let is_meant = |account: &Account| {
                // An account with a password belongs to somebody already.
                account.subject.is_none()
                    && account.password.is_none()
                    && email.as_ref().is_some_and(|email| account.id.eq_ignore_ascii_case(email))
            };
            let Some(account) = accounts.into_iter().find(is_meant) else { return Ok(None) };
            bind(data, account, subject, now)?
        }
    };
    account.last_sign_in_secs = Some(now.0);
    keep(data, &account)?;
    Ok(Some(account))
}

/// Nobody goes in by a link any more that was given out before.
fn bind(data: &mut Data, mut account: Account, subject: Subject, now: EventTime) -> Result<Account> {
    record(data, "account.sign-on", &account.actor(), &account.id, "bound to the sign-on", now)?;
    invitation::end(data, &account.account_id(), now)?;
    account.subject = Some(subject);
    let who = account.id.clone();
    account.handed_over(Way::Entered, &who, now);
    Ok(account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::administration;
    use model::{AccountId, Actor, Role};

    const NOW: EventTime = EventTime(1_610_960_400);
    const ISSUER: &str = "https://sign-on.example";

    #[test]
    fn an_account_is_bound_once_to_the_verified_address_and_then_to_the_subject() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let admin = Actor::new("admin-1", [Role::Admin]);
        let id = AccountId("analyst@house.example".into());
        let link = administration::create(&mut data, &admin, &id, &[Role::Analyst].into(), None, NOW)
            .expect("an administrator may");
        let mut found_at = |issuer: &str, subject: &str, email: Option<&str>| {
            let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
            let identity = Identity { issuer, subject, email: email.map(str::to_owned) };
            find(&mut data, identity, NOW).expect("the store works").map(|account| account.id)
        };
        assert_eq!(found_at(ISSUER, "s1", None), None, "no verified address");
        let mut found = |subject: &str, email: Option<&str>| found_at(ISSUER, subject, email);
        assert_eq!(found("s1", Some("other@house.example")), None);
        assert_eq!(found("s1", Some("Analyst@house.example")).as_deref(), Some("analyst@house.example"));
        assert_eq!(found("s1", None).as_deref(), Some("analyst@house.example"));
        assert_eq!(found("s2", Some("analyst@house.example")), None, "the address belongs to somebody");
        assert_eq!(
            found_at("https://other.example", "s1", None),
            None,
            "the same subject means another person there"
        );
        assert_eq!(
            invitation::invited(&data, &link, NOW).expect("the store works"),
            None,
            "its link has ended"
        );
    }
}
