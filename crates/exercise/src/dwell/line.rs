//! A line of a log of the dwell exercise, and the files that lines are written to: one a day and log, as servers rotate them.

use super::iis::Request;
use super::signin::SignIn;
use super::style::Style;
use super::tracking::Mail;
use super::windows::Happening;
use super::{http_proxy, iis, signin, tracking, windows};
use crate::calendar;

/// Which log a line stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Log {
    /// IIS of the mail server.
    ExchangeIis,
    /// IIS of the public web server.
    WebIis,
    /// Exchange's proxy, which knows the account and the back end.
    HttpProxy,
    /// Exchange's message tracking.
    Tracking,
    /// Events of Windows, as a shipper of logs writes them.
    Windows,
    /// Sign-ins of the directory in the cloud.
    SignIn,
}

impl Log {
    pub(crate) const ALL: [Self; 6] =
        [Self::ExchangeIis, Self::WebIis, Self::HttpProxy, Self::Tracking, Self::Windows, Self::SignIn];

    /// The name of its file on a day, such as `2021-07-13`.
    pub(crate) fn file(self, day: &str) -> String {
        let short: String = day.chars().filter(char::is_ascii_digit).skip(2).collect();
        match self {
            Self::ExchangeIis => format!("exch01/u_ex{short}.log"),
            Self::WebIis => format!("web01/u_ex{short}.log"),
            Self::HttpProxy => format!("exch01/HttpProxy_{day}.LOG"),
            Self::Tracking => format!("exch01/MSGTRK_{day}.LOG"),
            Self::Windows => format!("windows-{day}.jsonl"),
            Self::SignIn => format!("signins-{day}.jsonl"),
        }
    }

    /// Its word in the truth.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::ExchangeIis => "iis of the mail server",
            Self::WebIis => "iis of the web server",
            Self::HttpProxy => "http proxy",
            Self::Tracking => "message tracking",
            Self::Windows => "windows",
            Self::SignIn => "sign-ins",
        }
    }

    /// What stands before the first line.
    pub(crate) fn head(self, first: i64, style: Style) -> String {
        match self {
            Self::ExchangeIis | Self::WebIis => iis::head(first, style),
            Self::HttpProxy => http_proxy::head(first),
            Self::Tracking => tracking::head(first, style),
            Self::Windows | Self::SignIn => String::new(),
        }
    }
}

/// A line with the moment at which it was written.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) log: Log,
    pub(crate) what: What,
}

/// What a line tells.
#[derive(Clone, Debug)]
pub(crate) enum What {
    Request(Request),
    /// A request, and for which protocol of Exchange it was.
    Proxied(Request, &'static str),
    Mail(Mail),
    Happening(Happening),
    SignIn(SignIn),
}

impl Line {
    /// As it stands in the log, without its line break.
    pub(crate) fn text(&self, style: Style) -> String {
        match &self.what {
            What::Request(request) => iis::text(request, self.log, self.at, style),
            What::Proxied(request, protocol) => http_proxy::text(request, protocol, self.at),
            What::Mail(mail) => tracking::text(mail, self.at, style),
            What::Happening(happening) => windows::text(happening, self.at, style),
            What::SignIn(sign_in) => signin::text(sign_in, self.at, style),
        }
    }
}

/// `2021-07-13T09:00:00.250Z`
pub(crate) fn iso(at: i64) -> String {
    format!("{}.{:03}Z", calendar::utc(at.div_euclid(1_000), "%Y-%m-%dT%H:%M:%S"), at.rem_euclid(1_000))
}

/// A string of JSON (RFC 8259 section 7), with its quotes.
pub(crate) fn quoted(text: &str) -> String {
    crate::truth::quoted(text)
}

/// A value of a comma-separated file, in quotes where it must be (RFC 4180 section 2).
pub(crate) fn csv(text: &str) -> String {
    if text.contains([',', '"', ';']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(iso(1_609_718_400_007), "2021-01-04T00:00:00.007Z");
    }

    #[test]
    fn values_with_commas_are_quoted() {
        assert_eq!(csv("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv("plain"), "plain");
    }

    #[test]
    fn files_are_named_as_servers_name_them() {
        assert_eq!(Log::ExchangeIis.file("2021-07-13"), "exch01/u_ex210713.log");
        assert_eq!(Log::SignIn.file("2021-07-13"), "signins-2021-07-13.jsonl");
    }
}
