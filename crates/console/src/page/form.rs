//! Forms: what a person may do here, and why not where it is not allowed.

use super::Chrome;
use maud::{Markup, PreEscaped, html};

/// Whether the person who is signed in may take an action. The rule itself is not here: pages show what they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// The form is shown.
    Allowed,
    /// The form is not shown, and this says why.
    Refused(String),
    /// Nothing is shown: the action makes no sense here.
    Absent,
}

/// An action that needs a sentence from the person who takes it.
pub struct Action<'a> {
    /// Path to post to.
    pub path: &'a str,
    /// What stands on the button.
    pub label: &'a str,
    /// What it does, in one sentence.
    pub about: &'a str,
    /// Name and label of the text that must be given, if any.
    pub asks: Option<(&'a str, &'a str)>,
    /// How the button looks.
    pub look: Look,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The one that is expected here.
    Main,
    /// Another.
    Plain,
    /// One that takes something away.
    Grave,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Main => "button button-main",
            Self::Plain => "button",
            Self::Grave => "button button-grave",
        }
    }
}

/// The form of `action`, the reason why there is none, or nothing.
pub fn action(chrome: &Chrome, permission: &Permission, action: &Action<'_>) -> Markup {
    match permission {
        Permission::Absent => PreEscaped(String::new()),
        Permission::Refused(why) => html! {
            p.refused { strong { (action.label) } " – " (super::text::foreign(why)) }
        },
        Permission::Allowed => asked(chrome, action),
    }
}

fn asked(chrome: &Chrome, action: &Action<'_>) -> Markup {
    let fields = html! {
        @if let Some((name, label)) = action.asks {
            label.field { span { (label) } textarea name=(name) rows="2" maxlength="2000" required {} }
        }
        button class=(action.look.class()) type="submit" { (action.label) }
    };
    html! {
        @if action.asks.is_some() {
            details.action {
                summary class=(action.look.class()) { (action.label) }
                (post(chrome, action.path, html! { @if !action.about.is_empty() { p { (action.about) } } (fields) }))
            }
        } @else {
            (post(chrome, action.path, html! { @if !action.about.is_empty() { p { (action.about) } } (fields) }))
        }
    }
}

/// A form that changes something: posts to `path`, with the token that proves that the page was ours.
pub fn post(chrome: &Chrome, path: &str, fields: Markup) -> Markup {
    html! {
        form.post method="post" action=(path) {
            input type="hidden" name="csrf" value=(chrome.csrf);
            (fields)
        }
    }
}

/// A form that only looks: its fields become the query of `path`.
pub fn get(path: &str, fields: Markup) -> Markup {
    html! { form.get method="get" action=(path) { (fields) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use model::EventTime;

    #[track_caller]
    fn check(permission: Permission, asks: Option<(&str, &str)>, expected: Expect) {
        let chrome = Chrome {
            house: "Northmere".into(),
            actor: None,
            csrf: "a\"b".into(),
            is_exercise: false,
            exercise_time: None,
            now: EventTime(0),
            notice: None,
            waiting: 0,
        };
        let approve =
            Action { path: "/decisions/1/approve", label: "Approve", about: "", asks, look: Look::Main };
        expected.assert_eq(&action(&chrome, &permission, &approve).into_string());
    }

    #[test]
    fn an_action_is_a_form_with_its_token() {
        check(
            Permission::Allowed,
            None,
            expect![[
                r#"<form class="post" method="post" action="/decisions/1/approve"><input type="hidden" name="csrf" value="a&quot;b"><button class="button button-main" type="submit">Approve</button></form>"#
            ]],
        );
    }

    #[test]
    fn an_action_that_needs_a_reason_opens_first() {
        check(
            Permission::Allowed,
            Some(("reason", "Why?")),
            expect![[
                r#"<details class="action"><summary class="button button-main">Approve</summary><form class="post" method="post" action="/decisions/1/approve"><input type="hidden" name="csrf" value="a&quot;b"><label class="field"><span>Why?</span><textarea name="reason" rows="2" maxlength="2000" required></textarea></label><button class="button button-main" type="submit">Approve</button></form></details>"#
            ]],
        );
    }

    #[test]
    fn who_may_not_is_told_why_and_gets_no_form() {
        check(
            Permission::Refused("you <proposed> it".into()),
            None,
            expect![[
                r#"<p class="refused"><strong>Approve</strong> – <bdi>you &lt;proposed&gt; it</bdi></p>"#
            ]],
        );
        check(Permission::Absent, None, expect![[""]]);
    }
}
