//! Domains: who sends in our name, and how well our own domains are set up.

use super::chrome::{Chrome, Section, document};
use super::{chart, piece, text};
use maud::{Markup, html};
use model::EventTime;
use runtime::posture::Grade;

/// The page.
#[derive(Debug, Clone)]
pub struct DomainsView {
    /// Our own domains.
    pub domains: Vec<DomainView>,
}

/// One of our domains.
#[derive(Debug, Clone)]
pub struct DomainView {
    /// Its name.
    pub domain: String,
    /// How it is set up.
    pub posture: Vec<PostureItem>,
    /// When that was looked up last.
    pub checked: Option<EventTime>,
    /// What DMARC aggregate reports say.
    pub dmarc: Option<DmarcSummary>,
    /// What TLS reports say.
    pub tls: Option<TlsSummary>,
}

/// One thing about how a domain is set up.
#[derive(Debug, Clone)]
pub struct PostureItem {
    /// Its name, such as `SPF`.
    pub name: String,
    /// How it is.
    pub grade: Grade,
    /// What was found.
    pub about: String,
    /// What to do; empty where there is nothing.
    pub advice: String,
}

/// DMARC aggregate reports (RFC 7489, 7.2) over some time.
#[derive(Debug, Clone)]
pub struct DmarcSummary {
    /// Reports taken in.
    pub reports: u64,
    /// Messages that passed, by SPF or DKIM in alignment.
    pub passed: u64,
    /// Messages that did not.
    pub failed: u64,
    /// The same by day, oldest first.
    pub days: Vec<PassCount>,
    /// Who sent in our name, the most first.
    pub sources: Vec<SourceRow>,
}

/// A day's messages in DMARC reports.
#[derive(Debug, Clone, Copy)]
pub struct PassCount {
    /// Any time of the day.
    pub day: EventTime,
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
}

/// A host that sent in our name.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Its address.
    pub address: String,
    /// Messages that passed.
    pub passed: u64,
    /// Messages that did not.
    pub failed: u64,
}

/// TLS reports (RFC 8460) over some time.
#[derive(Debug, Clone)]
pub struct TlsSummary {
    /// Reports taken in.
    pub reports: u64,
    /// Sessions with a working TLS.
    pub successful: u64,
    /// Sessions without.
    pub failed: u64,
    /// Why they failed, the most first.
    pub faults: Vec<(String, u64)>,
}

/// Markup of the page.
pub fn render(view: &DomainsView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Domains" }, "Who sends in our name, and how well our domains are set up against it."))
        @if view.domains.is_empty() {
            (piece::empty("No domain of ours is known.", "Name them in the configuration, and point DMARC and TLS reports at the report mailbox."))
        }
        @for domain in &view.domains { (one(domain)) }
    };
    document(chrome, Some(Section::Domains), "Domains", body)
}

fn one(domain: &DomainView) -> Markup {
    html! {
        article.card {
            header {
                h2 { (text::foreign(&domain.domain)) }
                @if let Some(checked) = domain.checked { span.quiet { "looked up " (text::when(checked)) } }
            }
            @if domain.checked.is_none() {
                p.quiet { "How it is protected was not looked up: that asks name servers, which the configuration has to allow (" code { "judging.dns" } ")." }
            }
            ul.posture {
                @for item in &domain.posture {
                    li class={ "grade grade-" (item.grade.word()) } {
                        span.sensor-head { strong { (text::visible(&item.name)) } " " span.grade-word { (item.grade.word()) } }
                        span.grade-about { (text::foreign(&item.about)) }
                        @if !item.advice.is_empty() { span.grade-about { "To do: " (text::foreign(&item.advice)) } }
                    }
                }
            }
            (dmarc(domain.dmarc.as_ref()))
            (tls(domain.tls.as_ref()))
        }
    }
}

fn dmarc(summary: Option<&DmarcSummary>) -> Markup {
    html! {
        h3 { "Who sends in our name" }
        @match summary {
            None => p.quiet { "No DMARC report so far." },
            Some(summary) => {
                p {
                    (text::counted(summary.reports, "report")) ": " (text::number(summary.passed)) " mails passed, "
                    (text::number(summary.failed)) " did not."
                }
                (chart::columns::passes(&summary.days))
                (sources(&summary.sources))
            },
        }
    }
}

fn sources(sources: &[SourceRow]) -> Markup {
    html! {
        @if !sources.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="Senders in our name" {
                table.list {
                    thead { tr { th scope="col" { "Sending host" } th.number scope="col" { "Passed" } th.number scope="col" { "Failed" } } }
                    tbody {
                        @for source in sources {
                            tr {
                                th scope="row" { (text::foreign(&source.address)) }
                                td.number { (text::number(source.passed)) }
                                td.number { (text::number(source.failed)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tls(summary: Option<&TlsSummary>) -> Markup {
    html! {
        h3 { "Encryption on the way to us" }
        @match summary {
            None => p.quiet { "No TLS report so far." },
            Some(summary) => {
                p {
                    (text::counted(summary.reports, "report")) ": " (text::number(summary.successful)) " sessions encrypted, "
                    (text::number(summary.failed)) " not."
                }
                @if !summary.faults.is_empty() { (chart::bars::counts(&summary.faults, "Why not", "Sessions")) }
            },
        }
    }
}
