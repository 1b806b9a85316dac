//! Danger first: the answers of a call, the instructions given, and the dangers of a case until they are cleared.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::row,
    db::{id_list, query},
};
use crate::domain::{
    dangers::{Answered, CaseHazard, Given},
    identity::Method,
    ids::{CallId, CaseId, JobId},
    perils::{KnownDanger, Perils, PlannedCheck, SafetyRules},
    span::Instant,
};

row! { Answered: number, hazard, answer, answered_at }

/// Keeps an answer.
pub async fn insert_answer(
    tx: &mut Tx,
    call: CallId,
    answer: &Answered,
    by: Option<Uuid>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO hazard_answer (call_id, number, hazard, answer, answered_at, answered_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        call,
        answer.number,
        &answer.hazard,
        answer.answer,
        answer.answered_at,
        by
    )?;
    Ok(())
}

/// Every answer of a call, in the order in which they were given.
pub async fn answers(tx: &mut Tx, call: CallId) -> Result<Vec<Answered>, Error> {
    query!(
        tx,
        all Answered,
        "SELECT number, hazard, answer, answered_at FROM hazard_answer WHERE call_id = $1 ORDER BY number",
        call
    )
}

/// Keeps that an instruction was given.
pub async fn insert_given(tx: &mut Tx, call: CallId, given: Given, by: Option<Uuid>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO hazard_instruction (call_id, number, given_at, given_by) VALUES ($1, $2, $3, $4)",
        call,
        given.number,
        given.given_at,
        by
    )?;
    Ok(())
}

row! { Given: number, given_at }

/// The instructions given in a call.
pub async fn given(tx: &mut Tx, call: CallId) -> Result<Vec<Given>, Error> {
    query!(
        tx,
        all Given,
        "SELECT number, given_at FROM hazard_instruction WHERE call_id = $1 ORDER BY number",
        call
    )
}

row! { CaseHazard: case_id, number, hazard, call_id, raised_at, cleared_at, cleared_by, note_code }

/// Keeps a danger of a case.
pub async fn insert_hazard(tx: &mut Tx, hazard: &CaseHazard) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO case_hazard (case_id, number, hazard, call_id, raised_at) VALUES ($1, $2, $3, $4, $5)",
        hazard.case_id,
        hazard.number,
        &hazard.hazard,
        hazard.call_id,
        hazard.raised_at
    )?;
    Ok(())
}

/// Writes that a danger is cleared; says whether it was not before.
pub async fn clear_hazard(tx: &mut Tx, hazard: &CaseHazard, by: Option<Uuid>) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE case_hazard SET cleared_at = $3, cleared_by = $4, note_code = $5, recorded_by = $6
         WHERE case_id = $1 AND number = $2 AND cleared_at IS NULL",
        hazard.case_id,
        hazard.number,
        hazard.cleared_at,
        hazard.cleared_by,
        hazard.note_code,
        by
    )?;
    Ok(changed == 1)
}

/// Every danger of a case, cleared ones too, in the order in which they were known.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<CaseHazard>, Error> {
    query!(
        tx,
        all CaseHazard,
        "SELECT case_id, number, hazard, call_id, raised_at, cleared_at, cleared_by, note_code
         FROM case_hazard WHERE case_id = $1 ORDER BY number",
        case
    )
}

struct PerilRow {
    job_id: JobId,
    number: i64,
    hazard: Option<String>,
    method: Option<Method>,
    since: Instant,
    until: Option<Instant>,
}

row! { PerilRow: job_id, number, hazard, method, since, until }

/// What is, or was, dangerous about each of several jobs, or unchecked.
pub async fn perils_of(
    tx: &mut Tx,
    jobs: &[JobId],
    rules: &SafetyRules,
) -> Result<BTreeMap<JobId, Perils>, Error> {
    let rows = query!(
        tx,
        all PerilRow,
        {
            sqlite: "WITH wanted(id) AS (SELECT unhex(value) FROM json_each($1))
                     SELECT j.id AS job_id, h.number, h.hazard, NULL AS method, h.raised_at AS since, h.cleared_at AS until
                     FROM wanted w CROSS JOIN job j ON j.id = w.id CROSS JOIN case_hazard h ON h.case_id = j.case_id
                     UNION ALL
                     SELECT p.job_id, p.number, NULL, p.method, p.planned_at, NULL
                     FROM wanted w CROSS JOIN identity_plan p ON p.job_id = w.id ORDER BY 2",
            postgres: "WITH wanted(id) AS (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))
                       SELECT j.id AS job_id, h.number, h.hazard, CAST(NULL AS TEXT) AS method, h.raised_at AS since,
                              h.cleared_at AS until
                       FROM wanted w JOIN job j ON j.id = w.id JOIN case_hazard h ON h.case_id = j.case_id
                       UNION ALL
                       SELECT p.job_id, p.number, NULL, p.method, p.planned_at, NULL
                       FROM wanted w JOIN identity_plan p ON p.job_id = w.id ORDER BY 2"
        },
        id_list(jobs.iter().map(|job| job.0))
    )?;
    let mut known: BTreeMap<JobId, (Vec<KnownDanger>, Vec<PlannedCheck>)> = BTreeMap::new();
    for PerilRow { job_id, number, hazard, method, since, until } in rows {
        let (dangers, checks) = known.entry(job_id).or_default();
        dangers.extend(hazard.map(|hazard| KnownDanger {
            number,
            hazard,
            raised_at: since,
            cleared_at: until,
        }));
        checks.extend(method.map(|method| PlannedCheck { number, method, planned_at: since }));
    }
    let mut perils = BTreeMap::new();
    for (job, (dangers, checks)) in known {
        perils.insert(job, Perils::of(dangers, &checks, rules));
    }
    Ok(perils)
}

/// What is, or was, dangerous about a job, or unchecked.
pub async fn perils_of_job(tx: &mut Tx, job: JobId, rules: &SafetyRules) -> Result<Perils, Error> {
    Ok(perils_of(tx, &[job], rules).await?.remove(&job).unwrap_or_default())
}
