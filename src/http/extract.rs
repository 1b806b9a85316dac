//! From bytes to types, once: every handler's arguments. A refusal names the field.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
};
use garde::Validate;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::{guard::Redactions, pace::was_too_slow, place::Place, problem::Problem};
use crate::{
    app::{Command, IdempotencyKey},
    domain::{actor::Actor, refusal::FieldError},
};

/// A command in a JSON body, with who sends it and the required `Idempotency-Key`.
pub(super) struct Submit<T>(pub(super) Command<T>);

/// A command in a JSON body that is harmless to repeat by its own ids, or by `If-Match`.
pub(super) struct Plain<T>(pub(super) Command<T>);

/// A JSON body of a request that changes nothing.
pub(super) struct Asked<T>(pub(super) T);

/// The parts of the path.
pub(super) struct Path<T>(pub(super) T);

/// The query string.
pub(super) struct Query<T>(pub(super) T);

/// Who asks: set by the authorisation layer.
pub(super) struct Caller(pub(super) Actor);

/// The version the caller has seen, from `If-Match`.
pub(super) struct IfMatch(pub(super) i64);

/// The version the caller has seen, from `If-Match`; none where the thing is made by the request.
pub(super) struct IfSeen(pub(super) Option<i64>);

impl<T, S> FromRequest<S> for Submit<T>
where
    T: DeserializeOwned + Validate<Context = ()> + 'static,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let actor = actor_of(request.extensions())?;
        let (method, path) = (request.method().clone(), request.uri().clone());
        let (headers, redactions) = (request.headers().clone(), Redactions::of(request.extensions()));
        let bytes = read_bytes(request, state).await?;
        let key = idempotency_key(key_of(&headers)?, &method, path.path(), &bytes)?;
        Ok(Self(Command { actor, key: Some(key), body: parse(&headers, &redactions.clean(&bytes))? }))
    }
}

impl<T, S> FromRequest<S> for Plain<T>
where
    T: DeserializeOwned + Validate<Context = ()> + 'static,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let actor = actor_of(request.extensions())?;
        let Asked(body) = Asked::from_request(request, state).await?;
        Ok(Self(Command::new(actor, body)))
    }
}

impl<T, S> FromRequest<S> for Asked<T>
where
    T: DeserializeOwned + Validate<Context = ()> + 'static,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (headers, redactions) = (request.headers().clone(), Redactions::of(request.extensions()));
        let bytes = read_bytes(request, state).await?;
        parse(&headers, &redactions.clean(&bytes)).map(Self)
    }
}

/// The body has been read: the request takes its place among those under way.
pub(super) fn body_read(extensions: &Extensions) -> Result<(), Problem> {
    extensions.get::<Place>().map_or(Ok(()), Place::body_read)
}

pub(super) async fn read_bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let extensions = request.extensions().clone();
    let bytes = Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(cause) if cause.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The request is too large",
                "the body is over the limit of this endpoint",
            )
        }
        slow if was_too_slow(&slow) => Problem::too_slow(),
        other => Problem::unreadable("body", other.to_string()),
    })?;
    body_read(&extensions)?;
    Ok(bytes)
}

/// The key of a request, from its header.
fn key_of(headers: &HeaderMap) -> Result<&str, Problem> {
    headers
        .get("idempotency-key")
        .ok_or_else(|| {
            Problem::unreadable(
                "Idempotency-Key",
                "this header is required on requests that change something",
            )
        })?
        .to_str()
        .map_err(|_| Problem::unreadable("Idempotency-Key", "must be 1 to 255 visible ASCII characters"))
}

/// A key with the SHA-256 over what makes the request the same request: method, path and body.
pub(super) fn idempotency_key(
    key: &str,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Result<IdempotencyKey, Problem> {
    let mut hasher = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    IdempotencyKey::new(key, hasher.finalize().into())
        .map_err(|refusal| Problem::unreadable("Idempotency-Key", refusal.to_string()))
}

fn parse<T: DeserializeOwned + Validate<Context = ()>>(
    headers: &HeaderMap,
    bytes: &[u8],
) -> Result<T, Problem> {
    let json = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let mut parts = value.split(';').map(str::trim);
        let is_json = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
        // JSON is UTF-8 (RFC 8259): whoever says otherwise sends something else.
        let charset = parts
            .filter_map(|part| part.split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case("charset"));
        is_json && charset.is_none_or(|(_, name)| name.trim_matches('"').eq_ignore_ascii_case("utf-8"))
    });
    if !json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            "The request is not JSON in UTF-8",
            "send the body as 'Content-Type: application/json', in UTF-8",
        ));
    }
    // A list would be read as the fields of an object in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let message = "must be an object with named fields".to_owned();
        return Err(Problem::invalid(vec![FieldError { field: "body".to_owned(), message }]));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let body: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        let message = cause.to_string();
        // What is right JSON is of the wrong kind for a field: a number where a code is expected is a "syntax" error too.
        if cause.is_data() || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
            let message = match without_position(&message) {
                "expected value" => "is of the wrong kind; expected a text".to_owned(),
                message => message.to_owned(),
            };
            Problem::invalid(vec![FieldError { field: named(&path, &message), message }])
        } else {
            Problem::unreadable("body", message)
        }
    })?;
    reader.end().map_err(|error| Problem::unreadable("body", error.to_string()))?;
    body.validate().map_err(|report| broken(&report))?;
    Ok(body)
}

/// What is wrong with each field: one thing at a time, however many rules of its own it breaks.
fn broken(report: &garde::Report) -> Problem {
    let mut errors: Vec<FieldError> = Vec::new();
    for (path, error) in report.iter() {
        let field = path.to_string();
        if errors.iter().all(|known| known.field != field) {
            errors.push(FieldError { field, message: error.to_string() });
        }
    }
    Problem::invalid(errors)
}

/// The field an error is about: where it was met, and in it the key that is missing.
fn named(path: &str, message: &str) -> String {
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match (path, missing) {
        (".", None) => "body".to_owned(),
        (".", Some(key)) => key.to_owned(),
        (path, Some(key)) => format!("{path}.{key}"),
        (path, None) => path.to_owned(),
    }
}

/// The message without "at line 1 column 7": the field says where.
fn without_position(message: &str) -> &str {
    message.rfind(" at line ").map_or(message, |end| &message[..end])
}

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::unreadable("path", rejection.body_text())),
        }
    }
}

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned + Validate<Context = ()> + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(value) =
            axum::extract::Query::<T>::from_request_parts(parts, state)
                .await
                .map_err(|rejection| Problem::unreadable("query", rejection.body_text()))?;
        value.validate().map_err(|report| broken(&report))?;
        Ok(Self(value))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        actor_of(&parts.extensions).map(Self)
    }
}

fn actor_of(extensions: &axum::http::Extensions) -> Result<Actor, Problem> {
    extensions.get::<Actor>().copied().ok_or_else(Problem::unauthenticated)
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = parts.headers.get(header::IF_MATCH).ok_or_else(|| {
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "if-match-required",
                "The version you have seen is required",
                "send the ETag of the version you have read as If-Match",
            )
        })?;
        etag(value).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfSeen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.headers.get(header::IF_MATCH).map(etag).transpose().map(Self)
    }
}

fn etag(value: &HeaderValue) -> Result<i64, Problem> {
    let text = value.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    // As this service writes it: "01" and "+1" are the ETags of nothing.
    let version =
        text.and_then(|text| text.parse::<i64>().ok().filter(|version| version.to_string() == text));
    version.ok_or_else(|| {
        Problem::unreadable("If-Match", "must be one ETag as given by this service, as in \"3\"")
    })
}
