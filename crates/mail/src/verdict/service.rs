//! Public services that anyone may use without saying who they are: what is found there tells nothing of its author.

use crate::domain::organizational_domain;

/// The largest providers of free mailboxes, as organizational domains; a name without a dot stands for all of its
/// national domains.
const FREE_MAIL: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "bol.com.br",
    "email.com",
    "foxmail.com",
    "free.fr",
    "gmail.com",
    "gmx",
    "googlemail.com",
    "hotmail",
    "hushmail.com",
    "icloud.com",
    "inbox.lv",
    "laposte.net",
    "libero.it",
    "live",
    "mac.com",
    "mail.com",
    "mail.ru",
    "mailfence.com",
    "me.com",
    "msn.com",
    "naver.com",
    "o2.pl",
    "orange.fr",
    "outlook",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "rocketmail.com",
    "seznam.cz",
    "sina.com",
    "t-online.de",
    "terra.com.br",
    "tutanota.com",
    "uol.com.br",
    "web.de",
    "wp.pl",
    "yahoo",
    "yandex",
    "ymail.com",
    "zoho.com",
];

/// URL shortening services.
const SHORTENERS: &[&str] = &[
    "adf.ly",
    "bit.do",
    "bit.ly",
    "bitly.com",
    "bitly.ws",
    "buff.ly",
    "cutt.ly",
    "dlvr.it",
    "encurtador.com.br",
    "goo.gl",
    "goo.su",
    "is.gd",
    "j.mp",
    "kutt.it",
    "lnkd.in",
    "n9.cl",
    "ow.ly",
    "qrco.de",
    "rb.gy",
    "rebrand.ly",
    "s.id",
    "short.gy",
    "shorturl.asia",
    "shorturl.at",
    "surl.li",
    "t.co",
    "t.ly",
    "t2m.io",
    "tiny.cc",
    "tiny.one",
    "tinyurl.com",
    "u.to",
    "urlz.fr",
    "v.gd",
    "wa.link",
    "x.gd",
];

/// Object stores, page hosts and site builders: hosts or parents of hosts.
const FREE_HOSTING: &[&str] = &[
    "000webhostapp.com",
    "amazonaws.com",
    "appspot.com",
    "azureedge.net",
    "azurefd.net",
    "azurewebsites.net",
    "b-cdn.net",
    "backblazeb2.com",
    "blob.core.windows.net",
    "blogspot.com",
    "cloudapp.azure.com",
    "cloudfront.net",
    "cloudfunctions.net",
    "codesandbox.io",
    "digitaloceanspaces.com",
    "dweb.link",
    "firebaseapp.com",
    "firebasestorage.googleapis.com",
    "fleek.co",
    "fly.dev",
    "framer.app",
    "framer.website",
    "github.io",
    "gitlab.io",
    "glitch.me",
    "godaddysites.com",
    "herokuapp.com",
    "infura-ipfs.io",
    "ipfs.io",
    "jimdosite.com",
    "linodeobjects.com",
    "myftp.biz",
    "myftp.org",
    "mystrikingly.com",
    "netlify.app",
    "ngrok.io",
    "notion.site",
    "objectstorage.eu-frankfurt-1.oraclecloud.com",
    "onrender.com",
    "oraclecloud.com",
    "pages.dev",
    "plesk.page",
    "r2.dev",
    "repl.co",
    "replit.app",
    "s3.amazonaws.com",
    "secureserver.net",
    "sharepoint.com",
    "sites.google.com",
    "square.site",
    "storage.googleapis.com",
    "surge.sh",
    "translate.goog",
    "trycloudflare.com",
    "typedream.app",
    "vercel.app",
    "wasabisys.com",
    "web.app",
    "web.core.windows.net",
    "webcindario.com",
    "webflow.io",
    "weebly.com",
    "weeblysite.com",
    "wixsite.com",
    "wordpress.com",
    "workers.dev",
    "yolasite.com",
];

/// Services for public forms: hosts or parents of hosts.
const FORMS: &[&str] = &[
    "cognitoforms.com",
    "docs.google.com",
    "forms.gle",
    "forms.office.com",
    "forms.zoho.com",
    "formstack.com",
    "hsforms.com",
    "jotform.com",
    "jotform.net",
    "paperform.co",
    "smartsheet.com",
    "surveyheart.com",
    "tally.so",
    "typeform.com",
    "wufoo.com",
    "zohopublic.com",
];

/// Well-known sites that pass a reader on to any address: host (or parent) and the beginning of the path.
const REDIRECTORS: &[(&str, &str)] = &[
    ("google", "/url"),
    ("google", "/amp/"),
    ("google", "/travel/clk"),
    ("googleadservices.com", "/pagead/aclk"),
    ("adservice.google.com", "/ddm/"),
    ("doubleclick.net", "/"),
    ("youtube.com", "/redirect"),
    ("facebook.com", "/l.php"),
    ("l.facebook.com", "/l.php"),
    ("facebook.com", "/n/"),
    ("linkedin.com", "/redir"),
    ("linkedin.com", "/slink"),
    ("bing.com", "/ck/a"),
    ("baidu.com", "/link"),
    ("duckduckgo.com", "/l/"),
    ("t.umblr.com", "/redirect"),
    ("steamcommunity.com", "/linkfilter"),
    ("vk.com", "/away.php"),
    ("slack-redir.net", "/link"),
];

