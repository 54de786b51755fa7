//! The members of a house: who is protected, under which addresses, in which groups.

mod table;

use model::limit::MEMBERS_MAX;
use model::{Defect, GroupId, MailboxKind, MemberId};
use std::collections::{BTreeMap, HashMap, HashSet};
use table::{Row, Table};

/// Mailbox providers that are open to everyone. An address there is a member's own unless the list says otherwise,
/// and their domains never count as the house's.
const PUBLIC_PROVIDERS: &[&str] = &[
    "aol.com",
    "fastmail.com",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mac.com",
    "mail.com",
    "me.com",
    "msn.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "web.de",
    "yahoo.co.uk",
    "yahoo.com",
    "yandex.ru",
];
/// Without a `kind`, a domain is the house's if it has at least this part of the addresses that the commonest has.
const HOUSE_DOMAIN_SHARE: usize = 4;

/// Position of a member in its [`House`], from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberIndex(pub u32);

/// A protected person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The house's own identifier.
    pub id: MemberId,
    /// The name as the list spells it.
    pub name: String,
    /// Lower-case addresses with their domain in ASCII form (IDNA), and whose mailbox each is.
    pub addresses: Vec<(String, MailboxKind)>,
    /// The groups that the member belongs to, in the order of the list.
    pub groups: Vec<GroupId>,
}

/// A list of members that cannot be used at all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HouseError {
    /// There is not a single row.
    #[error("{source_name}: line 1: the list is empty; it begins with a row `id,name,address,groups`")]
    Empty {
        /// The file as the user named it.
        source_name: String,
    },
    /// The first row does not name a column that is needed, or is no header row.
    #[error(
        "{source_name}: line {line}: the header row names no column `{column}`; it is `id,name,address,groups[,kind]`"
    )]
    ColumnMissing {
        /// The file as the user named it.
        source_name: String,
        /// The line of the header row, from 1.
        line: u64,
        /// The column that was looked for.
        column: &'static str,
    },
}

/// All members, found by address or identifier in constant time.
#[derive(Debug, Clone, Default)]
pub struct House {
    members: Vec<Member>,
    by_id: HashMap<String, MemberIndex>,
    by_address: HashMap<String, MemberIndex>,
    domains: HashSet<String>,
}

impl House {
    /// Reads a list in CSV (RFC 4180) whose header row names the columns `id`, `name`, `address`, `groups` and perhaps `kind`,
    /// in any order. Groups are separated by `;`. Rows with the same `id` add addresses to one member.
    ///
    /// `kind` is `house` or `personal`. Where it is blank, an address is the house's unless its domain belongs to a public
    /// provider or is rare beside the commonest domain: taking a stranger's domain for our own would hide what it sends.
    ///
    /// # Errors
    /// [`HouseError`] if the header row or one of the four columns is missing. Rows that cannot be used are defects.
    ///
    /// ```
    /// use mail::member::{House, MemberIndex};
    /// let csv = b"id,name,address,groups\nM001,Ada Quill,Ada@Northmere.example,forum;health\n";
    /// let (house, defects) = House::parse(csv, "members.csv").unwrap();
    /// assert!(defects.is_empty());
    /// assert_eq!(house.by_address("ada+news@northmere.example"), Some(MemberIndex(0)));
    /// ```
    pub fn parse(csv: &[u8], source_name: &str) -> Result<(Self, Vec<Defect>), HouseError> {
        let mut table = Table::parse(csv, source_name)?;
        let mut builder = Builder::default();
        for row in table.rows() {
            match row {
                Ok(row) => builder.add(&row, &mut table.defects),
                Err(defect) => table.defects.push(defect),
            }
        }
        Ok((builder.finish(), table.defects))
    }

    /// The member with this address; with a `+tag` in its local part only if no member has the address as written.
    pub fn by_address(&self, address: &str) -> Option<MemberIndex> {
        if let Some(index) = self.by_address.get(address) {
            return Some(*index);
        }
        let address = normalized_address(address)?;
        self.by_address.get(&address).or_else(|| self.by_address.get(&without_tag(&address)?)).copied()
    }

    /// The member with this identifier, as the list spells it.
    pub fn by_id(&self, id: &str) -> Option<MemberIndex> {
        self.by_id.get(id).copied()
    }

    /// The member whom a log calls `user`: an identifier or an address, perhaps with a `DOMAIN\` before it, in any case.
    pub fn by_user(&self, user: &str) -> Option<MemberIndex> {
        let account = user.rsplit_once('\\').map_or(user, |(_domain, account)| account);
        self.by_id(account)
            .or_else(|| self.by_address(account))
            .or_else(|| self.by_id(&account.to_ascii_uppercase()))
    }

    /// The member at `index`.
    pub fn member(&self, index: MemberIndex) -> Option<&Member> {
        self.members.get(usize::try_from(index.0).ok()?)
    }

    /// All members with their positions, in the order of the list.
    pub fn members(&self) -> impl Iterator<Item = (MemberIndex, &Member)> {
        (0..).map(MemberIndex).zip(&self.members)
    }

    /// The domains of the addresses that the house runs: what it may call its own.
    pub fn domains(&self) -> &HashSet<String> {
        &self.domains
    }

