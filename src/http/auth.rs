//! Who is calling, and may they: one layer before every `/v1` handler.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{Service, access, guard::Redactions, problem::Problem, reads};
use crate::{app, domain::actor::Actor};

/// Resolves the token and asks the access table; the handler finds the actor in the request.
pub(super) async fn authorise(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    // The body is not Sync, so the request itself must not be held across the await.
    let secret = bearer(request.headers()).map(str::to_owned);
    match check(&service, &request.method().clone(), path, secret).await {
        Ok(actor) => {
            let redactions = Redactions::default();
            let reading = reads::Reading::of(request.method(), path, request.uri().path());
            request.extensions_mut().insert(actor);
            request.extensions_mut().insert(redactions.clone());
            let mut response = next.run(request).await;
            response.extensions_mut().insert(actor);
            redactions.tell(&mut response);
            if response.status().is_success() {
                reading.note(&service.ctx, &actor);
            }
            response
        }
        Err(problem) => problem.into_response(),
    }
}

async fn check(
    service: &Service,
    method: &Method,
    path: &str,
    secret: Option<String>,
) -> Result<Actor, Problem> {
    let secret = secret.ok_or_else(Problem::unauthenticated)?;
    let actor =
        app::tokens::authenticate(&service.ctx, &secret).await?.ok_or_else(Problem::unauthenticated)?;
    let allowed = actor.role().is_some_and(|role| access::roles(method, path).contains(&role));
    allowed.then_some(actor).ok_or_else(Problem::forbidden)
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}
