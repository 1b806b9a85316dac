//! Calls.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{
        calls::{Call, CallerRole, Channel},
        ids::CallId,
        phone::Phone,
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Versioned},
    },
};

/// A call the dispatcher has just answered.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakenCall {
    /// How the caller reached the service.
    #[garde(skip)]
    channel: Channel,
    /// Language spoken (BCP 47).
    #[garde(length(chars, min = 2, max = 35))]
    #[schema(min_length = 2, max_length = 35, examples("ne"))]
    language: String,
    /// Who is calling (K-05).
    #[garde(skip)]
    caller_role: CallerRole,
    /// The caller's number.
    #[garde(skip)]
    phone: Phone,
    /// The caller's name, if given.
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// When it began to ring; now, when not said.
    #[garde(inner(custom(super::instant)))]
    offered_at: Option<DateTime<Utc>>,
}

/// Take a call
#[utoipa::path(post, path = "/v1/calls", tag = "intake", params(Key), request_body = TakenCall,
    responses((status = 201, body = Call, headers(("ETag" = String)))))]
pub(super) async fn take(
    State(service): State<Service>,
    Submit(command): Submit<TakenCall>,
) -> Answer<Versioned<Call>> {
    let command = command.map(|body| app::calls::Taken {
        channel: body.channel,
        language: body.language,
        caller_role: body.caller_role,
        phone: body.phone,
        name: body.name,
        offered_at: body.offered_at.map(super::cut),
    });
    let call = app::calls::take(&service.ctx, command).await?;
    Ok(Versioned(StatusCode::CREATED, call.version, call))
}

/// Show a call
#[utoipa::path(get, path = "/v1/calls/{id}", tag = "intake", params(("id" = CallId, Path)),
    responses((status = 200, body = Call, headers(("ETag" = String)))))]
pub(super) async fn show(State(service): State<Service>, Path(id): Path<CallId>) -> Answer<Versioned<Call>> {
    let call = app::calls::find(&service.ctx, id).await?;
    Ok(Versioned(StatusCode::OK, call.version, call))
}

/// The end of a call.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallEnding {}

/// End a call
#[utoipa::path(post, path = "/v1/calls/{id}/ending", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = CallEnding, responses((status = 200, body = Call)))]
pub(super) async fn end(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<CallEnding>,
) -> Answer<Json<Call>> {
    Ok(Json(app::calls::end(&service.ctx, command.map(|_| id)).await?))
}
