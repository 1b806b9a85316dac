//! Who has read personal data and why, what retention has taken away, and erasure on request.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::{self, erasure::Erased},
    domain::{
        ids::{CaseId, JobId, TokenId},
        reads::{Read, ReadPurpose},
        retention::{ErasureReason, HoldReason, LegalGround, Run},
    },
    http::{
        Service,
        extract::{Path, Query, Submit},
        headers::Key,
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery},
    },
};

/// Which reads.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReadQuery {
    /// Only by this token.
    #[garde(skip)]
    actor_id: Option<TokenId>,
    /// Only of this case and what belongs to it.
    #[garde(skip)]
    case_id: Option<CaseId>,
    /// Only of the case of this number.
    #[garde(inner(length(chars, min = 1, max = 32), custom(super::text)))]
    #[param(min_length = 1, max_length = 32)]
    case_number: Option<String>,
    /// Only of this job.
    #[garde(skip)]
    job_id: Option<JobId>,
    /// Only for this purpose.
    #[garde(skip)]
    purpose: Option<ReadPurpose>,
    /// From when.
    #[garde(inner(custom(super::instant)))]
    from: Option<DateTime<Utc>>,
    /// Until when; not included.
    #[garde(inner(custom(super::instant)))]
    to: Option<DateTime<Utc>>,
    /// The newest first, and back in time.
    #[garde(skip)]
    newest_first: Option<bool>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// A read with who it was.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ReadEntry {
    /// The name of the token, or of the person whose token it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_name: Option<String>,
    /// The number of the case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    case_number: Option<String>,
    /// The read.
    #[serde(flatten)]
    read: Read,
}

impl From<app::reads::Entry> for ReadEntry {
    fn from(entry: app::reads::Entry) -> Self {
        Self { actor_name: entry.actor_name, case_number: entry.case_number, read: entry.read }
    }
}

/// List who has read personal data, and why
///
/// One row a request that was answered (Y-02), oldest first unless said otherwise. Kept three years.
#[utoipa::path(get, path = "/v1/read-log", tag = "privacy", params(ReadQuery),
    responses((status = 200, body = Page<ReadEntry>)))]
pub(super) async fn reads(
    State(service): State<Service>,
    Query(query): Query<ReadQuery>,
) -> Answer<Json<Page<ReadEntry>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let filter = app::reads::Filter {
        actor_id: query.actor_id.map(|id| id.0),
        case_id: query.case_id.map(|id| id.0),
        case_number: query.case_number,
        subject_id: query.job_id.map(|id| id.0),
        purpose: query.purpose,
        from: query.from.map(super::cut),
        to: query.to.map(super::cut),
    };
    let ctx = &service.ctx;
    let entries = if query.newest_first == Some(true) {
        app::reads::newest(ctx, &filter, page.after(), page.fetch()).await?
    } else {
        app::reads::list(ctx, &filter, page.after(), page.fetch()).await?
    };
    Ok(Json(Page::new(&page, entries, |entry| entry.read.id.0)))
}

/// List what retention has taken away
///
/// One row a day, oldest first, with how much of each kind of data (7.2).
#[utoipa::path(get, path = "/v1/retention-runs", tag = "privacy", params(PageQuery),
    responses((status = 200, body = Page<Run>)))]
pub(super) async fn runs(
    State(service): State<Service>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Run>>> {
    let runs = app::retention::list(&service.ctx, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, runs, |run: &Run| -> Uuid { run.id.0 })))
}

/// Why a case is erased.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Erasure {
    /// The reason; `retention` is for what happens by itself.
    #[garde(skip)]
    reason: ErasureReason,
    /// What demands it although something of the case is still open: money due, a dispute, a review.
    #[garde(skip)]
    despite: Option<LegalGround>,
}

/// Erase the people, the place, the texts and the pictures of a closed case
///
/// For good. What happened stays: events, decisions, facts and charges know ids only, and their chain holds. Answers
/// remembered for repeated requests go with it. Refused while something of the case is open, unless a legal ground is
/// named, and while there is a legal hold.
#[utoipa::path(post, path = "/v1/cases/{id}/erasure", tag = "privacy", params(("id" = CaseId, Path), Key),
    request_body = Erasure, responses((status = 200, body = Erased)))]
pub(super) async fn erase(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    Submit(command): Submit<Erasure>,
) -> Answer<Json<Erased>> {
    let command = command.map(|body| app::erasure::Asked { reason: body.reason, despite: body.despite });
    Ok(Json(app::erasure::erase(&service.ctx, id, command).await?))
}

/// Why nothing of a case is erased.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LegalHold {
    /// The reason.
    #[garde(skip)]
    reason: HoldReason,
}

/// Place a legal hold on a case
///
/// Nothing of it is erased, on request or when its time is over, until the hold is lifted.
#[utoipa::path(post, path = "/v1/cases/{id}/legal-hold", tag = "privacy", params(("id" = CaseId, Path), Key),
    request_body = LegalHold, responses((status = 204)))]
pub(super) async fn hold(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    Submit(command): Submit<LegalHold>,
) -> Answer<StatusCode> {
    app::legal_holds::place(&service.ctx, id, command.map(|body| body.reason)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldLifting {}

/// Lift the legal hold on a case
///
/// From then on it is erased when its time is over.
#[utoipa::path(post, path = "/v1/cases/{id}/legal-hold-lifting", tag = "privacy", params(("id" = CaseId, Path), Key),
    request_body = HoldLifting, responses((status = 204)))]
pub(super) async fn lift(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    Submit(command): Submit<HoldLifting>,
) -> Answer<StatusCode> {
    app::legal_holds::lift(&service.ctx, command.map(|_| id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
