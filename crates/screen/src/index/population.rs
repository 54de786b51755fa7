//! How common names are among people at large, since a list says little about that: common names explain most false alarms.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::name::{Token, TokenKind};

/// Names by how many of 10,000 persons of a mixed population bear them, in steps; our own rough classes.
const COMMON: &[(u32, &str)] = &[
    (60, "john james mohammed maria michael david"),
    (
        25,
        "robert william thomas peter paul mary anna mark richard charles joseph george daniel christopher andrew ali ahmed muhammad mohamed jose juan alexander elizabeth sarah smith li wang zhang singh kumar khan",
    ),
    (
        12,
        "susan margaret patricia linda jennifer jane anne ann helen karen emma laura julia steven stephen kevin brian edward anthony simon martin matthew jonathan alan ian philip nicholas patrick frank henry jack samuel benjamin \
hussein hassan omar ibrahim abdul abd fatima yusuf antonio francisco carlos luis jorge marco jean pierre marie olga elena sergey vladimir ivan nguyen garcia lee chen liu kim park jones williams brown taylor davies johnson",
    ),
    (
        5,
        "wilson evans thomas roberts walker wright robinson thompson white hughes edwards green hall wood harris lewis martin jackson clarke clark turner hill cooper morris ward moore king watson baker harrison morgan patel allen \
mitchell scott phillips campbell parker young murphy kelly miller davis rodriguez martinez hernandez lopez gonzalez perez sanchez ramirez anderson silva santos oliveira muller schmidt schneider fischer weber meyer rossi russo ferrari \
ivanov petrov smirnov kuznetsov popov volkov novak horvat kovac nowak hansen johansen olsen larsen andersson yang zhao huang zhou wu xu sun ma zhu hu guo he lin gao luo singh kaur sharma gupta das begum shah ahmad hamid karim rahman \
aleksandr dmitry andrey mikhail nikolay aleksey yury natalia tatiana irina svetlana igor oleg viktor pavel roman hans klaus jan erik lars anders",
    ),
];

/// Sounds of common names and their share of people.
static SHARES: LazyLock<HashMap<String, f64>> = LazyLock::new(|| {
    let mut shares = HashMap::new();
    for (of_ten_thousand, names) in COMMON {
        for name in names.split_whitespace() {
            let share: &mut f64 = shares.entry(crate::name::sound::sound(name)).or_default();
            *share = share.max(f64::from(*of_ten_thousand) / 10_000.0);
        }
    }
    shares
});

/// The share of people who bear a token as one of their names; zero where it is not common.
pub(super) fn share(token: &Token) -> f64 {
    if token.kind != TokenKind::Word {
        return 0.0;
    }
    SHARES.get(&crate::name::sound::sound(&token.text)).copied().unwrap_or(0.0)
}
