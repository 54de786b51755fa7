//! The values of one event as predicates look at them: each folded once, and found by its field without a search.

use super::fold::fold_into;
use super::literal_table::{narrow, wide};
use crate::event::{Event, FieldId, Value};

/// The values of an event. Kept from event to event, so that nothing is allocated once it has grown.
#[derive(Debug, Default)]
pub(super) struct Tape {
    slots: Vec<Slot>,
    folded: String,
    /// By field: the first of its slots, if the stamp is this event's.
    heads: Vec<Head>,
    stamp: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    field: FieldId,
    /// Where in the event it stands.
    place: u32,
    /// Its folded text; none for null.
    folded: Option<(u32, u32)>,
    is_ascii: bool,
    /// The next slot of the same field.
    next: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Head {
    stamp: u32,
    first: u32,
    last: u32,
}

/// No slot.
const NONE: u32 = u32::MAX;

/// What of an event is looked at.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// By field.
    pub(super) fields: Vec<bool>,
    /// Are all values looked at, because there are keywords?
    pub(super) is_all: bool,
}

/// One value of an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) field: FieldId,
    /// Which of the event's values it is.
    pub(super) place: u32,
    /// Its text as the log had it; none for null.
    pub(super) text: Option<&'a str>,
    /// Its text folded; empty for null.
    pub(super) folded: &'a str,
    pub(super) is_ascii: bool,
}

/// An event with its tape.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    event: &'a Event<'a>,
    tape: &'a Tape,
}

impl Tape {
    /// Takes the values of an event that are wanted.
    pub(super) fn fill(&mut self, event: &Event<'_>, wanted: &Wanted) {
        self.slots.clear();
        self.folded.clear();
        self.heads.resize(wanted.fields.len(), Head::default());
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.heads.fill(Head::default());
            self.stamp = 1;
        }
        for (place, field) in event.fields.iter().enumerate() {
            let at = wide(field.id.0);
            let is_wanted = wanted.fields.get(at).copied().unwrap_or_default();
            if is_wanted || wanted.is_all {
                self.push(field.id, narrow(place), &field.value, is_wanted);
            }
        }
    }

    fn push(&mut self, field: FieldId, place: u32, value: &Value<'_>, is_wanted: bool) {
        let at = narrow(self.slots.len());
        let (mut folded, mut is_ascii) = (None, true);
        if let Some(text) = value.text() {
            let start = narrow(self.folded.len());
            is_ascii = fold_into(text, &mut self.folded);
            folded = Some((start, narrow(self.folded.len())));
        }
        self.slots.push(Slot { field, place, folded, is_ascii, next: NONE });
        let head = self.heads.get_mut(wide(field.0)).filter(|_| is_wanted);
        let Some(head) = head else { return };
        if head.stamp != self.stamp {
            *head = Head { stamp: self.stamp, first: at, last: at };
            return;
        }
        let last = std::mem::replace(&mut head.last, at);
        if let Some(slot) = self.slots.get_mut(wide(last)) {
            slot.next = at;
        }
    }
}

impl<'a> View<'a> {
    /// The event that `tape` was filled with.
    pub(super) fn new(event: &'a Event<'a>, tape: &'a Tape) -> Self {
        Self { event, tape }
    }

    /// All values that are wanted, in their order.
    pub(super) fn all(self) -> impl Iterator<Item = Seen<'a>> {
        self.tape.slots.iter().filter_map(move |slot| self.seen(slot))
    }

    /// The values of one field, in their order; all for a keyword.
    pub(super) fn values(self, field: Option<FieldId>) -> Values<'a> {
        let Some(field) = field else { return Values { view: self, at: 0, is_all: true } };
        let head = self.tape.heads.get(wide(field.0)).filter(|head| head.stamp == self.tape.stamp);
        Values { view: self, at: head.map_or(NONE, |head| head.first), is_all: false }
    }

    #[inline]
    fn seen(self, slot: &'a Slot) -> Option<Seen<'a>> {
        let text = self.event.fields.get(wide(slot.place))?.value.text();
        let folded = slot.folded.and_then(|(start, end)| self.tape.folded.get(wide(start)..wide(end)));
        Some(Seen {
            field: slot.field,
            place: slot.place,
            text,
            folded: folded.unwrap_or_default(),
            is_ascii: slot.is_ascii,
        })
    }
}

/// The values of one field or of all.
#[derive(Debug)]
pub(super) struct Values<'a> {
    view: View<'a>,
    at: u32,
    is_all: bool,
}

impl<'a> Iterator for Values<'a> {
    type Item = Seen<'a>;

    fn next(&mut self) -> Option<Seen<'a>> {
        let slot = self.view.tape.slots.get(wide(self.at))?;
        self.at = if self.is_all { self.at.saturating_add(1) } else { slot.next };
        self.view.seen(slot)
    }
}
