//! When customers received the statutory document. Never changed.

use super::{
    Error, Tx,
    codec::{Text, row},
    db::query,
};
use crate::domain::{
    cooling_off::StatutoryReceipt,
    ids::{JobId, TokenId},
};

row! { StatutoryReceipt: id, job_id, number, received_on: Text, recorded_at }

/// Keeps a receipt; `Exists` when another one of the job has its number.
pub async fn insert(tx: &mut Tx, receipt: &StatutoryReceipt, by: Option<TokenId>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO statutory_receipt (id, job_id, number, received_on, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        receipt.id,
        receipt.job_id,
        receipt.number,
        receipt.received_on.to_string(),
        receipt.recorded_at,
        by
    )?;
    Ok(())
}

/// The receipts of a job, in the order they were recorded.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<StatutoryReceipt>, Error> {
    query!(
        tx,
        all StatutoryReceipt,
        "SELECT id, job_id, number, received_on, recorded_at FROM statutory_receipt WHERE job_id = $1 ORDER BY number",
        job
    )
}
