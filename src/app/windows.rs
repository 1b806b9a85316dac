//! Planned visits, and jobs on the way, beside the time their technicians have off, or no shift in any more: never refused, but a
//! person must know.

use chrono::TimeDelta;

use super::{Error, Unit, alarms, fitness, questions};
use crate::{
    dispatch::question::When,
    domain::{
        alarms::AlarmKind,
        appointments::Appointment,
        events::Subject,
        fitness::{Confirmation, Reason},
        ids::TechnicianId,
        jobs::{Job, JobState},
        offers::Assignment,
        promises,
        roster::{
            Roster,
            duty::{Duty, Entry},
            entries::ShiftEntry,
        },
        span::Span,
    },
    store,
};

/// Whoever is late is on it for so long at least.
const SOON: TimeDelta = TimeDelta::hours(1);

/// No visit is planned later than this.
const PLANNED_MAX: TimeDelta = TimeDelta::days(61);

/// What of a technician's duty has gone.
#[derive(Clone, Copy)]
pub(super) enum Gone<'a> {
    /// Nothing: something has been entered.
    Nothing,
    /// An entry, which did not last any longer.
    Entry(Entry),
    /// The weekly shifts, which were these; there are others now.
    Weekly(&'a Roster),
}

/// A technician's duty within a span has changed: for as long as a planned visit, or a job they are awaited at, lies in time
/// that they have off or are on duty in no more, a person must know. The caller holds the technician, and so does whoever
/// books a visit: neither misses the other.
pub(super) async fn duty_changed(
    unit: &mut Unit,
    technician: TechnicianId,
    span: Span,
    gone: Gone<'_>,
) -> Result<(), Error> {
    for window in store::windows::overlapping(&mut unit.tx, technician, span).await? {
        if window.ends_at > unit.now && is_off_duty(unit, &window).await? {
            alarms::raise(unit, AlarmKind::VisitOffDuty, Subject::Job, window.job_id.0).await?;
        } else {
            alarms::resolve(unit, AlarmKind::VisitOffDuty, window.job_id.0).await?;
        }
    }
    for assignment in store::assignments::in_hands_of(&mut unit.tx, technician).await? {
        job_duty_changed(unit, &assignment, span, gone).await?;
    }
    Ok(())
}

/// The weekly shifts of a technician were these.
pub(super) async fn shifts_changed(
    unit: &mut Unit,
    technician: TechnicianId,
    was: &Roster,
) -> Result<(), Error> {
    match Span::new(unit.now, unit.now + PLANNED_MAX) {
        Some(ahead) => duty_changed(unit, technician, ahead, Gone::Weekly(was)).await,
        None => Ok(()),
    }
}

/// The same of a job that they have accepted and have yet to come to; a planned visit is looked at as such.
async fn job_duty_changed(
    unit: &mut Unit,
    assignment: &Assignment,
    changed: Span,
    gone: Gone<'_>,
) -> Result<(), Error> {
    let Some(job) = store::jobs::find(&mut unit.tx, assignment.job_id).await? else { return Ok(()) };
    let comes = [JobState::Assigned, JobState::EnRoute].contains(&job.state());
    if !comes || store::windows::of_job(&mut unit.tx, job.id).await?.is_some() {
        return Ok(());
    }
    let Some(awaited) = awaited(unit, assignment, &job) else { return Ok(()) };
    if changed.from() >= awaited.to() || changed.to() <= awaited.from() {
        return Ok(());
    }
    let technician = assignment.technician_id;
    let Some(known) = store::technicians::find(&mut unit.tx, technician).await? else { return Ok(()) };
    let entries = entries(unit, technician, awaited).await?;
    let rest_days = unit.ctx.rest_days();
    let duty = Duty { roster: &known.shifts, entries: &entries, rest_days: &rest_days };
    let mut before = entries.clone();
    let was = match gone {
        Gone::Nothing => duty,
        Gone::Entry(entry) => {
            before.push(entry);
            Duty { entries: &before, ..duty }
        }
        Gone::Weekly(roster) => Duty { roster, ..duty },
    };
    if was.loses_by(&duty, awaited) || entries.iter().any(|entry| entry.kind.takes_away()) {
        alarms::raise(unit, AlarmKind::VisitOffDuty, Subject::Job, job.id.0).await
    } else if duty.fills(awaited) {
        alarms::resolve(unit, AlarmKind::VisitOffDuty, job.id.0).await
    } else {
        Ok(())
    }
}

/// Until when somebody is to come to a job.
fn awaited(unit: &Unit, assignment: &Assignment, job: &Job) -> Option<Span> {
    let latest = promises::latest(job.priority, assignment.assigned_at, None);
    Span::new(unit.now, assignment.arrival_due_at.unwrap_or(latest).max(unit.now + SOON))
}

async fn entries(unit: &mut Unit, technician: TechnicianId, span: Span) -> Result<Vec<Entry>, Error> {
    let found = store::shift_entries::of_technician(&mut unit.tx, technician, span.from(), span.to()).await?;
    Ok(found.iter().filter_map(ShiftEntry::entry).collect())
}

/// Whether a planned visit lies in time that its technician has off, or has no shift for it (G-17), unless somebody has passed
/// over that.
async fn is_off_duty(unit: &mut Unit, window: &Appointment) -> Result<bool, Error> {
    let is_known = |known: &Confirmation| known.despite.contains(&Reason::OffShift);
    if is_in_time_off(unit, window).await? {
        return Ok(true);
    }
    if window.confirmation.as_ref().is_some_and(is_known) {
        return Ok(false);
    }
    let Some(job) = store::jobs::find(&mut unit.tx, window.job_id).await? else { return Ok(false) };
    let Some(site) = store::cases::site(&mut unit.tx, job.case_id).await? else { return Ok(false) };
    let question = questions::of_job(&unit.ctx.clone(), &mut unit.tx, &job, &site).await?;
    let Some(known) = fitness::find(unit, window.technician_id).await? else { return Ok(false) };
    let when = Span::new(window.starts_at, window.ends_at).map_or(When::Now, When::Visit);
    Ok(known.asked(&question, when)?.fitness.has(Reason::OffShift))
}

/// Whether a visit that is not over lies in its technician's time off.
pub(super) async fn is_in_time_off(unit: &mut Unit, window: &Appointment) -> Result<bool, Error> {
    let Some(span) = Span::new(window.starts_at, window.ends_at) else { return Ok(false) };
    let entries = entries(unit, window.technician_id, span).await?;
    Ok(window.ends_at > unit.now && entries.iter().any(|entry| entry.kind.takes_away()))
}
