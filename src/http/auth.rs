//! Who is calling, and may they: one layer before every `/v1` handler. A program shows its token; a page of ours, its
//! session.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

#[cfg(feature = "console")]
use super::console::Call;
use super::{Service, access, guard::Redactions, problem::Problem, reads};
use crate::{app, domain::actor::Actor};

/// Finds out who calls and asks the access table; the handler finds the actor in the request.
pub(super) async fn authorise(State(service): State<Service>, request: Request, next: Next) -> Response {
    // The body is not Sync, so the request itself must not be held across an await.
    match bearer(request.headers()).map(str::to_owned) {
        Some(secret) => {
            let caller = app::tokens::authenticate(&service.ctx, &secret).await.map_err(Problem::from);
            carry_out(&service, caller, request, next).await
        }
        None => without_token(&service, request, next).await,
    }
}

/// Of a page: its session says who calls.
#[cfg(feature = "console")]
async fn without_token(service: &Service, request: Request, next: Next) -> Response {
    let call = Call::of(request.method(), request.headers(), request.extensions());
    let caller = call.caller(service).await;
    call.answered(carry_out(service, caller, request, next).await)
}

/// Without pages there are no sessions.
#[cfg(not(feature = "console"))]
async fn without_token(_: &Service, _: Request, _: Next) -> Response {
    Problem::unauthenticated().into_response()
}

async fn carry_out(
    service: &Service,
    caller: Result<Option<Actor>, Problem>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let method = request.method().clone();
    let actor = match caller.and_then(|caller| admitted(caller, &method, path)) {
        Ok(actor) => actor,
        Err(problem) => return problem.into_response(),
    };
    let redactions = Redactions::default();
    let reading = reads::Reading::of(&method, path, request.uri().path());
    request.extensions_mut().insert(actor);
    request.extensions_mut().insert(redactions.clone());
    let (mut response, asked) = app::counted(next.run(request)).await;
    service.metrics.asked(&method, path, asked);
    response.extensions_mut().insert(actor);
    redactions.tell(&mut response);
    if response.status().is_success() {
        reading.note(&service.ctx, &actor);
    }
    response
}

fn admitted(caller: Option<Actor>, method: &Method, path: &str) -> Result<Actor, Problem> {
    let actor = caller.ok_or_else(Problem::unauthenticated)?;
    access::admit(&actor, method, path)?;
    Ok(actor)
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}
