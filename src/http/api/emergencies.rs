//! Callers handed over to 119, 110 or the gas company.

use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        emergencies::{EmergencyService, Handover, HandoverOutcome},
        ids::{CallId, HandoverId},
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// To whom.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHandover {
    /// To whom the caller is handed over.
    #[garde(skip)]
    service: EmergencyService,
}

/// A caller handed over, with the number to dial.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Dialled {
    /// The hand-over.
    #[serde(flatten)]
    handover: Handover,
    /// The number to dial; of the gas company none is known here: it is on the meter and on the bill.
    dial: Option<String>,
}

/// Hand a caller over to the emergency services
#[utoipa::path(post, path = "/v1/calls/{id}/emergency-handovers", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = NewHandover, responses((status = 201, body = Dialled)))]
pub(super) async fn begin(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<NewHandover>,
) -> Answer<Created<Dialled>> {
    let handover = app::emergencies::begin(&service.ctx, id, command.map(|body| body.service)).await?;
    let reference = service.ctx.reference();
    let dial = handover.service.number(reference.hazards().numbers()).map(str::to_owned);
    Ok(Created(Dialled { handover, dial }))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandoverStep {}

/// Record that the emergency services are on the line
#[utoipa::path(post, path = "/v1/emergency-handovers/{id}/connection", tag = "intake",
    params(("id" = HandoverId, Path), Key), request_body = HandoverStep, responses((status = 200, body = Handover)))]
pub(super) async fn connect(
    State(service): State<Service>,
    Path(id): Path<HandoverId>,
    Submit(command): Submit<HandoverStep>,
) -> Answer<Json<Handover>> {
    Ok(Json(app::emergencies::connect(&service.ctx, command.map(|_| id)).await?))
}

/// How it ended.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandoverEnd {
    /// What became of the caller, where the emergency services were never on the line.
    #[garde(skip)]
    outcome: Option<HandoverOutcome>,
}

/// Record that a hand-over is over
///
/// Where the emergency services were never on the line, somebody says what became of the caller (G-09).
#[utoipa::path(post, path = "/v1/emergency-handovers/{id}/ending", tag = "intake",
    params(("id" = HandoverId, Path), Key), request_body = HandoverEnd, responses((status = 200, body = Handover)))]
pub(super) async fn end(
    State(service): State<Service>,
    Path(id): Path<HandoverId>,
    Submit(command): Submit<HandoverEnd>,
) -> Answer<Json<Handover>> {
    Ok(Json(app::emergencies::end(&service.ctx, id, command.map(|body| body.outcome)).await?))
}
