//! What a job costs, and why.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        cooling_off::CoolingOff,
        disputes::Dispute,
        facts::FieldRecord,
        ids::JobId,
        jobs::JobState,
        ledger::{LedgerLine, Settlement},
        money::Yen,
        payers::HeldItem,
        payments::Payment,
        reference::programme::Payer,
        reviews::Decision,
    },
    http::{
        Service,
        extract::{Caller, Path, Query},
        reply::{Answer, accepts},
    },
};

/// What a job costs so far, with the record it follows from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct JobStatement {
    /// The job.
    job_id: JobId,
    /// Where it is.
    job_state: JobState,
    /// When it was last settled; `null` while it is not.
    settled_at: Option<DateTime<Utc>>,
    /// Whole seconds of ordinary work; `null` while the record is beyond what can be billed, and, as the units, for a
    /// contractor who shares the job.
    worked_seconds: Option<i64>,
    /// Overtime units worked.
    units: Option<i64>,
    /// Units that are billed.
    billable_units: Option<i64>,
    /// Units that began without consent (C-20).
    written_off_units: Option<i64>,
    /// The sum of the lines, tax included.
    total_yen: Yen,
    /// The tax inside it, rounded once for the whole (C-28).
    tax_included_yen: Yen,
    /// The same by payer.
    totals: Vec<PayerTotal>,
    /// What was collected, refunds taken off; `null` for a contractor who shares the job.
    collected_yen: Option<Yen>,
    /// What is still due; negative: to be paid back. `null` for a contractor who shares the job.
    due_yen: Option<Yen>,
    /// What was paid, in the order it was recorded.
    payments: Vec<Payment>,
    /// Whether the document of the door-to-door sales rules must be handed over: unless the total is under 3,000 yen and
    /// was paid in cash at the site (Y-12).
    statutory_document_required: bool,
    /// Until when the contract may be rescinded (Y-11); `null` where no document is required.
    cooling_off: Option<CoolingOff>,
    /// Why the last settlement says what it says, in words; `null` while there is none.
    basis_words: Option<BasisWords>,
    /// What a supervisor decided about the bill, oldest first; for the desk.
    decisions: Vec<Decision>,
    /// The disputes, oldest first; for the desk.
    disputes: Vec<Dispute>,
    /// Every line written, reversals included; a contractor sees the own ones.
    lines: Vec<LedgerLine>,
    /// What has no line and costs nothing before its payer has agreed, with whose answer is awaited (G-06); a contractor sees
    /// the own.
    held: Vec<HeldItem>,
    /// The settlements, oldest first.
    settlements: Vec<Settlement>,
    /// What happened at the site: visits, work, pauses, parts, consents, and in `flags` what is doubtful about it and not
    /// decided; a contractor sees the own work.
    #[serde(flatten)]
    record: FieldRecord,
}

/// What one payer is billed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PayerTotal {
    /// Who.
    payer: Payer,
    /// How much, tax included.
    amount_yen: Yen,
    /// What this payer has paid, refunds taken off; `null` for a contractor who shares the job.
    collected_yen: Option<Yen>,
    /// What is still due from this payer; negative: to be paid back. What somebody has paid is for their own lines first. `null`
    /// for a contractor who shares the job.
    due_yen: Option<Yen>,
}

/// A sentence in both languages.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BasisWords {
    /// In Japanese.
    ja: &'static str,
    /// In English.
    en: &'static str,
}

/// In which form.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StatementQuery {
    /// `html`: a page to be printed, as with `Accept: text/html`; `json` otherwise.
    #[garde(skip)]
    format: Option<StatementFormat>,
}

/// A form of the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum StatementFormat {
    /// Data.
    Json,
    /// A page to be printed.
    Html,
}

/// Show what a job costs, and why
///
/// As data, or as a page to be printed: `?format=html`, or `Accept: text/html`.
#[utoipa::path(get, path = "/v1/jobs/{id}/statement", tag = "billing",
    params(("id" = JobId, Path), StatementQuery),
    responses((status = 200, content((JobStatement = "application/json"), (String = "text/html")))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<JobId>,
    Query(query): Query<StatementQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let html = match query.format {
        Some(format) => format == StatementFormat::Html,
        None => accepts(&headers, "text/html"),
    };
    if html {
        let page = app::statements::printed(&service.ctx, &actor, id).await?;
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        // Names are on it: nobody keeps a copy on the way.
        let headers =
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        return Ok((headers, page).into_response());
    }
    let statement = app::statements::find(&service.ctx, &actor, id).await?;
    let totals = statement.by_payer.iter();
    let words = statement.settlements.last().map(|settlement| settlement.basis.words());
    Ok(Json(JobStatement {
        job_id: statement.job.id,
        job_state: statement.job.state(),
        settled_at: statement.settlements.last().map(|settlement| settlement.settled_at),
        worked_seconds: statement.worked_seconds,
        units: statement.units,
        billable_units: statement.billable_units,
        written_off_units: statement.written_off_units,
        total_yen: statement.total_yen,
        tax_included_yen: statement.tax_included_yen,
        totals: totals
            .map(|(&payer, account)| PayerTotal {
                payer,
                amount_yen: account.billed,
                collected_yen: statement.collected_yen.map(|_| account.paid),
                due_yen: statement.collected_yen.map(|_| account.due),
            })
            .collect(),
        collected_yen: statement.collected_yen,
        due_yen: statement.due_yen,
        payments: statement.payments,
        statutory_document_required: statement.cooling_off.is_some(),
        cooling_off: statement.cooling_off,
        basis_words: words.map(|(ja, en)| BasisWords { ja, en }),
        decisions: statement.decisions,
        disputes: statement.disputes,
        lines: statement.lines,
        held: statement.held,
        settlements: statement.settlements,
        record: statement.record,
    })
    .into_response())
}
