//! Who may take which route: the whole table, for every role.

use super::desk::{Browser, Desk};
use crate::route::{Access, ROUTES, Route};
use axum::http::StatusCode;
use model::Role;
use std::collections::HashSet;

/// A path of this route. What varies names nothing that is there.
fn path(route: &Route) -> String {
    let fill = |piece: &str| if piece.starts_with('{') { "1".to_owned() } else { piece.to_owned() };
    route.path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

async fn take(desk: &Desk, route: &Route, browser: Option<&Browser>) -> StatusCode {
    let path = path(route);
    match route.method {
        "GET" => desk.get(&path, browser).await.status,
        _ => desk.post(&path, browser, &[]).await.status,
    }
}

#[test]
fn the_table_names_each_route_once() {
    let mut seen = HashSet::new();
    for route in ROUTES {
        assert!(
            seen.insert((route.method, route.path)),
            "{} {} stands there twice",
            route.method,
            route.path
        );
        let is_api = route.path.starts_with("/api/v1/");
        let is_token = matches!(route.access, Access::Token(..));
        assert!(!is_token || is_api, "{} is for programs and not under /api/v1/", route.path);
    }
}

#[tokio::test]
async fn every_role_takes_the_routes_that_are_for_it_and_no_others() {
    let desk = Desk::with(|settings| {
        settings.rate.burst = 100_000;
    });
    for role in Role::ALL {
        let id = desk.account(&format!("{role}-1"), &[role]);
        for route in ROUTES {
            let Access::Roles(roles) = route.access else { continue };
            let status = take(&desk, route, Some(&desk.browser(&id))).await;
            let is_let_in = status != StatusCode::FORBIDDEN && status != StatusCode::UNAUTHORIZED;
            assert!(!status.is_server_error(), "{role} {} {}: {status}", route.method, route.path);
            assert_eq!(is_let_in, roles.contains(&role), "{role} {} {}: {status}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn strangers_take_only_what_is_for_everybody() {
    let desk = Desk::with(|settings| settings.rate.burst = 100_000);
    for route in ROUTES {
        let status = take(&desk, route, None).await;
        let expected = match (route.access, route.method) {
            (Access::Everybody | Access::Machines, _) => {
                assert_ne!(status, StatusCode::UNAUTHORIZED, "{}", route.path);
                continue;
            }
            (Access::Token(..), _) => StatusCode::UNAUTHORIZED,
            (_, "GET") => StatusCode::SEE_OTHER,
            _ => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(status, expected, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn no_route_for_programs_takes_a_cookie() {
    let desk = Desk::with(|settings| settings.rate.burst = 100_000);
    let browser = desk.browser(&desk.account("analyst-1", &[Role::Analyst, Role::Approver]));
    for route in ROUTES.iter().filter(|route| matches!(route.access, Access::Token(..))) {
        assert_eq!(take(&desk, route, Some(&browser)).await, StatusCode::UNAUTHORIZED, "{}", route.path);
    }
}
