//! What a job costs, and why.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    app,
    domain::{
        facts::FieldRecord,
        ids::JobId,
        jobs::JobState,
        ledger::{LedgerLine, Settlement},
        money::Yen,
        reference::programme::Payer,
    },
    http::{
        Service,
        extract::{Caller, Path},
        reply::Answer,
    },
};

/// What a job costs so far, with the record it follows from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct JobStatement {
    /// The job.
    job_id: JobId,
    /// Where it is.
    job_state: JobState,
    /// When it was last settled; absent while it is not.
    settled_at: Option<DateTime<Utc>>,
    /// Whole seconds of ordinary work; absent while the record is beyond what can be billed.
    worked_seconds: Option<i64>,
    /// Overtime units worked.
    units: Option<i64>,
    /// Units that are billed.
    billable_units: Option<i64>,
    /// Units that began without consent (C-20).
    written_off_units: Option<i64>,
    /// The sum of the lines, tax included.
    total_yen: Yen,
    /// The same by payer.
    totals: Vec<PayerTotal>,
    /// Every line written, reversals included; a contractor sees the own ones.
    lines: Vec<LedgerLine>,
    /// The settlements, oldest first.
    settlements: Vec<Settlement>,
    /// What happened at the site: visits, work, pauses, parts, consents, and what is doubtful about it; a contractor
    /// sees the own work.
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
}

/// Show what a job costs, and why
#[utoipa::path(get, path = "/v1/jobs/{id}/statement", tag = "billing", params(("id" = JobId, Path)),
    responses((status = 200, body = JobStatement)))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<JobId>,
) -> Answer<Json<JobStatement>> {
    let statement = app::statements::find(&service.ctx, &actor, id).await?;
    let totals = statement.by_payer.iter();
    Ok(Json(JobStatement {
        job_id: statement.job.id,
        job_state: statement.job.state,
        settled_at: statement.settlements.last().map(|settlement| settlement.settled_at),
        worked_seconds: statement.worked_seconds,
        units: statement.units,
        billable_units: statement.billable_units,
        written_off_units: statement.written_off_units,
        total_yen: statement.total_yen,
        totals: totals.map(|(&payer, &amount_yen)| PayerTotal { payer, amount_yen }).collect(),
        lines: statement.lines,
        settlements: statement.settlements,
        record: statement.record,
    }))
}
