//! That payers other than the resident have agreed. Never changed.

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{
    facts::ShortCode,
    ids::{JobId, TokenId},
    payers::{Agreement, NamedAuthority, PayerAuthority},
    salted::Salted,
};

row! { PayerAuthority: id, job_id, payer, referral_id, evidence, recorded_at }
row! { NamedAuthority: authority: flat, person }
row! { Agreement: payer, at }

/// Keeps an authority and who has agreed.
pub async fn insert(
    tx: &mut Tx,
    authority: &PayerAuthority,
    person: &Salted,
    by: Option<TokenId>,
) -> Result<(), Error> {
    let hash = person.hash();
    query!(
        tx,
        execute,
        "INSERT INTO payer_authority (id, job_id, payer, referral_id, evidence, person_hash, recorded_at,
                                      recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        authority.id,
        authority.job_id,
        authority.payer,
        authority.referral_id,
        authority.evidence.as_ref().map(ShortCode::as_str),
        hash.as_slice(),
        authority.recorded_at,
        by
    )?;
    query!(
        tx,
        execute,
        "INSERT INTO payer_authority_person (authority_id, name, salt) VALUES ($1, $2, $3)",
        authority.id,
        person.text.as_str(),
        person.salt.as_slice()
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

/// Which payers of a job have agreed, and up to when.
pub async fn agreements(tx: &mut Tx, job: JobId) -> Result<Vec<Agreement>, Error> {
    query!(
        tx,
        all Agreement,
        "SELECT payer, recorded_at AS at FROM payer_authority WHERE job_id = $1 ORDER BY payer, recorded_at",
        job
    )
}
