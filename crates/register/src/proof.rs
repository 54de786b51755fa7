//! A proof for one elector: that a row, of which only chosen fields are shown, is under the root of a seal.
//!
//! It is a small file that anybody can check without the register, the seal or a key. Its layout is in `docs/register.md`.

use crate::{
    canonical::{Key, Row},
    leaf::{MARK_BYTES, Opening, Record, SALT_BYTES, SealingKey},
    seal::{Heading, Summary},
    sort::Item,
};
use evidence::{Hash, InclusionProof, LeafIndex, TreeSize, hash::node_hash};
use model::limit::{REGISTER_COLUMNS_MAX, REGISTER_PROOF_BYTES_MAX};
use sha2::{Digest, Sha256};

/// First bytes of a proof; the digit is the version.
pub const MAGIC: &[u8; 16] = b"PORTCULLISPROOF1";
/// Stands for a root that is in no evidence log that its maker knew.
const NO_ENTRY: u64 = u64::MAX;
const HIDDEN: u8 = 0;
const SHOWN: u8 = 1;

/// A field of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Neither name nor value can be told.
    Hidden([u8; 32]),
    /// A field that is shown, with the salt that opens its commitment.
    Shown {
        /// Of this field alone.
        salt: [u8; SALT_BYTES],
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

/// A proof for one elector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What the seal says of itself.
    pub heading: Heading,
    /// Electors and root of the seal. What is proven is that the elector is under the root.
    pub summary: Summary,
    /// Place of the root in the evidence log of whoever sealed, where it is known. It is to be looked up there; nothing in
    /// the proof vouches for it.
    pub entry: Option<u64>,
    /// Place of the elector among those of the seal.
    pub index: u64,
    /// Who.
    pub key: Key,
    mark: [u8; MARK_BYTES],
    /// All fields that are not empty.
    pub fields: Vec<Field>,
    path: Vec<Hash>,
}

/// Why a proof is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It cannot be read.
    #[error("the proof is damaged: {0}")]
    Damaged(&'static str),
    /// It can be read, and proves nothing.
    #[error("the proof does not lead to its root")]
    Root,
}

/// The parts of a proof that a seal's leaves and the row come to.
pub struct Parts<'a> {
    /// What the seal says of itself.
    pub heading: Heading,
    /// Electors and root of the seal.
    pub summary: Summary,
    /// Place of the root in the evidence log.
    pub entry: Option<u64>,
    /// Where the elector is in the seal.
    pub place: Place,
    /// The elector's row.
    pub row: &'a Row,
}

impl Proof {
    /// The proof of `parts`, which shows the fields of these names.
    pub fn new(parts: Parts<'_>, key: &SealingKey, shown: &[String]) -> Self {
        let Parts { heading, summary, entry, place, row } = parts;
        let fields = key.openings(&row.key, row.as_bytes()).map(|opening| field(opening, shown)).collect();
        let mark = key.record(&row.key, row.as_bytes()).mark;
        let Place { index, path } = place;
        Self { heading, summary, entry, index, key: row.key.clone(), mark, fields, path }
    }

    /// Whether it leads to its root. Whether that root is the right one only its evidence entry can tell.
    ///
    /// # Errors
    /// When it does not.
    pub fn check(&self) -> Result<(), ProofError> {
        let mut commitments = Sha256::new();
        self.fields.iter().for_each(|field| commitments.update(commitment(field)));
        let record = Record { mark: self.mark, fields: commitments.finalize().into() };
        let leaf = record.leaf(self.key.as_bytes());
        let (index, size) = (LeafIndex(self.index), TreeSize(self.summary.rows));
        let inclusion = InclusionProof { index, size, path: self.path.clone() };
        inclusion.check(&leaf, &self.summary.root).map_err(|_| ProofError::Root)
    }

