//! Danger first (4.1): answers, instructions, clearances.

use axum::{Json, extract::State};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app::{self, dangers::Cleared, dangers::DangerStanding},
    domain::{
        dangers::{ClearanceNote, ClearedBy, HazardAnswer, OtherAnswers},
        ids::{CallId, CaseId},
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// What a caller has said about the hazards. The latest answer counts.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HazardAnswers {
    /// Hazards named one by one.
    #[serde(default)]
    #[garde(length(max = 50), dive)]
    #[schema(max_items = 50)]
    answers: Vec<OneAnswer>,
    /// What is taken for every hazard that has no answer yet.
    #[garde(skip)]
    others: Option<OtherAnswers>,
}

/// The answer about one hazard.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct OneAnswer {
    /// The hazard.
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, examples("H-GAS"))]
    hazard: String,
    /// What was said.
    #[garde(skip)]
    answer: HazardAnswer,
}

/// Answer the questions about danger
///
/// A yes counts at once: the answer says what to tell the caller, and nobody is sent into it.
#[utoipa::path(post, path = "/v1/calls/{id}/hazard-answers", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = HazardAnswers, responses((status = 200, body = DangerStanding)))]
pub(super) async fn answer(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<HazardAnswers>,
) -> Answer<Json<DangerStanding>> {
    let command = command.map(|body| app::dangers::Answers {
        answers: body.answers.into_iter().map(|one| (one.hazard, one.answer)).collect(),
        others: body.others,
    });
    Ok(Json(app::dangers::answer(&service.ctx, id, command).await?))
}

/// Show where the questions about danger stand
#[utoipa::path(get, path = "/v1/calls/{id}/hazard-answers", tag = "intake", params(("id" = CallId, Path)),
    responses((status = 200, body = DangerStanding)))]
pub(super) async fn show(
    State(service): State<Service>,
    Path(id): Path<CallId>,
) -> Answer<Json<DangerStanding>> {
    Ok(Json(app::dangers::show(&service.ctx, id).await?))
}

/// The caller was told.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InstructionGiven {}

/// Record that the caller was told what to do
#[utoipa::path(post, path = "/v1/calls/{id}/instructions/{hazard}/acknowledgement", tag = "intake",
    params(("id" = CallId, Path), ("hazard" = String, Path), Key),
    request_body = InstructionGiven, responses((status = 200, body = DangerStanding)))]
pub(super) async fn acknowledge(
    State(service): State<Service>,
    Path((id, hazard)): Path<(CallId, String)>,
    Submit(command): Submit<InstructionGiven>,
) -> Answer<Json<DangerStanding>> {
    Ok(Json(app::dangers::acknowledge(&service.ctx, id, hazard, command.map(|_| ())).await?))
}

/// A danger that is no more.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClearance {
    /// The hazard.
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, examples("H-GAS"))]
    hazard: String,
    /// Who has cleared it.
    #[garde(skip)]
    cleared_by: ClearedBy,
    /// Why it is no more.
    #[garde(skip)]
    note_code: ClearanceNote,
}

/// Clear a danger of a case
///
/// Jobs that nothing holds any more are offered at once.
#[utoipa::path(post, path = "/v1/cases/{id}/clearances", tag = "intake", params(("id" = CaseId, Path), Key),
    request_body = NewClearance, responses((status = 201, body = Cleared)))]
pub(super) async fn clear(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    Submit(command): Submit<NewClearance>,
) -> Answer<Created<Cleared>> {
    let command = command.map(|body| app::dangers::Clearance {
        hazard: body.hazard,
        cleared_by: body.cleared_by,
        note_code: body.note_code,
    });
    Ok(Created(app::dangers::clear(&service.ctx, id, command).await?))
}
