//! An inclusion proof as a path from the leaf up to the root.

use crate::page::entry::EntryView;
use crate::page::text::{number, short, visible};
use maud::{Markup, html};

/// Height of a level, and width of the picture.
const LEVEL: u64 = 46;
const WIDTH: u64 = 384;
/// Centre of the path, of a neighbour to the left and of one to the right.
const MIDDLE: u64 = 192;
const LEFT: u64 = 56;
const RIGHT: u64 = 328;

/// Where the other half of a pair stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// The path from the leaf of `view` to the root of its checkpoint, and the same as a list.
pub fn inclusion(view: &EntryView) -> Markup {
    let sides = sides(view.leaf.0, view.checkpoint.tree_size, view.proof.len());
    let steps: Vec<(&String, Side)> = view.proof.iter().zip(sides).collect();
    html! {
        figure.chart {
            figcaption {
                "Each pair is hashed to the one above it. Who computes the root from this leaf, and finds it in a signed checkpoint, knows that the entry is one of "
                (number(view.checkpoint.tree_size)) "."
            }
            (picture(view, &steps))
            details.numbers { summary { "The hashes in full" } (list(view, &steps)) }
        }
    }
}

/// Where each neighbour stands, from the leaf upwards (RFC 9162, 2.1.3.2).
fn sides(leaf: u64, tree_size: u64, length: usize) -> Vec<Side> {
    let (mut node, mut last) = (leaf, tree_size.saturating_sub(1));
    let mut sides = Vec::with_capacity(length);
    for _ in 0..length {
        if node % 2 == 1 || node == last {
            sides.push(Side::Left);
            while node.is_multiple_of(2) && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            sides.push(Side::Right);
        }
        node >>= 1;
        last >>= 1;
    }
    sides
}

fn picture(view: &EntryView, steps: &[(&String, Side)]) -> Markup {
    let height = LEVEL * (steps.len() as u64 + 1);
    let level = |from_leaf: usize| height - LEVEL / 2 - LEVEL * from_leaf as u64;
    html! {
        svg.proof viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="img"
            aria-labelledby="proof-title proof-desc" {
            title #proof-title { "Inclusion proof" }
            desc #proof-desc { "From leaf " (number(view.leaf.0)) " over " (steps.len()) " levels up to the root." }
            @for (at, (hash, side)) in steps.iter().enumerate() {
                (pair(level(at), level(at + 1), *side, hash))
            }
            (node("node node-leaf", MIDDLE, level(0), &format!("leaf {}", number(view.leaf.0))))
            @for at in 1..steps.len() { (node("node", MIDDLE, level(at), "computed")) }
            @if !steps.is_empty() { (node("node node-root", MIDDLE, level(steps.len()), "root")) }
        }
    }
}

fn pair(y: u64, above: u64, side: Side, hash: &str) -> Markup {
    let x = if side == Side::Left { LEFT } else { RIGHT };
    html! {
        line.edge x1=(MIDDLE) y1=(y) x2=(MIDDLE) y2=(above) {}
        line.edge x1=(x) y1=(y) x2=(MIDDLE) y2=(above) {}
        (node("node node-given", x, y, &short(hash)))
    }
}

fn node(class: &str, x: u64, y: u64, words: &str) -> Markup {
    html! {
        g class=(class) {
            rect x=(x.saturating_sub(54)) y=(y.saturating_sub(13)) width="108" height="26" rx="13" {}
            text x=(x) y=(y + 4) text-anchor="middle" { (words) }
        }
    }
}

fn list(view: &EntryView, steps: &[(&String, Side)]) -> Markup {
    html! {
        dl.facts {
            div { dt { "leaf" } dd { code.hash { (visible(&view.leaf_hash)) } } }
            @for (hash, side) in steps {
                div {
                    dt { @match side { Side::Left => "to the left", Side::Right => "to the right" } }
                    dd { code.hash { (visible(hash)) } }
                }
            }
            div { dt { "root" } dd { code.hash { (visible(&view.checkpoint.root_hash)) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Side::{Left, Right};

    #[track_caller]
    fn check(leaf: u64, tree_size: u64, expected: &[Side]) {
        assert_eq!(sides(leaf, tree_size, expected.len()), expected);
    }

    #[test]
    fn neighbours_stand_where_the_tree_has_them() {
        // The tree of seven leaves of RFC 6962, 2.1.3: d0, d3, d4 and d6 are proved there.
        check(0, 7, &[Right, Right, Right]);
        check(3, 7, &[Left, Left, Right]);
        check(4, 7, &[Right, Right, Left]);
        check(6, 7, &[Left, Left]);
        check(0, 1, &[]);
    }
}
