//! The queue of doubtful jobs, kept in step with their facts.

use std::collections::BTreeSet;

use super::{Error, Unit, alarms};
use crate::{
    domain::{
        alarms::AlarmKind,
        events::{self, Subject},
        facts::FlagCode,
        reviews::{REVIEW_WAIT_MAX, Review},
        settling::ReviewChange,
    },
    store,
};

/// Writes down what becomes of the review of a locked job, and tells whoever waits for it.
pub(super) async fn carry_out(unit: &mut Unit, change: ReviewChange) -> Result<(), Error> {
    match change {
        ReviewChange::Open(review) => {
            store::reviews::insert(&mut unit.tx, &review).await.map_err(Error::in_the_way)?;
            let (id, job, flags) = (review.id, review.job_id, codes(&review));
            unit.emit(events::ReviewOpened { review: id, job, flags });
            let late = unit.now + REVIEW_WAIT_MAX;
            alarms::raise_at(unit, AlarmKind::ReviewWaiting, Subject::Review, review.id.0, late).await
        }
        ReviewChange::Changed(review) => {
            let (id, job, flags) = (review.id, review.job_id, codes(&review));
            unit.emit(events::ReviewChanged { review: id, job, flags });
            save(unit, review).await
        }
        ReviewChange::Gone(review) => {
            let (id, job) = (review.id, review.job_id);
            save(unit, review).await?;
            unit.emit(events::ReviewGone { review: id, job });
            alarms::resolve(unit, AlarmKind::ReviewWaiting, id.0).await
        }
    }
}

/// Writes an open review over the version that was read.
pub(super) async fn save(unit: &mut Unit, review: Review) -> Result<(), Error> {
    if store::reviews::save(&mut unit.tx, &review).await? { Ok(()) } else { Err(Error::Conflict) }
}

/// The codes of the doubts, each once: an event is small whatever a device has done.
fn codes(review: &Review) -> BTreeSet<FlagCode> {
    review.flags.iter().map(|flag| flag.code).collect()
}
