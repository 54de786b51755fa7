//! Which attribute of which element makes a reader's program fetch something, as one table.
//!
//! The rewriter removes what this table names and the beacon scanner reports it, so the two can never disagree.

use std::fmt;

/// What a removed construct would have fetched, sent or run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoadKind {
    /// A picture that the page shows: `img`, `picture`, `input type=image`, an SVG `image`.
    Image,
    /// A picture behind a table cell, a row or the page.
    Background,
    /// A style sheet, a font or an image that CSS names.
    Stylesheet,
    /// Sound, film, captions or a poster frame.
    Media,
    /// Another page inside this one.
    Frame,
    /// A plug-in, its data or its code.
    Object,
    /// A script, an event handler or a `javascript:` address.
    Script,
    /// Where a form sends what was typed.
    Form,
    /// A page that replaces this one, or that changes what relative addresses mean.
    Navigation,
    /// A `link` element: style sheets, icons, and all that is fetched or connected to in advance.
    Prefetch,
    /// An address that is told about a click.
    Ping,
    /// Vector markup that Word's renderer in Outlook fetches.
    Vml,
    /// A reference out of an SVG drawing.
    Svg,
    /// A document type, an entity or a processing instruction.
    Document,
    /// An attribute that is in no table but holds something that looks like a remote address.
    Unknown,
    /// A header field that asks for a receipt, an automatic request or a logo.
    Header,
    /// A part whose content or address lies elsewhere, or whose structure cannot be read in one way only.
    Structure,
    /// A property of a calendar part.
    Calendar,
    /// A property of a contact part.
    Contact,
    /// A bare address of a picture in a text part, which some programs turn into a preview.
    Preview,
}

impl fmt::Display for LoadKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Image => "image",
            Self::Background => "background",
            Self::Stylesheet => "stylesheet",
            Self::Media => "media",
            Self::Frame => "frame",
            Self::Object => "object",
            Self::Script => "script",
            Self::Form => "form",
            Self::Navigation => "navigation",
            Self::Prefetch => "prefetch",
            Self::Ping => "ping",
            Self::Vml => "vml",
            Self::Svg => "svg",
            Self::Document => "document",
            Self::Unknown => "unknown",
            Self::Header => "header",
            Self::Structure => "structure",
            Self::Calendar => "calendar",
            Self::Contact => "contact",
            Self::Preview => "preview",
        })
    }
}

/// What the value of `attribute` on `element` makes a reader's program fetch, or `None` where it fetches nothing.
///
/// Both names are lower case; a namespace prefix (`v:`, `svg:`) is part of the name. A link that a person has to
/// click (`a href`, `area href`, the `href` of a VML button) is not a load.
pub(crate) fn load_kind(element: &str, attribute: &str) -> Option<LoadKind> {
    let attribute_local = local_name(attribute);
    Some(match attribute_local {
        "src" => source_kind(element),
        "srcset" | "imagesrcset" | "lowsrc" | "dynsrc" => LoadKind::Image,
        "background" => LoadKind::Background,
        "poster" => LoadKind::Media,
        "srcdoc" => LoadKind::Frame,
        "data" | "classid" | "codebase" | "archive" | "code" | "usemap" | "pluginspage" | "pluginurl"
        | "object" => LoadKind::Object,
        "action" | "formaction" => LoadKind::Form,
        "ping" | "attributionsrc" => LoadKind::Ping,
        "href" if is_link(element, attribute) => return None,
        "href" => href_kind(element),
        "base" if attribute == "xml:base" => LoadKind::Navigation,
        "longdesc" | "cite" | "profile" | "manifest" | "icon" => LoadKind::Document,
        "content" if element == "meta" => LoadKind::Navigation,
        _ => return None,
    })
}

/// The part of a name behind its namespace prefix.
pub(crate) fn local_name(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Whether `attribute` of `element` is an address that only a click fetches.
pub(crate) fn is_link(element: &str, attribute: &str) -> bool {
    let is_anchor = matches!(local_name(element), "a" | "area");
    let is_vml_shape = element.starts_with("v:") && !matches!(element, "v:imagedata" | "v:fill" | "v:image");
    local_name(attribute) == "href" && (is_anchor || (is_vml_shape && attribute == "href"))
}

/// Whether an attribute only describes, so that an address in it is text and is never followed.
///
/// Everything that is not in here and not in [`load_kind`] is unknown, and goes when it looks like an address.
pub(crate) fn is_inert(attribute: &str) -> bool {
    matches!(
        attribute,
        "alt"
            | "title"
            | "class"
            | "id"
            | "name"
            | "value"
            | "label"
            | "summary"
            | "abbr"
            | "placeholder"
            | "lang"
            | "width"
            | "height"
            | "xmlns"
            | "itemtype"
            | "itemid"
            | "itemprop"
            | "typeof"
            | "vocab"
            | "property"
            | "prefix"
            | "resource"
            | "about"
            | "version"
    ) || attribute.starts_with("xmlns:")
        || attribute.starts_with("aria-")
}

fn source_kind(element: &str) -> LoadKind {
    match local_name(element) {
        "script" => LoadKind::Script,
        "iframe" | "frame" | "layer" | "ilayer" | "portal" => LoadKind::Frame,
        "embed" => LoadKind::Object,
        "video" | "audio" | "track" | "bgsound" => LoadKind::Media,
        _ if element.starts_with("v:") || element.starts_with("o:") => LoadKind::Vml,
        _ => LoadKind::Image,
    }
}

fn href_kind(element: &str) -> LoadKind {
    match local_name(element) {
        "link" => LoadKind::Prefetch,
        "base" => LoadKind::Navigation,
        "image" | "feimage" => LoadKind::Image,
        "script" => LoadKind::Script,
        _ if element.starts_with("v:") || element.starts_with("o:") => LoadKind::Vml,
        _ => LoadKind::Svg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(element: &str, attribute: &str, expected: Option<LoadKind>) {
        assert_eq!(load_kind(element, attribute), expected, "<{element} {attribute}>");
    }

    #[test]
    fn what_fetches_is_named() {
        check("img", "src", Some(LoadKind::Image));
        check("td", "background", Some(LoadKind::Background));
        check("image", "xlink:href", Some(LoadKind::Image));
        check("use", "href", Some(LoadKind::Svg));
        check("v:imagedata", "src", Some(LoadKind::Vml));
        check("v:imagedata", "o:href", Some(LoadKind::Vml));
        check("a", "ping", Some(LoadKind::Ping));
        check("base", "href", Some(LoadKind::Navigation));
    }

    #[test]
    fn what_a_person_clicks_is_not_a_load() {
        check("a", "href", None);
        check("area", "href", None);
        check("a", "xlink:href", None);
        check("v:roundrect", "href", None);
        check("p", "class", None);
    }
}
