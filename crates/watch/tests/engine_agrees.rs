//! The engine says of each rule and event what the plain evaluator says: rules and events by chance, of few words so that they meet.

use proptest::prelude::*;
use watch::engine::{Engine, Scratch};
use watch::event::{Event, Field, FieldId, FieldNames, Value};
use watch::sigma::condition::{
    Case, Comparison, Condition, FieldRelation, Network, Number, Predicate, Regex, Test, TimePart,
};
use watch::sigma::evaluate;
use watch::sigma::pattern::{Pattern, Piece};
use watch::sigma::rule::{Level, Logsource, Place, Rule};

const FIELDS: [&str; 4] = ["A", "B", "C", "D"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[abAB]{1,6}",
        2 => r"([a-c]{1,3}[\\/]){1,2}[abAB]{1,4}(\.exe)?",
        1 => "[aбБKkİ\u{212a}ςΣ]{1,5}",
        1 => "(powershell|PowerShell|cmd)\\.exe( -[ab]{1,4})?",
        1 => prop_oneof![Just("-1"), Just("7"), Just("0x7"), Just("7.0"), Just("7.5"), Just("9007199254740993")].prop_map(str::to_owned),
        1 => prop_oneof![Just("192.0.2.7"), Just("::ffff:192.0.2.9"), Just("2001:db8::1"), Just(" 198.51.100.3")].prop_map(str::to_owned),
        1 => prop_oneof![Just("2026-11-07T07:07:07Z"), Just("2026-02-28 23:59:59")].prop_map(str::to_owned),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    prop_oneof![3 => Just(Case::Insensitive), 1 => Just(Case::Sensitive)]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let piece = prop_oneof![4 => text().prop_map(Piece::Text), 2 => Just(Piece::Any), 1 => Just(Piece::One)];
    (prop::collection::vec(piece, 0..5), case()).prop_map(|(all, case)| {
        let mut pieces: Vec<Piece> = Vec::new();
        for piece in all {
            match (pieces.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (Some(Piece::Any), Piece::Any) => {}
                (_, piece) => pieces.push(piece),
            }
        }
        Pattern { pieces, case }
    })
}

fn regex() -> impl Strategy<Value = Regex> {
    let expression = prop_oneof![
        "[abAB]{4,6}",
        "\\^?[ab]{2,5}\\.\\*[ab]{2,5}\\$?",
        "\\([abc]{4}\\|[AB]{4,5}\\)[ab]\\?",
        "[ab]{4}\\[0-9k\\]\\{1,2\\}",
        "\\(\\?i\\)k[ab]\\+",
    ];
    (expression, any::<[bool; 3]>()).prop_map(|(text, [is_case_insensitive, is_multi_line, is_dot_all])| {
        Regex { text, is_case_insensitive, is_multi_line, is_dot_all }
    })
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        (-1_i64..9).prop_map(Number::Integer),
        Just(Number::Integer(9_007_199_254_740_992)),
        Just(Number::Float(7.5)),
        Just(Number::Float(7.0)),
    ]
}

fn network() -> impl Strategy<Value = Network> {
    let network = |address: &str, prefix| Network { address: address.parse().expect("an address"), prefix };
    prop_oneof![
        Just(network("192.0.2.0", 24)),
        Just(network("192.0.2.8", 29)),
        Just(network("0.0.0.0", 0)),
        Just(network("2001:db8::", 32)),
    ]
}

fn keyword_test() -> impl Strategy<Value = Test> {
    prop_oneof![
        4 => pattern().prop_map(Test::Matches),
        1 => regex().prop_map(Test::Regex),
        1 => number().prop_map(Test::Number),
    ]
}

fn field_test() -> impl Strategy<Value = Test> {
    let comparison = prop::sample::select(vec![
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ]);
    let relation = prop::sample::select(vec![
        FieldRelation::Equals,
        FieldRelation::StartsWith,
        FieldRelation::EndsWith,
        FieldRelation::Contains,
    ]);
    let part = prop::sample::select(vec![TimePart::Minute, TimePart::Hour, TimePart::Day, TimePart::Month]);
    let field = prop::sample::select(&FIELDS[..]).prop_map(str::to_owned);
    prop_oneof![
        6 => keyword_test(),
        1 => Just(Test::Null),
        1 => any::<bool>().prop_map(Test::Exists),
        1 => network().prop_map(Test::Cidr),
        1 => (comparison, number()).prop_map(|(comparison, number)| Test::Compare(comparison, number)),
        1 => (relation, field, case()).prop_map(|(relation, field, case)| Test::Field(relation, field, case)),
        1 => (part, 0_u32..12).prop_map(|(part, number)| Test::TimePart(part, number)),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let of_field = (prop::sample::select(&FIELDS[..]), field_test())
        .prop_map(|(field, test)| Predicate { field: Some(field.to_owned()), test });
    let keyword = keyword_test().prop_map(|test| Predicate { field: None, test });
    let leaf = prop_oneof![6 => of_field, 1 => keyword].prop_map(Condition::Is);
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn rule(conditions: Vec<Condition>) -> Rule {
    Rule {
        id: String::new(),
        name: None,
        title: String::new(),
        description: String::new(),
        level: Level::Low,
        tags: Vec::new(),
        falsepositives: Vec::new(),
        fields: Vec::new(),
        logsource: Logsource::default(),
        conditions,
        place: Place { file: "r.yml".into(), line: 1 },
    }
}

fn value() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        8 => text().prop_map(|text| Value::Text(text.into())),
        2 => (text(), text()).prop_map(|(one, other)| Value::Text(format!("{one}{other}").into())),
        1 => Just(Value::Null),
        1 => Just(Value::Text("".into())),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => (-1_i32..9).prop_map(|number| Value::Number(number.to_string().into())),
    ]
}

/// Which field (the last is one that no rule asks for), and its value.
fn fields() -> impl Strategy<Value = Vec<(usize, Value<'static>)>> {
    prop::collection::vec((0..=FIELDS.len(), value()), 0..8)
}

fn event(fields: Vec<(usize, Value<'static>)>, names: &FieldNames) -> Event<'static> {
    let id = |at: usize| FIELDS.get(at).map_or(FieldId::OTHER, |name| names.id(name));
    let fields = fields.into_iter().map(|(at, value)| Field { id: id(at), value }).collect();
    Event { fields, ..Event::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_says_what_the_evaluator_says(
        rules in prop::collection::vec(prop::collection::vec(condition(), 1..3), 1..12),
        events in prop::collection::vec(fields(), 1..12),
    ) {
        let rules: Vec<Rule> = rules.into_iter().map(rule).collect();
        let mut names = FieldNames::default();
        let engine = Engine::new(&rules, &mut names);
        let mut scratch = Scratch::default();
        for fields in events {
            let event = event(fields, &names);
            let expected: Vec<u32> = (0..)
                .zip(&rules)
                .filter(|(_, rule)| evaluate::matches(rule, &event, &names))
                .map(|(at, _)| at)
                .collect();
            prop_assert_eq!(engine.matches(&event, &mut scratch), expected, "{:?}", event);
        }
    }
}
