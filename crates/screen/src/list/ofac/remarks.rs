//! The remarks of OFAC's CSV, where births, nationalities and numbers stand one after the other in words.

use super::super::date;
use super::super::draft::{push_identifier, push_name, push_new, push_text};
use super::super::entry::{Entry, Name, NameRole};

/// Words before a number. The list is not complete: a number of another kind stays in the remarks, which are kept whole.
const NUMBERS: [&str; 22] = [
    "Passport",
    "National ID No.",
    "Cedula No.",
    "Tax ID No.",
    "Registration Number",
    "Registration ID",
    "NIT #",
    "RUC #",
    "Identification Number",
    "Company Number",
    "Commercial Registry Number",
    "D.N.I.",
    "RFC",
    "C.U.R.P.",
    "SSN",
    "Birth Certificate Number",
    "Driver's License No.",
    "Folio Mercantil No.",
    "Matricula Mercantil No",
    "V.A.T. Number",
    "Vessel Registration Identification",
    "Unified Social Credit Code (USCC)",
];

/// Adds what the remarks tell of an entry.
pub(super) fn add(entry: &mut Entry, remarks: &str) {
    for remark in remarks.trim_end_matches('.').split(';') {
        let remark = remark.trim();
        let remark = remark.strip_prefix("alt. ").unwrap_or(remark);
        if let Some(birth) = remark.strip_prefix("DOB ").and_then(date::birth) {
            push_new(&mut entry.births, birth);
        } else if let Some(country) = after(remark, &["nationality ", "citizen "]) {
            push_text(&mut entry.nationalities, country);
        } else if let Some(name) = after(remark, &["a.k.a. ", "f.k.a. "]) {
            // Names in the remarks and within quotation marks are those that OFAC calls weak.
            push_name(&mut entry.names, Name::whole(name.trim_matches(['\'', '"']), NameRole::Weak));
        } else {
            add_number(entry, remark);
        }
    }
}

fn after<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    words.iter().find_map(|word| text.strip_prefix(word))
}

/// `Passport 1084010 (Egypt) issued 2001`.
fn add_number(entry: &mut Entry, remark: &str) {
    let Some((kind, rest)) = NUMBERS.iter().find_map(|kind| Some((kind, remark.strip_prefix(kind)?))) else {
        return;
    };
    let (number, country) = rest.split_once('(').unwrap_or((rest, ""));
    let country = country.split(')').next().unwrap_or("");
    let number = number.split(" issued").next().unwrap_or(number).split(" expires").next().unwrap_or(number);
    push_identifier(entry, kind, number, country);
}
