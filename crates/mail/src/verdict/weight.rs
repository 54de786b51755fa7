//! The one table of what speaks for and against phishing, with what each trait weighs and why.
//!
//! The weights are fitted by the example `calibrate`; `docs/calibration.md` tells on what. A weight of zero is a trait that
//! calibration found to say nothing beside the others: it is reported, so that a person sees it, and does not count.

use model::Reason;

/// How far calibration may move a weight. The sign is fixed by reason, so that no accident of a corpus can turn a
/// harmless habit into evidence or a lie into an alibi.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Speaks for phishing: 0 to 4.
    Hostile,
    /// Speaks for phishing, but lawful senders do it too, and more so every year: 0 to 1.
    Weak,
    /// Speaks against phishing, and costs an attacker little to imitate: -1.5 to 0.
    Lawful,
    /// Set by reason; calibration leaves it alone, because the corpora hold too little to fit it on.
    Fixed,
}

impl Bound {
    /// Least and greatest weight that calibration may set.
    pub fn range(self) -> (f32, f32) {
        match self {
            Self::Hostile => (0.0, 4.0),
            Self::Weak => (0.0, 1.0),
            Self::Lawful => (-1.5, 0.0),
            Self::Fixed => (f32::MIN, f32::MAX),
        }
    }
}

/// One trait of a message and what it weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    /// Stable name, as [`Reason::code`].
    pub code: &'static str,
    /// How calibration may set it.
    pub bound: Bound,
    /// Natural logarithm of the likelihood ratio, to one decimal.
    pub weight: f32,
    /// Why it means anything.
    pub why: &'static str,
}

impl Weight {
    pub(super) fn reason(&self, detail: String) -> Reason {
        Reason { code: self.code, weight: self.weight, detail }
    }
}

/// Log odds of a message that shows no trait. Not the share of phishing in anyone's mail: calibration sets it so that the
/// threshold of quarantine keeps the promised rate of false alarms.
pub const PRIOR: f32 = -3.1;

macro_rules! weights {
    ($($name:ident $bound:ident $weight:literal $why:literal)*) => {
        $(#[doc = $why]
        pub const $name: Weight =
            Weight { code: stringify!($name), bound: Bound::$bound, weight: $weight, why: $why };)*

        /// Every weight, in the order of the table.
        pub const ALL: &[Weight] = &[$($name),*];
    };
}

