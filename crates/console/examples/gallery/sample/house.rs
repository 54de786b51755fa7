//! Members, own mail, accounts, audit.

use super::{NOW, Page, Voice, analyst, approver, before, chrome, page};
use console::page::account::{self, AccountView, Offer};
use console::page::accounts::{self, AccountRow, AccountsView, OneTimeLink};
use console::page::audit::{self, AuditRow, AuditView};
use console::page::form::Permission;
use console::page::member::{self, Identity, LedgerStep, MemberView};
use console::page::members::{self, CampaignColumn, MemberFilter, MemberRow, MembersView, Standing};
use console::page::own::{self, OwnMail, OwnView};
use console::page::tokens::{self, TokenRow, TokensView};
use console::page::warning::{WarningState, WarningView};
use model::{LeafIndex, MemberState, Role};

const HOUR: i64 = 3_600;

/// The pages.
pub(crate) fn pages(voice: &Voice) -> Vec<Page> {
    let auditor = chrome(voice, "auditor-1", &[Role::Auditor]);
    let admin = chrome(voice, "admin-1", &[Role::Admin]);
    let owner = console::page::Chrome { waiting: 0, ..chrome(voice, "m017", &[Role::MemberController]) };
    let unmasked =
        MemberView { identity: Some(identity(voice)), unmask: Permission::Absent, ..member(voice) };
    let nobody = OwnView {
        warnings: vec![],
        steps: vec![],
        mails: vec![],
        looks: vec![],
        name: voice.say("Ada Quill"),
    };
    vec![
        page("members", "/members", members::render(&members(voice), &analyst(voice))),
        page("member", "/members/M017", member::render(&member(voice), &approver(voice))),
        page("member-unmasked", "/members/unmasked", member::render(&unmasked, &approver(voice))),
        page("own", "/own", own::render(&own(voice), &owner)),
        page("own-empty", "/own/empty", own::render(&nobody, &owner)),
        page("account", "/account", account::render(&own_account(voice), &admin)),
        page("accounts", "/accounts", accounts::render(&accounts(voice), &admin)),
        page("tokens", "/tokens", tokens::render(&tokens(voice), &admin)),
        page("audit", "/audit", audit::render(&audit(voice), &auditor)),
    ]
}

/// The warned have opened here, so that the gallery shows both.
fn standing(state: MemberState) -> Standing {
    Standing { state, has_opened: matches!(state, MemberState::Opened | MemberState::Warned) }
}

fn members(voice: &Voice) -> MembersView {
    use MemberState::{Blocked, Delivered, Disarmed, Opened, Warned};
    let row = |number: u32, states: [Option<MemberState>; 3]| MemberRow {
        id: voice.say(&format!("M{number:03}")),
        name: None,
        standings: states.map(|state| state.map(standing)).to_vec(),
    };
    let mut rows = vec![
        row(4, [Some(Warned), Some(Opened), Some(Disarmed)]),
        row(11, [None, Some(Opened), None]),
        row(17, [Some(Delivered), Some(Delivered), None]),
        row(29, [None, Some(Opened), Some(Disarmed)]),
    ];
    rows.extend(
        (30..46)
            .map(|number| row(number, [None, Some(if number % 4 == 0 { Blocked } else { Disarmed }), None])),
    );
    MembersView {
        campaigns: [
            ("C-91d0e3c84b7f1165", "“Your invitation to the coast forum”"),
            ("C-6f1c2a9e00b4d7e1", "“The story behind the vote”"),
            ("C-02b17790aa51c3f8", "“Harbour bill: what the papers missed”"),
        ]
        .map(|(id, name)| CampaignColumn { id: voice.say(id), name: voice.say(name) })
        .to_vec(),
        members: rows,
        filter: MemberFilter { text: voice.say(""), state: Some(Disarmed), campaign: None },
        total: 71,
        next: Some(voice.say("/members?after=M045")),
    }
}

fn identity(voice: &Voice) -> Identity {
    Identity {
        name: voice.say("Ada Quill"),
        addresses: voice.each(&["ada.quill@northmere.example", "ada.quill@home.example"]),
        groups: voice.each(&["forum", "harbour committee"]),
    }
}

fn steps(voice: &Voice) -> Vec<LedgerStep> {
    let step = |hours: i64, state, leaf| LedgerStep {
        time: before(hours * HOUR),
        campaign: voice.say("C-6f1c2a9e00b4d7e1"),
        campaign_name: voice.say("“The story behind the vote”"),
        state,
        evidence: Some(LeafIndex(leaf)),
    };
    vec![step(97, MemberState::Delivered, 48_017), step(92, MemberState::Opened, 48_204)]
}

