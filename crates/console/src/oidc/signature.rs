//! Signatures of tokens (RFC 7515, RFC 7518) by keys of the issuer (RFC 7517).
//!
//! Two kinds are taken: RSASSA-PKCS1-v1_5 with SHA-256, which every issuer offers, and ECDSA on P-256. `none` and signatures with a
//! shared secret have no place here, so that a public key can never be taken for a secret.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// The keys of an issuer.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct KeySet {
    keys: Vec<Key>,
}

/// A key; members that its kind does not have are absent.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// The signing key of this name; where the token names none, the only one there is.
    pub(super) fn find(&self, name: Option<&str>) -> Option<&Key> {
        let mut signing =
            self.keys.iter().filter(|key| key.purpose.as_deref().is_none_or(|purpose| purpose == "sig"));
        match name {
            Some(name) => signing.find(|key| key.kid.as_deref() == Some(name)),
            None => signing.next().filter(|_| signing.next().is_none()),
        }
    }
}

impl Key {
    /// Whether `signature` over `signed` was made with this key, in the way that the token names.
    pub(super) fn is_signed(&self, algorithm: &str, signed: &str, signature: &[u8]) -> bool {
        match (algorithm, self.kty.as_str()) {
            ("RS256", "RSA") => self.is_signed_by_rsa(signed, signature),
            ("ES256", "EC") if self.crv.as_deref() == Some("P-256") => {
                self.is_signed_by_curve(signed, signature)
            }
            _ => false,
        }
    }

    fn is_signed_by_rsa(&self, signed: &str, signature: &[u8]) -> bool {
        let (Some(n), Some(e)) = (decoded(self.n.as_deref()), decoded(self.e.as_deref())) else {
            return false;
        };
        let key = RsaPublicKeyComponents { n, e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), signature).is_ok()
    }

    fn is_signed_by_curve(&self, signed: &str, signature: &[u8]) -> bool {
        let (Some(x), Some(y)) = (decoded(self.x.as_deref()), decoded(self.y.as_deref())) else {
            return false;
        };
        // An uncompressed point (SEC 1, section 2.3.3).
        let point: Vec<u8> = [4].into_iter().chain(x).chain(y).collect();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), signature).is_ok()
    }
}

fn decoded(text: Option<&str>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7515 appendix A.2: the key, and a token that it signed.
    const KEYS: &str = r#"{"keys":[{"kty":"RSA","kid":"a2","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]}"#;
    const SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    #[track_caller]
    fn check(name: Option<&str>, algorithm: &str, signed: &str, is_signed: bool) {
        let keys: KeySet = serde_json::from_str(KEYS).expect("keys");
        let signature = URL_SAFE_NO_PAD.decode(SIGNATURE).expect("base64");
        let found = keys.find(name).is_some_and(|key| key.is_signed(algorithm, signed, &signature));
        assert_eq!(found, is_signed, "{name:?} {algorithm}");
    }

    #[test]
    fn the_signature_of_the_standard_holds_and_no_other() {
        check(Some("a2"), "RS256", SIGNED, true);
        check(None, "RS256", SIGNED, true);
        check(Some("a3"), "RS256", SIGNED, false);
        check(Some("a2"), "RS256", &format!("{SIGNED}A"), false);
        for algorithm in ["none", "HS256", "ES256", "RS512", ""] {
            check(Some("a2"), algorithm, SIGNED, false);
        }
    }
}
