//! Channels and event ids of Windows in Sigma's words (its taxonomy, and the logsources that public rules use).

/// Channels, in lower case, with their service.
const SERVICES: &[(&str, &str)] = &[
    ("security", "security"),
    ("system", "system"),
    ("application", "application"),
    ("microsoft-windows-sysmon/operational", "sysmon"),
    ("linux-sysmon/operational", "sysmon"),
    ("microsoft-windows-powershell/operational", "powershell"),
    ("powershellcore/operational", "powershell"),
    ("windows powershell", "powershell-classic"),
    ("msexchange management", "msexchange-management"),
    ("microsoft-windows-windows defender/operational", "windefend"),
    ("microsoft-windows-taskscheduler/operational", "taskscheduler"),
    ("microsoft-windows-wmi-activity/operational", "wmi"),
    ("microsoft-windows-bits-client/operational", "bits-client"),
    ("microsoft-windows-codeintegrity/operational", "codeintegrity-operational"),
    ("microsoft-windows-windows firewall with advanced security/firewall", "firewall-as"),
    ("microsoft-windows-dns-client/operational", "dns-client"),
    ("microsoft-windows-dns client events/operational", "dns-client"),
    ("dns server", "dns-server"),
    ("microsoft-windows-dnsserver/analytical", "dns-server-analytic"),
    ("microsoft-windows-dnsserver/audit", "dns-server-audit"),
    ("microsoft-windows-driverframeworks-usermode/operational", "driver-framework"),
    ("microsoft-windows-ntlm/operational", "ntlm"),
    ("dhcp-server", "dhcp"),
    ("microsoft-windows-dhcp-server/operational", "dhcp"),
    ("microsoft-servicebus-client", "microsoft-servicebus-client"),
    ("microsoft-servicebus-client/operational", "microsoft-servicebus-client"),
    ("microsoft-servicebus-client/admin", "microsoft-servicebus-client"),
    ("microsoft-windows-ldap-client/debug", "ldap"),
    (
        "microsoft-windows-terminalservices-localsessionmanager/operational",
        "terminalservices-localsessionmanager",
    ),
    ("microsoft-windows-appxdeploymentserver/operational", "appxdeployment-server"),
    ("microsoft-windows-appxpackaging/operational", "appxpackaging-om"),
    ("microsoft-windows-appmodel-runtime/admin", "appmodel-runtime"),
    ("microsoft-windows-applocker/msi and script", "applocker"),
    ("microsoft-windows-applocker/exe and dll", "applocker"),
    ("microsoft-windows-applocker/packaged app-deployment", "applocker"),
    ("microsoft-windows-applocker/packaged app-execution", "applocker"),
    ("microsoft-windows-security-mitigations/kernel mode", "security-mitigations"),
    ("microsoft-windows-security-mitigations/user mode", "security-mitigations"),
    ("microsoft-windows-smbclient/security", "smbclient-security"),
    ("microsoft-windows-smbclient/connectivity", "smbclient-connectivity"),
    ("microsoft-windows-smbserver/connectivity", "smbserver-connectivity"),
    ("microsoft-windows-printservice/admin", "printservice-admin"),
    ("microsoft-windows-printservice/operational", "printservice-operational"),
    ("microsoft-iis-configuration/operational", "iis-configuration"),
    ("microsoft-windows-diagnosis-scripted/operational", "diagnosis-scripted"),
    ("microsoft-windows-shell-core/operational", "shell-core"),
    ("microsoft-windows-lsa/operational", "lsa-server"),
    (
        "microsoft-windows-certificateservicesclient-lifecycle-system/operational",
        "certificateservicesclient-lifecycle-system",
    ),
    ("microsoft-windows-capi2/operational", "capi2"),
    ("openssh/operational", "openssh"),
    ("microsoft-windows-kernel-shimengine/operational", "kernel-shimengine"),
    ("microsoft-windows-kernel-eventtracing/admin", "kernel-event-tracing"),
    ("microsoft-windows-vhdmp/operational", "vhdmp"),
    ("microsoft-windows-hyper-v-worker", "hyper-v-worker"),
    ("microsoft-windows-sense/operational", "sense"),
    ("microsoft-windows-folder redirection/operational", "folder-redirection"),
    ("microsoft-windows-identitymodelprovider/operational", "identitymodelprovider"),
];

