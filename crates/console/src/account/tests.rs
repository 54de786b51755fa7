//! What accounts do and refuse, on a data folder.

use super::administration::{AdministrationError, RolesRefused, check_roles};
use super::sign_in::{Credentials, Refused};
use super::*;
use crate::settings::{LockoutLimits, PasswordCost};

const NOW: EventTime = EventTime(1_610_960_400);
const PASSWORD: &str = "correct horse battery";

fn settings() -> Settings {
    Settings {
        password_cost: PasswordCost::LEAST,
        lockout: LockoutLimits { failures_free: 2, first_pause_secs: 30, longest_pause_secs: 60 },
        ..Settings::new("http://127.0.0.1:8080")
    }
}

fn id() -> AccountId {
    AccountId("analyst-1".into())
}

fn admin() -> Actor {
    Actor::new("admin-1", [Role::Admin])
}

/// A folder with one analyst, who has chosen a password.
fn house() -> (tempfile::TempDir, Data) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut data = Data::open(folder.path()).expect("a new folder");
    let code = administration::create(&mut data, &admin(), &id(), &[Role::Analyst].into(), None, NOW)
        .expect("an administrator may");
    let account = invitation::redeem(&data, &code, NOW).expect("the store works").expect("the code is good");
    let hashed = password::hash(PASSWORD, PasswordCost::LEAST).expect("it hashes");
    set_password(&mut data, account, hashed, NOW).expect("the store works");
    (folder, data)
}

fn try_sign_in(data: &mut Data, password: &str, code: &str, now: EventTime) -> Result<(), Refused> {
    let credentials = Credentials {
        account: id(),
        password: password.into(),
        code: code.into(),
        device: String::new(),
        next_device: "fresh".into(),
    };
    let stored = sign_in::begin(data, &credentials, now).expect("the store works");
    let checked = sign_in::compare(&stored, password, &settings()).expect("it hashes");
    sign_in::finish(data, &credentials, checked, &settings(), now).expect("the store works").map(|_| ())
}

fn kinds(data: &Data) -> Vec<String> {
    let tiles = runtime::evidence_log::TileStore(&data.store.tiles);
    let verifier = evidence::Verifier::from_vkey(&data.evidence.vkey()).expect("our own key");
    let reader = evidence::LogReader::open(&tiles, &verifier).expect("our own log");
    let entry = |index| reader.entry(evidence::LeafIndex(index)).expect("an entry");
    let kind = |bytes: Vec<u8>| {
        Value::parse(&bytes).expect("canonical JSON").get("kind").and_then(Value::as_str).map(str::to_owned)
    };
    (0..data.evidence.len()).filter_map(|index| kind(entry(index))).collect()
}

#[test]
fn a_link_works_once_and_three_days() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut data = Data::open(folder.path()).expect("a new folder");
    let code = administration::create(&mut data, &admin(), &id(), &[Role::Analyst].into(), None, NOW)
        .expect("an administrator may");
    let late = NOW.plus_secs(invitation::VALID_SECS + 1);
    assert_eq!(invitation::invited(&data, &code, late).expect("the store works"), None);
    assert_eq!(invitation::redeem(&data, "another code", NOW).expect("the store works"), None);
    assert!(
        invitation::invited(&data, &code, NOW).expect("the store works").is_some(),
        "looking uses nothing up"
    );
    assert!(invitation::redeem(&data, &code, NOW).expect("the store works").is_some());
    assert_eq!(invitation::redeem(&data, &code, NOW).expect("the store works"), None);
}

#[test]
fn a_right_password_signs_in_and_a_wrong_one_does_not() {
    let (_folder, mut data) = house();
    assert_eq!(try_sign_in(&mut data, PASSWORD, "", NOW), Ok(()));
    assert_eq!(try_sign_in(&mut data, "correct horse batterz", "", NOW), Err(Refused::Wrong));
}

#[test]
fn failures_in_a_row_lock_the_account_for_a_while() {
    let (_folder, mut data) = house();
    for _ in 0..2 {
        assert_eq!(try_sign_in(&mut data, "guess", "", NOW), Err(Refused::Wrong));
    }
    assert_eq!(try_sign_in(&mut data, PASSWORD, "", NOW), Err(Refused::Paused { secs: 30 }));
    assert_eq!(try_sign_in(&mut data, PASSWORD, "", NOW.plus_secs(30)), Ok(()));
    assert_eq!(
        try_sign_in(&mut data, "guess", "", NOW.plus_secs(30)),
        Err(Refused::Wrong),
        "counted from nothing again"
    );
    assert_eq!(kinds(&data), ["account.created", "account.password", "account.locked"]);
}

#[test]
fn a_disabled_account_does_not_sign_in() {
    let (_folder, mut data) = house();
    administration::set_disabled(&mut data, &admin(), &id(), true, NOW).expect("an administrator may");
    assert_eq!(try_sign_in(&mut data, PASSWORD, "", NOW), Err(Refused::Wrong));
    administration::set_disabled(&mut data, &admin(), &id(), false, NOW).expect("an administrator may");
    assert_eq!(try_sign_in(&mut data, PASSWORD, "", NOW), Ok(()));
}

