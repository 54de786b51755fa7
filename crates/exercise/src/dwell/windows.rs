//! Events of Windows as a shipper of logs writes them: one JSON object a line, with `winlog.event_data`.

use super::line::{Line, Log, What, iso, quoted};
use super::place::DOMAIN;
use super::style::Style;

/// The domain before account names.
pub(crate) const NETBIOS: &str = "NORTHBOARD";

/// Who wrote an event: channel and provider.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Channel {
    Security,
    Sysmon,
    Exchange,
}

impl Channel {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Security => ("Security", "Microsoft-Windows-Security-Auditing"),
            Self::Sysmon => ("Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon"),
            Self::Exchange => ("MSExchange Management", "MSExchange CmdletLogs"),
        }
    }
}

/// Something that a machine reports.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    computer: String,
    channel: Channel,
    id: u32,
    data: Vec<(&'static str, String)>,
}

/// An event of `computer` with its data, in order.
pub(crate) fn event(
    at: i64,
    computer: &str,
    channel: Channel,
    id: u32,
    data: &[(&'static str, &str)],
) -> Line {
    let data = data.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let happening = Happening { computer: computer.to_owned(), channel, id, data };
    Line { at, log: Log::Windows, what: What::Happening(happening) }
}

pub(crate) fn text(happening: &Happening, at: i64, style: Style) -> String {
    match style {
        Style::Usual => shipped(happening, at),
        Style::Other => nested(&by_security(happening), at),
    }
}

/// As winlogbeat ships it.
fn shipped(happening: &Happening, at: i64) -> String {
    let (channel, provider) = happening.channel.names();
    format!(
        "{{\"@timestamp\":\"{}\",\"event\":{{\"code\":\"{id}\",\"provider\":{provider}}},\"winlog\":{{\"channel\":{},\"provider_name\":{provider},\
         \"event_id\":{id},\"computer_name\":{},\"event_data\":{{{}}}}}}}",
        iso(at),
        quoted(channel),
        quoted(&format!("{}.{DOMAIN}", happening.computer)),
        members(&happening.data),
        id = happening.id,
        provider = quoted(provider),
    )
}

/// As tools write it that turn the XML of an event into JSON.
fn nested(happening: &Happening, at: i64) -> String {
    let (channel, provider) = happening.channel.names();
    format!(
        "{{\"Event\":{{\"System\":{{\"Provider\":{{\"#attributes\":{{\"Name\":{}}}}},\"EventID\":{},\"TimeCreated\":{{\"#attributes\":\
         {{\"SystemTime\":\"{}\"}}}},\"Channel\":{},\"Computer\":{}}},\"EventData\":{{{}}}}}}}",
        quoted(provider),
        happening.id,
        iso(at).replace('Z', "4567Z"),
        quoted(channel),
        quoted(&happening.computer),
        members(&happening.data),
    )
}

fn members(data: &[(&str, String)]) -> String {
    let members: Vec<String> =
        data.iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value))).collect();
    members.join(",")
}

/// A start of a program as the security log has it (4688), which knows nothing of how the parent was started.
fn by_security(happening: &Happening) -> Happening {
    if happening.id != 1 || !matches!(happening.channel, Channel::Sysmon) {
        return happening.clone();
    }
    let name = |sysmon| match sysmon {
        "Image" => Some("NewProcessName"),
        "ParentImage" => Some("ParentProcessName"),
        "CommandLine" => Some("CommandLine"),
        "User" => Some("SubjectUserName"),
        _ => None,
    };
    let known = |(sysmon, value): &(&'static str, String)| Some((name(sysmon)?, value.clone()));
    let data = happening.data.iter().filter_map(known).collect();
    Happening { computer: happening.computer.clone(), channel: Channel::Security, id: 4688, data }
}

/// 4624: somebody logged on.
pub(crate) fn logon(at: i64, computer: &str, account: &str, kind: u8, address: &str) -> Line {
    let kind = kind.to_string();
    let data = [
        ("TargetUserName", account),
        ("TargetDomainName", NETBIOS),
        ("LogonType", kind.as_str()),
        ("IpAddress", address),
        ("AuthenticationPackageName", "Kerberos"),
    ];
    event(at, computer, Channel::Security, 4624, &data)
}

/// 4625: somebody did not get in.
pub(crate) fn failed_logon(at: i64, computer: &str, account: &str, address: &str) -> Line {
    let data = [
        ("TargetUserName", account),
        ("TargetDomainName", NETBIOS),
        ("LogonType", "3"),
        ("Status", "0xc000006d"),
        ("SubStatus", "0xc000006a"),
        ("IpAddress", address),
    ];
    event(at, computer, Channel::Security, 4625, &data)
}

/// 5145: a file on a share was opened to be read.
pub(crate) fn share_read(
    at: i64,
    server: &str,
    account: &str,
    address: &str,
    share: &str,
    file: &str,
) -> Line {
    let share = format!("\\\\*\\{share}");
    let data = [
        ("SubjectUserName", account),
        ("SubjectDomainName", NETBIOS),
        ("ObjectType", "File"),
        ("IpAddress", address),
        ("ShareName", share.as_str()),
        ("RelativeTargetName", file),
        ("AccessMask", "0x1"),
    ];
    event(at, server, Channel::Security, 5145, &data)
}

/// Sysmon 1: a program was started by another.
pub(crate) fn process(at: i64, computer: &str, user: &str, parent: [&str; 2], image: [&str; 2]) -> Line {
    let data = [
        ("Image", image[0]),
        ("CommandLine", image[1]),
        ("User", user),
        ("ParentImage", parent[0]),
        ("ParentCommandLine", parent[1]),
    ];
    event(at, computer, Channel::Sysmon, 1, &data)
}

/// Sysmon 11: a program made a file.
pub(crate) fn file_made(at: i64, computer: &str, image: &str, file: &str) -> Line {
    event(at, computer, Channel::Sysmon, 11, &[("Image", image), ("TargetFilename", file)])
}

/// 1 of Exchange's command log: an administrator's command with its parameters.
pub(crate) fn command(at: i64, command: &str, parameters: &str, who: &str) -> Line {
    let data = [("param1", command), ("param2", parameters), ("param3", who)];
    event(at, "EXCH01", Channel::Exchange, 1, &data)
}
