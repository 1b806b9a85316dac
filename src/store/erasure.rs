//! The people and the place of a case, taken away: the one list of side tables that hang on a case. Events, decisions,
//! facts and the ledger stay as they are; they know ids only.

use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    ids::CaseId,
    ids::TokenId,
    retention::{ErasureReason, HoldReason, Need},
    span::Instant,
};

/// Takes away who a case is about, who has called about it, and what was written of them.
pub async fn people(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "DELETE FROM call_draft WHERE call_id IN (SELECT id FROM call WHERE case_id = $1)",
        case
    )?;
    query!(
        tx,
        execute,
        "DELETE FROM call_person WHERE call_id IN (SELECT id FROM call WHERE case_id = $1)",
        case
    )?;
    query!(
        tx,
        execute,
        "DELETE FROM referral_text WHERE referral_id IN (SELECT id FROM referral WHERE case_id = $1)",
        case
    )?;
    query!(
        tx,
        execute,
        "DELETE FROM referral_recipient WHERE referral_id IN (SELECT id FROM referral WHERE case_id = $1)",
        case
    )?;
    query!(
        tx,
        execute,
        "DELETE FROM dispute_note WHERE dispute_id IN
           (SELECT d.id FROM dispute d JOIN job j ON j.id = d.job_id WHERE j.case_id = $1)",
        case
    )?;
    query!(
        tx,
        execute,
        "DELETE FROM review_note WHERE decision_id IN
           (SELECT d.id FROM review_decision d JOIN job j ON j.id = d.job_id WHERE j.case_id = $1)",
        case
    )?;
    query!(
        tx,
        execute,
        "DELETE FROM payer_authority_person WHERE authority_id IN
           (SELECT a.id FROM payer_authority a JOIN job j ON j.id = a.job_id WHERE j.case_id = $1)",
        case
    )?;
    query!(
        tx,
        execute,
        "DELETE FROM payment_reference WHERE payment_id IN
           (SELECT p.id FROM payment p JOIN job j ON j.id = p.job_id WHERE j.case_id = $1)",
        case
    )?;
    query!(tx, execute, "DELETE FROM case_person WHERE case_id = $1", case)?;
    Ok(())
}

/// Takes away the remembered answers in which a case stands, its calls, jobs and referrals, or the telephone number of its
/// people: a repetition of those requests is not answered any more. Before `people`.
pub async fn answers(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    let ids = query!(
        tx,
        all One<Uuid>,
        "SELECT id FROM call WHERE case_id = $1
         UNION ALL SELECT id FROM job WHERE case_id = $1
         UNION ALL SELECT id FROM referral WHERE case_id = $1",
        case
    )?;
    let phones = query!(
        tx,
        all One<String>,
        "SELECT phone FROM case_person WHERE case_id = $1 AND phone IS NOT NULL
         UNION SELECT phone FROM call_person WHERE call_id IN (SELECT id FROM call WHERE case_id = $1)
           AND phone IS NOT NULL",
        case
    )?;
    let ids = ids.into_iter().map(|(id,)| id).chain([case.0]).map(|id| id.hyphenated().to_string());
    let marks: Vec<_> = ids.chain(phones.into_iter().map(|(phone,)| phone)).collect();
    query!(
        tx,
        execute,
        {
            sqlite: "DELETE FROM idempotency WHERE EXISTS
                       (SELECT 1 FROM json_each($1) i WHERE instr(outcome, i.value) > 0)",
            postgres: "DELETE FROM idempotency WHERE EXISTS
                         (SELECT 1 FROM json_array_elements_text(CAST($1 AS JSON)) i
                          WHERE position(i.value IN CAST(outcome AS TEXT)) > 0)"
        },
        serde_json::Value::from(marks).to_string()
    )?;
    Ok(())
}

/// Takes away whom a firm or technician is not sent to, where that is the person of this case. Before `people`.
pub async fn blocks(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "DELETE FROM blocked_pair_person WHERE phone IN (SELECT phone FROM case_person WHERE case_id = $1)",
        case
    )?;
    Ok(())
}

