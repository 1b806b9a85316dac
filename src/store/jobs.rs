//! Jobs.

use sqlx::{FromRow, Row};

use super::{
    Error, Tx,
    batch::{Batch, later},
    codec::{consistent, row},
    db::{One, query},
};
use crate::domain::{
    alarms::AlarmKind,
    ids::{AlarmId, CaseId, FirmId, JobId, TechnicianId},
    jobs::{FlatJob, Job},
    span::Instant,
};

/// Whether a job `j` of a case `c` sees to what the case is about: it was not over before the case was opened again, nor called off
/// because there was another one, or because nobody opened. What an event says is JSON of ours, without spaces, so that one text
/// serves both engines; `_` stands for a quotation mark.
macro_rules! sees_to {
    () => {
        "(c.reopened_at IS NULL OR j.closed_at IS NULL OR j.closed_at > c.reopened_at)
         AND NOT (j.state = 'cancelled' AND EXISTS (
             SELECT 1 FROM event v WHERE v.subject_id = j.id AND v.kind = 'job.cancelled'
             AND (v.data LIKE '%_reason_:_duplicate_%' OR v.data LIKE '%_reason_:_no_access_%')))"
    };
}
pub(super) use sees_to;

row! {
    FlatJob: id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round, rung,
    created_at, closed_at, rework_of
}

impl<'r, R: Row> FromRow<'r, R> for Job
where
    FlatJob: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        consistent(FlatJob::from_row(row)?, "state")
    }
}

/// The job of an id.
pub async fn find(tx: &mut Tx, id: JobId) -> Result<Option<Job>, Error> {
    query!(
        tx,
        optional Job,
        "SELECT id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                rung, created_at, closed_at, rework_of
         FROM job WHERE id = $1",
        id
    )
}

/// Has a job's version raised with the use-case, over the one that was read: what was decided about it is not written when
/// somebody else has changed it meanwhile.
pub fn claim(batch: &mut Batch, job: &Job) {
    later!(batch, one, "UPDATE job SET version = $2 + 1 WHERE id = $1 AND version = $2", job.id, job.version);
}

/// Locks the job that an alarm of a kind is about, before the alarm: the order of everybody who changes both.
pub async fn lock_of_alarm(tx: &mut Tx, alarm: AlarmId, kind: AlarmKind) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE job SET version = version + 1
         WHERE id = (SELECT subject_id FROM alarm WHERE id = $1 AND kind = $2)",
        alarm,
        kind
    )?;
    Ok(())
}

/// The job, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: JobId) -> Result<Option<Job>, Error> {
    query!(
        tx,
        optional Job,
        "UPDATE job SET version = version + 1 WHERE id = $1
         RETURNING id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                   rung, created_at, closed_at, rework_of",
        id
    )
}

/// The jobs that are due to be looked at and in nobody's hands, most urgent first, then longest due. What another session
/// holds on PostgreSQL is passed by: it may hold it for long.
pub async fn due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<JobId>, Error> {
    query!(
        tx,
        all JobId,
        {
            sqlite: "SELECT id FROM job WHERE wake_at <= $1 ORDER BY priority, wake_at, id LIMIT $2",
            postgres: "SELECT id FROM job WHERE wake_at <= $1 ORDER BY priority, wake_at, id LIMIT $2
                       FOR NO KEY UPDATE SKIP LOCKED"
        },
        now,
        limit
    )
}

/// When the first job is due: of all, or of those due after an instant.
pub async fn next_due(tx: &mut Tx, after: Option<Instant>) -> Result<Option<Instant>, Error> {
    let row = query!(
        tx,
        optional One<Instant>,
        "SELECT wake_at FROM job WHERE wake_at > $1 ORDER BY wake_at LIMIT 1",
        after.unwrap_or(Instant::UNIX_EPOCH)
    )?;
    Ok(row.map(|(at,)| at))
}

/// The jobs that a technician, or a firm with its technicians, is asked for, is on, or has a planned visit of; with what the
/// firm has accepted and not given to anybody yet.
pub async fn in_hands_of(
    tx: &mut Tx,
    technician: Option<TechnicianId>,
    firm: Option<FirmId>,
) -> Result<Vec<JobId>, Error> {
    query!(
        tx,
        all JobId,
        "SELECT job_id FROM offer WHERE state = 'open' AND technician_id = $1
         UNION SELECT job_id FROM offer WHERE state = 'open' AND firm_id = $2
         UNION SELECT o.job_id FROM offer o JOIN job j ON j.id = o.job_id
               WHERE o.firm_id = $2 AND o.state = 'accepted' AND j.state = 'accepted'
         UNION SELECT job_id FROM assignment WHERE slot <> 'released' AND technician_id = $1
         UNION SELECT job_id FROM assignment WHERE slot <> 'released' AND firm_id = $2
         UNION SELECT job_id FROM planned_window WHERE state = 'planned' AND technician_id = $1
         UNION SELECT w.job_id FROM planned_window w JOIN technician t ON t.id = w.technician_id
               WHERE w.state = 'planned' AND t.firm_id = $2",
        technician,
        firm
    )
}

/// The case of a job.
pub async fn case_of(tx: &mut Tx, id: JobId) -> Result<Option<CaseId>, Error> {
    query!(tx, optional CaseId, "SELECT case_id FROM job WHERE id = $1", id)
}

/// Has a job that is due looked at later.
pub async fn put_off(tx: &mut Tx, id: JobId, now: Instant, until: Instant) -> Result<(), Error> {
    tx.soonest_mut().job(Some(until));
    query!(
        tx,
        execute,
        "UPDATE job SET version = version + 1, wake_at = $3 WHERE id = $1 AND wake_at <= $2",
        id,
        now,
        until
    )?;
    Ok(())
}

/// Has the jobs that nobody served looked at now; what another session holds is being looked at.
pub async fn wake_uncovered(tx: &mut Tx, now: Instant) -> Result<(), Error> {
    let woken = query!(
        tx,
        execute,
        {
            sqlite: "UPDATE job SET version = version + 1, wake_at = $1 WHERE state = 'no_coverage' AND wake_at > $1",
            postgres: "UPDATE job SET version = version + 1, wake_at = $1
                       WHERE id IN (SELECT id FROM job WHERE state = 'no_coverage' AND wake_at > $1
                                    FOR NO KEY UPDATE SKIP LOCKED)"
        },
        now
    )?;
    if woken > 0 {
        tx.soonest_mut().job(Some(now));
    }
    Ok(())
}

/// The jobs of a case, oldest first.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Job>, Error> {
    query!(
        tx,
        all Job,
        "SELECT id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                rung, created_at, closed_at, rework_of
         FROM job WHERE case_id = $1 ORDER BY id",
        case
    )
}
