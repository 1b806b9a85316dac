//! Looking after a job somebody has accepted: does he come?

use chrono::TimeDelta;

use super::{
    super::{Error, Unit, alarms, jobs, offers},
    ask,
};
use crate::{
    dispatch::{
        travel,
        watch::{self, Action, Look, Seen},
    },
    domain::{
        alarms::AlarmKind,
        events::{self, Subject},
        jobs::{Job, JobState},
        offers::{Assignment, Offer, OfferState, Progress, Slot, WithdrawCode},
        place::Point,
        reference::dispatch::Watch,
    },
    store::{self, positions::Position},
};

/// Nearer to the site than this counts as there: nobody stands still at the door.
const THERE_M: u32 = 300;
/// Movement of less than this is none: positions are that inexact.
const MOVED_M: u32 = 200;

/// Looks at one job; warns its contractor, or sends somebody else.
pub(super) async fn look(unit: &mut Unit, job: Job, asked: Vec<Offer>) -> Result<Job, Error> {
    let reference = unit.ctx.reference();
    let watch = &reference.dispatch().policy(job.priority).watch;
    let assignments = store::assignments::of_job(&mut unit.tx, job.id).await?;
    let Some(assignment) = assignments.into_iter().find(|one| one.slot != Slot::Released) else {
        if job.state == JobState::AwaitingReturn {
            // Who comes when is a person's to say: the resident must be asked.
            alarms::raise(unit, AlarmKind::ReturnDue, Subject::Job, job.id.0).await?;
            let again = unit.now + watch::first_look(watch, job.state).max(TimeDelta::minutes(1));
            return Ok(Job { wake_at: Some(again), ..job });
        }
        // Nobody is on it any more: it goes back on the ladder.
        let job = job.unassigned(unit.now, unit.now)?;
        return ask::next(unit, job, asked).await;
    };
    let seen = seen(unit, &job, &assignment, watch).await?;
    let Look { alarms, action, again } = watch::look(watch, &seen, unit.now);
    for alarm in &alarms {
        alarms::raise(unit, *alarm, Subject::Job, job.id.0).await?;
    }
    match action {
        Action::Wait => Ok(Job { wake_at: Some(again), ..job }),
        Action::Warn => {
            unit.emit(events::JobWarned {
                job: job.id,
                firm: assignment.firm_id,
                technician: assignment.technician_id,
                alarms,
            });
            Ok(Job { wake_at: Some(again), warned_at: Some(unit.now), ..job })
        }
        Action::SendAnother => send_another(unit, job, alarms.first().copied(), asked).await,
    }
}

/// What is known of the job and of the one who goes.
async fn seen(unit: &mut Unit, job: &Job, assignment: &Assignment, watch: &Watch) -> Result<Seen, Error> {
    let site = store::cases::site(&mut unit.tx, job.case_id).await?.map(|site| site.point);
    let technician = store::technicians::find(&mut unit.tx, assignment.technician_id).await?;
    let position = store::positions::find(&mut unit.tx, assignment.technician_id).await?;
    let fresh = position.filter(|position| unit.now - position.measured_at < watch.stalled_s.delta());
    let moved_at = match (&fresh, job.state) {
        (Some(position), JobState::EnRoute) => moved(unit, assignment, position, site).await?,
        _ => None,
    };
    let from = fresh.map(|position| position.point).or(technician.map(|technician| technician.base));
    let way = from.zip(site).map(|(from, site)| travel::travel_s(travel::distance_m(from, site), unit.now));
    Ok(Seen {
        state: job.state,
        since: job.state_since,
        warned_at: job.warned_at,
        current_since: assignment.current_since.filter(|_| assignment.slot == Slot::Current),
        arrival_due_at: assignment.arrival_due_at,
        travel: way.map_or(TimeDelta::zero(), |seconds| TimeDelta::seconds(seconds.into())),
        moved_at,
    })
}

/// When the technician was last seen to move; being there counts. The first position seen on the way is a movement.
async fn moved(
    unit: &mut Unit,
    assignment: &Assignment,
    position: &Position,
    site: Option<Point>,
) -> Result<Option<chrono::DateTime<chrono::Utc>>, Error> {
    if site.is_some_and(|site| travel::distance_m(position.point, site) <= THERE_M) {
        return Ok(Some(unit.now));
    }
    let known = assignment.progress;
    if let Some(progress) = known
        && travel::distance_m(progress.point, position.point) < MOVED_M
    {
        return Ok(Some(progress.at));
    }
    let progress = Progress { at: position.measured_at.min(unit.now), point: position.point };
    store::assignments::progressed(&mut unit.tx, assignment, &progress).await?;
    Ok(Some(progress.at))
}

/// The warning changed nothing: the assignment is over, and the next ones are asked at once.
async fn send_another(
    unit: &mut Unit,
    job: Job,
    why: Option<AlarmKind>,
    mut asked: Vec<Offer>,
) -> Result<Job, Error> {
    let code = if why == Some(AlarmKind::Stalled) { WithdrawCode::Stalled } else { WithdrawCode::NoShow };
    jobs::release_all(unit, job.id, code.into()).await?;
    for offer in asked.iter_mut().filter(|offer| offer.state == OfferState::Accepted) {
        *offer = offers::withdraw(unit, offer.clone(), code).await?;
    }
    let job = job.unassigned(unit.now, unit.now)?;
    ask::next(unit, job, asked).await
}
