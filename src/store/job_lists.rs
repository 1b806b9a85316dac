//! Lists of jobs: a text for each scope, so that no list reads what is not the reader's, and for each way to the rows that
//! stays short as the history grows: the unfinished jobs are few, and one contractor's are fewer than all.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::row,
    db::{id_list, query},
    search::{Search, limits},
};
use crate::domain::{
    actor::Scope,
    ids::{CaseId, FirmId, JobId, TechnicianId},
    jobs::{Job, JobState},
};

/// Of a job.
macro_rules! columns {
    () => {
        "SELECT j.id, j.version, j.case_id, j.job_code, j.trade, j.priority, j.state, j.state_since, j.hold, j.wake_at,
                j.warned_at, j.round, j.rung, j.created_at, j.closed_at, j.rework_of "
    };
}

/// The jobs on which a firm's technicians are or were, by the first of the firm's assignments to each.
macro_rules! of_firm {
    () => {
        "FROM assignment a JOIN job j ON j.id = a.job_id
         WHERE a.firm_id = $1 AND NOT EXISTS (SELECT 1 FROM assignment b WHERE b.job_id = a.job_id
                                               AND b.firm_id = a.firm_id AND b.id < a.id) "
    };
}

/// The jobs on which a technician is or was, by the first of the assignments to each.
macro_rules! of_technician {
    () => {
        "FROM assignment a JOIN job j ON j.id = a.job_id
         WHERE a.technician_id = $1 AND NOT EXISTS (SELECT 1 FROM assignment b WHERE b.job_id = a.job_id
                                               AND b.technician_id = a.technician_id AND b.id < a.id) "
    };
}

/// Of some jobs, those on which a firm's technicians are or were.
macro_rules! with_firm {
    () => {
        "AND EXISTS (SELECT 1 FROM assignment a WHERE a.job_id = j.id AND a.firm_id = $1) "
    };
}

/// Of some jobs, those on which a technician is or was.
macro_rules! with_technician {
    () => {
        "AND EXISTS (SELECT 1 FROM assignment a WHERE a.job_id = j.id AND a.technician_id = $1) "
    };
}

/// The jobs after `after` within the scope, in a state if one is given, oldest first. A firm's and a technician's are
/// those with an assignment of theirs, past ones included.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    state: Option<JobState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    match (scope, state) {
        (Scope::All, None) => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.id > $1 ORDER BY j.id LIMIT $2"),
            after,
            limit
        ),
        (Scope::All, Some(state)) => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.state = $1 AND j.id > $2 ORDER BY j.id LIMIT $3"),
            state,
            after,
            limit
        ),
        (Scope::Firm(firm), state) => firms(tx, firm, state, after, limit).await,
        (Scope::Technician(_, technician), state) => technicians(tx, technician, state, after, limit).await,
        (Scope::Nothing, _) => Ok(Vec::new()),
    }
}

async fn firms(
    tx: &mut Tx,
    firm: FirmId,
    state: Option<JobState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    match state {
        None => query!(
            tx,
            all Job,
            concat!(columns!(), of_firm!(), "AND a.job_id > $2 ORDER BY a.job_id LIMIT $3"),
            firm,
            after,
            limit
        ),
        Some(state) if state.is_final() => query!(
            tx,
            all Job,
            concat!(columns!(), of_firm!(), "AND a.job_id > $2 AND j.state = $3
                    ORDER BY a.job_id LIMIT $4"),
            firm,
            after,
            state,
            limit
        ),
        Some(state) => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.state = $2 AND j.id > $3 ", with_firm!(), "ORDER BY j.id LIMIT $4"),
            firm,
            state,
            after,
            limit
        ),
    }
}

async fn technicians(
    tx: &mut Tx,
    technician: TechnicianId,
    state: Option<JobState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    match state {
        None => query!(
            tx,
            all Job,
            concat!(columns!(), of_technician!(), "AND a.job_id > $2 ORDER BY a.job_id LIMIT $3"),
            technician,
            after,
            limit
        ),
        Some(state) if state.is_final() => query!(
            tx,
            all Job,
            concat!(columns!(), of_technician!(), "AND a.job_id > $2 AND j.state = $3
                    ORDER BY a.job_id LIMIT $4"),
            technician,
            after,
            state,
            limit
        ),
        Some(state) => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.state = $2 AND j.id > $3 ", with_technician!(), "ORDER BY j.id LIMIT $4"),
            technician,
            state,
            after,
            limit
        ),
    }
}

/// The jobs after `after` that somebody within the scope has, in a state if one is given, oldest first.
pub async fn in_hand(
    tx: &mut Tx,
    scope: Scope,
    state: Option<JobState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    let Some((firm, technician)) = limits(scope) else { return Ok(Vec::new()) };
    let search = Search::of(tx, concat!(columns!(), "FROM job j WHERE j.id > $1")).bind(after);
    let search = search
        .and("j.id IN (SELECT a.job_id FROM assignment a WHERE a.firm_id = $ AND a.slot <> 'released')", firm)
        .and(
            "j.id IN (SELECT a.job_id FROM assignment a WHERE a.technician_id = $ AND a.slot <> 'released')",
            technician,
        );
    search.and("j.state = $", state).all(tx, "ORDER BY j.id LIMIT $", limit).await
}

