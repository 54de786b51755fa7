//! The key that vouches for the house: read from PEM, used to sign, and its public half as a record for DNS.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use std::fmt;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// Bytes of one text of a TXT record (RFC 1035, section 3.3).
const RECORD_TEXT_BYTES: usize = 255;
/// `rsaEncryption` with its empty parameters (RFC 8017, appendix A.1), in DER.
const RSA_ENCRYPTION: [u8; 15] = [48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0];
const DER_SEQUENCE: u8 = 0x30;
const DER_BIT_STRING: u8 = 0x03;

/// A private key. It is not shown.
pub struct ArcKey(Kind);

enum Kind {
    /// RFC 6376, section 3.3.2: what every verifier knows.
    Rsa(RsaKeyPair),
    /// RFC 8463: shorter, and not known to all.
    Ed25519(Ed25519KeyPair),
}

/// Why a key cannot be used. Nothing of it is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArcKeyError {
    /// It is no private key in PEM.
    #[error("it is no private key in PEM")]
    NoPem,
    /// It is of another kind, or too short.
    #[error("it is neither an RSA key of 2048 to 4096 bits nor an Ed25519 key")]
    Unsuitable,
    /// The system gave no chance, or the key did not sign.
    #[error("it does not sign")]
    Refused,
}

impl ArcKey {
    /// The key in `pem`: PKCS #8, or PKCS #1 for RSA.
    ///
    /// # Errors
    /// [`ArcKeyError::NoPem`], [`ArcKeyError::Unsuitable`].
    pub fn from_pem(pem: &str) -> Result<Self, ArcKeyError> {
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| ArcKeyError::NoPem)?;
        let kind = match &key {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok().map(Kind::Rsa),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                // Keys by OpenSSL do not repeat their public half, which "unchecked" is about.
                let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Kind::Ed25519);
                RsaKeyPair::from_pkcs8(der).ok().map(Kind::Rsa).or_else(ed25519)
            }
            _ => None,
        };
        kind.map(Self).ok_or(ArcKeyError::Unsuitable)
    }

    /// The value of the `a` tag (RFC 6376, section 3.5).
    pub(super) fn algorithm(&self) -> &'static str {
        match self.0 {
            Kind::Rsa(_) => "rsa-sha256",
            Kind::Ed25519(_) => "ed25519-sha256",
        }
    }

    pub(super) fn sign(&self, text: &[u8]) -> Result<Vec<u8>, ArcKeyError> {
        match &self.0 {
            Kind::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let signed = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature);
                signed.map(|()| signature).map_err(|_| ArcKeyError::Refused)
            }
            // RFC 8463, section 3: what is signed is the hash.
            Kind::Ed25519(key) => Ok(key.sign(digest(&SHA256, text).as_ref()).as_ref().to_vec()),
        }
    }

    /// The line of a zone file that publishes the public half (RFC 6376, section 3.6.1).
    pub fn dns_record(&self, domain: &str, selector: &str) -> String {
        let (kind, public) = match &self.0 {
            Kind::Rsa(key) => ("rsa", public_key_info(key.public_key().as_ref())),
            Kind::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
        };
        let value = format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(public));
        let texts: Vec<String> = lines(&value, RECORD_TEXT_BYTES).map(|text| format!("\"{text}\"")).collect();
        format!("{selector}._domainkey.{domain}. IN TXT ( {} )", texts.join(" "))
    }
}

impl fmt::Debug for ArcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArcKey({})", self.algorithm())
    }
}

/// ASCII text in pieces of so many characters.
fn lines(text: &str, length: usize) -> impl Iterator<Item = &str> {
    text.as_bytes().chunks(length).filter_map(|line| str::from_utf8(line).ok())
}

/// An RSA public key as verifiers expect it: a `SubjectPublicKeyInfo` (RFC 5280, section 4.1), in DER.
fn public_key_info(public: &[u8]) -> Vec<u8> {
    let bits = [&[0], public].concat();
    der(DER_SEQUENCE, &[RSA_ENCRYPTION.to_vec(), der(DER_BIT_STRING, &bits)].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let is_short = content.len() < 128;
    let count = u8::try_from(significant.len()).unwrap_or_default();
    let head = if is_short { vec![tag] } else { vec![tag, 0x80 | count] };
    let length = if content.is_empty() { vec![0] } else { significant };
    [head, length, content.to_vec()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_is_told() {
        assert_eq!(ArcKey::from_pem("secret").expect_err("no key"), ArcKeyError::NoPem);
        let other = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert_eq!(ArcKey::from_pem(other).expect_err("no key"), ArcKeyError::Unsuitable);
    }

    #[test]
    fn lengths_are_written_as_der_has_them() {
        assert_eq!(der(3, &[]), [3, 0]);
        assert_eq!(der(3, &[7; 127]).get(..2), Some([3, 127].as_slice()));
        assert_eq!(der(3, &[7; 128]).get(..3), Some([3, 0x81, 128].as_slice()));
        assert_eq!(der(3, &[7; 300]).get(..4), Some([3, 0x82, 1, 44].as_slice()));
    }
}
