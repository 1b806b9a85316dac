//! When customers received the statutory document. Never changed.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    cooling_off::StatutoryReceipt,
    ids::{JobId, TokenId},
    span::Instant,
};

#[derive(FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) job_id: Uuid,
    pub(super) number: i64,
    pub(super) received_on: String,
    pub(super) recorded_at: Instant,
}

impl TryFrom<Row> for StatutoryReceipt {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |error| Error::corrupt("statutory_receipt", "received_on", error);
        Ok(Self {
            id: row.id.into(),
            job_id: row.job_id.into(),
            number: row.number,
            received_on: row.received_on.parse().map_err(corrupt)?,
            recorded_at: row.recorded_at,
        })
    }
}

/// Keeps a receipt; `Exists` when another one of the job has its number.
pub async fn insert(tx: &mut Tx, receipt: &StatutoryReceipt, by: Option<TokenId>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO statutory_receipt (id, job_id, number, received_on, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        receipt.id.0,
        receipt.job_id.0,
        receipt.number,
        receipt.received_on.to_string(),
        receipt.recorded_at,
        by.map(|token| token.0)
    )?;
    Ok(())
}

/// The receipts of a job, in the order they were recorded.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<StatutoryReceipt>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, job_id, number, received_on, recorded_at FROM statutory_receipt WHERE job_id = $1 ORDER BY number",
        job.0
    )?;
    rows.into_iter().map(StatutoryReceipt::try_from).collect()
}
