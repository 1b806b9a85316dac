//! Who goes: given past the ladder, taken back, withdrawn.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        appointments::Consequence,
        fitness::Confirmation,
        ids::{AssignmentId, JobId, TechnicianId},
        jobs::Job,
        offers::{Assignment, OverrideReason, ReassignReason, WithdrawCode},
    },
    http::{
        Service,
        extract::{Caller, Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// To whom a person gives a job.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Override {
    /// Who goes, as agreed on the telephone.
    #[garde(skip)]
    technician_id: TechnicianId,
    /// Why.
    #[garde(skip)]
    reason: OverrideReason,
    /// When the technician promised to be there.
    #[garde(inner(custom(super::instant)))]
    arrival_at: Option<DateTime<Utc>>,
    /// When that was agreed on the telephone, where it was before now: from then on the technician's reports count by themselves.
    /// Not before the job was made, nor before whoever had it was let off (G-01).
    #[garde(inner(custom(super::instant)))]
    agreed_at: Option<DateTime<Utc>>,
    /// What becomes of a planned visit that is in the way; only an emergency displaces one.
    #[garde(skip)]
    displacing: Option<Consequence>,
    /// What is passed over by name and reason, of what a refusal `to-be-confirmed` has listed (G-17).
    #[garde(skip)]
    confirmation: Option<Confirmation>,
}

/// Give a job to a technician
///
/// Past the ladder, with a reason; the matching run that is passed over is written down. Whoever is being asked is told
/// that it is taken. What a danger holds cannot be given to anybody.
#[utoipa::path(post, path = "/v1/jobs/{id}/override", tag = "dispatch", params(("id" = JobId, Path), Key),
    request_body = Override, responses((status = 201, body = Assignment)))]
pub(super) async fn give(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<Override>,
) -> Answer<Created<Assignment>> {
    let given = command.map(|body| app::overrides::Override {
        technician_id: body.technician_id,
        reason: body.reason,
        yes: super::yes(body.arrival_at, body.agreed_at),
        displacing: body.displacing,
        confirmation: body.confirmation,
    });
    Ok(Created(app::overrides::give(&service.ctx, id, given).await?))
}

/// Why a job is taken back.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reassignment {
    /// The reason.
    #[garde(skip)]
    reason: ReassignReason,
}

/// Take a job back from whoever has accepted it
///
/// The next ones are asked at once; the same one is not asked again.
#[utoipa::path(post, path = "/v1/jobs/{id}/reassignment", tag = "dispatch", params(("id" = JobId, Path), Key),
    request_body = Reassignment, responses((status = 200, body = Job)))]
pub(super) async fn reassign(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<Reassignment>,
) -> Answer<Json<Job>> {
    Ok(Json(app::overrides::reassign(&service.ctx, id, command.map(|body| body.reason)).await?))
}

/// Why a contractor cannot come after all.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Withdrawal {
    /// The reason: `breakdown`, `accident`, `illness`, `delayed` or `other`.
    #[garde(skip)]
    code: WithdrawCode,
}

/// Withdraw from an accepted job
///
/// By the technician, the firm, or a dispatcher who has them on the telephone. The next ones are asked at once.
#[utoipa::path(post, path = "/v1/assignments/{id}/withdrawal", tag = "dispatch",
    params(("id" = AssignmentId, Path), Key), request_body = Withdrawal, responses((status = 200, body = Job)))]
pub(super) async fn withdraw(
    State(service): State<Service>,
    Path(id): Path<AssignmentId>,
    Submit(command): Submit<Withdrawal>,
) -> Answer<Json<Job>> {
    Ok(Json(app::overrides::withdraw(&service.ctx, id, command.map(|body| body.code)).await?))
}

/// What somebody on a job knows of.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DangerAcknowledgement {
    /// The dangers, as in `dangers` of the job; all that are not acknowledged yet must be among them.
    #[garde(length(min = 1, max = 20), inner(length(chars, min = 1, max = 40), custom(super::text)))]
    #[schema(min_items = 1, max_items = 20)]
    dangers: Vec<String>,
}

/// Acknowledge a danger
///
/// By whoever is on a job that has become dangerous, the firm for them, or a dispatcher who has them on the telephone. It
/// clears nothing: until the danger is cleared nothing is begun but to make safe (G-08).
#[utoipa::path(post, path = "/v1/assignments/{id}/danger-acknowledgements", tag = "dispatch",
    params(("id" = AssignmentId, Path), Key), request_body = DangerAcknowledgement,
    responses((status = 201, body = Assignment)))]
pub(super) async fn acknowledge_danger(
    State(service): State<Service>,
    Path(id): Path<AssignmentId>,
    Submit(command): Submit<DangerAcknowledgement>,
) -> Answer<Created<Assignment>> {
    let command = command.map(|body| body.dangers);
    Ok(Created(app::overrides::acknowledge_danger(&service.ctx, id, command).await?))
}

/// The order a contractor has in writing.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OrderNote {
    /// Its number.
    number: String,
    /// The terms in force when it was issued (C-26).
    terms_version: String,
    /// When it was issued.
    issued_at: DateTime<Utc>,
    /// The order, in Japanese. For a lock also the proof for carrying opening tools (S-07).
    text_ja: String,
    /// The same in English.
    text_en: String,
}

/// Show the order note of an assignment
///
/// For the desk, and for the contractor, who has it on the device. Whoever is off the job sees no address.
#[utoipa::path(get, path = "/v1/assignments/{id}/order-note", tag = "dispatch", params(("id" = AssignmentId, Path)),
    responses((status = 200, body = OrderNote)))]
pub(super) async fn order_note(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<AssignmentId>,
) -> Answer<Json<OrderNote>> {
    let note = app::order_notes::find(&service.ctx, &actor, id).await?;
    Ok(Json(OrderNote {
        number: note.number,
        terms_version: note.terms_version,
        issued_at: note.issued_at,
        text_ja: note.text.ja,
        text_en: note.text.en,
    }))
}
