//! Sign-ins as the directory in the cloud hands them out: one JSON object a line.

use super::line::{Line, Log, What, iso, quoted};
use super::place::DOMAIN;
use super::style::Style;

/// From where and with what somebody signs in.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) address: String,
    pub(crate) network: u32,
    pub(crate) system: String,
    pub(crate) browser: String,
    pub(crate) country: &'static str,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In, with a password alone.
    Password,
    /// In, with a second factor.
    SecondFactor,
    /// Wrong password.
    WrongPassword,
    /// The second factor was asked for.
    Asked,
    /// The second factor was refused, or nobody answered.
    Refused,
}

impl End {
    fn code(self) -> u32 {
        match self {
            Self::Password | Self::SecondFactor => 0,
            Self::WrongPassword => 50126,
            Self::Asked => 50074,
            Self::Refused => 500_121,
        }
    }

    fn requirement(self) -> &'static str {
        match self {
            Self::Password | Self::WrongPassword => "singleFactorAuthentication",
            _ => "multiFactorAuthentication",
        }
    }
}

/// Who signed in, or tried to.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    account: String,
    origin: Origin,
    end: End,
}

/// A sign-in to the mail of the house.
pub(crate) fn line(at: i64, account: &str, origin: &Origin, end: End) -> Line {
    let sign_in = SignIn { account: account.to_owned(), origin: origin.clone(), end };
    Line { at, log: Log::SignIn, what: What::SignIn(sign_in) }
}

pub(crate) fn text(sign_in: &SignIn, at: i64, style: Style) -> String {
    let SignIn { account, origin, end } = sign_in;
    let user = quoted(&format!("{account}@{DOMAIN}"));
    let (time, address, requirement, code) =
        (iso(at), quoted(&origin.address), end.requirement(), end.code());
    let device =
        format!("{{\"operatingSystem\":{},\"browser\":{}}}", quoted(&origin.system), quoted(&origin.browser));
    let (network, country) = (origin.network, origin.country);
    match style {
        Style::Usual => format!(
            "{{\"id\":\"{at:016x}\",\"createdDateTime\":\"{time}\",\"userPrincipalName\":{user},\
             \"appDisplayName\":\"Office 365 Exchange Online\",\"ipAddress\":{address},\"clientAppUsed\":\"Browser\",\
             \"autonomousSystemNumber\":{network},\"authenticationRequirement\":\"{requirement}\",\"isInteractive\":true,\
             \"status\":{{\"errorCode\":{code}}},\"deviceDetail\":{device},\"location\":{{\"countryOrRegion\":\"{country}\"}}}}"
        ),
        Style::Other => format!(
            "{{\"time\":\"{time}\",\"category\":\"SignInLogs\",\"operationName\":\"Sign-in activity\",\"resultType\":\"{code}\",\
             \"callerIpAddress\":{address},\"properties\":{{\"userPrincipalName\":{user},\"ipAddress\":{address},\
             \"status\":{{\"errorCode\":{code}}},\"deviceDetail\":{device},\"location\":{{\"countryOrRegion\":\"{country}\"}}}}}}"
        ),
    }
}
