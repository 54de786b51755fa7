//! Domains and addresses in one spelling: lower case, IDNA A-labels, and the organization behind a host.

use std::borrow::Cow;

/// An addr-spec (RFC 5322 section 3.4.1) in the spelling in which addresses are compared: lower case, with the domain as
/// IDNA A-labels. `None` where there is no `@` or either side is empty.
pub fn normal_address(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    let (local, domain) = text.rsplit_once('@')?;
    if local.is_empty() || domain.is_empty() || text.len() > 1_000 {
        return None;
    }
    Some(format!("{}@{}", local.to_lowercase(), normal_host(domain)))
}

/// A host name in lower case as IDNA A-labels (UTS 46); what is no valid name stays as it is, in lower case.
pub fn normal_host(host: &str) -> Cow<'_, str> {
    let host = host.trim_end_matches('.');
    if host
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
    {
        return Cow::Borrowed(host);
    }
    match idna::domain_to_ascii(host) {
        Ok(ascii) if !ascii.is_empty() => Cow::Owned(ascii),
        _ => Cow::Owned(host.to_lowercase()),
    }
}

/// The part after the last `@`, or the whole text where there is none.
pub fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain)
}

/// The organizational domain of a host (RFC 7489 section 3.2): one label below its public suffix.
///
/// The names that RFC 2606 reserves for documentation (`example.com`, `.net`, `.org`) belong to nobody, so each label
/// below them counts as an organization of its own.
pub fn organizational_domain(host: &str) -> &str {
    for reserved in ["example.com", "example.net", "example.org"] {
        if let Some(prefix) = host.strip_suffix(reserved).and_then(|prefix| prefix.strip_suffix('.')) {
            let label = prefix.rsplit('.').next().unwrap_or(prefix);
            let start = host.len() - reserved.len() - 1 - label.len();
            return host.get(start..).unwrap_or(host);
        }
    }
    psl::domain_str(host).unwrap_or(host)
}

/// The label that names the organization: `northmere-herald` of `mail.northmere-herald.example`.
pub fn organization_label(host: &str) -> &str {
    let organization = organizational_domain(host);
    organization.split('.').next().unwrap_or(organization)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        assert_eq!(
            normal_address(" <Clerk@B\u{fc}ro.Example> ").as_deref(),
            Some("clerk@xn--bro-hoa.example")
        );
        assert_eq!(normal_address("no address"), None);
        assert_eq!(normal_address("@x.example"), None);
    }

    #[test]
    fn reserved_names_belong_to_nobody() {
        assert_eq!(organizational_domain("a.daily.example.com"), "daily.example.com");
        assert_eq!(organizational_domain("example.com"), "example.com");
        assert_eq!(organizational_domain("www.daily.co.uk"), "daily.co.uk");
        assert_eq!(organization_label("mail.daily.example"), "daily");
    }
}
