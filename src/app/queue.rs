//! What the desk has in hand: by urgency and age, each job with the one clock that matters now.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{Ctx, Error};
use crate::{
    domain::{
        alarms::AlarmKind, facts::worked_until, ids::JobId, jobs::JobState, offers::Slot, span::Instant,
        text_enum::text_enum,
    },
    store::{
        self, Tx,
        queue::{Entry, OnIt},
    },
};

/// Jobs shown at most. More at once than a desk can see; what is beyond is the least urgent.
pub const ENTRIES_MAX: i64 = 500;
/// Alarms and assignments read at most.
const ROWS_MAX: i64 = 5_000;

text_enum! {
    /// What a clock of the queue counts to, or since when.
    pub enum ClockKind("clock") {
        /// Until the one who is asked must answer.
        AnswerDue = "answer_due",
        /// Until the firm must name its technician.
        NamingDue = "naming_due",
        /// Until somebody is looked for again.
        LooksAgain = "looks_again",
        /// Until the planned visit begins.
        VisitBegins = "visit_begins",
        /// Until the promised arrival.
        ArrivalDue = "arrival_due",
        /// Until the free minutes run out, while hands are on; an instant that has passed began the overtime (C-07).
        FreeUntil = "free_until",
        /// Until the free minutes would run out, had work gone on since the job's state began: it stands still.
        PausedFreeLeft = "paused_free_left",
        /// Since it has been so: nobody has promised anything.
        Since = "since",
    }
}

text_enum! {
    /// Where a job is, as the desk sees it.
    pub enum QueueStage("stage") {
        /// Nobody has it: nobody is asked, or nobody may be.
        Open = "open",
        /// Somebody is asked, or a firm has yet to name who goes.
        Asked = "asked",
        /// Somebody goes.
        Coming = "coming",
        /// Somebody is there.
        There = "there",
        /// A visit is planned.
        Planned = "planned",
    }
}

impl QueueStage {
    /// The stage of a state; none of a finished one.
    #[must_use]
    pub fn of(state: JobState) -> Option<Self> {
        Some(match state {
            JobState::Unassigned | JobState::Held => Self::Open,
            JobState::Offered | JobState::Accepted => Self::Asked,
            JobState::Assigned | JobState::EnRoute => Self::Coming,
            JobState::OnSite | JobState::Working | JobState::Paused | JobState::AwaitingReturn => Self::There,
            JobState::Booked => Self::Planned,
            JobState::Completed | JobState::Cancelled | JobState::NoCoverage => return None,
        })
    }
}

/// The clock that matters now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QueueClock {
    /// What it counts to, or since when.
    pub kind: ClockKind,
    /// That instant.
    pub at: DateTime<Utc>,
}

/// One unfinished job.
#[derive(Debug, Clone)]
pub struct InHand {
    /// The job.
    pub entry: Entry,
    /// Who is on it.
    pub on_it: Option<OnIt>,
    /// The clock that matters now.
    pub clock: QueueClock,
    /// What a person must know about it.
    pub alarms: Vec<AlarmKind>,
}

/// The queue as it was read, and when.
pub struct Kept {
    changes: u64,
    at: Instant,
    jobs: Arc<Vec<InHand>>,
}

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
    *kept = Some(Kept { changes, at, jobs: jobs.clone() });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unfinished_state_has_a_stage() {
        for &state in JobState::ALL {
            assert_eq!(QueueStage::of(state).is_none(), state.is_final(), "{state}");
        }
    }
}
