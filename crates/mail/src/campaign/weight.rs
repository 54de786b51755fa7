//! Every weight by which campaigns are judged, in one table, each with its reason.
//!
//! Weights are natural logarithms of likelihood ratios: how much more often a trait is seen in a hostile operation than
//! in lawful mail to the same house. They add up to the log-odds that an operation is a campaign of concern.

/// Log-odds before anything is seen. About one operation in two thousand that write to a house is hostile.
pub const PRIOR: f32 = -7.6;
/// Log-odds at which a person is alerted: more likely than not, by everything that was counted.
pub const ALERT: f32 = 0.0;
/// Fewest messages, and fewest recipients, that a person is alerted about.
pub const ALERT_MESSAGES_MIN: usize = 3;

/// Trait of an operation, its weight where it is fully present, and why.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// Stable name, as exported.
    pub code: &'static str,
    /// Natural logarithm of the likelihood ratio.
    pub weight: f32,
    /// Why it tells, for a person.
    pub why: &'static str,
}

const fn weight(code: &'static str, weight: f32, why: &'static str) -> Weight {
    Weight { code, weight, why }
}

/// Weight is computed: see `concentration`. The constant is only its upper bound.
pub const CONCENTRATION: Weight =
    weight("GROUP_CONCENTRATION", 4.5, "recipients are concentrated in a protected group");
/// Scaled by how much history there is.
pub const NOVEL: Weight =
    weight("NOVEL_SENDERS", 2.0, "neither the senders nor their domains wrote to the house before");
/// A mailbox provider's domain says nothing.
pub const NOVEL_AT_HUB: Weight =
    weight("NOVEL_ADDRESSES", -1.0, "the senders are new, at domains that many lawful senders share");
/// A colleague of somebody known.
pub const KNOWN: Weight =
    weight("KNOWN_ORGANIZATION", -1.0, "the senders belong to an organization that wrote before");
/// Sixty in a hundred lawful bulk mails have one too.
pub const TOKENED: Weight =
    weight("RECIPIENT_TOKENS", 0.5, "each message carries a token of its own that reports the reader");
/// Reconnaissance without a report is none.
pub const UNTOKENED: Weight = weight("NO_TOKENS", -3.0, "nothing in the messages would report the reader");
/// Lawful bulk mail hides its beacons as often as not.
pub const HIDDEN: Weight = weight("HIDDEN_BEACON", 0.5, "the beacon is hidden from the reader");
/// Lawful bulk mail mostly lets its readers leave (RFC 2369, 8058).
pub const NO_LIST: Weight = weight("BULK_WITHOUT_LIST", 1.0, "tracked mail to many without any list header");
/// Services add these by themselves, so it is no proof.
pub const HONEST_LIST: Weight =
    weight("HONEST_LIST", -3.0, "list headers name the sender or its mailing service");
/// What made members open the mails of 2021.
pub const IMITATION: Weight = weight(
    "IMITATES_LINKED",
    2.5,
    "name or domain of the senders imitates an organization that they link to",
);
/// Companies own several top-level domains, so it counts less than an imitation of what is linked.
pub const LOOKALIKE: Weight = weight(
    "LOOKALIKE_DOMAIN",
    1.5,
    "the senders' domain differs only in hyphens, digits or ending from another one that the house knows",
);
/// Readers pass articles on as well.
pub const ELSEWHERE: Weight =
    weight("LINKS_ELSEWHERE", 0.5, "no link leads to the sender's own organization");
/// An author who wants to be found.
pub const AT_HOME: Weight = weight("LINKS_HOME", -1.5, "links lead to the sender's own organization");
/// Two accounts count for 0.6 of it, three for all.
pub const SENDERS: Weight = weight("SEVERAL_SENDERS", 2.5, "several sender accounts work as one operation");
/// The indicted operation used ten accounts.
pub const CROWD: Weight = weight("CROWD", -4.0, "many people who each wrote a few times: a petition");
/// Copied text is how petitions and mass mail of constituents look; an operation that borrows names is not excused by it.
pub const ECHO: Weight = weight(
    "SAME_WORDS",
    -1.6,
    "several senders use the same words under their own names: people who take part in something",
);
/// Consent, shown.
pub const REPLIED: Weight = weight("REPLIED", -6.0, "members answered these senders");
/// Consent, suffered.
pub const REGULAR: Weight = weight("REGULAR", -1.5, "the same readers have been written to for months");
/// A group named `canary` in members.csv.
pub const CANARY: Weight = weight("CANARY", 4.0, "an address that nobody was ever given was written to");

