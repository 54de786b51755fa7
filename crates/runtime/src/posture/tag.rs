//! Records of the shape `v=NAME; tag=value; ...`, as DKIM, DMARC, MTA-STS and TLS-RPT have it (RFC 6376 section 3.2).

/// The tags of a record, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tags<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Tags<'a> {
    /// Reads a record; a part that is no tag is passed over.
    pub(super) fn read(record: &'a str) -> Self {
        let parts = record.split(';').filter_map(|part| part.split_once('='));
        Self(parts.map(|(name, value)| (name.trim(), value.trim())).collect())
    }

    /// The value of the first tag of this name.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(told, _)| told.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Whether the record begins with this version.
    fn is_version(&self, version: &str) -> bool {
        self.0.first().is_some_and(|(name, value)| *name == "v" && *value == version)
    }
}

/// The records of one version among all texts at a name.
pub(super) fn of_version<'a>(records: &'a [String], version: &str) -> Vec<Tags<'a>> {
    records.iter().map(|record| Tags::read(record)).filter(|tags| tags.is_version(version)).collect()
}
