//! Disputes and what came of them. Never changed.

use uuid::Uuid;

use super::{
    Error, Tx,
    batch::{Batch, later},
    codec::row,
    db::query,
};
use crate::domain::{
    disputes::{Dispute, DisputeState, Resolution, ToldDispute},
    ids::{DisputeId, JobId, TokenId},
    salted::Salted,
};

row! { Dispute: id, job_id, number, reason, payer, opened_at, state, resolution: maybe resolved_at flat }
row! { Resolution: outcome, decision_id, resolved_at }

/// Of a dispute, and what came of it.
macro_rules! columns {
    () => {
        "SELECT d.id, d.job_id, d.number, d.reason, d.payer, d.opened_at, r.outcome, r.decision_id, r.resolved_at,
                CASE WHEN r.dispute_id IS NULL THEN 'open' ELSE 'resolved' END AS state "
    };
}

/// Keeps a new dispute and the words that go with it.
pub async fn insert(
    tx: &mut Tx,
    dispute: &Dispute,
    note: Option<&Salted>,
    by: Option<TokenId>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO dispute (id, job_id, number, reason, payer, opened_at, opened_by, note_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        dispute.id,
        dispute.job_id,
        dispute.number,
        dispute.reason,
        dispute.payer,
        dispute.opened_at,
        by,
        note.map(|words| words.hash().to_vec())
    )?;
    if let Some(words) = note {
        query!(
            tx,
            execute,
            "INSERT INTO dispute_note (dispute_id, note, salt) VALUES ($1, $2, $3)",
            dispute.id,
            words.text.as_str(),
            words.salt.as_slice()
        )?;
    }
    Ok(())
}

/// Keeps what came of a dispute.
pub fn resolve(batch: &mut Batch, id: DisputeId, resolution: &Resolution, by: Option<TokenId>) {
    later!(
        batch,
        one,
        "INSERT INTO dispute_resolution (dispute_id, outcome, decision_id, resolved_at, resolved_by)
         VALUES ($1, $2, $3, $4, $5)",
        id,
        resolution.outcome,
        resolution.decision_id,
        resolution.resolved_at,
        by
    );
}

/// The disputes about a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Dispute>, Error> {
    query!(
        tx,
        all Dispute,
        concat!(
            columns!(),
            "FROM dispute d LEFT JOIN dispute_resolution r ON r.dispute_id = d.id
             WHERE d.job_id = $1 ORDER BY d.number"
        ),
        job
    )
}

row! { ToldDispute: dispute: flat, note }

/// The disputes about a job with the words of whoever does not agree, oldest first; the words are gone once erased.
pub async fn told_of_job(tx: &mut Tx, job: JobId) -> Result<Vec<ToldDispute>, Error> {
    query!(
        tx,
        all ToldDispute,
        concat!(
            columns!(),
            ", n.note
             FROM dispute d LEFT JOIN dispute_resolution r ON r.dispute_id = d.id
             LEFT JOIN dispute_note n ON n.dispute_id = d.id
             WHERE d.job_id = $1 ORDER BY d.number"
        ),
        job
    )
}

/// A dispute with the number of its case.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The dispute.
    pub dispute: Dispute,
    /// The case's number.
    pub case_number: String,
}

row! { Listed: dispute: flat, case_number }

/// What is told beside a dispute in a list.
macro_rules! listed {
    () => {
        ", c.number AS case_number
         FROM dispute d JOIN job j ON j.id = d.job_id JOIN case_file c ON c.id = j.case_id
         LEFT JOIN dispute_resolution r ON r.dispute_id = d.id "
    };
}

/// The disputes before `before`, newest first; before nothing, the newest.
pub async fn newest(
    tx: &mut Tx,
    state: Option<DisputeState>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let before = before.unwrap_or(Uuid::max());
    match state {
        None => query!(
            tx,
            all Listed,
            concat!(columns!(), listed!(), "WHERE d.id < $1 ORDER BY d.id DESC LIMIT $2"),
            before,
            limit
        ),
        Some(DisputeState::Open) => query!(
            tx,
            all Listed,
            concat!(
                columns!(),
                listed!(),
                "WHERE d.id < $1 AND r.dispute_id IS NULL ORDER BY d.id DESC LIMIT $2"
            ),
            before,
            limit
        ),
        Some(DisputeState::Resolved) => query!(
            tx,
            all Listed,
            concat!(
                columns!(),
                listed!(),
                "WHERE d.id < $1 AND r.dispute_id IS NOT NULL ORDER BY d.id DESC LIMIT $2"
            ),
            before,
            limit
        ),
    }
}

/// The dispute of an id.
pub async fn find(tx: &mut Tx, id: DisputeId) -> Result<Option<Dispute>, Error> {
    query!(
        tx,
        optional Dispute,
        concat!(
            columns!(),
            "FROM dispute d LEFT JOIN dispute_resolution r ON r.dispute_id = d.id WHERE d.id = $1"
        ),
        id
    )
}
