//! One sign-in at the issuer: away with a state, a nonce and a challenge, and back with a code.

use super::begun::{Begun, SignIn};
use super::discovery::{self, Endpoints};
use super::id_token::{self, Expected, Identity};
use super::signature::KeySet;
use super::{IssuerSettings, OidcError, client};
use crate::secret;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::EventTime;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// The issuer, with what it said of itself.
pub struct Issuer {
    settings: IssuerSettings,
    /// Where the issuer sends people back to.
    callback: String,
    /// Asked for once; a restart asks again.
    endpoints: tokio::sync::OnceCell<Endpoints>,
    keys: tokio::sync::Mutex<KeySet>,
    begun: Begun,
}

/// Where to send a browser, and what it has to bring back.
pub(crate) struct Redirection {
    pub(crate) url: Url,
    pub(crate) state: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

impl Issuer {
    /// The issuer for a console that browsers reach at `public_url`.
    pub fn new(settings: IssuerSettings, public_url: &str) -> Self {
        Self {
            settings,
            callback: format!("{public_url}/sign-in/oidc/callback"),
            endpoints: tokio::sync::OnceCell::new(),
            keys: tokio::sync::Mutex::new(KeySet::default()),
            begun: Begun::default(),
        }
    }

    /// Its name, as the sign-in page shows it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`OidcError`] where the issuer cannot be asked.
    pub(crate) async fn begin(&self, now: EventTime) -> Result<Redirection, OidcError> {
        let endpoints = self.endpoints().await?;
        let SignIn { state, nonce, verifier } = self.begun.begin(now)?;
        let mut url = endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.callback)
            .append_pair("scope", "openid email")
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(secret::hash(&verifier)))
            .append_pair("code_challenge_method", "S256");
        Ok(Redirection { url, state })
    }

    /// Ends a sign-in: the browser came back with `code` and `state`; `begun` is the state that its cookie holds.
    ///
    /// # Errors
    /// [`OidcError`] where nothing is proved.
    pub(crate) async fn finish(
        &self,
        code: &str,
        state: &str,
        begun: &str,
        now: EventTime,
    ) -> Result<Identity, OidcError> {
        if begun.is_empty() || !secret::are_equal(state, begun) {
            return Err(OidcError::Stale);
        }
        let SignIn { nonce, verifier, .. } = self.begun.end(state, now).ok_or(OidcError::Stale)?;
        let token = self.exchange(code, &verifier).await?;
        let keys = self.keys_for(&token).await?;
        let IssuerSettings { issuer, client_id, .. } = &self.settings;
        id_token::check(&token, &keys, &Expected { issuer, client_id, nonce: &nonce, now })
    }

    async fn endpoints(&self) -> Result<&Endpoints, OidcError> {
        self.endpoints.get_or_try_init(|| discovery::endpoints(&self.settings)).await
    }

    /// Gives the code for a token (RFC 6749 section 4.1.3).
    async fn exchange(&self, code: &str, verifier: &str) -> Result<String, OidcError> {
        let endpoints = self.endpoints().await?;
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.callback)
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("code_verifier", verifier)
            .finish();
        let answer = client::post(&endpoints.token, form, self.authorization()).await?;
        let answer: TokenAnswer =
            serde_json::from_slice(&answer).map_err(|_| OidcError::Answer("there is no ID token in it"))?;
        Ok(answer.id_token)
    }

    /// Our name and secret, encoded before they are joined (RFC 6749 section 2.3.1).
    fn authorization(&self) -> Option<String> {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let secret = self.settings.client_secret.as_deref()?;
        let joined = format!("{}:{}", encoded(&self.settings.client_id), encoded(secret));
        Some(format!("Basic {}", STANDARD.encode(joined)))
    }

    /// The issuer's keys; fetched anew where none has the token's name, because issuers change their keys.
    async fn keys_for(&self, token: &str) -> Result<KeySet, OidcError> {
        let mut keys = self.keys.lock().await;
        if !id_token::has_key(token, &keys) {
            *keys = discovery::keys(self.endpoints().await?).await?;
        }
        Ok(keys.clone())
    }
}
