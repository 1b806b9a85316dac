//! Planned visits of jobs that can wait.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        appointments::{Appointment, UnbookCode},
        fitness::Confirmation,
        ids::{FirmId, JobId, TechnicianId},
        jobs::Job,
    },
    http::{
        Service,
        extract::{Caller, Path, Query, Submit},
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
    /// What is passed over by name and reason, of what a refusal `to-be-confirmed` has listed (G-17).
    #[garde(skip)]
    confirmation: Option<Confirmation>,
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
        confirmation: body.confirmation,
    });
    Ok(Created(app::appointments::book(&service.ctx, id, booking).await?))
}

/// How far ahead.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WindowQuery {
    /// Days ahead, today included; as far as visits are planned, when not said.
    #[garde(range(min = 1, max = 60))]
    #[param(minimum = 1, maximum = 60)]
    days: Option<u16>,
}

/// A window that can be booked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct BookableWindow {
    /// From when.
    starts_at: DateTime<Utc>,
    /// Until when; not included.
    ends_at: DateTime<Utc>,
    /// How many technicians could come.
    free: usize,
    /// The nearest of them, at most five.
    technicians: Vec<WindowTechnician>,
}

/// Who could come.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct WindowTechnician {
    /// Who.
    id: TechnicianId,
    /// The firm.
    firm_id: FirmId,
    /// Name as on the badge.
    name: String,
}

/// Show the windows that can be booked for a job
///
/// Whoever is named passes every lasting rule, is on shift while the work would last and has no other visit planned
/// then. Windows nobody could come in are left out.
#[utoipa::path(get, path = "/v1/jobs/{id}/windows", tag = "dispatch", params(("id" = JobId, Path), WindowQuery),
    responses((status = 200, body = Vec<BookableWindow>)))]
pub(super) async fn windows(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Query(query): Query<WindowQuery>,
) -> Answer<Json<Vec<BookableWindow>>> {
    let windows = app::appointments::windows(&service.ctx, id, query.days).await?;
    let shown = windows.into_iter().map(|window| BookableWindow {
        starts_at: window.span.from(),
        ends_at: window.span.to(),
        free: window.free,
        technicians: window
            .technicians
            .into_iter()
            .map(|one| WindowTechnician { id: one.id, firm_id: one.firm_id, name: one.name })
            .collect(),
    });
    Ok(Json(shown.collect()))
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