/// Mailing services whose own hosts count clicks and carry the unsubscribe page for all their customers.
const MAILING: &[&str] = &[
    "activehosted.com",
    "agnitas.de",
    "amazonses.com",
    "aweber.com",
    "awstrack.me",
    "beehiiv.com",
    "brevo.com",
    "campaign-archive.com",
    "campaignmonitor.com",
    "cleverreach.com",
    "cmail19.com",
    "cmail20.com",
    "constantcontact.com",
    "convertkit-mail.com",
    "createsend.com",
    "customeriomail.com",
    "emltrk.com",
    "exacttarget.com",
    "getresponse.com",
    "hs-sites.com",
    "hubspotemail.net",
    "hubspotlinks.com",
    "intercom-mail.com",
    "klaviyomail.com",
    "klclick.com",
    "kmail-lists.com",
    "list-manage.com",
    "mailchimp.com",
    "mailchimpapp.net",
    "mailerlite.com",
    "mailgun.org",
    "mailjet.com",
    "mandrillapp.com",
    "mcsv.net",
    "mjt.lu",
    "mktomail.com",
    "mlsend.com",
    "pardot.com",
    "postmarkapp.com",
    "pstmrk.it",
    "rs6.net",
    "rsgsv.net",
    "sailthru.com",
    "salesforce.com",
    "sendgrid.net",
    "sendibm1.com",
    "sendinblue.com",
    "sparkpostmail.com",
    "substack.com",
    "zendesk.com",
];

/// Whether the domain belongs to a provider of free mailboxes.
pub(super) fn is_free_mail(domain: &str) -> bool {
    // Below them lie hosts for groups and for the provider's own mail.
    let is_whole = organizational_domain(domain) == domain;
    is_whole
        && (is_in(FREE_MAIL, domain)
            || domain.split_once('.').is_some_and(|(label, suffix)| {
                is_in(FREE_MAIL, label) && (suffix == "com" || is_national(suffix))
            }))
}

/// Whether the host is a URL shortening service.
pub(super) fn is_shortener(host: &str) -> bool {
    is_at_or_below(host, SHORTENERS)
}

/// Whether the host is a page of a free hosting service.
pub(super) fn is_free_hosting(host: &str) -> bool {
    is_at_or_below(host, FREE_HOSTING)
}

/// Whether host and path are those of a public form service; of shared office hosts only the forms count.
pub(super) fn is_form(host: &str, path: &str) -> bool {
    is_at_or_below(host, FORMS) && (host != "docs.google.com" || path.starts_with("/forms"))
}

/// Whether the host belongs to a mailing service.
pub(super) fn is_mailing(host: &str) -> bool {
    is_at_or_below(host, MAILING)
}

/// Whether host and path are an open redirect of a well-known site.
pub(super) fn is_redirector(host: &str, organization: &str, path: &str) -> bool {
    let label = organization.split('.').next().unwrap_or_default();
    REDIRECTORS.iter().any(|(site, start)| {
        (*site == host || *site == organization || *site == label) && path.starts_with(start)
    })
}

/// Whether the suffix is a country's: `de`, `co.uk`, `com.br`. The few that are given away to anyone are left out.
pub(super) fn is_national(suffix: &str) -> bool {
    let last = suffix.rsplit('.').next().unwrap_or(suffix);
    last.len() == 2
        && !matches!(
            suffix,
            "cc" | "cf" | "ga" | "gq" | "ml" | "tk" | "pw" | "ws" | "sa.com" | "co" | "me" | "io" | "to"
        )
}

/// The tables of names are sorted, so that a host costs a handful of comparisons each.
fn is_in(table: &[&str], name: &str) -> bool {
    table.binary_search(&name).is_ok()
}

fn is_at_or_below(host: &str, table: &[&str]) -> bool {
    let mut rest = host;
    loop {
        if is_in(table, rest) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) if parent.contains('.') => rest = parent,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        [FREE_MAIL, SHORTENERS, FREE_HOSTING, FORMS, MAILING]
            .iter()
            .for_each(|table| assert!(table.is_sorted()));
    }

    #[test]
    fn free_mailboxes_are_whole_domains() {
        for domain in ["gmail.com", "hotmail.fr", "yahoo.co.uk", "web.de"] {
            assert!(is_free_mail(domain), "{domain}");
        }
        for domain in
            ["groups.msn.com", "live.example", "mail.house.example", "outlook.tk", "gmail.house.example"]
        {
            assert!(!is_free_mail(domain), "{domain}");
        }
    }

    #[test]
    fn hosts_count_at_and_below_a_service() {
        assert!(is_shortener("t.co") && !is_shortener("not.co") && !is_shortener("co"));
        assert!(is_free_hosting("my.page.web.app") && !is_free_hosting("web.example"));
        assert!(
            is_redirector("www.google.de", "google.de", "/url?q=x")
                && !is_redirector("google.de", "google.de", "/maps")
        );
    }
}
