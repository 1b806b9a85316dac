//! What every page has: who looks at it, in which language and colours, and the answer it becomes.

use std::{borrow::Borrow, convert::Infallible, fmt::Display};

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{assets, cookies, figures, navigation};
use crate::{
    domain::{
        actor::{Actor, Role},
        ids::{SessionId, UserId},
        money::Yen,
        span::Instant,
    },
    http::{Service, access, problem::Problem},
    i18n::{Locale, Texts},
};

/// Who is signed in; put into the request by `guard`.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) actor: Actor,
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) name: String,
    pub(super) login: String,
    /// What a form of this session must carry.
    pub(super) csrf: String,
}

/// What every page has; templates call its methods.
#[derive(Debug, Clone)]
pub(super) struct Page {
    texts: Texts,
    theme: &'static str,
    visitor: Option<Visitor>,
    here: String,
    now: Instant,
    /// Makes the repetition of a form harmless.
    fresh: Uuid,
}

impl Page {
    /// Of a request.
    pub(super) fn of(service: &Service, headers: &HeaderMap, extensions: &Extensions, uri: &Uri) -> Self {
        let now = service.ctx.now();
        let theme = cookies::read(headers, cookies::THEME).unwrap_or_default();
        Self {
            texts: language(headers),
            theme: cookies::THEMES.into_iter().find(|known| *known == theme).unwrap_or("auto"),
            visitor: extensions.get::<Visitor>().cloned(),
            here: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            now,
            fresh: service.ctx.new_id(now),
        }
    }

    /// The same page for a visitor who was found out later.
    pub(super) fn seen_by(self, visitor: Option<Visitor>) -> Self {
        Self { visitor: visitor.or(self.visitor), ..self }
    }

    /// The texts of its language.
    pub(super) fn texts(&self) -> Texts {
        self.texts
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> String {
        self.texts.text(key)
    }

    /// The text of a key with one value in it.
    pub(super) fn with(&self, key: &str, name: &str, value: impl Display) -> String {
        self.texts.with(key, name, value)
    }

    /// The text of a key that depends on a number.
    pub(super) fn count(&self, key: &str, count: impl Borrow<usize>) -> String {
        self.texts.count(key, *count.borrow())
    }

    /// An amount of money, as in `1,100 円`.
    pub(super) fn yen(&self, amount: Yen) -> String {
        self.with("amount-yen", "amount", figures::yen(amount))
    }

    /// The text of a code.
    pub(super) fn code(&self, vocabulary: &str, code: impl Display) -> String {
        self.texts.code(vocabulary, code)
    }

    /// Whether it is in Japanese; else in English.
    pub(super) fn is_japanese(&self) -> bool {
        self.texts.0 == Locale::Ja
    }

    /// Code of its language.
    pub(super) fn language(&self) -> &'static str {
        self.texts.0.as_str()
    }

    /// The languages there are.
    pub(super) fn languages(&self) -> &'static [Locale] {
        Locale::ALL
    }

    /// Its colours: `auto`, `light` or `dark`.
    pub(super) fn theme(&self) -> &'static str {
        self.theme
    }

    /// The colours there are.
    pub(super) fn themes(&self) -> [&'static str; 3] {
        cookies::THEMES
    }

    /// Who looks at it.
    pub(super) fn visitor(&self) -> Option<&Visitor> {
        self.visitor.as_ref()
    }

    /// The role of who looks at it.
    pub(super) fn role(&self) -> Option<Role> {
        self.visitor.as_ref().and_then(|visitor| visitor.actor.role())
    }

    /// Whether who looks at it may change something by this endpoint: what a form calls.
    pub(super) fn may_post(&self, path: &str) -> bool {
        access::may(self.role(), &Method::POST, path)
    }

    /// Whether who looks at it may read this: where a link leads.
    pub(super) fn may_get(&self, path: &str) -> bool {
        access::may(self.role(), &Method::GET, path)
    }

    /// What a form must carry.
    pub(super) fn csrf(&self) -> &str {
        self.visitor.as_ref().map_or("", |visitor| &visitor.csrf)
    }

    /// What makes the repetition of a form harmless.
    pub(super) fn key(&self) -> String {
        self.fresh.to_string()
    }

    /// Path and query of the page.
    pub(super) fn here(&self) -> &str {
        &self.here
    }

    /// The pages the visitor may go to.
    pub(super) fn navigation(&self) -> Vec<navigation::Entry> {
        navigation::of(self.role(), self.here.split('?').next().unwrap_or_default())
    }

    /// The pages beside this one, where several share one place.
    pub(super) fn beside(&self) -> Vec<navigation::Entry> {
        navigation::beside(self.role(), self.here.split('?').next().unwrap_or_default())
    }

    /// The service's clock when the page was made, in milliseconds of the epoch.
    pub(super) fn now_ms(&self) -> i64 {
        self.now.timestamp_millis()
    }

    /// The service's clock when the page was made.
    pub(super) fn now(&self) -> Instant {
        self.now
    }

    /// The address of a file.
    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }
}

impl FromRequestParts<Service> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Infallible> {
        Ok(Self::of(service, &parts.headers, &parts.extensions, &parts.uri))
    }
}

impl FromRequestParts<Service> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self, Problem> {
        parts.extensions.get::<Visitor>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

/// The texts a browser has chosen: Japanese until somebody chooses otherwise, whatever the browser asks for, as a desk
/// speaks one language.
pub(super) fn language(headers: &HeaderMap) -> Texts {
    let locale = cookies::read(headers, cookies::LANGUAGE).and_then(|code| code.parse().ok());
    Texts(locale.unwrap_or(Locale::Ja))
}

/// A page, or a part of one, as an answer.
pub(super) struct Html<T>(pub(super) T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(text) => {
                let kind = HeaderValue::from_static("text/html; charset=utf-8");
                ([(header::CONTENT_TYPE, kind)], text).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "a page cannot be rendered");
                Problem::internal().into_response()
            }
        }
    }
}

/// Sends the browser on, after a form.
pub(super) fn go_to(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// A path of ours to go on to; `/` where it is anything else. Whoever writes a link cannot send people elsewhere.
pub(super) fn own_path(path: Option<&str>) -> &str {
    let sound = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.len() <= 500
            && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    path.filter(sound).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_to_pages_of_ours_only() {
        assert_eq!(own_path(Some("/account?x=1")), "/account?x=1");
        for foreign in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb", "/あ"] {
            assert_eq!(own_path(Some(foreign)), "/", "{foreign}");
        }
    }
}
