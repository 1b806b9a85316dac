//! Payments. Never changed.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{id_list, query},
};
use crate::domain::{
    ids::{JobId, PaymentId, TokenId},
    money::Yen,
    payments::Payment,
    span::Instant,
};

#[derive(FromRow)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) job_id: Uuid,
    pub(super) kind: String,
    pub(super) method: String,
    pub(super) payer: String,
    pub(super) amount_yen: i64,
    pub(super) received_at: Instant,
    pub(super) reference: Option<String>,
    pub(super) fact_id: Option<Uuid>,
    pub(super) settlement_id: Option<Uuid>,
    pub(super) recorded_at: Instant,
}

impl TryFrom<Row> for Payment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let table = "payment";
        Ok(Self {
            id: row.id.into(),
            job_id: row.job_id.into(),
            kind: row.kind.parse().map_err(|error| Error::corrupt(table, "kind", error))?,
            method: row.method.parse().map_err(|error| Error::corrupt(table, "method", error))?,
            payer: row.payer.parse().map_err(|error| Error::corrupt(table, "payer", error))?,
            amount_yen: Yen(row.amount_yen),
            received_at: row.received_at,
            reference: row.reference,
            fact_id: row.fact_id.map(Into::into),
            settlement_id: row.settlement_id.map(Into::into),
            recorded_at: row.recorded_at,
        })
    }
}

/// Keeps a new payment.
pub async fn insert(tx: &mut Tx, payment: &Payment, by: Option<TokenId>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO payment (id, job_id, kind, method, payer, amount_yen, received_at, reference, fact_id,
                              settlement_id, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        payment.id.0,
        payment.job_id.0,
        payment.kind.as_str(),
        payment.method.as_str(),
        payment.payer.as_str(),
        payment.amount_yen.0,
        payment.received_at,
        payment.reference.as_deref(),
        payment.fact_id.map(|id| id.0),
        payment.settlement_id.map(|id| id.0),
        payment.recorded_at,
        by.map(|token| token.0)
    )?;
    Ok(())
}

/// The payments for a job, in the order they were recorded.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Payment>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, job_id, kind, method, payer, amount_yen, received_at, reference, fact_id, settlement_id,
                recorded_at
         FROM payment WHERE job_id = $1 ORDER BY recorded_at, id",
        job.0
    )?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// A payment with the number of its case.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The payment.
    pub payment: Payment,
    /// The case's number.
    pub case_number: String,
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    row: Row,
    number: String,
}

/// The payments before `before`, newest first; before nothing, the newest.
pub async fn newest(tx: &mut Tx, before: Option<Uuid>, limit: i64) -> Result<Vec<Listed>, Error> {
    let rows = query!(
        tx,
        all ListedRow,
        "SELECT p.id, p.job_id, p.kind, p.method, p.payer, p.amount_yen, p.received_at, p.reference, p.fact_id,
                p.settlement_id, p.recorded_at, c.number
         FROM payment p JOIN job j ON j.id = p.job_id JOIN case_file c ON c.id = j.case_id
         WHERE p.id < $1 ORDER BY p.id DESC LIMIT $2",
        before.unwrap_or(Uuid::max()),
        limit
    )?;
    rows.into_iter().map(|row| Ok(Listed { payment: row.row.try_into()?, case_number: row.number })).collect()
}

/// The payments of some ids.
pub async fn several(tx: &mut Tx, ids: &[PaymentId]) -> Result<Vec<Payment>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = query!(
        tx,
        all Row,
        {
            sqlite: "SELECT id, job_id, kind, method, payer, amount_yen, received_at, reference, fact_id, settlement_id,
                            recorded_at
                     FROM payment WHERE id IN (SELECT unhex(value) FROM json_each($1))",
            postgres: "SELECT id, job_id, kind, method, payer, amount_yen, received_at, reference, fact_id,
                              settlement_id, recorded_at
                       FROM payment
                       WHERE id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))"
        },
        id_list(ids.iter().map(|id| id.0))
    )?;
    rows.into_iter().map(Payment::try_from).collect()
}