#[test]
fn with_a_second_factor_the_password_is_not_enough_and_a_code_counts_once() {
    let (_folder, mut data) = house();
    let account = find(&data, &id()).expect("the store works").expect("it is there");
    assert_eq!(account.unfinished(&settings()), Some(Unfinished::SecondFactor));
    let secret = offer_second_factor(&data, account).expect("the store works");
    let code = |now| second_factor::code_at(&secret, second_factor::step(now));
    let offered = find(&data, &id()).expect("the store works").expect("it is there");
    assert!(!confirm_second_factor(&mut data, offered.clone(), "000000", NOW).expect("the store works"));
    assert!(confirm_second_factor(&mut data, offered, &code(NOW), NOW).expect("the store works"));
    let account = find(&data, &id()).expect("the store works").expect("it is there");
    assert_eq!(account.unfinished(&settings()), None);
    assert_eq!(try_sign_in(&mut data, PASSWORD, "", NOW), Err(Refused::Wrong));
    assert_eq!(try_sign_in(&mut data, PASSWORD, &code(NOW), NOW), Err(Refused::Wrong), "used to confirm");
    let later = NOW.plus_secs(60);
    assert_eq!(try_sign_in(&mut data, PASSWORD, &code(later), later), Ok(()));
    assert_eq!(try_sign_in(&mut data, PASSWORD, &code(later), later), Err(Refused::Wrong));
}

#[test]
fn a_reset_takes_the_password_away_and_gives_a_link() {
    let (_folder, mut data) = house();
    let code = administration::reset(&mut data, &admin(), &id(), NOW).expect("an administrator may");
    assert_eq!(try_sign_in(&mut data, PASSWORD, "", NOW), Err(Refused::Wrong));
    let account = invitation::redeem(&data, &code, NOW).expect("the store works").expect("the code is good");
    assert_eq!(account.unfinished(&settings()), Some(Unfinished::Password));
}

#[test]
fn only_another_administrator_changes_an_account() {
    let (_folder, mut data) = house();
    let roles = [Role::Approver].into();
    let analyst = Actor::new("analyst-2", [Role::Analyst]);
    let mut change = |by: &Actor, id: &str| {
        administration::change_roles(&mut data, by, &AccountId(id.into()), &roles, None, NOW)
    };
    assert!(matches!(change(&analyst, "analyst-1"), Err(AdministrationError::NotAdministrator)));
    assert!(matches!(change(&admin(), "admin-1"), Err(AdministrationError::Own)));
    assert!(matches!(change(&admin(), "nobody"), Err(AdministrationError::Missing)));
    assert!(change(&admin(), "analyst-1").is_ok());
    let account = find(&data, &id()).expect("the store works").expect("it is there");
    assert_eq!(account.roles(), roles);
}

#[test]
fn names_are_plain_and_taken_once() {
    let (_folder, mut data) = house();
    let mut create = |name: &str| {
        administration::create(
            &mut data,
            &admin(),
            &AccountId(name.into()),
            &[Role::Auditor].into(),
            None,
            NOW,
        )
    };
    for name in ["", "-a", "a b", "a/b", "a\u{e9}", "console", &"a".repeat(101)] {
        assert!(matches!(create(name), Err(AdministrationError::Name)), "{name}");
    }
    assert!(matches!(create("analyst-1"), Err(AdministrationError::Taken)));
    assert!(create("dpo@house.example").is_ok());
}

#[test]
fn roles_that_one_person_may_have() {
    let check = |roles: &[Role], member: Option<&str>| check_roles(&roles.iter().copied().collect(), member);
    assert_eq!(check(&[Role::Analyst, Role::Approver], None), Ok(()));
    assert_eq!(check(&[Role::MemberController], Some("M004")), Ok(()));
    assert_eq!(check(&[], None), Err(RolesRefused::None));
    assert_eq!(check(&[Role::Admin, Role::Analyst], None), Err(RolesRefused::Administrator));
    assert_eq!(check(&[Role::Auditor, Role::Approver], None), Err(RolesRefused::Auditor));
    assert_eq!(check(&[Role::MemberController], None), Err(RolesRefused::MemberController));
    assert_eq!(check(&[Role::Analyst], Some("M004")), Err(RolesRefused::MemberController));
}

#[test]
fn a_damaged_record_is_told_without_what_it_says() {
    let damaged = parse::<Account>(br#"{"id":["Ada Quill"],"roles":"ada@north.example"}"#, "an account");
    let told = format!("{:#}", damaged.expect_err("it is damaged"));
    assert_eq!(told, "the record of an account is damaged");
}

#[test]
fn a_member_controller_is_somebody_of_the_list() {
    let (_folder, mut data) = house();
    data.keep_house(b"id,name,address,groups\nM004,Ada,ada@northmere.example,g\n").expect("a list");
    let roles = BTreeSet::from([Role::MemberController]);
    let mut create = |name: &str, member: &str| {
        administration::create(&mut data, &admin(), &AccountId(name.into()), &roles, Some(member.into()), NOW)
    };
    assert!(matches!(create("nobody", "M999"), Err(AdministrationError::NoMember)));
    create("ada", "M004").expect("she is in the list");
}
