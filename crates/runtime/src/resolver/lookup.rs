//! Single questions to the name servers, for those who check a domain and not a message.

use super::{Live, Resolver};
use mail_auth::hickory_resolver::net::{DnsError, NetError};
use mail_auth::hickory_resolver::proto::rr::{Name, RData};
use std::net::IpAddr;
use std::time::Duration;

/// The name servers gave no answer, or nobody may be asked. That there is no such record is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

impl Resolver {
    /// The TXT records at `name`, each as one text, asked for at most `within`.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub fn txt(&self, name: &str, within: Duration) -> Result<Vec<String>, NoAnswer> {
        self.ask(name, within, async |live, name| {
            let lookup = live.dns.resolver().txt_lookup(name).await?;
            let texts = lookup.answers().iter().filter_map(|record| match &record.data {
                RData::TXT(txt) => Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
                _ => None,
            });
            Ok(texts.collect())
        })
    }

    /// The hosts that take mail for `name`, asked for at most `within`. A null MX (RFC 7505) is the host ``.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub fn mx(&self, name: &str, within: Duration) -> Result<Vec<String>, NoAnswer> {
        self.ask(name, within, async |live, name| {
            let lookup = live.dns.resolver().mx_lookup(name).await?;
            let hosts = lookup.answers().iter().filter_map(|record| match &record.data {
                RData::MX(mx) => Some(mx.exchange.to_lowercase().to_ascii().trim_end_matches('.').to_owned()),
                _ => None,
            });
            Ok(hosts.collect())
        })
    }

    /// The addresses of the host `name`, asked for at most `within`.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub fn addresses(&self, name: &str, within: Duration) -> Result<Vec<IpAddr>, NoAnswer> {
        self.ask(name, within, async |live, name| {
            Ok(live.dns.resolver().lookup_ip(name).await?.iter().collect())
        })
    }

    fn ask<T>(
        &self,
        name: &str,
        within: Duration,
        question: impl AsyncFnOnce(&Live, Name) -> Result<Vec<T>, NetError>,
    ) -> Result<Vec<T>, NoAnswer> {
        let live = self.live.as_ref().ok_or(NoAnswer)?;
        let mut name = Name::from_str_relaxed(name).map_err(|_| NoAnswer)?;
        name.set_fqdn(true);
        let answer = live
            .event_loop
            .block_on(async { tokio::time::timeout(within.min(live.timeout), question(live, name)).await });
        match answer {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(NetError::Dns(DnsError::NoRecordsFound(_)))) => Ok(Vec::new()),
            Ok(Err(_)) | Err(_) => Err(NoAnswer),
        }
    }
}
