//! Live checks of SPF, DKIM, ARC and DMARC, for an installation whose configuration allows DNS.
//!
//! A check asks name servers about domains that the sender chose. So the owner of those domains can see that, and when,
//! a message arrived, as with every mail server. That is why [`Resolver::offline`] is the default, and why the name
//! servers are either those of the system or those that the configuration names.

use mail::authentication::{AuthResult, Authentication, Spf, SpfIdentity};
use mail::domain::{domain_of, normal_host};
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::net::NetError;
use mail_auth::hickory_resolver::proto::rr::{Name, RData};
use mail_auth::hickory_resolver::system_conf::read_system_conf;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, MessageAuthenticator, SpfOutput};
use spf_record::Published;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::runtime::Runtime;

mod lookup;
mod outcome;
mod signature_limit;
pub(crate) mod spf_record;

pub use lookup::NoAnswer;

/// Answers that the resolver remembers for their time to live, so that a burst of one sender's mail asks once.
const CACHED_ANSWERS_MAX: u64 = 4_096;
/// The name of this host for the `%{r}` macro (RFC 7208 section 7.3), which a sender's domain has no need to learn.
const RECEIVING_HOST: &str = "unknown";

/// Why a resolver could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ResolverError {
    /// The system refused the event loop that waits for answers.
    #[error("cannot start the event loop of the resolver")]
    EventLoop(#[source] std::io::Error),
    /// The system's or the given name servers cannot be used.
    #[error("cannot use the name servers; name them in the configuration, or stay offline")]
    NameServers(#[source] NetError),
}

/// What the SMTP session says about a message (RFC 5321).
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The address that the message was received from.
    pub client_ip: IpAddr,
    /// The name that the client said in HELO or EHLO.
    pub helo: &'a str,
    /// The address of MAIL FROM without its angle brackets; empty for a bounce.
    pub mail_from: &'a str,
}

/// Checks messages against DNS, or nothing at all when it is offline.
///
/// It owns a single-threaded event loop: [`Resolver::check`] blocks, several threads may call it at once, and no
/// asynchronous task may.
#[derive(Default)]
pub struct Resolver {
    live: Option<Live>,
}

struct Live {
    event_loop: Runtime,
    dns: MessageAuthenticator,
    /// For all checks of one message together.
    timeout: Duration,
}

impl Resolver {
    /// A resolver that asks nobody and knows nothing. This is the default.
    pub fn offline() -> Self {
        Self::default()
    }

    /// A resolver on the system's name servers (`/etc/resolv.conf`) that spends at most `timeout` on one message.
    ///
    /// # Errors
    /// If the system's configuration cannot be read, or the event loop cannot start.
    pub fn system(timeout: Duration) -> Result<Self, ResolverError> {
        let (servers, options) = read_system_conf().map_err(ResolverError::NameServers)?;
        Self::live(servers, options, timeout)
    }

    /// A resolver on the given name servers, by UDP and TCP, that spends at most `timeout` on one message.
    ///
    /// # Errors
    /// If the event loop cannot start.
    pub fn servers(addresses: &[SocketAddr], timeout: Duration) -> Result<Self, ResolverError> {
        let servers = addresses.iter().map(name_server).collect();
        Self::live(ResolverConfig::from_parts(None, Vec::new(), servers), ResolverOpts::default(), timeout)
    }

    /// Whether this resolver may ask anybody.
    pub fn is_offline(&self) -> bool {
        self.live.is_none()
    }

    /// Checks a message, at most for the resolver's timeout; what was not answered by then is a `temperror`.
    ///
    /// `raw` is the message as it was received; an empty one has its SPF checked alone. A message with more signatures
    /// than [`model::limit`] allows has one DKIM result `policy`, and no DMARC and ARC results.
    ///
    /// # Panics
    /// If it is called from an asynchronous task.
    pub fn check(&self, raw: &[u8], envelope: &Envelope<'_>) -> Authentication {
        let mut found = Authentication::default();
        if let Some(live) = &self.live {
            let checks = live.complete(&mut found, raw, envelope);
            // What the deadline cuts off stands in `found` as unanswered, so its error adds nothing.
            live.event_loop.block_on(async { tokio::time::timeout(live.timeout, checks).await }).ok();
        }
        found
    }