    /// Each group with its members, by name.
    pub fn groups(&self) -> Vec<(GroupId, Vec<MemberIndex>)> {
        let mut groups: BTreeMap<&GroupId, Vec<MemberIndex>> = BTreeMap::new();
        for (index, member) in self.members() {
            for group in &member.groups {
                groups.entry(group).or_default().push(index);
            }
        }
        groups.into_iter().map(|(group, members)| (group.clone(), members)).collect()
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Is there no member at all?
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// A house of which not all rows have been seen, so that blank kinds cannot be settled yet.
#[derive(Default)]
struct Builder {
    house: House,
    /// For each address in the order of the list: its owner, its place there, and its kind if the list tells it.
    kinds: Vec<(MemberIndex, usize, Option<MailboxKind>)>,
}

impl Builder {
    fn add(&mut self, row: &Row, defects: &mut Vec<Defect>) {
        let known = self.house.by_id.get(&row.id).copied();
        if known.is_none() && self.house.len() >= MEMBERS_MAX {
            return defects.push(row.defect(format!("more than {MEMBERS_MAX} members")));
        }
        let owner = known.unwrap_or_else(|| self.add_member(row));
        self.compare(owner, row, defects);
        for address in &row.addresses {
            match self.house.by_address.get(address) {
                None => self.add_address(owner, address, row.kind),
                Some(index) if *index == owner => {}
                Some(index) => {
                    let holder = self.house.member(*index).map_or("", |member| member.id.0.as_str());
                    defects.push(row.defect(format!("{address} of {} already belongs to {holder}", row.id)));
                }
            }
        }
    }

    fn add_member(&mut self, row: &Row) -> MemberIndex {
        let index = MemberIndex(u32::try_from(self.house.len()).unwrap_or(u32::MAX));
        self.house.by_id.insert(row.id.clone(), index);
        let (id, name) = (MemberId(row.id.clone()), row.name.clone());
        self.house.members.push(Member { id, name, addresses: Vec::new(), groups: row.groups.clone() });
        index
    }

    /// The rows of a member may leave name and groups blank, but may not contradict each other.
    fn compare(&mut self, owner: MemberIndex, row: &Row, defects: &mut Vec<Defect>) {
        let Some(member) = self.house.members.get_mut(owner.0 as usize) else { return };
        if member.name.is_empty() {
            member.name.clone_from(&row.name);
        }
        if member.groups.is_empty() {
            member.groups.clone_from(&row.groups);
        }
        if !row.name.is_empty() && row.name != member.name {
            defects.push(row.defect(format!("{} has another name above; the first one is kept", row.id)));
        }
        if !row.groups.is_empty() && row.groups != member.groups {
            defects.push(row.defect(format!("{} has other groups above; the first ones are kept", row.id)));
        }
    }

    fn add_address(&mut self, owner: MemberIndex, address: &str, kind: Option<MailboxKind>) {
        self.house.by_address.insert(address.to_owned(), owner);
        let Some(member) = self.house.members.get_mut(owner.0 as usize) else {
            return;
        };
        self.kinds.push((owner, member.addresses.len(), kind));
        member.addresses.push((address.to_owned(), kind.unwrap_or_default()));
    }

    fn finish(mut self) -> House {
        let house_domains = self.likely_house_domains();
        for (owner, place, kind) in self.kinds {
            let Some(member) = self.house.members.get_mut(owner.0 as usize) else {
                continue;
            };
            let Some((address, mailbox)) = member.addresses.get_mut(place) else {
                continue;
            };
            let domain = domain_of(address);
            if kind.is_none() && !house_domains.contains(domain) {
                *mailbox = MailboxKind::Personal;
            }
            if *mailbox == MailboxKind::House {
                self.house.domains.insert(domain.to_owned());
            }
        }
        self.house
    }

    /// Domains of addresses that are not marked as personal, without public providers and rare ones.
    fn likely_house_domains(&self) -> HashSet<String> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (owner, place, kind) in &self.kinds {
            let address = self.house.member(*owner).and_then(|member| member.addresses.get(*place));
            let domain = address.map_or("", |(address, _)| domain_of(address));
            if *kind != Some(MailboxKind::Personal) && !PUBLIC_PROVIDERS.contains(&domain) {
                *counts.entry(domain).or_default() += 1;
            }
        }
        let commonest = counts.values().copied().max().unwrap_or(0);
        let is_common = |count: usize| count * HOUSE_DOMAIN_SHARE >= commonest;
        counts
            .into_iter()
            .filter(|(_, count)| is_common(*count))
            .map(|(domain, _)| domain.to_owned())
            .collect()
    }
}

/// Lower case, the domain in ASCII form (IDNA), without `<>`; `None` for what is not an addr-spec (RFC 5322 section 3.4.1).
fn normalized_address(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    let (local, domain) = text.rsplit_once('@')?;
    let domain = idna::domain_to_ascii(domain.trim_end_matches('.')).ok()?;
    let is_usable =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_usable(local) && is_usable(&domain)).then(|| format!("{}@{domain}", local.to_lowercase()))
}

/// `jo@a.example` for `jo+news@a.example`; `None` without a tag.
fn without_tag(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let (user, _tag) = local.split_once('+')?;
    Some(format!("{user}@{domain}"))
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_local, domain)| domain)
}

#[cfg(test)]
mod tests;
