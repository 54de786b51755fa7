//! The files that pages refer to, embedded in the program: one style sheet, one small script, one icon.

/// A file that is served under a path of its own.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Path at which it is served.
    pub path: &'static str,
    /// Media type, for `Content-Type`.
    pub media_type: &'static str,
    /// The file.
    pub content: &'static str,
}

/// The style sheet.
pub const STYLE: Asset = Asset {
    path: "/assets/console.css",
    media_type: "text/css; charset=utf-8",
    content: include_str!("../../assets/console.css"),
};

/// Progressive enhancement; every page works without it.
pub const SCRIPT: Asset = Asset {
    path: "/assets/console.js",
    media_type: "text/javascript; charset=utf-8",
    content: include_str!("../../assets/console.js"),
};

/// The icon.
pub const ICON: Asset = Asset {
    path: "/assets/icon.svg",
    media_type: "image/svg+xml",
    content: include_str!("../../assets/icon.svg"),
};

/// Every asset, for the server's routes.
pub const ALL: [Asset; 3] = [STYLE, SCRIPT, ICON];

impl Asset {
    /// Path with a mark of the content, so that a browser may keep the file for ever: another content has another path.
    pub fn href(&self) -> String {
        format!("{}?v={:016x}", self.path, fnv(self.content.as_bytes()))
    }
}

/// FNV-1a: tells versions of our own files apart, and protects nothing.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_has_another_path() {
        let changed = Asset { content: "body{}", ..STYLE };
        assert_ne!(changed.href(), STYLE.href());
        assert!(STYLE.href().starts_with("/assets/console.css?v="));
    }
}
