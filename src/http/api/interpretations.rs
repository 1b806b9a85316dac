//! Interpreters on a call, and from the site of a job (I-05, I-06).

use axum::{Json, extract::State};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{
        ids::{CallId, InterpretationId, JobId},
        interpretations::{Interpretation, InterpretationOutcome},
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// Whom to ask.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInterpretation {
    /// The language (BCP 47); that of the call or of the case, when not said.
    #[garde(inner(length(chars, min = 2, max = 35)))]
    #[schema(min_length = 2, max_length = 35, examples("vi"))]
    language: Option<String>,
    /// Code of the interpreter or of the interpreter line; never a name.
    #[garde(length(chars, min = 1, max = 64), custom(super::code))]
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._-]+$", examples("int-07"))]
    interpreter: String,
}

/// Ask an interpreter to join
#[utoipa::path(post, path = "/v1/calls/{id}/interpretations", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = NewInterpretation, responses((status = 201, body = Interpretation)))]
pub(super) async fn request(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<NewInterpretation>,
) -> Answer<Created<Interpretation>> {
    Ok(Created(app::interpretations::request(&service.ctx, id, command.map(Into::into)).await?))
}

/// Ask an interpreter to join from the site
///
/// The second three-way call: technician, resident and interpreter (I-06). A consent that was understood through the
/// interpreter names this one, and is given while the interpreter is on the line.
#[utoipa::path(post, path = "/v1/jobs/{id}/interpretations", tag = "field", params(("id" = JobId, Path), Key),
    request_body = NewInterpretation, responses((status = 201, body = Interpretation)))]
pub(super) async fn request_at_site(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<NewInterpretation>,
) -> Answer<Created<Interpretation>> {
    Ok(Created(app::interpretations::request_at_site(&service.ctx, id, command.map(Into::into)).await?))
}

impl From<NewInterpretation> for app::interpretations::Request {
    fn from(body: NewInterpretation) -> Self {
        Self { language: body.language, interpreter: body.interpreter }
    }
}

/// What came of asking.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InterpretationAnswer {
    /// What came of it.
    #[garde(skip)]
    outcome: InterpretationOutcome,
}

/// Record whether the interpreter joined
#[utoipa::path(post, path = "/v1/interpretations/{id}/outcome", tag = "intake",
    params(("id" = InterpretationId, Path), Key), request_body = InterpretationAnswer,
    responses((status = 200, body = Interpretation)))]
pub(super) async fn settle(
    State(service): State<Service>,
    Path(id): Path<InterpretationId>,
    Submit(command): Submit<InterpretationAnswer>,
) -> Answer<Json<Interpretation>> {
    let command = command.map(|body| body.outcome);
    Ok(Json(app::interpretations::settle(&service.ctx, id, command).await?))
}

/// The interpreter has left.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InterpretationEnding {}

/// Record that the interpreter has left
#[utoipa::path(post, path = "/v1/interpretations/{id}/ending", tag = "intake",
    params(("id" = InterpretationId, Path), Key), request_body = InterpretationEnding,
    responses((status = 200, body = Interpretation)))]
pub(super) async fn end(
    State(service): State<Service>,
    Path(id): Path<InterpretationId>,
    Submit(command): Submit<InterpretationEnding>,
) -> Answer<Json<Interpretation>> {
    Ok(Json(app::interpretations::leave(&service.ctx, command.map(|_| id)).await?))
}
