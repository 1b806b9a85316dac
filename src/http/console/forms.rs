//! What a form says, read into types once; a refusal names the field. The check that it is a form of ours is `guard`'s.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
};
use garde::Validate;
use serde::de::DeserializeOwned;

use crate::{
    app::Command,
    domain::{actor::Actor, refusal::FieldError},
    http::{
        Service,
        extract::{body_read, idempotency_key},
        pace::was_too_slow,
        peer::Peer,
        problem::Problem,
    },
};

/// Field that carries the session's token.
pub(super) const CSRF: &str = "csrf";
/// Field that makes a repetition harmless.
const KEY: &str = "key";

/// The pairs of a form.
pub(super) type Pairs = Vec<(String, String)>;

/// A form that changes something, from who is signed in. A field `key` makes its repetition harmless.
pub(super) struct Submitted<T>(pub(super) Command<T>);

/// A form of whoever it may be.
pub(super) struct Typed<T>(pub(super) T);

impl<T: DeserializeOwned + Validate<Context = ()> + 'static> FromRequest<Service> for Submitted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let actor = request.extensions().get::<Actor>().copied().ok_or_else(Problem::unauthenticated)?;
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let bytes = read(request, service).await?;
        let pairs: Pairs = parsed(bytes.clone()).await?;
        let key = pairs.iter().find(|(name, _)| name == KEY).map(|(_, key)| key.clone());
        let key = key.map(|key| idempotency_key(&key, &method, &path, &bytes)).transpose()?;
        Ok(Self(Command { actor, key, body: valid(parsed(bytes).await?)? }))
    }
}

impl<T: DeserializeOwned + Validate<Context = ()> + 'static> FromRequest<Service> for Typed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let bytes = read(request, service).await?;
        Ok(Self(valid(parsed(bytes).await?)?))
    }
}

/// A form that the guard has read is there; one of somebody who is not known yet has to come at once.
async fn read(request: Request, service: &Service) -> Result<Bytes, Problem> {
    let extensions = request.extensions().clone();
    let bytes = tokio::time::timeout(service.limits.form_timeout, Bytes::from_request(request, service));
    let bytes = bytes.await.map_err(|_| Problem::too_slow())?.map_err(|rejection| match rejection {
        slow if was_too_slow(&slow) => Problem::too_slow(),
        other => Problem::new(other.status(), "too-large", "The form is too large", other.body_text()),
    })?;
    body_read(&extensions)?;
    Ok(bytes)
}

/// Reads the fields of a form.
pub(super) async fn parsed<T: DeserializeOwned>(bytes: Bytes) -> Result<T, Problem> {
    let kind = "application/x-www-form-urlencoded";
    let request = Request::post("/").header(header::CONTENT_TYPE, kind).body(bytes.into());
    let request = request.map_err(|error| Problem::unreadable("form", error.to_string()))?;
    let form = axum::Form::<T>::from_request(request, &()).await;
    form.map(|form| form.0).map_err(|rejection| Problem::unreadable("form", rejection.body_text()))
}

fn valid<T: Validate<Context = ()>>(body: T) -> Result<T, Problem> {
    body.validate().map_err(|report| {
        let errors = report
            .iter()
            .map(|(path, error)| FieldError { field: path.to_string(), message: error.to_string() });
        Problem::invalid(errors.collect())
    })?;
    Ok(body)
}

impl FromRequestParts<Service> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self, Problem> {
        Ok(Self::of(&parts.extensions))
    }
}

/// A form that was not made for this session, or comes from elsewhere.
pub(super) fn forged() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "forged",
        "The form is not of this session",
        "reload the page and send the form again",
    )
}
