//! The description of the API: what every endpoint has in common is written here once.

use std::sync::OnceLock;

use serde_json::{Value, json};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Header, OpenApi as Document, RefOr, Response,
        path::Operation,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{access, guard, problem};

/// The parts that are not endpoints.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "kaketsuke",
        description = "Emergency dispatch and field service: calls, cases, jobs, offers, facts from the field, \
                       charges with their proof, billing. Every refusal is a problem (RFC 9457)."
    ),
    tags(
        (name = "intake", description = "Calls, cases, places"),
        (name = "referral", description = "Wear and common-area troubles told to landlord or management company"),
        (name = "dispatch", description = "Jobs, offers, and why whom"),
        (name = "field", description = "What happens at the site"),
        (name = "privacy", description = "Who has read what and why; what was erased"),
        (name = "billing", description = "What it costs, and why; who has pulled it"),
        (name = "figures", description = "How the service does: shares, times, yen"),
        (name = "programmes", description = "The terms in force, and estimates by them"),
        (name = "firms", description = "Contractors, their technicians, where they are"),
        (name = "messages", description = "What happened, told by webhook and e-mail; what has not arrived"),
        (name = "access", description = "Tokens and what they stand for")
    ),
    components(schemas(problem::Problem, problem::Field)),
    security(("token" = [])),
    modifiers(&Token)
)]
pub(super) struct Base;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut Document) {
        if let Some(components) = document.components.as_mut() {
            components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        }
    }
}

/// What any endpoint may answer besides success.
const COMMON: [(&str, &str); 6] = [
    ("400", "The request cannot be read"),
    ("401", "Who is asking is not known"),
    ("403", "This role may not do this"),
    ("404", "There is no such thing, or it is not the caller's to see"),
    ("422", "A field cannot be accepted"),
    ("503", "The service is overloaded or took too long: send the same request again, with the same key"),
];
/// What an endpoint that reads a body may answer as well.
const WITH_BODY: [(&str, &str); 3] = [
    ("409", "The state does not allow it"),
    ("413", "The request is too large"),
    ("415", "The request is not JSON"),
];
/// What PUT, PATCH and DELETE may answer as well.
const WITH_VERSION: [(&str, &str); 3] = [
    ("409", "The state does not allow it"),
    ("412", "It has changed meanwhile"),
    ("428", "If-Match is required"),
];

/// The description of all endpoints, completed once for every service of the process.
pub(super) fn completed(document: Document) -> Document {
    static COMPLETED: OnceLock<Document> = OnceLock::new();
    COMPLETED.get_or_init(|| complete(document)).clone()
}

/// Adds to every endpoint the problems it may answer, the headers it requires and the roles that may call it.
fn complete(mut document: Document) -> Document {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("GET", item.get.as_mut()),
            ("POST", item.post.as_mut()),
            ("PUT", item.put.as_mut()),
            ("PATCH", item.patch.as_mut()),
            ("DELETE", item.delete.as_mut()),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                add_problems(method, operation);
                add_redactions(operation);
                add_roles(method, path, operation);
            }
        }
    }
    document
}

fn add_problems(method: &str, operation: &mut Operation) {
    let body = operation.request_body.is_some();
    let versioned = matches!(method, "PUT" | "PATCH" | "DELETE");
    let more = WITH_BODY.iter().filter(|_| body).chain(WITH_VERSION.iter().filter(|_| versioned));
    for (status, description) in COMMON.iter().chain(more) {
        let response = operation.responses.responses.entry((*status).to_owned());
        response.or_insert_with(|| RefOr::T(problem_response(description)));
    }
}

/// Every answer to a body may say what was taken out of its texts.
fn add_redactions(operation: &mut Operation) {
    if operation.request_body.is_none() {
        return;
    }
    let header = json!({ "description": guard::REDACTED_MEANS, "schema": { "type": "string" } });
    let Ok(header) = serde_json::from_value::<Header>(header) else { return };
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            response.headers.insert(guard::REDACTED_SHOWN.to_owned(), RefOr::T(header.clone()));
        }
    }
}

fn problem_response(description: &str) -> Response {
    let response: Value = json!({
        "description": description,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    serde_json::from_value(response).unwrap_or_default()
}

fn add_roles(method: &str, path: &str, operation: &mut Operation) {
    let method = method.parse().unwrap_or_default();
    let roles: Vec<_> = access::roles(&method, path).iter().map(|role| role.as_str()).collect();
    let line = format!("Roles: {}.", roles.join(", "));
    let description = operation.description.take().unwrap_or_default();
    operation.description = Some(format!("{description}\n\n{line}").trim().to_owned());
}
