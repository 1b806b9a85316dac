//! The queue of doubtful jobs, kept in step with their facts.

use std::collections::BTreeSet;

use super::{Error, Unit, alarms};
use crate::{
    domain::{
        alarms::AlarmKind,
        events::{self, Subject},
        facts::{Flag, FlagCode},
        ids::JobId,
        reviews::{REVIEW_WAIT_MAX, Review, ReviewState},
    },
    store,
};

/// Keeps the review of a locked job in step with its open doubts: opens it, tells what else is doubtful, or closes it.
pub(super) async fn keep(unit: &mut Unit, job: JobId, open: &[Flag]) -> Result<(), Error> {
    let known = store::reviews::of_job(&mut unit.tx, job).await?;
    let current = known.iter().find(|review| review.state == ReviewState::Open).cloned();
    match current {
        Some(review) if open.is_empty() => {
            let id = review.id;
            save(unit, review.closed(ReviewState::Gone, unit.now)).await?;
            unit.emit(events::ReviewGone { review: id, job });
            alarms::resolve(unit, AlarmKind::ReviewWaiting, id.0).await
        }
        Some(review) => {
            let Some(changed) = review.with_flags(open) else { return Ok(()) };
            unit.emit(events::ReviewChanged { review: review.id, job, flags: codes(open) });
            save(unit, changed).await
        }
        None if open.is_empty() => Ok(()),
        None => {
            let review = Review {
                id: unit.id(),
                version: 1,
                job_id: job,
                number: i64::try_from(known.len()).unwrap_or(i64::MAX - 1) + 1,
                state: ReviewState::Open,
                flags: open.to_vec(),
                opened_at: unit.now,
                closed_at: None,
            };
            store::reviews::insert(&mut unit.tx, &review).await.map_err(Error::in_the_way)?;
            unit.emit(events::ReviewOpened { review: review.id, job, flags: codes(open) });
            let late = unit.now + REVIEW_WAIT_MAX;
            alarms::raise_at(unit, AlarmKind::ReviewWaiting, Subject::Review, review.id.0, late).await
        }
    }
}

/// Writes an open review over the version that was read.
pub(super) async fn save(unit: &mut Unit, review: Review) -> Result<(), Error> {
    if store::reviews::save(&mut unit.tx, &review).await? { Ok(()) } else { Err(Error::Conflict) }
}

/// The codes of the doubts, each once: an event is small whatever a device has done.
fn codes(open: &[Flag]) -> BTreeSet<FlagCode> {
    open.iter().map(|flag| flag.code).collect()
}
