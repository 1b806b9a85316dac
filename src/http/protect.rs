//! What a browser is told of an answer of the API, which it can open by its session: it runs nothing, loads nothing from
//! elsewhere, and keeps nothing.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

/// Of documents to print, which have their style in them and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds the headers that an answer has not of its own.
pub(super) async fn protect(mut response: Response) -> Response {
    for (name, value) in FIXED {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