/// Every weight, for the documentation and for `campaign show`.
pub const ALL: [Weight; 19] = [
    CONCENTRATION,
    NOVEL,
    NOVEL_AT_HUB,
    KNOWN,
    TOKENED,
    UNTOKENED,
    HIDDEN,
    NO_LIST,
    HONEST_LIST,
    IMITATION,
    LOOKALIKE,
    ELSEWHERE,
    AT_HOME,
    SENDERS,
    CROWD,
    ECHO,
    REPLIED,
    REGULAR,
    CANARY,
];

/// Days of history after which "never seen before" means something. Before that every sender is new.
pub const WARM_UP_DAYS: f32 = 10.0;
/// Senders at one domain from which on it is taken for a hub: a mailing service or a provider of mailboxes.
pub const HUB_SENDERS_MIN: u32 = 5;
/// Senders of a message or two each, from where an operation begins to look like a crowd to where it is one. Operations
/// known from indictments used ten accounts.
pub const CROWD_SENDERS: std::ops::Range<usize> = 4..10;

/// Resemblance of texts from which on two senders use the same words.
pub const ECHO_RESEMBLANCE_MIN: f32 = 0.5;

/// Log-odds, in the sense above, at which a strand joins an operation.
pub const JOIN: f32 = 3.0;

/// The same for two operations that are compared as wholes, strand by strand.
pub const JOIN_OPERATIONS: f32 = 1.9;

/// How strongly each kind of common ground binds two strands, before inverse document frequency and decay.
pub mod bond {
    /// The same text, at full resemblance.
    pub const TEXT: f32 = 4.0;
    /// Least resemblance of texts that counts.
    pub const TEXT_RESEMBLANCE_MIN: f32 = 0.35;
    /// The same HTML structure, at full resemblance.
    pub const SHAPE: f32 = 1.0;
    /// The same URL template of a load or tokened link: host and path.
    pub const TEMPLATE: f32 = 2.5;
    /// The same value in a slot, such as the customer's number at a tracker.
    pub const SLOT: f32 = 3.0;
    /// The same shape of a load's URL, on another host.
    pub const URL_SHAPE: f32 = 1.2;
    /// The same page linked to.
    pub const LINKED_PAGE: f32 = 1.5;
    /// The same organization linked to.
    pub const LINKED_HOST: f32 = 0.8;
    /// Senders at one organization.
    pub const SENDER_DOMAIN: f32 = 2.5;
    /// The same subject.
    pub const SUBJECT: f32 = 1.5;
    /// The same mailing service.
    pub const SERVICE: f32 = 0.6;
    /// Both strands are new, tracked, unasked for, aimed at one protected group, and close in time.
    pub const AIM: f32 = 2.5;
    /// Concentration (log-likelihood ratio) of the weaker strand at which the common aim counts in full: two recipients of
    /// the group and none outside. A single recipient may be chance.
    pub const AIM_RATIO_FULL: f32 = 1.6;
    /// The same where nothing else binds them: four recipients of the group and none outside. Constituents write to one or
    /// two.
    pub const AIM_RATIO_FULL_ALONE: f32 = 2.2;
    /// Other common ground from which on the common aim is not alone.
    pub const AIM_GROUND_MIN: f32 = 0.4;
    /// Added to the common aim where both strands began together.
    pub const AIM_SAME_DAYS: f32 = 0.6;
    /// Both imitate whom they link to.
    pub const IMITATION: f32 = 1.4;
    /// One has honest list headers, the other has none.
    pub const UNLIKE_LISTS: f32 = 2.0;
    /// One links to its own organization, the other does not.
    pub const UNLIKE_LINKS: f32 = 1.0;
    /// One imitates whom it links to, the other does not.
    pub const UNLIKE_IMITATION: f32 = 2.0;
    /// One hides its loads, the other does not.
    pub const UNLIKE_HIDING: f32 = 0.6;
    /// One carries tokens, the other does not.
    pub const UNLIKE_TOKENS: f32 = 1.5;
}

/// Days after which a bond on exact keys (text, template, slot, domain) has lost half of its strength.
pub const STRONG_HALF_LIFE_DAYS: f32 = 120.0;
/// The same for bonds on style (shape, service, linked host).
pub const WEAK_HALF_LIFE_DAYS: f32 = 20.0;
/// Days between the beginnings of two strands up to which they began together.
pub const SAME_DAYS_MAX: f32 = 3.0;
/// Operations of at most this many strands are compared as wholes; larger ones are crowds.
pub const JOIN_STRANDS_MAX: usize = 24;
/// Longest time, in days, between the beginnings of two strands over which their common aim binds.
pub const AIM_DAYS_MAX: f32 = 14.0;
/// The same as a multiple of the shorter strand's duration, where that is longer: in a slow wave one account follows
/// another.
pub const AIM_DURATION_SHARE: f32 = 1.5;
