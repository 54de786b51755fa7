//! How a sending system turns a page into a mail to one member: the same way for every customer, lawful or not.

use crate::house::Member;
use crate::letter::{Authentication, Letter, Mailbox};
use crate::page::{BeaconKind, Look, Page};
use crate::random::Random;
use crate::service::{Account, Service};

/// A customer of a sending system and how it has set the system up.
#[derive(Clone, Debug)]
pub(crate) struct Mailing {
    pub(crate) organisation: String,
    pub(crate) postal_address: String,
    /// The site that links lead to.
    pub(crate) site: String,
    pub(crate) service: std::rc::Rc<Service>,
    pub(crate) account: Account,
    pub(crate) look: Look,
    /// The remote load that reports opens, if the customer wants to know.
    pub(crate) beacon: Option<BeaconKind>,
    pub(crate) tracks_clicks: bool,
    pub(crate) has_list_fields: bool,
    pub(crate) dkim_domain: String,
    pub(crate) dmarc: &'static str,
    pub(crate) has_plain_part: bool,
    pub(crate) greets_by_name: bool,
}

/// What one mail of a mailing says.
#[derive(Clone, Debug)]
pub(crate) struct Edition {
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) link: String,
}

impl Mailing {
    /// The token that stands for one mail to one member.
    pub(crate) fn token(&self, random: &mut Random) -> String {
        self.service.token(random)
    }

    /// The URL that reports an open, unless the mailing has none.
    pub(crate) fn beacon_url(&self, token: &str) -> Option<String> {
        match self.beacon {
            None | Some(BeaconKind::LinkOnly) => None,
            Some(_) => Some(self.service.open_url(&self.account, token)),
        }
    }

    /// Where the mail's main link leads at first.
    pub(crate) fn link_url(&self, token: &str, edition: &Edition) -> String {
        if self.tracks_clicks {
            self.service.click_url(&self.account, token, 1)
        } else {
            edition.link.clone()
        }
    }

    pub(crate) fn tracker_host(&self) -> &str {
        self.service.tracker_host(&self.account)
    }

    pub(crate) fn message_id(&self, token: &str) -> String {
        self.service.message_id(&self.account, token)
    }

    /// The mail with `token` to `member`.
    pub(crate) fn letter(
        &self,
        from: &Mailbox,
        member: &Member,
        token: &str,
        edition: &Edition,
        date: i64,
    ) -> Letter {
        let to = Mailbox::new(&member.person.full(), &member.address).header();
        let mut letter = Letter::new(from.clone(), to, edition.subject.clone(), date, self.message_id(token));
        letter.mail_from = self.service.mail_from(&self.account, token);
        letter.fields = self.service.fields(&self.account);
        let unsubscribe = self.has_list_fields.then(|| self.service.click_url(&self.account, token, 0));
        if let Some(url) = &unsubscribe {
            self.list_fields(url, &mut letter);
        }
        letter.relay = self.service.relay().to_owned();
        letter.origin = self.service.origin();
        letter.authentication = Some(Authentication {
            spf: "pass",
            dkim_domain: Some(self.dkim_domain.clone()),
            dmarc: self.dmarc,
        });
        self.fill(&mut letter, member, token, edition, unsubscribe.as_deref());
        letter
    }

    fn list_fields(&self, unsubscribe: &str, letter: &mut Letter) {
        let account = &self.account.id;
        letter.fields.push(("List-Id", format!("<{account}.{}>", self.service.domain)));
        letter.fields.push((
            "List-Unsubscribe",
            format!("<{unsubscribe}>,\n <mailto:leave-{account}@{}>", self.service.domain),
        ));
        letter.fields.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        letter.fields.push(("Precedence", "bulk".to_owned()));
    }

    fn fill(
        &self,
        letter: &mut Letter,
        member: &Member,
        token: &str,
        edition: &Edition,
        unsubscribe: Option<&str>,
    ) {
        let greeting = if self.greets_by_name {
            format!("Dear {},", member.person.full())
        } else {
            "Dear reader,".to_owned()
        };
        let beacon_url = self.beacon_url(token);
        let link = self.link_url(token, edition);
        let page = Page {
            look: &self.look,
            organisation: &self.organisation,
            postal_address: &self.postal_address,
            assets: &format!("img.{}/{}", self.service.domain, self.account.id),
            title: &edition.subject,
            greeting: &greeting,
            paragraphs: &edition.paragraphs,
            link: &link,
            unsubscribe,
            beacon: self.beacon.zip(beacon_url.as_deref()),
        };
        letter.html = Some(page.html());
        letter.plain = self.has_plain_part.then(|| page.plain());
    }
}
