//! Cookies: read by name, written with what keeps them to this service.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};

use crate::http::peer::Peer;

/// Name of the session's cookie; over TLS with the prefix that ties it to this host.
const SESSION: &str = "kaketsuke_session";
const SESSION_TLS: &str = "__Host-kaketsuke_session";
/// Name of the cookie by which a browser is known in which somebody was signed in.
const BROWSER: &str = "kaketsuke_browser";
const BROWSER_TLS: &str = "__Host-kaketsuke_browser";
/// For how long it is known.
const BROWSER_DAYS: i64 = 30;
/// Names of the preferences' cookies.
pub(super) const LANGUAGE: &str = "kaketsuke_language";
pub(super) const THEME: &str = "kaketsuke_theme";
/// The colours: as the system has them, light, dark.
pub(super) const THEMES: [&str; 3] = ["auto", "light", "dark"];
/// How long a preference is remembered.
const PREFERENCE_DAYS: i64 = 365;

/// The value of a cookie.
pub(super) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = values.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// The secret of the session.
pub(super) fn session(headers: &HeaderMap, peer: Peer) -> Option<String> {
    read(headers, session_name(peer))
}

fn session_name(peer: Peer) -> &'static str {
    if peer.tls { SESSION_TLS } else { SESSION }
}

/// The cookie of a session; without a secret, one that removes it. It ends with the browser: how long it counts is
/// for the service to say.
pub(super) fn of_session(secret: Option<&str>, peer: Peer) -> HeaderValue {
    let mut cookie = Cookie::build((session_name(peer), secret.unwrap_or_default().to_owned()))
        .path("/")
        .http_only(true)
        .secure(peer.tls)
        .same_site(SameSite::Lax)
        .build();
    if secret.is_none() {
        cookie.make_removal();
    }
    header_value(&cookie)
}

/// What the browser keeps of the last time somebody signed in with it.
pub(super) fn browser(headers: &HeaderMap, peer: Peer) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(read(headers, browser_name(peer))?, &mut digest).ok()?;
    Some(digest)
}

fn browser_name(peer: Peer) -> &'static str {
    if peer.tls { BROWSER_TLS } else { BROWSER }
}

/// The cookie by which the browser is known.
pub(super) fn of_browser(digest: &[u8; 32], peer: Peer) -> HeaderValue {
    let cookie = Cookie::build((browser_name(peer), hex::encode(digest)))
        .path("/")
        .http_only(true)
        .secure(peer.tls)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(BROWSER_DAYS));
    header_value(&cookie.build())
}

/// The cookie of a preference.
pub(super) fn of_preference(name: &'static str, value: &'static str, peer: Peer) -> HeaderValue {
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(peer.tls)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(PREFERENCE_DAYS));
    header_value(&cookie.build())
}

fn header_value(cookie: &Cookie<'_>) -> HeaderValue {
    // Names and values are ours: ASCII without separators.
    HeaderValue::from_str(&cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}
