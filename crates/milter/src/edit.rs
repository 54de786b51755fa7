//! The changes that turn the message a mail server holds into another one.
//!
//! Header fields are deleted and inserted, each at its place, so that what the server delivers is the other message byte by
//! byte, below the `Received` field that the server itself puts first.

use crate::message::{Field, Message};
use crate::reply::Reply;
use std::collections::{HashMap, VecDeque};

/// What to tell a server before it is told to deliver, so that it delivers `target`. Nothing where `target` is the message.
///
/// Lines of `target`'s header that are no fields have no way to be told, and are left out.
///
/// ```
/// use milter::{Field, Message, Reply, edit::edits};
/// let message = Message { fields: vec![Field::new("Subject", "a")], ..Message::default() };
/// let field = Field::new("X-Mark", "b");
/// let told = edits(&message, b"X-Mark: b\r\nSubject: a\r\n\r\n");
/// assert_eq!(told, [Reply::InsertField { index: 1, field }]);
/// ```
pub fn edits(message: &Message, target: &[u8]) -> Vec<Reply> {
    let (fields, body) = split(target);
    let kept = kept(&message.fields, &fields);
    let mut replies = deletions(&message.fields, &kept);
    replies.extend(insertions(fields, &kept));
    if body != message.body {
        replies.push(Reply::ReplaceBody(body.to_vec()));
    }
    replies
}

/// Cuts a message into its fields and its body. A line that begins with a blank belongs to the field before it.
pub fn split(message: &[u8]) -> (Vec<Field>, &[u8]) {
    let mut fields: Vec<Field> = Vec::new();
    let mut rest = message;
    while !rest.is_empty() {
        let length = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(length);
        rest = after;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line.first(), fields.last_mut()) {
            (None, _) => break,
            (Some(b' ' | b'\t'), Some(field)) => {
                field.value.push(b'\n');
                field.value.extend_from_slice(line);
            }
            _ => fields.extend(field(line)),
        }
    }
    (fields, rest)
}

fn field(line: &[u8]) -> Option<Field> {
    let colon = line.iter().position(|&byte| byte == b':').filter(|&at| at > 0)?;
    let (name, value) = line.split_at_checked(colon)?;
    Some(Field { name: name.to_vec(), value: value.get(1..)?.to_vec() })
}

/// For each field of the target, which field of the message it is, if it is one: in order, each once.
fn kept(original: &[Field], target: &[Field]) -> Vec<Option<usize>> {
    let mut places: HashMap<&Field, VecDeque<usize>> = HashMap::new();
    for (at, field) in original.iter().enumerate() {
        places.entry(field).or_default().push_back(at);
    }
    let mut next = 0;
    let mut find = |field: &Field| {
        let places = places.get_mut(field)?;
        while let Some(at) = places.pop_front() {
            if at >= next {
                next = at + 1;
                return Some(at);
            }
        }
        None
    };
    target.iter().map(&mut find).collect()
}

/// Fields that are not kept, the last one first: some servers count on after a deletion, others count anew, and from the
/// end both count the same.
fn deletions(original: &[Field], kept: &[Option<usize>]) -> Vec<Reply> {
    let mut is_kept = vec![false; original.len()];
    for &at in kept.iter().flatten() {
        if let Some(is_kept) = is_kept.get_mut(at) {
            *is_kept = true;
        }
    }
    let mut counts: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut replies: Vec<Reply> = Vec::new();
    for (field, is_kept) in original.iter().zip(is_kept) {
        let index = counts.entry(field.name.to_ascii_lowercase()).or_default();
        *index += 1;
        if !is_kept {
            let field = Field { name: field.name.clone(), value: Vec::new() };
            replies.push(Reply::ChangeField { index: *index, field });
        }
    }
    replies.reverse();
    replies
}

/// New fields, the first one first, each with the number of fields that will stand before it. The server's own `Received`
/// is one of these.
fn insertions(target: Vec<Field>, kept: &[Option<usize>]) -> impl Iterator<Item = Reply> {
    (1..)
        .zip(target)
        .zip(kept)
        .filter(|(_, place)| place.is_none())
        .map(|((index, field), _)| Reply::InsertField { index, field })
}

