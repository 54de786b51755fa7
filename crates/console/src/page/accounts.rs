//! Accounts: who may sign in, and what they may do.

use super::chrome::{Chrome, Section, document};
use super::form::{self, Permission};
use super::{piece, text};
use maud::{Markup, html};
use model::{EventTime, Role};

/// The page.
#[derive(Debug, Clone)]
pub struct AccountsView {
    /// Accounts, by name.
    pub accounts: Vec<AccountRow>,
    /// A link that was made just now. It is shown this once.
    pub link: Option<OneTimeLink>,
    /// Change accounts.
    pub change: Permission,
}

/// An account.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Its name.
    pub account: String,
    /// What it may do.
    pub roles: Vec<Role>,
    /// The member it belongs to, for a member-controller.
    pub member: Option<String>,
    /// Whether a code is asked for besides the password.
    pub has_code: bool,
    /// Whether it may sign in.
    pub is_locked: bool,
    /// When it last signed in.
    pub last_sign_in: Option<EventTime>,
}

/// A link with which somebody signs in once and chooses a password.
#[derive(Debug, Clone)]
pub struct OneTimeLink {
    /// For whom.
    pub account: String,
    /// The whole link, as it is passed on.
    pub url: String,
    /// Until when it works.
    pub expires: EventTime,
}

/// Markup of the page.
pub fn render(view: &AccountsView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Accounts" }, "Who may sign in, and what they may do."))
        @if let Some(link) = &view.link { (one_time(link, chrome)) }
        @if view.accounts.is_empty() {
            (piece::empty("No account yet.", "Make one below."))
        } @else { (table(view, chrome)) }
        (create(view, chrome))
        p { a href="/tokens" { "Tokens for programs" } }
    };
    document(chrome, Some(Section::Accounts), "Accounts", body)
}

fn one_time(link: &OneTimeLink, chrome: &Chrome) -> Markup {
    html! {
        div.notice.notice-done role="status" {
            p {
                "Give this link to " strong { (text::foreign(&link.account)) } " by a way that you trust. It works once, and lapses "
                (text::ago(link.expires, chrome.now)) ". It is not shown again."
            }
            p { code.hash { (text::visible(&link.url)) } }
        }
    }
}

fn table(view: &AccountsView, chrome: &Chrome) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Accounts" {
            table.list {
                thead { tr {
                    th scope="col" { "Account" } th scope="col" { "Roles" } th scope="col" { "Second factor" }
                    th scope="col" { "Last sign-in" } th scope="col" { "Change" }
                } }
                tbody { @for account in &view.accounts { (row(account, view, chrome)) } }
            }
        }
    }
}

fn row(account: &AccountRow, view: &AccountsView, chrome: &Chrome) -> Markup {
    let roles: Vec<&str> = account.roles.iter().map(|role| role.word()).collect();
    html! {
        tr {
            th scope="row" {
                (text::foreign(&account.account))
                @if let Some(member) = &account.member { div.quiet { "member " (text::foreign(member)) } }
                @if account.is_locked { div { span.outcome.outcome-refused { "locked" } } }
            }
            td { (roles.join(", ")) }
            td { @if account.has_code { "yes" } @else { "no" } }
            td { @match account.last_sign_in { Some(at) => (text::ago(at, chrome.now)), None => span.quiet { "never" } } }
            td { @if view.change == Permission::Allowed { (changes(account, chrome)) } }
        }
    }
}

fn changes(account: &AccountRow, chrome: &Chrome) -> Markup {
    let of = |action: &str, label: &str| {
        form::post(
            chrome,
            "/accounts",
            html! {
                input type="hidden" name="account" value=(account.account);
                input type="hidden" name="action" value=(action);
                button.button.button-small type="submit" {
                    (label) span.unseen { " " (text::visible(&account.account)) }
                }
            },
        )
    };
    html! {
        div.inline {
            (of("link", "New link"))
            @if account.is_locked { (of("unlock", "Unlock")) } @else { (of("lock", "Lock")) }
        }
        details { summary { "Roles" span.unseen { " of " (text::visible(&account.account)) } } (roles_of(account, chrome)) }
    }
}

/// Other roles for an account, with those that it has ticked.
fn roles_of(account: &AccountRow, chrome: &Chrome) -> Markup {
    let fields = html! {
        input type="hidden" name="account" value=(account.account);
        input type="hidden" name="action" value="roles";
        (roles(&account.roles))
        label.field {
            span { "Member identifier, for a member-controller" }
            input name="member" value=(account.member.as_deref().unwrap_or_default()) maxlength="64" autocomplete="off";
        }
        button.button type="submit" { "Change roles" }
    };
    form::post(chrome, "/accounts", fields)
}

fn roles(ticked: &[Role]) -> Markup {
    html! {
        fieldset {
            legend { "Roles" }
            @for role in Role::ALL {
                label.check {
                    input type="checkbox" name="role" value=(role.word()) checked[ticked.contains(&role)];
                    span { (role.word()) " – " (about(role)) }
                }
            }
        }
    }
}

fn create(view: &AccountsView, chrome: &Chrome) -> Markup {
    let fields = html! {
        input type="hidden" name="action" value="create";
        label.field { span { "Name to sign in with" } input name="account" maxlength="64" autocomplete="off" required; }
        (roles(&[]))
        label.field { span { "Member identifier, for a member-controller" } input name="member" maxlength="64" autocomplete="off"; }
        button.button.button-main type="submit" { "Make account" }
    };
    html! {
        @match &view.change {
            Permission::Allowed => section aria-labelledby="create" {
                h2 #create { "New account" }
                (form::post(chrome, "/accounts", fields))
            },
            Permission::Refused(why) => p.refused { (text::foreign(why)) },
            Permission::Absent => {},
        }
    }
}

fn about(role: Role) -> &'static str {
    match role {
        Role::Analyst => "looks at campaigns and quarantine, and proposes",
        Role::Approver => "approves or refuses what others proposed",
        Role::MemberController => "sees what was done to the own mail, and nothing else",
        Role::Auditor => "sees who looked at what, and changes nothing",
        Role::Admin => "keeps accounts and settings, and sees no mail",
    }
}
