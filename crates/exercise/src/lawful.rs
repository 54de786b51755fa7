//! The lawful life of the house, and the ordinary nuisance of spam: everything that must not be taken for a campaign.

mod audience;
mod bulk;
mod correspondence;
mod crowd;
mod desk;
mod secretariat;
mod spam;

pub(crate) use bulk::sender;

use crate::world::Planner;

/// One kind of lawful mail: its planner, and its share of all lawful mail in per cent.
type Kind = (fn(&mut Planner, usize), usize);

const KINDS: &[Kind] = &[
    (bulk::newsletters, 22),
    (bulk::outlets, 7),
    (bulk::merge_customers, 8),
    (bulk::press_blasts, 8),
    (bulk::think_tank, 5),
    (secretariat::mails, 9),
    (crowd::petitions, 9),
    (crowd::mass_mails, 8),
    (correspondence::threads, 13),
    (desk::internal, 5),
    (desk::notifications, 3),
    (spam::runs, 3),
];

/// Plans about `mails` lawful mails, and a handful of broken ones.
pub(crate) fn plan(planner: &mut Planner, mails: usize, has_newcomer: bool) {
    for (kind, share) in KINDS {
        kind(planner, mails * share / 100);
    }
    spam::malformed(planner);
    if has_newcomer {
        bulk::newcomer(planner);
    }
}
