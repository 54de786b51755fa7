//! Well-known brands that phishing claims, and the domains that they write from: public facts, no judgement.

use super::service::is_national;
use crate::domain::organizational_domain;

/// A brand's name and its domains.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Brand {
    /// The name in lower case, its words separated by single spaces.
    pub(super) name: &'static str,
    /// Whether the name is an ordinary word or a surname too: it counts only where it is the whole display name.
    is_word: bool,
    /// Organizational domains; a label without a dot stands for that label under `com` and every national suffix.
    domains: &'static [&'static str],
}

impl Brand {
    /// Whether the organizational domain is the brand's.
    pub(super) fn owns(&self, organization: &str) -> bool {
        Organization::of(organization).is_of(self)
    }
}

/// An organizational domain, taken apart once for many brands.
struct Organization<'a> {
    whole: &'a str,
    label: &'a str,
    suffix: &'a str,
    has_usual_suffix: bool,
}

impl<'a> Organization<'a> {
    fn of(whole: &'a str) -> Self {
        let (label, suffix) = whole.split_once('.').unwrap_or((whole, ""));
        let has_usual_suffix = matches!(suffix, "com" | "net" | "org") || is_national(suffix);
        Self { whole, label, suffix, has_usual_suffix }
    }

    fn is_of(&self, brand: &Brand) -> bool {
        // A brand may hold a top-level domain of its own, such as `.google`.
        brand.domains.iter().any(|domain| {
            *domain == self.whole
                || (self.has_usual_suffix && *domain == self.label)
                || *domain == self.suffix
        })
    }
}

