//! The rules that are shipped, with the program that runs them.

/// Name and text of each file of rules, in the order of their names.
pub const RULES: &[(&str, &str)] = &[
    ("aws_logging.yml", include_str!("../rules/aws_logging.yml")),
    ("cloud_consent_and_mail_access.yml", include_str!("../rules/cloud_consent_and_mail_access.yml")),
    ("exchange_audit_off.yml", include_str!("../rules/exchange_audit_off.yml")),
    ("exchange_forwarding.yml", include_str!("../rules/exchange_forwarding.yml")),
    ("exchange_intrusion_chain.yml", include_str!("../rules/exchange_intrusion_chain.yml")),
    ("exchange_mailbox_export.yml", include_str!("../rules/exchange_mailbox_export.yml")),
    ("exchange_rights.yml", include_str!("../rules/exchange_rights.yml")),
    ("linux_sshd.yml", include_str!("../rules/linux_sshd.yml")),
    ("linux_web_server.yml", include_str!("../rules/linux_web_server.yml")),
    ("mail_opened_then_signin.yml", include_str!("../rules/mail_opened_then_signin.yml")),
    ("mail_outbound.yml", include_str!("../rules/mail_outbound.yml")),
    ("postgresql_reads.yml", include_str!("../rules/postgresql_reads.yml")),
    ("signin_legacy_protocol.yml", include_str!("../rules/signin_legacy_protocol.yml")),
    ("signin_mfa_bombing.yml", include_str!("../rules/signin_mfa_bombing.yml")),
    ("signin_new_network.yml", include_str!("../rules/signin_new_network.yml")),
    ("signin_new_place.yml", include_str!("../rules/signin_new_place.yml")),
    ("signin_program_returns.yml", include_str!("../rules/signin_program_returns.yml")),
    ("signin_spray.yml", include_str!("../rules/signin_spray.yml")),
    ("web_autodiscover_path_confusion.yml", include_str!("../rules/web_autodiscover_path_confusion.yml")),
    ("web_exchange_other_entries.yml", include_str!("../rules/web_exchange_other_entries.yml")),
    ("web_log_silent.yml", include_str!("../rules/web_log_silent.yml")),
    (
        "web_mail_account_new_address_and_client.yml",
        include_str!("../rules/web_mail_account_new_address_and_client.yml"),
    ),
    ("web_mail_program_returns.yml", include_str!("../rules/web_mail_program_returns.yml")),
    ("web_remote_powershell_token.yml", include_str!("../rules/web_remote_powershell_token.yml")),
    ("web_script_in_static_folder.yml", include_str!("../rules/web_script_in_static_folder.yml")),
    ("web_script_post_first_seen.yml", include_str!("../rules/web_script_post_first_seen.yml")),
    ("web_script_reused_after_months.yml", include_str!("../rules/web_script_reused_after_months.yml")),
    ("win_bulk_read.yml", include_str!("../rules/win_bulk_read.yml")),
    ("win_bulk_read_in_place.yml", include_str!("../rules/win_bulk_read_in_place.yml")),
    ("win_log.yml", include_str!("../rules/win_log.yml")),
    ("win_logon.yml", include_str!("../rules/win_logon.yml")),
    ("win_script_in_web_folder.yml", include_str!("../rules/win_script_in_web_folder.yml")),
    ("win_web_account_persists.yml", include_str!("../rules/win_web_account_persists.yml")),
    ("win_web_worker_starts_shell.yml", include_str!("../rules/win_web_worker_starts_shell.yml")),
];

/// Name and text of each file of tests of these rules, in the order of their names.
pub const TESTS: &[(&str, &str)] = &[
    ("exchange.yml", include_str!("../rules/tests/exchange.yml")),
    ("mail.yml", include_str!("../rules/tests/mail.yml")),
    ("servers.yml", include_str!("../rules/tests/servers.yml")),
    ("signin.yml", include_str!("../rules/tests/signin.yml")),
    ("web.yml", include_str!("../rules/tests/web.yml")),
    ("windows.yml", include_str!("../rules/tests/windows.yml")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_test::{self, Bench};
    use crate::sigma::rule_set::RuleSet;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    fn files(folder: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries =
            fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<_> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.retain(|name| name.ends_with(".yml"));
        names.sort();
        names
    }

    #[test]
    fn every_file_of_rules_and_of_tests_is_shipped() {
        let names =
            |table: &[(&str, &str)]| table.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(names(RULES), files("rules"));
        assert_eq!(names(TESTS), files("rules/tests"));
    }

    /// What each test says holds, and most rules have one that they match and one that they do not.
    #[test]
    fn the_rules_do_what_their_tests_say() {
        let mut set = RuleSet::new(Vec::new());
        RULES.iter().for_each(|(name, text)| set.load(name, text));
        let set = set.finish();
        let mut bench = Bench::new(&set);
        let mut shown = [BTreeSet::new(), BTreeSet::new()];
        let mut failed = Vec::new();
        for (name, text) in TESTS {
            let (tests, faults) = rule_test::read(name, text);
            assert_eq!(faults, []);
            for row in tests.iter().flat_map(|test| bench.run(test)) {
                shown[usize::from(row.is_match_expected)].insert(row.rule.clone());
                if !row.is_passed() {
                    failed.push(format!(
                        "{}:{} {}: {} {:?}",
                        name, row.place.line, row.test, row.rule, row.found
                    ));
                }
            }
        }
        assert!(failed.is_empty(), "{}", failed.join("\n"));
        let both = shown[0].intersection(&shown[1]).count();
        assert!(both >= 60, "{both} rules have both kinds of test");
    }
}
