//! A live house in memory, which can be made to fail, and the account that is tried.

use crate::fake::Fake;
use gate::SecretSource;
use gate::imap::{Account, Budget, Credential, House, Mode, Standing, Timing, Tls, spawn};
use mail::authentication::Authentication;
use mail::message::digest;
use model::{Ordinal, Sha256, Verdict};
use runtime::live::{Incoming, Judged, LiveError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A message that loads something, which this house speaks against.
pub fn beacon(number: u32) -> String {
    format!(
        "Message-ID: <{number}@news.example>\r\nFrom: editor@news.example\r\nSubject: {number}\r\n\
         Content-Type: text/html\r\n\r\n<p>Hello</p><img src=\"http://t.example/p.gif?u={number}\">\r\n"
    )
}

/// A message that it does not mind.
pub fn letter(number: u32) -> String {
    format!(
        "Message-ID: <{number}@plain.example>\r\nFrom: a@plain.example\r\nSubject: {number}\r\n\r\nHello\r\n"
    )
}

#[derive(Default)]
pub struct Memory {
    pub documents: Mutex<BTreeMap<(String, String), Vec<u8>>>,
    pub sealed: Mutex<BTreeSet<Vec<u8>>>,
    /// Each handing over, with its source.
    pub observed: Mutex<Vec<(Sha256, String)>>,
    /// How often it still says that it is busy.
    pub busy: Mutex<u32>,
    /// How often it was asked for anything.
    pub asked: Mutex<usize>,
    /// Which of these times it fails, and how.
    pub fails: Mutex<Option<(usize, Fault)>>,
}

/// How the data folder fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full: nothing is written.
    Before,
    /// It was written, and nobody hears of it, as when the program is killed.
    After,
}

pub const FAULTS: [Fault; 2] = [Fault::Before, Fault::After];

impl Memory {
    /// Distinct messages that were handed over.
    pub fn distinct(&self) -> usize {
        self.observed.lock().unwrap().iter().map(|(digest, _)| *digest).collect::<BTreeSet<_>>().len()
    }
}

impl Memory {
    /// Does `work`, unless it is to fail this time.
    fn faulty<T>(&self, work: impl FnOnce() -> Result<T, LiveError>) -> Result<T, LiveError> {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            *asked - 1
        };
        let due = self.fails.lock().unwrap().filter(|(at, _)| *at == number).map(|(_, how)| how);
        if due == Some(Fault::Before) {
            return Err(LiveError::Store("no space is left".to_owned()));
        }
        let done = work();
        match due {
            Some(_) => done.and(Err(LiveError::Stopped)),
            None => done,
        }
    }

    fn judge(&self, incoming: Incoming) -> Result<Judged, LiveError> {
        let mut busy = self.busy.lock().unwrap();
        if *busy > 0 {
            *busy -= 1;
            return Err(LiveError::Busy);
        }
        let Incoming { bytes, source, .. } = incoming;
        let digest = digest(&bytes);
        let mut observed = self.observed.lock().unwrap();
        let is_known = observed.iter().any(|(known, _)| *known == digest);
        observed.push((digest, source));
        let is_bad = String::from_utf8_lossy(&bytes).contains("editor@news.example");
        Ok(Judged {
            verdict: if is_bad { Verdict::Disarm } else { Verdict::Pass },
            score: 50,
            reasons: Vec::new(),
            campaign: None,
            authentication: Authentication::default(),
            digest,
            ordinal: Ordinal(0),
            is_known,
        })
    }

    fn seal(&self, original: &[u8]) -> Option<Vec<u8>> {
        let disarmed = mail::disarm::disarm(original);
        if disarmed.removed.is_empty() {
            return None;
        }
        self.sealed.lock().unwrap().insert(original.to_vec());
        Some(disarmed.message)
    }
}

impl House for Memory {
    fn observe(&self, incoming: Incoming) -> Result<Judged, LiveError> {
        self.faulty(|| self.judge(incoming))
    }

    fn disarm(&self, original: &[u8], _: Sha256) -> Result<Option<Vec<u8>>, LiveError> {
        self.faulty(|| Ok(self.seal(original)))
    }

    fn sealed(&self, wanted: Sha256) -> Result<Option<Vec<u8>>, LiveError> {
        self.faulty(|| Ok(self.sealed.lock().unwrap().iter().find(|bytes| digest(bytes) == wanted).cloned()))
    }

    fn document(&self, collection: &str, key: &str) -> Result<Option<Vec<u8>>, LiveError> {
        let key = (collection.to_owned(), key.to_owned());
        self.faulty(|| Ok(self.documents.lock().unwrap().get(&key).cloned()))
    }

    fn keep(&self, collection: &str, key: &str, document: Vec<u8>) -> Result<(), LiveError> {
        self.faulty(|| {
            self.documents.lock().unwrap().insert((collection.to_owned(), key.to_owned()), document);
            Ok(())
        })
    }
}

/// An account on the fake server. Its password is printed by a command.
pub fn account(fake: &Fake, mode: Mode) -> Account {
    Account {
        name: "office".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: fake.port,
        tls: Tls::Plain,
        user: "office".to_owned(),
        credential: Credential::Password(SecretSource::Command(vec!["echo".to_owned(), "secret".to_owned()])),
        owner: Some("M004".to_owned()),
        folders: vec!["INBOX".to_owned()],
        mode,
        timing: quick(),
    }
}

/// Connects again at once.
pub fn quick() -> Timing {
    let (retry_first, retry_max) = (Duration::from_millis(1), Duration::from_millis(5));
    Timing { retry_first, retry_max, poll: Duration::from_millis(5), ..Timing::default() }
}

/// Works on `account` until its standing is as wanted, and ends.
pub async fn work_until(
    account: Account,
    house: Arc<dyn House>,
    mut is_enough: impl FnMut(&Standing) -> bool,
) -> Standing {
    let (stop, stopped) = watch::channel(false);
    let (task, mut told) = spawn(account, house, Budget::default(), stopped);
    let waiting =
        async { told.wait_for(&mut is_enough).await.expect("it goes on until it is stopped").clone() };
    let standing = tokio::time::timeout(PATIENCE, waiting).await;
    stop.send(true).expect("it listens");
    tokio::time::timeout(PATIENCE, task).await.expect("it ends").expect("it does not panic");
    standing.unwrap_or_else(|_| panic!("it did not come so far: {:?}", *told.borrow()))
}
