//! Payments and disputes: money that changed hands, bills somebody does not agree with.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::reviews::NewDecision;
use crate::{
    app,
    domain::{
        disputes::{Dispute, DisputeOutcome, DisputeReason, ToldDispute},
        ids::{DisputeId, JobId},
        money::Yen,
        payments::{PAYMENT_YEN_MAX, Payment, PaymentDoubt, PaymentKind, PaymentMethod},
        reference::programme::Payer,
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// Money that changed hands.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPayment {
    /// When it was paid; `cash_on_site` only for cash at once at the site (Y-12).
    #[garde(skip)]
    kind: PaymentKind,
    /// How. Nothing is ever taken from wages (C-24).
    #[garde(skip)]
    method: PaymentMethod,
    /// By whom; of a refund, to whom.
    #[garde(skip)]
    payer: Payer,
    /// How much.
    #[garde(range(min = 1, max = PAYMENT_YEN_MAX))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    amount_yen: i64,
    /// When it was received, or paid back.
    #[garde(custom(super::instant))]
    received_at: DateTime<Utc>,
    /// Number of a receipt or transfer.
    #[garde(inner(length(chars, min = 1, max = 64), custom(super::code)))]
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    reference: Option<String>,
    /// What is doubtful about it and right all the same: name what was asked back (G-07).
    #[garde(length(max = PaymentDoubt::ALL.len()))]
    #[serde(default)]
    #[schema(max_items = 3)]
    confirm: Vec<PaymentDoubt>,
}

/// What was paid for a job.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Payments {
    /// The payments, in the order they were recorded.
    items: Vec<Payment>,
    /// What was collected by them, refunds taken off.
    collected_yen: Yen,
}

/// Record a payment
///
/// What was paid in cash at the site is reported from there and is here already. Payments are never changed: what was
/// paid too much is paid back by a refund. Money that cannot be right is asked back (409): for a job that costs nothing, more
/// than is due, the same reference and method or the same amount from the same payer within ten minutes; repeat it with
/// `confirm` naming what is right all the same.
#[utoipa::path(post, path = "/v1/jobs/{id}/payments", tag = "billing", params(("id" = JobId, Path), Key),
    request_body = NewPayment, responses((status = 201, body = Payment)))]
pub(super) async fn pay(
    State(service): State<Service>,
    Path(job): Path<JobId>,
    Submit(command): Submit<NewPayment>,
) -> Answer<Created<Payment>> {
    let command = command.map(|body| app::payments::Paid {
        kind: body.kind,
        method: body.method,
        payer: body.payer,
        amount_yen: Yen(body.amount_yen),
        received_at: super::cut(body.received_at),
        reference: body.reference,
        confirm: body.confirm,
    });
    Ok(Created(app::payments::record(&service.ctx, job, command).await?))
}

/// List what was paid for a job
#[utoipa::path(get, path = "/v1/jobs/{id}/payments", tag = "billing", params(("id" = JobId, Path)),
    responses((status = 200, body = Payments)))]
pub(super) async fn list(State(service): State<Service>, Path(job): Path<JobId>) -> Answer<Json<Payments>> {
    let items = app::payments::of_job(&service.ctx, job).await?;
    let collected_yen = crate::domain::payments::collected(&items);
    Ok(Json(Payments { items, collected_yen }))
}

/// Why somebody does not agree with a bill.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDispute {
    /// Why.
    #[garde(skip)]
    reason: DisputeReason,
    /// Who does not agree.
    #[garde(skip)]
    payer: Payer,
    /// What they say.
    #[garde(inner(length(chars, min = 1, max = 2000), custom(super::paragraphs)))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

/// The disputes about a job.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Disputes {
    /// Oldest first, with the words of whoever does not agree.
    items: Vec<ToldDispute>,
}

/// Open a dispute about a job's bill
#[utoipa::path(post, path = "/v1/jobs/{id}/disputes", tag = "billing", params(("id" = JobId, Path), Key),
    request_body = NewDispute, responses((status = 201, body = Dispute)))]
pub(super) async fn dispute(
    State(service): State<Service>,
    Path(job): Path<JobId>,
    Submit(command): Submit<NewDispute>,
) -> Answer<Created<Dispute>> {
    let command =
        command.map(|body| app::disputes::Open { reason: body.reason, payer: body.payer, note: body.note });
    Ok(Created(app::disputes::open(&service.ctx, job, command).await?))
}

/// List the disputes about a job
#[utoipa::path(get, path = "/v1/jobs/{id}/disputes", tag = "billing", params(("id" = JobId, Path)),
    responses((status = 200, body = Disputes)))]
pub(super) async fn disputes(
    State(service): State<Service>,
    Path(job): Path<JobId>,
) -> Answer<Json<Disputes>> {
    Ok(Json(Disputes { items: app::disputes::of_job(&service.ctx, job).await? }))
}

/// What comes of a dispute.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewResolution {
    /// What.
    #[garde(skip)]
    outcome: DisputeOutcome,
    /// How the bill is corrected; for an upheld dispute only, and never `accept`.
    #[garde(dive)]
    correction: Option<NewDecision>,
}

/// Resolve a dispute
///
/// By a supervisor. An upheld one corrects the bill by reversals and new lines; `rescind` takes everything back (Y-13).
#[utoipa::path(post, path = "/v1/disputes/{id}/resolution", tag = "billing",
    params(("id" = DisputeId, Path), Key), request_body = NewResolution,
    responses((status = 200, body = app::disputes::Resolved)))]
pub(super) async fn resolve(
    State(service): State<Service>,
    Path(id): Path<DisputeId>,
    Submit(command): Submit<NewResolution>,
) -> Answer<Json<app::disputes::Resolved>> {
    let command = command.map(|body| app::disputes::Resolve {
        outcome: body.outcome,
        correction: body.correction.map(Into::into),
    });
    Ok(Json(app::disputes::resolve(&service.ctx, id, command).await?))
}