    /// The bytes of its file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let heading = serde_json::to_vec(&self.heading).unwrap_or_default();
        put(&mut bytes, &heading);
        bytes.extend(self.entry.unwrap_or(NO_ENTRY).to_be_bytes());
        bytes.extend(self.summary.rows.to_be_bytes());
        bytes.extend(self.summary.root.as_bytes());
        bytes.extend(self.index.to_be_bytes());
        put(&mut bytes, self.key.as_bytes());
        bytes.extend(self.mark);
        bytes.extend(u16::try_from(self.fields.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.fields.iter().for_each(|field| put_field(&mut bytes, field));
        bytes.push(u8::try_from(self.path.len()).unwrap_or(u8::MAX));
        self.path.iter().for_each(|hash| bytes.extend(hash.as_bytes()));
        let checksum = Sha256::digest(&bytes);
        bytes.extend(checksum);
        bytes
    }

    /// Reads a proof, without believing it.
    ///
    /// # Errors
    /// When the bytes are not those of one proof.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > REGISTER_PROOF_BYTES_MAX {
            return Err(ProofError::Damaged("it is too long"));
        }
        let (content, checksum) =
            bytes.split_last_chunk::<32>().ok_or(ProofError::Damaged("it ends too early"))?;
        if *checksum != *Sha256::digest(content) {
            return Err(ProofError::Damaged("its checksum is another"));
        }
        read(content).ok_or(ProofError::Damaged("it cannot be read"))
    }
}

fn field(opening: Opening<'_>, shown: &[String]) -> Field {
    if !shown.iter().any(|name| name.as_bytes() == opening.name) {
        return Field::Hidden(opening.commitment());
    }
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Field::Shown { salt: opening.salt, name: text(opening.name), value: text(opening.value) }
}

fn commitment(field: &Field) -> [u8; 32] {
    match field {
        Field::Hidden(commitment) => *commitment,
        Field::Shown { salt, name, value } => {
            Opening { salt: *salt, name: name.as_bytes(), value: value.as_bytes() }.commitment()
        }
    }
}

fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend(u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend(part);
}

fn put_field(bytes: &mut Vec<u8>, field: &Field) {
    match field {
        Field::Hidden(commitment) => {
            bytes.push(HIDDEN);
            bytes.extend(commitment);
        }
        Field::Shown { salt, name, value } => {
            bytes.push(SHOWN);
            bytes.extend(salt);
            put(bytes, name.as_bytes());
            put(bytes, value.as_bytes());
        }
    }
}

fn read(mut bytes: &[u8]) -> Option<Proof> {
    let from = &mut bytes;
    (array::<16>(from)? == *MAGIC).then_some(())?;
    let heading = serde_json::from_slice(part(from)?).ok()?;
    let entry = Some(u64::from_be_bytes(array(from)?)).filter(|entry| *entry != NO_ENTRY);
    let rows = u64::from_be_bytes(array(from)?);
    let root = Hash::from_bytes(array(from)?);
    let index = u64::from_be_bytes(array(from)?);
    let key = Key::from_bytes(part(from)?.to_vec());
    let mark = array(from)?;
    let count = u16::from_be_bytes(array(from)?);
    (usize::from(count) <= REGISTER_COLUMNS_MAX).then_some(())?;
    let fields = (0..count).map(|_| read_field(from)).collect::<Option<_>>()?;
    let [count] = array(from)?;
    let path = (0..count).map(|_| array(from).map(Hash::from_bytes)).collect::<Option<_>>()?;
    let summary = Summary { rows, root };
    from.is_empty().then_some(Proof { heading, summary, entry, index, key, mark, fields, path })
}

fn read_field(from: &mut &[u8]) -> Option<Field> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    match array(from)? {
        [HIDDEN] => Some(Field::Hidden(array(from)?)),
        [SHOWN] => {
            Some(Field::Shown { salt: array(from)?, name: text(part(from)?)?, value: text(part(from)?)? })
        }
        _ => None,
    }
}

fn array<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (array, rest) = from.split_first_chunk::<N>()?;
    *from = rest;
    Some(*array)
}

fn part<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::from(u16::from_be_bytes(array(from)?));
    let (part, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(part)
}

/// Where an elector is in a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From 0.
    index: u64,
    /// Hashes beside the way to the root, the leaf's sibling first.
    path: Vec<Hash>,
}

/// Finds an elector while a seal is read once, with no more memory than the tree is high.
pub struct Finder<'a> {
    key: &'a Key,
    size: u64,
    /// Roots of the complete subtrees from the left, and whether the elector is under each.
    peaks: Vec<(Hash, bool)>,
    found: Option<(u64, Record)>,
    path: Vec<Hash>,
}

impl<'a> Finder<'a> {
    /// Looks for this elector.
    pub const fn new(key: &'a Key) -> Self {
        Self { key, size: 0, peaks: Vec::new(), found: None, path: Vec::new() }
    }

