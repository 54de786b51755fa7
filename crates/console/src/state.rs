//! What every request shares: the live house, the settings, sessions, and the figures.

use crate::activity::Activity;
use crate::error::Failure;
use crate::failure::sentence;
use crate::footprint::Footprint;
use crate::metrics::Metrics;
use crate::oidc::Issuer;
use crate::page::health::SensorRow;
use crate::page::{Chrome, Notice};
use crate::rate::Rate;
use crate::session::Sessions;
use crate::settings::Settings;
use crate::visitor::Person;
use crate::web::judging;
use anyhow::Context;
use model::EventTime;
use model::limit::PASSWORD_HASHES_MAX;
use runtime::data::Data;
use runtime::live::Live;
use runtime::watch::standing::{Standing, View};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The clock, as an argument: tests turn it.
pub type Clock = Arc<dyn Fn() -> EventTime + Send + Sync>;

/// Asks the sensors how they are.
pub type Sensors = Arc<dyn Fn() -> Vec<SensorRow> + Send + Sync>;

/// What every request shares.
pub struct State {
    /// The house.
    pub(crate) live: Live,
    /// What the operator set.
    pub(crate) settings: Settings,
    /// Where people may sign in instead of here.
    pub(crate) issuer: Option<Issuer>,
    /// People who are signed in.
    pub(crate) sessions: Sessions,
    /// Requests by address and by token.
    pub(crate) requests: Rate,
    /// Sign-ins by address and by account.
    pub(crate) sign_ins: Rate,
    /// Figures.
    pub(crate) metrics: Metrics,
    /// Messages by hour.
    pub(crate) activity: Activity,
    /// What is stored.
    pub(crate) footprint: Footprint,
    /// Since when the console runs.
    pub(crate) started: EventTime,
    /// Places for passwords that are hashed at once.
    hashing: Semaphore,
    clock: Clock,
    sensors: Sensors,
    logs: Standing,
}

impl State {
    /// The state of a console on `live`.
    pub fn new(live: Live, settings: Settings, clock: Clock) -> Self {
        let rate = settings.rate;
        let issuer = settings.issuer.clone().map(|issuer| Issuer::new(issuer, &settings.public_url));
        Self {
            live,
            issuer,
            sessions: Sessions::new(settings.session),
            requests: Rate::new(rate.burst, rate.per_minute),
            sign_ins: Rate::new(rate.sign_in_burst, rate.sign_ins_per_minute),
            settings,
            metrics: Metrics::default(),
            activity: Activity::default(),
            footprint: Footprint::default(),
            started: clock(),
            hashing: Semaphore::new(PASSWORD_HASHES_MAX),
            clock,
            sensors: Arc::new(Vec::new),
            logs: Standing::default(),
        }
    }

    /// The same with somebody who knows how the sensors are.
    #[must_use]
    pub fn with_sensors(self, sensors: Sensors) -> Self {
        Self { sensors, ..self }
    }

    /// The same with those who follow logs.
    #[must_use]
    pub fn with_logs(self, logs: Standing) -> Self {
        Self { logs, ..self }
    }

    /// How sources of logs and rules stand.
    pub(crate) fn logs(&self) -> View {
        self.logs.view()
    }

    /// How the sensors are.
    pub(crate) fn sensors(&self) -> Vec<SensorRow> {
        (self.sensors)()
    }

    /// The time now.
    pub(crate) fn now(&self) -> EventTime {
        (self.clock)()
    }

    /// Where the clock of an exercise stands: at its last mail.
    pub(crate) fn exercise_time(&self) -> Option<EventTime> {
        if self.settings.is_exercise { self.activity.latest() } else { None }
    }

    /// The time that mail is compared with.
    pub(crate) fn mail_now(&self) -> EventTime {
        self.exercise_time().unwrap_or_else(|| self.now())
    }

    /// Does `job` on a thread that may wait: for the data folder, for the disk, for a long computation.
    ///
    /// # Errors
    /// Those of `job`; where it panicked, [`Failure::Internal`].
    pub(crate) async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let state = Arc::clone(self);
        tokio::task::spawn_blocking(move || job(&state)).await.context("a page could not be made")?
    }

    /// The same for hashing passwords, of which few are done at once, because each takes much memory.
    ///
    /// # Errors
    /// As [`State::work`].
    pub(crate) async fn hash<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let _place = self.hashing.acquire().await.context("nobody hashes passwords any more")?;
        self.work(job).await
    }

    /// What stands around a page for somebody who is signed in.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn chrome(&self, person: &Person, data: &Data) -> Result<Chrome, Failure> {
        let actor = person.actor();
        Ok(Chrome {
            csrf: person.session.csrf.clone(),
            notice: self.sessions.take_notice(&person.session_id).or_else(|| self.held_back(person)),
            waiting: judging::waiting(data, &actor)?,
            actor: Some(person.account.actor()),
            ..self.bare_chrome()
        })
    }

    /// Why this person approves nothing and reads no mail now, for those who otherwise would look for it.
    fn held_back(&self, person: &Person) -> Option<Notice> {
        if !person.account.is_watched() {
            return None;
        }
        let held = person.account.hold(self.settings.approval_hold_secs, self.now())?;
        Some(Notice::Refused(sentence(&held.to_string())))
    }

    /// What stands around a page for nobody in particular.
    pub(crate) fn bare_chrome(&self) -> Chrome {
        Chrome {
            house: self.settings.house.clone(),
            actor: None,
            csrf: String::new(),
            is_exercise: self.settings.is_exercise,
            exercise_time: self.exercise_time(),
            now: self.now(),
            notice: None,
            waiting: 0,
        }
    }
}
