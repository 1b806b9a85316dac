//! Around every request: an id, a bound on time and number, one log line, one metric. No personal data: the route is
//! logged, never the path.

use std::time::Instant;

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tracing::Instrument as _;

use super::{
    Service, lines::Client, pace::paced, peer::Peer, place::Place, problem::Problem, reply::REQUEST_ID,
};
use crate::domain::actor::Actor;

/// Longest request id taken over from a caller, in characters.
const REQUEST_ID_CHARS_MAX: usize = 64;

/// What a browser that came by TLS is to remember: it comes by nothing else for half a year.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=15552000");

/// Gives the request an id, finds out where it comes from, logs and counts it.
pub(super) async fn observe(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let client = request.extensions().get::<ConnectInfo<Client>>().map(|info| info.0.clone());
    let _under_way = client.as_ref().map(|client| client.line.begin());
    let peer = Peer::find(client.as_ref(), request.headers(), &service.proxies);
    request.extensions_mut().insert(peer);
    let id = request_id(&service, &request);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request_id = %id.to_str().unwrap_or_default());
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, seconds) = (response.status(), begun.elapsed().as_secs_f64());
    let role = response.extensions().get::<Actor>().map_or("-", Actor::name);
    span.in_scope(|| {
        tracing::info!(%method, route, role, status = status.as_u16(), duration_ms = seconds * 1e3, "answered");
    });
    service.metrics.answered(&method, &route, status, seconds);
    response.headers_mut().insert(REQUEST_ID, id);
    if peer.tls {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    response
}

/// The caller's id where it is sound, else a new one.
fn request_id(service: &Service, request: &Request) -> HeaderValue {
    let sound = |value: &&HeaderValue| {
        value.len() <= REQUEST_ID_CHARS_MAX
            && value.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
            && !value.is_empty()
    };
    request.headers().get(REQUEST_ID).filter(sound).cloned().unwrap_or_else(|| {
        let id = service.ctx.new_id(service.ctx.now()).simple().to_string();
        HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-"))
    })
}

/// Refuses what is over the number of requests under way, or takes too long.
pub(super) async fn bound(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let place = match Place::of(&request, service.places.clone()) {
        Ok(place) => place,
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(place.clone());
    let request = paced(request, service.limits.pace);
    let answer = tokio::time::timeout(service.limits.request_timeout, next.run(request)).await;
    let mut response = answer.unwrap_or_else(|_| Problem::timed_out().into_response());
    place.answered(&mut response);
    response
}
