//! The statements of one `Authentication-Results` field (RFC 8601 section 2.2), read without building a list of them.

use super::lexer::Lexer;
use std::borrow::Cow;

/// One field value: who wrote it, and an iterator over what it states. Statements that do not parse are passed over.
#[derive(Debug)]
pub(super) struct AuthenticationResults<'a> {
    authserv_id: Cow<'a, str>,
    lexer: Lexer<'a>,
}

/// One statement (`resinfo`) with those of its properties that mean something here. Of a property given twice, the
/// first stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ResInfo<'a> {
    pub(super) method: &'a str,
    pub(super) result: &'a str,
    /// The first comment after the result.
    pub(super) comment: Option<&'a str>,
    pub(super) mail_from: Option<Cow<'a, str>>,
    pub(super) helo: Option<Cow<'a, str>>,
    pub(super) signing_domain: Option<Cow<'a, str>>,
    pub(super) signing_identity: Option<Cow<'a, str>>,
    pub(super) selector: Option<Cow<'a, str>>,
    pub(super) header_from: Option<Cow<'a, str>>,
    pub(super) policy: Option<Cow<'a, str>>,
}

impl<'a> AuthenticationResults<'a> {
    /// Reads the authserv-id and stops before the first statement.
    ///
    /// A field that begins with a statement has no authserv-id: an unquoted one cannot hold `=`.
    pub(super) fn parse(value: &'a str) -> Self {
        let mut lexer = Lexer::new(value);
        lexer.skip_cfws();
        let start = lexer;
        let is_quoted = lexer.is_at(b'"');
        let authserv_id = lexer.value();
        let follows = lexer_after_cfws(lexer);
        if !is_quoted && (authserv_id.contains('=') || follows.is_at(b'=')) {
            return Self { authserv_id: Cow::Borrowed(""), lexer: start };
        }
        lexer.skip_statement();
        Self { authserv_id, lexer }
    }

    /// The name of the host that wrote the field; empty where it gave none.
    pub(super) fn authserv_id(&self) -> &str {
        &self.authserv_id
    }

    /// `method [/ version] = result`, and then properties up to the `;`.
    fn resinfo(&mut self) -> Option<ResInfo<'a>> {
        let method = self.lexer.name();
        self.lexer.skip_cfws();
        if self.lexer.eat(b'/') {
            self.lexer.skip_cfws();
            self.lexer.name();
            self.lexer.skip_cfws();
        }
        if method.is_empty() || !self.lexer.eat(b'=') {
            return None;
        }
        self.lexer.skip_cfws();
        let mut resinfo = ResInfo { method, result: self.lexer.name(), ..ResInfo::default() };
        loop {
            let comment = self.lexer.skip_cfws();
            resinfo.comment = resinfo.comment.or(comment);
            if self.lexer.is_at_end() || self.lexer.eat(b';') {
                return Some(resinfo);
            }
            if let Some((ptype, property, pvalue)) = self.property() {
                resinfo.set(ptype, property, pvalue);
            }
        }
    }

    /// `ptype . property = pvalue`; anything else, such as `reason=x` or Microsoft's `action=none`, is passed over.
    fn property(&mut self) -> Option<(&'a str, &'a str, Cow<'a, str>)> {
        let ptype = self.lexer.name();
        self.lexer.skip_cfws();
        let is_property = self.lexer.eat(b'.');
        self.lexer.skip_cfws();
        let property = if is_property { self.lexer.name() } else { "" };
        self.lexer.skip_cfws();
        let has_value = self.lexer.eat(b'=');
        if has_value {
            self.lexer.skip_cfws();
        }
        // Where the grammar is broken, this also passes what stands in the way.
        let is_word = !ptype.is_empty() && !has_value;
        let pvalue = if is_word { Cow::Borrowed("") } else { self.lexer.value() };
        (is_property && has_value).then_some((ptype, property, pvalue))
    }
}

