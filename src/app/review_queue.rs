//! The queue of doubtful jobs, kept in step with their facts.

use super::{Error, Unit, alarms};
use crate::{
    domain::{
        alarms::AlarmKind,
        events::{self, Subject},
        ids::ReviewId,
        reviews::{MISSING_ASKED_AFTER, Review},
        settling::ReviewChange,
    },
    store,
};

/// Writes down what becomes of the review of a locked job, and tells whoever waits for it.
pub(super) async fn carry_out(unit: &mut Unit, change: ReviewChange) -> Result<(), Error> {
    match change {
        ReviewChange::Open(review) => {
            store::reviews::insert(&mut unit.writes, &review);
            let (id, job, flags) = (review.id, review.job_id, review.codes());
            unit.emit(events::ReviewOpened { review: id, job, flags });
            let late = unit.now + unit.ctx.reference().dispatch().silence.review_s.delta();
            alarms::raise_at(unit, AlarmKind::ReviewWaiting, Subject::Review, review.id.0, late).await?;
            ask_for_missing(unit, &review).await
        }
        ReviewChange::Changed(review) => {
            let (id, job, flags) = (review.id, review.job_id, review.codes());
            unit.emit(events::ReviewChanged { review: id, job, flags });
            store::reviews::save(&mut unit.writes, &review);
            ask_for_missing(unit, &review).await
        }
        ReviewChange::Gone(review) => {
            let (id, job) = (review.id, review.job_id);
            store::reviews::save(&mut unit.writes, &review);
            unit.emit(events::ReviewGone { review: id, job });
            nobody_waits(unit, id).await
        }
    }
}

/// The review is over: nobody waits for it any more, nor for the reports that were missing.
pub(super) async fn nobody_waits(unit: &mut Unit, id: ReviewId) -> Result<(), Error> {
    alarms::resolve(unit, AlarmKind::ReviewWaiting, id.0).await?;
    alarms::resolve(unit, AlarmKind::ReportMissing, id.0).await
}

/// A number left open that holds up a bill is asked for after an hour, until it has come or the review is decided, which
/// closes it as missing (G-04).
async fn ask_for_missing(unit: &mut Unit, review: &Review) -> Result<(), Error> {
    if !review.misses_reports() {
        return alarms::resolve(unit, AlarmKind::ReportMissing, review.id.0).await;
    }
    if store::alarms::is_unresolved(&mut unit.tx, AlarmKind::ReportMissing, review.id.0).await? {
        return Ok(());
    }
    let at = unit.now + MISSING_ASKED_AFTER;
    alarms::raise_at(unit, AlarmKind::ReportMissing, Subject::Review, review.id.0, at).await
}
