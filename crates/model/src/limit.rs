//! Every buffer, depth, count and queue that outside input can fill, named in one place.
//!
//! A reader that meets a limit reports a [`crate::Defect`] or a truncation mark, keeps what it has, and goes on.

use std::time::Duration;

/// Largest message that is read, in bytes. Larger ones are set aside with a defect.
pub const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// MIME parts of one message that are looked into.
pub const PARTS_MAX: usize = 1_000;
/// Nesting of multiparts and of attached messages that is looked into.
pub const NESTING_MAX: usize = 32;
/// Bytes of one message's header section that are parsed.
pub const HEADER_BYTES_MAX: usize = 1 << 20;
/// Header fields of one message that are looked at.
pub const HEADERS_MAX: usize = 2_000;
/// Bytes of decoded HTML that are scanned in one message.
pub const HTML_BYTES_MAX: usize = 4 << 20;
/// Bytes of visible text that are sketched in one message.
pub const TEXT_BYTES_MAX: usize = 256 << 10;
/// Distinct URLs that are kept of one message.
pub const URLS_MAX: usize = 512;
/// Longest URL that is looked at, in bytes.
pub const URL_BYTES_MAX: usize = 8 << 10;
/// Recipients that are kept of one message.
pub const RECIPIENTS_MAX: usize = 500;
/// Beacons that are kept in a feature record.
pub const RECORD_BEACONS_MAX: usize = 16;
/// Hosts that are kept in a feature record.
pub const RECORD_HOSTS_MAX: usize = 16;
/// Attachment digests that are kept in a feature record.
pub const RECORD_ATTACHMENTS_MAX: usize = 8;
/// Largest encoded feature record, in bytes.
pub const RECORD_BYTES_MAX: usize = 32 << 10;
/// Longest line of a proxy log, in bytes.
pub const LOG_LINE_BYTES_MAX: usize = 64 << 10;
/// Members in a house.
pub const MEMBERS_MAX: usize = 100_000;
/// Factor by which a compressed input may grow in all, beyond which it is taken for a bomb.
pub const DECOMPRESSION_RATIO_MAX: u64 = 1_000;
/// Messages that are on their way between reader and store.
pub const IN_FLIGHT_MAX: usize = 1_024;
/// Messages that one group commit makes durable.
pub const COMMIT_BATCH_MAX: usize = 4_096;
/// Results of DKIM signatures that are kept of one message, and signatures that are checked (RFC 6376 section 6.1 lets a
/// verifier choose such a bound).
pub const DKIM_RESULTS_MAX: usize = 32;
/// Longest domain name, in bytes without its last dot (RFC 1035 section 2.3.4).
pub const DOMAIN_BYTES_MAX: usize = 253;
/// Longest separator line (`From sender date`) of an mbox that is recognised, in bytes.
pub const FROM_LINE_BYTES_MAX: usize = 1_024;
/// Bytes at the start of a file that decide what it is.
pub const SNIFF_BYTES_MAX: usize = 16 << 10;
/// Largest list of members that is read, in bytes.
pub const MEMBERS_FILE_BYTES_MAX: usize = 64 << 20;
/// Defects of one input that are kept in full; further ones are only counted.
pub const DEFECTS_KEPT_MAX: usize = 1_000;
/// Nesting of folders that is walked into.
pub const FOLDER_DEPTH_MAX: usize = 64;
/// Entries of one folder that are read. Their names are held in memory to be sorted.
pub const FOLDER_ENTRIES_MAX: usize = 4_000_000;
/// Search terms of one feature record.
pub const RECORD_TERMS_MAX: usize = 4_096;
/// Largest document of the record store, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 16 << 20;
/// Longest collection name or document key, in bytes.
pub const DOCUMENT_KEY_BYTES_MAX: usize = 1 << 10;
/// Largest file of the evidence log, in bytes: 256 entries of 64 KiB.
pub const TILE_BYTES_MAX: u64 = 16 << 20;
/// Longest path of a file of the evidence log, in bytes.
pub const TILE_PATH_BYTES_MAX: usize = 200;
/// ARC fields of a message whose chain is checked: three for each of the 50 hops of RFC 8617 section 4.2.1.
pub const ARC_FIELDS_MAX: usize = 150;
/// Longest signature field, DKIM or ARC, that is checked, in bytes.
pub const SIGNATURE_FIELD_BYTES_MAX: usize = 16 << 10;
/// Longest text of one field, or of one entry of a list, in a feature record, in bytes.
pub const RECORD_TEXT_BYTES_MAX: usize = 200;
/// All recipients of one kind in a feature record, in bytes: some 400 addresses.
pub const RECORD_LIST_BYTES_MAX: usize = 12 << 10;
/// Sessions of people in browsers that are open at once.
pub const SESSIONS_MAX: usize = 4_096;
/// Addresses, accounts or tokens whose rate of requests is watched at once.
pub const RATE_BUCKETS_MAX: usize = 16_384;
/// Connections to the console that are open at once.
pub const CONSOLE_CONNECTIONS_MAX: usize = 512;
/// Body of a request to the console or its interface, in bytes: a form, or a list of indicators.
pub const REQUEST_BYTES_MAX: usize = 256 << 10;
/// Accounts of a house.
pub const ACCOUNTS_MAX: usize = 10_000;
/// Longest name of an account, in bytes.
pub const ACCOUNT_NAME_BYTES_MAX: usize = 100;
/// Longest password, in bytes: hashing takes time for each.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Passwords that are hashed at once; each takes 64 MiB.
pub const PASSWORD_HASHES_MAX: usize = 2;
/// Tokens for programs.
pub const API_TOKENS_MAX: usize = 1_000;
/// Rows of one page of the HTTP interface.
pub const API_PAGE_ROWS_MAX: usize = 500;
/// Largest report file, DMARC or TLS, that is read, in bytes as it was sent.
pub const REPORT_FILE_BYTES_MAX: usize = 32 << 20;
/// Largest report after unpacking, in bytes.
pub const REPORT_BYTES_MAX: usize = 64 << 20;
/// Factor by which a report may grow when it is unpacked, beyond its first megabyte: rows that differ in nothing but the
/// address of their source pack to about a hundredth.
pub const REPORT_RATIO_MAX: usize = 200;
/// Largest TLS report after unpacking, in bytes: it is held as a tree, which takes some thirty times its size.
pub const TLS_REPORT_BYTES_MAX: usize = 2 << 20;
/// Nesting of elements in a DMARC report; RFC 7489 appendix C needs six.
pub const REPORT_DEPTH_MAX: usize = 32;
/// Rows of one DMARC report that are kept.
pub const REPORT_ROWS_MAX: usize = 100_000;
/// Longest text in a report that is kept, in bytes.
pub const REPORT_TEXT_BYTES_MAX: usize = 512;
/// Policies of one report that are kept.
pub const REPORT_POLICIES_MAX: usize = 64;
/// Failures of one TLS report that are kept.
pub const REPORT_FAILURES_MAX: usize = 10_000;
/// Reports of one message, and attached messages of one forward, that are read.
pub const REPORTS_PER_MESSAGE_MAX: usize = 16;
/// Defects of one report that are told one by one.
pub const REPORT_DEFECTS_MAX: usize = 20;
/// Files of one archive that are looked at in search of the report.
pub const ARCHIVE_FILES_MAX: usize = 64;
/// Longest line of an IMAP server, in bytes: a search that finds 100,000 messages.
pub const IMAP_LINE_BYTES_MAX: usize = 1 << 20;
/// Literals in one response of an IMAP server.
pub const IMAP_LITERALS_MAX: usize = 16;
/// Words and parentheses in one response of an IMAP server.
pub const IMAP_TOKENS_MAX: usize = 4_096;
/// Longest string that is sent to an IMAP server in quotes, in bytes; longer ones are sent as literals.
pub const IMAP_QUOTED_BYTES_MAX: usize = 512;
/// Messages of a folder that are listed at once before they are fetched one by one.
pub const IMAP_LISTED_MAX: usize = 1_000;
/// Messages of a folder in which one copy is looked for by its digest.
pub const IMAP_CANDIDATES_MAX: usize = 512;
/// Flags of a message that are carried over to its disarmed copy.
pub const IMAP_FLAGS_MAX: usize = 64;
/// Bytes of mail from all IMAP servers that are in memory at once.
pub const IMAP_IN_FLIGHT_BYTES_MAX: usize = 128 << 20;
/// Largest file with a password or token, and largest output of a command that prints one, in bytes.
pub const SECRET_BYTES_MAX: usize = 16 << 10;
/// Indicators of one hunt from the console.
pub const HUNT_INDICATORS_MAX: usize = 100;
/// Messages that the console keeps of one hunt; all are counted.
pub const HUNT_HITS_MAX: usize = 1_000;
/// Connections of mail servers to the milter at one time.
pub const MILTER_SESSIONS_MAX: usize = 4_096;
/// Bytes of messages that the milter holds in memory for all connections together, each message counted four times: one
/// of the largest. Beyond it senders are told to try again.
pub const MILTER_BYTES_MAX: usize = 4 * MESSAGE_BYTES_MAX;
/// Messages that the milter judges at one time, each on a thread.
pub const MILTER_JUDGED_MAX: usize = 64;
/// How long a mail server may be silent: longer than Postfix waits for its clients (300 s), who may be silent too.
pub const MILTER_IDLE_WAIT: Duration = Duration::from_secs(900);
/// How long a mail server may take to read an answer.
pub const MILTER_WRITE_WAIT: Duration = Duration::from_secs(30);
/// How long the milter waits after the system refused it a connection.
pub const MILTER_ACCEPT_WAIT: Duration = Duration::from_millis(100);
/// Hours for which the console keeps counts of messages: 400 days.
pub const ACTIVITY_HOURS_MAX: usize = 400 * 24;
/// Addresses of removed loads that the evidence of one disarming commits to; all of them are counted.
pub const DISARMED_URLS_MAX: usize = 1_000;
/// Networks that sent mail in the name of one domain on one day and are counted by themselves.
pub const REPORT_DAY_SOURCES_MAX: usize = 10_000;
/// Reporters, policies or kinds of failure of one domain on one day that are counted by themselves.
pub const REPORT_DAY_NAMES_MAX: usize = 500;
/// Domains that reports are counted for: whoever likes may send reports about whatever domain.
pub const REPORT_DOMAINS_MAX: usize = 2_000;
/// Years into the past that reports may be of.
pub const REPORT_YEARS_MAX: i64 = 10;
/// Days of reports that are shown at once.
pub const REPORT_DAYS_SHOWN_MAX: u32 = 400;
/// Longest reason, purpose or answer of a person, in bytes.
pub const REASON_BYTES_MAX: usize = 2_000;
/// Proposals that wait for a second person at one time.
pub const PROPOSALS_OPEN_MAX: usize = 1_000;
/// Warnings that one decision sends.
pub const WARNINGS_PER_DECISION_MAX: usize = 2_000;
/// Copies of messages that one purge moves.
pub const PURGE_COPIES_MAX: usize = 20_000;
/// Senders that are blocked.
pub const BLOCKED_SENDERS_MAX: usize = 100_000;
/// Rows of one page of decisions, warnings, accesses or messages in quarantine.
pub const MEASURE_PAGE_ROWS_MAX: usize = 500;
/// Longest address, in bytes: local part, `@` and domain (RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2).
pub const ADDRESS_BYTES_MAX: usize = 320;
/// Text of a message in quarantine that is shown to whoever decides about it, in bytes.
pub const PREVIEW_BYTES_MAX: usize = 256 << 10;
/// Messages that wait to be sent.
pub const OUTBOX_OPEN_MAX: usize = 20_000;
/// Messages in quarantine whose time ends that are worked on at once.
pub const EXPIRED_AT_ONCE_MAX: usize = 500;
/// Questions that the check of one domain asks name servers.
pub const POSTURE_QUESTIONS_MAX: usize = 64;
/// Addresses of one DMARC record that are looked at.
pub const REPORT_ADDRESSES_MAX: usize = 8;
/// Largest answer of a sign-on that is read, in bytes.
pub const ISSUER_ANSWER_BYTES_MAX: usize = 256 << 10;
/// Sign-ins at a sign-on that came back and are kept so that they do so once.
pub const SIGN_INS_ENDED_MAX: usize = 4_096;
/// Files of a drop folder that are taken in one look.
pub const DROPPED_FILES_MAX: usize = 10_000;
/// Times at which an account was handed over that are kept with it; the evidence log has all.
pub const ACCOUNT_HANDOVERS_MAX: usize = 20;
/// Tokens of one account.
pub const API_TOKENS_OF_ACCOUNT_MAX: usize = 20;
/// Largest original that is kept together with others in one file, in bytes; larger ones have a file of their own.
pub const PACKED_BLOB_BYTES_MAX: usize = 4 << 20;
/// Blocks of one message that are drawn.
pub const OUTLINE_BLOCKS_MAX: usize = 400;
/// Feature records whose time is over that are looked at once, and sealed originals.
pub const ERASED_AT_ONCE_MAX: usize = 5_000;
/// Browsers in which an account is known, so that strangers who guess do not keep its owner out.
pub const ACCOUNT_DEVICES_MAX: usize = 8;
/// Sessions of one account at one time.
pub const SESSIONS_OF_ACCOUNT_MAX: usize = 20;
/// Notes about messages in mailboxes that are looked at in one step of forgetting them.
pub const IMAP_NOTES_LOOKED_AT_MAX: usize = 10_000;
