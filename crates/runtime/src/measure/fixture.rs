//! What the tests of measures begin with: a house of four members and a campaign of concern that wrote to three of them.

use super::{Folder, MeasureError, Result};
use crate::correlate::Findings;
use crate::data::Data;
use crate::detect::{Delivery, Envelope, Settings, detect_delivered};
use crate::ledger;
use crate::overview::CampaignDetail;
use crate::row::{AlertRow, CampaignRow};
use crate::source::RawMessage;
use crate::{clock, intake};
use mail::member::House;
use mail::message::Reader;
use model::{Actor, EventTime, Role};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const NOW: EventTime = EventTime(1_610_960_400);
pub(super) const CAMPAIGN: &str = "C-0000000000000001";
pub(super) const SENDER: &str = "editor@paper.example";

const HOUSE: &str = "id,name,address,groups
M001,Ada Quill,ada@north.example,forum
M002,Ben Reed,ben@north.example,forum
M003,Cal Sedge,cal@north.example,
M004,Dee Thorn,dee@north.example,
";

pub(super) struct Fixture {
    pub(super) data: Data,
    pub(super) house: House,
    folder: tempfile::TempDir,
}

impl Fixture {
    /// An empty data folder with the house.
    pub(super) fn new() -> Self {
        // In memory where the system has such a place: no power is cut, so nothing has to wait for a disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        let data = Data::open(folder.path()).expect("a new folder");
        data.keep_house(HOUSE.as_bytes()).expect("the store works");
        let house = data.house().expect("the list is right");
        Self { data, house, folder }
    }

    /// The same with a campaign of concern.
    pub(super) fn with_campaign() -> Self {
        let mut fixture = Self::new();
        fixture.store_campaign(&[("M001", "delivered"), ("M002", "opened"), ("M003", "targeted")]);
        fixture
    }

    /// Stores the campaign with its members' states as correlation would.
    pub(super) fn store_campaign(&mut self, members: &[(&str, &str)]) {
        let time = clock::rfc3339(NOW);
        let row = CampaignRow {
            id: CAMPAIGN.to_owned(),
            name: "a campaign".to_owned(),
            concern: true,
            likelihood: "highly likely".to_owned(),
            log_odds: 2.0,
            senders: vec![SENDER.to_owned()],
            hosts: vec!["t.paper.example".to_owned()],
            first: Some(time.clone()),
            last: Some(time.clone()),
            first_alert: Some(AlertRow { time, after_messages: 3 }),
            messages: vec!["1@paper.example".to_owned(), "2@paper.example".to_owned()],
            members: members
                .iter()
                .map(|(id, state)| ((*id).to_owned(), (*state).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            opened: Vec::new(),
            other_recipients: 0,
            reasons: Vec::new(),
            linked: Vec::new(),
        };
        let mut findings = Findings::complete();
        findings.campaigns.push(row);
        findings.details.push(CampaignDetail::default());
        ledger::update(&mut self.data, &findings).expect("the store works");
    }

    /// Records a message of this author as the milter hands it over.
    pub(super) fn record(&mut self, sender: &str, message_id: &str, rcpt_to: &[&str]) {
        let settings = Settings {
            house: Arc::new(self.house.clone()),
            trusted_authserv_ids: Vec::new(),
            resolver: Arc::default(),
            now: NOW,
            wants_rows: false,
        };
        let bytes = format!("From: {sender}\r\nMessage-ID: <{message_id}>\r\nSubject: a\r\n\r\nHello\r\n")
            .into_bytes();
        let raw = RawMessage {
            source: "milter:1".into(),
            mailbox: None,
            bytes,
            fallback_time: Some(NOW),
            position: 0,
        };
        let delivery = Delivery { received: NOW, envelope: Some(envelope(rcpt_to)) };
        let output =
            detect_delivered(&Reader::default(), &raw, Some(&delivery), &settings).expect("it is mail");
        intake::commit(&mut self.data, &[output.detected]).expect("the store works");
    }

    /// The data, and where it lies: a planned purge still reads the list of members there.
    pub(super) fn split(self) -> (Data, tempfile::TempDir) {
        (self.data, self.folder)
    }

    /// As another process finds the folder after a crash.
    pub(super) fn reopen(self) -> Self {
        let Self { data, house, folder } = self;
        drop(data);
        let data = Data::open(folder.path()).expect("the folder opens");
        Self { data, house, folder }
    }
}

pub(super) fn envelope(rcpt_to: &[&str]) -> Envelope {
    Envelope {
        client_ip: None,
        helo: "mx.paper.example".to_owned(),
        mail_from: SENDER.to_owned(),
        rcpt_to: rcpt_to.iter().map(|address| (*address).to_owned()).collect(),
    }
}

pub(super) fn analyst() -> Actor {
    Actor::new("analyst-1", [Role::Analyst])
}

pub(super) fn approver() -> Actor {
    Actor::new("approver-1", [Role::Approver])
}

/// A folder of which one use fails: before its work is done, or after.
pub(super) struct Breaking {
    data: Mutex<Data>,
    plan: Mutex<(usize, bool)>,
}

impl Breaking {
    /// The use with number `at`, from 0, fails.
    pub(super) fn new(data: Data, at: usize, is_after: bool) -> Self {
        Self { data: Mutex::new(data), plan: Mutex::new((at, is_after)) }
    }

    pub(super) fn into_data(self) -> Data {
        self.data.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Folder for Breaking {
    fn with<T>(&self, work: impl FnOnce(&mut Data) -> Result<T>) -> Result<T> {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, is_after) = *plan;
        plan.0 = at.wrapping_sub(1);
        drop(plan);
        let broken = || MeasureError::Store(anyhow::anyhow!("broken by the test"));
        match (at, is_after) {
            (0, false) => Err(broken()),
            (0, true) => self.data.with(work).and(Err(broken())),
            _ => self.data.with(work),
        }
    }
}
