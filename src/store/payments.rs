//! Payments. Never changed.

use uuid::Uuid;

use super::{
    Error, Tx,
    batch::{Batch, later},
    codec::row,
    db::{id_list, query},
};
use crate::domain::{
    ids::{JobId, PaymentId, TokenId},
    payments::Payment,
    salted::Salted,
};

row! {
    Payment: id, job_id, kind, method, payer, amount_yen, received_at, reference, fact_id, settlement_id,
    recorded_at
}

/// Of a payment.
macro_rules! columns {
    () => {
        "p.id, p.job_id, p.kind, p.method, p.payer, p.amount_yen, p.received_at, n.reference, p.fact_id,
         p.settlement_id, p.recorded_at"
    };
}

/// Of payments, with their references as long as these are there.
macro_rules! from {
    () => {
        " FROM payment p LEFT JOIN payment_reference n ON n.payment_id = p.id "
    };
}

/// Has a new payment kept with the use-case, and its reference beside it.
pub fn insert(batch: &mut Batch, payment: &Payment, reference: Option<&Salted>, by: Option<TokenId>) {
    later!(
        batch,
        one,
        "INSERT INTO payment (id, job_id, kind, method, payer, amount_yen, received_at, reference_hash, fact_id,
                              settlement_id, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        payment.id,
        payment.job_id,
        payment.kind,
        payment.method,
        payment.payer,
        payment.amount_yen,
        payment.received_at,
        reference.map(|words| words.hash().to_vec()),
        payment.fact_id,
        payment.settlement_id,
        payment.recorded_at,
        by
    );
    if let Some(words) = reference {
        later!(
            batch,
            one,
            "INSERT INTO payment_reference (payment_id, reference, salt) VALUES ($1, $2, $3)",
            payment.id,
            words.text.as_str(),
            words.salt.as_slice()
        );
    }
}

/// The payments for a job, in the order they were recorded.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Payment>, Error> {
    query!(
        tx,
        all Payment,
        concat!("SELECT ", columns!(), from!(), "
            WHERE p.job_id = $1 ORDER BY p.recorded_at, p.id"),
        job
    )
}

/// A payment with the number of its case.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The payment.
    pub payment: Payment,
    /// The case's number.
    pub case_number: String,
}

row! { Listed: payment: flat, case_number }

/// The payments before `before`, newest first; before nothing, the newest.
pub async fn newest(tx: &mut Tx, before: Option<Uuid>, limit: i64) -> Result<Vec<Listed>, Error> {
    query!(
        tx,
        all Listed,
        concat!("SELECT ", columns!(), ", c.number AS case_number
            FROM payment p LEFT JOIN payment_reference n ON n.payment_id = p.id
            JOIN job j ON j.id = p.job_id JOIN case_file c ON c.id = j.case_id
            WHERE p.id < $1 ORDER BY p.id DESC LIMIT $2"),
        before.unwrap_or(Uuid::max()),
        limit
    )
}

/// The payments of some ids.
pub async fn several(tx: &mut Tx, ids: &[PaymentId]) -> Result<Vec<Payment>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    query!(
        tx,
        all Payment,
        {
            sqlite: concat!("SELECT ", columns!(), from!(), "
                WHERE p.id IN (SELECT unhex(value) FROM json_each($1))"),
            postgres: concat!("SELECT ", columns!(), from!(), "
                WHERE p.id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))")
        },
        id_list(ids.iter().map(|id| id.0))
    )
}