const fn brand(name: &'static str, domains: &'static [&'static str]) -> Brand {
    Brand { name, domains, is_word: false }
}

const fn word(name: &'static str, domains: &'static [&'static str]) -> Brand {
    Brand { name, domains, is_word: true }
}

/// Sorted by the bytes of the name: [`with_initial_of`] relies on it.
const BRANDS: &[Brand] = &[
    brand("adobe", &["adobe", "adobesign.com", "echosign.com"]),
    brand("airbnb", &["airbnb"]),
    brand("aldi", &["aldi", "aldi-sued.de", "aldi-nord.de"]),
    brand("aliexpress", &["aliexpress", "alibaba.com"]),
    brand("allianz", &["allianz"]),
    brand("amazon", &["amazon", "amazonses.com", "primevideo.com", "audible", "amazon-adsystem.com"]),
    brand("amazon prime", &["amazon", "primevideo.com"]),
    brand("american express", &["americanexpress", "aexp.com"]),
    brand("amex", &["americanexpress", "aexp.com"]),
    word("apple", &["apple", "icloud.com", "itunes.com"]),
    brand("apple id", &["apple", "icloud.com"]),
    brand("apple pay", &["apple", "icloud.com"]),
    brand("apple support", &["apple", "icloud.com"]),
    brand("auspost", &["auspost.com.au"]),
    brand("australia post", &["auspost.com.au"]),
    brand("banco do brasil", &["bb.com.br"]),
    brand("bank of america", &["bankofamerica", "bofa.com"]),
    brand("barclays", &["barclays", "barclaycard"]),
    brand("bbva", &["bbva"]),
    brand("best buy", &["bestbuy"]),
    brand("bestbuy", &["bestbuy"]),
    brand("binance", &["binance"]),
    brand("bitpanda", &["bitpanda"]),
    brand("blockchain com", &["blockchain.com"]),
    brand("bol com", &["bol.com"]),
    brand("booking com", &["booking.com"]),
    brand("bpost", &["bpost.be", "bpost"]),
    brand("bradesco", &["bradesco"]),
    brand("caixa economica", &["caixa.gov.br"]),
    brand("caixabank", &["caixabank"]),
    brand("canada post", &["canadapost.ca", "canadapost-postescanada.ca"]),
    brand("capital one", &["capitalone"]),
    brand("cash app", &["cash.app", "squareup.com"]),
    brand("cashapp", &["cash.app", "squareup.com"]),
    word("chase", &["chase.com", "jpmorgan"]),
    brand("chase bank", &["chase.com", "jpmorgan"]),
    brand("chronopost", &["chronopost.fr", "chronopost"]),
    brand("cibc", &["cibc"]),
    brand("citibank", &["citi.com", "citibank"]),
    brand("coinbase", &["coinbase"]),
    brand("comcast", &["comcast", "xfinity.com"]),
    brand("commerzbank", &["commerzbank"]),
    brand("correios", &["correios.com.br"]),
    brand("correos", &["correos", "correos.com"]),
    brand("costco", &["costco"]),
    brand("cpanel", &["cpanel.net"]),
    brand("credit agricole", &["credit-agricole", "ca-paris.fr"]),
    brand("cvs", &["cvs.com", "cvshealth.com"]),
    brand("delta air lines", &["delta.com"]),
    brand("deutsche bank", &["db.com", "deutsche-bank"]),
    brand("deutsche post", &["deutschepost", "dhl", "dpdhl.com"]),
    brand("deutsche telekom", &["telekom", "t-online.de"]),
    brand("dhl", &["dhl", "dpdhl.com", "deutschepost"]),
    brand("dick s sporting goods", &["dickssportinggoods.com", "dcsg.com"]),
    brand("digid", &["digid.nl", "logius.nl"]),
    brand("disney", &["disney", "disneyplus.com", "go.com"]),
    brand("disney plus", &["disney", "disneyplus.com", "go.com"]),
    brand("docusign", &["docusign", "docusign.net"]),
    brand("dpd", &["dpd", "dpdgroup", "geopost"]),
    brand("dropbox", &["dropbox", "dropboxmail.com"]),
    brand("ebay", &["ebay"]),
    brand("evri", &["evri.com", "myhermes.co.uk"]),
    word("exodus", &["exodus.com", "exodus.io"]),
    brand("facebook", &["facebook", "facebookmail.com", "fb.com", "meta.com"]),
    brand("fedex", &["fedex"]),
    brand("fifth third", &["53.com"]),
    brand("geico", &["geico.com"]),
    word("gls", &["gls-group.eu", "gls-group.com", "gls-pakete.de"]),
    brand("godaddy", &["godaddy"]),
    brand(
        "google",
        &["google", "googlegroups.com", "googlemail.com", "youtube.com", "gmail.com", "withgoogle.com"],
    ),
    brand("google play", &["google"]),
    brand("harbor freight", &["harborfreight.com"]),
    word("hermes", &["hermes", "myhermes.de", "hermesworld.com"]),
    brand("home depot", &["homedepot"]),
    brand("hsbc", &["hsbc"]),
    brand("icloud", &["apple", "icloud.com"]),
    brand("ikea", &["ikea", "ikea.email"]),
    brand("instagram", &["instagram", "facebookmail.com", "meta.com"]),
    word("intuit", &["intuit"]),
    brand("iphone", &["apple"]),
    brand("itau", &["itau.com.br", "itau", "itau-unibanco.com.br"]),
    brand("itunes", &["apple", "itunes.com"]),
    brand("kohl s", &["kohls.com"]),
    brand("kohls", &["kohls.com"]),
    brand("kpn", &["kpn"]),
    word("kraken", &["kraken.com"]),
    brand("la banque postale", &["labanquepostale.fr"]),
    brand("la poste", &["laposte.fr", "laposte.net"]),
    word("ledger", &["ledger.com"]),
    brand("lidl", &["lidl"]),
    brand("linkedin", &["linkedin"]),
    brand("lloyds bank", &["lloydsbank.co.uk", "lloydsbank.com"]),
    brand("lowe s", &["lowes.com"]),
    brand("lowes", &["lowes.com"]),
    brand("macy s", &["macys.com"]),
    brand("macys", &["macys.com"]),
    brand("magazine luiza", &["magazineluiza.com.br", "magalu.com"]),
    brand("mastercard", &["mastercard"]),
    brand("mcafee", &["mcafee"]),
    brand("mediamarkt", &["mediamarkt", "mms.com"]),
    brand("mercado livre", &["mercadolivre.com.br", "mercadolibre", "mercadopago"]),
    brand("mercado pago", &["mercadopago", "mercadolibre"]),
    brand("meta business", &["meta.com", "facebook.com", "facebookmail.com"]),
    brand("metamask", &["metamask.io", "consensys.net"]),
    brand(
        "microsoft",
        &[
            "microsoft",
            "outlook.com",
            "office.com",
            "microsoftonline.com",
            "live.com",
            "skype.com",
            "hotmail.com",
            "xbox.com",
            "sharepointonline.com",
            "windows.com",
            "azure.com",
        ],
    ),
    brand("microsoft 365", &["microsoft", "office.com", "microsoftonline.com"]),
    brand("n26", &["n26.com"]),
    brand("national lottery", &["national-lottery.co.uk"]),
    brand("natwest", &["natwest.com", "natwest"]),
    brand("netflix", &["netflix"]),
    brand("nordvpn", &["nordvpn.com", "nordaccount.com"]),
    word("norton", &["norton.com", "nortonlifelock.com", "gendigital.com"]),
    brand("norton lifelock", &["norton.com", "nortonlifelock.com", "gendigital.com"]),
    brand("nubank", &["nubank.com.br"]),
    brand("office 365", &["microsoft", "office.com", "microsoftonline.com"]),
    brand("office365", &["microsoft", "office.com", "microsoftonline.com"]),
    brand("onedrive", &["microsoft", "onedrive.com", "live.com"]),
    word("orange", &["orange.fr", "orange.com", "orange"]),
    word("outlook", &["microsoft", "outlook.com", "office.com"]),
    brand("paramount plus", &["paramountplus.com", "paramount.com"]),
    brand("paypal", &["paypal", "paypal-communication.com"]),
    word("peacock", &["peacocktv.com", "nbcuni.com"]),
    brand("postbank", &["postbank.de"]),
    brand("postnl", &["postnl.nl", "postnl"]),
    brand("rabobank", &["rabobank"]),
    brand("revolut", &["revolut"]),
    brand("royal bank of canada", &["rbc.com", "rbcroyalbank.com"]),
    brand("royal mail", &["royalmail.com"]),
    brand("santander", &["santander", "gruposantander.com"]),
    brand("saudi aramco", &["aramco.com", "saudiaramco.com"]),
    brand("scotiabank", &["scotiabank"]),
    brand("sedex", &["correios.com.br"]),
    brand("sephora", &["sephora"]),
    brand("serasa", &["serasa.com.br", "serasaexperian.com.br", "experian"]),
    brand("sharepoint", &["microsoft", "sharepoint.com", "sharepointonline.com"]),
    brand("sirius xm", &["siriusxm.com"]),
    brand("siriusxm", &["siriusxm.com"]),
    brand("sparkasse", &["sparkasse", "sparkassen.de"]),
    brand("spotify", &["spotify"]),
    brand("starbucks", &["starbucks"]),
    brand("state farm", &["statefarm.com"]),
    word("stripe", &["stripe.com"]),
    brand("swisscom", &["swisscom", "bluewin.ch"]),
    brand("t mobile", &["t-mobile", "telekom"]),
    brand("target com", &["target.com"]),
    brand("telekom", &["telekom", "t-online.de", "magenta.at", "t-mobile"]),
    brand("telstra", &["telstra"]),
    brand("temu", &["temu.com", "temuemail.com"]),
    brand("tesco", &["tesco.com", "tesco"]),
    brand("tiktok", &["tiktok.com", "tiktokv.com"]),
    brand("tractor supply", &["tractorsupply.com"]),
    brand("trezor", &["trezor.io", "satoshilabs.com"]),
    brand("trust wallet", &["trustwallet.com"]),
    brand("trustwallet", &["trustwallet.com"]),
    word("uber", &["uber.com"]),
    brand("ulta beauty", &["ulta.com"]),
    brand("unicredit", &["unicredit", "unicreditgroup.eu"]),
    brand("ups", &["ups.com", "upsemail.com"]),
    brand("usaa", &["usaa.com"]),
    brand("usps", &["usps.com", "usps.gov"]),
    brand("verizon", &["verizon", "verizonwireless.com"]),
    word("visa", &["visa.com", "visa"]),
    brand("vodafone", &["vodafone"]),
    brand("volksbank", &["volksbank.de", "vr.de", "volksbank"]),
    brand("walgreens", &["walgreens.com"]),
    brand("walmart", &["walmart"]),
    brand("wells fargo", &["wellsfargo.com"]),
    brand("western union", &["westernunion"]),
    brand("whatsapp", &["whatsapp.com", "whatsapp.net", "facebookmail.com"]),
    brand("xfinity", &["xfinity.com", "comcast"]),
    word("yahoo", &["yahoo", "yahoo-inc.com", "yahoogroups.com"]),
    brand("youtube", &["youtube.com", "google"]),
    brand("zelle", &["zellepay.com", "earlywarning.com"]),
    word("zoom", &["zoom.us", "zoom.com"]),
];

/// Fewest letters of a brand's name that may be followed by further letters in one word (`netflixsupport`), or stand in a
/// host name between other letters. Shorter names occur inside ordinary words.
const PREFIX_LETTERS_MIN: usize = 6;
/// Words of a display name that are looked at.
const WORDS_MAX: usize = 16;

/// The brand that a display name claims. `words` are its words in lower case, look-alikes unified.
pub(super) fn claimed(words: &[String]) -> Option<&'static Brand> {
    let words = words.get(..words.len().min(WORDS_MAX)).unwrap_or_default();
    (0..words.len()).find_map(|start| {
        let rest = words.get(start..)?;
        let named = with_initial_of(rest.first()?).iter().filter(|brand| match brand.is_word {
            true => words.len() == 1 && rest.first().is_some_and(|word| word == brand.name),
            false => begins_with(rest, brand.name),
        });
        // Of several that match, the longest name says most: `amazon prime` before `amazon`.
        named.max_by_key(|brand| brand.name.len())
    })
}

/// The part of the sorted table whose names begin like `text`: every word and every piece of a host is looked up.
fn with_initial_of(text: &str) -> &'static [Brand] {
    let initial = text.bytes().next();
    let initial_of = |brand: &Brand| brand.name.bytes().next();
    let start = BRANDS.partition_point(|brand| initial_of(brand) < initial);
    let end = BRANDS.partition_point(|brand| initial_of(brand) <= initial);
    BRANDS.get(start..end).unwrap_or_default()
}

