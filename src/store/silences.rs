//! What nobody goes on with (`domain::silence`): of each kind one statement finds what no alarm tells of, and the alarms whose
//! cause is gone. It locks nothing, so what another session holds keeps nobody waiting.

use uuid::Uuid;

use super::{Error, Tx, codec::row, db::query, jobs::sees_to};
use crate::domain::{alarms::AlarmKind, events::Subject, silence::Watched, span::Instant};

/// Where a watched thing and its alarm are not in step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStep {
    /// The thing.
    pub id: Uuid,
    /// Since when nobody goes on with it, where no alarm tells of it; nothing, where its alarm has no cause any more.
    pub since: Option<Instant>,
}

row! { OutOfStep: id, since }

/// Of the watched things, those no alarm of the kind tells of, and the alarms of the kind without one: these first.
macro_rules! out_of_step {
    () => {
        ")
         SELECT id, since FROM (
             SELECT w.id, w.since FROM watched w
             WHERE NOT EXISTS (SELECT 1 FROM alarm a
                               WHERE a.subject_id = w.id AND a.kind = $1 AND a.state <> 'resolved')
             UNION ALL
             SELECT a.subject_id, NULL FROM alarm a
             WHERE a.kind = $1 AND a.state <> 'resolved'
               AND NOT EXISTS (SELECT 1 FROM watched w WHERE w.id = a.subject_id)) found
         ORDER BY CASE WHEN since IS NULL THEN 0 ELSE 1 END, since, id LIMIT $2"
    };
}

type Found = Result<Vec<OutOfStep>, Error>;

/// What is out of step of a kind: alarms without a cause, then things without an alarm, longest first.
pub async fn look(tx: &mut Tx, watched: Watched, now: Instant, limit: i64) -> Found {
    let alarm = watched.alarm();
    match watched {
        Watched::Ringing => ringing(tx, alarm, limit).await,
        Watched::Talking => talking(tx, alarm, limit).await,
        Watched::CutOff => cut_off(tx, alarm, limit).await,
        Watched::Unwrapped => unwrapped(tx, alarm, limit).await,
        Watched::CallBack => call_back(tx, alarm, limit).await,
        Watched::HandOver => hand_over(tx, alarm, limit).await,
        Watched::Interpreter => interpreter(tx, alarm, limit).await,
        Watched::SiteInterpreter => site_interpreter(tx, alarm, limit).await,
        Watched::CaseWithoutJob => case_without_job(tx, alarm, limit).await,
        Watched::CaseLeft => case_left(tx, alarm, limit).await,
        Watched::Referral => referral(tx, alarm, limit).await,
        Watched::Review => review(tx, alarm, limit).await,
        Watched::Dispute => dispute(tx, alarm, limit).await,
        Watched::Proposal => proposal(tx, alarm, limit).await,
        Watched::WindowLeft => window_left(tx, alarm, now, limit).await,
        Watched::Shift => shift(tx, alarm, limit).await,
        Watched::Webhook => webhook(tx, alarm, limit).await,
    }
}

/// The watched things that the service says it cannot go on with; a job's own look says that of a job.
pub async fn stuck(tx: &mut Tx) -> Result<Vec<(Subject, Uuid)>, Error> {
    query!(
        tx,
        all(Subject, Uuid),
        "SELECT subject, subject_id FROM alarm
         WHERE kind = 'cannot_go_on' AND state <> 'resolved'
           AND subject IN ('call', 'case', 'referral', 'review', 'dispute', 'technician', 'shift', 'webhook')"
    )
}

