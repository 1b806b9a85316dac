//! Planned visits beside the time their technicians have off: never refused, but a person must know.

use super::{Error, Unit, alarms};
use crate::{
    domain::{alarms::AlarmKind, appointments::Appointment, events::Subject, ids::TechnicianId, span::Span},
    store,
};

/// A technician's time off has changed: for as long as a planned visit lies in it, a person must know. The caller holds the
/// technician, and so does whoever books a visit: neither misses the other.
pub(super) async fn absence_changed(
    unit: &mut Unit,
    technician: TechnicianId,
    span: Span,
) -> Result<(), Error> {
    for window in store::windows::overlapping(&mut unit.tx, technician, span).await? {
        if is_off_duty(unit, &window).await? {
            alarms::raise(unit, AlarmKind::VisitOffDuty, Subject::Job, window.job_id.0).await?;
        } else {
            alarms::resolve(unit, AlarmKind::VisitOffDuty, window.job_id.0).await?;
        }
    }
    Ok(())
}

/// Whether a visit that is not over lies in its technician's time off.
pub(super) async fn is_off_duty(unit: &mut Unit, window: &Appointment) -> Result<bool, Error> {
    let (from, to) = (window.starts_at, window.ends_at);
    let entries = store::shift_entries::of_technician(&mut unit.tx, window.technician_id, from, to).await?;
    Ok(to > unit.now && entries.iter().any(|entry| entry.kind.takes_away()))
}
