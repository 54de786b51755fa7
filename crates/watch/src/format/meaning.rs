//! What a name in a document of JSON means: which names rules have for it, and what it tells about who wrote the document.

use crate::event::{FieldId, FieldNames};

/// What a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The names that rules ask for; [`FieldId::OTHER`] where there are fewer.
    ids: [FieldId; 3],
    pub(super) role: Role,
}

/// What a value tells about its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Plain,
    /// When it happened; the lower the number, the better it tells.
    Time(u8),
    /// Of Windows.
    Channel,
    EventId,
    EventType,
    Provider,
    /// An object as text within the document: exports of the unified audit log.
    Nested,
    CloudTrail,
    /// Of the unified audit log.
    RecordType,
    Workload,
    SignIn,
    DirectoryAudit,
    Journal,
}

impl Meaning {
    /// That of names which no rule asks for.
    pub(super) const NOTHING: Self = Self { ids: [FieldId::OTHER; 3], role: Role::Plain };

    /// What a path (names joined by dots) means to rules that ask for `names`.
    pub(super) fn of(path: &str, names: &FieldNames) -> Self {
        let flat = flat_name(path);
        let mut ids = [names.id(path), FieldId::OTHER, FieldId::OTHER];
        if let Some(flat) = flat {
            let [own, as_flat, without_blanks] = &mut ids;
            *as_flat = names.id(flat);
            *without_blanks = names.id(&flat.replace(' ', ""));
            if without_blanks == as_flat {
                *without_blanks = FieldId::OTHER;
            }
            if as_flat == own {
                *as_flat = FieldId::OTHER;
            }
        }
        Self { ids, role: role(path, flat) }
    }

    /// The names that rules ask for, each once.
    pub(super) fn ids(&self) -> impl Iterator<Item = FieldId> {
        self.ids.into_iter().filter(|id| *id != FieldId::OTHER)
    }
}

/// Names that evtx tools and shippers put before those that rules use.
const EVENT_DATA: [&str; 6] = [
    "winlog.event_data.",
    "Event.EventData.",
    "EventData.",
    "event_data.",
    "winlog.user_data.",
    "properties.",
];

/// Names of what Windows has about every event, as tools and shippers write them, with those that rules use.
const SYSTEM: &[(&str, &str)] = &[
    ("winlog.event_id", "EventID"),
    ("event_id", "EventID"),
    ("winlog.channel", "Channel"),
    ("log_name", "Channel"),
    ("winlog.provider_name", "Provider_Name"),
    ("source_name", "Provider_Name"),
    ("SourceName", "Provider_Name"),
    ("winlog.computer_name", "Computer"),
    ("computer_name", "Computer"),
    ("Hostname", "Computer"),
    ("computer", "Computer"),
    ("channel", "Channel"),
    ("provider", "Provider_Name"),
    ("Provider", "Provider_Name"),
    ("ProviderName", "Provider_Name"),
    ("EventId", "EventID"),
    ("winlog.record_id", "EventRecordID"),
    ("record_number", "EventRecordID"),
    ("MESSAGE", "message"),
    ("SYSLOG_IDENTIFIER", "program"),
    ("_HOSTNAME", "host"),
    // Sign-ins as Log Analytics names their columns.
    ("UserPrincipalName", "userPrincipalName"),
    ("IPAddress", "ipAddress"),
    ("ResultType", "status.errorCode"),
    ("AutonomousSystemNumber", "autonomousSystemNumber"),
    ("ClientAppUsed", "clientAppUsed"),
    ("AuthenticationRequirement", "authenticationRequirement"),
    ("DeviceDetail.operatingSystem", "deviceDetail.operatingSystem"),
    ("DeviceDetail.browser", "deviceDetail.browser"),
    ("Location", "location.countryOrRegion"),
];

/// The name that rules use for a path, if it is another or the same. Where Windows has blanks in it, as Defender does, rules leave
/// them out (`Threat Name` is their `ThreatName`), which is not done here.
fn flat_name(path: &str) -> Option<&str> {
    if let Some(rest) = EVENT_DATA.iter().find_map(|prefix| path.strip_prefix(prefix)) {
        return Some(data_name(rest));
    }
    if let Some(rest) = path.strip_prefix("Event.UserData.").or_else(|| path.strip_prefix("UserData.")) {
        return Some(rest.split_once('.').map_or(rest, |(_, name)| name));
    }
    if let Some(rest) = path.strip_prefix("Event.System.").or_else(|| path.strip_prefix("System.")) {
        return Some(system_name(rest));
    }
    match SYSTEM.iter().find(|(from, _)| *from == path) {
        Some((_, to)) => Some(to),
        None => (!path.contains('.')).then_some(path),
    }
}

