//! Collections of rules in one file: `action: global` gives its parts to all that follow, `reset` ends that, `repeat` changes the rule
//! before.

use super::yaml::{Content, Key, Node, Wrong};

/// The documents of a file after their actions.
pub(crate) fn merged(documents: Vec<Node>) -> Result<Vec<Node>, Wrong> {
    let mut global: Option<Node> = None;
    let mut before: Option<Node> = None;
    let mut out = Vec::with_capacity(documents.len());
    for mut document in documents {
        let document = match take_action(&mut document)? {
            Action::Global => {
                global = Some(laid(global.take(), document));
                continue;
            }
            Action::Reset => {
                global = None;
                continue;
            }
            Action::Repeat => {
                let Some(before) = before.take() else {
                    return Err(Wrong::at(document.line, "`action: repeat` has no rule before it"));
                };
                laid(Some(before), document)
            }
            Action::None => laid(global.clone(), document),
        };
        before = Some(document.clone());
        out.push(document);
    }
    Ok(out)
}

enum Action {
    None,
    Global,
    Reset,
    Repeat,
}

fn take_action(document: &mut Node) -> Result<Action, Wrong> {
    let Content::Map(entries) = &mut document.content else { return Ok(Action::None) };
    let Some(at) = entries.iter().position(|(key, _)| key.text == "action") else { return Ok(Action::None) };
    let (_, action) = entries.remove(at);
    match action.scalar() {
        Some("global") => Ok(Action::Global),
        Some("reset") => Ok(Action::Reset),
        Some("repeat") => Ok(Action::Repeat),
        _ => Err(Wrong::at(action.line, "an action is `global`, `reset` or `repeat`")),
    }
}

/// `below` with the entries of `above` over it; maps within are laid over each other likewise. The line is that of `above`.
fn laid(below: Option<Node>, above: Node) -> Node {
    let Some(below) = below else { return above };
    let (Content::Map(mut entries), Content::Map(over)) = (below.content, above.content.clone()) else {
        return above;
    };
    for (key, node) in over {
        lay_entry(&mut entries, key, node);
    }
    Node { line: above.line, content: Content::Map(entries) }
}

fn lay_entry(entries: &mut Vec<(Key, Node)>, key: Key, node: Node) {
    match entries.iter_mut().find(|(found, _)| found.text == key.text) {
        Some((found, below)) => {
            let old = std::mem::replace(below, Node { line: key.line, content: Content::Null });
            *below = laid(Some(old), node);
            *found = key;
        }
        None => entries.push((key, node)),
    }
}
