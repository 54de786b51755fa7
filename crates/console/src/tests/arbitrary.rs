//! Whatever is sent, nothing breaks on our side.

use super::desk::{Browser, Desk};
use crate::route::ROUTES;
use model::Role;
use proptest::prelude::*;

/// Bytes as they stand in a path: anything that a URL can hold.
fn segment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9._~-]{0,12}",
        "C-[0-9a-f]{16}",
        "[0-9]{1,25}",
        prop::collection::vec(any::<u8>(), 0..12)
            .prop_map(|bytes| bytes.iter().map(|byte| format!("%{byte:02X}")).collect()),
    ]
}

fn path(template: &str, segments: &[String]) -> String {
    let mut fill = segments.iter().cycle();
    let pieces = template.split('/').map(|piece| match piece.starts_with('{') {
        true => fill.next().map_or("x", |segment| if segment.is_empty() { "x" } else { segment }),
        false => piece,
    });
    pieces.collect::<Vec<_>>().join("/")
}

fn browsers(desk: &Desk) -> Vec<Browser> {
    let sets: [&[Role]; 4] =
        [&[Role::Analyst, Role::Approver], &[Role::Auditor], &[Role::Admin], &[Role::MemberController]];
    let accounts = sets.iter().enumerate().map(|(at, roles)| desk.account(&format!("a-{at}"), roles));
    accounts.map(|id| desk.browser(&id)).collect()
}

#[test]
fn arbitrary_input_never_breaks_the_server() {
    let desk = Desk::with(|settings| {
        settings.rate.burst = u32::MAX;
        settings.rate.sign_in_burst = u32::MAX;
    });
    let browsers = browsers(&desk);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let input = (
        0..ROUTES.len(),
        prop::collection::vec(segment(), 1..3),
        prop::collection::vec(("[a-z_]{1,9}", ".{0,20}"), 0..5),
        "[ -~]{0,40}",
        0..browsers.len(),
    );
    proptest!(ProptestConfig::with_cases(512), |((at, segments, fields, query, who) in input)| {
        let Some(route) = ROUTES.get(at) else { return Ok(()) };
        // Signing out would end the session that the other cases use.
        prop_assume!(!route.path.starts_with("/sign-out") && !route.path.starts_with("/account"));
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let query = query.replace("%3D", "=").replace("%26", "&");
        let path = format!("{}?{query}", path(route.path, &segments));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = runtime.block_on(async {
            match route.method {
                "GET" => desk.get(&path, browsers.get(who)).await,
                _ => desk.post(&path, browsers.get(who), &fields).await,
            }
        });
        let is_not_ready = route.path == "/readyz";
        prop_assert!(is_not_ready || !answer.status.is_server_error(), "{} {path}: {}", route.method, answer.status);
    });
}
