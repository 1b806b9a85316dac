//! The review queue: doubtful records, and a supervisor's decision about each.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, reviews::Decided},
    domain::{
        charging::WorkKind,
        disputes::ToldDispute,
        facts::{FieldRecord, FlagCode},
        ids::{DisputeId, FactId, ReviewId, TechnicianId},
        jobs::Job,
        ledger::Charge,
        money::Yen,
        payments::PAYMENT_YEN_MAX,
        reviews::{
            ADJUSTED_MAX, Billed, DISREGARDED_MAX, Decision, DecisionDoubt, DecisionReason, Goodwill, Moved,
            Review, ReviewState, Ruling, STATED_MAX, STRETCHES_MAX, StartsFrom, Stretch, flag_words,
        },
    },
    http::{
        Service,
        extract::{Asked, Path, Query, Submit},
        headers::Key,
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery, Versioned},
    },
};

/// Which reviews.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReviewQuery {
    /// Only reviews in this state.
    #[garde(skip)]
    state: Option<ReviewState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// What one flag says, in words.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FlagWords {
    /// The flag.
    code: FlagCode,
    /// In Japanese.
    ja: &'static str,
    /// In English.
    en: &'static str,
}

/// A review with its job and what is at stake.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ReviewItem {
    /// The review.
    #[serde(flatten)]
    review: Review,
    /// What the flags say, each code once.
    words: Vec<FlagWords>,
    /// The job.
    job: Job,
    /// What the job is billed now.
    billed_yen: Yen,
    /// What it would be if it were accepted, under the decision in force or else as it was reported; `null` where that is more
    /// than one job can hold.
    accepted_yen: Option<Yen>,
    /// What it would be if everything were written off.
    written_off_yen: Yen,
    /// What it is under the decision in force; the same as accepted where nothing was decided.
    decided_yen: Option<Yen>,
    /// What was decided about the job, oldest first; the last decision is in force.
    decisions: Vec<Decision>,
}

/// A review with the record it is about.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WholeReview {
    /// The review.
    #[serde(flatten)]
    item: ReviewItem,
    /// The record as it was reported: its parts and special work are what can be left out.
    record: FieldRecord,
    /// The disputes about the job, oldest first, with the words of whoever does not agree.
    disputes: Vec<ToldDispute>,
}

impl From<app::reviews::Item> for ReviewItem {
    fn from(item: app::reviews::Item) -> Self {
        let codes: std::collections::BTreeSet<_> = item.review.flags.iter().map(|flag| flag.code).collect();
        let words = codes.into_iter().map(|code| {
            let (ja, en) = flag_words(code);
            FlagWords { code, ja, en }
        });
        Self {
            words: words.collect(),
            review: item.review,
            job: item.job,
            billed_yen: item.figures.billed_yen,
            accepted_yen: item.figures.accepted_yen,
            written_off_yen: Yen::ZERO,
            decided_yen: item.figures.decided_yen,
            decisions: item.decisions,
        }
    }
}

/// List reviews
///
/// Completed jobs that are doubtful, oldest first. Nothing of them is billed until it is decided.
#[utoipa::path(get, path = "/v1/reviews", tag = "billing", params(ReviewQuery),
    responses((status = 200, body = Page<ReviewItem>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(filter): Query<ReviewQuery>,
) -> Answer<Json<Page<ReviewItem>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let items = app::reviews::list(&service.ctx, filter.state, page.after(), page.fetch()).await?;
    Ok(Json(Page::new(&page, items, |item| item.review.id.0)))
}

/// Show a review, with the record it is about and the disputes about the job
#[utoipa::path(get, path = "/v1/reviews/{id}", tag = "billing", params(("id" = ReviewId, Path)),
    responses((status = 200, body = WholeReview, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Path(id): Path<ReviewId>,
) -> Answer<Versioned<WholeReview>> {
    let (item, disputes) = app::reviews::find(&service.ctx, id).await?;
    let (version, record) = (item.review.version, item.record.clone());
    let whole = WholeReview { item: item.into(), record, disputes };
    Ok(Versioned(axum::http::StatusCode::OK, version, whole))
}

/// What a supervisor decides about a bill.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDecision {
    /// What is decided. `accept` settles the doubts and leaves what was decided before as it is.
    #[garde(skip)]
    ruling: Ruling,
    /// From what it starts: `in_force`, when not said, so that what was corrected before stays corrected (G-18).
    #[garde(skip)]
    #[serde(default = "in_force")]
    starts_from: StartsFrom,
    /// Why.
    #[garde(skip)]
    reason: DecisionReason,
    /// The reason in the supervisor's words.
    #[garde(length(chars, min = 1, max = 2000), custom(super::paragraphs))]
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
    /// Reports of parts and special work that are not billed; with `correct` only.
    #[garde(length(max = DISREGARDED_MAX))]
    #[serde(default)]
    #[schema(max_items = 100)]
    disregard: Vec<FactId>,
    /// The work of these technicians as it was, in place of all that was reported of it; with `correct` only.
    #[garde(length(max = STATED_MAX), dive)]
    #[serde(default)]
    #[schema(max_items = 20)]
    work: Vec<NewWork>,
    /// What somebody else pays than whoever agreed to it: the programme, or a payer whose authority is on record (G-06); with
    /// `correct` only.
    #[garde(length(max = ADJUSTED_MAX))]
    #[serde(default)]
    #[schema(max_items = 50)]
    payers: Vec<Moved>,
    /// What is given back of what was agreed to; with `correct` only.
    #[garde(length(max = ADJUSTED_MAX), dive)]
    #[serde(default)]
    #[schema(max_items = 50)]
    goodwill: Vec<NewGoodwill>,
    /// What is doubtful about it and right all the same: `cooling_off_over` to rescind after the eight days (Y-11).
    #[garde(length(max = DecisionDoubt::ALL.len()))]
    #[serde(default)]
    #[schema(max_items = 1)]
    confirm: Vec<DecisionDoubt>,
}

