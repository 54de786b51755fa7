//! What an operator may set of the console, with the defaults and where they come from.

use crate::network::Network;
use crate::oidc::IssuerSettings;

/// Settings of the console.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How browsers reach the console: scheme, host and port, without a slash at the end.
    pub public_url: String,
    /// Name of the house, as pages show it.
    pub house: String,
    /// Whether what is shown is an exercise: every page then says so.
    pub is_exercise: bool,
    /// How long sessions last.
    pub session: SessionLimits,
    /// What a password costs whoever guesses.
    pub password_cost: PasswordCost,
    /// When guessing is slowed down.
    pub lockout: LockoutLimits,
    /// How many requests an address may make.
    pub rate: RateLimits,
    /// Whether an account without a second factor must set one up before it may do anything else.
    pub requires_second_factor: bool,
    /// Seconds for which an account that an administrator handed over decides nothing.
    pub approval_hold_secs: i64,
    /// Whether the last address in `X-Forwarded-For` is the visitor's: only true behind a proxy that sets it.
    pub trusts_forwarded_for: bool,
    /// From where figures may be read without a token.
    pub metrics_from: Vec<Network>,
    /// Where people may sign in instead of here.
    pub issuer: Option<IssuerSettings>,
    /// What can be carried out once it is decided.
    pub reach: Reach,
}

/// What the house is connected to, without which a decision cannot be carried out.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// A relay that takes letters.
    pub has_relay: bool,
    /// Mailboxes out of which mail can be moved.
    pub has_mailboxes: bool,
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Seconds without a request after which it ends.
    pub idle_secs: i64,
    /// Seconds after sign-in at which it ends in any case.
    pub absolute_secs: i64,
}

/// Cost of argon2id.
#[derive(Debug, Clone, Copy)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// When sign-ins to an account are slowed down.
#[derive(Debug, Clone, Copy)]
pub struct LockoutLimits {
    /// Failures in a row that are free.
    pub failures_free: u32,
    /// Seconds of the first pause; each further failure doubles it.
    pub first_pause_secs: i64,
    /// Longest pause. It is bounded, so that a stranger who guesses cannot keep somebody out of the account for good.
    pub longest_pause_secs: i64,
}

/// Requests that one address, or one token, may make.
#[derive(Debug, Clone, Copy)]
pub struct RateLimits {
    /// Requests in a burst.
    pub burst: u32,
    /// Requests a minute, in the long run.
    pub per_minute: u32,
    /// Sign-ins in a burst.
    pub sign_in_burst: u32,
    /// Sign-ins a minute, in the long run.
    pub sign_ins_per_minute: u32,
}

impl Settings {
    /// The defaults, for a console that browsers reach at `public_url`.
    pub fn new(public_url: &str) -> Self {
        Self {
            public_url: public_url.trim_end_matches('/').to_owned(),
            house: "this house".to_owned(),
            is_exercise: false,
            session: SessionLimits::default(),
            password_cost: PasswordCost::default(),
            lockout: LockoutLimits::default(),
            rate: RateLimits::default(),
            requires_second_factor: true,
            approval_hold_secs: model::time::DAY_SECS,
            trusts_forwarded_for: false,
            metrics_from: Network::LOOPBACK.to_vec(),
            issuer: None,
            reach: Reach { has_relay: true, has_mailboxes: true },
        }
    }

    /// Whether browsers reach the console over TLS. Without it cookies cannot be `Secure`, which is for loopback only.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

impl Default for SessionLimits {
    /// A pause for lunch, and a working day.
    fn default() -> Self {
        Self { idle_secs: 60 * 60, absolute_secs: 12 * 60 * 60 }
    }
}

impl Default for PasswordCost {
    /// The second recommended option of RFC 9106 section 4, for memory-constrained machines: 64 MiB, three passes, four lanes.
    fn default() -> Self {
        Self { memory_kib: 1 << 16, passes: 3, lanes: 4 }
    }
}

impl PasswordCost {
    /// The least that argon2 takes. For tests, where hundreds of passwords are hashed.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

impl Default for LockoutLimits {
    fn default() -> Self {
        Self { failures_free: 5, first_pause_secs: 30, longest_pause_secs: 15 * 60 }
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { burst: 240, per_minute: 600, sign_in_burst: 10, sign_ins_per_minute: 10 }
    }
}
