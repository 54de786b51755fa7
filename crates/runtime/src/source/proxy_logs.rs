//! Fetches out of the logs of proxies and web servers.

use super::folder::{Input, Inputs};
use super::stream::{self, Stream};
use super::{Progress, defect_at_byte, name_of};
use mail::proxy_log::{Fetch, FetchReader};
use model::Defects;
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::Arc;

const READ_BYTES: usize = 256 << 10;

/// Opens the logs at `paths`: files, folders of files by name, `-` for standard input, each perhaps compressed. The format of
/// each file is recognised by itself.
pub fn proxy_logs(paths: &[PathBuf]) -> ProxyLogs {
    let progress = Arc::new(Progress::new(Inputs::bytes_total(paths)));
    ProxyLogs { inputs: Inputs::new(paths), log: None, defects: Defects::default(), progress }
}

/// The fetches of some logs, file after file.
pub struct ProxyLogs {
    inputs: Inputs,
    /// The log that is being read.
    log: Option<FetchReader<BufReader<Stream>>>,
    defects: Defects,
    progress: Arc<Progress>,
}

impl ProxyLogs {
    /// What could not be read in the files that are done; complete once the iterator has ended.
    pub fn defects(&self) -> &Defects {
        &self.defects
    }

    /// How far the reading has come.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    fn open(&mut self, input: &Input) {
        let name = name_of(&input.path);
        match stream::open(input, &self.progress) {
            Ok(stream) => {
                self.log = Some(FetchReader::new(BufReader::with_capacity(READ_BYTES, stream), name))
            }
            Err(error) => self.defects.push(defect_at_byte(&name, 0, format!("cannot read: {error}"))),
        }
    }
}

impl Iterator for ProxyLogs {
    type Item = Fetch;

    fn next(&mut self) -> Option<Fetch> {
        loop {
            if let Some(fetch) = self.log.as_mut().and_then(Iterator::next) {
                self.progress.add_message();
                return Some(fetch);
            }
            if let Some(log) = self.log.take() {
                self.defects.append(log.into_defects());
            }
            match self.inputs.next()? {
                Ok(input) => self.open(&input),
                Err(defect) => self.defects.push(defect),
            }
        }
    }
}
