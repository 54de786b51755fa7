//! A console on an empty data folder, with a clock that a test turns, and browsers that come to it.

use crate::account::administration;
use crate::settings::PasswordCost;
use crate::{Settings, State, account, route};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use model::{AccountId, Actor, EventTime, Role};
use runtime::data::Data;
use runtime::live::{Live, LiveSettings};
use runtime::resolver::Resolver;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tower::ServiceExt;

pub(super) const HERE: &str = "http://127.0.0.1:8080";
pub(super) const PASSWORD: &str = "correct horse battery";

/// A console.
pub(super) struct Desk {
    pub(super) state: Arc<State>,
    pub(super) router: Router,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// A session in a browser.
#[derive(Debug, Clone)]
pub(super) struct Browser {
    pub(super) cookie: String,
    pub(super) csrf: String,
}

impl Desk {
    pub(super) fn open() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(adjust: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(folder.path()).expect("a new folder");
        let live = LiveSettings {
            trusted_authserv_ids: Vec::new(),
            resolver: Resolver::offline(),
            deadline: Duration::from_secs(30),
        };
        let live = Live::start(data, live).expect("the house starts");
        let mut settings = Settings {
            password_cost: PasswordCost::LEAST,
            requires_second_factor: false,
            approval_hold_secs: 0,
            ..Settings::new(HERE)
        };
        adjust(&mut settings);
        let clock = Arc::new(AtomicI64::new(1_610_960_400));
        let hand = Arc::clone(&clock);
        let state = State::new(live, settings, Arc::new(move || EventTime(hand.load(Ordering::Relaxed))));
        let state = Arc::new(state);
        Self { router: route::router(&state), state, clock, _folder: folder }
    }

    pub(super) fn wait(&self, secs: i64) {
        self.clock.fetch_add(secs, Ordering::Relaxed);
    }

    /// An account with a password.
    pub(super) fn account(&self, name: &str, roles: &[Role]) -> AccountId {
        let id = AccountId(name.to_owned());
        let member = roles.contains(&Role::MemberController).then(|| "M004".to_owned());
        let keeper = Actor::new("admin-0", [Role::Admin]);
        let mut data = self.state.live.data().expect("the folder is open");
        let roles = roles.iter().copied().collect();
        administration::create(&mut data, &keeper, &id, &roles, member, self.state.now())
            .expect("an administrator may");
        let account = account::find(&data, &id).expect("the store works").expect("it is there");
        let hashed = account::password::hash(PASSWORD, PasswordCost::LEAST).expect("it hashes");
        account::set_password(&mut data, account, hashed, self.state.now()).expect("the store works");
        id
    }

    /// A browser in which `account` is signed in, without going through the form.
    pub(super) fn browser(&self, account: &AccountId) -> Browser {
        let now = self.state.now();
        let id = self.state.sessions.open(account, None, now).expect("randomness");
        let csrf = self.state.sessions.find(&id, now).expect("just opened").csrf;
        Browser { cookie: format!("portcullis={id}"), csrf }
    }

    /// Sends a request from this machine.
    pub(super) async fn ask(&self, request: Request<Body>) -> Answer {
        self.ask_from("127.0.0.1", request).await
    }

    pub(super) async fn ask_from(&self, address: &str, mut request: Request<Body>) -> Answer {
        let peer = SocketAddr::new(address.parse().expect("an address"), 40_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.expect("a router answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 16 << 20).await.expect("a whole body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub(super) async fn get(&self, path: &str, browser: Option<&Browser>) -> Answer {
        let mut request = Request::get(path);
        if let Some(browser) = browser {
            request = request.header(header::COOKIE, &browser.cookie);
        }
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a form as a browser would: with its origin and, in a session, the session's mark.
    pub(super) async fn post(
        &self,
        path: &str,
        browser: Option<&Browser>,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let mut request = Request::post(path)
            .header(header::ORIGIN, HERE)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(browser) = browser {
            form.append_pair("csrf", &browser.csrf);
            request = request.header(header::COOKIE, &browser.cookie);
        }
        self.ask(request.body(Body::from(form.finish())).expect("a request")).await
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("plain text"))
    }

    /// Every cookie that was set, as a browser sends it back.
    pub(super) fn cookies(&self) -> Vec<String> {
        let set = self.headers.get_all(header::SET_COOKIE).iter();
        set.filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned)).collect()
    }

    /// The session cookie that was set, as a browser sends it back.
    pub(super) fn cookie(&self) -> Option<String> {
        let set = self.headers.get(header::SET_COOKIE)?.to_str().expect("plain text");
        set.split(';').next().map(str::to_owned)
    }
}
