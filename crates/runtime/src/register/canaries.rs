//! Supplied copies with canaries, the sealed list of these, and leaks traced by it.

use super::rows::{folder_of, sync_folder_of};
use super::{check_name, open};
use crate::clock::rfc3339;
use crate::data::Data;
use crate::evidence_log::Entry;
use anyhow::{Context, Result};
use evidence::Value;
use model::limit::REGISTER_NAME_BYTES_MAX;
use model::{EventTime, LeafIndex, Sha256};
use register::Columns;
use register::canary::{
    self, Accusation, Chance, Donors, Fictitious, Leak, Observed, Plan, Planting, Seeker, accuse,
    own_entries, shared_entries,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use store::{Batch, Blobs, Records};
use tempfile::NamedTempFile;

/// Collection of where each register's list lies, by the register's name.
const LISTS: &str = "register_canaries";
/// Entries are tried this many times more often than they are needed: some are somebody, or have somebody's number.
const TRIES: usize = 4;

/// A list's place. What is in it is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    digest: String,
    leaf: u64,
}

/// The canaries of a register.
#[derive(Debug, Default, Serialize, Deserialize)]
struct List {
    colluders: u32,
    shared: Vec<Shared>,
    copies: Vec<CopyCode>,
}

/// An entry that several copies have.
#[derive(Debug, Serialize, Deserialize)]
struct Shared {
    /// The share of copies that get it.
    bias: f64,
    entry: Fictitious,
}

/// What one copy has.
#[derive(Debug, Serialize, Deserialize)]
struct CopyCode {
    recipient: String,
    planted: String,
    electors: u64,
    /// Whether it has each of the shared entries.
    code: Vec<bool>,
    /// Entries that no other copy has.
    own: Vec<Fictitious>,
}

/// A copy to be made.
#[derive(Debug)]
pub struct Copy<'a> {
    /// The authoritative register, one CSV file.
    pub input: &'a Path,
    /// Name of the register.
    pub register: &'a str,
    /// What its columns mean.
    pub columns: &'a Columns,
    /// Who gets the copy.
    pub recipient: &'a str,
    /// How copies are told apart.
    pub plan: Plan,
    /// Where the copy goes; nothing may be there.
    pub out: &'a Path,
}

/// A copy that was made.
#[derive(Debug)]
pub struct Planted {
    /// Real electors and canaries.
    pub planting: Planting,
    /// Entry that commits to the list.
    pub leaf: LeafIndex,
}

/// A copy on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlantedRow {
    /// Name of the register.
    pub register: String,
    /// Who has the copy.
    pub recipient: String,
    /// When it was made, RFC 3339.
    pub planted: String,
    /// Real electors in it.
    pub electors: u64,
    /// Canaries in it.
    pub canaries: u64,
}

/// What a leak tells.
#[derive(Debug)]
pub struct Traced {
    /// Rows of the leak.
    pub rows: u64,
    /// Canaries in it.
    pub seen: u64,
    /// What speaks against each copy, the strongest first.
    pub copies: Vec<(String, Accusation)>,
    /// Entry of the evidence log.
    pub leaf: LeafIndex,
}

/// Writes a copy with canaries. The list is kept and evident before the copy has its name, so that no copy is out of which nothing
/// is known.
///
/// # Errors
/// When a name or the plan cannot be used, the recipient has a copy already, the register is too small for so many entries, reading
/// or writing fails, or the store does.
pub fn plant(data: &mut Data, copy: &Copy<'_>, seed: [u8; 32], now: EventTime) -> Result<Planted> {
    check(copy)?;
    let (mut list, before) = load(data, copy.register)?.unwrap_or_default();
    let is_there = list.copies.iter().any(|other| other.recipient == copy.recipient);
    anyhow::ensure!(
        !is_there,
        "{} has a copy of {} already: give this one another name",
        copy.recipient,
        copy.register
    );
    let mut chance = Chance::new(seed);
    let made = choose(&mut list, copy, &mut chance)?;
    let file = NamedTempFile::new_in(folder_of(copy.out))
        .with_context(|| format!("cannot write in the folder of {}", copy.out.display()))?;
    let planting = canary::write_copy(
        open(copy.input)?,
        BufWriter::new(file.as_file()),
        copy.columns,
        made.entries(&list),
    )
    .with_context(|| format!("cannot copy {}", copy.input.display()))?;
    file.as_file().sync_all().context("cannot make the copy durable")?;
    let Made { code, own } = made;
    list.copies.push(CopyCode {
        recipient: copy.recipient.to_owned(),
        planted: rfc3339(now),
        electors: planting.electors,
        code,
        own,
    });
    let leaf = keep(data, copy, &list, before, now)?;
    file.persist_noclobber(copy.out).with_context(|| format!("cannot name {}", copy.out.display()))?;
    sync_folder_of(copy.out).context("cannot make the copy's name durable")?;
    Ok(Planted { planting, leaf })
}