/// Changes a message the way Postfix does, without the `Received` that it puts first: the server's side, for tests and
/// measurements. Replies that change nothing are passed over. `None` where a field is to be changed that is not there.
pub fn apply(message: &Message, replies: &[Reply]) -> Option<Vec<u8>> {
    let mut fields = message.fields.clone();
    let mut body: Option<Vec<u8>> = None;
    for reply in replies {
        match reply {
            Reply::ChangeField { index, field } => {
                let mut named = fields
                    .iter_mut()
                    .enumerate()
                    .filter(|(_, other)| other.name.eq_ignore_ascii_case(&field.name));
                let (at, changed) = named.nth(usize::try_from(index.checked_sub(1)?).ok()?)?;
                changed.value.clone_from(&field.value);
                if field.value.is_empty() {
                    fields.remove(at);
                }
            }
            Reply::InsertField { index, field } => {
                let at = usize::try_from(index.checked_sub(1)?).ok()?;
                fields.insert(at.min(fields.len()), field.clone());
            }
            Reply::AddField(field) => fields.push(field.clone()),
            Reply::ReplaceBody(piece) => body.get_or_insert_default().extend_from_slice(piece),
            _ => {}
        }
    }
    let body = body.unwrap_or_else(|| message.body.clone());
    Some(Message { fields, body, ..Message::default() }.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        let (fields, body) = split(text.as_bytes());
        Message { fields, body: body.to_vec(), ..Message::default() }
    }

    #[track_caller]
    fn check(original: &str, target: &str, replies: usize) {
        let message = message(original);
        let edits = edits(&message, target.as_bytes());
        let applied = apply(&message, &edits).expect("there are such fields");
        assert_eq!(String::from_utf8_lossy(&applied), target);
        assert_eq!(edits.len(), replies, "{edits:?}");
    }

    #[test]
    fn the_same_message_needs_no_change() {
        check("A: 1\r\nB: 2\r\n folded\r\n\r\nbody\r\n", "A: 1\r\nB: 2\r\n folded\r\n\r\nbody\r\n", 0);
        check("\r\nbody", "\r\nbody", 0);
    }

    #[test]
    fn fields_go_come_and_change_in_their_places() {
        check("A: 1\r\nB: 2\r\nA: 3\r\nC: 4\r\n\r\n", "B: 2\r\nC: 4\r\n\r\n", 2);
        check("A: 1\r\nB: 2\r\n\r\n", "X: 0\r\nA: 1\r\nY: 1.5\r\nB: 2\r\nZ: 3\r\n\r\n", 3);
        check("A: 1\r\nB: 2\r\nC: 3\r\n\r\nold", "A: 1\r\nB: new\r\nC: 3\r\n\r\nnew", 3);
        check("Received: a\r\nReceived: b\r\nreceived: c\r\n\r\n", "Received: b\r\n\r\n", 2);
    }

    #[test]
    fn repeated_and_reordered_fields_are_told_apart() {
        check("A: 1\r\nA: 1\r\nA: 2\r\n\r\n", "A: 1\r\nA: 2\r\nA: 1\r\n\r\n", 2);
        check("A: 1\r\nB: 2\r\n\r\n", "B: 2\r\nA: 1\r\n\r\n", 2);
    }

    #[test]
    fn a_body_that_goes_is_replaced_by_nothing() {
        check("A: 1\r\n\r\nbody", "A: 1\r\n\r\n", 1);
    }

    #[test]
    fn what_is_no_field_cannot_be_told() {
        let (fields, body) = split(b"no field\r\n: nor this\r\nA: 1\n\tfolded\n\nbody");
        assert_eq!(fields, [Field { name: b"A".to_vec(), value: b" 1\n\tfolded".to_vec() }]);
        assert_eq!(body, b"body");
    }

    mod properties {
        use super::*;
        use proptest::prelude::*;

        fn letter() -> impl Strategy<Value = String> {
            let field = ("[AaBb]", "[ \t]?[xy]{0,2}(\r\n [xy])?");
            let fields = proptest::collection::vec(
                field.prop_map(|(name, value)| format!("{name}:{value}\r\n")),
                0..8,
            );
            (fields, "[xy\r\n]{0,6}").prop_map(|(fields, body)| format!("{}\r\n{body}", fields.concat()))
        }

        proptest! {
            #[test]
            fn what_is_told_makes_the_target(original in letter(), target in letter()) {
                let message = message(&original);
                prop_assert_eq!(message.to_bytes(), original.as_bytes());
                let told = edits(&message, target.as_bytes());
                prop_assert_eq!(apply(&message, &told), Some(target.into_bytes()));
            }

            #[test]
            fn any_bytes_can_be_a_target(target in proptest::collection::vec(any::<u8>(), 0..200)) {
                edits(&message("A: 1\r\n\r\nbody"), &target);
            }
        }
    }
}
