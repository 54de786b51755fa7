//! Services that send mail for others, and servers on which organisations send their own bulk mail: relays, trackers,
//! URL forms and header fields.

use crate::names;
use crate::network::Domains;
use crate::random::Random;

/// How a service's tracking URLs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UrlForm {
    Path,
    Script,
    Upn,
    Gif,
    Nested,
}

/// One sending system.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) domain: String,
    relay: String,
    trackers: Vec<String>,
    form: UrlForm,
    software: String,
    is_shared: bool,
}

/// A customer's account at a service.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    /// Which of the service's tracker hosts serves this account.
    pub(crate) tracker: usize,
}

impl Service {
    /// The mail-merge service that the attacker and several lawful customers use.
    pub(crate) fn merge(random: &mut Random, domains: &mut Domains) -> Self {
        Self::shared(random, domains, UrlForm::Path)
    }

    /// Other services for bulk mail.
    pub(crate) fn others(random: &mut Random, domains: &mut Domains) -> Vec<Self> {
        [UrlForm::Script, UrlForm::Upn, UrlForm::Gif, UrlForm::Nested, UrlForm::Upn]
            .into_iter()
            .map(|form| Self::shared(random, domains, form))
            .collect()
    }

    fn shared(random: &mut Random, domains: &mut Domains, form: UrlForm) -> Self {
        let (name, domain) = domains.organisation(random, names::MAILERS);
        let host = random.pick(&["t", "click", "links", "e", "go"]);
        Self {
            relay: format!("out{}.{domain}", random.between(1, 9)),
            trackers: ["", "2", "3"].iter().map(|shard| format!("{host}{shard}.{domain}")).collect(),
            form,
            software: format!("{} {}.{}", name.replace(' ', ""), random.between(2, 9), random.between(0, 20)),
            is_shared: true,
            domain,
        }
    }

    /// Software on an organisation's own server.
    pub(crate) fn own(random: &mut Random, domain: &str) -> Self {
        let host = random.pick(&["t", "news", "mail", "www", "info"]);
        Self {
            domain: domain.to_owned(),
            relay: format!("mail.{domain}"),
            trackers: vec![format!("{host}.{domain}")],
            form: *random.pick(&[UrlForm::Path, UrlForm::Script, UrlForm::Gif, UrlForm::Nested]),
            software: (*random.pick(&["Listkeeper 3.6.1", "Bulkmail 2.14", "Newsdesk Mailer 5.0"]))
                .to_owned(),
            is_shared: false,
        }
    }

    pub(crate) fn account(&self, random: &mut Random) -> Account {
        // Most accounts stand on the first tracker host.
        let tracker = if random.chance(75) { 0 } else { random.below(self.trackers.len()) };
        Account { id: random.base36(6), tracker }
    }

    /// An account whose tracker is the first host, or the given one where there are as many.
    pub(crate) fn account_on(&self, random: &mut Random, tracker: usize) -> Account {
        Account { id: random.base36(6), tracker: tracker % self.trackers.len().max(1) }
    }

    pub(crate) fn tracker_host(&self, account: &Account) -> &str {
        self.trackers.get(account.tracker).or_else(|| self.trackers.first()).map_or("", String::as_str)
    }

    /// The URL whose fetch reports that the mail with `token` was opened.
    pub(crate) fn open_url(&self, account: &Account, token: &str) -> String {
        let (host, id) = (self.tracker_host(account), &account.id);
        match self.form {
            UrlForm::Path => format!("https://{host}/o/{id}/{token}"),
            UrlForm::Script => format!("https://{host}/open.php?m={id}&u={token}"),
            UrlForm::Upn => format!("https://{host}/wf/open?upn={token}"),
            UrlForm::Gif => format!("https://{host}/e/{token}.gif"),
            UrlForm::Nested => format!("https://{host}/track/open/{id}/{token}/p.png"),
        }
    }

    /// The URL through which a link of the mail with `token` leads to its target.
    pub(crate) fn click_url(&self, account: &Account, token: &str, link: usize) -> String {
        let (host, id) = (self.tracker_host(account), &account.id);
        match self.form {
            UrlForm::Path => format!("https://{host}/c/{id}/{token}/{link}"),
            UrlForm::Script => format!("https://{host}/link.php?m={id}&u={token}&n={link}"),
            UrlForm::Upn => format!("https://{host}/ls/click?upn={token}&n={link}"),
            UrlForm::Gif => format!("https://{host}/r/{token}/{link}"),
            UrlForm::Nested => format!("https://{host}/track/click/{id}/{token}/{link}"),
        }
    }

    /// Where bounces go: the service reads the token from it.
    pub(crate) fn mail_from(&self, account: &Account, token: &str) -> String {
        let short: String = token.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
        format!("bounce+{}-{}@{}", account.id, short.to_lowercase(), self.domain)
    }

    pub(crate) fn message_id(&self, account: &Account, token: &str) -> String {
        let token: String = token.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("<{token}.{}@{}>", account.id, self.domain)
    }

    /// Header fields that the system adds to each mail, for lawful and other customers alike.
    pub(crate) fn fields(&self, account: &Account) -> Vec<(&'static str, String)> {
        let mut fields = vec![("X-Mailer", self.software.clone())];
        if self.is_shared {
            fields.push(("Feedback-ID", format!("{}:{}", account.id, self.domain)));
            fields.push(("X-Account-Code", account.id.clone()));
        }
        fields
    }

    pub(crate) fn relay(&self) -> &str {
        &self.relay
    }

    /// The worker behind the relay that took the mail in.
    pub(crate) fn origin(&self) -> String {
        format!("app.{}", self.domain)
    }

    /// The length of this system's tokens.
    pub(crate) fn token(&self, random: &mut Random) -> String {
        match self.form {
            UrlForm::Path => random.base64url(22),
            UrlForm::Script => random.hex(16),
            UrlForm::Upn => random.base64url(64),
            UrlForm::Gif => random.base64url(32),
            UrlForm::Nested => random.hex(32),
        }
    }
}
