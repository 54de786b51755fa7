//! The elements of a DMARC report that mean something here, by their names.

/// An element, without its namespace. What elements of other names hold is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Feedback,
    OrgName,
    Email,
    ReportId,
    Begin,
    End,
    Published,
    Domain,
    Adkim,
    Aspf,
    P,
    Sp,
    Pct,
    Record,
    SourceIp,
    Count,
    Evaluated,
    Disposition,
    Dkim,
    Spf,
    Reason,
    Type,
    HeaderFrom,
    AuthResults,
    Result,
    Other,
}

/// Those of a row first: they are looked for most often.
const NAMES: [(&str, Tag); 25] = [
    ("domain", Tag::Domain),
    ("result", Tag::Result),
    ("dkim", Tag::Dkim),
    ("spf", Tag::Spf),
    ("record", Tag::Record),
    ("source_ip", Tag::SourceIp),
    ("count", Tag::Count),
    ("policy_evaluated", Tag::Evaluated),
    ("disposition", Tag::Disposition),
    ("header_from", Tag::HeaderFrom),
    ("auth_results", Tag::AuthResults),
    ("reason", Tag::Reason),
    ("type", Tag::Type),
    ("feedback", Tag::Feedback),
    ("org_name", Tag::OrgName),
    ("email", Tag::Email),
    ("report_id", Tag::ReportId),
    ("begin", Tag::Begin),
    ("end", Tag::End),
    ("policy_published", Tag::Published),
    ("adkim", Tag::Adkim),
    ("aspf", Tag::Aspf),
    ("p", Tag::P),
    ("sp", Tag::Sp),
    ("pct", Tag::Pct),
];

impl Tag {
    /// The element of this local name, in any case.
    pub(super) fn of(name: &str) -> Self {
        let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or(Self::Other, |(_, tag)| *tag)
    }
}
