//! What follows from a job's record besides its state and its price: who is off it, who comes later than promised, what
//! is the landlord's matter, what a person at the desk must know.

use super::{Error, Unit, alarms, jobs, offers, referrals, windows};
use crate::{
    domain::{
        alarms::AlarmKind,
        events::{self, Subject},
        facts::{Fact, FactKind, FieldRecord, FieldState, ToldDelay},
        jobs::{Job, JobState},
        offers::{Assignment, Slot, WithdrawCode},
    },
    store,
};

/// Where the job is: as far on as whoever is on it. Whoever was taken off it and goes all the same does not move it; once
/// nobody is on it any more, the record tells.
pub(super) fn state_told(record: &FieldRecord, assignments: &[Assignment]) -> Option<JobState> {
    let on_it: Vec<_> = assignments.iter().filter(|one| one.slot != Slot::Released).collect();
    if on_it.is_empty() || record.completed_at.is_some() {
        return record.state;
    }
    let states = on_it.iter().map(|one| {
        let told = record.technician(one.technician_id).filter(|told| told.state.is_present());
        told.and_then(|told| told.state.of_job()).unwrap_or(JobState::Assigned)
    });
    states.max_by_key(|state| state.progress())
}

/// Lets everybody off the job who has left or cannot go on. When the only one cannot, the next ones are asked at once.
pub(super) async fn let_go(
    unit: &mut Unit,
    job: Job,
    record: &FieldRecord,
    assignments: &[Assignment],
) -> Result<Job, Error> {
    let (mut left, mut withdrew) = (0, false);
    for assignment in assignments.iter().filter(|one| one.slot != Slot::Released) {
        let Some(code) = off(record, assignment) else {
            left += 1;
            continue;
        };
        let offer =
            store::offers::find(&mut unit.tx, assignment.offer_id).await?.ok_or(Error::NotFound("offer"))?;
        offers::withdraw(unit, offer, code).await?;
        jobs::release(unit, assignment, code.into()).await?;
        withdrew |= code != WithdrawCode::VisitOver;
    }
    let goes_on = withdrew && left == 0 && job.state.is_in_the_field() && record.completed_at.is_none();
    if !goes_on {
        return Ok(job);
    }
    windows::release(unit, job.id).await?;
    let job = job.unassigned(unit.now, unit.now)?;
    store::jobs::save(&mut unit.tx, &job).await?;
    Ok(job)
}

/// Why the assignment is over, as its technician tells. What was told before it began is about an earlier visit.
fn off(record: &FieldRecord, assignment: &Assignment) -> Option<WithdrawCode> {
    let told =
        record.technician(assignment.technician_id).filter(|told| told.since >= assignment.assigned_at)?;
    match told.state {
        FieldState::AwaitingReturn | FieldState::NoAccess | FieldState::Left => Some(WithdrawCode::VisitOver),
        FieldState::Withdrawn => {
            let own = record.withdrawals.iter().rfind(|one| one.technician_id == assignment.technician_id);
            own.map(|withdrawn| withdrawn.code.into())
        }
        FieldState::EnRoute
        | FieldState::OnSite
        | FieldState::Working
        | FieldState::Paused
        | FieldState::Done => None,
    }
}

/// The arrival is what was promised last.
pub(super) async fn promise_anew(
    unit: &mut Unit,
    record: &FieldRecord,
    assignments: &[Assignment],
) -> Result<(), Error> {
    for assignment in assignments.iter().filter(|one| one.slot != Slot::Released) {
        let own = |delay: &&ToldDelay| {
            delay.technician_id == assignment.technician_id && delay.at >= assignment.assigned_at
        };
        let Some(delay) = record.delays.iter().rfind(own) else { continue };
        if assignment.arrival_due_at == Some(delay.arrival_at) {
            continue;
        }
        if !store::assignments::promise(&mut unit.tx, assignment, delay.arrival_at).await? {
            return Err(Error::Conflict);
        }
        if delay.arrival_at > unit.now {
            alarms::resolve(unit, AlarmKind::LateArrival, assignment.job_id.0).await?;
        }
        unit.emit(events::AssignmentDelayed {
            job: assignment.job_id,
            assignment: assignment.id,
            technician: assignment.technician_id,
            arrival_due_at: delay.arrival_at,
        });
    }
    Ok(())
}

/// What a person at the desk must know and do: nobody could get in; it is the landlord's matter.
pub(super) async fn tell_the_desk(
    unit: &mut Unit,
    job: &Job,
    record: &FieldRecord,
    recorded: &[Fact],
) -> Result<(), Error> {
    let is_told = recorded.iter().any(|fact| matches!(fact.what, FactKind::NoAccess { .. }));
    let in_vain = record.technicians.iter().any(|told| told.state == FieldState::NoAccess);
    if is_told && in_vain && job.state == JobState::AwaitingReturn {
        alarms::raise(unit, AlarmKind::NoAccess, Subject::Job, job.id.0).await?;
    }
    for found in &record.referral_findings {
        if recorded.iter().any(|fact| fact.id == found.fact_id) {
            referrals::found(unit, job, found).await?;
        }
    }
    Ok(())
}