/// A call rings.
async fn ringing(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT id, offered_at FROM call WHERE state = 'offered'",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// A call lasts.
async fn talking(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT id, answered_at FROM call WHERE state = 'answered'",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// A call has ended; what was typed is no case.
async fn cut_off(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT c.id, c.ended_at FROM call c JOIN call_draft d ON d.call_id = c.id
         WHERE c.state = 'ended' AND c.case_id IS NULL",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// A call has ended.
async fn unwrapped(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT id, ended_at FROM call WHERE state = 'ended'",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// Somebody has to call back: of an erased case the number is gone.
async fn call_back(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT c.id, c.ended_at FROM call c WHERE c.call_back = 'due'
           AND NOT EXISTS (SELECT 1 FROM case_erasure e WHERE e.case_id = c.case_id)",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// The first of the hand-overs of a call that are not connected.
async fn hand_over(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT call_id, MIN(begun_at) FROM emergency_handover
         WHERE connected_at IS NULL AND ended_at IS NULL GROUP BY call_id",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// An interpreter was asked in a call.
async fn interpreter(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT call_id, requested_at FROM interpretation
         WHERE state IN ('requested', 'joined') AND state = 'requested' AND call_id IS NOT NULL",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// An interpreter was asked from the site of a job.
async fn site_interpreter(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT job_id, requested_at FROM interpretation
         WHERE state IN ('requested', 'joined') AND state = 'requested' AND job_id IS NOT NULL",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// Something of the case is a trade's, and no job of that trade sees to it.
async fn case_without_job(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT c.id, COALESCE(
             (SELECT MAX(j.closed_at) FROM job j
              WHERE j.case_id = c.id AND (c.reopened_at IS NULL OR j.closed_at > c.reopened_at)),
             c.reopened_at, c.opened_at)
         FROM case_file c
         WHERE c.state = 'open' AND NOT EXISTS (SELECT 1 FROM case_erasure e WHERE e.case_id = c.id) AND EXISTS (
             SELECT 1 FROM case_category k WHERE k.case_id = c.id AND k.category IN ('water', 'lock')
             AND NOT EXISTS (SELECT 1 FROM job j WHERE j.case_id = c.id AND j.trade = k.category AND ",
            sees_to!(),
            "))",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// No job of the case is in hand, and no referral of it is open: since the last job was over, or the last opening.
async fn case_left(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT c.id, COALESCE(
             (SELECT MAX(j.closed_at) FROM job j
              WHERE j.case_id = c.id AND (c.reopened_at IS NULL OR j.closed_at > c.reopened_at)),
             c.reopened_at, c.opened_at)
         FROM case_file c
         WHERE c.state = 'open'
           AND NOT EXISTS (SELECT 1 FROM case_erasure e WHERE e.case_id = c.id)
           AND NOT EXISTS (SELECT 1 FROM job j WHERE j.case_id = c.id AND j.wake_at IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM referral r WHERE r.case_id = c.id AND r.state <> 'closed')",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// A referral is to be followed up: of an erased case nobody is left to ask for.
async fn referral(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT r.id, r.follow_up_due FROM referral r WHERE r.state IN ('open', 'acknowledged')
           AND NOT EXISTS (SELECT 1 FROM case_erasure e WHERE e.case_id = r.case_id)",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// A review is open.
async fn review(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT w.id, w.opened_at FROM review w JOIN job j ON j.id = w.job_id
         WHERE w.state = 'open' AND NOT EXISTS (SELECT 1 FROM case_erasure e WHERE e.case_id = j.case_id)",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// A dispute is not resolved.
async fn dispute(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT d.id, d.opened_at FROM dispute d JOIN job j ON j.id = d.job_id
         WHERE NOT EXISTS (SELECT 1 FROM case_erasure e WHERE e.case_id = j.case_id) AND NOT EXISTS (SELECT 1 FROM dispute_resolution r WHERE r.dispute_id = d.id)",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// A proposal waits: of a technician there is one at most.
async fn proposal(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT technician_id, made_at FROM technician_proposal WHERE state = 'waiting'",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// Somebody has taken a window over from a colleague, is not free to work it, and it is not over.
async fn window_left(tx: &mut Tx, alarm: AlarmKind, now: Instant, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT e.technician_id, MIN(d.created_at) FROM shift_entry e
         JOIN shift_entry d ON d.technician_id = e.technician_id
              AND d.kind = 'day_off' AND d.state = 'planned'
              AND d.starts_at < e.ends_at AND d.ends_at > e.starts_at AND d.ends_at > $3
         WHERE e.swap_id IS NOT NULL AND e.state = 'planned' AND e.kind <> 'given_away' AND e.ends_at > $3
           AND NOT EXISTS (SELECT 1 FROM shift_entry g
                           WHERE g.technician_id = e.technician_id AND g.kind = 'given_away' AND g.state = 'planned'
                             AND g.starts_at <= e.starts_at AND g.ends_at >= e.ends_at)
         GROUP BY e.technician_id",
            out_of_step!()
        ),
        alarm,
        limit,
        now
    )
}

/// A shift is not taken.
async fn shift(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT id, given_at FROM hand_over WHERE accepted_at IS NULL",
            out_of_step!()
        ),
        alarm,
        limit
    )
}

/// A webhook fails.
async fn webhook(tx: &mut Tx, alarm: AlarmKind, limit: i64) -> Found {
    query!(
        tx,
        all OutOfStep,
        concat!(
            "WITH watched (id, since) AS (
         SELECT id, created_at FROM webhook WHERE state = 'failing'",
            out_of_step!()
        ),
        alarm,
        limit
    )
}
