//! One campaign, and what a person says of it or proposes for it.

use super::campaigns::{likelihood, summary};
use super::form::Fields;
use super::judging;
use crate::deciding;
use crate::error::Failure;
use crate::page::Notice;
use crate::page::campaign::{
    CampaignPermissions, CampaignView, FirstAlert, HostRow, LinkedCampaign, MailRow, MemberSpot, Removal,
    SenderRow, render,
};
use crate::page::campaigns::Standing;
use crate::page::form::Permission;
use crate::page::reason::ReasonView;
use crate::page::text::segment;
use crate::settings::Reach;
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use mail::member::House;
use maud::Markup;
use model::time::DAY_SECS;
use model::{Actor, EventTime, LeafIndex, MemberState, Role};
use runtime::clock::parse_rfc3339;
use runtime::data::Data;
use runtime::hunt::{self, Hit};
use runtime::ledger::{self, LedgerRow};
use runtime::measure::decision::{self, Which};
use runtime::measure::purge::{self, PURGE_REVERSIBLE_DAYS, Purge};
use runtime::measure::{Measure, assessment, warning};
use runtime::overview::{self, CampaignDetail, CampaignHead};
use runtime::row::{AlertRow, CampaignRow, LinkRow, ReasonRow};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Mails of one campaign that its page lists.
const MAILS_MAX: usize = 25;
/// Decisions on one campaign that its page shows.
const DECISIONS_MAX: usize = 50;