/// Values without names, which evtx tools write in different ways, are `Data`.
fn data_name(rest: &str) -> &str {
    match rest {
        "Data.#text" | "Data.$" => "Data",
        _ => rest,
    }
}

/// `Provider.#attributes.Name` is `Provider_Name` (specification, "Field Usage").
fn system_name(rest: &str) -> &str {
    match rest {
        "EventID.#text" => "EventID",
        "Provider.#attributes.Name" | "Provider_attributes.Name" | "Provider.Name" | "Provider.@Name" => {
            "Provider_Name"
        }
        "Execution.#attributes.ProcessID" => "Execution_ProcessID",
        "Security.#attributes.UserID" => "Security_UserID",
        "TimeCreated.#attributes.SystemTime" => "TimeCreated_SystemTime",
        _ => rest,
    }
}

/// Paths that tell when something happened, the better first.
const TIMES: [&str; 23] = [
    "Event.System.TimeCreated.#attributes.SystemTime",
    "Event.System.TimeCreated.SystemTime",
    "Event.System.TimeCreated.@SystemTime",
    "Event.System.TimeCreated",
    "System.TimeCreated.#attributes.SystemTime",
    "System.TimeCreated.SystemTime",
    "TimeCreated.SystemTime",
    "TimeCreated_SystemTime",
    "winlog.time_created",
    "UtcTime",
    "eventTime",
    "CreationTime",
    "createdDateTime",
    "properties.createdDateTime",
    "@timestamp",
    "time",
    "timestamp",
    "EventTime",
    "TimeCreated",
    "TimeGenerated",
    "Timestamp",
    "datetime",
    "__REALTIME_TIMESTAMP",
];

fn role(path: &str, flat: Option<&str>) -> Role {
    if let Some((rank, _)) = (0..).zip(TIMES).find(|(_, time)| *time == path) {
        return Role::Time(rank);
    }
    match path {
        "AuditData" => return Role::Nested,
        "eventSource" | "eventVersion" => return Role::CloudTrail,
        "Workload" => return Role::Workload,
        "RecordType" => return Role::RecordType,
        "status.errorCode"
        | "properties.status.errorCode"
        | "clientAppUsed"
        | "properties.clientAppUsed"
        | "ClientAppUsed"
        | "userPrincipalName"
        | "properties.userPrincipalName"
        | "UserPrincipalName" => {
            return Role::SignIn;
        }
        "activityDisplayName" | "properties.activityDisplayName" => return Role::DirectoryAudit,
        "SYSLOG_IDENTIFIER" | "_COMM" | "__CURSOR" => return Role::Journal,
        _ => {}
    }
    match flat {
        Some("Channel") => Role::Channel,
        Some("EventID") => Role::EventId,
        Some("EventType") => Role::EventType,
        Some("Provider_Name") => Role::Provider,
        _ => Role::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_rules() {
        let check = |path: &str, expected: &[&str]| {
            let mut names = FieldNames::default();
            expected.iter().for_each(|name| _ = names.intern(name));
            let ids = Meaning::of(path, &names);
            let found: Vec<_> = ids.ids().filter_map(|id| names.name(id)).collect();
            assert_eq!(found, expected, "{path}");
        };
        check("Event.EventData.Image", &["Event.EventData.Image", "Image"]);
        check("winlog.event_data.Image", &["Image"]);
        check("Event.EventData.Data.#text", &["Data"]);
        check("Event.EventData.Threat Name", &["Threat Name", "ThreatName"]);
        check("Source Name", &["Source Name", "SourceName"]);
        check("Event.UserData.LogFileCleared.SubjectUserName", &["SubjectUserName"]);
        check("Event.System.EventID.#text", &["EventID"]);
        check("Event.System.Provider.#attributes.Name", &["Provider_Name"]);
        check("winlog.provider_name", &["Provider_Name"]);
        check("properties.status.errorCode", &["status.errorCode"]);
        check("Image", &["Image"]);
        check("process.command_line", &["process.command_line"]);
        check("process.executable", &[]);
    }

    #[test]
    fn roles_are_told_by_names() {
        let check = |path: &str, expected: Role| assert_eq!(role(path, flat_name(path)), expected, "{path}");
        check("Event.System.TimeCreated.#attributes.SystemTime", Role::Time(0));
        check("log_name", Role::Channel);
        check("winlog.event_id", Role::EventId);
        check("SYSLOG_IDENTIFIER", Role::Journal);
        check("properties.clientAppUsed", Role::SignIn);
        check("AuditData", Role::Nested);
        check("Event.EventData.Type", Role::Plain);
    }
}
