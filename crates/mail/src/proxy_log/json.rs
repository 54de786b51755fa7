//! JSON lines: `{"time": …, "user": …, "url": …}`, perhaps with `status` and `method`; other keys are of no interest.

use super::{Fetch, LineError, LineResult, known, status};
use crate::civil;
use model::EventTime;
use serde::Deserialize;
use serde_json::Value;

/// Numbers above these are milliseconds, microseconds or nanoseconds since 1970: read as seconds they lie after the year 5000.
const UNITS_PER_SEC: [(f64, f64); 3] = [(1e17, 1e9), (1e14, 1e6), (1e11, 1e3)];

/// One line as it is written.
#[derive(Deserialize)]
struct Record {
    time: Value,
    #[serde(default)]
    user: Value,
    url: String,
    #[serde(default)]
    status: Value,
    #[serde(default)]
    method: Value,
}

/// Reads one line.
pub(super) fn parse(line: &str) -> LineResult {
    let record: Record = serde_json::from_str(line).map_err(|error| LineError::Json(error.to_string()))?;
    Ok(Some(Fetch {
        time: time(&record.time).ok_or(LineError::Malformed("time"))?,
        user: text(&record.user).and_then(|user| known(&user).map(str::to_owned)),
        url: known(&record.url).ok_or(LineError::Missing("url"))?.to_owned(),
        status: text(&record.status).and_then(|text| status(&text)),
        method: text(&record.method),
    }))
}

/// The text of a string or number.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A time as of RFC 3339, the same without an offset (UTC), or a number since 1970.
fn time(value: &Value) -> Option<EventTime> {
    let text = text(value)?;
    if let Ok(number) = text.parse::<f64>() {
        return epoch(number);
    }
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(EventTime(timestamp.as_second()));
    }
    let (date, clock) = text.split_once(['T', ' '])?;
    civil::event_time(civil::iso_date(date)?, civil::clock(clock)?, 0)
}

fn epoch(number: f64) -> Option<EventTime> {
    let unit = UNITS_PER_SEC.iter().find(|(least, _)| number >= *least).map_or(1.0, |(_, unit)| *unit);
    number.is_finite().then(|| EventTime((number / unit).floor() as i64))
}
