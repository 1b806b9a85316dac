//! Disputes and what came of them. Never changed.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    disputes::{Dispute, DisputeState, Resolution, ToldDispute},
    ids::{DisputeId, JobId, TokenId},
    span::Instant,
};

#[derive(FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) job_id: Uuid,
    pub(super) number: i64,
    pub(super) reason: String,
    pub(super) payer: String,
    pub(super) opened_at: Instant,
    pub(super) outcome: Option<String>,
    pub(super) decision_id: Option<Uuid>,
    pub(super) resolved_at: Option<Instant>,
}

impl TryFrom<Row> for Dispute {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let table = "dispute";
        let resolution = match (row.outcome, row.resolved_at) {
            (Some(outcome), Some(resolved_at)) => Some(Resolution {
                outcome: outcome.parse().map_err(|error| Error::corrupt(table, "outcome", error))?,
                decision_id: row.decision_id.map(Into::into),
                resolved_at,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.id.into(),
            job_id: row.job_id.into(),
            number: row.number,
            reason: row.reason.parse().map_err(|error| Error::corrupt(table, "reason", error))?,
            payer: row.payer.parse().map_err(|error| Error::corrupt(table, "payer", error))?,
            opened_at: row.opened_at,
            state: if resolution.is_some() { DisputeState::Resolved } else { DisputeState::Open },
            resolution,
        })
    }
}

/// Keeps a new dispute and the words that go with it.
pub async fn insert(
    tx: &mut Tx,
    dispute: &Dispute,
    note: Option<&str>,
    by: Option<TokenId>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO dispute (id, job_id, number, reason, payer, opened_at, opened_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        dispute.id.0,
        dispute.job_id.0,
        dispute.number,
        dispute.reason.as_str(),
        dispute.payer.as_str(),
        dispute.opened_at,
        by.map(|token| token.0)
    )?;
    if let Some(note) = note {
        query!(
            tx,
            execute,
            "INSERT INTO dispute_note (dispute_id, note) VALUES ($1, $2)",
            dispute.id.0,
            note
        )?;
    }
    Ok(())
}

/// Keeps what came of a dispute.
pub async fn resolve(
    tx: &mut Tx,
    id: DisputeId,
    resolution: &Resolution,
    by: Option<TokenId>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO dispute_resolution (dispute_id, outcome, decision_id, resolved_at, resolved_by)
         VALUES ($1, $2, $3, $4, $5)",
        id.0,
        resolution.outcome.as_str(),
        resolution.decision_id.map(|id| id.0),
        resolution.resolved_at,
        by.map(|token| token.0)
    )?;
    Ok(())
}

/// The disputes about a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Dispute>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT d.id, d.job_id, d.number, d.reason, d.payer, d.opened_at, r.outcome, r.decision_id, r.resolved_at
         FROM dispute d LEFT JOIN dispute_resolution r ON r.dispute_id = d.id
         WHERE d.job_id = $1 ORDER BY d.number",
        job.0
    )?;
    rows.into_iter().map(Dispute::try_from).collect()
}

#[derive(FromRow)]
struct ToldRow {
    #[sqlx(flatten)]
    row: Row,
    note: Option<String>,
}

/// The disputes about a job with the words of whoever does not agree, oldest first; the words are gone once erased.
pub async fn told_of_job(tx: &mut Tx, job: JobId) -> Result<Vec<ToldDispute>, Error> {
    let rows = query!(
        tx,
        all ToldRow,
        "SELECT d.id, d.job_id, d.number, d.reason, d.payer, d.opened_at, r.outcome, r.decision_id, r.resolved_at,
                n.note
         FROM dispute d LEFT JOIN dispute_resolution r ON r.dispute_id = d.id
         LEFT JOIN dispute_note n ON n.dispute_id = d.id
         WHERE d.job_id = $1 ORDER BY d.number",
        job.0
    )?;
    rows.into_iter().map(|told| Ok(ToldDispute { dispute: told.row.try_into()?, note: told.note })).collect()
}

/// A dispute with the number of its case.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The dispute.
    pub dispute: Dispute,
    /// The case's number.
    pub case_number: String,
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    row: Row,
    case_number: String,
}

/// The disputes before `before`, newest first; before nothing, the newest.
pub async fn newest(
    tx: &mut Tx,
    state: Option<DisputeState>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let rows = query!(
        tx,
        all ListedRow,
        "SELECT d.id, d.job_id, d.number, d.reason, d.payer, d.opened_at, r.outcome, r.decision_id, r.resolved_at,
                c.number AS case_number
         FROM dispute d JOIN job j ON j.id = d.job_id JOIN case_file c ON c.id = j.case_id
         LEFT JOIN dispute_resolution r ON r.dispute_id = d.id
         WHERE d.id < $1 AND ($2 = '' OR ($2 = 'open' AND r.dispute_id IS NULL)
                                       OR ($2 = 'resolved' AND r.dispute_id IS NOT NULL))
         ORDER BY d.id DESC LIMIT $3",
        before.unwrap_or(Uuid::max()),
        state.map_or("", DisputeState::as_str),
        limit
    )?;
    let listed = |row: ListedRow| Ok(Listed { dispute: row.row.try_into()?, case_number: row.case_number });
    rows.into_iter().map(listed).collect()
}

/// The dispute of an id.
pub async fn find(tx: &mut Tx, id: DisputeId) -> Result<Option<Dispute>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT d.id, d.job_id, d.number, d.reason, d.payer, d.opened_at, r.outcome, r.decision_id, r.resolved_at
         FROM dispute d LEFT JOIN dispute_resolution r ON r.dispute_id = d.id WHERE d.id = $1",
        id.0
    )?;
    row.map(Dispute::try_from).transpose()
}