fn check(copy: &Copy<'_>) -> Result<()> {
    check_name(copy.register)?;
    let is_recipient = (1..=REGISTER_NAME_BYTES_MAX).contains(&copy.recipient.len())
        && !copy.recipient.chars().any(char::is_control);
    anyhow::ensure!(
        is_recipient,
        "a recipient has 1 to {REGISTER_NAME_BYTES_MAX} bytes without control characters"
    );
    anyhow::ensure!(
        copy.plan.is_possible(),
        "a leak rate is above 0 and at most 1, a confidence between 0 and 1, and 1 to 8 copies are thought of as put together"
    );
    anyhow::ensure!(
        !copy.out.exists(),
        "{} is there already: a copy is never written over",
        copy.out.display()
    );
    Ok(())
}

/// What one copy gets.
struct Made {
    code: Vec<bool>,
    own: Vec<Fictitious>,
}

impl Made {
    fn entries<'a>(&'a self, list: &'a List) -> impl Iterator<Item = &'a Fictitious> {
        let shared =
            list.shared.iter().zip(&self.code).filter(|(_, has)| **has).map(|(shared, _)| &shared.entry);
        shared.chain(&self.own)
    }
}

/// Invents what is needed, and drops what is somebody in this register.
fn choose(list: &mut List, copy: &Copy<'_>, chance: &mut Chance) -> Result<Made> {
    let of_input = || format!("cannot make canaries of {}", copy.input.display());
    let donors = canary::sample(open(copy.input)?, copy.columns, chance).with_context(of_input)?;
    let is_first = list.copies.is_empty();
    let shared_needed = if is_first { shared_entries(&copy.plan) } else { list.shared.len() };
    let own_needed = own_entries(&copy.plan);
    let mut candidates: Vec<Fictitious> = entries(list).cloned().collect();
    let known = candidates.len();
    let fresh = own_needed + if is_first { shared_needed } else { 0 };
    candidates.extend(invent(&donors, list, fresh, chance));
    let is_free = canary::sift(open(copy.input)?, copy.columns, &candidates).with_context(of_input)?;
    let mut free = candidates
        .into_iter()
        .zip(&is_free)
        .skip(known)
        .filter(|(_, is_free)| **is_free)
        .map(|(entry, _)| entry);
    if is_first {
        list.colluders = copy.plan.colluders;
        list.shared = free
            .by_ref()
            .take(shared_needed)
            .map(|entry| Shared { bias: canary::bias(chance), entry })
            .collect();
    }
    let own: Vec<Fictitious> = free.take(own_needed).collect();
    anyhow::ensure!(
        own.len() == own_needed && list.shared.len() == shared_needed,
        "{} electors are too few to hide {} canaries among: allow a higher leak rate or fewer colluders",
        donors.seen(),
        own_needed + shared_needed
    );
    // Fresh ones were free just now; older ones may have become somebody since.
    let can_stand = |place: usize| is_first || is_free.get(place).copied().unwrap_or(false);
    let code = list
        .shared
        .iter()
        .enumerate()
        .map(|(place, shared)| chance.unit() < shared.bias && can_stand(place))
        .collect();
    Ok(Made { code, own })
}

/// Entries that differ from each other and from all that are on the list.
fn invent(donors: &Donors, list: &List, needed: usize, chance: &mut Chance) -> Vec<Fictitious> {
    let numbers = ["number_prefix", "number", "number_suffix"];
    let number =
        |entry: &Fictitious| numbers.map(|field| entry.fields.get(field).cloned().unwrap_or_default());
    let own = list.copies.iter().flat_map(|copy| &copy.own);
    let mut taken: HashSet<[String; 3]> =
        list.shared.iter().map(|shared| &shared.entry).chain(own).map(number).collect();
    (0..needed * TRIES * 2)
        .filter_map(|_| donors.invent(chance))
        .filter(|entry| taken.insert(number(entry)))
        .take(needed * TRIES / 2)
        .collect()
}

/// The list of a register and the digest that it lies under.
fn load(data: &Data, register: &str) -> Result<Option<(List, Option<Sha256>)>> {
    let Some(place) = data.store.records.get(LISTS, register)? else { return Ok(None) };
    let place: Place = serde_json::from_slice(&place).context("the place of the canaries is damaged")?;
    let digest: Sha256 = place.digest.parse().context("the place of the canaries is damaged")?;
    let list = data.store.blobs.get(digest)?.context("the sealed list of canaries is missing")?;
    let list = serde_json::from_slice(&list).context("the sealed list of canaries is damaged")?;
    Ok(Some((list, Some(digest))))
}

