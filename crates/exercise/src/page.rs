//! What bulk mail looks like: an HTML page with header, article, button and footer, and its plain text.

use crate::prose::wrapped;
use crate::random::Random;

/// By which remote load, if any, a mail reports that it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BeaconKind {
    /// An invisible image.
    Img,
    /// `url()` in a style sheet.
    Css,
    /// `src` of an `@font-face`.
    Font,
    /// The `background` attribute of a table cell.
    Background,
    /// No remote load: only the links carry the token.
    LinkOnly,
}

/// A sender's template; it stays the same over its editions.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    layout: usize,
    paper: &'static str,
    ink: &'static str,
    font: &'static str,
    width: i64,
    class: String,
    has_preheader: bool,
    has_hero: bool,
    has_social: bool,
    shows_browser_link: bool,
    button: &'static str,
    hidden: &'static str,
}

/// One mail's content in a look.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) look: &'a Look,
    pub(crate) organisation: &'a str,
    pub(crate) postal_address: &'a str,
    /// Host and folder of images that are the same for everybody.
    pub(crate) assets: &'a str,
    pub(crate) title: &'a str,
    pub(crate) greeting: &'a str,
    pub(crate) paragraphs: &'a [String],
    pub(crate) link: &'a str,
    pub(crate) unsubscribe: Option<&'a str>,
    pub(crate) beacon: Option<(BeaconKind, &'a str)>,
}

impl Look {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            layout: random.below(4),
            paper: random.word(&["#ffffff", "#f6f6f6", "#f4f1ea", "#eef3f7", "#fafafa", "#e9ecef"]),
            ink: random.word(&["#003b5c", "#7a1f2b", "#1d5c3a", "#222222", "#5b3a8c", "#0b6e99", "#a34a00"]),
            font: random.word(&[
                "Georgia, serif",
                "Arial, Helvetica, sans-serif",
                "Verdana, sans-serif",
                "'Trebuchet MS', sans-serif",
                "Helvetica, Arial, sans-serif",
            ]),
            width: random.between(11, 16) * 40,
            class: random.text(b"abcdefghiklmnoprstuvw", 5),
            has_preheader: random.chance(60),
            has_hero: random.chance(55),
            has_social: random.chance(45),
            shows_browser_link: random.chance(50),
            button: random.word(&[
                "Read more",
                "Continue reading",
                "Full story",
                "Open the article",
                "Details",
                "Read on",
            ]),
            hidden: random.word(&[
                "width=\"1\" height=\"1\" alt=\"\" style=\"display:none\"",
                "width=\"1\" height=\"1\" border=\"0\" alt=\"\"",
                "alt=\"\" style=\"display:none;width:1px;height:1px;\"",
                "height=\"1\" width=\"1\" style=\"border:0;opacity:0\" alt=\"\"",
            ]),
        }
    }
}

