//! `domain check`: how well our own domains are protected.

use crate::arguments::{Domain, DomainCheck};
use crate::output::{self, BadInput, Outcome, plain};
use anyhow::{Context, Result};
use runtime::posture::{self, Live, PolicyFile, Posture, Question};
use runtime::resolver::Resolver;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What the check of one domain may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(8);
/// What one question may take.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(2);
const DNS_PORT: u16 = 53;

pub(crate) fn run(verb: &Domain) -> Result<Outcome> {
    match verb {
        Domain::Check(arguments) => check(arguments),
    }
}

fn check(arguments: &DomainCheck) -> Result<Outcome> {
    let Some(dns) = &arguments.dns else {
        return Err(
            BadInput("a check asks name servers: allow it with --dns or --dns=ADDRESS".to_owned()).into()
        );
    };
    let policy = policy(arguments)?;
    let policy = policy.as_deref().map_or(PolicyFile::NotFetched, PolicyFile::Text);
    let mut found = Vec::new();
    for domain in &arguments.domains {
        let live = Live::new(resolver(dns)?, CHECK_TIMEOUT);
        found.push(posture::check(&live, &Question { domain, selectors: &arguments.selector, policy }));
    }
    output::rows(arguments.printing.format, &found, || found.iter().map(table).collect())?;
    Ok(Outcome::Done)
}

fn policy(arguments: &DomainCheck) -> Result<Option<String>> {
    let Some(path) = &arguments.mta_sts_policy else { return Ok(None) };
    if arguments.domains.len() > 1 {
        return Err(BadInput("--mta-sts-policy is of one domain: check it by itself".to_owned()).into());
    }
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}

/// The name servers of the system, or the one at an address, perhaps with its port.
fn resolver(dns: &str) -> Result<Resolver> {
    if dns == "system" {
        return Ok(Resolver::system(QUESTION_TIMEOUT)?);
    }
    let address = dns.parse::<SocketAddr>();
    let address = address.or_else(|_| dns.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DNS_PORT)));
    let address = address.map_err(|_| BadInput(format!("--dns={dns}: not an address")))?;
    Ok(Resolver::servers(&[address], QUESTION_TIMEOUT)?)
}

fn table(posture: &Posture) -> String {
    let mut table = output::table(&["", "grade", "what is so", "what to do"]);
    for finding in &posture.findings {
        table.add_row([
            finding.topic.word().to_owned(),
            finding.grade.word().to_owned(),
            plain(&finding.what),
            plain(&finding.advice),
        ]);
    }
    format!("{}: {}\n{table}\n", plain(&posture.domain), posture.grade.word())
}
