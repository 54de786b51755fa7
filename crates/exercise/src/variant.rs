//! Which attack an exercise contains: LANTERN's two campaigns, none, or one campaign out of a grid of variants.

mod grid;

use std::fmt;
use std::str::FromStr;

use crate::calendar::DAY;
use crate::page::BeaconKind;

/// Fewest recipients of an injected campaign.
const RECIPIENTS_MIN: u16 = 3;
/// Most recipients of an injected campaign.
const RECIPIENTS_MAX: u16 = 400;
/// Most sender accounts of an injected campaign.
const ACCOUNTS_MAX: u16 = 10;
/// Longest injected campaign, in seconds.
const DURATION_MAX_SECS: i64 = 180 * DAY;

/// What is put into the lawful life of the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The hostile campaigns.
    pub attack: Attack,
    /// Whether a lawful organiser of events, unknown before T1, starts to write to most of the forum after T1.
    pub newcomer: bool,
}

/// The hostile campaigns of an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attack {
    /// C1 from T1 and C2 from T5, as the exercise's story has them.
    Lantern,
    /// Lawful life only: whatever is reported is a false campaign.
    None,
    /// One campaign, C1, that starts at T1.
    Single(Injection),
}

/// Whether all sender accounts use one HTML template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// One for all accounts.
    Shared,
    /// Each account has its own.
    PerSender,
}

/// Whether the mails about one article have one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Word for word the same.
    Same,
    /// Each mail words it anew.
    Paraphrased,
}

/// Whose tracker the mails report to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracker {
    /// That of the mail-merge service, which lawful customers share.
    Mailer,
    /// One on a host of the attacker's own.
    Own,
}

/// Whether the tracker's host changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// One host.
    Fixed,
    /// Another for each account.
    Rotating,
}

/// One hostile campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Injection {
    /// Templates over accounts.
    pub template: Template,
    /// Texts over mails.
    pub body: Body,
    /// Whose tracker.
    pub tracker: Tracker,
    /// Tracker hosts over accounts.
    pub hosts: Hosts,
    /// The remote load that reports.
    pub beacon: BeaconKind,
    /// Sender accounts, 1 to 10.
    pub accounts: u16,
    /// Members written to, 3 to 400.
    pub recipients: u16,
    /// From the first mail to the last, in seconds: an hour to 180 days.
    pub duration_secs: i64,
    /// Share of the recipients who are in the forum, 50 to 100 per cent.
    pub purity_percent: u8,
}

/// Why a variant's text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VariantError {
    /// The text has a part that is no `key=value` with a known key.
    #[error(
        "unknown variant key {0:?}; known: template, body, tracker, hosts, beacon, accounts, recipients, duration, purity, newcomer"
    )]
    Key(String),
    /// A value is not one that its key takes.
    #[error("variant key {key} takes {expected}, not {value:?}")]
    Value {
        /// The key.
        key: &'static str,
        /// What was given.
        value: String,
        /// What the key takes.
        expected: &'static str,
    },
}

impl Default for Variant {
    fn default() -> Self {
        Self { attack: Attack::Lantern, newcomer: false }
    }
}

impl Default for Injection {
    /// C1 of the story: ten accounts at the mail-merge service write to 40 members within five days.
    fn default() -> Self {
        Self {
            template: Template::Shared,
            body: Body::Same,
            tracker: Tracker::Mailer,
            hosts: Hosts::Fixed,
            beacon: BeaconKind::Img,
            accounts: 10,
            recipients: 40,
            duration_secs: 5 * DAY,
            purity_percent: 95,
        }
    }
}

impl Injection {
    /// Mails in all: 2.6 to a member, as in C1.
    pub(crate) fn messages(&self) -> usize {
        (usize::from(self.recipients) * 13).div_ceil(5)
    }

    /// Recipients who are in the forum.
    pub(crate) fn forum_recipients(&self) -> usize {
        (usize::from(self.recipients) * usize::from(self.purity_percent) + 50) / 100
    }
}

impl Variant {
    /// Reads `lantern`, `none`, or a list such as `beacon=css,accounts=5,duration=1h,purity=0.8`; what the list leaves
    /// out is as in C1.
    ///
    /// # Errors
    /// A [`VariantError`] for the first part that cannot be read.
    pub fn parse(text: &str) -> Result<Self, VariantError> {
        text.parse()
    }
}

impl FromStr for Variant {
    type Err = VariantError;

    fn from_str(text: &str) -> Result<Self, VariantError> {
        let mut variant = Self::default();
        let mut injection = Injection::default();
        let mut is_single = false;
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                None if part == "lantern" => variant.attack = Attack::Lantern,
                None if part == "none" => variant.attack = Attack::None,
                Some(("newcomer", value)) => {
                    variant.newcomer =
                        choice("newcomer", value, "yes or no", &[("yes", true), ("no", false)])?;
                }
                Some((key, value)) => {
                    set(&mut injection, key, value)?;
                    is_single = true;
                }
                None => return Err(VariantError::Key(part.to_owned())),
            }
        }
        if is_single {
            variant.attack = Attack::Single(injection);
        }
        Ok(variant)
    }
}

const BEACONS: [(&str, BeaconKind); 5] = [
    ("img", BeaconKind::Img),
    ("css", BeaconKind::Css),
    ("font", BeaconKind::Font),
    ("background", BeaconKind::Background),
    ("link-only", BeaconKind::LinkOnly),
];
const TEMPLATES: [(&str, Template); 2] = [("shared", Template::Shared), ("per-sender", Template::PerSender)];
const BODIES: [(&str, Body); 2] = [("same", Body::Same), ("paraphrased", Body::Paraphrased)];
const TRACKERS: [(&str, Tracker); 2] = [("mailer", Tracker::Mailer), ("own", Tracker::Own)];
const HOSTS: [(&str, Hosts); 2] = [("fixed", Hosts::Fixed), ("rotating", Hosts::Rotating)];