impl Page<'_> {
    pub(crate) fn html(&self) -> String {
        let mut html = String::with_capacity(6_000);
        self.head(&mut html);
        self.body_start(&mut html);
        self.masthead(&mut html);
        self.article(&mut html);
        self.footer(&mut html);
        html
    }

    pub(crate) fn plain(&self) -> String {
        let mut text = format!("{}\n\n{}\n\n", self.title, self.greeting);
        for paragraph in self.paragraphs {
            text.push_str(&wrapped(paragraph, ""));
            text.push_str("\n\n");
        }
        text.push_str(&format!("{}: {}\n", self.look.button, self.link));
        text.push_str(&format!("\n-- \n{}\n{}\n", self.organisation, self.postal_address));
        if let Some(unsubscribe) = self.unsubscribe {
            text.push_str(&format!("Unsubscribe: {unsubscribe}\n"));
        }
        text
    }

    fn beacon(&self, kind: BeaconKind) -> Option<&str> {
        self.beacon.filter(|(its, _)| *its == kind).map(|(_, url)| url)
    }

    fn head(&self, html: &mut String) {
        let look = self.look;
        html.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.push_str(&format!("<title>{}</title>\n<style type=\"text/css\">\n", self.title));
        html.push_str(&format!(
            "body {{ margin:0; background:{}; font-family:{}; }}\n",
            look.paper, look.font
        ));
        html.push_str(&format!(".{}-t {{ color:{}; font-size:22px; }}\n", look.class, look.ink));
        html.push_str(&format!(
            "@media (max-width:{}px) {{ .{}-w {{ width:100% !important; }} }}\n",
            look.width, look.class
        ));
        if let Some(url) = self.beacon(BeaconKind::Font) {
            html.push_str(&format!(
                "@font-face {{ font-family:'{}'; src:url('{url}') format('woff2'); }}\n",
                look.class
            ));
        }
        if let Some(url) = self.beacon(BeaconKind::Css) {
            html.push_str(&format!(".{}-b {{ background-image:url('{url}'); }}\n", look.class));
        }
        html.push_str("</style>\n</head>\n");
    }

    fn body_start(&self, html: &mut String) {
        let look = self.look;
        html.push_str(&format!("<body bgcolor=\"{}\" class=\"{}-b\">\n", look.paper, look.class));
        if look.has_preheader {
            let first = self.paragraphs.first().map_or("", String::as_str);
            let teaser: String = first.chars().take(70).collect();
            html.push_str(&format!(
                "<div style=\"display:none;max-height:0;overflow:hidden\">{teaser}</div>\n"
            ));
        }
        if let Some(url) = self.beacon(BeaconKind::Background) {
            html.push_str(&format!(
                "<table width=\"100%\"><tr><td background=\"{url}\" height=\"1\"></td></tr></table>\n"
            ));
        }
        html.push_str("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td align=\"center\">\n");
        html.push_str(&format!(
            "<table role=\"presentation\" class=\"{}-w\" width=\"{}\" cellpadding=\"12\">\n",
            look.class, look.width
        ));
    }

    fn masthead(&self, html: &mut String) {
        let (look, organisation) = (self.look, self.organisation);
        let logo =
            format!("<img src=\"https://{}/logo.png\" alt=\"{organisation}\" height=\"48\">", self.assets);
        match look.layout {
            0 => html.push_str(&format!("<tr><td>{logo}</td></tr>\n")),
            1 => html.push_str(&format!("<tr><td align=\"center\"><h2>{organisation}</h2></td></tr>\n")),
            2 => html.push_str(&format!(
                "<tr><td><div style=\"border-bottom:3px solid {}\">{logo}</div></td></tr>\n",
                look.ink
            )),
            _ => html.push_str(&format!(
                "<tr><td><table><tr><td>{logo}</td><td>{organisation}</td></tr></table></td></tr>\n"
            )),
        }
        if look.has_hero {
            html.push_str(&format!(
                "<tr><td><img src=\"https://{}/top.jpg\" width=\"100%\" alt=\"\"></td></tr>\n",
                self.assets
            ));
        }
    }

    fn article(&self, html: &mut String) {
        let look = self.look;
        let heading = if look.layout.is_multiple_of(2) { "h1" } else { "p" };
        html.push_str(&format!(
            "<tr><td><{heading} class=\"{}-t\">{}</{heading}>\n<p>{}</p>\n",
            look.class, self.title, self.greeting
        ));
        for paragraph in self.paragraphs {
            match look.layout {
                3 => html.push_str(&format!("<div style=\"line-height:1.5\">{paragraph}</div><br>\n")),
                _ => html.push_str(&format!("<p>{paragraph}</p>\n")),
            }
        }
        let style = format!("color:{};font-weight:bold", look.ink);
        html.push_str(&format!(
            "<p><a href=\"{}\" style=\"{style}\">{}</a></p>\n</td></tr>\n",
            self.link, look.button
        ));
    }

    fn footer(&self, html: &mut String) {
        let look = self.look;
        if look.has_social {
            html.push_str(&format!(
                "<tr><td><img src=\"https://{}/share.png\" alt=\"Share\" width=\"24\"></td></tr>\n",
                self.assets
            ));
        }
        html.push_str("<tr><td style=\"font-size:11px;color:#777777\">\n");
        html.push_str(&format!("<p>{}<br>{}</p>\n", self.organisation, self.postal_address));
        if let Some(unsubscribe) = self.unsubscribe {
            html.push_str(&format!("<p><a href=\"{unsubscribe}\">Unsubscribe</a> from this list.</p>\n"));
        }
        if look.shows_browser_link {
            html.push_str(&format!(
                "<p><a href=\"https://{}/latest\">View in browser</a></p>\n",
                self.assets
            ));
        }
        html.push_str("</td></tr>\n</table>\n</td></tr></table>\n");
        if let Some(url) = self.beacon(BeaconKind::Img) {
            html.push_str(&format!("<img src=\"{url}\" {}>\n", look.hidden));
        }
        html.push_str("</body>\n</html>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: BeaconKind, expected: &str) {
        let look = Look::new(&mut Random::new(4));
        let url = "https://t.post.test/o/a/b?c=1";
        let page = Page {
            look: &look,
            organisation: "Tarnwick Courier",
            postal_address: "1 Quay, Tarnwick",
            assets: "img.post.test/a",
            title: "Title",
            greeting: "Dear reader,",
            paragraphs: &["A paragraph.".to_owned()],
            link: "https://www.post.test/",
            unsubscribe: None,
            beacon: Some((kind, url)),
        };
        let html = page.html();
        assert!(html.contains(expected), "{html}");
        assert_eq!(html.matches(url).count(), 1);
    }

    #[test]
    fn each_beacon_stands_where_it_belongs() {
        check(BeaconKind::Img, "<img src=\"https://t.post.test/o/a/b?c=1\"");
        check(BeaconKind::Css, "background-image:url('https://t.post.test/o/a/b?c=1')");
        check(BeaconKind::Font, "src:url('https://t.post.test/o/a/b?c=1')");
        check(BeaconKind::Background, "<td background=\"https://t.post.test/o/a/b?c=1\"");
    }
}
