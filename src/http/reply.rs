//! Answers: JSON with its version, and pages.

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use garde::Validate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::problem::Problem;

/// A thing of a page at most.
pub(super) const PAGE_MAX: u16 = 200;
const PAGE_DEFAULT: u16 = 50;

/// What a handler answers.
pub(super) type Answer<T> = Result<T, Problem>;

/// A thing with the version of it as ETag.
pub(super) struct Versioned<T>(pub(super) StatusCode, pub(super) i64, pub(super) T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let Self(status, version, body) = self;
        let etag =
            HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""));
        (status, [(header::ETAG, etag)], Json(body)).into_response()
    }
}

/// Whether the caller asks for this kind of media by name, and for JSON not before it.
pub(super) fn accepts(headers: &HeaderMap, media: &str) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let first = kinds
        .into_iter()
        .find(|kind| kind.eq_ignore_ascii_case(media) || kind.eq_ignore_ascii_case("application/json"));
    first.is_some_and(|kind| kind.eq_ignore_ascii_case(media))
}

/// A made thing that has no versions.
pub(super) struct Created<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// Header that carries a request's id both ways.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Which page of a list.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    pub(super) cursor: Option<Cursor>,
}

/// Where a page begins: opaque to the caller.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Cursor(Uuid);

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        bytes.map(|bytes| Self(Uuid::from_bytes(bytes))).ok_or("must be the 'next' of an earlier page")
    }
}

impl PageQuery {
    /// One more than fits on the page: the extra one tells that there is a next page.
    pub(super) fn fetch(&self) -> i64 {
        i64::from(self.limit.unwrap_or(PAGE_DEFAULT)) + 1
    }

    /// The id after which the page begins.
    pub(super) fn after(&self) -> Uuid {
        self.cursor.map_or(Uuid::nil(), |cursor| cursor.0)
    }
}

/// A page of a list, oldest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Page<T> {
    /// The things.
    items: Vec<T>,
    /// `cursor` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<T> Page<T> {
    /// A page out of what `PageQuery::fetch` asked for.
    pub(super) fn new<S: Into<T>>(query: &PageQuery, mut fetched: Vec<S>, id: impl Fn(&S) -> Uuid) -> Self {
        let size = usize::from(query.limit.unwrap_or(PAGE_DEFAULT));
        let more = fetched.len() > size;
        fetched.truncate(size);
        let next = fetched.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(id(last).as_bytes()));
        Self { items: fetched.into_iter().map(Into::into).collect(), next }
    }
}
