//! The queue of doubtful jobs, kept in step with their facts.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Error, Unit, alarms};
use crate::{
    domain::{
        alarms::AlarmKind,
        events::{Kind, Subject},
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
            unit.emit(Kind::ReviewOpened, Subject::Review, review.id.0, about(&review));
            let late = unit.now + REVIEW_WAIT_MAX;
            alarms::raise_at(unit, AlarmKind::ReviewWaiting, Subject::Review, review.id.0, late).await
        }
        ReviewChange::Changed(review) => {
            unit.emit(Kind::ReviewChanged, Subject::Review, review.id.0, about(&review));
            save(unit, review).await
        }
        ReviewChange::Gone(review) => {
            let (id, job) = (review.id, review.job_id);
            save(unit, review).await?;
            unit.emit(Kind::ReviewGone, Subject::Review, id.0, json!({ "job": job }));
            alarms::resolve(unit, AlarmKind::ReviewWaiting, id.0).await
        }
    }
}

/// Writes an open review over the version that was read.
pub(super) async fn save(unit: &mut Unit, review: Review) -> Result<(), Error> {
    if store::reviews::save(&mut unit.tx, &review).await? { Ok(()) } else { Err(Error::Conflict) }
}

/// The codes of the doubts, each once: an event is small whatever a device has done.
fn about(review: &Review) -> serde_json::Value {
    let codes: BTreeSet<_> = review.flags.iter().map(|flag| flag.code).collect();
    json!({ "job": review.job_id, "flags": codes })
}
