//! Results as an `Authentication-Results` field (RFC 8601) of our own.

use super::{Authentication, Dkim, Dmarc, DmarcPolicy, Spf, SpfIdentity};

/// Between two results: the field is folded, so that no line becomes too long however many signatures there are.
const FOLD: &str = ";\n\t";

impl Authentication {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The value of a field by `authserv_id` that says what is known, folded with line feeds; `none` where that is nothing
    /// (RFC 8601 section 2.2). Of what the message itself says, only what is a name is repeated.
    ///
    /// ```
    /// use mail::authentication::{AuthResult, Authentication};
    /// let known = Authentication { arc: Some(AuthResult::Pass), ..Authentication::default() };
    /// assert_eq!(known.to_field("gate.house.example"), "gate.house.example;\n\tarc=pass");
    /// ```
    pub fn to_field(&self, authserv_id: &str) -> String {
        let mut results = Vec::new();
        results.extend(self.spf.as_ref().map(spf));
        results.extend(self.dkim.iter().map(dkim));
        results.extend(self.dmarc.as_ref().map(dmarc));
        results.extend(self.arc.map(|result| format!("arc={}", result.as_str())));
        if results.is_empty() {
            return format!("{authserv_id}; none");
        }
        format!("{authserv_id}{FOLD}{}", results.join(FOLD))
    }
}

fn spf(spf: &Spf) -> String {
    let property = match spf.identity {
        SpfIdentity::MailFrom => "smtp.mailfrom",
        SpfIdentity::Helo => "smtp.helo",
    };
    format!("spf={}{}", spf.result.as_str(), named(property, &spf.domain))
}

fn dkim(dkim: &Dkim) -> String {
    let (domain, selector) = (named("header.d", &dkim.domain), named("header.s", &dkim.selector));
    format!("dkim={}{domain}{selector}", dkim.result.as_str())
}

fn dmarc(dmarc: &Dmarc) -> String {
    let policy = match dmarc.policy {
        Some(DmarcPolicy::None) => " (p=none)",
        Some(DmarcPolicy::Quarantine) => " (p=quarantine)",
        Some(DmarcPolicy::Reject) => " (p=reject)",
        None => "",
    };
    format!("dmarc={}{policy}{}", dmarc.result.as_str(), named("header.from", &dmarc.header_from))
}

/// A property whose value is a name; nothing where it is none, so that nobody outside writes into our field.
fn named(property: &str, name: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || !name.chars().all(is_part) { String::new() } else { format!(" {property}={name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::AuthResult;

    const OURS: &str = "gate.house.example";

    fn known() -> Authentication {
        let dkim = |result, domain: &str| Dkim { result, domain: domain.into(), selector: "s1".into() };
        Authentication {
            spf: Some(Spf {
                result: AuthResult::Softfail,
                domain: "bounce.b.example".into(),
                identity: SpfIdentity::MailFrom,
            }),
            dkim: vec![dkim(AuthResult::Pass, "b.example"), dkim(AuthResult::Fail, "c.example")],
            dmarc: Some(Dmarc {
                result: AuthResult::Pass,
                header_from: "b.example".into(),
                policy: Some(DmarcPolicy::Reject),
            }),
            arc: Some(AuthResult::Fail),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let helo =
            Spf { result: AuthResult::None, domain: "out.b.example".into(), identity: SpfIdentity::Helo };
        let few = Authentication { spf: Some(helo), ..Authentication::default() };
        for authentication in [known(), few, Authentication::default()] {
            let field = authentication.to_field(OURS).replace('\n', " ");
            let read = Authentication::from_headers(std::iter::once(field.as_str()), &[OURS.to_owned()]);
            assert_eq!(read, authentication, "{field}");
        }
    }

    #[test]
    fn a_name_that_is_none_writes_nothing() {
        let mut authentication = known();
        authentication.dkim.truncate(1);
        authentication.dkim[0].selector = "s; dmarc=pass header.from=bank.example".into();
        let field = authentication.to_field(OURS);
        assert_eq!(field.matches("dmarc=").count(), 1, "{field}");
        assert!(field.contains("dkim=pass header.d=b.example;"), "{field}");
    }
}
