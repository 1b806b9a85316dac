//! Who helps on a job, and having it done again.

use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{
        fitness::Confirmation,
        ids::{JobId, TechnicianId},
        jobs::Job,
        offers::Assignment,
        trade::Priority,
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created, Versioned},
    },
};

/// Who helps.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHelper {
    /// Who, as agreed on the telephone.
    #[garde(skip)]
    technician_id: TechnicianId,
    /// When the technician promised to be there.
    #[garde(inner(custom(super::instant)))]
    arrival_at: Option<DateTime<Utc>>,
    /// When that was agreed on the telephone, where it was before now: from then on the technician's reports count by themselves.
    /// Not before the job was made, nor before whoever had it was let off (G-01).
    #[garde(inner(custom(super::instant)))]
    agreed_at: Option<DateTime<Utc>>,
    /// What is passed over by name and reason, of what a refusal `to-be-confirmed` has listed (G-17).
    #[garde(skip)]
    confirmation: Option<Confirmation>,
}

/// Send somebody to help
///
/// A second technician on a job somebody has (C-16): with an assignment and an order of the own. Work that both do at the
/// same time counts once.
#[utoipa::path(post, path = "/v1/jobs/{id}/helpers", tag = "dispatch", params(("id" = JobId, Path), Key),
    request_body = NewHelper, responses((status = 201, body = Assignment)))]
pub(super) async fn add_helper(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<NewHelper>,
) -> Answer<Created<Assignment>> {
    let helper = command.map(|body| app::crew::Helper {
        technician_id: body.technician_id,
        yes: super::yes(body.arrival_at, body.agreed_at),
        confirmation: body.confirmation,
    });
    Ok(Created(app::crew::add(&service.ctx, id, helper).await?))
}

/// A job that is done again.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRework {
    /// How urgent it is; as the first job was, when not said.
    #[garde(skip)]
    priority: Option<Priority>,
}

/// Have a job done again
///
/// For the contractor's own fault: a new job of the same case at the same place, neither charged nor counted (C-14).
#[utoipa::path(post, path = "/v1/jobs/{id}/rework", tag = "dispatch", params(("id" = JobId, Path), Key),
    request_body = NewRework, responses((status = 201, body = Job, headers(("ETag" = String)))))]
pub(super) async fn rework(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<NewRework>,
) -> Answer<Versioned<Job>> {
    let job = app::jobs::rework(&service.ctx, id, command.map(|body| body.priority)).await?;
    Ok(Versioned(StatusCode::CREATED, job.version, job))
}
