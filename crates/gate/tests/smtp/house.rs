//! A data folder with something that two persons decided to send.

use mail::member::House as Members;
use model::{Actor, EventTime, Role};
use runtime::correlate::Findings;
use runtime::data::Data;
use runtime::detect::Envelope;
use runtime::ledger;
use runtime::measure::decision::{self, Measure};
use runtime::measure::quarantine::{self, Arrival, Grounds};
use runtime::measure::{Folder, MeasureError, assessment, warning};
use runtime::overview::CampaignDetail;
use runtime::row::{AlertRow, CampaignRow};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) const NOW: EventTime = EventTime(1_610_960_400);
pub(crate) const MESSAGE: &[u8] =
    b"From: <editor@paper.example>\r\nSubject: a\r\n\r\nOne line.\r\n.hidden dot\r\n..\r\nLast line.\r\n";
const MEMBERS: &str = "id,name,address,groups\nM001,Ada Quill,ada@north.example,forum\n";
const CAMPAIGN: &str = "C-0000000000000001";

/// The folder, which goes when it does.
pub(crate) struct House {
    data: Data,
    folder: tempfile::TempDir,
}

/// The folder, shared.
pub(crate) struct Shared {
    data: Mutex<Data>,
    _folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(folder.path()).expect("a new folder");
        data.keep_house(MEMBERS.as_bytes()).expect("the store works");
        Self { data, folder }
    }

    fn members(&self) -> Members {
        self.data.house().expect("the list is right")
    }

    fn decide(&mut self, measure: Measure) {
        let analyst = Actor::new("analyst-1", [Role::Analyst]);
        let approver = Actor::new("approver-1", [Role::Approver]);
        let decision =
            decision::propose(&mut self.data, &analyst, measure, "because", NOW).expect("it can be done");
        decision::approve(&mut self.data, &approver, &decision.id, NOW).expect("another person");
    }

    /// One with a message from quarantine for two recipients.
    pub(crate) fn with_release() -> Self {
        let mut house = Self::new();
        let envelope = Envelope {
            client_ip: None,
            helo: "mx.paper.example".to_owned(),
            mail_from: "editor@paper.example".to_owned(),
            rcpt_to: vec!["guest@elsewhere.example".to_owned(), "ada@north.example".to_owned()],
        };
        let members = house.members();
        let arrival = Arrival::of(MESSAGE, &envelope, &members);
        let item =
            quarantine::keep(&mut house.data, &arrival, Grounds::default(), NOW).expect("the store works");
        house.decide(Measure::Release { item });
        house
    }

    /// One with a warning for one member.
    pub(crate) fn with_warning() -> Self {
        let mut house = Self::new();
        let mut findings = Findings::complete();
        findings.campaigns.push(campaign());
        findings.details.push(CampaignDetail::default());
        ledger::update(&mut house.data, &findings).expect("the store works");
        let members = house.members();
        warning::draft(&mut house.data, &members, NOW).expect("the store works");
        let analyst = Actor::new("analyst-1", [Role::Analyst]);
        assessment::confirm(&mut house.data, &analyst, CAMPAIGN, "seen twice", NOW).expect("an analyst may");
        let warnings = warning::sendable(&house.data, CAMPAIGN).expect("the store works");
        house.decide(Measure::Warn { campaign: CAMPAIGN.to_owned(), warnings });
        house
    }

    pub(crate) fn share(self) -> Arc<Shared> {
        Arc::new(self.into_data())
    }

    pub(crate) fn into_data(self) -> Shared {
        Shared { data: Mutex::new(self.data), _folder: self.folder }
    }
}

fn campaign() -> CampaignRow {
    let time = "2021-01-18T09:00:00Z".to_owned();
    CampaignRow {
        id: CAMPAIGN.to_owned(),
        name: "a campaign".to_owned(),
        concern: true,
        likelihood: "likely".to_owned(),
        log_odds: 1.0,
        senders: vec!["editor@paper.example".to_owned()],
        hosts: Vec::new(),
        first: Some(time.clone()),
        last: Some(time.clone()),
        first_alert: Some(AlertRow { time, after_messages: 3 }),
        messages: Vec::new(),
        members: BTreeMap::from([("M001".to_owned(), "delivered".to_owned())]),
        opened: Vec::new(),
        other_recipients: 0,
        reasons: Vec::new(),
        linked: Vec::new(),
    }
}

impl Folder for Shared {
    fn with<T>(&self, work: impl FnOnce(&mut Data) -> Result<T, MeasureError>) -> Result<T, MeasureError> {
        self.data.with(work)
    }
}

/// A folder of which one use fails: before its work is done, or after.
pub(crate) struct Breaking {
    folder: Shared,
    /// Uses until then, and whether the work of that one is done.
    plan: Mutex<(usize, bool)>,
}

impl Breaking {
    pub(crate) fn new(folder: Shared, at: usize, is_after: bool) -> Self {
        Self { folder, plan: Mutex::new((at, is_after)) }
    }

    pub(crate) fn into_folder(self) -> Shared {
        self.folder
    }
}

impl Folder for Breaking {
    fn with<T>(&self, work: impl FnOnce(&mut Data) -> Result<T, MeasureError>) -> Result<T, MeasureError> {
        let (at, is_after) = {
            let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
            let now = *plan;
            plan.0 = now.0.wrapping_sub(1);
            now
        };
        let broken = || MeasureError::Conflict("broken by the test");
        match (at, is_after) {
            (0, false) => Err(broken()),
            (0, true) => self.folder.with(work).and(Err(broken())),
            _ => self.folder.with(work),
        }
    }
}