fn begins_with(words: &[String], name: &str) -> bool {
    let mut given = words.iter();
    let mut wanted = name.split(' ').peekable();
    while let Some(part) = wanted.next() {
        let Some(word) = given.next() else { return false };
        let may_continue = wanted.peek().is_none() && name.len() >= PREFIX_LETTERS_MIN;
        if !(word == part || (may_continue && word.starts_with(part))) {
            return false;
        }
    }
    true
}

/// The brand whose name a host holds as a whole piece between dots and hyphens, or at the start of one, although the host
/// is not the brand's. Hosts of services that name their customers' sites are for the caller to leave out.
pub(super) fn in_foreign_host(host: &str) -> Option<&'static Brand> {
    let suffix = psl::suffix_str(host).map_or(0, |suffix| suffix.len() + 1);
    let named = host.get(..host.len().saturating_sub(suffix)).unwrap_or_default();
    let pieces = named.split(['.', '-']).filter(|piece| piece.len() >= 3);
    let found = pieces.take(12).find_map(|piece| {
        with_initial_of(piece).iter().find(|brand| !brand.is_word && names(piece, brand.name))
    });
    found.filter(|_| owner(host).is_none())
}

fn names(piece: &str, name: &str) -> bool {
    !name.contains(' ')
        && name.len() >= 4
        && (piece == name || (name.len() >= PREFIX_LETTERS_MIN && piece.starts_with(name)))
}

