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

/// Of the page that tries the API: its own script and style, some of it in the page, and the API.
const POLICY_OF_DOCS: &str = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
                              img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; \
                              form-action 'none'; frame-ancestors 'none'";

/// Adds the headers of the page that tries the API.
pub(super) async fn protect_docs(mut response: Response) -> Response {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY_OF_DOCS),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Adds the headers that an answer has not of its own.
pub(super) async fn protect(mut response: Response) -> Response {
    for (name, value) in FIXED {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
