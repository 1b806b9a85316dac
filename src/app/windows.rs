//! Planned visits, and jobs on the way, beside the time their technicians have off: never refused, but a person must know.

use chrono::TimeDelta;

use super::{Error, Unit, alarms};
use crate::{
    domain::{
        alarms::AlarmKind, appointments::Appointment, events::Subject, ids::TechnicianId, jobs::JobState,
        offers::Assignment, promises, span::Span,
    },
    store,
};

/// Whoever is late is on it for so long at least.
const SOON: TimeDelta = TimeDelta::hours(1);

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
    for assignment in store::assignments::in_hands_of(&mut unit.tx, technician).await? {
        job_absence_changed(unit, &assignment, span).await?;
    }
    Ok(())
}

/// The same of a job that they have accepted and have yet to come to; a planned visit is looked at as such.
async fn job_absence_changed(unit: &mut Unit, assignment: &Assignment, changed: Span) -> Result<(), Error> {
    let Some(job) = store::jobs::find(&mut unit.tx, assignment.job_id).await? else { return Ok(()) };
    let comes = [JobState::Assigned, JobState::EnRoute].contains(&job.state());
    if !comes || store::windows::of_job(&mut unit.tx, job.id).await?.is_some() {
        return Ok(());
    }
    let latest = promises::latest(job.priority, assignment.assigned_at, None);
    let (from, to) = (unit.now, assignment.arrival_due_at.unwrap_or(latest).max(unit.now + SOON));
    if changed.from() >= to || changed.to() <= from {
        return Ok(());
    }
    let entries =
        store::shift_entries::of_technician(&mut unit.tx, assignment.technician_id, from, to).await?;
    if entries.iter().any(|entry| entry.kind.takes_away()) {
        alarms::raise(unit, AlarmKind::VisitOffDuty, Subject::Job, job.id.0).await
    } else {
        alarms::resolve(unit, AlarmKind::VisitOffDuty, job.id.0).await
    }
}

/// Whether a visit that is not over lies in its technician's time off.
pub(super) async fn is_off_duty(unit: &mut Unit, window: &Appointment) -> Result<bool, Error> {
    let (from, to) = (window.starts_at, window.ends_at);
    let entries = store::shift_entries::of_technician(&mut unit.tx, window.technician_id, from, to).await?;
    Ok(to > unit.now && entries.iter().any(|entry| entry.kind.takes_away()))
}
