//! What the desk has in hand: by urgency and age, each job with the one clock that matters now.

use std::{collections::HashMap, sync::Arc};

use chrono::TimeDelta;

use super::{
    Ctx, Error,
    in_hand::{ClockKind, Desk, InHand, KeptDesk, QueueClock},
};
use crate::{
    domain::{
        facts::{Fact, FieldRecord, worked_until},
        ids::JobId,
        jobs::{Job, JobState},
        offers::{Assignment, Slot},
        span::Instant,
    },
    store::{self, Tx, queue::Entry},
};

/// Jobs shown at most. More at once than a desk can see; what is beyond is the least urgent.
pub const ENTRIES_MAX: i64 = 500;
/// Alarms and assignments read at most.
const ROWS_MAX: i64 = 5_000;

/// A queue is not shown again after so long, whatever was heard of changes: a node may have missed one of another.
const KEPT_MAX: TimeDelta = TimeDelta::seconds(2);

/// Every unfinished job and the alarms. All consoles ask for it whenever something changes: it is read
/// once for all of them.
pub async fn desk(ctx: &Ctx) -> Result<Arc<Desk>, Error> {
    let mut kept = ctx.in_hand().lock().await;
    // Before the queue is read: what changes meanwhile makes it old.
    let (changes, at) = (ctx.changes(), ctx.now());
    if let Some(last) = kept.as_ref().filter(|last| last.changes == changes && at - last.at < KEPT_MAX) {
        return Ok(last.desk.clone());
    }
    let desk = Arc::new(read(ctx).await?);
    *kept = Some(KeptDesk { changes, at, desk: desk.clone() });
    Ok(desk)
}

async fn read(ctx: &Ctx) -> Result<Desk, Error> {
    let mut tx = ctx.db().read().await?;
    let pos = store::feed::head(&mut tx).await?.pos;
    let entries = store::queue::jobs(&mut tx, ENTRIES_MAX).await?;
    let on_them = store::queue::on_them(&mut tx, ROWS_MAX).await?;
    let alarms = store::alarms::standing(&mut tx, ROWS_MAX).await?;
    let worked = worked(ctx, &mut tx, &entries).await?;
    let (free, now) = (free(ctx), ctx.now());
    let in_hand = |entry: Entry| {
        let on_it = on_them.iter().find(|one| one.job_id == entry.job_id).cloned();
        let about = alarms.iter().filter(|alarm| alarm.subject_id == entry.job_id.0);
        let (wake_at, starts_at) = (entry.wake_at, entry.starts_at);
        let current = on_it.as_ref().filter(|one| one.slot != Slot::Released);
        let arrival_due_at = current.and_then(|one| one.arrival_due_at);
        InHand {
            clock: worked.get(&entry.job_id).map_or_else(
                || clock(entry.state, entry.state_since, &Instants { wake_at, starts_at, arrival_due_at }),
                |worked| free_clock(entry.state, entry.state_since, free - *worked, now),
            ),
            alarms: about.map(|alarm| alarm.kind).collect(),
            on_it,
            entry,
        }
    };
    let jobs = entries.into_iter().map(in_hand).collect();
    Ok(Desk { pos, jobs, alarms })
}

/// How long hands have been on, of the jobs where they are or were a moment ago.
async fn worked(ctx: &Ctx, tx: &mut Tx, entries: &[Entry]) -> Result<HashMap<JobId, TimeDelta>, Error> {
    let with_hands = entries.iter().filter(|entry| has_hands(entry.state)).map(|entry| entry.job_id);
    let with_hands: Vec<_> = with_hands.collect();
    let mut facts: HashMap<JobId, Vec<Fact>> = HashMap::new();
    for fact in store::facts::of_jobs(tx, &with_hands).await? {
        facts.entry(fact.job_id).or_default().push(fact);
    }
    let now = ctx.now();
    // A list reads no assignments of jobs: what does not count shows here until the job's page is opened.
    let until = |facts: &Vec<Fact>| worked_until(facts, FieldRecord::of, now);
    let worked = |job: JobId| (job, facts.get(&job).map_or(TimeDelta::zero(), until));
    Ok(with_hands.into_iter().map(worked).collect())
}

/// Whether hands are on, or were a moment ago.
fn has_hands(state: JobState) -> bool {
    matches!(state, JobState::Working | JobState::Paused)
}

fn free(ctx: &Ctx) -> TimeDelta {
    TimeDelta::minutes(ctx.reference().call_out().charging.free_minutes.into())
}

/// The one clock of a job that matters now; none once it is over.
pub(super) fn clock_of(
    ctx: &Ctx,
    job: &Job,
    crew: &[Assignment],
    (facts, fold): (&[Fact], impl Fn(&[Fact]) -> FieldRecord),
    starts_at: Option<Instant>,
) -> Option<QueueClock> {
    job.wake_at()?;
    let (state, since, now) = (job.state(), job.state_since, ctx.now());
    if has_hands(state) {
        return Some(free_clock(state, since, free(ctx) - worked_until(facts, fold, now), now));
    }
    let on_it = crew.iter().filter(|one| !one.is_over()).min_by_key(|one| one.id);
    let arrival_due_at = on_it.and_then(|one| one.arrival_due_at);
    Some(clock(state, since, &Instants { wake_at: job.wake_at(), starts_at, arrival_due_at }))
}

/// The instants a clock may count to.
struct Instants {
    wake_at: Option<Instant>,
    starts_at: Option<Instant>,
    arrival_due_at: Option<Instant>,
}

fn free_clock(state: JobState, since: Instant, left: TimeDelta, now: Instant) -> QueueClock {
    match state {
        JobState::Working => QueueClock { kind: ClockKind::FreeUntil, at: now + left },
        _ => QueueClock { kind: ClockKind::PausedFreeLeft, at: since + left },
    }
}

fn clock(state: JobState, since: Instant, instants: &Instants) -> QueueClock {
    let so = QueueClock { kind: ClockKind::Since, at: since };
    let to = |kind, at: Option<Instant>| at.map_or(so, |at| QueueClock { kind, at });
    match state {
        JobState::Offered => to(ClockKind::AnswerDue, instants.wake_at),
        JobState::Accepted => to(ClockKind::NamingDue, instants.wake_at),
        JobState::Unassigned | JobState::NoCoverage => to(ClockKind::LooksAgain, instants.wake_at),
        JobState::Booked => to(ClockKind::VisitBegins, instants.starts_at),
        JobState::Assigned | JobState::EnRoute => to(ClockKind::ArrivalDue, instants.arrival_due_at),
        _ => so,
    }
}
