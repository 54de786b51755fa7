//! From what was counted to the reasons for and against, and their sum.

use super::concentration;
use super::tally::{Forum, Tally};
use super::weight::{self, Weight};
use model::{Reason, time::DAY_SECS};

/// Reasons for and against an operation being a campaign of concern; their sum and the prior are its log-odds.
///
/// `echo` is the share of its senders, 0 to 1, who use the words of the first.
pub fn reasons(tally: &Tally, senders: usize, echo: f32, forums: &[Forum]) -> Vec<Reason> {
    let mut all = Reasons(Vec::new());
    all.concentration(tally, forums);
    all.standing(tally);
    all.beacons(tally);
    all.lists(tally);
    all.names(tally);
    all.senders(tally, senders);
    all.echo(tally, senders, echo);
    all.relations(tally);
    all.0
}

/// Log-odds that an operation with these reasons is hostile.
pub fn log_odds(reasons: &[Reason]) -> f32 {
    weight::PRIOR + reasons.iter().map(|reason| reason.weight).sum::<f32>()
}

struct Reasons(Vec<Reason>);

impl Reasons {
    /// A trait seen in a share of the messages counts by that share.
    fn add(&mut self, weight: Weight, share: f32, detail: String) {
        let scaled = weight.weight * share.clamp(0.0, 1.0);
        if scaled.abs() >= 0.05 {
            self.0.push(Reason {
                code: weight.code,
                weight: scaled,
                detail: format!("{}: {detail}", weight.why),
            });
        }
    }

    fn concentration(&mut self, tally: &Tally, forums: &[Forum]) {
        let best = best_forum(tally, forums);
        if let Some((forum, ratio)) = best {
            let inside = tally.inside.get(forum).copied().unwrap_or_default();
            let share = forums.get(forum).map_or(0.0, Forum::share);
            let detail = format!(
                "{inside} of {} members written to are in it, of {:.0} % of the house",
                tally.members,
                share * 100.0
            );
            let capped = ratio.clamp(-6.0, weight::CONCENTRATION.weight);
            self.add(weight::CONCENTRATION, 1.0, detail);
            if let Some(reason) = self.0.last_mut() {
                reason.weight = capped;
            }
        }
        for (forum, inside) in
            forums.iter().zip(&tally.inside).filter(|(forum, inside)| forum.is_canary && **inside > 0)
        {
            self.add(
                weight::CANARY,
                1.0,
                format!("{inside} of {}", forum.is_inside.iter().filter(|inside| **inside).count()),
            );
        }
    }

    fn standing(&mut self, tally: &Tally) {
        let warmth = tally.share_of(tally.warmth);
        self.add(
            weight::NOVEL,
            tally.share(tally.novel) * warmth,
            format!("{} of {} messages", tally.novel, tally.copies),
        );
        self.add(
            weight::NOVEL_AT_HUB,
            tally.share(tally.novel_at_hub) * warmth,
            format!("{} of {} messages", tally.novel_at_hub, tally.copies),
        );
        self.add(
            weight::KNOWN,
            tally.share(tally.known),
            format!("{} of {} messages", tally.known, tally.copies),
        );
    }

    fn beacons(&mut self, tally: &Tally) {
        let detail = |count: usize| format!("{count} of {} messages", tally.copies);
        let reporting = tally.tokened.max(tally.beaconed);
        self.add(weight::TOKENED, tally.share(tally.tokened), detail(tally.tokened));
        self.add(weight::HIDDEN, tally.share(tally.hidden), detail(tally.hidden));
        self.add(
            weight::UNTOKENED,
            1.0 - tally.share(reporting),
            detail(tally.copies.saturating_sub(reporting)),
        );
    }

    fn lists(&mut self, tally: &Tally) {
        let unlisted = tally.share(tally.copies - tally.honest_lists);
        let reporting = tally.share(tally.tokened.max(tally.beaconed));
        self.add(
            weight::HONEST_LIST,
            tally.share(tally.honest_lists),
            format!("{} of {} messages", tally.honest_lists, tally.copies),
        );
        self.add(
            weight::NO_LIST,
            unlisted * reporting,
            format!("{} of {} messages", tally.copies - tally.honest_lists, tally.copies),
        );
    }

