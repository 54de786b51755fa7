//! Which column of a CSV file is which field of a register.

use model::limit::REGISTER_COLUMNS_MAX;
use std::collections::{BTreeMap, BTreeSet};

/// Headings in use, in lower case without spaces and signs, and the field that each names.
const KNOWN: &[(&str, &str)] = &[
    ("electornumberprefix", "number_prefix"),
    ("electornumber", "number"),
    ("electornumbersuffix", "number_suffix"),
    ("electormarkers", MARKERS),
    ("electordob", "date_of_birth"),
    ("electorsurname", SURNAME),
    ("electorforename", "forename"),
    ("electorname", NAME),
    ("postcode", "postcode"),
    ("address1", "address_1"),
    ("address2", "address_2"),
    ("address3", "address_3"),
    ("address4", "address_4"),
    ("address5", "address_5"),
    ("address6", "address_6"),
];

/// The fields that make an elector's key where nobody says otherwise.
const KEY_FIELDS: [&str; 3] = ["number_prefix", "number", "number_suffix"];
/// Without this one the usual key is none.
const KEY_FIELD_NEEDED: &str = "number";

pub(crate) const MARKERS: &str = "markers";
pub(crate) const SURNAME: &str = "surname";
pub(crate) const NAME: &str = "name";

/// What the user says of the columns, beside what their headings say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// From a heading, as it stands in the file, to the field that it means.
    pub mapping: BTreeMap<String, String>,
    /// Fields or headings that make the key, in this order; empty for the number with its prefix and suffix.
    pub keys: Vec<String>,
}

/// Why a header cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// More than [`REGISTER_COLUMNS_MAX`].
    #[error("the header has {count} columns, more than {REGISTER_COLUMNS_MAX}")]
    TooMany {
        /// Columns found.
        count: usize,
    },
    /// Two columns mean the same field, so that neither can be believed.
    #[error("two columns mean `{field}`: tell them apart in a mapping file")]
    Twice {
        /// The field.
        field: String,
    },
    /// No column has this field of the key.
    #[error("no column is the key's `{field}`: name the key columns, or map a column to it")]
    NoKey {
        /// The field.
        field: String,
    },
    /// The mapping speaks of a column that is not there.
    #[error("the mapping names the column `{column}`, which the header does not have")]
    Unmapped {
        /// The heading.
        column: String,
    },
}

/// The columns of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The heading of each column, as it stands in the file.
    headings: Vec<String>,
    /// The field of each column.
    pub(crate) fields: Vec<String>,
    /// Columns that make the key, in its order.
    pub(crate) keys: Vec<usize>,
    /// All other columns, by the names of their fields: the order of a canonical row.
    pub(crate) rest: Vec<usize>,
}

impl Layout {
    /// The layout that a header says.
    ///
    /// # Errors
    /// When a field stands twice, the key is not whole, or the mapping does not fit.
    pub fn new(header: &[String], columns: &Columns) -> Result<Self, LayoutError> {
        if header.len() > REGISTER_COLUMNS_MAX {
            return Err(LayoutError::TooMany { count: header.len() });
        }
        if let Some(column) = columns.mapping.keys().find(|column| !header.contains(*column)) {
            return Err(LayoutError::Unmapped { column: column.clone() });
        }
        let fields: Vec<String> = header.iter().map(|heading| field_of(heading, columns)).collect();
        let mut seen = BTreeSet::new();
        if let Some(field) = fields.iter().find(|field| !seen.insert(field.as_str())) {
            return Err(LayoutError::Twice { field: field.clone() });
        }
        let keys = key_columns(&fields, columns)?;
        let mut rest: Vec<usize> = (0..fields.len()).filter(|column| !keys.contains(column)).collect();
        rest.sort_by_key(|column| fields.get(*column));
        Ok(Self { headings: header.to_vec(), fields, keys, rest })
    }

    /// Heading and field of each column, in the order of the file.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headings.iter().zip(&self.fields).map(|(heading, field)| (heading.as_str(), field.as_str()))
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.fields.len()
    }

    /// The fields of the key, in its order.
    pub fn key_fields(&self) -> Vec<String> {
        self.keys.iter().filter_map(|column| self.fields.get(*column)).cloned().collect()
    }
}

fn field_of(heading: &str, columns: &Columns) -> String {
    columns.mapping.get(heading).cloned().unwrap_or_else(|| canonical_name(heading))
}

/// The field that a heading means; one that is not known keeps its own name, so that nothing of a row stays unsealed.
fn canonical_name(heading: &str) -> String {
    let bare: String = heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let known = KNOWN.iter().find(|(name, _)| *name == bare);
    known.map_or_else(|| heading.trim().to_lowercase(), |(_, field)| (*field).to_owned())
}

fn key_columns(fields: &[String], columns: &Columns) -> Result<Vec<usize>, LayoutError> {
    let place = |field: &str| fields.iter().position(|other| other == field);
    if !columns.keys.is_empty() {
        let of_name = |name: &String| {
            let field = field_of(name, columns);
            place(name).or_else(|| place(&field)).ok_or(LayoutError::NoKey { field })
        };
        return columns.keys.iter().map(of_name).collect();
    }
    if place(KEY_FIELD_NEEDED).is_none() {
        return Err(LayoutError::NoKey { field: KEY_FIELD_NEEDED.to_owned() });
    }
    Ok(KEY_FIELDS.iter().filter_map(|field| place(field)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, columns: &Columns, expected: Result<&str, LayoutError>) {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        let found = Layout::new(&header, columns).map(|layout| {
            let rest: Vec<&str> = layout.rest.iter().map(|column| layout.fields[*column].as_str()).collect();
            format!("{} | {}", layout.key_fields().join(" "), rest.join(" "))
        });
        assert_eq!(found, expected.map(str::to_owned));
    }

    #[test]
    fn layouts_in_use_are_known_by_their_headings() {
        let none = Columns::default();
        check(
            "Elector Number Prefix,Elector Number,Elector Number Suffix,Elector Markers,Elector DOB,Elector Surname,\
             Elector Forename,PostCode,Address1",
            &none,
            Ok(
                "number_prefix number number_suffix | address_1 date_of_birth forename markers postcode surname",
            ),
        );
        check("PostCode,Elector Name,Elector Number", &none, Ok("number | name postcode"));
        check("Elector Number,Ward", &none, Ok("number | ward"));
    }

    #[test]
    fn other_layouts_are_mapped() {
        let mapping = [("Nr".to_owned(), "number".to_owned())].into();
        check("Nr,Nom", &Columns { mapping, keys: vec![] }, Ok("number | nom"));
        check("Id,Nom", &Columns { keys: vec!["Id".to_owned()], ..Columns::default() }, Ok("id | nom"));
    }

    #[test]
    fn a_header_that_cannot_be_believed_is_refused() {
        let none = Columns::default();
        check("Surname", &none, Err(LayoutError::NoKey { field: "number".to_owned() }));
        check(
            "Elector Number,PostCode,Post Code",
            &none,
            Err(LayoutError::Twice { field: "postcode".to_owned() }),
        );
        let mapping = [("Nr".to_owned(), "number".to_owned())].into();
        let unmapped = LayoutError::Unmapped { column: "Nr".to_owned() };
        check("Elector Number", &Columns { mapping, keys: vec![] }, Err(unmapped));
    }
}
