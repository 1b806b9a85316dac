//! Jobs, and why they were offered to whom.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::{
    actions::{JobAction, actions},
    cases::Place,
};
use crate::{
    app,
    domain::{
        cases::Resident,
        facts::{FieldState, JobOutcome},
        guidance::{Guidance, guidance},
        ids::{CaseId, JobId},
        jobs::{CancelReason, Job, JobState, Wish},
        offers::{Assignment, Offer},
        perils::{Peril, Weight},
        reference::hazards::Hazards,
        trade::Priority,
    },
    http::{
        Service,
        extract::{Caller, Path, Query, Submit},
        headers::Key,
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery, Versioned},
    },
};

/// A job to be made.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewJob {
    /// What is to be done.
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, examples("W-TOILET-CLOG"))]
    job_code: String,
    /// How urgent it is; the job code's own, when not said.
    #[garde(skip)]
    priority: Option<Priority>,
    /// The job of the same code that is under way in this case, where another one is to be made beside it.
    #[garde(skip)]
    beside: Option<JobId>,
}

/// Make a job for a case
///
/// The nearest available technician is asked at once.
#[utoipa::path(post, path = "/v1/cases/{id}/jobs", tag = "dispatch", params(("id" = CaseId, Path), Key),
    request_body = NewJob, responses((status = 201, body = Job, headers(("ETag" = String)))))]
pub(super) async fn create(
    State(service): State<Service>,
    Path(case): Path<CaseId>,
    Submit(command): Submit<NewJob>,
) -> Answer<Versioned<Job>> {
    let command =
        command.map(|body| Wish { job_code: body.job_code, priority: body.priority, beside: body.beside });
    let job = app::jobs::create(&service.ctx, case, command).await?;
    Ok(Versioned(StatusCode::CREATED, job.version, job))
}

/// Which jobs.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct JobQuery {
    /// Only jobs in this state.
    #[garde(skip)]
    state: Option<JobState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// List jobs
#[utoipa::path(get, path = "/v1/jobs", tag = "dispatch", params(JobQuery),
    responses((status = 200, body = Page<Job>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Query(filter): Query<JobQuery>,
) -> Answer<Json<Page<Job>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let jobs = app::job_file::list(&service.ctx, &actor, filter.state, page.after(), page.fetch()).await?;
    Ok(Json(Page::new(&page, jobs, |job| job.id.0)))
}

/// A job with its offers and who is on it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WholeJob {
    /// What is dangerous about it, or unchecked: before anything else (G-08); for the desk and who is on the job.
    dangers: Vec<JobDanger>,
    /// The job.
    #[serde(flatten)]
    job: Job,
    /// Language to speak with the resident (BCP 47).
    language: String,
    /// Whom to help; for the desk, for who is on the job (Y-03), and for 30 days for who has done it (G-11).
    #[serde(skip_serializing_if = "Option::is_none")]
    resident: Option<Resident>,
    /// Where it is; for the same. How to get in, for the desk and who is on the job only.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    /// Everybody who was asked; a contractor sees the own ones.
    offers: Vec<Offer>,
    /// Everybody who accepted, with where each of them is; a contractor sees the own ones.
    assignments: Vec<OnJob>,
    /// How it ended at the site.
    outcome: Option<JobOutcome>,
    /// What is to be done next.
    guidance: Guidance,
    /// What the caller can do with it now.
    actions: Vec<JobAction>,
}

/// Somebody who has accepted, and where he is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OnJob {
    /// The assignment.
    #[serde(flatten)]
    assignment: Assignment,
    /// Where the technician is, as far as reports tell; absent before the first one.
    field_state: Option<FieldState>,
    /// The dangers that the technician has yet to acknowledge.
    to_acknowledge: Vec<String>,
}

/// A danger of the case that nobody has cleared, or an identity that cannot be checked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct JobDanger {
    /// A hazard as in `H-GAS`, or `identity`.
    code: String,
    /// In Japanese.
    ja: String,
    /// In English.
    en: String,
    /// Since when it is known.
    since: DateTime<Utc>,
    /// Whether nobody is sent, and nothing begun but to make safe, until it is cleared.
    holds: bool,
}

impl JobDanger {
    fn of(peril: &Peril, hazards: &Hazards) -> Self {
        let (ja, en) = hazards.words(&peril.what);
        let code = peril.what.as_str().to_owned();
        Self { code, ja, en, since: peril.since, holds: peril.weight == Weight::Holds }
    }
}

/// Show a job
#[utoipa::path(get, path = "/v1/jobs/{id}", tag = "dispatch", params(("id" = JobId, Path)),
    responses((status = 200, body = WholeJob, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<JobId>,
) -> Answer<Versioned<WholeJob>> {
    let whole = app::job_file::find(&service.ctx, &actor, id).await?;
    let (actions, reference) = (actions(&actor, &whole), service.ctx.reference());
    let on_job = |assignment: &Assignment| OnJob {
        assignment: assignment.clone(),
        field_state: whole.field_state(assignment),
        to_acknowledge: whole.unheard(assignment),
    };
    let assignments = whole.assignments.iter().map(on_job).collect();
    let shown = WholeJob {
        dangers: whole.perils.open().map(|peril| JobDanger::of(peril, reference.hazards())).collect(),
        guidance: guidance(whole.job.state(), whole.caution()),
        outcome: whole.outcome,
        assignments,
        actions,
        job: whole.job,
        language: whole.language,
        resident: whole.resident,
        place: whole.site.map(Place::from),
        offers: whole.offers,
    };
    Ok(Versioned(StatusCode::OK, shown.job.version, shown))
}

/// Why a job is called off.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cancellation {
    /// The reason.
    #[garde(skip)]
    reason: CancelReason,
}

/// Call a job off
///
/// Whoever was asked or had accepted is free again. Costs nothing (C-25).
#[utoipa::path(post, path = "/v1/jobs/{id}/cancellation", tag = "dispatch", params(("id" = JobId, Path), Key),
    request_body = Cancellation, responses((status = 200, body = Job, headers(("ETag" = String)))))]
pub(super) async fn cancel(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<Cancellation>,
) -> Answer<Versioned<Job>> {
    let job = app::jobs::cancel(&service.ctx, id, command.map(|body| body.reason)).await?;
    Ok(Versioned(StatusCode::OK, job.version, job))
}
