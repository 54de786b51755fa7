//! Requests as IIS logs them (W3C extended log file format).

use super::line::{Line, Log, What};
use super::style::Style;
use crate::calendar;

const FIELDS: &str = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) \
                      sc-status sc-substatus sc-win32-status time-taken";
const OTHER_FIELDS: &str = "date time s-sitename s-computername s-ip c-ip cs-username cs-method cs-uri-stem cs-uri-query cs-version \
                            cs(User-Agent) sc-status sc-bytes time-taken";

/// The mail server's address inside.
pub(crate) const EXCHANGE: &str = "10.20.0.10";
/// The public web server's address inside.
pub(crate) const WEB: &str = "10.20.0.20";

pub(crate) fn head(first: i64, style: Style) -> String {
    let fields = if style == Style::Usual { FIELDS } else { OTHER_FIELDS };
    let date = calendar::utc(first.div_euclid(1_000), "%Y-%m-%d %H:%M:%S");
    format!(
        "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: {date}\n#Fields: {fields}\n"
    )
}

/// A request; empty texts become the format's `-`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) stem: String,
    pub(crate) query: String,
    pub(crate) user: String,
    pub(crate) address: String,
    pub(crate) agent: String,
    pub(crate) referer: String,
    pub(crate) status: u16,
}

impl Request {
    pub(crate) fn get(stem: &str, address: &str, agent: &str) -> Self {
        Self {
            method: "GET",
            stem: stem.to_owned(),
            address: address.to_owned(),
            agent: agent.to_owned(),
            status: 200,
            ..Self::default()
        }
    }

    pub(crate) fn post(stem: &str, address: &str, agent: &str) -> Self {
        Self { method: "POST", ..Self::get(stem, address, agent) }
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    pub(crate) fn user(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }

    pub(crate) fn referer(mut self, referer: &str) -> Self {
        referer.clone_into(&mut self.referer);
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The line in the log of one of the two servers.
    pub(crate) fn line(&self, log: Log, at: i64) -> Line {
        Line { at, log, what: What::Request(self.clone()) }
    }
}

pub(crate) fn text(request: &Request, log: Log, at: i64, style: Style) -> String {
    let (server, name) = if log == Log::WebIis { (WEB, "WEB01") } else { (EXCHANGE, "EXCH01") };
    let when = calendar::utc(at.div_euclid(1_000), "%Y-%m-%d %H:%M:%S");
    let taken = 3 + at.rem_euclid(400);
    let [stem, query, user, address, agent, referer] =
        [&request.stem, &request.query, &request.user, &request.address, &request.agent, &request.referer]
            .map(|value| shown(value));
    let (method, status) = (request.method, request.status);
    match style {
        Style::Usual => format!(
            "{when} {server} {method} {stem} {query} 443 {user} {address} {agent} {referer} {status} 0 0 {taken}"
        ),
        Style::Other => format!(
            "{when} W3SVC1 {name} {server} {address} {user} {method} {stem} {query} HTTP/1.1 {agent} {status} 4711 {taken}"
        ),
    }
}

/// IIS writes spaces as plus signs and nothing as a dash.
fn shown(value: &str) -> String {
    if value.is_empty() { "-".to_owned() } else { value.replace(' ', "+") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_a_value_for_each_field() {
        let request = Request::post("/owa/auth.owa", "203.0.113.7", "A browser/1.0").status(302);
        let line = request.line(Log::ExchangeIis, 1_609_718_400_000);
        for (style, fields) in [(Style::Usual, FIELDS), (Style::Other, OTHER_FIELDS)] {
            assert_eq!(line.text(style).split(' ').count(), fields.split_whitespace().count());
        }
        assert_eq!(
            line.text(Style::Usual),
            "2021-01-04 00:00:00 10.20.0.10 POST /owa/auth.owa - 443 - 203.0.113.7 A+browser/1.0 - 302 0 0 3"
        );
    }
}
