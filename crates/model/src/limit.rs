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
/// Longest MTA-STS policy that is read, in bytes (RFC 8461, section 3.3).
pub const MTA_STS_POLICY_BYTES_MAX: usize = 64 << 10;
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
/// Longest name of a host, account, address or path that joins sightings, in bytes.
pub const ENTITY_BYTES_MAX: usize = 512;
/// Hosts, accounts, addresses and paths that one case remembers.
pub const CASE_ENTITIES_MAX: usize = 10_000;
/// Sightings and entries of the evidence log behind one answer about a case.
pub const CASE_ANSWER_EVIDENCE_MAX: usize = 100;
/// Values, lists and maps in one file of rules, aliases followed.
pub const RULE_FILE_NODES_MAX: usize = 200_000;
/// Lists, maps and parentheses of a rule within one another.
pub const RULE_NESTING_MAX: usize = 64;
/// Ways to write one value of a rule, which modifiers make of it.
pub const RULE_VALUE_VARIANTS_MAX: usize = 3_125;
/// Bytes of one file of rules or of a pipeline.
pub const RULE_FILE_BYTES_MAX: usize = 4 << 20;
/// Bytes of memory that one regular expression of a rule may take when compiled.
pub const RULE_REGEX_BYTES_MAX: usize = 10 << 20;
/// Files of rules below the folders that one command names.
pub const RULE_FILES_MAX: usize = 100_000;
/// Bytes of one record of a log; a longer one is set aside and the rest goes on.
pub const LOG_RECORD_BYTES_MAX: usize = 10 << 20;
/// Objects and lists within one another in an event of JSON.
pub const LOG_NESTING_MAX: usize = 32;
/// Fields of one event.
pub const LOG_EVENT_FIELDS_MAX: usize = 4_096;
/// Bytes of a log that are looked at to tell how it is written.
pub const LOG_HEAD_BYTES_MAX: usize = 64 << 10;
/// Seconds that events of a log may come late or out of order before what they belong to may be over.
pub const EVENT_LATENESS_SECS: i64 = 600;
/// The same while logs are caught up with: files of one day are read one after the other.
pub const CATCHING_UP_LATENESS_SECS: i64 = 26 * 3_600;
/// Events that are named as the evidence of one correlation's alert.
pub const CORRELATION_EVIDENCE_MAX: usize = 100;
/// Values of a field of one event, and choices of values of several fields, that correlations look at.
pub const CORRELATION_VALUES_MAX: usize = 1_024;
/// Longest value that correlations keep, in bytes; of a longer one they keep the beginning and the hash.
pub const CORRELATION_VALUE_BYTES_MAX: usize = 4_096;
/// Fields that make one group of a correlation.
pub const CORRELATION_GROUP_FIELDS_MAX: usize = 64;
/// Correlations that look at correlations, one on top of the other.
pub const CORRELATION_DEPTH_MAX: usize = 16;
/// Events of one group that are remembered one by one; what is more goes into rings.
pub const CORRELATION_ENTRIES_MAX: usize = 1_024;
/// Times of alerts of one group that are remembered, so that late events do not tell them again.
pub const CORRELATION_TOLD_MAX: usize = 64;
/// Times of use of one group, with silence between them, that are remembered.
pub const CORRELATION_INTERVALS_MAX: usize = 64;
/// Groups whose time is over that are worked on in one step.
pub const CORRELATION_TIMERS_AT_ONCE_MAX: usize = 50_000;
/// Fields of an event that a sighting shows.
pub const SIGHTING_FIELDS_MAX: usize = 64;
/// Bytes of a value that a sighting shows.
pub const SIGHTING_VALUE_BYTES_MAX: usize = 2_048;
/// Sightings that are recorded together.
pub const SIGHTINGS_AT_ONCE_MAX: usize = 1_000;
/// Events that wait in memory until they can be correlated in the order of time.
pub const HELD_EVENTS_MAX: usize = 200_000;
/// Longest key of a value that a reader of logs remembers, in bytes.
pub const KEYED_KEY_BYTES_MAX: usize = 256;
/// Largest value that a reader of logs remembers under one key, in bytes.
pub const KEYED_VALUE_BYTES_MAX: usize = 1 << 20;
/// Bytes of what correlations remember that are kept near; the rest is on disk.
pub const MEMORY_CACHE_BYTES: usize = 64 << 20;
/// Bytes of changes to it that may wait for a commit.
pub const MEMORY_WAITING_BYTES_MAX: usize = 16 << 20;
/// Names of fields, with those that lead to them, of which a reader of JSON remembers what they mean.
pub const LOG_PATHS_REMEMBERED_MAX: usize = 65_536;
/// Longest name of a field, with those that lead to it, in bytes; rules cannot ask for a longer one.
pub const LOG_PATH_BYTES_MAX: usize = 1_024;
/// Longest heading of a log, such as `#Fields:` of W3C, that is remembered over a restart, in bytes.
pub const LOG_HEADING_BYTES_MAX: usize = 64 << 10;
/// Files that one source of logs may consist of; of more, the newest are followed.
pub const LOG_SOURCE_FILES_MAX: usize = 10_000;
/// Bytes of one file that are read before others have their turn.
pub const LOG_TURN_BYTES: usize = 4 << 20;
/// Bytes of a source that are read before what its events mean together is worked out.
pub const LOG_ROUND_BYTES: u64 = 16 << 20;
/// Files of a source that stay open while nothing comes to them; common limits of systems are at 1,024.
pub const LOG_FILES_OPEN_MAX: usize = 128;
/// Longest name of a source of logs, in bytes.
pub const LOG_SOURCE_NAME_BYTES_MAX: usize = 64;
/// Items of a set that correlations count one by one; more are estimated.
pub const CORRELATION_DISTINCT_EXACT_MAX: usize = 64;
/// Stretches of time of one group for which correlations keep what was measured instead of the events.
pub const CORRELATION_SLOTS_MAX: usize = 128;
/// Rules that one correlation refers to.
pub const CORRELATION_RULES_MAX: usize = 1_024;
/// Events that one step of a rule's test stands for.
pub const RULE_TEST_EVENTS_MAX: u32 = 100_000;
/// Columns of a register's CSV file.
pub const REGISTER_COLUMNS_MAX: usize = 256;
/// Longest value in a register, in bytes; below 64 KiB, because lengths take two bytes.
pub const REGISTER_FIELD_BYTES_MAX: usize = 4_096;
/// Longest row of a register's CSV file, in bytes, with what is read ahead.
pub const REGISTER_RECORD_BYTES_MAX: usize = 1 << 20;
/// Bytes of rows that are sorted in memory before they go to a scratch file.
pub const REGISTER_SORT_BYTES: usize = 256 << 20;
/// Scratch files of one sort: with [`REGISTER_SORT_BYTES`] that is a quarter of a terabyte.
pub const REGISTER_SORT_RUNS_MAX: usize = 1_000;
/// Electors that a comparison of registers names; more are only counted.
pub const REGISTER_DIFFERENCES_KEPT_MAX: usize = 100_000;
/// Longest line of a patch between two registers, in bytes: two rows, whose signs JSON may write as six bytes each.
pub const REGISTER_PATCH_LINE_BYTES_MAX: usize = 16 << 20;
/// Largest file of a proof for one elector, in bytes; usual ones have two thousand.
pub const REGISTER_PROOF_BYTES_MAX: usize = 2 << 20;
/// Authorised notices between two seals; they are held in memory.
pub const REGISTER_NOTICES_MAX: usize = 5_000_000;
/// Longest heading of a seal, in bytes.
pub const SEAL_HEADING_BYTES_MAX: usize = 64 << 10;
/// Longest name of a register, in bytes.
pub const REGISTER_NAME_BYTES_MAX: usize = 128;
/// Electors that one question to a register looks at: a postcode has some tens, a house in all streets of one name some hundreds.
pub const REGISTER_LOOKUP_CANDIDATES_MAX: usize = 2_000;
/// Questions to registers that one person may ask in an hour.
pub const REGISTER_LOOKUPS_HOUR_MAX: u64 = 60;
/// Copies on the ledger of supplies of a register's office.
pub const REGISTER_SUPPLIES_MAX: usize = 100_000;
/// Longest name that is compared with sanctions lists, in bytes; more of it is not read.
pub const SCREEN_NAME_BYTES_MAX: usize = 1_024;
/// Tokens of a name that are compared; more are not. Places of tokens are bits of 64-bit numbers.
pub const SCREEN_NAME_TOKENS_MAX: usize = 24;
/// Longest token of a name, in bytes; more of it is not compared.
pub const SCREEN_TOKEN_BYTES_MAX: usize = 40;
/// Largest file of a sanctions list, in bytes; the largest one that is published has 130 MB.
pub const SCREEN_FILE_BYTES_MAX: u64 = 1 << 30;
/// Entries of one sanctions list.
pub const SCREEN_ENTRIES_MAX: usize = 1_000_000;
/// How deep elements of a sanctions list's XML may lie in each other.
pub const SCREEN_XML_DEPTH_MAX: usize = 32;
/// Values around the records of a sanctions list that are remembered.
pub const SCREEN_XML_HEAD_MAX: usize = 1_024;
/// Columns of a sanctions list.
pub const SCREEN_TABLE_COLUMNS_MAX: usize = 512;
/// Rows above the header of a sanctions list.
pub const SCREEN_PREAMBLE_ROWS_MAX: usize = 20;
/// Longest text of a claim, in bytes.
pub const CLAIM_TEXT_BYTES_MAX: usize = 4_096;
/// Items of evidence of one claim.
pub const CLAIM_ITEMS_MAX: usize = 200;
/// What else a claim could be.
pub const CLAIM_RIVALS_MAX: usize = 20;
/// Replies to one claim.
pub const CLAIM_REPLIES_MAX: usize = 100;
/// Entries of one list whose overlap with another one is looked for.
pub const OVERLAP_ENTRIES_MAX: usize = 100_000;
/// Longest entry of such a list, in bytes.
pub const OVERLAP_ENTRY_BYTES_MAX: usize = 1_024;
/// Largest file of an overlap, in bytes: two lists of points as lines, and what stands above them.
pub const OVERLAP_FILE_BYTES_MAX: usize = 2 * OVERLAP_ENTRIES_MAX * 65 + 4_096;