fn lexer_after_cfws(mut lexer: Lexer<'_>) -> Lexer<'_> {
    lexer.skip_cfws();
    lexer
}

impl<'a> Iterator for AuthenticationResults<'a> {
    type Item = ResInfo<'a>;

    fn next(&mut self) -> Option<ResInfo<'a>> {
        loop {
            self.lexer.skip_cfws();
            if self.lexer.is_at_end() {
                return None;
            }
            if self.lexer.eat(b';') {
                continue;
            }
            if let Some(resinfo) = self.resinfo() {
                return Some(resinfo);
            }
            self.lexer.skip_statement();
        }
    }
}

impl<'a> ResInfo<'a> {
    fn set(&mut self, ptype: &str, property: &str, pvalue: Cow<'a, str>) {
        if let Some(place) = self.place(ptype, property) {
            place.get_or_insert(pvalue);
        }
    }

    /// The registry's names and those that receivers wrote before it or beside it.
    fn place(&mut self, ptype: &str, property: &str) -> Option<&mut Option<Cow<'a, str>>> {
        let is = |a: &str, b: &str| ptype.eq_ignore_ascii_case(a) && property.eq_ignore_ascii_case(b);
        let place = if is("smtp", "mailfrom") || is("smtp", "mfrom") || is("smtp", "mail") {
            &mut self.mail_from
        } else if is("smtp", "helo") || is("smtp", "ehlo") {
            &mut self.helo
        } else if is("header", "d") {
            &mut self.signing_domain
        } else if is("header", "i") {
            &mut self.signing_identity
        } else if is("header", "s") {
            &mut self.selector
        } else if is("header", "from") {
            &mut self.header_from
        } else if is("policy", "dmarc") || is("policy", "published-domain-policy") {
            &mut self.policy
        } else {
            return None;
        };
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, authserv_id: &str, expected: &[(&str, &str)]) {
        let mut results = AuthenticationResults::parse(value);
        assert_eq!(results.authserv_id(), authserv_id);
        let found: Vec<_> = results.by_ref().map(|resinfo| (resinfo.method, resinfo.result)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_authserv_id_may_carry_comments_quotes_and_a_version() {
        check("mx.example", "mx.example", &[]);
        check("(c) mx.example (c) 1; none", "mx.example", &[]);
        check(r#""mx; example" 1; spf=pass"#, "mx; example", &[("spf", "pass")]);
    }

    #[test]
    fn a_field_that_begins_with_a_statement_has_no_authserv_id() {
        check("spf=pass (sender IP is 192.0.2.1); dkim=fail", "", &[("spf", "pass"), ("dkim", "fail")]);
        check("spf = pass; dkim=fail", "", &[("spf", "pass"), ("dkim", "fail")]);
        check("", "", &[]);
    }

    #[test]
    fn what_does_not_parse_is_passed_over() {
        check("mx; ;; =; spf; spf=pass; (", "mx", &[("spf", "pass")]);
        check("mx; dkim/1 = (c) pass x ; .=/ ; spf=fail", "mx", &[("dkim", "pass"), ("spf", "fail")]);
    }

    #[track_caller]
    fn check_resinfo(statement: &str, expected: ResInfo<'_>) {
        let value = format!("mx; {statement}");
        assert_eq!(AuthenticationResults::parse(&value).next(), Some(expected));
    }

    #[test]
    fn properties_are_read_in_every_spelling_and_the_first_stands() {
        check_resinfo(
            "dkim=pass action=none (c) HEADER . D = a.example header.d=b.example header.i=@a.example reason=\"x y\" header.s=s1",
            ResInfo {
                method: "dkim",
                result: "pass",
                comment: Some("c"),
                signing_domain: Some("a.example".into()),
                signing_identity: Some("@a.example".into()),
                selector: Some("s1".into()),
                ..ResInfo::default()
            },
        );
    }

    #[test]
    fn broken_properties_do_not_hide_the_next() {
        check_resinfo(
            "spf=pass smtp/ smtp smtp.mailfrom= \"\" = . / word smtp.helo=h.example",
            ResInfo {
                method: "spf",
                result: "pass",
                mail_from: Some("".into()),
                helo: Some("h.example".into()),
                ..ResInfo::default()
            },
        );
    }
}