/// Sealed first, then evident, then known; the list before goes last.
fn keep(
    data: &mut Data,
    copy: &Copy<'_>,
    list: &List,
    before: Option<Sha256>,
    now: EventTime,
) -> Result<LeafIndex> {
    let digest = data.store.blobs.put(&serde_json::to_vec(list)?)?;
    let named = [("register", copy.register.into()), ("recipient", copy.recipient.into())];
    let entry = Entry {
        kind: "register.canaries_planted",
        time: now,
        public: vec![("list", Value::from(digest.to_string()))],
        private: Value::object(named).to_canonical().into_bytes(),
    };
    let leaf = data.record(&[entry])?;
    let place = Place { digest: digest.to_string(), leaf: leaf.0 };
    data.store.records.apply(Batch::new().put(LISTS, copy.register, serde_json::to_vec(&place)?))?;
    if let Some(before) = before.filter(|before| *before != digest) {
        data.store.blobs.delete(before)?;
    }
    Ok(leaf)
}

/// The copies that have canaries. Which these are is not told.
///
/// # Errors
/// When the store fails or a list is damaged.
pub fn planted(data: &Data) -> Result<Vec<PlantedRow>> {
    let mut rows = Vec::new();
    for (register, _) in data.collection(LISTS)? {
        let Some((list, _)) = load(data, &register)? else { continue };
        rows.extend(list.copies.iter().map(|copy| PlantedRow {
            register: register.clone(),
            recipient: copy.recipient.clone(),
            planted: copy.planted.clone(),
            electors: copy.electors,
            canaries: (copy.own.len() + copy.code.iter().filter(|has| **has).count()) as u64,
        }));
    }
    Ok(rows)
}

/// Looks through a leak for the canaries of a register, and says what speaks against each copy. That it was asked is evidence.
///
/// # Errors
/// When the register has no canaries, the leak cannot be read, or the store fails.
pub fn trace(data: &mut Data, register: &str, leak: &Path, now: EventTime) -> Result<Traced> {
    let (list, _) =
        load(data, register)?.with_context(|| format!("no copy of {register} has canaries here"))?;
    let seeker = Seeker::new(entries(&list));
    let found = look_through(leak, &seeker)?;
    let copies = judge(&list, &found);
    let named = copies.iter().filter(|(_, accusation)| accusation.is_named()).map(|(name, _)| name.as_str());
    let private = Value::object([
        ("register", register.into()),
        ("named", Value::from(named.collect::<Vec<_>>().join("\n"))),
    ]);
    let entry = Entry {
        kind: "register.leak_traced",
        time: now,
        public: vec![
            ("rows", Value::from(found.rows.to_string())),
            ("canaries", Value::from(found.seen.len().to_string())),
        ],
        private: private.to_canonical().into_bytes(),
    };
    let leaf = data.record(&[entry])?;
    Ok(Traced { rows: found.rows, seen: found.seen.len() as u64, copies, leaf })
}

/// Shared entries, then those of each copy.
fn entries(list: &List) -> impl Iterator<Item = &Fictitious> {
    let own = list.copies.iter().flat_map(|copy| &copy.own);
    list.shared.iter().map(|shared| &shared.entry).chain(own)
}

/// A leak need not be CSV: where a quote never closes, its lines are read as they are.
fn look_through(leak: &Path, seeker: &Seeker) -> Result<Leak> {
    canary::seek(open(leak)?, seeker, true)
        .or_else(|_| canary::seek(open(leak)?, seeker, false).context("it cannot be read as lines either"))
        .with_context(|| format!("cannot read {}", leak.display()))
}

fn judge(list: &List, found: &Leak) -> Vec<(String, Accusation)> {
    let shared: Vec<(f64, bool)> = list
        .shared
        .iter()
        .enumerate()
        .map(|(place, shared)| (shared.bias, found.seen.contains(&place)))
        .collect();
    let mut first = list.shared.len();
    let mut copies = Vec::new();
    for copy in &list.copies {
        let end = first + copy.own.len();
        copies.push((copy.code.as_slice(), found.seen.range(first..end).count()));
        first = end;
    }
    let electors = list.copies.iter().map(|copy| copy.electors).max().unwrap_or(1).max(1);
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let share = (found.rows as f64 / electors as f64).min(1.0);
    let observed = Observed { shared: &shared, share, colluders: list.colluders, copies: &copies };
    let names = list.copies.iter().map(|copy| copy.recipient.clone());
    let mut judged: Vec<(String, Accusation)> = names.zip(accuse(&observed)).collect();
    judged.sort_by(|(_, a), (_, b)| b.own.cmp(&a.own).then(a.bound.total_cmp(&b.bound)));
    judged
}

/// The numbers of all canaries of a register with their names, so that none is ever sealed as an elector.
pub(super) fn known(data: &Data, register: &str) -> Result<Option<Seeker>> {
    Ok(load(data, register)?.map(|(list, _)| Seeker::new(entries(&list))))
}

/// Where a copy goes that nobody named: beside the register, with the recipient in its name.
pub fn beside(input: &Path, recipient: &str) -> PathBuf {
    let plain: String = recipient.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    input.with_file_name(format!("copy-for-{plain}.csv"))
}
