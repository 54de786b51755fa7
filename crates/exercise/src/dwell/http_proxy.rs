//! Requests as Exchange's proxy logs them: comma-separated, with the account and the server behind.

use super::iis::Request;
use super::line::{Line, Log, What, csv, iso};
use super::place::DOMAIN;

const FIELDS: &str = "DateTime,RequestId,Protocol,UrlHost,UrlStem,AuthenticationType,IsAuthenticated,AuthenticatedUser,AnchorMailbox,\
                      UserAgent,ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,Method,ProxyAction,TargetServer,UrlQuery";

pub(crate) fn head(first: i64) -> String {
    format!(
        "{FIELDS}\n#Software: Microsoft Exchange Server\n#Version: 15.01.2242.010\n#Log-type: HttpProxy Logs\n#Date: {}\n#Fields: {FIELDS}\n",
        iso(first)
    )
}

/// The line that goes with a request in the log of IIS.
pub(crate) fn line(request: &Request, protocol: &'static str, at: i64) -> Line {
    Line { at, log: Log::HttpProxy, what: What::Proxied(request.clone(), protocol) }
}

pub(crate) fn text(request: &Request, protocol: &str, at: i64) -> String {
    let is_known = !request.user.is_empty();
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let values = [
        iso(at),
        format!("{:08x}-0000-4000-8000-{at:012x}", at.rem_euclid(0x1_0000_0000)),
        protocol.to_owned(),
        format!("mail.{DOMAIN}"),
        request.stem.clone(),
        if is_known { "FBA" } else { "" }.to_owned(),
        if is_known { "true" } else { "false" }.to_owned(),
        request.user.clone(),
        String::new(),
        request.agent.clone(),
        request.address.clone(),
        "EXCH01".to_owned(),
        request.status.to_string(),
        request.status.to_string(),
        request.method.to_owned(),
        "Proxy".to_owned(),
        format!("exch01.{DOMAIN}"),
        query,
    ];
    let values: Vec<String> = values.iter().map(|value| csv(value)).collect();
    values.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dwell::style::Style;

    #[test]
    fn a_line_has_a_value_for_each_field() {
        let request = Request::get("/owa/", "203.0.113.7", "browser").user("NORTHBOARD\\pat");
        let line = line(&request, "Owa", 1_609_718_400_000);
        assert_eq!(line.text(Style::Usual).split(',').count(), FIELDS.split(',').count());
    }
}
