//! Pictures: what is known about them, and the files that no row stands for.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::{Hex, row},
    db::{One, id_list, query},
};
use crate::domain::{
    evidence::{AbsenceReason, ErasedFor, Evidence},
    ids::{CaseId, EvidenceId, JobId, TokenId},
    span::Instant,
};

row! {
    Evidence: id, job_id, firm_id, technician_id, kind, media_type, bytes, sha256: Hex, device_time,
    received_at, erased_at, erased_for, file
}

/// Of a picture.
macro_rules! columns {
    () => {
        "id, job_id, firm_id, technician_id, kind, media_type, bytes, sha256, file, device_time, received_at,
         erased_at, erased_for"
    };
}

/// Keeps what is known of a new picture, with the SHA-256 of its file.
pub async fn insert(
    tx: &mut Tx,
    evidence: &Evidence,
    sha256: &[u8; 32],
    by: Option<TokenId>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO evidence (id, job_id, firm_id, technician_id, kind, media_type, bytes, sha256, file, device_time,
                               received_at, uploaded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        evidence.id,
        evidence.job_id,
        evidence.firm_id,
        evidence.technician_id,
        evidence.kind,
        evidence.media_type,
        evidence.bytes,
        sha256.as_slice(),
        evidence.file,
        evidence.device_time,
        evidence.received_at,
        by
    )?;
    Ok(())
}

/// The picture of an id.
pub async fn find(tx: &mut Tx, id: EvidenceId) -> Result<Option<Evidence>, Error> {
    query!(
        tx,
        optional Evidence,
        concat!("SELECT ", columns!(), " FROM evidence WHERE id = $1"),
        id
    )
}

/// The pictures of a job, erased ones too, in the order of their ids.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Evidence>, Error> {
    query!(
        tx,
        all Evidence,
        concat!("SELECT ", columns!(), " FROM evidence WHERE job_id = $1 ORDER BY id"),
        job
    )
}

/// Of these, the signatures, erased ones too.
pub async fn signatures(tx: &mut Tx, ids: &[EvidenceId]) -> Result<Vec<Evidence>, Error> {
    query!(
        tx,
        all Evidence,
        {
            sqlite: concat!("SELECT ", columns!(), " FROM evidence
                WHERE kind = 'signature' AND id IN (SELECT unhex(value) FROM json_each($1))"),
            postgres: concat!("SELECT ", columns!(), " FROM evidence
                WHERE kind = 'signature'
                  AND id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))")
        },
        id_list(ids.iter().map(|id| id.0))
    )
}

/// The calls of a job's case, by id: each can prove a consent.
pub async fn calls(tx: &mut Tx, job: JobId) -> Result<Vec<Uuid>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT k.id FROM job j JOIN call k ON k.case_id = j.case_id WHERE j.id = $1",
        job
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The pictures after `after` that are not erased, in the order of their ids.
pub async fn kept(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Evidence>, Error> {
    query!(
        tx,
        all Evidence,
        concat!("SELECT ", columns!(), " FROM evidence WHERE erased_at IS NULL AND id > $1 ORDER BY id LIMIT $2"),
        after,
        limit
    )
}

/// The pictures of a case that are still there.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<(EvidenceId, Uuid)>, Error> {
    query!(
        tx,
        all(EvidenceId, Uuid),
        "SELECT e.id, e.file FROM evidence e JOIN job j ON j.id = e.job_id
         WHERE j.case_id = $1 AND e.erased_at IS NULL ORDER BY e.id",
        case
    )
}

/// Pictures of rooms that came in before an instant and are evidence of no referral and no liability, each with its case.
pub async fn outlived(
    tx: &mut Tx,
    before: Instant,
    limit: i64,
) -> Result<Vec<(EvidenceId, Uuid, CaseId)>, Error> {
    query!(
        tx,
        all(EvidenceId, Uuid, CaseId),
        "SELECT e.id, e.file, c.id FROM evidence e JOIN job j ON j.id = e.job_id JOIN case_file c ON c.id = j.case_id
         WHERE e.erased_at IS NULL AND e.received_at < $1 AND e.kind <> 'signature' AND c.liability_flag <> 'yes'
           AND NOT EXISTS (SELECT 1 FROM referral r WHERE r.case_id = c.id)
           AND NOT EXISTS (SELECT 1 FROM case_hold h WHERE h.case_id = c.id)
         ORDER BY e.received_at LIMIT $2",
        before,
        limit
    )
}

/// Says that a picture is there no more; its file is deleted from now on.
pub async fn erase(
    tx: &mut Tx,
    (id, file): (EvidenceId, Uuid),
    now: Instant,
    cause: ErasedFor,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE evidence SET erased_at = $2, erased_for = $3 WHERE id = $1 AND erased_at IS NULL",
        id,
        now,
        cause
    )?;
    loosen(tx, file, now).await
}

/// A file that no row stands for is deleted once it is due.
pub async fn loosen(tx: &mut Tx, file: Uuid, due_at: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO loose_file (file, due_at) VALUES ($1, $2) ON CONFLICT (file) DO UPDATE SET due_at = excluded.due_at",
        file,
        due_at
    )?;
    Ok(())
}

/// A file has its row; `false` when it was given up meanwhile.
pub async fn settle(tx: &mut Tx, file: Uuid) -> Result<bool, Error> {
    Ok(query!(tx, execute, "DELETE FROM loose_file WHERE file = $1", file)? == 1)
}

/// The next file to be deleted, claimed by this transaction: of several nodes one gets it.
pub async fn claim_loose(tx: &mut Tx, now: Instant) -> Result<Option<Uuid>, Error> {
    let next = query!(
        tx,
        optional One<Uuid>,
        "SELECT file FROM loose_file WHERE due_at <= $1 ORDER BY due_at LIMIT 1",
        now
    )?;
    let Some((file,)) = next else { return Ok(None) };
    let row = query!(
        tx,
        optional One<Uuid>,
        "DELETE FROM loose_file WHERE file = $1 AND due_at <= $2 RETURNING file",
        file,
        now
    )?;
    Ok(row.map(|(file,)| file))
}

/// Whether a referral of this job was made on site.
pub async fn referred_on_site(tx: &mut Tx, job: JobId) -> Result<bool, Error> {
    let (count,) = query!(
        tx,
        one One<i64>,
        "SELECT COUNT(*) FROM referral WHERE job_id = $1 AND stage = 'on_site'",
        job
    )?;
    Ok(count > 0)
}

/// Writes down why nobody has signed; `false` when it is written down already.
pub async fn insert_absence(
    tx: &mut Tx,
    job: JobId,
    reason: AbsenceReason,
    now: Instant,
    by: Option<TokenId>,
) -> Result<bool, Error> {
    let made = query!(
        tx,
        execute,
        "INSERT INTO signature_absence (job_id, reason, at, recorded_by)
         SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM signature_absence WHERE job_id = $1)",
        job,
        reason,
        now,
        by
    )?;
    Ok(made == 1)
}

/// Why nobody has signed, where that is written down.
pub async fn absence(tx: &mut Tx, job: JobId) -> Result<Option<AbsenceReason>, Error> {
    query!(tx, optional AbsenceReason, "SELECT reason FROM signature_absence WHERE job_id = $1", job)
}
