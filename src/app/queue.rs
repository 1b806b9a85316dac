//! What the desk has in hand: by urgency and age, each job with the one clock that matters now.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Ctx, Error};
use crate::{
    domain::{alarms::AlarmKind, jobs::JobState, offers::Slot, text_enum::text_enum},
    store::{
        self,
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
        /// Since it has been so: nobody has promised anything.
        Since = "since",
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

/// Every unfinished job, most urgent first, then oldest.
pub async fn list(ctx: &Ctx) -> Result<Vec<InHand>, Error> {
    let mut tx = ctx.db().read().await?;
    let entries = store::queue::jobs(&mut tx, ENTRIES_MAX).await?;
    let on_them = store::queue::on_them(&mut tx, ROWS_MAX).await?;
    let alarms = store::queue::alarms(&mut tx, ROWS_MAX).await?;
    let in_hand = |entry: Entry| {
        let on_it = on_them.iter().find(|one| one.job_id == entry.job_id).cloned();
        let about = alarms.iter().filter(|(subject, _)| *subject == entry.job_id.0);
        InHand {
            clock: clock(&entry, on_it.as_ref()),
            alarms: about.map(|(_, kind)| *kind).collect(),
            on_it,
            entry,
        }
    };
    Ok(entries.into_iter().map(in_hand).collect())
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
