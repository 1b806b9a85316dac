//! What retention finds and takes away, a batch at a time, and its runs.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::{Json, Text, row},
    db::query,
};
use crate::domain::{ids::CaseId, retention::Run, span::Instant};

/// Takes away what the givers of shifts wrote before an instant.
pub async fn hand_over_notes(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM hand_over_note WHERE hand_over_id IN
           (SELECT n.hand_over_id FROM hand_over_note n JOIN hand_over h ON h.id = n.hand_over_id
            WHERE h.given_at < $1 ORDER BY h.given_at LIMIT $2)",
        before,
        limit
    )
}

/// Takes away drafts saved before an instant.
pub async fn drafts(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM call_draft WHERE call_id IN
           (SELECT call_id FROM call_draft WHERE saved_at < $1 ORDER BY saved_at LIMIT $2)",
        before,
        limit
    )
}

/// Takes away who called before an instant and no case came of it.
pub async fn callers_without_case(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM call_person WHERE call_id IN
           (SELECT p.call_id FROM call_person p JOIN call c ON c.id = p.call_id
            WHERE c.case_id IS NULL AND c.offered_at < $1 ORDER BY c.offered_at LIMIT $2)",
        before,
        limit
    )
}

/// Takes away where technicians were before an instant.
pub async fn positions(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM position WHERE technician_id IN
           (SELECT technician_id FROM position WHERE measured_at < $1 ORDER BY measured_at LIMIT $2)",
        before,
        limit
    )
}

/// Takes away whom ended blocks were about.
pub async fn ended_blocks(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM blocked_pair_person WHERE blocked_pair_id IN
           (SELECT p.blocked_pair_id FROM blocked_pair_person p JOIN blocked_pair b ON b.id = p.blocked_pair_id
            WHERE b.ended_at < $1 ORDER BY b.ended_at LIMIT $2)",
        before,
        limit
    )
}

/// Whether a case has a charge, a payment, or a yes to a charge. What was written off, or refused, costs nothing.
macro_rules! charged {
    () => {
        "EXISTS (SELECT 1 FROM job j WHERE j.case_id = c.id
                   AND (EXISTS (SELECT 1 FROM ledger_line l WHERE l.job_id = j.id AND l.amount_yen <> 0)
                        OR EXISTS (SELECT 1 FROM payment p WHERE p.job_id = j.id)
                        OR EXISTS (SELECT 1 FROM fact f WHERE f.job_id = j.id AND f.kind = 'consent'
                                     AND f.data LIKE '%_answer_:_yes_%')))"
    };
}

/// That a case is neither erased nor held.
macro_rules! free {
    () => {
        " AND NOT EXISTS (SELECT 1 FROM case_erasure e WHERE e.case_id = c.id)
          AND NOT EXISTS (SELECT 1 FROM case_hold h WHERE h.case_id = c.id)"
    };
}

/// A stretch of cases in the order of their ids.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    after: Uuid,
    upto: Uuid,
    limit: i64,
}

impl Stretch {
    /// So many cases after an id.
    #[must_use]
    pub fn after(after: Uuid, limit: i64) -> Self {
        Self { after, upto: Uuid::max(), limit }
    }

    /// This case alone.
    #[must_use]
    pub fn of(case: CaseId) -> Self {
        Self { after: Uuid::from_u128(case.0.as_u128().saturating_sub(1)), upto: case.0, limit: 1 }
    }
}

