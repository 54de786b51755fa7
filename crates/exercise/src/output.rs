//! From a plan to files: mailboxes, the proxy's log, the list of members, and the truth beside them.

use std::io;

use crate::calendar::{self, Calendar, DAY};
use crate::hostile;
use crate::house::{DOMAIN, member_id};
use crate::lawful;
use crate::operation::Delivery;
use crate::proxy::{ProxyFormat, ProxyLog};
use crate::random::Random;
use crate::signins::SignIns;
use crate::truth::Truth;
use crate::variant::{Attack, Injection, Variant};
use crate::world::Planner;

/// Fewest members of a house; those whom the story names must exist.
const MEMBERS_MIN: usize = 60;
/// Longest exercise, in days.
const DAYS_MAX: i64 = 3_650;
/// Days whose mail lies unread in `new/` at the end.
const UNREAD_DAYS: i64 = 3;

/// How large the house is and how much lawful mail it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Members of the house, 60 to [`model::limit::MEMBERS_MAX`].
    pub members: usize,
    /// Members of the forum, 3 to a half of the members.
    pub forum: usize,
    /// Lawful mails in all mailboxes together, about.
    pub lawful_mails: usize,
}

/// How the mail is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// A Maildir for each member.
    #[default]
    Maildir,
    /// One `all.mbox` in order of delivery.
    Mbox,
}

/// An exercise to write. The same plan gives the same bytes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// Length in days from 4 January 2021, 1 to 3,650; the story takes 194.
    pub days: i64,
    /// Size of the house.
    pub scale: Scale,
    /// What is injected.
    pub variant: Variant,
    /// How mail is stored.
    pub shape: Shape,
    /// How the proxy writes its log.
    pub proxy: ProxyFormat,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Members of the house.
    pub members: usize,
    /// Members of the forum.
    pub forum: usize,
    /// Copies of lawful mails in mailboxes.
    pub lawful_mails: usize,
    /// Copies of hostile mails in mailboxes.
    pub hostile_mails: usize,
    /// Lines of the proxy's log.
    pub log_lines: usize,
}

/// Takes what the exercise writes. Paths are relative, with `/` between folders.
pub trait Sink {
    /// Makes an empty folder.
    ///
    /// # Errors
    /// Whatever keeps the folder from being made.
    fn folder(&mut self, path: &str) -> io::Result<()>;

    /// Writes a whole file.
    ///
    /// # Errors
    /// Whatever keeps the file from being written.
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Adds to the end of a file, which the first addition creates.
    ///
    /// # Errors
    /// Whatever keeps the file from being written.
    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Hears that `written` of `total` mails are written, after each mail.
    fn progress(&mut self, _written: usize, _total: usize) {}
}

/// Why an exercise could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExerciseError {
    /// The house is too small for the story, or larger than any part takes.
    #[error("a house of {members} members with a forum of {forum} is outside what the exercise can tell")]
    Scale {
        /// Members asked for.
        members: usize,
        /// Members of the forum asked for.
        forum: usize,
    },
    /// The exercise is empty or endless.
    #[error("an exercise lasts 1 to 3650 days, not {0}")]
    Days(i64),
    /// The sink refused.
    #[error("cannot write the exercise")]
    Write(#[from] io::Error),
}

impl Default for Scale {
    fn default() -> Self {
        Self { members: 120, forum: 38, lawful_mails: 10_000 }
    }
}

impl Scale {
    /// This scale, enlarged in all its parts until `variant` finds enough members to write to.
    #[must_use]
    pub fn fitting(self, variant: &Variant) -> Self {
        let Attack::Single(injection) = &variant.attack else { return self };
        let (forum, outside) = (injection.forum_recipients(), outside_recipients(injection));
        let others = self.members.saturating_sub(self.forum);
        // One of those outside is only forwarded a mail, and never written to.
        if forum <= self.forum && outside < others {
            return self;
        }
        let factor = (forum.div_ceil(self.forum.max(1))).max((outside + 1).div_ceil(others.max(1)));
        Self {
            members: self.members * factor,
            forum: self.forum * factor,
            lawful_mails: self.lawful_mails * factor,
        }
    }

    fn is_possible(self) -> bool {
        let members = MEMBERS_MIN..=model::limit::MEMBERS_MAX;
        members.contains(&self.members) && (3..=self.members / 2).contains(&self.forum)
    }
}

fn outside_recipients(injection: &Injection) -> usize {
    usize::from(injection.recipients) - injection.forum_recipients()
}

impl Plan {
    /// The story as it is told: LANTERN at its usual size.
    #[must_use]
    pub fn lantern(seed: u64) -> Self {
        Self::of_variant(seed, Variant::default())
    }

    /// Half a year with the given variant, in a house that is large enough for it.
    #[must_use]
    pub fn of_variant(seed: u64, variant: Variant) -> Self {
        Self {
            seed,
            days: 194,
            scale: Scale::default().fitting(&variant),
            variant,
            shape: Shape::default(),
            proxy: ProxyFormat::default(),
        }
    }
}

