//! The machine-readable part of a complaint: fields like those of a message header (RFC 5965 section 3).

use super::kept;
use model::limit::HEADERS_MAX;

/// Fields in their order.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the fields of a part; lines that are none are passed over.
    pub(super) fn read(part: &[u8]) -> Self {
        let text = String::from_utf8_lossy(part);
        let mut fields: Vec<(String, String)> = Vec::new();
        // A complaint is one block, but some put a blank line before it.
        let lines = text.lines().skip_while(|line| line.trim().is_empty());
        for line in lines.take_while(|line| !line.trim().is_empty()) {
            if line.starts_with([' ', '\t']) {
                // A folded line belongs to the field before it (RFC 5322 section 2.2.3).
                fields.iter_mut().next_back().into_iter().for_each(|(_, value)| {
                    *value = kept(&format!("{value} {}", line.trim()));
                });
            } else if let Some((name, value)) = line.split_once(':').filter(|_| fields.len() < HEADERS_MAX) {
                fields.push((kept(name), kept(value)));
            }
        }
        Self(fields)
    }

    /// The first field of this name, in any case; empty where there is none.
    pub(super) fn first(&self, name: &str) -> String {
        self.all(name).next().unwrap_or_default()
    }

    /// Every field of this name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = String> {
        let of_name = self.0.iter().filter(move |(told, _)| told.eq_ignore_ascii_case(name));
        of_name.map(|(_, value)| value.clone())
    }
}