/// Cases over before an instant that cost nobody anything and harmed nobody: closed, or open with nothing under way.
pub async fn cases(tx: &mut Tx, before: Instant, stretch: Stretch) -> Result<Vec<CaseId>, Error> {
    query!(
        tx,
        all CaseId,
        concat!("SELECT c.id FROM case_file c
         WHERE c.id > $2 AND c.id <= $3
           AND c.liability_flag <> 'yes' AND COALESCE(c.closed_at, c.reopened_at, c.opened_at) < $1", free!(), "
           AND NOT EXISTS (SELECT 1 FROM job j WHERE j.case_id = c.id AND j.wake_at IS NOT NULL)
           AND NOT ", charged!(), "
         ORDER BY c.id LIMIT $4"),
        before,
        stretch.after,
        stretch.upto,
        stretch.limit
    )
}

/// Cases over before an instant with a charge, or a consent to one, that harmed nobody.
pub async fn charged_cases(tx: &mut Tx, before: Instant, stretch: Stretch) -> Result<Vec<CaseId>, Error> {
    query!(
        tx,
        all CaseId,
        concat!("SELECT c.id FROM case_file c
         WHERE c.id > $2 AND c.id <= $3
           AND c.liability_flag <> 'yes' AND COALESCE(c.closed_at, c.reopened_at, c.opened_at) < $1", free!(), "
           AND NOT EXISTS (SELECT 1 FROM job j WHERE j.case_id = c.id AND j.wake_at IS NOT NULL)
           AND ", charged!(), "
         ORDER BY c.id LIMIT $4"),
        before,
        stretch.after,
        stretch.upto,
        stretch.limit
    )
}

/// Liability cases closed before an instant; with a charge, before the other one too.
pub async fn liability_cases(
    tx: &mut Tx,
    before: Instant,
    charged_before: Instant,
    stretch: Stretch,
) -> Result<Vec<CaseId>, Error> {
    query!(
        tx,
        all CaseId,
        concat!("SELECT c.id FROM case_file c
         WHERE c.id > $3 AND c.id <= $4
           AND c.liability_flag = 'yes' AND c.state = 'closed' AND c.closed_at < $1", free!(), "
           AND (c.closed_at < $2 OR NOT ", charged!(), ")
         ORDER BY c.id LIMIT $5"),
        before,
        charged_before,
        stretch.after,
        stretch.upto,
        stretch.limit
    )
}

row! { Run: id, day: Text, begun_at, finished_at, read_log_before, counts: Json }

/// Of a run.
macro_rules! columns {
    () => {
        "id, day, begun_at, finished_at, read_log_before, counts"
    };
}

/// Begins the run of a day; `false` when it was begun already.
pub async fn begin(tx: &mut Tx, run: &Run) -> Result<bool, Error> {
    let made = query!(
        tx,
        execute,
        "INSERT INTO retention_run (id, day, begun_at, claimed_at, read_log_before, counts)
         SELECT $1, $2, $3, $3, $4, '{}' WHERE NOT EXISTS (SELECT 1 FROM retention_run WHERE day = $2)",
        run.id,
        Text(run.day),
        run.begun_at,
        run.read_log_before
    )?;
    Ok(made == 1)
}

/// Takes over a run that nobody has worked at since an instant: of several nodes one gets it.
pub async fn take_over(tx: &mut Tx, now: Instant, idle_since: Instant) -> Result<Option<Run>, Error> {
    query!(
        tx,
        optional Run,
        concat!("UPDATE retention_run SET claimed_at = $1
            WHERE finished_at IS NULL AND claimed_at <= $2
            AND id = (SELECT id FROM retention_run WHERE finished_at IS NULL AND claimed_at <= $2 ORDER BY id LIMIT 1)
         RETURNING ", columns!()),
        now,
        idle_since
    )
}

/// Writes down what a run has taken away so far.
pub async fn progress(tx: &mut Tx, run: &Run, now: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE retention_run SET counts = $2, claimed_at = $3, finished_at = $4 WHERE id = $1",
        run.id,
        Json(&run.counts),
        now,
        run.finished_at
    )?;
    Ok(())
}

/// The run of a day.
pub async fn of_day(tx: &mut Tx, day: &str) -> Result<Option<Run>, Error> {
    query!(
        tx,
        optional Run,
        concat!("SELECT ", columns!(), " FROM retention_run WHERE day = $1"),
        day
    )
}

/// The runs after `after`, oldest first.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Run>, Error> {
    query!(
        tx,
        all Run,
        concat!("SELECT ", columns!(), " FROM retention_run
            WHERE id > $1 ORDER BY id LIMIT $2"),
        after,
        limit
    )
}