/// What of the case `$1` is not over: money is due where charges and payments of one of its jobs differ, but for what the programme
/// bears itself.
macro_rules! needed {
    () => {
        "SELECT 'job_open' AS need FROM job j
         WHERE j.case_id = $1 AND j.wake_at IS NOT NULL
         UNION SELECT 'money_due' FROM job j
         WHERE j.case_id = $1
           AND COALESCE((SELECT SUM(l.amount_yen) FROM ledger_line l
                         WHERE l.job_id = j.id AND l.payer <> 'programme'), 0)
            <> COALESCE((SELECT SUM(CASE WHEN p.kind = 'refund' THEN -p.amount_yen ELSE p.amount_yen END)
                         FROM payment p WHERE p.job_id = j.id AND p.payer <> 'programme'), 0)
         UNION SELECT 'payer_awaited' FROM job j JOIN alarm a ON a.subject_id = j.id
         WHERE j.case_id = $1 AND a.kind = 'payer_awaited' AND a.state <> 'resolved'
         UNION SELECT 'dispute_open' FROM job j JOIN dispute d ON d.job_id = j.id
         WHERE j.case_id = $1 AND NOT EXISTS (SELECT 1 FROM dispute_resolution r WHERE r.dispute_id = d.id)
         UNION SELECT 'review_open' FROM job j JOIN review r ON r.job_id = j.id
         WHERE j.case_id = $1 AND r.state = 'open'"
    };
}
pub(super) use needed;

/// What of a case is not over.
pub async fn needs(tx: &mut Tx, case: CaseId) -> Result<Vec<Need>, Error> {
    let rows = query!(tx, all One<Need>, concat!(needed!(), " ORDER BY need"), case)?;
    Ok(rows.into_iter().map(|(need,)| need).collect())
}

/// What an alarm of a case can be about: the case, its calls, jobs, referrals, reviews and disputes.
pub async fn subjects(tx: &mut Tx, case: CaseId) -> Result<Vec<Uuid>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT id FROM case_file WHERE id = $1
         UNION ALL SELECT id FROM call WHERE case_id = $1
         UNION ALL SELECT id FROM job WHERE case_id = $1
         UNION ALL SELECT id FROM referral WHERE case_id = $1
         UNION ALL SELECT r.id FROM review r JOIN job j ON j.id = r.job_id WHERE j.case_id = $1
         UNION ALL SELECT d.id FROM dispute d JOIN job j ON j.id = d.job_id WHERE j.case_id = $1",
        case
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Why nothing of a case is erased.
pub async fn hold(tx: &mut Tx, case: CaseId) -> Result<Option<HoldReason>, Error> {
    let row = query!(tx, optional One<HoldReason>, "SELECT reason FROM case_hold WHERE case_id = $1", case)?;
    Ok(row.map(|(reason,)| reason))
}

/// Has nothing of a case erased.
pub async fn place_hold(tx: &mut Tx, case: CaseId, reason: HoldReason, now: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO case_hold (case_id, placed_at, reason) VALUES ($1, $2, $3)",
        case,
        now,
        reason
    )?;
    Ok(())
}

/// Lets what is kept of a case be erased again; `false` where it could be.
pub async fn lift_hold(tx: &mut Tx, case: CaseId) -> Result<bool, Error> {
    Ok(query!(tx, execute, "DELETE FROM case_hold WHERE case_id = $1", case)? == 1)
}

/// Takes away where a case is.
pub async fn place(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    query!(tx, execute, "DELETE FROM case_place WHERE case_id = $1", case)?;
    Ok(())
}

/// Leaves of a place its town and a point known to about a kilometre: nobody can be found by it.
pub async fn blur_place(tx: &mut Tx, case: CaseId) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE case_place SET address = '', building = NULL, room = NULL, access_notes = NULL,
                               lat_e6 = lat_e6 / 10000 * 10000, lon_e6 = lon_e6 / 10000 * 10000,
                               precision = 'municipality'
         WHERE case_id = $1",
        case
    )?;
    Ok(())
}

/// Writes down that a case is erased; `false` when it was erased before.
pub async fn record(
    tx: &mut Tx,
    case: CaseId,
    reason: ErasureReason,
    now: Instant,
    by: Option<TokenId>,
) -> Result<bool, Error> {
    let made = query!(
        tx,
        execute,
        "INSERT INTO case_erasure (case_id, at, reason, erased_by)
         SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM case_erasure WHERE case_id = $1)",
        case,
        now,
        reason,
        by
    )?;
    Ok(made == 1)
}

/// When and why a case was erased.
pub async fn find(tx: &mut Tx, case: CaseId) -> Result<Option<(Instant, ErasureReason)>, Error> {
    query!(
        tx,
        optional(Instant, ErasureReason),
        "SELECT at, reason FROM case_erasure WHERE case_id = $1",
        case
    )
}