/// The newest jobs first: those in a state, or those that are not finished.
pub async fn latest(
    tx: &mut Tx,
    scope: Scope,
    state: Option<JobState>,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    match (scope, state) {
        (Scope::All, None) => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.wake_at IS NOT NULL ORDER BY j.created_at DESC, j.id DESC LIMIT $1"),
            limit
        ),
        (Scope::All, Some(state)) => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.state = $1 ORDER BY j.id DESC LIMIT $2"),
            state,
            limit
        ),
        (Scope::Firm(firm), state) => latest_of_firm(tx, firm, state, limit).await,
        (Scope::Technician(_, technician), state) => latest_of_technician(tx, technician, state, limit).await,
        (Scope::Nothing, _) => Ok(Vec::new()),
    }
}

async fn latest_of_firm(
    tx: &mut Tx,
    firm: FirmId,
    state: Option<JobState>,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    match state {
        None => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.wake_at IS NOT NULL ", with_firm!(), "ORDER BY j.created_at DESC, j.id DESC LIMIT $2"),
            firm,
            limit
        ),
        Some(state) if state.is_final() => query!(
            tx,
            all Job,
            concat!(columns!(), of_firm!(), "AND j.state = $2 ORDER BY a.job_id DESC LIMIT $3"),
            firm,
            state,
            limit
        ),
        Some(state) => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.state = $2 ", with_firm!(), "ORDER BY j.id DESC LIMIT $3"),
            firm,
            state,
            limit
        ),
    }
}

async fn latest_of_technician(
    tx: &mut Tx,
    technician: TechnicianId,
    state: Option<JobState>,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    match state {
        None => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.wake_at IS NOT NULL ", with_technician!(), "ORDER BY j.created_at DESC, j.id DESC LIMIT $2"),
            technician,
            limit
        ),
        Some(state) if state.is_final() => query!(
            tx,
            all Job,
            concat!(columns!(), of_technician!(), "AND j.state = $2 ORDER BY a.job_id DESC LIMIT $3"),
            technician,
            state,
            limit
        ),
        Some(state) => query!(
            tx,
            all Job,
            concat!(columns!(), "FROM job j WHERE j.state = $2 ", with_technician!(), "ORDER BY j.id DESC LIMIT $3"),
            technician,
            state,
            limit
        ),
    }
}

/// The jobs of the case of a job, oldest first, that job among them.
pub async fn beside(tx: &mut Tx, id: JobId) -> Result<Vec<Job>, Error> {
    query!(
        tx,
        all Job,
        concat!(columns!(), "FROM job j WHERE j.case_id = (SELECT one.case_id FROM job one WHERE one.id = $1)
                ORDER BY j.id"),
        id
    )
}

/// The jobs of several cases, oldest first.
pub async fn of_cases(tx: &mut Tx, cases: &[CaseId]) -> Result<Vec<Job>, Error> {
    query!(
        tx,
        all Job,
        {
            sqlite: "SELECT id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at,
                            round, rung, created_at, closed_at, rework_of
                     FROM job WHERE case_id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
            postgres: "SELECT id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at,
                              round, rung, created_at, closed_at, rework_of
                       FROM job WHERE case_id IN (SELECT CAST(value AS UUID)
                                                  FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY id"
        },
        id_list(cases.iter().map(|case| case.0))
    )
}

struct Numbered {
    job: Job,
    number: String,
}

row! { Numbered: job: flat, number }

/// The jobs of some ids, each with the number of its case.
pub async fn numbered(tx: &mut Tx, ids: &[JobId]) -> Result<Vec<(Job, String)>, Error> {
    let rows = query!(
        tx,
        all Numbered,
        {
            sqlite: "SELECT j.id, j.version, j.case_id, j.job_code, j.trade, j.priority, j.state, j.state_since, j.hold,
                            j.wake_at, j.warned_at, j.round, j.rung, j.created_at, j.closed_at, j.rework_of, c.number
                     FROM job j JOIN case_file c ON c.id = j.case_id
                     WHERE j.id IN (SELECT unhex(value) FROM json_each($1))",
            postgres: "SELECT j.id, j.version, j.case_id, j.job_code, j.trade, j.priority, j.state, j.state_since,
                              j.hold, j.wake_at, j.warned_at, j.round, j.rung, j.created_at, j.closed_at, j.rework_of,
                              c.number
                       FROM job j JOIN case_file c ON c.id = j.case_id
                       WHERE j.id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))"
        },
        id_list(ids.iter().map(|id| id.0))
    )?;
    Ok(rows.into_iter().map(|row| (row.job, row.number)).collect())
}