    /// Takes the next elector of the seal; `item` is as a seal's reader yields it.
    pub fn push(&mut self, item: &Item) {
        let Some(record) = Record::from_bytes(&item.body) else { return };
        let is_wanted = self.key.as_bytes() == item.key;
        if is_wanted {
            self.found = Some((self.size, record));
        }
        let mut node = (record.leaf(&item.key), is_wanted);
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop();
            node = left.map_or(node, |left| self.join(left, node));
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The elector's place and record, if the seal has them. All of the seal must have been taken.
    pub fn finish(mut self) -> Option<(Place, Record)> {
        let mut right = self.peaks.pop()?;
        while let Some(left) = self.peaks.pop() {
            right = self.join(left, right);
        }
        let path = self.path;
        self.found.map(|(index, record)| (Place { index, path }, record))
    }

    fn join(&mut self, left: (Hash, bool), right: (Hash, bool)) -> (Hash, bool) {
        if left.1 {
            self.path.push(right.0);
        } else if right.1 {
            self.path.push(left.0);
        }
        (node_hash(&left.0, &right.0), left.1 || right.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RegisterKey, SealReader, SealWriter, leaf::KEY_BYTES};
    use proptest::prelude::*;

    /// The proof for one of so many electors, which shows the surname.
    fn proof(rows: u32, wanted: u32) -> Proof {
        let heading = Heading { register: "r".into(), epoch: "e".into(), key_fields: vec!["number".into()] };
        let key = RegisterKey::new(&[7; KEY_BYTES]).sealing(&heading.epoch);
        let row = |number: u32| {
            let fields = [("forename", "Ann"), ("postcode", "AB1 2CD"), ("surname", "Hill")];
            Row::new(Key::of([format!("{number:06}").as_str()]), 1, fields)
        };
        let mut writer = SealWriter::new(Vec::new(), &heading).unwrap();
        for row in (0..rows).map(row) {
            writer.push(row.key.as_bytes(), key.record(&row.key, row.as_bytes())).unwrap();
        }
        let (seal, summary) = writer.finish().unwrap();
        let row = row(wanted);
        let mut finder = Finder::new(&row.key);
        let mut reader = SealReader::open(&seal[..]).unwrap();
        (&mut reader).for_each(|item| finder.push(&item.unwrap()));
        let (place, record) = finder.finish().unwrap();
        assert_eq!(record, key.record(&row.key, row.as_bytes()));
        let parts = Parts { heading, summary, entry: Some(3), place, row: &row };
        Proof::new(parts, &key, &["surname".to_owned()])
    }

    proptest! {
        #[test]
        fn every_elector_of_a_seal_has_a_proof((rows, wanted) in (1_u32..70).prop_flat_map(|n| (Just(n), 0..n))) {
            let proof = proof(rows, wanted);
            prop_assert_eq!(Proof::from_bytes(&proof.to_bytes()), Ok(proof.clone()));
            prop_assert_eq!(proof.check(), Ok(()));
        }
    }

    #[test]
    fn only_the_chosen_field_is_shown() {
        let bytes = proof(5, 2).to_bytes();
        let shows = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(shows("Hill") && !shows("Ann") && !shows("AB1 2CD"));
    }

    #[test]
    fn a_proof_with_any_bit_flipped_fails() {
        let bytes = proof(5, 2).to_bytes();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Proof::from_bytes(&flipped).is_err(), "bit {bit}");
        }
    }

    /// Whoever alters a proof can compute its checksum anew, so what is proven must not stand on that.
    #[test]
    fn what_is_proven_cannot_be_altered_under_a_new_checksum() {
        let proof = proof(5, 2);
        let heading = serde_json::to_vec(&proof.heading).unwrap().len();
        let content = proof.to_bytes().len() - 32;
        // After the heading, the place in the evidence log and the number of electors, everything goes into the way to the
        // root. A tree's root does not hold its size: two sizes may have paths of one shape.
        for bit in (MAGIC.len() + 2 + heading + 8 + 8) * 8..content * 8 {
            let mut altered = proof.to_bytes();
            altered[bit / 8] ^= 1 << (bit % 8);
            let checksum = Sha256::digest(&altered[..content]);
            altered[content..].copy_from_slice(&checksum);
            let is_accepted = Proof::from_bytes(&altered).is_ok_and(|proof| proof.check().is_ok());
            assert!(!is_accepted, "bit {bit}");
        }
    }

    #[test]
    fn a_proof_out_of_forty_million_electors_is_short() {
        let mut proof = proof(5, 2);
        proof.path = vec![proof.summary.root; 26];
        proof.fields = vec![proof.fields[2].clone(); 12];
        assert!(proof.to_bytes().len() <= 2_048, "{}", proof.to_bytes().len());
    }
}
