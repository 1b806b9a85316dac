//! Repeat calls: back to whom nobody answered, attached to their case, or perhaps about one that is there.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, call_backs::Tried, duplicates::Suspect},
    domain::{
        calls::{Call, CallBackOutcome, Purpose},
        cases::{Case, CaseState},
        ids::{CallId, CaseId, JobId},
        jobs::JobState,
        place::Point,
        refusal::Refusal,
    },
    http::{
        Service,
        extract::{Path, Query, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// An attempt to call back.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCallBack {
    /// What came of it.
    #[garde(skip)]
    outcome: CallBackOutcome,
}

/// Record an attempt to call back
///
/// Over once the caller is reached, calls again, or three attempts have failed.
#[utoipa::path(post, path = "/v1/calls/{id}/call-backs", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = NewCallBack, responses((status = 201, body = Tried)))]
pub(super) async fn call_back(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<NewCallBack>,
) -> Answer<Created<Tried>> {
    Ok(Created(app::call_backs::record(&service.ctx, id, command.map(|body| body.outcome)).await?))
}

/// Which case, and why.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAttachment {
    /// The case.
    #[garde(skip)]
    case_id: CaseId,
    /// Why somebody calls again.
    #[garde(skip)]
    purpose: Purpose,
}

/// A call attached to its case, with what can be said now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Attached {
    /// The call.
    call: Call,
    /// What can be said about each job of the case.
    jobs: Vec<Word>,
}

/// What can be said about a job.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Word {
    job_id: JobId,
    job_code: String,
    state: JobState,
    /// What holds it.
    hold: Option<String>,
    /// Name of who comes.
    technician: Option<String>,
    /// When that person promised to be there.
    arrival_due_at: Option<DateTime<Utc>>,
    /// Seconds since the last position, while somebody is on the way.
    position_age_s: Option<i64>,
}

/// Attach a repeat call to its case
///
/// A closed case is open again, unless the caller only asks when somebody comes (`where_is_he`).
#[utoipa::path(post, path = "/v1/calls/{id}/attachment", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = NewAttachment, responses((status = 200, body = Attached)))]
pub(super) async fn attach(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<NewAttachment>,
) -> Answer<Json<Attached>> {
    let case = command.body.case_id;
    let command =
        command.map(|body| app::attachments::Attachment { case_id: body.case_id, purpose: body.purpose });
    let call = app::attachments::attach(&service.ctx, id, command).await?;
    let words = app::attachments::words(&service.ctx, case).await?;
    let jobs = words.into_iter().map(|word| Word {
        job_id: word.job_id,
        job_code: word.job_code,
        state: word.state,
        hold: word.hold,
        technician: word.technician,
        arrival_due_at: word.arrival_due_at,
        position_age_s: word.position_age_s,
    });
    Ok(Json(Attached { call, jobs: jobs.collect() }))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallDetachment {}

/// Detach a call from its case
///
/// It was about another one: attach it there, or open a case from it. The call a case was opened from stays with it.
#[utoipa::path(post, path = "/v1/calls/{id}/detachment", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = CallDetachment, responses((status = 200, body = Call)))]
pub(super) async fn detach(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<CallDetachment>,
) -> Answer<Json<Call>> {
    Ok(Json(app::attachments::detach(&service.ctx, command.map(|_| id)).await?))
}

/// Where the caller is, where that is known.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PlaceSaid {
    /// Longitude in degrees.
    #[garde(inner(range(min = 122.0, max = 154.0)))]
    #[param(minimum = 122, maximum = 154)]
    lon: Option<f64>,
    /// Latitude in degrees.
    #[garde(inner(range(min = 20.0, max = 46.0)))]
    #[param(minimum = 20, maximum = 46)]
    lat: Option<f64>,
}

impl PlaceSaid {
    fn point(&self) -> Result<Option<Point>, Refusal> {
        match (self.lon, self.lat) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Refusal::field("lon", "is missing beside 'lat'")),
            (Some(_), None) => Err(Refusal::field("lat", "is missing beside 'lon'")),
            (Some(lon), Some(lat)) => Point::in_japan(lat, lon).map(Some).map_err(|error| {
                Refusal::field(if lon.is_finite() { "lat" } else { "lon" }, error.to_string())
            }),
        }
    }
}

/// A case the call may be about.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Duplicate {
    case_id: CaseId,
    number: String,
    state: CaseState,
    /// Why it may be the same: `same_number`, `near`.
    reasons: Vec<&'static str>,
    /// How far away it is, where that is near.
    metres: Option<f64>,
    /// Minutes since it was opened.
    minutes_ago: i64,
    /// Its jobs.
    jobs: Vec<DuplicateJob>,
}

/// A job of such a case.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DuplicateJob {
    id: JobId,
    job_code: String,
    state: JobState,
}

impl From<Suspect> for Duplicate {
    fn from(suspect: Suspect) -> Self {
        let state = suspect.case.state();
        let Case { id, number, .. } = suspect.case;
        let number_matches = suspect.same_number.then_some("same_number");
        let near = suspect.metres.is_some().then_some("near");
        let jobs = suspect.jobs.into_iter();
        Self {
            case_id: id,
            number,
            state,
            reasons: [number_matches, near].into_iter().flatten().collect(),
            // Tenths of a metre: the points are no finer.
            metres: suspect.metres.map(|metres| (metres * 10.0).round() / 10.0),
            minutes_ago: suspect.minutes_ago,
            jobs: jobs
                .map(|job| DuplicateJob { id: job.id, state: job.state(), job_code: job.job_code })
                .collect(),
        }
    }
}

/// Suggest cases the call may be about already
///
/// Open ones, and those of the last 24 hours: from the same number, or within 50 metres.
#[utoipa::path(get, path = "/v1/calls/{id}/duplicates", tag = "intake", params(("id" = CallId, Path), PlaceSaid),
    responses((status = 200, body = Vec<Duplicate>)))]
pub(super) async fn duplicates(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Query(place): Query<PlaceSaid>,
) -> Answer<Json<Vec<Duplicate>>> {
    let suspects = app::duplicates::suggest(&service.ctx, id, place.point()?).await?;
    Ok(Json(suspects.into_iter().map(Duplicate::from).collect()))
}
