//! What a server says (RFC 3501 section 7), as far as this client asks for it; anything else is [`Response::Other`].

use super::date::InternalDate;
use super::wire::{Frame, Piece, WireError};
use model::limit::IMAP_TOKENS_MAX;

/// One response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Response {
    /// `+`: the server waits for more of the command.
    Continue,
    /// The end of the command with this tag.
    Done { tag: String, status: Status, code: Option<Code> },
    /// A condition that belongs to no command, such as the greeting.
    Condition { status: Status, code: Option<Code> },
    /// What the server can do.
    Capability(Vec<String>),
    /// How many messages are in the selected folder.
    Exists(u32),
    /// The UIDs that a search found.
    Search(Vec<u32>),
    /// A message, as far as it was asked for.
    Fetch(Fetched),
    /// Anything else.
    Other,
}

/// Whether it went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Done.
    Ok,
    /// Refused.
    No,
    /// Not understood.
    Bad,
    /// The connection is authenticated from the start (RFC 3501 section 7.1.4).
    PreAuth,
    /// The server is closing the connection.
    Bye,
}

/// A response code in brackets: its name and what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) name: String,
    pub(super) arguments: String,
}

/// The items of a FETCH response that this client asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    pub(super) uid: Option<u32>,
    pub(super) size: Option<u64>,
    pub(super) internal_date: Option<InternalDate>,
    pub(super) flags: Vec<String>,
    pub(super) body: Option<Vec<u8>>,
}

#[derive(Debug)]
enum Token {
    Open,
    Close,
    /// An atom, a number, NIL, or an item's name with its brackets.
    Word(String),
    /// A quoted string or a literal.
    Text(Vec<u8>),
}

/// Reads one response.
pub(super) fn parse(frame: Frame) -> Result<Response, WireError> {
    let Some(Piece::Text(first)) = frame.first() else { return Err(WireError::Grammar) };
    let line = String::from_utf8_lossy(first).into_owned();
    let (head, rest) = split_word(&line);
    match head {
        "+" => Ok(Response::Continue),
        "*" => untagged(rest, frame),
        "" => Err(WireError::Grammar),
        tag => {
            let (status, code) = condition(rest).ok_or(WireError::Grammar)?;
            Ok(Response::Done { tag: tag.to_owned(), status, code })
        }
    }
}

fn untagged(rest: &str, frame: Frame) -> Result<Response, WireError> {
    if let Some((status, code)) = condition(rest) {
        return Ok(Response::Condition { status, code });
    }
    let (word, arguments) = split_word(rest);
    if let Ok(number) = word.parse::<u32>() {
        let (kind, _) = split_word(arguments);
        return match kind.to_ascii_uppercase().as_str() {
            "EXISTS" => Ok(Response::Exists(number)),
            "FETCH" => fetched(tokens(frame)?),
            _ => Ok(Response::Other),
        };
    }
    Ok(match word.to_ascii_uppercase().as_str() {
        "CAPABILITY" => Response::Capability(words(arguments)),
        "SEARCH" => Response::Search(arguments.split(' ').filter_map(|uid| uid.parse().ok()).collect()),
        _ => Response::Other,
    })
}

/// Upper-case words, as capabilities are compared without case.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().take(IMAP_TOKENS_MAX).map(str::to_ascii_uppercase).collect()
}

fn condition(text: &str) -> Option<(Status, Option<Code>)> {
    let (word, rest) = split_word(text);
    let status = match word.to_ascii_uppercase().as_str() {
        "OK" => Status::Ok,
        "NO" => Status::No,
        "BAD" => Status::Bad,
        "PREAUTH" => Status::PreAuth,
        "BYE" => Status::Bye,
        _ => return None,
    };
    let code = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(code, _)| {
        let (name, arguments) = split_word(code);
        Code { name: name.to_ascii_uppercase(), arguments: arguments.to_owned() }
    });
    Some((status, code))
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// `* 1 FETCH (name value name value …)`.
fn fetched(tokens: Vec<Token>) -> Result<Response, WireError> {
    let mut found = Fetched::default();
    let mut tokens = tokens.into_iter().skip_while(|token| !matches!(token, Token::Open)).skip(1);
    while let Some(token) = tokens.next() {
        let name = match token {
            Token::Close => return Ok(Response::Fetch(found)),
            Token::Word(name) => name.to_ascii_uppercase(),
            Token::Open | Token::Text(_) => return Err(WireError::Grammar),
        };
        match (name.as_str(), tokens.next().ok_or(WireError::Grammar)?) {
            ("UID", Token::Word(uid)) => found.uid = uid.parse().ok(),
            ("RFC822.SIZE", Token::Word(size)) => found.size = size.parse().ok(),
            ("INTERNALDATE", Token::Text(date)) => found.internal_date = InternalDate::parse(&date),
            ("BODY[]", Token::Text(body)) => found.body = Some(body),
            ("FLAGS", Token::Open) => found.flags = list_of_words(&mut tokens)?,
            (_, Token::Open) => drop(list_of_words(&mut tokens)?),
            (_, Token::Close) => return Err(WireError::Grammar),
            (_, Token::Word(_) | Token::Text(_)) => {}
        }
    }
    Err(WireError::Grammar)
}

/// The words of a list whose opening was read, and of the lists in it, up to where it closes.
fn list_of_words(tokens: &mut impl Iterator<Item = Token>) -> Result<Vec<String>, WireError> {
    let (mut words, mut depth) = (Vec::new(), 1_usize);
    for token in tokens {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            Token::Word(word) => words.push(word),
            Token::Text(_) => {}
        }
        if depth == 0 {
            return Ok(words);
        }
    }
    Err(WireError::Grammar)
}

