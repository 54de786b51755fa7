//! The relay behind TLS and a password: nothing secret is said before TLS, and nothing that was said before it is believed.

use crate::house::House;
use crate::shield::{PASSWORD, Shield, USER};
use crate::sink::Sink;
use crate::{FROM, sender, states};
use gate::smtp::{Credential, Security, Settings};
use gate::{SecretSource, Trust};
use runtime::measure::outbox::State;

fn settings(sink: &Sink, shield: &Shield, password: &str) -> Settings {
    let trust = Trust::Only(shield.certificate());
    let security = if shield.is_implicit { Security::Tls(trust) } else { Security::StartTls(trust) };
    let print = ["/bin/sh", "-c", &format!("echo '{password}'")].map(str::to_owned).to_vec();
    let credential = Credential { user: USER.to_owned(), password: SecretSource::Command(print) };
    Settings { credential: Some(credential), ..Settings::new("127.0.0.1", sink.port(), security, FROM) }
}

#[tokio::test]
async fn a_letter_goes_over_tls_to_a_relay_that_knows_us() {
    for is_implicit in [false, true] {
        let shield = Shield { is_implicit, ..Shield::of("IP:127.0.0.1") };
        let sink = Sink::start_behind(&shield).await;
        let folder = House::with_warning().share();
        let (mut sender, _) = sender(&folder, settings(&sink, &shield, PASSWORD));
        assert_eq!(sender.send_due().await.expect("the relay knows us"), 1);
        assert_eq!((sink.taken().len(), states(&*folder)), (1, vec![State::Sent]));
        let said = sink.said_in_the_open();
        let expected: &[&str] = if is_implicit { &[] } else { &["EHLO north.example", "STARTTLS"] };
        assert_eq!(said, expected);
    }
}

/// Nothing is sent, no attempt is counted, and it is still due.
async fn check_refused(shield: &Shield, settings: impl Fn(&Sink) -> Settings, expected: &str) {
    let sink = Sink::start_behind(shield).await;
    let folder = House::with_warning().share();
    let (mut cautious, _) = sender(&folder, settings(&sink));
    let error = format!("{:#}", cautious.send_due().await.expect_err("it is refused"));
    assert!(error.contains(expected), "{error}");
    assert!(sink.seen().is_empty() && !sink.said_in_the_open().iter().any(|line| line.starts_with("AUTH")));
    assert_eq!(states(&*folder), [State::Queued]);
}

#[tokio::test]
async fn a_wrong_password_sends_nothing() {
    let shield = Shield::of("IP:127.0.0.1");
    check_refused(&shield, |sink| settings(sink, &shield, "wrong"), "user and password").await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_or_for_another_name_is_refused() {
    let shield = Shield::of("IP:127.0.0.1");
    let stranger = Shield::of("IP:127.0.0.1");
    check_refused(&shield, |sink| settings(sink, &stranger, PASSWORD), "TLS").await;
    let other = Shield::of("DNS:other.example");
    check_refused(&other, |sink| settings(sink, &other, PASSWORD), "TLS").await;
}

/// Whoever is on the way could answer for the relay to everything that comes after: the letter would seem to be taken.
#[tokio::test]
async fn what_was_put_in_before_tls_is_not_taken_for_an_answer() {
    let answers = "250 sink.example\r\n235 you are in\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n";
    let shield = Shield { injected: answers, ..Shield::of("IP:127.0.0.1") };
    check_refused(&shield, |sink| settings(sink, &shield, PASSWORD), "TLS").await;
}