/// The service of a channel.
pub(super) fn service(channel: &str) -> Option<&'static str> {
    SERVICES.iter().find(|(name, _)| name.eq_ignore_ascii_case(channel)).map(|(_, service)| *service)
}

/// Providers, in lower case, that write to one channel only.
const PROVIDERS: &[(&str, &str)] = &[
    ("microsoft-windows-security-auditing", "Security"),
    ("microsoft-windows-sysmon", "Microsoft-Windows-Sysmon/Operational"),
    ("msexchange cmdletlogs", "MSExchange Management"),
    ("microsoft-windows-powershell", "Microsoft-Windows-PowerShell/Operational"),
];

/// The channel of a provider whose events do not name it; the provider's own name where it writes to several.
pub(super) fn of_provider(provider: &str) -> &str {
    let found = PROVIDERS.iter().find(|(name, _)| name.eq_ignore_ascii_case(provider));
    found.map_or(provider, |(_, channel)| channel)
}

/// The channel of an event of which only the number is known: those of the security audit are nobody else's.
pub(super) fn of_id(id: u32) -> Option<&'static str> {
    matches!(id, 4_608..=4_999 | 5_136..=5_159).then_some("Security")
}

/// The categories of an event. `service` is that of its channel; `event_type` tells apart what Sysmon has one id for.
pub(super) fn categories(
    channel: &str,
    service: Option<&str>,
    id: u32,
    event_type: Option<&str>,
) -> &'static [&'static str] {
    match service {
        Some("sysmon") => sysmon(id, event_type),
        Some("security") if id == 4_688 => &["process_creation"],
        Some("powershell") => match id {
            4_103 => &["ps_module"],
            4_104 => &["ps_script"],
            _ => &[],
        },
        Some("powershell-classic") => match id {
            400 => &["ps_classic_start"],
            600 => &["ps_classic_provider_start"],
            800 => &["ps_classic_script"],
            _ => &[],
        },
        // Of a provider that public rules expect beside the channels.
        None if channel.eq_ignore_ascii_case("Microsoft-Windows-Kernel-File") => {
            &["file_access", "file_rename"]
        }
        _ => &[],
    }
}

fn sysmon(id: u32, event_type: Option<&str>) -> &'static [&'static str] {
    match id {
        1 => &["process_creation"],
        2 => &["file_change"],
        3 => &["network_connection"],
        4 | 16 => &["sysmon_status"],
        5 => &["process_termination"],
        6 => &["driver_load"],
        7 => &["image_load"],
        8 => &["create_remote_thread"],
        9 => &["raw_access_thread"],
        10 => &["process_access"],
        11 => &["file_event"],
        12 => match event_type {
            Some("CreateKey") => &["registry_add", "registry_event"],
            Some("DeleteKey" | "DeleteValue") => &["registry_delete", "registry_event"],
            _ => &["registry_add", "registry_delete", "registry_event"],
        },
        13 => &["registry_set", "registry_event"],
        14 => &["registry_rename", "registry_event"],
        15 => &["create_stream_hash"],
        17 | 18 => &["pipe_created"],
        19..=21 => &["wmi_event"],
        22 => &["dns_query"],
        23 | 26 => &["file_delete"],
        24 => &["clipboard_capture"],
        25 => &["process_tampering"],
        27 => &["file_block_executable"],
        28 => &["file_block_shredding"],
        29 => &["file_executable_detected"],
        255 => &["sysmon_error"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_and_ids_are_sigmas_logsources() {
        assert_eq!(service("Security"), Some("security"));
        assert_eq!(service("MSExchange Management"), Some("msexchange-management"));
        assert_eq!(service("Other"), None);
        assert_eq!(service(of_provider("Microsoft-Windows-Sysmon")), Some("sysmon"));
        assert_eq!(of_provider("Other"), "Other");
        assert_eq!((of_id(4_624), of_id(1)), (Some("Security"), None));
        let of = |channel, id, event_type| categories(channel, service(channel), id, event_type);
        assert_eq!(of("Microsoft-Windows-Sysmon/Operational", 1, None), ["process_creation"]);
        assert_eq!(
            of("Microsoft-Windows-Sysmon/Operational", 12, Some("DeleteKey")),
            ["registry_delete", "registry_event"]
        );
        assert_eq!(of("Security", 4_688, None), ["process_creation"]);
        assert_eq!(of("Security", 4_624, None), [""; 0]);
        assert_eq!(of("Microsoft-Windows-Kernel-File", 10, None), ["file_access", "file_rename"]);
    }
}
