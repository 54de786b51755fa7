//! Lawful bulk mail of today: open templates and newsletter texts, sent the ways in which lawful senders send.
//!
//! The corpora of lawful bulk mail are twenty years old. What has changed since is not the text but the way: services
//! count clicks on hosts of their own, sign for their customers, and put pictures in subjects. All senders are invented.

use std::path::{Path, PathBuf};

/// A lawful sender: display name, local part, domain.
const SENDERS: [(&str, &str, &str); 24] = [
    ("Harbour Herald", "news", "harbourherald.example"),
    ("Dana at Brightwell", "dana", "brightwell.example"),
    ("Northmere Library", "library", "northmere-library.example"),
    ("The Weekly Ledger", "weekly", "weekly-ledger.example"),
    ("Museum of Tides", "friends", "museumoftides.example"),
    ("Fennick Tools", "no-reply", "fennick.example"),
    ("Robin from Parcelo", "robin", "parcelo.example"),
    ("Co-op Bakery 24", "orders", "coopbakery24.example"),
    ("Westreach Rail", "service", "westreach-rail.example"),
    ("Data Digest", "jeremy", "datadigest.example"),
    ("Quillmark", "hello", "quillmark.example"),
    ("City of Northmere", "newsletter", "northmere.example"),
    ("Garden Guild", "guild", "gardenguild.example"),
    ("Oakline Insurance", "notice", "oakline.example"),
    ("3rd Street Theatre", "boxoffice", "3rdstreet.example"),
    ("Lumen Energy", "billing", "lumenenergy.example"),
    ("\u{2699} Kestrel Cycles", "shop", "kestrelcycles.example"),
    ("Open Parish Project", "list", "openparish.example"),
    ("Mira, Tidewater Books", "mira", "tidewaterbooks.example"),
    ("Statistical Office", "press", "statoffice.example"),
    ("Amazon.com", "store-news", "amazon.com"),
    ("LinkedIn", "messages-noreply", "linkedin.com"),
    ("PayPal", "service", "mail.paypal.de"),
    ("DHL Paket", "noreply", "dhl.de"),
];

/// How the message is sent.
#[derive(Clone, Copy)]
enum Way {
    /// From the sender's own servers, with its own click counter and pixel.
    Own,
    /// Through a large service that counts clicks on its own hosts.
    LargeService,
    /// Through a large service that mails for the sender's domain.
    SigningService,
    /// Through a service that nobody has in a table.
    SmallService,
    /// As a notice to one person: no list fields.
    Notice,
    /// Links lead straight to many sites.
    Digest,
}

const WAYS: [Way; 6] =
    [Way::Own, Way::LargeService, Way::SigningService, Way::SmallService, Way::Notice, Way::Digest];

/// Whether the sender of the message of this number belongs to the later part.
pub(crate) fn is_later(number: usize) -> bool {
    number / WAYS.len() % 2 == 1
}

/// Every body in each of the ways; of the weekly text newsletter every fourth edition, in one way each.
pub(crate) fn render_all(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.sort();
    let html = files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "html"));
    let text = files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "md")).step_by(4);
    let bodies: Vec<String> = html
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .chain(text.filter_map(|file| std::fs::read_to_string(file).ok()).map(|text| markdown(&text)))
        .collect();
    let numbers = 0..bodies.len() * WAYS.len();
    numbers
        .map(|number| {
            (
                format!("newsletter-{number}"),
                render(pick::<String>(&bodies, number / WAYS.len()), number).into_bytes(),
            )
        })
        .collect()
}

#[expect(
    clippy::indexing_slicing,
    reason = "a remainder is smaller than the length; the tables are not empty"
)]
fn pick<T>(table: &[T], number: usize) -> &T {
    &table[number % table.len()]
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { collect(&entry.path(), files) } else { files.push(entry.path()) }
    }
}

/// Paragraphs and links, which is all that the newsletter's texts use.
fn markdown(text: &str) -> String {
    let mut html = String::new();
    for paragraph in text.split("\n\n") {
        html.push_str("<p>");
        let mut pieces = paragraph.split("](");
        let mut label = pieces.next().unwrap_or_default();
        for piece in pieces {
            let (before, shown) = label.rsplit_once('[').unwrap_or((label, ""));
            let (target, rest) = piece.split_once(')').unwrap_or((piece, ""));
            html.push_str(&format!("{before}<a href=\"{target}\">{shown}</a>"));
            label = rest;
        }
        html.push_str(label);
        html.push_str("</p>\n");
    }
    html
}