    fn live(
        servers: ResolverConfig,
        mut options: ResolverOpts,
        timeout: Duration,
    ) -> Result<Self, ResolverError> {
        // Two tries fit into the time of a message; a lost packet must not cost a result.
        options.timeout = timeout / 2;
        options.attempts = 2;
        options.cache_size = CACHED_ANSWERS_MAX;
        // What a sender's domain says may not depend on this host's own table of names.
        options.use_hosts_file = ResolveHosts::Never;
        let event_loop = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ResolverError::EventLoop)?;
        let dns = {
            let _entered = event_loop.enter();
            MessageAuthenticator::new(servers, options).map_err(ResolverError::NameServers)?
        };
        Ok(Self { live: Some(Live { event_loop, dns, timeout }) })
    }
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

impl Live {
    /// Fills in one result after the other. Each stands at `temperror` until its check is done, so that the future can
    /// be dropped at any time.
    async fn complete(&self, found: &mut Authentication, raw: &[u8], envelope: &Envelope<'_>) {
        let spf = self.spf(found, envelope).await;
        if !signature_limit::is_kept(raw) {
            found.dkim = vec![outcome::refused()];
            return;
        }
        let Some(message) = AuthenticatedMessage::parse(raw) else { return };
        found.dkim = outcome::unanswered_dkim(&message);
        found.arc = outcome::unanswered_arc(&message);
        found.dmarc = Some(outcome::unanswered_dmarc(&message));

        let dkim = self.dns.verify_dkim(&message).await;
        found.dkim = outcome::dkim(&dkim);
        let domain = checked_domain(envelope);
        let dmarc = self.dns.verify_dmarc(DmarcParameters::new(&message, &dkim, domain, &spf)).await;
        found.dmarc = Some(outcome::dmarc(&dmarc));
        if found.arc.is_some() {
            found.arc = Some(outcome::arc(&self.dns.verify_arc(&message).await));
        }
    }

    /// Checks MAIL FROM, or HELO for a bounce, which is the identity that DMARC needs (RFC 7489 section 3.1.2).
    async fn spf(&self, found: &mut Authentication, envelope: &Envelope<'_>) -> SpfOutput {
        let Envelope { client_ip, helo, mail_from } = *envelope;
        let unanswered = Spf {
            result: AuthResult::Temperror,
            domain: normal_host(checked_domain(envelope)).into_owned(),
            identity: if mail_from.is_empty() { SpfIdentity::Helo } else { SpfIdentity::MailFrom },
        };
        let stated = found.spf.insert(unanswered);
        if !is_multi_label(checked_domain(envelope)) {
            stated.result = AuthResult::None;
            return SpfOutput::default();
        }
        if self.published_spf(checked_domain(envelope)).await == Published::Unsound {
            stated.result = AuthResult::Permerror;
            return SpfOutput::default();
        }
        // A socket for both families reports an IPv4 client as `::ffff:192.0.2.1`; it is an IPv4 client for SPF (RFC 7208
        // section 5).
        let client_ip = client_ip.to_canonical();
        let parameters = SpfParameters::verify_mail_from(client_ip, helo, RECEIVING_HOST, mail_from);
        let output = self.dns.verify_spf(parameters).await;
        stated.result = outcome::spf(output.result());
        output
    }

    /// Looks at the domain's own record before `mail-auth` does, which then finds the answer in the cache.
    async fn published_spf(&self, domain: &str) -> Published {
        let Ok(mut name) = Name::from_str_relaxed(domain) else { return Published::Nothing };
        name.set_fqdn(true);
        let Ok(lookup) = self.dns.resolver().txt_lookup(name).await else { return Published::Nothing };
        let texts = lookup.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(txt) => Some(txt.txt_data.concat()),
            _ => None,
        });
        let texts: Vec<Vec<u8>> = texts.collect();
        spf_record::published(texts.iter().map(Vec::as_slice))
    }
}

fn checked_domain<'a>(envelope: &Envelope<'a>) -> &'a str {
    if envelope.mail_from.is_empty() { envelope.helo } else { domain_of(envelope.mail_from) }
}

/// Whether a domain can be asked about at all; for others, such as address literals, there is nothing to check
/// (RFC 7208 section 4.3).
fn is_multi_label(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let mut labels = domain.split('.');
    domain.contains('.')
        && !domain.starts_with('[')
        && domain.len() <= model::limit::DOMAIN_BYTES_MAX
        && labels.all(|label| (1..=63).contains(&label.len()))
}

#[cfg(test)]
mod tests;
