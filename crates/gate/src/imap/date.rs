//! The date at which a server took a message in, as IMAP writes it (RFC 3501 section 9, `date-time`).

use jiff::fmt::strtime;
use model::EventTime;

const FORMAT: &str = "%d-%b-%Y %H:%M:%S %z";

/// An `INTERNALDATE` that was checked, so that it can be sent back to a server as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InternalDate {
    text: String,
    time: EventTime,
}

impl InternalDate {
    /// Reads ` 8-Jan-2021 10:07:00 +0100`; `None` where it is no such date.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() == 26)?;
        let parsed = strtime::parse(FORMAT, text.trim_start()).ok()?;
        let time = EventTime(parsed.to_timestamp().ok()?.as_second());
        Some(Self { text: text.to_owned(), time })
    }

    /// As the server wrote it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// When that was.
    pub(super) fn time(&self) -> EventTime {
        self.time
    }
}

/// A day as searches name it, such as `8-Jan-2021`, in UTC; `None` beyond the calendar.
pub(super) fn search_day(time: EventTime) -> Option<String> {
    let time = jiff::Timestamp::from_second(time.0).ok()?;
    Some(time.strftime("%-d-%b-%Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        let date = InternalDate::parse(text.as_bytes());
        assert_eq!(date.as_ref().map(|date| date.time().0), expected);
        assert!(date.is_none_or(|date| date.text() == text), "it goes back as it came");
    }

    #[test]
    fn dates_of_servers_are_read() {
        check("18-Jan-2021 10:07:00 +0000", Some(1_610_964_420));
        check(" 8-Jan-2021 10:07:00 +0000", Some(1_610_100_420));
        check("08-Jan-2021 11:37:00 +0130", Some(1_610_100_420));
    }

    #[test]
    fn nothing_else_is_sent_back() {
        check("18-Jan-2021 10:07:00 \r\nA1 ", None);
        check("30-Feb-2021 10:07:00 +0000", None);
        check("", None);
    }

    #[test]
    fn days_of_searches() {
        assert_eq!(search_day(EventTime(1_610_100_420)).as_deref(), Some("8-Jan-2021"));
        assert_eq!(search_day(EventTime(i64::MAX)), None);
    }
}
