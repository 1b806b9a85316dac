//! The queue of doubtful jobs, kept in step with their facts.

use std::collections::BTreeSet;

use super::{Error, Unit, alarms};
use crate::{
    domain::{
        alarms::AlarmKind,
        events::{self, Subject},
        facts::FlagCode,
        reviews::Review,
        settling::ReviewChange,
    },
    store,
};

/// Writes down what becomes of the review of a locked job, and tells whoever waits for it.
pub(super) async fn carry_out(unit: &mut Unit, change: ReviewChange) -> Result<(), Error> {
    match change {
        ReviewChange::Open(review) => {
            store::reviews::insert(&mut unit.writes, &review);
            let (id, job, flags) = (review.id, review.job_id, codes(&review));
            unit.emit(events::ReviewOpened { review: id, job, flags });
            let late = unit.now + unit.ctx.reference().dispatch().silence.review_s.delta();
            alarms::raise_at(unit, AlarmKind::ReviewWaiting, Subject::Review, review.id.0, late).await
        }
        ReviewChange::Changed(review) => {
            let (id, job, flags) = (review.id, review.job_id, codes(&review));
            unit.emit(events::ReviewChanged { review: id, job, flags });
            store::reviews::save(&mut unit.writes, &review);
            Ok(())
        }
        ReviewChange::Gone(review) => {
            let (id, job) = (review.id, review.job_id);
            store::reviews::save(&mut unit.writes, &review);
            unit.emit(events::ReviewGone { review: id, job });
            alarms::resolve(unit, AlarmKind::ReviewWaiting, id.0).await
        }
    }
}

/// The codes of the doubts, each once: an event is small whatever a device has done.
fn codes(review: &Review) -> BTreeSet<FlagCode> {
    review.flags.iter().map(|flag| flag.code).collect()
}
