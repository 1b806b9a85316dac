//! Planned visits of jobs that can wait.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{
        appointments::{Appointment, UnbookCode},
        ids::{JobId, TechnicianId},
        jobs::Job,
    },
    http::{
        Service,
        extract::{Caller, Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// A visit to be planned.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Booking {
    /// Who is to come.
    #[garde(skip)]
    technician_id: TechnicianId,
    /// From when.
    #[garde(custom(super::instant))]
    starts_at: DateTime<Utc>,
    /// Until when; not included.
    #[garde(custom(super::instant))]
    ends_at: DateTime<Utc>,
}

/// Plan the visit of a job
///
/// For what can wait (P2, P3). An earlier plan of the job is given up. Two visits of one technician never overlap. The
/// technician is asked when the time comes near.
#[utoipa::path(post, path = "/v1/jobs/{id}/appointment", tag = "dispatch", params(("id" = JobId, Path), Key),
    request_body = Booking, responses((status = 201, body = Appointment)))]
pub(super) async fn book(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<Booking>,
) -> Answer<Created<Appointment>> {
    let booking = command.map(|body| app::appointments::Booking {
        technician_id: body.technician_id,
        starts_at: super::cut(body.starts_at),
        ends_at: super::cut(body.ends_at),
    });
    Ok(Created(app::appointments::book(&service.ctx, id, booking).await?))
}

/// Show the planned visit of a job
#[utoipa::path(get, path = "/v1/jobs/{id}/appointment", tag = "dispatch", params(("id" = JobId, Path)),
    responses((status = 200, body = Appointment)))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<JobId>,
) -> Answer<Json<Appointment>> {
    Ok(Json(app::appointments::find(&service.ctx, &actor, id).await?))
}

/// Why a visit is given up.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Unbooking {
    /// The reason.
    #[garde(skip)]
    reason: UnbookCode,
}

/// Give the planned visit of a job up
///
/// The job waits a while for another window, then the ladder asks.
#[utoipa::path(post, path = "/v1/jobs/{id}/appointment/cancellation", tag = "dispatch",
    params(("id" = JobId, Path), Key), request_body = Unbooking, responses((status = 200, body = Job)))]
pub(super) async fn unbook(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<Unbooking>,
) -> Answer<Json<Job>> {
    Ok(Json(app::appointments::unbook(&service.ctx, id, command.map(|body| body.reason)).await?))
}
