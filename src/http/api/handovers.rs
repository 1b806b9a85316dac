//! Shifts handed over.

use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{handovers::ShiftHandover, ids::ShiftHandoverId},
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// A shift to be handed over.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShiftHandover {
    /// What the next one should know besides.
    #[garde(inner(length(chars, min = 1, max = 2000), custom(super::paragraphs)))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// Hand the shift over
///
/// Unresolved alarms, unfinished jobs, call-backs due and drafts are written down as they are now.
#[utoipa::path(post, path = "/v1/hand-overs", tag = "intake", params(Key), request_body = NewShiftHandover,
    responses((status = 201, body = ShiftHandover)))]
pub(super) async fn give(
    State(service): State<Service>,
    Submit(command): Submit<NewShiftHandover>,
) -> Answer<Created<ShiftHandover>> {
    Ok(Created(app::handovers::give(&service.ctx, command.map(|body| body.note)).await?))
}

/// A shift handed over, with what the giver wrote.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WholeHandover {
    /// The hand-over.
    #[serde(flatten)]
    handover: ShiftHandover,
    /// What the giver wrote; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Show a shift handed over
#[utoipa::path(get, path = "/v1/hand-overs/{id}", tag = "intake", params(("id" = ShiftHandoverId, Path)),
    responses((status = 200, body = WholeHandover)))]
pub(super) async fn show(
    State(service): State<Service>,
    Path(id): Path<ShiftHandoverId>,
) -> Answer<Json<WholeHandover>> {
    let (handover, note) = app::handovers::find(&service.ctx, id).await?;
    Ok(Json(WholeHandover { handover, note }))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShiftAcceptance {}

/// Take a shift over
///
/// By somebody else than who gave it.
#[utoipa::path(post, path = "/v1/hand-overs/{id}/acceptance", tag = "intake",
    params(("id" = ShiftHandoverId, Path), Key), request_body = ShiftAcceptance,
    responses((status = 200, body = ShiftHandover)))]
pub(super) async fn accept(
    State(service): State<Service>,
    Path(id): Path<ShiftHandoverId>,
    Submit(command): Submit<ShiftAcceptance>,
) -> Answer<Json<ShiftHandover>> {
    Ok(Json(app::handovers::accept(&service.ctx, command.map(|_| id)).await?))
}
