//! Language and colours: remembered by the browser, also of who is not signed in.

use axum::{
    Router,
    http::{HeaderValue, header},
    response::Response,
    routing::post,
};
use garde::Validate;
use serde::Deserialize;

use super::{
    cookies,
    forms::Typed,
    page::{go_to, own_path},
};
use crate::{
    http::{Service, peer::Peer, reply::Answer},
    i18n::Locale,
};

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/preferences", post(set))
}

/// What is preferred.
#[derive(Debug, Deserialize, Validate)]
struct Preference {
    #[garde(skip)]
    language: Option<Locale>,
    #[garde(length(max = 10))]
    theme: Option<String>,
    #[garde(length(max = 500))]
    to: Option<String>,
}

async fn set(peer: Peer, Typed(wanted): Typed<Preference>) -> Answer<Response> {
    let mut response = go_to(own_path(wanted.to.as_deref()));
    let mut remember = |cookie: HeaderValue| response.headers_mut().append(header::SET_COOKIE, cookie);
    if let Some(language) = wanted.language {
        remember(cookies::of_preference(cookies::LANGUAGE, language.as_str(), peer));
    }
    let theme = wanted.theme.unwrap_or_default();
    if let Some(theme) = cookies::THEMES.into_iter().find(|known| *known == theme) {
        remember(cookies::of_preference(cookies::THEME, theme, peer));
    }
    Ok(response)
}
