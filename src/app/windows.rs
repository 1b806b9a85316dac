//! The windows planned visits hold: released when the visit is over, moved, or will not happen.

use super::{Error, Unit, alarms};
use crate::{
    domain::{
        alarms::AlarmKind,
        appointments::{Appointment, GivenUp},
        events::{self, Subject},
        ids::{JobId, TechnicianId},
        offers::Offer,
        span::Span,
    },
    store,
};

/// Releases the window of a job that is over, or planned anew.
pub(super) async fn release(unit: &mut Unit, job: JobId) -> Result<(), Error> {
    match store::windows::of_job(&mut unit.tx, job).await? {
        Some(window) => give_up(unit, &window, GivenUp::Over).await,
        None => Ok(()),
    }
}

/// The technician of a planned visit does not come: his window is free again, and a person must know.
pub(super) async fn lapse(unit: &mut Unit, offer: &Offer) -> Result<(), Error> {
    let Some(window) = store::windows::of_job(&mut unit.tx, offer.job_id).await? else { return Ok(()) };
    if window.technician_id != offer.technician_id {
        return Ok(());
    }
    give_up(unit, &window, GivenUp::Contractor).await?;
    alarms::raise(unit, AlarmKind::AppointmentAtRisk, Subject::Job, offer.job_id.0).await
}

/// A technician's time off has changed: it is never refused for a visit planned then, but a person must know of that
/// visit, for as long as the two lie over each other. The caller holds the technician, and so does whoever books a visit:
/// neither misses the other.
pub(super) async fn absence_changed(
    unit: &mut Unit,
    technician: TechnicianId,
    span: Span,
) -> Result<(), Error> {
    for window in store::windows::overlapping(&mut unit.tx, technician, span).await? {
        watch_duty(unit, &window).await?;
    }
    Ok(())
}

/// Raises the alarm about a visit in its technician's time off, or ends it.
pub(super) async fn watch_duty(unit: &mut Unit, window: &Appointment) -> Result<(), Error> {
    let (from, to) = (window.starts_at, window.ends_at);
    let entries = store::shift_entries::of_technician(&mut unit.tx, window.technician_id, from, to).await?;
    if to > unit.now && entries.iter().any(|entry| entry.kind.takes_away()) {
        return alarms::raise(unit, AlarmKind::VisitOffDuty, Subject::Job, window.job_id.0).await;
    }
    alarms::resolve(unit, AlarmKind::VisitOffDuty, window.job_id.0).await
}

pub(super) async fn give_up(unit: &mut Unit, window: &Appointment, code: GivenUp) -> Result<(), Error> {
    if !store::windows::release(&mut unit.tx, window).await? {
        return Err(Error::Conflict);
    }
    alarms::resolve(unit, AlarmKind::VisitOffDuty, window.job_id.0).await?;
    unit.emit(events::JobUnbooked {
        job: window.job_id,
        window: window.id,
        technician: window.technician_id,
        code,
    });
    Ok(())
}