fn set(injection: &mut Injection, key: &str, value: &str) -> Result<(), VariantError> {
    match key {
        "template" => injection.template = choice("template", value, "shared or per-sender", &TEMPLATES)?,
        "body" => injection.body = choice("body", value, "same or paraphrased", &BODIES)?,
        "tracker" => injection.tracker = choice("tracker", value, "mailer or own", &TRACKERS)?,
        "hosts" => injection.hosts = choice("hosts", value, "fixed or rotating", &HOSTS)?,
        "beacon" => {
            injection.beacon = choice("beacon", value, "img, css, font, background or link-only", &BEACONS)?
        }
        "accounts" => injection.accounts = number("accounts", value, "1 to 10", 1, ACCOUNTS_MAX)?,
        "recipients" => {
            injection.recipients = number("recipients", value, "3 to 400", RECIPIENTS_MIN, RECIPIENTS_MAX)?;
        }
        "duration" => injection.duration_secs = duration(value)?,
        "purity" => injection.purity_percent = purity(value)?,
        unknown => return Err(VariantError::Key(unknown.to_owned())),
    }
    Ok(())
}

fn refused(key: &'static str, value: &str, expected: &'static str) -> VariantError {
    VariantError::Value { key, value: value.to_owned(), expected }
}

fn choice<T: Copy>(
    key: &'static str,
    value: &str,
    expected: &'static str,
    choices: &[(&str, T)],
) -> Result<T, VariantError> {
    let found = choices.iter().find(|(name, _)| *name == value);
    found.map(|(_, chosen)| *chosen).ok_or_else(|| refused(key, value, expected))
}

fn number(
    key: &'static str,
    value: &str,
    expected: &'static str,
    low: u16,
    high: u16,
) -> Result<u16, VariantError> {
    let read = value.parse().ok().filter(|number| (low..=high).contains(number));
    read.ok_or_else(|| refused(key, value, expected))
}

fn duration(value: &str) -> Result<i64, VariantError> {
    let read = match (value.strip_suffix('h'), value.strip_suffix('d')) {
        (Some(hours), _) => hours.parse::<u16>().ok().map(|hours| i64::from(hours) * 3_600),
        (_, Some(days)) => days.parse::<u16>().ok().map(|days| i64::from(days) * DAY),
        _ => None,
    };
    let read = read.filter(|secs| (3_600..=DURATION_MAX_SECS).contains(secs));
    read.ok_or_else(|| refused("duration", value, "1h to 180d"))
}

fn purity(value: &str) -> Result<u8, VariantError> {
    let read = value.parse::<f64>().ok().filter(|share| (0.5..=1.0).contains(share));
    read.map(|share| (share * 100.0).round() as u8).ok_or_else(|| refused("purity", value, "0.5 to 1.0"))
}

fn name_of<T: PartialEq + Copy>(choices: &[(&'static str, T)], chosen: T) -> &'static str {
    choices.iter().find(|(_, choice)| *choice == chosen).map_or("", |(name, _)| name)
}

impl fmt::Display for Variant {
    /// The canonical text, which [`Variant::parse`] reads back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.attack {
            Attack::Lantern => f.write_str("lantern")?,
            Attack::None => f.write_str("none")?,
            Attack::Single(injection) => write!(f, "{injection}")?,
        }
        if self.newcomer { f.write_str(",newcomer=yes") } else { Ok(()) }
    }
}

impl fmt::Display for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "template={},body={},tracker={},hosts={},beacon={},accounts={},recipients={},duration={},purity={}",
            name_of(&TEMPLATES, self.template),
            name_of(&BODIES, self.body),
            name_of(&TRACKERS, self.tracker),
            name_of(&HOSTS, self.hosts),
            name_of(&BEACONS, self.beacon),
            self.accounts,
            self.recipients,
            shown_duration(self.duration_secs),
            f64::from(self.purity_percent) / 100.0,
        )
    }
}

fn shown_duration(secs: i64) -> String {
    if secs % DAY == 0 { format!("{}d", secs / DAY) } else { format!("{}h", secs / 3_600) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = match Variant::parse(text) {
            Ok(variant) => variant.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_is_left_out_is_as_in_c1() {
        check("", "lantern");
        check("none", "none");
        check("newcomer=yes", "lantern,newcomer=yes");
        check(
            "beacon=css,accounts=5,duration=1h,purity=0.8",
            "template=shared,body=same,tracker=mailer,hosts=fixed,beacon=css,accounts=5,recipients=40,duration=1h,purity=0.8",
        );
    }

    #[test]
    fn bad_values_are_named() {
        check(
            "beacon=smoke",
            "variant key beacon takes img, css, font, background or link-only, not \"smoke\"",
        );
        check("recipients=401", "variant key recipients takes 3 to 400, not \"401\"");
        check("duration=1w", "variant key duration takes 1h to 180d, not \"1w\"");
        check("purity=NaN", "variant key purity takes 0.5 to 1.0, not \"NaN\"");
        assert!(matches!(Variant::parse("speed=9"), Err(VariantError::Key(key)) if key == "speed"));
        assert!(matches!(Variant::parse("storm"), Err(VariantError::Key(key)) if key == "storm"));
    }

    #[test]
    fn the_grid_reads_back() {
        let grid = Variant::grid();
        assert!(grid.len() >= 35);
        for variant in grid {
            assert_eq!(Variant::parse(&variant.to_string()), Ok(variant));
        }
    }
}
