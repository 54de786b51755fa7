//! Accounts of people who sign in at the house's own sign-on.

use super::{Account, all, keep, record};
use anyhow::Result;
use model::EventTime;
use runtime::data::Data;

/// The account of somebody whom the issuer knows as `subject`. The first time it is found by the verified address, which is then
/// its name; from then on by the subject alone, because addresses are given to other people in time.
///
/// # Errors
/// When the store fails.
pub fn find(data: &mut Data, subject: &str, email: Option<&str>, now: EventTime) -> Result<Option<Account>> {
    let accounts: Vec<Account> = all(data)?.into_iter().filter(|account| !account.is_disabled).collect();
    let known = accounts.iter().find(|account| account.subject.as_deref() == Some(subject));
    let mut account = match known {
        Some(account) => account.clone(),
        None => {
            let is_meant = |account: &&Account| {
                // An account with a password belongs to somebody already.
                account.subject.is_none()
                    && account.password.is_none()
                    && email.is_some_and(|email| account.id.eq_ignore_ascii_case(email))
            };
            let Some(account) = accounts.iter().find(is_meant) else { return Ok(None) };
            record(data, "account.sign-on", &account.actor(), &account.id, "bound to the sign-on", now)?;
            Account { subject: Some(subject.to_owned()), ..account.clone() }
        }
    };
    account.last_sign_in_secs = Some(now.0);
    keep(data, &account)?;
    Ok(Some(account))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::administration;
    use model::{AccountId, Actor, Role};

    const NOW: EventTime = EventTime(1_610_960_400);

    #[test]
    fn an_account_is_bound_once_to_the_verified_address_and_then_to_the_subject() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let admin = Actor::new("admin-1", [Role::Admin]);
        let id = AccountId("analyst@house.example".into());
        administration::create(&mut data, &admin, &id, &[Role::Analyst].into(), None, NOW)
            .expect("an administrator may");
        let mut found = |subject: &str, email: Option<&str>| {
            find(&mut data, subject, email, NOW).expect("the store works").map(|account| account.id)
        };
        assert_eq!(found("s1", None), None, "no verified address");
        assert_eq!(found("s1", Some("other@house.example")), None);
        assert_eq!(found("s1", Some("Analyst@house.example")).as_deref(), Some("analyst@house.example"));
        assert_eq!(found("s1", None).as_deref(), Some("analyst@house.example"));
        assert_eq!(found("s2", Some("analyst@house.example")), None, "the address belongs to somebody");
    }
}
