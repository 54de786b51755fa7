//! The invented Assembly of Northmere: its members, its forum, and the addresses they are reached at.

use crate::names::Person;
use crate::random::Random;

/// The house's domain.
pub const DOMAIN: &str = "northmere.example";
/// The name by which the house's mail server signs what it adds to a message.
pub const MAIL_SERVER: &str = "mx.northmere.example";
/// Members who have enrolled a personal address.
const PERSONAL_MAX: usize = 12;
/// The members of T2, who load a beacon of the first campaign; they belong to the forum.
pub(crate) const OPENERS: [usize; 3] = [3, 10, 28];
/// The member who is forwarded a mail of the first campaign; outside the forum.
pub(crate) const FORWARDED_TO: usize = 49;

/// A protected person.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) address: String,
    pub(crate) personal_address: Option<String>,
    pub(crate) in_forum: bool,
}

/// All members, by index: `M001` is index 0.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) members: Vec<Member>,
}

/// `M001` for index 0.
pub(crate) fn member_id(index: usize) -> String {
    format!("M{:03}", index + 1)
}

impl House {
    pub(crate) fn new(random: &mut Random, members: usize, forum: usize, free_mail: &str) -> Self {
        let in_forum = forum_members(random, members, forum);
        let mut taken = std::collections::BTreeSet::new();
        let members = (0..members)
            .map(|index| {
                let person = unused_person(random, &mut taken);
                let address = format!("{}@{DOMAIN}", person.local_part());
                let in_forum = in_forum.contains(&index);
                Member { person, address, personal_address: None, in_forum }
            })
            .collect();
        let mut house = Self { members };
        house.enrol_personal_addresses(random, free_mail);
        house
    }

    fn enrol_personal_addresses(&mut self, random: &mut Random, free_mail: &str) {
        let forum = self.forum();
        for index in random.sample(&forum, PERSONAL_MAX) {
            if let Some(member) = self.members.get_mut(index) {
                let local_part = member.person.casual_local_part(random);
                member.personal_address = Some(format!("{local_part}@{free_mail}"));
            }
        }
    }

    /// Indexes of those in the forum.
    pub(crate) fn forum(&self) -> Vec<usize> {
        self.indexes(true)
    }

    /// Indexes of those outside the forum.
    pub(crate) fn others(&self) -> Vec<usize> {
        self.indexes(false)
    }

    fn indexes(&self, in_forum: bool) -> Vec<usize> {
        let chosen = self.members.iter().enumerate().filter(|(_, member)| member.in_forum == in_forum);
        chosen.map(|(index, _)| index).collect()
    }

    pub(crate) fn all(&self) -> Vec<usize> {
        (0..self.members.len()).collect()
    }

    pub(crate) fn member(&self, index: usize) -> &Member {
        self.members.get(index).expect("deliveries only name members of the house")
    }

    /// `members.csv`: `id,name,address,groups,kind`.
    pub(crate) fn csv(&self) -> String {
        let mut csv = String::from("id,name,address,groups,kind\n");
        for (index, member) in self.members.iter().enumerate() {
            let (id, name) = (member_id(index), member.person.full());
            let groups = if member.in_forum { "forum" } else { "" };
            csv.push_str(&format!("{id},{name},{},{groups},house\n", member.address));
            if let Some(personal) = &member.personal_address {
                csv.push_str(&format!("{id},{name},{personal},{groups},personal\n"));
            }
        }
        csv
    }
}

/// Which members form the forum: always those of T2, never the one who is forwarded a mail.
fn forum_members(random: &mut Random, members: usize, forum: usize) -> Vec<usize> {
    let fixed: Vec<usize> = OPENERS.into_iter().filter(|index| *index < members).take(forum).collect();
    let free: Vec<usize> =
        (0..members).filter(|index| !fixed.contains(index) && *index != FORWARDED_TO).collect();
    let drawn = random.sample(&free, forum.saturating_sub(fixed.len()));
    fixed.into_iter().chain(drawn).collect()
}

fn unused_person(random: &mut Random, taken: &mut std::collections::BTreeSet<String>) -> Person {
    loop {
        let person = Person::new(random);
        if taken.insert(person.local_part()) {
            return person;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forum_has_the_openers_and_not_the_forwarded() {
        for seed in 0..20 {
            let house = House::new(&mut Random::new(seed), 120, 38, "freemail.example");
            let forum = house.forum();
            assert_eq!(forum.len(), 38);
            assert!(OPENERS.iter().all(|index| forum.contains(index)));
            assert!(!forum.contains(&FORWARDED_TO));
        }
    }

    #[test]
    fn twelve_members_have_a_second_row() {
        let csv = House::new(&mut Random::new(1), 120, 38, "freemail.example").csv();
        assert_eq!(csv.lines().count(), 1 + 120 + 12);
        assert_eq!(csv.lines().filter(|line| line.ends_with(",forum,personal")).count(), 12);
        assert_eq!(csv.lines().filter(|line| line.ends_with(",forum,house")).count(), 38);
    }
}
