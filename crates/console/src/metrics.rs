//! Figures for Prometheus, in its text format (exposition format 0.0.4). Labels are names of routes and states; nothing that
//! a visitor chooses, and nothing personal, becomes one.

use crate::vitals::{Sensor, Vitals};
use runtime::live::Latencies;
use runtime::watch::standing::{SourceRow, SourceState};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the buckets of durations, in seconds.
const BUCKETS: [f64; 8] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Counts of requests since the start.
#[derive(Default)]
pub struct Metrics {
    /// Bounded by the routes, the methods that they take and the statuses that they answer.
    requests: Mutex<BTreeMap<(String, &'static str, u16), Durations>>,
}

#[derive(Default, Clone, Copy)]
struct Durations {
    count: u64,
    sum: Duration,
    /// Not cumulative; longer ones than the last bound are in `count` alone.
    within: [u64; BUCKETS.len()],
}

impl Metrics {
    /// Counts a request to `route`, a template such as `/campaigns/{id}`.
    pub fn count(&self, route: &str, method: &'static str, status: u16, duration: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let durations = requests.entry((route.to_owned(), method, status)).or_default();
        durations.count += 1;
        durations.sum += duration;
        let bounds = BUCKETS.iter().zip(&mut durations.within);
        if let Some((_, within)) = bounds.into_iter().find(|(bound, _)| duration.as_secs_f64() <= **bound) {
            *within += 1;
        }
    }

    /// The text that a Prometheus server reads.
    pub(crate) fn text(&self, vitals: &Vitals) -> String {
        let mut text = String::new();
        for figure in figures(vitals) {
            figure.write(&mut text);
        }
        write_verdicts(&mut text, &vitals.health.latency);
        write_sensors(&mut text, &vitals.sensors);
        write_sources(&mut text, &vitals.sources);
        self.write_requests(&mut text);
        text
    }