fn warning(voice: &Voice, state: WarningState) -> WarningView {
    WarningView {
        id: voice.say("W-17"),
        campaign: voice.say("C-6f1c2a9e00b4d7e1"),
        campaign_name: voice.say("“The story behind the vote”"),
        member: voice.say("M017"),
        state,
        since: before(20 * HOUR),
        text: voice.say("Between 18 and 22 January you received 3 mails that are almost certain to be part of a \
            reconnaissance campaign.\n\nThe first was shown with its pictures on 18 January, so the sender knows that it \
            was read.\n\nWhat to do: do not answer these mails. Your security team will call you about your telephone."),
        hold: None,
        evidence: Some(LeafIndex(48_602)),
        may_hold: Permission::Absent,
        may_acknowledge: Permission::Absent,
    }
}

fn member(voice: &Voice) -> MemberView {
    let held = WarningView {
        hold: Some((
            voice.say("The member is abroad until Friday and asked for a call."),
            NOW.plus_secs(9 * HOUR),
        )),
        ..warning(voice, WarningState::Held)
    };
    let drafted = WarningView { may_hold: Permission::Allowed, ..warning(voice, WarningState::Drafted) };
    MemberView {
        id: voice.say("M017"),
        identity: None,
        steps: steps(voice),
        warnings: vec![held, drafted],
        unmask: Permission::Allowed,
    }
}

fn own(voice: &Voice) -> OwnView {
    let mail = |hours: i64, subject: &str, done: &str| OwnMail {
        time: before(hours * HOUR),
        from: voice.say("editor@northmere-courier.test"),
        subject: voice.say(subject),
        done: voice.say(done),
    };
    OwnView {
        name: voice.say("Ada Quill"),
        warnings: vec![WarningView {
            may_acknowledge: Permission::Allowed,
            ..warning(voice, WarningState::Sent)
        }],
        steps: steps(voice),
        mails: vec![
            mail(3, "Harbour: a reader asks", "delivered without what reports an opening"),
            mail(50, "Your parcel is waiting", "kept in quarantine"),
        ],
        looks: vec![look(voice, 19)],
    }
}

fn look(voice: &Voice, hours: i64) -> AuditRow {
    AuditRow {
        time: before(hours * HOUR),
        account: voice.say("analyst-2"),
        action: voice.say("looked at a mail in quarantine"),
        about: voice.say("mail Q-41 to M017"),
        purpose: voice.say("The member asked whether the parcel notice is real."),
        evidence: Some(LeafIndex(48_611)),
    }
}

fn audit(voice: &Voice) -> AuditView {
    let unmask = AuditRow {
        action: voice.say("was shown who a member is"),
        about: voice.say("member M004"),
        purpose: voice.say("To call the member about the opened mail."),
        ..look(voice, 22)
    };
    let sign_in = AuditRow {
        action: voice.say("signed in"),
        about: String::new(),
        purpose: String::new(),
        ..look(voice, 23)
    };
    AuditView {
        rows: vec![look(voice, 19), unmask, sign_in],
        account: voice.say(""),
        next: Some(voice.say("/audit?before=48000")),
    }
}

fn accounts(voice: &Voice) -> AccountsView {
    let account = |name: &str, roles: &[Role], has_code, is_locked| AccountRow {
        account: voice.say(name),
        roles: roles.to_vec(),
        member: None,
        has_code,
        is_locked,
        last_sign_in: (!is_locked).then(|| before(3 * HOUR)),
    };
    let owner = AccountRow {
        member: Some(voice.say("M017")),
        ..account("m017", &[Role::MemberController], false, false)
    };
    AccountsView {
        accounts: vec![
            account("admin-1", &[Role::Admin], true, false),
            account("analyst-1", &[Role::Analyst], true, false),
            account("analyst-2", &[Role::Analyst], false, true),
            account("approver-1", &[Role::Analyst, Role::Approver], true, false),
            owner,
        ],
        link: Some(OneTimeLink {
            account: voice.say("auditor-1"),
            url: voice.say("/sign-in?once=invented-secret"),
            expires: NOW.plus_secs(24 * HOUR),
        }),
        change: Permission::Allowed,
    }
}

fn own_account(voice: &Voice) -> AccountView {
    AccountView {
        account: voice.say("admin-1"),
        has_password: true,
        signs_in_elsewhere: false,
        has_second_factor: false,
        needs: Some(voice.say("Administrators need a second factor. Set it up, and go on.")),
        offer: Some(Offer {
            secret: voice.say("GEZDGNBVGY3TQOJQ"),
            address: "otpauth://totp/Portcullis:admin-1?secret=GEZDGNBVGY3TQOJQ&issuer=Portcullis".into(),
        }),
        handovers: vec![(NOW.plus_secs(-30 * HOUR), voice.say("admin-2 made the account"))],
        may_have_tokens: true,
    }
}

fn tokens(voice: &Voice) -> TokensView {
    let token = TokenRow {
        key: voice.say("T-3"),
        name: voice.say("nightly export"),
        account: voice.say("analyst-1"),
        scopes: voice.each(&["campaigns", "hunt"]),
        until: NOW.plus_secs(90 * 24 * HOUR),
    };
    TokensView {
        tokens: vec![token],
        scopes: vec!["campaigns", "members", "hunt"],
        asks_code: true,
        fresh: Some(voice.say("invented-token-that-opens-nothing")),
    }
}
