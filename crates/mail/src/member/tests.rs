//! Tests of the list of members.

use super::*;
use proptest::prelude::*;

const HEADER: &str = "id,name,address,groups,kind\n";

/// What a list comes to: a line for each member, then the defects.
fn report(csv: &[u8]) -> Vec<String> {
    let (house, defects) = House::parse(csv, "list").unwrap();
    let member = |member: &Member| {
        let addresses: Vec<String> =
            member.addresses.iter().map(|(address, kind)| format!("{address} {kind:?}")).collect();
        let groups: Vec<&str> = member.groups.iter().map(|group| group.0.as_str()).collect();
        format!("{}|{}|{}|{}", member.id, member.name, addresses.join(" "), groups.join(" "))
    };
    let members = house.members().map(|(_, one)| member(one));
    members.chain(defects.iter().map(Defect::to_string)).collect()
}

#[track_caller]
fn check(rows: &str, expected: &[&str]) {
    assert_eq!(report(format!("{HEADER}{rows}").as_bytes()), expected);
}

#[test]
fn rows_of_one_id_are_one_member() {
    check(
        "M1,,Ada@House.example,,house\n\nM1,Ada Quill,ada@home.example,forum; health,personal\n",
        &["M1|Ada Quill|ada@house.example House ada@home.example Personal|forum health"],
    );
}

#[test]
fn addresses_are_normalised() {
    check("M1,A,<A.B@BÜCHER.example>,,\n", &["M1|A|a.b@xn--bcher-kva.example House|"]);
    check("M1,A,a@x.example; b@x.example,,\n", &["M1|A|a@x.example House b@x.example House|"]);
}

#[test]
fn contradictions_are_told_and_the_first_row_stands() {
    check(
        "M1,A,a@x.example,f,\nM1,B,b@x.example,g,\nM2,C,A@x.example,,\n",
        &[
            "M1|A|a@x.example House b@x.example House|f",
            "M2|C||",
            "list: line 3: M1 has another name above; the first one is kept",
            "list: line 3: M1 has other groups above; the first ones are kept",
            "list: line 4: a@x.example of M2 already belongs to M1",
        ],
    );
}

#[test]
fn a_bad_row_loses_nothing_but_itself() {
    check(
        ",A,a@x.example,,\nM2,\"A,b@x.example,,\nM3,C,nobody,,\nM4,D,,,\nM5,E,e@x.example,,boat\nM6,F,f@x.example,,\n",
        &[
            "M6|F|f@x.example House|",
            "list: line 2: the row has no id",
            "list: line 3: a quote is not closed on its line",
            "list: line 4: `nobody` is not a mail address",
            "list: line 5: the row has no address",
            "list: line 6: `boat` is not a kind of mailbox; it is `house` or `personal`",
        ],
    );
}

#[test]
fn a_blank_kind_is_settled_by_the_domain() {
    let rows: String = (0..8).map(|number| format!("M{number},A,m{number}@house.example,,\n")).collect();
    let csv =
        format!("{HEADER}{rows}M0,,ada@gmail.com,,\nM1,,bo@rare.example,,\nM2,,cy@own.example,,house\n");
    let (house, defects) = House::parse(csv.as_bytes(), "list").unwrap();
    let kind = |id: &str, place: usize| house.member(house.by_id(id).unwrap()).unwrap().addresses[place].1;
    assert_eq!(defects, []);
    assert_eq!((kind("M0", 0), kind("M0", 1)), (MailboxKind::House, MailboxKind::Personal));
    assert_eq!((kind("M1", 1), kind("M2", 1)), (MailboxKind::Personal, MailboxKind::House));
    let domains: Vec<&str> = house.domains().iter().map(String::as_str).collect();
    assert!(
        domains.len() == 2
            && house.domains().contains("house.example")
            && house.domains().contains("own.example")
    );
}

#[test]
fn columns_may_stand_in_any_order_and_behind_a_mark() {
    assert_eq!(
        report(b"\xef\xbb\xbf\r\nGroups, Address ,ID,NAME\r\nf,a@x.example,M1,A\r\n"),
        ["M1|A|a@x.example House|f"]
    );
}

#[test]
fn latin_1_is_read_and_reported() {
    assert_eq!(
        report(b"id,name,address,groups\nM1,Zo\xeb,z@x.example,\n"),
        [
            "M1|Zo\u{eb}|z@x.example House|",
            "list: byte 28: not UTF-8; the list is read as Latin-1 (Windows-1252)"
        ]
    );
}

#[test]
fn a_list_without_its_columns_is_no_list() {
    let missing = |line, column| HouseError::ColumnMissing { source_name: "list".to_owned(), line, column };
    assert_eq!(
        House::parse(b" \n", "list").err(),
        Some(HouseError::Empty { source_name: "list".to_owned() })
    );
    assert_eq!(House::parse(b"M1,A,a@x.example,f\n", "list").err(), Some(missing(1, "id")));
    assert_eq!(House::parse(b"\nid,name,address\n", "list").err(), Some(missing(2, "groups")));
}

#[test]
fn lookups_find_the_member() {
    let csv = b"id,name,address,groups\nM1,A,a+b@x.example,f;g\nM2,B,a@x.example,g\n";
    let (house, _) = House::parse(csv, "list").unwrap();
    let (first, second) = (Some(MemberIndex(0)), Some(MemberIndex(1)));
    assert_eq!(house.by_address("A+B@X.example"), first, "as written before its tag is taken off");
    assert_eq!(house.by_address("a+c@x.example"), second);
    assert_eq!(house.by_address("b@x.example"), None);
    assert_eq!(
        (house.by_user("HOUSE\\m1"), house.by_user("a@x.example"), house.by_user("m3")),
        (first, second, None)
    );
    let groups = [("f", vec![MemberIndex(0)]), ("g", vec![MemberIndex(0), MemberIndex(1)])];
    assert_eq!(house.groups(), groups.map(|(group, members)| (GroupId::from(group), members)));
}

proptest! {
    #[test]
    fn every_row_is_a_member_or_a_defect(bytes in "(.|[,;@\"\n]){0,200}") {
        let csv = format!("{HEADER}{bytes}");
        let (house, defects) = House::parse(csv.as_bytes(), "list").unwrap();
        let rows = bytes.lines().filter(|line| !line.trim().is_empty()).count();
        prop_assert!(house.len() <= rows && (rows == 0 || house.len() + defects.len() > 0));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = House::parse(&bytes, "list");
        let _ = House::parse(&[HEADER.as_bytes(), &bytes].concat(), "list");
    }
}