/// Writes the exercise into `sink`, mail by mail in order of delivery.
///
/// # Errors
/// An [`ExerciseError`] when the plan asks for something impossible or the sink refuses.
pub fn write(plan: &Plan, sink: &mut dyn Sink) -> Result<Summary, ExerciseError> {
    let scale = plan.scale.fitting(&plan.variant);
    if !scale.is_possible() {
        return Err(ExerciseError::Scale { members: scale.members, forum: scale.forum });
    }
    if !(1..=DAYS_MAX).contains(&plan.days) {
        return Err(ExerciseError::Days(plan.days));
    }
    let calendar = Calendar { days: plan.days };
    let mut planner = Planner::new(plan.seed, calendar, scale.members, scale.forum);
    lawful::plan(&mut planner, scale.lawful_mails, plan.variant.newcomer);
    let planted = hostile::plan(&mut planner, &plan.variant.attack);
    planner.roster.deliveries.sort_unstable();

    sink.file("EXERCISE.txt", notice(plan).as_bytes())?;
    sink.file("members.csv", planner.world.house.csv().as_bytes())?;
    mailboxes(plan, &planner, sink)?;
    let log_lines = proxy_log(plan, &planner, &planted, sink)?;
    let signins = SignIns::new(&planner.world);
    sink.file("signins.jsonl", signins.log(&planner.world).as_bytes())?;
    sink.file("truth/signins.jsonl", signins.truth(&planner.world).as_bytes())?;
    let truth = Truth::new(&planner.roster, &planted);
    sink.file("truth/campaigns.jsonl", truth.campaigns.as_bytes())?;
    sink.file("truth/lawful.jsonl", truth.lawful.as_bytes())?;

    let is_hostile =
        |delivery: &&Delivery| planted.iter().any(|campaign| campaign.operation == delivery.operation);
    let hostile_mails = planner.roster.deliveries.iter().filter(is_hostile).count();
    Ok(Summary {
        members: scale.members,
        forum: scale.forum,
        lawful_mails: planner.roster.deliveries.len() - hostile_mails,
        hostile_mails,
        log_lines,
    })
}

fn mailboxes(plan: &Plan, planner: &Planner, sink: &mut dyn Sink) -> io::Result<()> {
    if plan.shape == Shape::Maildir {
        for member in planner.world.house.all() {
            for folder in ["cur", "new", "tmp"] {
                sink.folder(&format!("mail/{}/{folder}", member_id(member)))?;
            }
        }
    }
    let total = planner.roster.deliveries.len();
    for (number, delivery) in planner.roster.deliveries.iter().enumerate() {
        let operation = planner.roster.operation(delivery);
        let letter = operation.letter(&planner.world, delivery);
        let recipient = &planner.world.house.member(delivery.member()).address;
        let mut random = Random::keyed(plan.seed, &[4, number as u64]);
        let bytes = letter.render(recipient, delivery.at, &mut random);
        match plan.shape {
            Shape::Maildir => sink.file(&maildir_path(planner, delivery, number, bytes.len()), &bytes)?,
            Shape::Mbox => sink.append("all.mbox", &mbox_entry(&letter.mail_from, delivery.at, &bytes))?,
        }
        sink.progress(number + 1, total);
    }
    Ok(())
}

/// `cur` with the flag for seen, or `new` for mail of the last days, named as Maildir names deliveries.
fn maildir_path(planner: &Planner, delivery: &Delivery, number: usize, size: usize) -> String {
    let member = member_id(delivery.member());
    let unique =
        format!("{}.M{:06}P{}.mx.{DOMAIN},S={size}", delivery.at, number % 1_000_000, 1_000 + number % 7);
    let is_unread = delivery.at >= planner.world.calendar.end() - UNREAD_DAYS * DAY;
    if is_unread { format!("mail/{member}/new/{unique}") } else { format!("mail/{member}/cur/{unique}:2,S") }
}

/// An entry in the `mboxrd` form: lines that look like a separator get a `>`.
fn mbox_entry(mail_from: &str, at: i64, bytes: &[u8]) -> Vec<u8> {
    let date = calendar::utc(at, "%a %b %d %H:%M:%S %Y");
    let mut entry = format!("From {mail_from} {date}\n").into_bytes();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let unquoted = line.iter().position(|byte| *byte != b'>').and_then(|start| line.get(start..));
        if unquoted.is_some_and(|line| line.starts_with(b"From ")) {
            entry.push(b'>');
        }
        entry.extend_from_slice(line);
    }
    entry.push(b'\n');
    entry
}

fn proxy_log(
    plan: &Plan,
    planner: &Planner,
    planted: &[hostile::Planted],
    sink: &mut dyn Sink,
) -> io::Result<usize> {
    // Lines are collected to pieces of about this size, so that a sink is not called for each.
    const PIECE_BYTES: usize = 64 << 10;
    let log = ProxyLog::new(&planner.world, &planner.roster, planted);
    let (mut piece, mut count) = (String::new(), 0);
    for line in log.lines(&planner.world, &planner.roster, plan.proxy) {
        piece.push_str(&line);
        count += 1;
        if piece.len() >= PIECE_BYTES {
            sink.append("proxy.log", piece.as_bytes())?;
            piece.clear();
        }
    }
    sink.append("proxy.log", piece.as_bytes())?;
    Ok(count)
}

fn notice(plan: &Plan) -> String {
    format!(
        "EXERCISE LANTERN\n\nEverything in this folder is invented: people, organisations, mails, logs. Domains are \
         reserved by RFC 2606, addresses by RFC 5737 and RFC 3849. Nothing here says anything about anybody who \
         exists.\n\nseed {}\ndays {}\nvariant {}\n\nmembers.csv  who is protected\nmail/        what they were \
         sent (or all.mbox)\nproxy.log    what their machines fetched\nsignins.jsonl who signed in, from where\ntruth/       what really happened; for \
         measuring only, no detector may read it\n",
        plan.seed, plan.days, plan.variant
    )
}
