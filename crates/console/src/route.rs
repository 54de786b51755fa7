//! Every route, who may take it, and what answers: one table. A route that is not in it does not exist, so that none can be
//! without a rule.

use crate::guard::{self, Guard};
use crate::page::asset;
use crate::state::State;
use crate::token::Scope;
use crate::{api, failure, observe, security, web};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use model::Role::{self, Admin, Analyst, Approver, Auditor, MemberController};
use model::limit::REQUEST_BYTES_MAX;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A route.
pub(crate) struct Route {
    /// `GET` or `POST`.
    pub(crate) method: &'static str,
    /// Its path, with `{names}` for what varies.
    pub(crate) path: &'static str,
    /// Who may take it.
    pub(crate) access: Access,
    /// What answers.
    handler: fn() -> MethodRouter<Arc<State>>,
}

/// Who may take a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Strangers too.
    Everybody,
    /// Machines that watch this one: those in the networks of the settings, and programs whose token has [`Scope::Health`].
    Machines,
    /// Every account, also before it is set up.
    SignedIn,
    /// Accounts with one of these roles.
    Roles(&'static [Role]),
    /// Programs whose token has this scope and acts for an account with one of these roles.
    Token(Scope, &'static [Role]),
}

/// Who approves: whoever only analyses has no use for a scope that never does anything.
const APPROVING: &[Role] = &[Approver];
const LOOKING: &[Role] = &[Analyst, Approver, Auditor];
const MAIL: &[Role] = &[Analyst, Approver];
const RUNNING: &[Role] = &[Analyst, Approver, Auditor, Admin];

const fn page(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<State>>) -> Route {
    Route { method: "GET", path, access, handler }
}

const fn form(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<State>>) -> Route {
    Route { method: "POST", path, access, handler }
}

/// The table.
pub(crate) const ROUTES: &[Route] = &[
    page("/healthz", Access::Everybody, || get(web::probe::alive)),
    page("/readyz", Access::Everybody, || get(web::probe::ready)),
    page("/metrics", Access::Machines, || get(web::probe::metrics)),
    page(asset::STYLE.path, Access::Everybody, || get(web::asset::style)),
    page(asset::SCRIPT.path, Access::Everybody, || get(web::asset::script)),
    page(asset::ICON.path, Access::Everybody, || get(web::asset::icon)),
    page("/sign-in", Access::Everybody, || get(web::sign_in::show)),
    form("/sign-in", Access::Everybody, || post(web::sign_in::submit)),
    page("/sign-in/oidc", Access::Everybody, || get(web::sign_on::begin)),
    page("/sign-in/oidc/callback", Access::Everybody, || get(web::sign_on::end)),
    page("/acknowledge", Access::Everybody, || get(web::acknowledge::show)),
    form("/acknowledge", Access::Everybody, || post(web::acknowledge::submit)),
    form("/sign-out", Access::SignedIn, || post(web::sign_in::sign_out)),
    page("/account", Access::SignedIn, || get(web::account::show)),
    form("/account/password", Access::SignedIn, || post(web::account::choose_password)),
    form("/account/second-factor", Access::SignedIn, || post(web::account::second_factor)),
    page("/accounts", Access::Roles(&[Admin]), || get(web::accounts::show)),
    form("/accounts", Access::Roles(&[Admin]), || post(web::accounts::change)),
    page("/tokens", Access::Roles(RUNNING), || get(web::tokens::show)),
    form("/tokens", Access::Roles(RUNNING), || post(web::tokens::change)),
    page("/", Access::Roles(&Role::ALL), || get(web::today::show)),
    page("/campaigns", Access::Roles(LOOKING), || get(web::campaigns::list)),
    page("/campaigns/{id}", Access::Roles(LOOKING), || get(web::campaign::show)),
    form("/campaigns/{id}/{action}", Access::Roles(MAIL), || post(web::campaign::act)),
    page("/cases", Access::Roles(LOOKING), || get(web::cases::list)),
    page("/cases/{id}", Access::Roles(LOOKING), || get(web::cases::show)),
    form("/cases/{id}/{action}", Access::Roles(MAIL), || post(web::cases::act)),
    form("/cases/{id}/{question}/{action}", Access::Roles(MAIL), || post(web::cases::reply)),
    page("/sources", Access::Roles(RUNNING), || get(web::logs::sources)),
    page("/rules", Access::Roles(RUNNING), || get(web::logs::rules)),
    page("/registers", Access::Roles(LOOKING), || get(web::registers::show)),
    form("/registers/lookup", Access::Roles(MAIL), || post(web::registers::ask)),
    page("/decisions", Access::Roles(LOOKING), || get(web::decisions::list)),
    form("/decisions/{id}/{answer}", Access::Roles(MAIL), || post(web::decisions::answer)),
    page("/letters", Access::Roles(LOOKING), || get(web::letters::list)),
    form("/letters/{id}/{answer}", Access::Roles(APPROVING), || post(web::letters::resolve)),
    page("/reported", Access::Roles(MAIL), || get(web::reported::list)),
    page("/blocked", Access::Roles(MAIL), || get(web::blocked::list)),
    form("/blocked/unblock", Access::Roles(MAIL), || post(web::blocked::unblock)),
    page("/audit", Access::Roles(&[Auditor]), || get(web::audit::list)),
    page("/own", Access::Roles(&[MemberController]), || get(web::own::show)),
    page("/quarantine", Access::Roles(MAIL), || get(web::quarantine::list)),
    page("/quarantine/{id}", Access::Roles(MAIL), || get(web::quarantine::show)),
    form("/quarantine/{id}/view", Access::Roles(MAIL), || post(web::quarantine::view)),
    form("/quarantine/{id}/{action}", Access::Roles(MAIL), || post(web::quarantine::propose)),
    form("/warnings/{id}/hold", Access::Roles(MAIL), || post(web::warnings::hold)),
    form("/warnings/{id}/acknowledge", Access::Roles(&[MemberController]), || {
        post(web::warnings::acknowledge)
    }),
    page("/members/{id}", Access::Roles(LOOKING), || get(web::member::show)),
    form("/members/{id}/unmask", Access::Roles(MAIL), || post(web::member::unmask)),
    page("/members", Access::Roles(LOOKING), || get(web::members::list)),
    page("/hunt", Access::Roles(MAIL), || get(web::hunt::show)),
    page("/evidence", Access::Roles(RUNNING), || get(web::evidence::list)),
    page("/evidence/checkpoint", Access::Roles(RUNNING), || get(web::evidence::checkpoint)),
    page("/evidence/key", Access::Roles(RUNNING), || get(web::evidence::key)),
    page("/evidence/{leaf}", Access::Roles(RUNNING), || get(web::evidence::entry)),
    page("/evidence/{leaf}/proof", Access::Roles(RUNNING), || get(web::evidence::proof)),
    page("/domains", Access::Roles(RUNNING), || get(web::domains::list)),
    page("/health", Access::Roles(RUNNING), || get(web::health::show)),
    page("/api/v1/openapi.json", Access::Everybody, || get(api::openapi::show)),
    page("/api/v1/campaigns", Access::Token(Scope::Campaigns, LOOKING), || get(api::campaign::list)),
    page("/api/v1/campaigns/{id}", Access::Token(Scope::Campaigns, LOOKING), || get(api::campaign::show)),
    page("/api/v1/members", Access::Token(Scope::Members, LOOKING), || get(api::member::list)),
    page("/api/v1/ledger", Access::Token(Scope::Members, LOOKING), || get(api::member::ledger)),
    form("/api/v1/hunt", Access::Token(Scope::Hunt, MAIL), || post(api::hunt::hunt)),
    form("/api/v1/register/lookup", Access::Token(Scope::Register, MAIL), || post(api::register::lookup)),
    page("/api/v1/decisions", Access::Token(Scope::Decisions, LOOKING), || get(api::decision::list)),
    form("/api/v1/decisions", Access::Token(Scope::Propose, MAIL), || post(api::decision::propose)),
    form("/api/v1/decisions/{id}/approve", Access::Token(Scope::Approve, APPROVING), || {
        post(api::decision::approve)
    }),
    form("/api/v1/decisions/{id}/refuse", Access::Token(Scope::Approve, APPROVING), || {
        post(api::decision::refuse)
    }),
    form("/api/v1/decisions/{id}/withdraw", Access::Token(Scope::Propose, MAIL), || {
        post(api::decision::withdraw)
    }),
    form("/api/v1/campaigns/{id}/confirm", Access::Token(Scope::Propose, MAIL), || {
        post(api::decision::confirm)
    }),
    page("/api/v1/decisions/{id}", Access::Token(Scope::Decisions, LOOKING), || get(api::decision::show)),
    form("/api/v1/warnings/{id}/hold", Access::Token(Scope::Propose, MAIL), || post(api::warning::hold)),
    page("/api/v1/audit", Access::Token(Scope::Audit, &[Auditor]), || get(api::audit::list)),
    page("/api/v1/domains", Access::Token(Scope::Domains, RUNNING), || get(api::domain::list)),
    page("/api/v1/cases", Access::Token(Scope::Watch, LOOKING), || get(api::watch::cases)),
    page("/api/v1/cases/{id}", Access::Token(Scope::Watch, LOOKING), || get(api::watch::case)),
    page("/api/v1/sources", Access::Token(Scope::Watch, RUNNING), || get(api::watch::sources)),
    page("/api/v1/rules", Access::Token(Scope::Watch, RUNNING), || get(api::watch::rules)),
    page("/api/v1/warnings", Access::Token(Scope::Members, LOOKING), || get(api::warning::list)),
    page("/api/v1/quarantine", Access::Token(Scope::Quarantine, MAIL), || get(api::quarantine::list)),
    page("/api/v1/quarantine/{id}", Access::Token(Scope::Quarantine, MAIL), || get(api::quarantine::show)),
    page("/api/v1/blocked", Access::Token(Scope::Quarantine, MAIL), || get(api::blocked::list)),
    page("/api/v1/letters", Access::Token(Scope::Decisions, LOOKING), || get(api::letter::list)),
    page("/api/v1/today", Access::Token(Scope::Decisions, LOOKING), || get(api::today::show)),
    page("/api/v1/evidence", Access::Token(Scope::Evidence, RUNNING), || get(api::evidence::list)),
    page("/api/v1/evidence/checkpoint", Access::Token(Scope::Evidence, RUNNING), || {
        get(api::evidence::checkpoint)
    }),
    page("/api/v1/evidence/{index}", Access::Token(Scope::Evidence, RUNNING), || get(api::evidence::entry)),
    page("/api/v1/evidence/{index}/proof", Access::Token(Scope::Evidence, RUNNING), || {
        get(api::evidence::proof)
    }),
    page("/api/v1/health", Access::Token(Scope::Health, RUNNING), || get(api::health::show)),
];

/// Whether somebody with these roles can do anything with a scope.
pub(crate) fn is_open_to(scope: Scope, own: &BTreeSet<Role>) -> bool {
    ROUTES.iter().any(|route| match route.access {
        Access::Token(wanted, roles) => wanted == scope && roles.iter().any(|role| own.contains(role)),
        _ => false,
    })
}

/// The router of the whole console.
pub fn router(state: &Arc<State>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let guard = Guard { state: Arc::clone(state), route };
        let handler = (route.handler)().route_layer(from_fn_with_state(guard, guard::stand));
        router = router.route(route.path, handler);
    }
    router
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .layer(from_fn(guard::patience))
        .layer(from_fn_with_state(Arc::clone(state), failure::write))
        .layer(from_fn_with_state(Arc::clone(state), security::add_headers))
        .layer(from_fn_with_state(Arc::clone(state), observe::request))
        .with_state(Arc::clone(state))
}
