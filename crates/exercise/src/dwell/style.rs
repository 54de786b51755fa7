//! How logs are written: as the usual servers and shippers do, or as others do, which have other columns, names and spellings.

/// In which spelling an exercise's logs are written. What happens is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// The columns that servers have when nobody changed them; winlogbeat with Sysmon; sign-ins as Graph hands them out.
    #[default]
    Usual,
    /// Other columns in another order, and none for what led to a page; nested events of Windows, with processes by the security log;
    /// sign-ins as Azure Monitor exports them, without names of networks.
    Other,
}

impl Style {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Usual, Self::Other];

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Other => "other",
        }
    }

    /// The style that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.word() == word)
    }
}