fn render(body: &str, number: usize) -> String {
    // Templates are repeated in eight variants of one design; steps of five spread them over the senders.
    let (name, local, domain) = *pick(&SENDERS, number / WAYS.len() * 5);
    let way = *pick(&WAYS, number);
    let token = token(number);
    let organization = domain.trim_start_matches("mail.");
    let (bounce, unsubscribe) = match way {
        Way::Own | Way::Digest => (
            format!("bounce-{token}@{organization}"),
            format!("https://www.{organization}/unsubscribe?u={token}"),
        ),
        Way::LargeService => (
            format!("bounce-mc.us1_{token}@mail7.mcsv.net"),
            format!("https://{local}.us1.list-manage.com/unsubscribe?u={token}"),
        ),
        Way::SigningService => (
            format!("bounces+{token}@em1234.{organization}"),
            format!("https://u{number}.ct.sendgrid.net/wf/unsubscribe?upn={token}"),
        ),
        Way::SmallService => (
            format!("b-{token}@bounce.maildriver.example"),
            format!("https://click.maildriver.example/u/{token}"),
        ),
        Way::Notice if number.is_multiple_of(4) => {
            (format!("b-{token}@bounce.maildriver.example"), String::new())
        }
        Way::Notice => (format!("{token}@eu-west-1.amazonses.com"), String::new()),
    };
    let mut head = format!(
        "Return-Path: <{bounce}>\r\nReceived: from mx.{organization} by mx.assembly.example; Mon, 03 Mar 2025 09:00:07 +0000\r\n\
         From: {name} <{local}@{domain}>\r\nTo: m.{number}@assembly.example\r\nSubject: {}\r\nDate: Mon, 03 Mar 2025 09:00:00 +0000\r\n\
         Message-ID: <{token}.{number}@{organization}>\r\nMIME-Version: 1.0\r\n",
        subject(number),
    );
    if !unsubscribe.is_empty() {
        head.push_str(&format!(
            "List-Unsubscribe: <{unsubscribe}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        ));
    }
    if number % 41 == 7 {
        head.push_str("Reply-To: kestrel.cycles.workshop@gmail.com\r\n");
    }
    let html = relink(body, way, organization, &token) + &footer(way, organization, &unsubscribe, &token);
    if number.is_multiple_of(2) {
        return format!("{head}Content-Type: text/html; charset=utf-8\r\n\r\n{html}");
    }
    format!(
        "{head}Content-Type: multipart/alternative; boundary=b0\r\n\r\n--b0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         This message is best read as HTML: https://www.{organization}/view\r\n--b0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b0--\r\n"
    )
}

fn subject(number: usize) -> String {
    const KINDS: [&str; 6] = [
        "What we read this week",
        "Your order is on its way",
        "\u{1F389} Spring programme",
        "Invoice 2025-0317",
        "\u{2728} New in the shop \u{2728}",
        "Minutes and dates",
    ];
    (*pick(&KINDS, number / 7)).to_owned()
}

/// Replaces targets that a service would count, and placeholders.
fn relink(body: &str, way: Way, organization: &str, token: &str) -> String {
    let mut html = String::with_capacity(body.len());
    let mut pieces = body.split("href=\"");
    html.push_str(pieces.next().unwrap_or_default());
    for (position, piece) in pieces.enumerate() {
        let (target, rest) = piece.split_once('"').unwrap_or((piece, ""));
        let is_web = target.starts_with("http");
        let target = match way {
            Way::Own => format!("https://click.{organization}/c/{token}/{position}"),
            Way::LargeService => format!(
                "https://{}.us1.list-manage.com/track/click?u={token}&id={position:06x}&e={token}",
                label(organization)
            ),
            Way::SigningService => format!("https://u1234.ct.sendgrid.net/ls/click?upn={token}{position}"),
            Way::SmallService => format!("https://click.maildriver.example/c/{token}/{position}"),
            Way::Digest if is_web => target.to_owned(),
            Way::Notice | Way::Digest => format!("https://www.{organization}/account/{position}?t={token}"),
        };
        html.push_str(&format!("href=\"{target}\"{rest}"));
    }
    html.replace("{{ name }}", "Robin").replace("{{name}}", "Robin").replace("*|FNAME|*", "Robin")
}

fn footer(way: Way, organization: &str, unsubscribe: &str, token: &str) -> String {
    let pixel = match way {
        Way::LargeService => {
            format!("https://{}.us1.list-manage.com/track/open.php?u={token}", label(organization))
        }
        Way::SigningService => format!("https://u1234.ct.sendgrid.net/wf/open?upn={token}"),
        Way::SmallService => format!("https://click.maildriver.example/o/{token}.gif"),
        Way::Own | Way::Notice | Way::Digest => format!("https://open.{organization}/o/{token}.gif"),
    };
    let leave = if unsubscribe.is_empty() {
        String::new()
    } else {
        format!("<a href=\"{unsubscribe}\">Unsubscribe</a>")
    };
    format!(
        "<p>{organization}, 1 Quay Street, Northmere {leave}</p><img src=\"{pixel}\" width=\"1\" height=\"1\">"
    )
}

fn label(organization: &str) -> &str {
    organization.split('.').next().unwrap_or(organization)
}

/// A token as services make them.
fn token(number: usize) -> String {
    let mixed = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{mixed:016x}")
}
