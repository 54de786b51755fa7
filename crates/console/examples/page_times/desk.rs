//! A console without a network, and the people who are signed in to it.

use super::estate;
use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use console::account::{self, administration, password};
use console::settings::{LockoutLimits, PasswordCost, RateLimits};
use console::token::{self, Scope};
use console::{Settings, State, router};
use model::{AccountId, Actor, EventTime, Role};
use runtime::data::Data;
use runtime::live::{Live, LiveSettings};
use runtime::resolver::Resolver;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Features as _;
use tower::ServiceExt as _;

const HERE: &str = "http://127.0.0.1:8080";
const PASSWORD: &str = "correct horse battery";
/// Longest patience with the replay.
const REPLAY_MAX: Duration = Duration::from_secs(3_600);
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Visitor {
    /// Looks at mail, and decides.
    Approver,
    /// Looks at those.
    Auditor,
    /// Keeps accounts.
    Admin,
    /// A member.
    Member,
    /// A program of the approver.
    Program,
}

/// The console.
pub(crate) struct Desk {
    live: Live,
    router: Router,
    /// What each sends along: a header and its value.
    marks: BTreeMap<Visitor, (header::HeaderName, String)>,
}

/// Starts the house in `folder`, and answers when everything that is recorded was replayed, with the number of records.
///
/// # Errors
/// When the folder cannot be opened or replayed.
pub(crate) fn start(folder: &Path) -> Result<(Live, u64)> {
    let data = Data::open_existing(folder)?;
    data.keep_house(estate::members().as_bytes())?;
    let records = data.store.features.len();
    let settings = LiveSettings {
        trusted_authserv_ids: Vec::new(),
        resolver: Resolver::offline(),
        deadline: REPLAY_MAX,
    };
    let live = Live::start(data, settings)?;
    // Its answer comes when the replay is done and campaigns are stored.
    live.refresh()?;
    ensure!(live.health().is_ready, "the house is not ready after its replay");
    Ok((live, records))
}

impl Desk {
    /// A console on `live`, to which everybody is signed in.
    ///
    /// # Errors
    /// When an account cannot be made or cannot sign in.
    pub(crate) async fn open(live: Live) -> Result<Self> {
        let settings = Settings {
            password_cost: PasswordCost::LEAST,
            requires_second_factor: false,
            lockout: LockoutLimits { failures_free: u32::MAX, ..LockoutLimits::default() },
            rate: RateLimits {
                burst: u32::MAX,
                per_minute: u32::MAX,
                sign_in_burst: 100,
                sign_ins_per_minute: 100,
            },
            // Everybody may decide at once: what is measured is a page with its forms.
            approval_hold_secs: 0,
            ..Settings::new(HERE)
        };
        let state = Arc::new(State::new(live.clone(), settings, Arc::new(runtime::clock::now)));
        let mut desk = Self { live, router: router(&state), marks: BTreeMap::new() };
        let accounts: [(Visitor, &str, &[Role]); 4] = [
            (Visitor::Approver, "approver-1", &[Role::Analyst, Role::Approver]),
            (Visitor::Auditor, "auditor-1", &[Role::Auditor]),
            (Visitor::Admin, "admin-1", &[Role::Admin]),
            (Visitor::Member, "member-1", &[Role::MemberController]),
        ];
        for (visitor, name, roles) in accounts {
            create(&mut *desk.live.data()?, name, roles, runtime::clock::now())?;
            let cookie = desk.sign_in(name).await?;
            desk.marks.insert(visitor, (header::COOKIE, cookie));
        }
        let token = program(&mut *desk.live.data()?, "approver-1", runtime::clock::now())?;
        desk.marks.insert(Visitor::Program, (header::AUTHORIZATION, format!("Bearer {token}")));
        Ok(desk)
    }

    async fn sign_in(&self, account: &str) -> Result<String> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("account", account).append_pair("password", PASSWORD);
        let request = Request::post("/sign-in")
            .header(header::ORIGIN, HERE)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.finish()))?;
        let answer = self.router.clone().oneshot(request).await?;
        let cookie = answer.headers().get(header::SET_COOKIE);
        let cookie = cookie.with_context(|| format!("{account} cannot sign in: {}", answer.status()))?;
        Ok(cookie.to_str()?.split(';').next().unwrap_or_default().to_owned())
    }

    /// How long the whole answer takes.
    ///
    /// # Errors
    /// When the answer is any other than the page.
    pub(crate) async fn time(&self, visitor: Visitor, path: &str) -> Result<Duration> {
        let (name, value) = self.marks.get(&visitor).context("a visitor who is not signed in")?;
        let request = Request::get(path).header(name, value).body(Body::empty())?;
        let started = Instant::now();
        let answer = self.router.clone().oneshot(request).await?;
        let status = answer.status();
        to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await?;
        let took = started.elapsed();
        ensure!(status == StatusCode::OK, "{path} answers {status}");
        Ok(took)
    }

    /// Ends the house.
    pub(crate) fn stop(&self) {
        self.live.stop();
    }
}

fn create(data: &mut Data, name: &str, roles: &[Role], now: EventTime) -> Result<()> {
    let id = AccountId(name.to_owned());
    let member = roles.contains(&Role::MemberController).then(|| "M004".to_owned());
    let keeper = Actor::new("admin-0", [Role::Admin]);
    administration::create(data, &keeper, &id, &roles.iter().copied().collect(), member, now)?;
    let account = account::find(data, &id)?.context("an account that was just made")?;
    account::set_password(data, account, password::hash(PASSWORD, PasswordCost::LEAST)?, now)
}

/// A token that may read everything for `account`.
fn program(data: &mut Data, account: &str, now: EventTime) -> Result<String> {
    let owner = Actor::new(account, [Role::Analyst, Role::Approver]);
    let scopes = Scope::ALL.into_iter().filter(|scope| *scope != Scope::Audit).collect();
    let until = EventTime(now.0 + 86_400);
    Ok(token::create(data, &owner, "figures", &scopes, until, now)?)
}