    fn names(&mut self, tally: &Tally) {
        let detail = |count: usize| format!("{count} of {} messages", tally.copies);
        self.add(weight::IMITATION, tally.share(tally.imitations), detail(tally.imitations));
        self.add(weight::LOOKALIKE, tally.share(tally.lookalikes), detail(tally.lookalikes));
        self.add(weight::ELSEWHERE, tally.share(tally.elsewhere), detail(tally.elsewhere));
        self.add(weight::AT_HOME, tally.share(tally.home), detail(tally.home));
    }

    fn senders(&mut self, tally: &Tally, senders: usize) {
        let crowd = crowd(tally, senders);
        self.add(weight::CROWD, crowd, format!("{senders} senders, {} messages", tally.messages.len()));
        if crowd < 1.0 {
            let share = match senders {
                0 | 1 => 0.0,
                2 => 0.6,
                _ => 1.0,
            };
            // Constituents who take part in a petition have nothing in common but their providers of mailboxes, and write
            // once or twice each; accounts of one operation write to many, or borrow the same names.
            let at_hubs = tally.share(tally.novel_at_hub);
            let breadth = (1.5 * (tally.messages.len() as f32 / senders.max(1) as f32 - 1.0)).clamp(0.0, 1.0);
            let worked = breadth.max(tally.share(tally.imitations)) * (1.0 - 0.8 * at_hubs);
            self.add(
                weight::SENDERS,
                share * worked,
                format!("{senders} senders, {} messages", tally.messages.len()),
            );
        }
    }

    fn echo(&mut self, tally: &Tally, senders: usize, echo: f32) {
        let plain = 1.0 - tally.share(tally.imitations);
        self.add(weight::ECHO, echo * plain, format!("{:.0} % of {senders} senders", echo * 100.0));
    }

    fn relations(&mut self, tally: &Tally) {
        if tally.replies > 0 {
            self.add(
                weight::REPLIED,
                tally.share(tally.replies * 4),
                format!("{} answers to members", tally.replies),
            );
        }
        let is_regular = tally.duration_secs() >= 60 * DAY_SECS && tally.copies >= 3 * tally.recipients.len();
        self.add(
            weight::REGULAR,
            f32::from(u8::from(is_regular)),
            format!("over {} days", tally.duration_secs() / DAY_SECS),
        );
    }
}

/// How much an operation looks like a crowd, 0 to 1: more senders than one team has accounts, who each wrote a time or two,
/// under their own names.
fn crowd(tally: &Tally, senders: usize) -> f32 {
    let from = weight::CROWD_SENDERS.start as f32;
    let many = (senders as f32 - from) / (weight::CROWD_SENDERS.end as f32 - from);
    let is_sparse = tally.messages.len() * 2 <= senders * 5;
    if is_sparse { many.clamp(0.0, 1.0) * (1.0 - tally.share(tally.imitations)) } else { 0.0 }
}

/// The forum on which the recipients are most concentrated, and by how much (log-likelihood ratio). A house with several
/// forums has several chances to see a coincidence, which costs.
pub fn best_forum(tally: &Tally, forums: &[Forum]) -> Option<(usize, f32)> {
    let tried = forums.iter().filter(|forum| !forum.is_canary && forum.share() < 1.0).count();
    let ratios = forums.iter().zip(&tally.inside).enumerate().filter(|(_, (forum, _))| !forum.is_canary);
    let ratios = ratios.map(|(index, (forum, &inside))| {
        (index, concentration::log_ratio(inside, tally.members, forum.share()))
    });
    let best = ratios.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (tally.members > 0).then(|| (best.0, best.1 - (tried.max(1) as f32).ln() * 0.5))
}

impl Tally {
    fn share_of(&self, sum: f32) -> f32 {
        sum / self.copies.max(1) as f32
    }
}
