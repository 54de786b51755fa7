//! The OpenAPI 3.1 document of the interface. Operations come from the handlers; who may take them and how they fail comes from
//! the table of routes, so that the document cannot promise more than the guard holds.

use super::{
    audit, blocked, campaign, decision, domain, evidence, health, hunt, letter, member, quarantine, register,
    today, warning, watch,
};
use crate::failure::Problem;
use crate::route::{Access, ROUTES};
use axum::Json;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Document, Ref, Response, ResponseBuilder};
use utoipa::{OpenApi, ToSchema};

const TOKEN: &str = "token";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portcullis",
        description = "Campaigns of mail reconnaissance, the members whom they reached, intruders in logs, decisions of two \
            persons, and the evidence of it all.",
        version = "1"
    ),
    paths(
        audit::list,
        blocked::list,
        campaign::list,
        campaign::show,
        decision::approve,
        decision::confirm,
        decision::list,
        decision::propose,
        decision::refuse,
        decision::show,
        decision::withdraw,
        domain::list,
        evidence::checkpoint,
        evidence::entry,
        evidence::list,
        evidence::proof,
        health::show,
        hunt::hunt,
        letter::list,
        member::ledger,
        member::list,
        quarantine::list,
        quarantine::show,
        register::lookup,
        today::show,
        warning::hold,
        warning::list,
        watch::case,
        watch::cases,
        watch::rules,
        watch::sources,
    ),
    components(schemas(Problem))
)]
struct Interface;

/// The document, as it is served.
pub(crate) async fn show() -> Json<Document> {
    Json(document())
}

/// The document.
pub(crate) fn document() -> Document {
    let mut document = Interface::openapi();
    // The licence of a house's data is not ours to state.
    document.info.license = None;
    let scheme = SecurityScheme::Http(Http::builder().scheme(HttpAuthScheme::Bearer).build());
    document.components.get_or_insert_default().add_security_scheme(TOKEN, scheme);
    for route in ROUTES {
        let Access::Token(scope, _) = route.access else { continue };
        if let Some(operation) = operation(&mut document, route.method, route.path) {
            operation.security = Some(vec![SecurityRequirement::new(TOKEN, [scope.word()])]);
            operation.responses.responses.insert("default".to_owned(), failure().into());
        }
    }
    document
}

/// Every failure looks alike.
fn failure() -> Response {
    let problem = Content::new(Some(Ref::from_schema_name(Problem::name())));
    ResponseBuilder::new()
        .description("Why the request was not done (RFC 9457)")
        .content("application/problem+json", problem)
        .build()
}

fn operation<'a>(document: &'a mut Document, method: &str, path: &str) -> Option<&'a mut Operation> {
    let method = if method == "GET" { HttpMethod::Get } else { HttpMethod::Post };
    let item = document.paths.paths.get_mut(path)?;
    match method {
        HttpMethod::Get => item.get.as_mut(),
        _ => item.post.as_mut(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_every_route_for_programs_and_no_other() {
        let mut document = document();
        let routes = ROUTES.iter().filter(|route| matches!(route.access, Access::Token(..)));
        let mut count = 0;
        for route in routes {
            let found = operation(&mut document, route.method, route.path);
            let found =
                found.unwrap_or_else(|| panic!("{} {} is not in the document", route.method, route.path));
            assert!(found.security.is_some());
            count += 1;
        }
        let written = document.paths.paths.values();
        let operations: usize =
            written.map(|item| usize::from(item.get.is_some()) + usize::from(item.post.is_some())).sum();
        assert_eq!(operations, count, "the document promises a route that is not there");
    }

    #[test]
    fn it_is_of_version_3_1() {
        let text = serde_json::to_value(document()).expect("a document is JSON");
        assert_eq!(text.get("openapi").and_then(|version| version.as_str()), Some("3.1.0"));
    }
}