weights! {
    NAME_BRAND Hostile 2.1 "The display name claims a well-known brand, the sender's domain is not that brand's."
    NAME_BRAND_FREEMAIL Hostile 0.2 "A well-known brand does not write from a free mailbox."
    NAME_ADDRESS Fixed 1.0 "The display name shows an address or domain of another organization: most mail clients show the name only."
    NAME_RECIPIENT Fixed 1.0 "The display name repeats the recipient's address: a template filled by a machine, to look like one's own mail system."
    NAME_DISGUISED Fixed 1.5 "The display name holds look-alike or styled letters, or invisible characters: they exist to pass filters."
    NAME_UNRELATED Hostile 1.6 "No word of the display name, nor its initials, is found in the address: names are changed per campaign, mailboxes are not."
    NAME_SYMBOLS Weak 0.0 "The display name holds pictures or symbols in place of a name."
    FROM_BRAND_HOST Fixed 1.0 "The sender's domain holds the name of a well-known brand without belonging to it."
    FROM_DOMAIN_IMPOSSIBLE Hostile 0.7 "The sender's domain cannot exist: no answer could ever reach it."
    FROM_DOMAIN_RANDOM Hostile 0.6 "The sender's domain looks made by a machine, to be used once."
    FROM_DOMAIN_NUMBERED Weak 0.2 "The sender's domain ends in a number, as domains bought by the dozen do."
    FROM_LOCAL_RANDOM Weak 0.0 "The part before the @ looks made by a machine."
    FROM_MALFORMED Hostile 1.0 "The From field does not follow RFC 5322: mail programs write it correctly, sending scripts often do not."
    FROM_RECIPIENT Hostile 1.5 "Sender and recipient are the same address, and the message did not come by a list."
    REPLY_FREEMAIL Hostile 1.6 "Answers go to a free mailbox of somebody else than the sender."
    REPLY_ELSEWHERE Weak 1.0 "Answers go to another organization, and the message did not come by a list."
    MAIL_FROM_ELSEWHERE Weak 1.0 "The envelope names another organization than the author, and nothing says that a list or a service sent it."
    MAIL_FROM_NULL Hostile 0.5 "The envelope has the null sender of bounces (RFC 5321 section 4.5.5), the message is none."
    SENDER_ELSEWHERE Weak 0.7 "The Sender field names another organization than the author, and the message did not come by a list."
    THREAD_UNMARKED Weak 0.0 "It refers to an earlier message, but its subject does not say so: fields made up to pass as an answer."
    TO_NOBODY Weak 0.2 "The header names no recipient, and the message did not come by a list."
    DATE_ODD Weak 0.0 "The Date field is missing (RFC 5322 section 3.6 requires it) or more than two days off the receiving server's clock."
    MESSAGE_ID_ODD Weak 0.0 "The Message-ID is missing or names no domain."
    PRIORITY_URGENT Weak 0.8 "The header asks for urgent attention."
    SUBJECT_RECIPIENT Hostile 0.9 "The subject repeats the recipient's address or its local part."
    SUBJECT_TOKEN Weak 0.7 "The subject ends in a random string, which makes every copy different for filters."
    SUBJECT_DISGUISED Fixed 1.5 "The subject holds look-alike or styled letters, or invisible characters inside words."
    SUBJECT_SYMBOLS Weak 0.3 "The subject holds pictures or symbols."
    SUBJECT_FALSE_REPLY Weak 0.0 "The subject claims an answer or a forward, but no field refers to an earlier message."
    TEXT_DISGUISED Hostile 1.1 "Words of the text are cut by invisible characters, or mix alphabets."
    TEXT_ENTITIES Fixed 0.8 "Plain letters are written as numeric character references, which only filters notice."
    TEXT_BASE64 Weak 0.5 "Plain English letters are sent as base64, which no mail program needs."
    LINK_IP Hostile 1.0 "A link leads to a bare network address or to the name of one, not to an organization."
    LINK_PORT Fixed 0.5 "A link leads to an unusual port."
    LINK_USERINFO Fixed 1.5 "A link puts a name before an @, so that its beginning looks like another host (RFC 3986 section 7.6)."
    LINK_CONFUSABLE Fixed 1.5 "A link leads to a host in look-alike or mixed alphabets."
    LINK_BRAND_HOST Fixed 1.0 "A link leads to a host that holds the name of a well-known brand without belonging to it."
    LINK_TEXT_LIES Fixed 1.5 "The text of a link shows one host, its target is at another organization."
    LINK_FREE_HOSTING Hostile 1.1 "A link leads to a page on storage or hosting that anyone gets without saying who they are."
    LINK_FORM_SERVICE Fixed 0.8 "A link leads to a public form service, where phishers collect answers without a server."
    LINK_SHORTENER Hostile 1.4 "A link hides its target behind a public shortening service."
    LINK_REDIRECTOR Hostile 1.1 "A link passes through the open redirect of a well-known site to borrow its name."
    LINK_RANDOM_HOST Hostile 0.4 "A link leads to a domain that looks made by a machine."
    LINK_FRAGMENT_TOKEN Hostile 1.2 "The fragment of a link holds a token or an address: it reaches the page's script, but no server log and no filter."
    LINK_RECIPIENT Hostile 0.2 "A link to a stranger's host holds the recipient's address."
    LINK_SCRIPT Fixed 2.0 "A link holds a whole page or script instead of an address."
    LINKS_ONE_STRANGER Hostile 0.6 "All links of a formatted message lead to one organization that is neither the sender's nor a mailing service's."
    LINKS_ELSEWHERE Weak 0.5 "No link of a formatted message leads to the sender's organization."
    LINK_MAILBOX Hostile 0.7 "A link opens an answer to a free mailbox that is not the sender's."
    LOADS_BRAND Hostile 0.4 "Pictures are fetched from a well-known brand, though neither sender nor links belong to it."
    LIST_ELSEWHERE Weak 0.9 "The fields for unsubscribing name neither the sender nor a service that the message uses."
    HTML_ONLY Weak 0.3 "There is no plain text beside the HTML."
    PICTURE_ONLY Hostile 1.7 "The message is a linked picture with hardly any text, so that only people can read it."
    BRIEF_LINK Weak 0.0 "A few words and a link to a stranger's host."
    FORM Fixed 0.3 "The message holds a form or a password field."
    SCRIPT Hostile 0.5 "The message holds a script, which no mail client runs and no lawful sender needs."
    ATTACHMENT_ACTIVE Fixed 2.0 "An attachment of a kind that runs or shows a page when it is opened."
    ATTACHMENT_MISNAMED Fixed 1.5 "An attachment's name has two endings, or hides its last one."
    ATTACHMENT_BARE Weak 1.0 "There is an attachment of office kind and hardly any text."
    DMARC_FAIL Fixed 1.5 "A trusted server found that the sender's domain does not vouch for the message."
    SPF_FAIL Fixed 0.5 "A trusted server found that the envelope's domain disowns the sending host; forwarding breaks it too."
    DMARC_PASS Fixed -0.2 "A trusted server found that the sender's domain vouches for the message; so it did in the case that this program exists for."
    RECEIPT Fixed 0.0 "The header asks for a receipt, which tells the sender when the message was opened; colleagues ask for them too."
    UNREAD_LOAD Fixed 0.0 "Something that a mail program may fetch stands where the detectors do not read, or behind their limits: the disarmer found it."
    THREAD Lawful -0.3 "It answers an earlier message, by its fields and by its subject."
    LINKS_HOME Lawful -1.5 "Links lead to the sender's own organization."
    LIST_HONEST Lawful -1.5 "The list fields name the sender's organization or the service that carries its pictures."
}