/// A part of something that is not billed.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGoodwill {
    /// Of what.
    #[garde(skip)]
    of: Billed,
    /// How much: at most what is billed of it.
    #[garde(range(min = 1, max = PAYMENT_YEN_MAX))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    yen: i64,
}

fn in_force() -> StartsFrom {
    StartsFrom::InForce
}

/// The work of one technician as it was.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWork {
    /// Whose.
    #[garde(skip)]
    technician_id: TechnicianId,
    /// Hands-on time, earliest first; empty when there was none.
    #[garde(length(max = STRETCHES_MAX), dive)]
    #[schema(max_items = 50)]
    stretches: Vec<NewStretch>,
}

/// Hands-on time.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStretch {
    /// From when.
    #[garde(custom(super::instant))]
    from: DateTime<Utc>,
    /// Until when.
    #[garde(custom(super::instant))]
    to: DateTime<Utc>,
    /// On what.
    #[garde(skip)]
    work: WorkKind,
}

impl From<NewDecision> for app::reviews::Decide {
    fn from(body: NewDecision) -> Self {
        let work = body.work.into_iter().map(|work| {
            let stretches = work.stretches.into_iter().map(|stretch| Stretch {
                from: super::cut(stretch.from),
                to: super::cut(stretch.to),
                work: stretch.work,
            });
            (work.technician_id, stretches.collect())
        });
        Self {
            ruling: body.ruling,
            starts_from: body.starts_from,
            reason: body.reason,
            note: body.note,
            disregard: body.disregard,
            work: work.collect(),
            payers: body.payers,
            goodwill: body
                .goodwill
                .into_iter()
                .map(|one| Goodwill { of: one.of, yen: Yen(one.yen) })
                .collect(),
            confirm: body.confirm,
        }
    }
}

/// A decision about a review that was seen.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewDecision {
    /// The version of the review that was seen: another doubt makes another version.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    version: i64,
    /// What is decided.
    #[garde(dive)]
    decision: NewDecision,
}

/// Decide a review
///
/// By a supervisor, with a reason. The last decision of a job is in force, as a whole, and starts from the one before: what that
/// had corrected stays corrected, unless it starts from the record. It settles the doubts that were seen, and the job is billed by it
/// at once; the preview shows the difference line by line. A report that brings another doubt opens the question again.
#[utoipa::path(post, path = "/v1/reviews/{id}/decision", tag = "billing", params(("id" = ReviewId, Path), Key),
    request_body = ReviewDecision, responses((status = 200, body = Decided)))]
pub(super) async fn decide(
    State(service): State<Service>,
    Path(id): Path<ReviewId>,
    Submit(command): Submit<ReviewDecision>,
) -> Answer<Json<Decided>> {
    let seen = command.body.version;
    let command = command.map(|body| body.decision.into());
    Ok(Json(app::reviews::decide(&service.ctx, id, seen, command).await?))
}

/// What a job would be billed under a decision.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Preview {
    /// The sum, tax included.
    total_yen: Yen,
    /// Whole seconds of ordinary work.
    worked_seconds: i64,
    /// Overtime units worked.
    units: i64,
    /// Units that would be billed.
    billable_units: i64,
    /// The lines.
    lines: Vec<Charge>,
    /// What is billed now.
    billed_yen: Yen,
    /// What would be billed more than now; negative: less.
    change_yen: Yen,
    /// Line by line what would be taken back of what is billed now, and what would be new.
    difference: Vec<Charge>,
}

impl From<app::reviews::Preview> for Preview {
    fn from(preview: app::reviews::Preview) -> Self {
        let app::reviews::Preview { priced, billed_yen, difference } = preview;
        let total_yen = priced.total();
        Self {
            total_yen,
            worked_seconds: priced.worked_seconds,
            units: priced.units,
            billable_units: priced.billable_units,
            lines: priced.charges,
            billed_yen,
            change_yen: Yen(total_yen.0 - billed_yen.0),
            difference,
        }
    }
}

/// Try a decision: what would be billed by it; changes nothing
#[utoipa::path(post, path = "/v1/reviews/{id}/preview", tag = "billing", params(("id" = ReviewId, Path)),
    request_body = NewDecision, responses((status = 200, body = Preview)))]
pub(super) async fn preview(
    State(service): State<Service>,
    Path(id): Path<ReviewId>,
    Asked(body): Asked<NewDecision>,
) -> Answer<Json<Preview>> {
    Ok(Json(app::reviews::preview(&service.ctx, id, &body.into()).await?.into()))
}

/// Try a decision that upholds a dispute: what would be billed by it; changes nothing
#[utoipa::path(post, path = "/v1/disputes/{id}/preview", tag = "billing", params(("id" = DisputeId, Path)),
    request_body = NewDecision, responses((status = 200, body = Preview)))]
pub(super) async fn preview_dispute(
    State(service): State<Service>,
    Path(id): Path<DisputeId>,
    Asked(body): Asked<NewDecision>,
) -> Answer<Json<Preview>> {
    Ok(Json(app::reviews::preview_dispute(&service.ctx, id, &body.into()).await?.into()))
}
