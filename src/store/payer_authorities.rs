//! That payers other than the resident have agreed. Never changed.

use super::{
    Error, Tx,
    codec::row,
    db::{One, query},
};
use crate::domain::{
    facts::ShortCode,
    ids::{JobId, TokenId},
    payers::{NamedAuthority, PayerAuthority},
    reference::programme::Payer,
};

row! { PayerAuthority: id, job_id, payer, referral_id, evidence, recorded_at }
row! { NamedAuthority: authority: flat, person }

/// Keeps an authority and who has agreed; `Exists` when it is on record that this payer has.
pub async fn insert(
    tx: &mut Tx,
    authority: &PayerAuthority,
    person: &str,
    by: Option<TokenId>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO payer_authority (id, job_id, payer, referral_id, evidence, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        authority.id,
        authority.job_id,
        authority.payer,
        authority.referral_id,
        authority.evidence.as_ref().map(ShortCode::as_str),
        authority.recorded_at,
        by
    )?;
    query!(
        tx,
        execute,
        "INSERT INTO payer_authority_person (authority_id, name) VALUES ($1, $2)",
        authority.id,
        person
    )?;
    Ok(())
}

/// The authorities of a job with who has agreed, in the order they were recorded.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<NamedAuthority>, Error> {
    query!(
        tx,
        all NamedAuthority,
        "SELECT a.id, a.job_id, a.payer, a.referral_id, a.evidence, a.recorded_at, p.name AS person
         FROM payer_authority a LEFT JOIN payer_authority_person p ON p.authority_id = a.id
         WHERE a.job_id = $1 ORDER BY a.id",
        job
    )
}

/// The payers of a job who have agreed.
pub async fn payers(tx: &mut Tx, job: JobId) -> Result<Vec<Payer>, Error> {
    let rows = query!(tx, all One<Payer>, "SELECT payer FROM payer_authority WHERE job_id = $1 ORDER BY payer", job)?;
    Ok(rows.into_iter().map(|(payer,)| payer).collect())
}
