//! The ID token: who signed in, proved by the issuer's signature (OpenID Connect Core 1.0, section 3.1.3.7).

use super::OidcError;
use super::signature::KeySet;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::EventTime;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Seconds by which clocks may differ.
const LEEWAY_SECS: i64 = 60;
/// Longest subject, in bytes (OpenID Connect Core 1.0, section 2).
const SUBJECT_BYTES_MAX: usize = 255;

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Who says so.
    pub(crate) issuer: String,
    /// Who it is at the issuer, for good.
    pub(crate) subject: String,
    /// An address that the issuer has verified.
    pub(crate) email: Option<String>,
}

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: EventTime,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    sub: String,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// A token taken apart (RFC 7515 section 3.1). Nothing in it is believed yet.
struct Parts<'a> {
    header: Header,
    claims: Claims,
    signed: &'a str,
    signature: Vec<u8>,
}

/// Whether one of `keys` has the name that the token gives; without it, the keys are to be fetched anew.
pub(super) fn has_key(token: &str, keys: &KeySet) -> bool {
    parse(token).is_some_and(|parts| keys.find(parts.header.kid.as_deref()).is_some())
}

/// Checks a token and answers who it is about.
///
/// # Errors
/// [`OidcError::Token`] with the first thing that is not as it must be.
pub(super) fn check(token: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Identity, OidcError> {
    let Parts { header, claims, signed, signature } =
        parse(token).ok_or(OidcError::Token("it is no token"))?;
    let key =
        keys.find(header.kid.as_deref()).ok_or(OidcError::Token("no key of the issuer has its name"))?;
    if !key.is_signed(&header.alg, signed, &signature) {
        return Err(OidcError::Token("it is not signed by the issuer"));
    }
    check_claims(&claims, expected)?;
    let email = claims.email.filter(|_| claims.email_verified);
    Ok(Identity { issuer: claims.iss, subject: claims.sub, email })
}

fn parse(token: &str) -> Option<Parts<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    Some(Parts {
        header: json(header)?,
        claims: json(claims)?,
        signed,
        signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
    })
}

fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn check_claims(claims: &Claims, expected: &Expected<'_>) -> Result<(), OidcError> {
    let is_for_us = match &claims.aud {
        Audience::One(audience) => audience == expected.client_id,
        // A token for several programs says which of them asked for it.
        Audience::Many(audiences) => {
            audiences.iter().any(|audience| audience == expected.client_id)
                && (audiences.len() == 1 || claims.azp.is_some())
        }
    };
    let rules = [
        (claims.iss == expected.issuer, "it is of another issuer"),
        (is_for_us, "it is for another program"),
        (
            claims.azp.as_deref().is_none_or(|party| party == expected.client_id),
            "another program asked for it",
        ),
        (claims.exp.saturating_add(LEEWAY_SECS) > expected.now.0, "it has expired"),
        (claims.iat.saturating_sub(LEEWAY_SECS) <= expected.now.0, "it is from the future"),
        (claims.nonce.as_deref() == Some(expected.nonce), "it was made for another sign-in"),
        ((1..=SUBJECT_BYTES_MAX).contains(&claims.sub.len()), "it names nobody"),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, broken)) => Err(OidcError::Token(broken)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const EXPECTED: Expected<'_> = Expected {
        issuer: "https://sign-on.example",
        client_id: "portcullis",
        nonce: "n1",
        now: EventTime(1_610_960_400),
    };

    /// The claims of a good token with one changed; `null` takes it away.
    #[track_caller]
    fn check(name: &str, value: Value, broken: Option<&str>) {
        let mut claims = json!({
            "iss": "https://sign-on.example", "aud": "portcullis", "sub": "s1", "nonce": "n1",
            "iat": 1_610_960_400, "exp": 1_610_960_700
        });
        let members = claims.as_object_mut().expect("an object");
        members.insert(name.to_owned(), value);
        members.retain(|_, value| !value.is_null());
        let found =
            serde_json::from_value(claims).ok().map(|claims: Claims| check_claims(&claims, &EXPECTED));
        let found = found.map(|result| result.err().map(|error| error.to_string()));
        let expected = broken.map(|broken| format!("the sign-on's token is refused: {broken}"));
        assert_eq!(found, Some(expected), "{name}");
    }

    #[test]
    fn each_claim_is_checked() {
        check("other", json!(1), None);
        check("iss", json!("https://sign-on.example/"), Some("it is of another issuer"));
        check("aud", json!("another"), Some("it is for another program"));
        check("aud", json!(["portcullis"]), None);
        check("aud", json!(["portcullis", "another"]), Some("it is for another program"));
        check("azp", json!("another"), Some("another program asked for it"));
        check("exp", json!(1_610_960_340), Some("it has expired"));
        check("exp", json!(1_610_960_341), None);
        check("iat", json!(1_610_960_461), Some("it is from the future"));
        check("nonce", Value::Null, Some("it was made for another sign-in"));
        check("nonce", json!("n2"), Some("it was made for another sign-in"));
        check("sub", json!(""), Some("it names nobody"));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", ".", "..", "a.b.c", "e30.e30.", "e30"] {
            assert!(super::check(text, &KeySet::default(), &EXPECTED).is_err(), "{text}");
        }
    }
}