/// The brand that the host belongs to.
pub(super) fn owner(host: &str) -> Option<&'static Brand> {
    let organization = Organization::of(organizational_domain(host));
    BRANDS.iter().find(|brand| organization.is_of(brand))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_by_initial() {
        assert!(BRANDS.is_sorted_by_key(|brand| brand.name.bytes().next()));
    }

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let words = super::super::letters::plain_words(name);
        assert_eq!(claimed(&words).map(|brand| brand.name), expected, "{words:?}");
    }

    #[test]
    fn names_are_found_as_whole_words() {
        check("Amazon Prime Support", Some("amazon prime"));
        check("NetflixBilling", Some("netflix"));
        check("Team Microsoft 365", Some("microsoft 365"));
        check("Your DHL parcel", Some("dhl"));
        check("Apple", Some("apple"));
        check("Apple Growers of Northmere", None);
        check("Dana Groups", None);
        check("Grupspark", None);
    }

    #[test]
    fn hosts_are_found_by_pieces() {
        assert_eq!(in_foreign_host("netflix.login.example").map(|brand| brand.name), Some("netflix"));
        assert_eq!(in_foreign_host("www.netflix.com"), None);
        assert_eq!(in_foreign_host("www.google.co.uk"), None);
        assert_eq!(in_foreign_host("weekly-ledger.example"), None);
    }
}