/// The page.
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    state
        .work(move |state| {
            let data = state.live.data()?;
            let view = Shown::read(&data, &id)?.view(
                &data,
                &state.live.house(),
                &person.actor(),
                state.now(),
                state.settings.reach,
            )?;
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

/// One of its forms: confirm it, or propose something.
pub(crate) async fn act(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path((campaign, action)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let page = format!("/campaigns/{}", segment(&campaign));
    let (actor, why) = (person.actor(), fields.get("reason").to_owned());
    let told = state.work(move |state| take(state, campaign, &action, &why, &actor)).await?;
    state.sessions.leave(&person.session_id, Notice::Done(told.into()));
    Ok(Redirect::to(&page).into_response())
}

fn take(
    state: &State,
    campaign: String,
    action: &str,
    why: &str,
    actor: &Actor,
) -> Result<&'static str, Failure> {
    if action == "confirm" {
        assessment::confirm(&mut *state.live.data()?, actor, &campaign, why, state.now())?;
        return Ok("The campaign is confirmed.");
    }
    let measure = match action {
        "dismiss" => Measure::Dismiss { campaign },
        "warn" => deciding::warn_all(&*state.live.data()?, campaign)?,
        "purge" => Measure::Purge { campaign },
        "restore" => Measure::Restore {
            purge: purge::of_campaign(&*state.live.data()?, &campaign)?.ok_or(Failure::Missing)?.id,
        },
        _ => return Err(Failure::Missing),
    };
    deciding::propose(state, measure, why, actor)?;
    Ok("It is proposed, and waits for a second person.")
}

/// What the page is made of.
struct Shown {
    head: CampaignHead,
    row: CampaignRow,
    detail: CampaignDetail,
    ledger: Vec<LedgerRow>,
    standing: Standing,
}

impl Shown {
    fn read(data: &Data, id: &str) -> Result<Self, Failure> {
        Ok(Self {
            head: overview::head(data, id)?.ok_or(Failure::Missing)?,
            row: ledger::campaign(data, id)?.ok_or(Failure::Missing)?,
            detail: overview::detail(data, id)?.unwrap_or_default(),
            ledger: ledger::ledger_of(data, id)?,
            standing: judging::standing(data, id)?,
        })
    }

    fn view(
        self,
        data: &Data,
        house: &House,
        actor: &Actor,
        now: EventTime,
        reach: Reach,
    ) -> Result<CampaignView, Failure> {
        let decisions =
            decision::list(data, Which::About(&self.head.id), None, DECISIONS_MAX)?.rows.into_iter();
        let decisions =
            decisions.map(|decision| judging::view(data, decision, actor)).collect::<Result<_, _>>()?;
        let alert_evidence = ledger::alert_evidence(data, &self.head.id)?;
        let purge = purge::of_campaign(data, &self.head.id)?;
        let mails = mails(data, house, &self.row)?;
        let can_warn = !warning::sendable(data, &self.head.id)?.is_empty();
        Ok(CampaignView {
            first_alert: self.row.first_alert.as_ref().and_then(|alert| first_alert(alert, alert_evidence)),
            times: overview::event_times(&self.detail),
            senders: counted(self.detail.senders, |address, messages| SenderRow { address, messages }),
            hosts: counted(self.detail.hosts, |host, messages| HostRow { host, messages }),
            subjects: self.detail.subjects,
            other_mails: self.head.messages.saturating_sub(mails.len() as u64),
            mails,
            reasons: self.row.reasons.iter().map(reason).collect(),
            members: spots(house, &self.ledger, self.detail.forum.as_deref()),
            // Which group a member belongs to reveals political opinion. Those who work on the case need to know at whom it
            // was aimed; an auditor reviews how they worked, and does not.
            group: self.detail.forum.filter(|_| actor.has(Role::Analyst) || actor.has(Role::Approver)),
            other_recipients: self.row.other_recipients as u64,
            linked: linked(data, self.row.linked)?,
            decisions,
            has_relay: reach.has_relay,
            may: CampaignPermissions {
                restore: may_restore(data, purge.as_ref(), now, actor),
                ..permissions(self.standing, self.head.concern, can_warn, reach, actor)
            },
            removal: purge.and_then(removal),
            summary: summary(self.head, self.standing),
        })
    }
}

/// What the person may do. `runtime::measure` holds the rules; this spares them forms that would be refused.
fn permissions(
    standing: Standing,
    is_of_concern: bool,
    can_warn: bool,
    reach: Reach,
    actor: &Actor,
) -> CampaignPermissions {
    let may = judging::with_role(actor, &[Role::Analyst, Role::Approver]);
    let only_if = |makes_sense: bool| if makes_sense { may.clone() } else { Permission::Absent };
    let is_confirmed = standing == Standing::Confirmed;
    let is_pursued = is_confirmed || (standing == Standing::Open && is_of_concern);
    CampaignPermissions {
        confirm: only_if(!is_confirmed),
        dismiss: only_if(standing != Standing::Dismissed),
        purge: match &may {
            Permission::Allowed if is_pursued && !reach.has_mailboxes => {
                Permission::Refused(deciding::NO_MAILBOXES.into())
            }
            _ => only_if(is_pursued),
        },
        warn: match may {
            Permission::Allowed if is_pursued && !is_confirmed => Permission::Refused(
                "Confirm the campaign first: members are told what a person has confirmed.".into(),
            ),
            Permission::Allowed if is_pursued && !can_warn => {
                Permission::Refused("No warning waits: all are proposed, held or sent.".into())
            }
            _ => only_if(is_pursued),
        },
        restore: Permission::Absent,
    }
}

/// Who may propose to bring back what was moved, as long as it can be.
fn may_restore(data: &Data, purge: Option<&Purge>, now: EventTime, actor: &Actor) -> Permission {
    match purge {
        Some(purge) if purge::check_restore(data, &purge.id, None, now).is_ok() => {
            judging::with_role(actor, &[Role::Analyst, Role::Approver])
        }
        _ => Permission::Absent,
    }
}

fn removal(purge: Purge) -> Option<Removal> {
    let approved = purge.approved_at?;
    Some(Removal {
        approved,
        until: approved.plus_secs(PURGE_REVERSIBLE_DAYS * DAY_SECS),
        planned: purge.copies,
        moved: purge.moved,
        restored: purge.restored,
        gone: purge.gone,
        failed: purge.failed,
    })
}

fn mails(data: &Data, house: &House, campaign: &CampaignRow) -> Result<Vec<MailRow>, Failure> {
    let row = |hit: Hit| {
        let time = parse_rfc3339(&hit.time)?;
        let Hit { from, subject, members, evidence, .. } = hit;
        Some(MailRow { time, from, subject, members, evidence: evidence.map(LeafIndex) })
    };
    Ok(hunt::of_campaign(data, house, campaign, MAILS_MAX)?.into_iter().filter_map(row).collect())
}

/// The most first.
fn counted<T>(counts: BTreeMap<String, u64>, row: impl Fn(String, u64) -> T) -> Vec<T> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    counts.into_iter().map(|(key, count)| row(key, count)).collect()
}

fn first_alert(alert: &AlertRow, evidence: Option<LeafIndex>) -> Option<FirstAlert> {
    Some(FirstAlert {
        time: parse_rfc3339(&alert.time)?,
        after_messages: alert.after_messages as u64,
        evidence,
    })
}

pub(crate) fn reason(row: &ReasonRow) -> ReasonView {
    ReasonView { code: row.code.clone(), weight: row.weight, detail: row.detail.clone() }
}

/// Every member of the house, and those of the ledger who are not in the list any more.
fn spots(house: &House, ledger: &[LedgerRow], forum: Option<&str>) -> Vec<MemberSpot> {
    let mut spots: BTreeMap<String, MemberSpot> = BTreeMap::new();
    for (_, member) in house.members() {
        let is_in_group = member.groups.iter().any(|group| Some(group.0.as_str()) == forum);
        spots.insert(member.id.to_string(), spot(member.id.to_string(), is_in_group));
    }
    for row in ledger {
        let found = spots.entry(row.member.clone()).or_insert_with(|| spot(row.member.clone(), false));
        found.state = row.state.parse::<MemberState>().ok();
        found.since = parse_rfc3339(&row.since);
        found.evidence = Some(LeafIndex(row.evidence));
        found.opened = row.opened.as_deref().and_then(parse_rfc3339);
    }
    spots.into_values().collect()
}

fn spot(id: String, is_in_group: bool) -> MemberSpot {
    MemberSpot {
        id,
        name: None,
        is_in_group,
        state: None,
        since: None::<EventTime>,
        evidence: None,
        opened: None,
    }
}

fn linked(data: &Data, links: Vec<LinkRow>) -> Result<Vec<LinkedCampaign>, Failure> {
    let linked = links.into_iter().map(|link| {
        Ok(LinkedCampaign {
            name: overview::name(data, &link.id)?,
            likelihood: likelihood(&link.likelihood),
            reasons: link.reasons.iter().map(reason).collect(),
            id: link.id,
        })
    });
    linked.collect()
}
