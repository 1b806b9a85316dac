//! What the desk has in hand: by urgency and age, each job with the one clock that matters now.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Ctx, Error,
    in_hand::{ClockKind, InHand, KeptQueue, QueueClock},
};
use crate::{
    domain::{facts::worked_until, ids::JobId, jobs::JobState, offers::Slot},
    store::{
        self, Tx,
        queue::{Entry, OnIt},
    },
};

/// Jobs shown at most. More at once than a desk can see; what is beyond is the least urgent.
pub const ENTRIES_MAX: i64 = 500;
/// Alarms and assignments read at most.
const ROWS_MAX: i64 = 5_000;

/// A queue is not shown again after so long, whatever was heard of changes: a node may have missed one of another.
const KEPT_MAX: TimeDelta = TimeDelta::seconds(2);

/// Every unfinished job, most urgent first, then oldest. All consoles ask for it whenever something changes: it is read
/// once for all of them.
pub async fn list(ctx: &Ctx) -> Result<Arc<Vec<InHand>>, Error> {
    let mut kept = ctx.in_hand().lock().await;
    // Before the queue is read: what changes meanwhile makes it old.
    let (changes, at) = (ctx.changes(), ctx.now());
    if let Some(last) = kept.as_ref().filter(|last| last.changes == changes && at - last.at < KEPT_MAX) {
        return Ok(last.jobs.clone());
    }
    let jobs = Arc::new(read(ctx).await?);
    *kept = Some(KeptQueue { changes, at, jobs: jobs.clone() });
    Ok(jobs)
}

async fn read(ctx: &Ctx) -> Result<Vec<InHand>, Error> {
    let mut tx = ctx.db().read().await?;
    let entries = store::queue::jobs(&mut tx, ENTRIES_MAX).await?;
    let on_them = store::queue::on_them(&mut tx, ROWS_MAX).await?;
    let alarms = store::queue::alarms(&mut tx, ROWS_MAX).await?;
    let worked = worked(ctx, &mut tx, &entries).await?;
    let free = TimeDelta::minutes(ctx.reference().call_out().charging.free_minutes.into());
    let now = ctx.now();
    let in_hand = |entry: Entry| {
        let on_it = on_them.iter().find(|one| one.job_id == entry.job_id).cloned();
        let about = alarms.iter().filter(|(subject, _)| *subject == entry.job_id.0);
        InHand {
            clock: worked.get(&entry.job_id).map_or_else(
                || clock(&entry, on_it.as_ref()),
                |worked| free_clock(&entry, free - *worked, now),
            ),
            alarms: about.map(|(_, kind)| *kind).collect(),
            on_it,
            entry,
        }
    };
    Ok(entries.into_iter().map(in_hand).collect())
}

/// How long hands have been on, of the jobs where they are or were a moment ago.
async fn worked(ctx: &Ctx, tx: &mut Tx, entries: &[Entry]) -> Result<HashMap<JobId, TimeDelta>, Error> {
    let mut worked = HashMap::new();
    for entry in entries {
        if matches!(entry.state, JobState::Working | JobState::Paused) {
            let facts = store::facts::of_job(tx, entry.job_id).await?;
            worked.insert(entry.job_id, worked_until(&facts, ctx.now()));
        }
    }
    Ok(worked)
}

fn free_clock(entry: &Entry, left: TimeDelta, now: DateTime<Utc>) -> QueueClock {
    match entry.state {
        JobState::Working => QueueClock { kind: ClockKind::FreeUntil, at: now + left },
        _ => QueueClock { kind: ClockKind::PausedFreeLeft, at: entry.state_since + left },
    }
}

fn clock(entry: &Entry, on_it: Option<&OnIt>) -> QueueClock {
    let since = QueueClock { kind: ClockKind::Since, at: entry.state_since };
    let to = |kind, at: Option<DateTime<Utc>>| at.map_or(since, |at| QueueClock { kind, at });
    match entry.state {
        JobState::Offered => to(ClockKind::AnswerDue, entry.wake_at),
        JobState::Accepted => to(ClockKind::NamingDue, entry.wake_at),
        JobState::Unassigned => to(ClockKind::LooksAgain, entry.wake_at),
        JobState::Booked => to(ClockKind::VisitBegins, entry.starts_at),
        JobState::Assigned | JobState::EnRoute => {
            let current = on_it.filter(|one| one.slot != Slot::Released);
            to(ClockKind::ArrivalDue, current.and_then(|one| one.arrival_due_at))
        }
        _ => since,
    }
}