    fn write_requests(&self, text: &mut String) {
        let name = "portcullis_console_request_seconds";
        header(text, name, "histogram", "Time that requests to the console took.");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((route, method, status), durations) in &*requests {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            let mut cumulative = 0;
            for (bound, within) in BUCKETS.iter().zip(durations.within) {
                cumulative += within;
                line(text, &format!("{name}_bucket{{{labels},le=\"{bound}\"}}"), cumulative);
            }
            line(text, &format!("{name}_bucket{{{labels},le=\"+Inf\"}}"), durations.count);
            line(text, &format!("{name}_sum{{{labels}}}"), durations.sum.as_secs_f64());
            line(text, &format!("{name}_count{{{labels}}}"), durations.count);
        }
    }
}

struct Figure {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    value: f64,
}

impl Figure {
    fn write(&self, text: &mut String) {
        header(text, self.name, self.kind, self.help);
        line(text, self.name, self.value);
    }
}

/// How long sensors waited for verdicts.
fn write_verdicts(text: &mut String, latency: &Latencies) {
    let name = "portcullis_verdict_seconds";
    header(text, name, "histogram", "Time that sensors waited for a verdict.");
    let mut cumulative = 0;
    for (bound_ms, count) in &latency.within {
        cumulative += count;
        line(text, &format!("{name}_bucket{{le=\"{}\"}}", *bound_ms as f64 / 1_000.0), cumulative);
    }
    let all = cumulative + latency.longer;
    line(text, &format!("{name}_bucket{{le=\"+Inf\"}}"), all);
    line(text, &format!("{name}_sum"), latency.sum.as_secs_f64());
    line(text, &format!("{name}_count"), all);
}

/// What each sensor lags behind is the time now less this.
fn write_sensors(text: &mut String, sensors: &[Sensor]) {
    let name = "portcullis_sensor_last_delivery_seconds";
    header(text, name, "gauge", "When a sensor last delivered something; absent while it never did.");
    for sensor in sensors {
        if let Some(last) = sensor.last {
            line(text, &format!("{name}{{sensor=\"{}\"}}", sensor.name), last.0);
        }
    }
    let name = "portcullis_sensor_failing";
    header(text, name, "gauge", "1 while a sensor does not work.");
    for sensor in sensors {
        line(text, &format!("{name}{{sensor=\"{}\"}}", sensor.name), u8::from(sensor.is_failing));
    }
}

/// Logs that are followed. Their names are the operator's, and may be a person's: they are called by their number.
fn write_sources(text: &mut String, sources: &[SourceRow]) {
    type Value = fn(&SourceRow) -> i64;
    let figures: [(&str, &str, &str, Value); 5] = [
        ("portcullis_log_events_total", "counter", "Events read since the start.", |row| {
            row.events.cast_signed()
        }),
        (
            "portcullis_log_unreadable_total",
            "counter",
            "Records that could not be read since the start.",
            |row| row.defects.cast_signed(),
        ),
        ("portcullis_log_lag_bytes", "gauge", "Bytes that wait to be read.", |row| {
            row.lag_bytes.cast_signed()
        }),
        ("portcullis_log_heard_seconds", "gauge", "When bytes came last.", |row| row.heard.0),
        ("portcullis_log_silent", "gauge", "1 while a source that used to speak is silent.", |row| {
            (row.state == SourceState::Silent).into()
        }),
    ];
    for (name, kind, help, value) in figures {
        header(text, name, kind, help);
        for (number, row) in (1..).zip(sources) {
            line(text, &format!("{name}{{source=\"logs-{number}\"}}"), value(row));
        }
    }
}

fn figures(vitals: &Vitals) -> Vec<Figure> {
    let figure = |name, kind, help, value: u64| Figure { name, kind, help, value: value as f64 };
    let health = &vitals.health;
    let last_commit = health.last_commit.map_or(0, |time| u64::try_from(time.0).unwrap_or(0));
    let free = vitals.free_bytes.map(|bytes| {
        figure("portcullis_disk_free_bytes", "gauge", "Space left on the disk of the data folder.", bytes)
    });
    let figures = vec![
        figure(
            "portcullis_ready",
            "gauge",
            "1 when the data folder can be read and written.",
            health.is_ready.into(),
        ),
        figure(
            "portcullis_messages_queued",
            "gauge",
            "Messages that wait to be recorded.",
            health.queued as u64,
        ),
        figure("portcullis_messages_queued_max", "gauge", "Messages that may wait.", health.queue_max as u64),
        figure(
            "portcullis_messages_observed_total",
            "counter",
            "Messages recorded since the start.",
            health.observed,
        ),
        figure(
            "portcullis_alerts_total",
            "counter",
            "Campaigns that became of concern since the start.",
            health.alerts,
        ),
        figure(
            "portcullis_write_failures_total",
            "counter",
            "Failed writes since the start.",
            health.failures,
        ),
        figure(
            "portcullis_records_unread_total",
            "counter",
            "Records that could not be read, since the start.",
            health.unread,
        ),
        figure(
            "portcullis_last_commit_seconds",
            "gauge",
            "When the last group commit was acknowledged.",
            last_commit,
        ),
        figure(
            "portcullis_console_sessions",
            "gauge",
            "Sessions of people in browsers.",
            vitals.sessions as u64,
        ),
    ];
    figures.into_iter().chain(free).collect()
}

fn header(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::live::Health;

    fn vitals() -> Vitals {
        let now = model::EventTime(1_610_960_460);
        let sensor = |name: &str, is_failing, last| Sensor { name: name.into(), is_failing, last };
        Vitals {
            now,
            health: health(),
            sessions: 4,
            free_bytes: Some(5_000),
            sensors: vec![sensor("imap-1", false, Some(now)), sensor("imap-2", true, None)],
            sources: Vec::new(),
        }
    }

    fn health() -> Health {
        Health {
            is_ready: true,
            queued: 3,
            queue_max: 1_024,
            observed: 162,
            alerts: 2,
            failures: 0,
            unread: 0,
            last_commit: Some(model::EventTime(1_610_960_400)),
            last_error: None,
            latency: Latencies {
                within: vec![(5, 2), (10, 1)],
                longer: 1,
                sum: Duration::from_millis(1_500),
            },
        }
    }

    #[test]
    fn buckets_add_up() {
        let metrics = Metrics::default();
        for millis in [1, 7, 7, 9_000] {
            metrics.count("/campaigns/{id}", "GET", 200, Duration::from_millis(millis));
        }
        let text = metrics.text(&vitals());
        let labels = r#"route="/campaigns/{id}",method="GET",status="200""#;
        for expected in [
            format!("portcullis_console_request_seconds_bucket{{{labels},le=\"0.005\"}} 1\n"),
            format!("portcullis_console_request_seconds_bucket{{{labels},le=\"0.01\"}} 3\n"),
            format!("portcullis_console_request_seconds_bucket{{{labels},le=\"5\"}} 3\n"),
            format!("portcullis_console_request_seconds_bucket{{{labels},le=\"+Inf\"}} 4\n"),
            format!("portcullis_console_request_seconds_sum{{{labels}}} 9.015\n"),
            "portcullis_ready 1\n".to_owned(),
            "portcullis_messages_observed_total 162\n".to_owned(),
            "portcullis_last_commit_seconds 1610960400\n".to_owned(),
            "portcullis_console_sessions 4\n".to_owned(),
            "portcullis_disk_free_bytes 5000\n".to_owned(),
            "portcullis_verdict_seconds_bucket{le=\"0.005\"} 2\n".to_owned(),
            "portcullis_verdict_seconds_bucket{le=\"0.01\"} 3\n".to_owned(),
            "portcullis_verdict_seconds_bucket{le=\"+Inf\"} 4\n".to_owned(),
            "portcullis_verdict_seconds_sum 1.5\n".to_owned(),
            "portcullis_sensor_last_delivery_seconds{sensor=\"imap-1\"} 1610960460\n".to_owned(),
            "portcullis_sensor_failing{sensor=\"imap-2\"} 1\n".to_owned(),
        ] {
            assert!(text.contains(&expected), "{expected} is not in\n{text}");
        }
    }
}
