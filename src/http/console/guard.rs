//! Who is looking, and may they: one layer before every page but the way in. And whether a form comes from a page of
//! ours.

use axum::{
    body::{Body, to_bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::{
    cookies,
    forms::{CSRF, Pairs, forged, parsed},
    page::{Visitor, go_to},
};
use crate::{
    app::{self, sessions},
    http::{Service, access, extract::body_read, pace::was_too_slow, peer::Peer, problem::Problem, reads},
};

/// Header that carries the session's token where there is no form, as for htmx.
const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// Set by htmx.
pub(super) const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// Recognises the session, asks the access table, and refuses what changes something without a token of this session;
/// the handler finds the visitor in the request.
pub(super) async fn guard(State(service): State<Service>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str).to_owned();
    let peer = Peer::of(request.extensions());
    let secret = cookies::session(request.headers(), peer);
    let visitor = match visitor(&service, secret.as_deref()).await {
        Ok(Some(visitor)) => visitor,
        Ok(None) => return to_sign_in(&request),
        Err(problem) => return problem.into_response(),
    };
    let method = request.method().clone();
    let admitted = match access::admit(&visitor.actor, &method, &path) {
        Ok(()) => must_be_ours(request, &visitor, service.limits.body_bytes_max).await,
        Err(problem) => Err(problem),
    };
    let mut response = match admitted {
        Ok(mut request) => {
            let reading = reads::Reading::of(&method, &path, request.uri().path());
            request.extensions_mut().insert(visitor.actor);
            request.extensions_mut().insert(visitor.clone());
            let (response, asked) = app::counted(next.run(request)).await;
            service.metrics.asked(&method, &path, asked);
            if response.status().is_success() {
                reading.note(&service.ctx, &visitor.actor);
            }
            response
        }
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(visitor.actor);
    response.extensions_mut().insert(visitor);
    response
}

/// Who is signed in with this secret.
pub(super) async fn visitor(service: &Service, secret: Option<&str>) -> Result<Option<Visitor>, Problem> {
    let Some(secret) = secret else { return Ok(None) };
    let signed = sessions::recognise(&service.ctx, secret).await?;
    Ok(signed.map(|signed| Visitor {
        actor: signed.user.actor(),
        user: signed.user.id,
        session: signed.session.id,
        name: signed.user.principal.name,
        login: signed.user.login.to_string(),
        csrf: csrf_of(secret),
    }))
}

/// The token of a session's forms: follows from its secret, and does not lead back to it.
fn csrf_of(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("form of {secret}").as_bytes()))
}

/// Who is not signed in is shown the way in, and back to where he was going.
fn to_sign_in(request: &Request) -> Response {
    let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if request.headers().contains_key(HX_REQUEST) {
        return (StatusCode::UNAUTHORIZED, [(HX_REDIRECT, HeaderValue::from_static("/sign-in"))])
            .into_response();
    }
    let page = request.headers().get(header::ACCEPT).is_none_or(|accept| {
        accept.to_str().is_ok_and(|kinds| kinds.contains("text/html") || kinds.contains("*/*"))
    });
    if *request.method() != Method::GET || !page {
        return Problem::unauthenticated().into_response();
    }
    if here == "/" { go_to("/sign-in") } else { go_to(&format!("/sign-in?to={}", encoded(here))) }
}

fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Refuses what changes something, unless a page of this session has sent it.
async fn must_be_ours(request: Request, visitor: &Visitor, bytes_max: usize) -> Result<Request, Problem> {
    if request.method().is_safe() {
        return Ok(request);
    }
    if !is_same_origin(request.headers()) {
        return Err(forged());
    }
    if request.headers().contains_key(CSRF_HEADER) {
        return if is_of_session(request.headers(), visitor) { Ok(request) } else { Err(forged()) };
    }
    let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.to_str().is_ok_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    });
    if !is_form {
        return Err(forged());
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, bytes_max).await.map_err(|error| match error {
        slow if was_too_slow(&slow) => Problem::too_slow(),
        other => {
            let (status, detail) = (StatusCode::PAYLOAD_TOO_LARGE, other.to_string());
            Problem::new(status, "too-large", "The form is too large", detail)
        }
    })?;
    body_read(&parts.extensions)?;
    let pairs: Pairs = parsed(bytes.clone()).await?;
    let token = pairs.iter().find(|(name, _)| name == CSRF).map_or("", |(_, token)| token);
    if !same(token.as_bytes(), visitor.csrf.as_bytes()) {
        return Err(forged());
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Whether a script of a page of this session has sent it.
pub(super) fn is_of_session(headers: &HeaderMap, visitor: &Visitor) -> bool {
    let token = headers.get(CSRF_HEADER).map_or(&[][..], HeaderValue::as_bytes);
    is_same_origin(headers) && same(token, visitor.csrf.as_bytes())
}

/// Compares in a time that does not tell where the difference is.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// For the pages anybody may see: a form must come from a page of ours, or from no page.
pub(super) async fn same_origin(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_same_origin(request.headers()) {
        next.run(request).await
    } else {
        forged().into_response()
    }
}

/// Whether the browser says that a page of ours has sent it. One that says nothing is old, or no browser: the token
/// decides.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    match text(header::ORIGIN) {
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(header::HOST)
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn another_site_is_told_apart() {
        for (ours, pairs) in [
            (true, vec![]),
            (true, vec![("sec-fetch-site", "same-origin"), ("origin", "https://desk.example")]),
            (true, vec![("sec-fetch-site", "none")]),
            (false, vec![("sec-fetch-site", "cross-site")]),
            (false, vec![("sec-fetch-site", "same-site")]),
            (true, vec![("origin", "https://desk.example"), ("host", "desk.example")]),
            (false, vec![("origin", "https://evil.example"), ("host", "desk.example")]),
            (false, vec![("origin", "null"), ("host", "desk.example")]),
        ] {
            assert_eq!(is_same_origin(&headers(&pairs)), ours, "{pairs:?}");
        }
    }

    #[test]
    fn where_one_was_going_is_kept_in_one_parameter() {
        assert_eq!(encoded("/?stage=on_site&x=あ"), "/%3Fstage%3Don_site%26x%3D%E3%81%82");
    }

    #[test]
    fn the_token_of_a_form_belongs_to_its_session() {
        assert_ne!(csrf_of("kkt_a"), csrf_of("kkt_b"));
        assert!(!csrf_of("kkt_a").contains("kkt_a"));
        assert!(same(b"abc", b"abc") && !same(b"abc", b"abd") && !same(b"abc", b"ab"));
    }
}