fn tokens(frame: Frame) -> Result<Vec<Token>, WireError> {
    let mut tokens = Vec::new();
    for piece in frame {
        match piece {
            Piece::Literal(bytes) => tokens.push(Token::Text(bytes)),
            Piece::Text(text) => tokens_of_text(&text, &mut tokens)?,
        }
        if tokens.len() > IMAP_TOKENS_MAX {
            return Err(WireError::Grammar);
        }
    }
    Ok(tokens)
}

fn tokens_of_text(text: &[u8], tokens: &mut Vec<Token>) -> Result<(), WireError> {
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b' ' => after,
            b'(' => push(tokens, Token::Open, after),
            b')' => push(tokens, Token::Close, after),
            b'"' => {
                let (text, after) = quoted(after).ok_or(WireError::Grammar)?;
                push(tokens, Token::Text(text), after)
            }
            _ => {
                let (word, after) = rest.split_at(word_length(rest));
                push(tokens, Token::Word(String::from_utf8_lossy(word).into_owned()), after)
            }
        };
        if tokens.len() > IMAP_TOKENS_MAX {
            return Err(WireError::Grammar);
        }
    }
    Ok(())
}

fn push<'a>(tokens: &mut Vec<Token>, token: Token, after: &'a [u8]) -> &'a [u8] {
    tokens.push(token);
    after
}

/// A word ends at a space or a parenthesis, but not at those inside of brackets, as in `BODY[HEADER.FIELDS (To)]`.
fn word_length(text: &[u8]) -> usize {
    let mut is_bracketed = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'[' => is_bracketed = true,
            b']' => is_bracketed = false,
            b' ' | b'(' | b')' | b'"' if !is_bracketed => return at,
            _ => {}
        }
    }
    text.len()
}

/// The rest of a quoted string, and what follows it.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut content = Vec::new();
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return Some((content, bytes.as_slice())),
            b'\\' => content.push(*bytes.next()?),
            other => content.push(*other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::wire::Decoder;

    #[track_caller]
    fn check(bytes: &str, expected: Result<Response, WireError>) {
        let mut decoder = Decoder::default();
        decoder.feed(bytes.as_bytes());
        let frame = decoder.next().expect("within limits").expect("it is complete");
        assert_eq!(parse(frame), expected);
    }

    fn code(name: &str, arguments: &str) -> Option<Code> {
        Some(Code { name: name.to_owned(), arguments: arguments.to_owned() })
    }

    #[test]
    fn conditions_and_their_codes() {
        check(
            "* OK [UIDVALIDITY 7] yes\r\n",
            Ok(Response::Condition { status: Status::Ok, code: code("UIDVALIDITY", "7") }),
        );
        check(
            "a7 NO [AUTHENTICATIONFAILED] no\r\n",
            Ok(Response::Done {
                tag: "a7".to_owned(),
                status: Status::No,
                code: code("AUTHENTICATIONFAILED", ""),
            }),
        );
        check("* BYE\r\n", Ok(Response::Condition { status: Status::Bye, code: None }));
        check("+ \r\n", Ok(Response::Continue));
        check("+\r\n", Ok(Response::Continue));
    }

    #[test]
    fn data_is_read_without_regard_to_case() {
        check("* search 4 5 (MODSEQ 9)\r\n", Ok(Response::Search(vec![4, 5])));
        check("* SEARCH\r\n", Ok(Response::Search(vec![])));
        check("* 23 exists\r\n", Ok(Response::Exists(23)));
        check(
            "* CAPABILITY IMAP4rev1 Idle\r\n",
            Ok(Response::Capability(vec!["IMAP4REV1".into(), "IDLE".into()])),
        );
        check("* LIST () \"/\" INBOX\r\n", Ok(Response::Other));
        check("* 3 EXPUNGE\r\n", Ok(Response::Other));
    }

    #[test]
    fn a_message_is_read_in_any_order_of_its_items() {
        check(
            "* 1 FETCH (FLAGS (\\Seen $Junk) X-OTHER (a (b)) BODY[HEADER.FIELDS (To)] \"q\\\"\" BODY[] {4}\r\nA\r\nB RFC822.SIZE 4 INTERNALDATE \"18-Jan-2021 10:07:00 +0100\" UID 9)\r\n",
            Ok(Response::Fetch(Fetched {
                uid: Some(9),
                size: Some(4),
                internal_date: InternalDate::parse(b"18-Jan-2021 10:07:00 +0100"),
                flags: vec!["\\Seen".to_owned(), "$Junk".to_owned()],
                body: Some(b"A\r\nB".to_vec()),
            })),
        );
        check(
            "* 1 FETCH (BODY[] NIL UID 9)\r\n",
            Ok(Response::Fetch(Fetched { uid: Some(9), ..Fetched::default() })),
        );
    }

    #[test]
    fn what_no_server_should_send_is_refused() {
        for bytes in [
            "\r\n",
            " OK\r\n",
            "a1 PERHAPS\r\n",
            "* 1 FETCH (UID 9\r\n",
            "* 1 FETCH (UID)\r\n",
            "* 1 FETCH (X \"\r\n",
        ] {
            check(bytes, Err(WireError::Grammar));
        }
    }

    #[test]
    fn a_hundred_thousand_parentheses_are_only_refused() {
        let nested = format!("* 1 FETCH (BODYSTRUCTURE {}\r\n", "(".repeat(100_000));
        check(&nested, Err(WireError::Grammar));
    }
}
