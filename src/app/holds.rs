//! What holds a job: a danger of its case that nobody has cleared (4.1), or nobody to confirm the identity (S-04).

use super::{Error, Unit, alarms, offers, windows};
use crate::{
    domain::{
        alarms::AlarmKind,
        cases::Case,
        events::{self, Subject},
        identity::Method,
        ids::CaseId,
        jobs::{Job, JobState},
        offers::WithdrawCode,
        trade::Priority,
    },
    store,
};

/// The code of a hold for want of a way to check the identity.
const IDENTITY: &str = "identity";

/// Rounds of a job at most.
const ROUNDS_MAX: i64 = 1_000_000;

/// Dangers of a case that nobody has cleared, the ones that hold apart from the others.
struct Uncleared {
    holding: Option<String>,
    other: bool,
}

/// Holds or frees every unfinished job of a locked case, as its dangers are now.
pub(super) async fn apply_to_case(unit: &mut Unit, case: &Case) -> Result<Vec<Job>, Error> {
    let mut jobs = Vec::new();
    for job in store::jobs::of_case(&mut unit.tx, case.id).await? {
        if let Some(job) = store::jobs::lock(&mut unit.tx, job.id).await? {
            jobs.push(apply(unit, job).await?);
        }
    }
    Ok(jobs)
}

/// Holds or frees a locked job of a locked case, as the dangers of the case and its identity plan are now.
pub(super) async fn apply(unit: &mut Unit, job: Job) -> Result<Job, Error> {
    if job.state.is_final() {
        return Ok(job);
    }
    let dangers = uncleared(unit, job.case_id).await?;
    let priority = match (&dangers.holding, dangers.other) {
        (Some(_), _) => job.priority.min(Priority::P0),
        (None, true) => job.priority.min(Priority::P1),
        (None, false) => job.priority,
    };
    let mut changed = Job { priority, ..job.clone() };
    if priority < job.priority && job.state == JobState::Unassigned {
        // What has become more urgent does not wait for a later look.
        changed.wake_at = Some(unit.now);
    }
    let nobody_on_it =
        matches!(job.state, JobState::Unassigned | JobState::Held | JobState::Booked | JobState::Offered);
    let changed = match (dangers.holding, nobody_on_it) {
        (Some(code), true) => hold(unit, changed, &code).await?,
        (Some(_), false) => {
            alarms::raise(unit, AlarmKind::DangerOnJob, Subject::Job, job.id.0).await?;
            changed
        }
        (None, true) if unidentified(unit, &job).await? => hold(unit, changed, IDENTITY).await?,
        (None, _) => free(unit, changed).await?,
    };
    if changed != job {
        store::jobs::save(&mut unit.tx, &changed).await?;
    }
    Ok(changed)
}

async fn hold(unit: &mut Unit, job: Job, code: &str) -> Result<Job, Error> {
    if job.state == JobState::Held && job.hold.as_deref() == Some(code) {
        return Ok(job);
    }
    offers::withdraw_open(unit, job.id, WithdrawCode::Held).await?;
    windows::release(unit, job.id).await?;
    let remind_at = unit.now + unit.ctx.reference().dispatch().held_reminder;
    let job = job.held(code, unit.now, remind_at)?;
    unit.emit(events::JobHeld { job: job.id, hold: code.to_owned() });
    alarms::raise(unit, AlarmKind::Held, Subject::Job, job.id.0).await?;
    Ok(job)
}

async fn free(unit: &mut Unit, job: Job) -> Result<Job, Error> {
    alarms::resolve(unit, AlarmKind::DangerOnJob, job.id.0).await?;
    if job.state != JobState::Held {
        return Ok(job);
    }
    let job = begin_anew(unit, job).await?.cleared(unit.now)?;
    unit.emit(events::JobCleared { job: job.id });
    alarms::resolve(unit, AlarmKind::Held, job.id.0).await?;
    Ok(job)
}

/// Who was asked before the hold, and did not say no, is asked again: that takes a new round.
async fn begin_anew(unit: &mut Unit, job: Job) -> Result<Job, Error> {
    let asked = store::offers::of_job(&mut unit.tx, job.id).await?;
    if asked.iter().all(|offer| offer.round != job.round) {
        return Ok(job);
    }
    Ok(Job { round: (job.round + 1).min(ROUNDS_MAX), rung: 0, ..job })
}

async fn uncleared(unit: &mut Unit, case: CaseId) -> Result<Uncleared, Error> {
    let hazards = store::dangers::of_case(&mut unit.tx, case).await?;
    let open: Vec<_> = hazards.into_iter().filter(|hazard| hazard.cleared_at.is_none()).collect();
    let reference = unit.ctx.reference();
    // A hazard that the reference data no longer knows holds: nobody knows that it is harmless.
    let holds = |code: &str| reference.hazards().get(code).is_none_or(|hazard| hazard.holds_offers);
    let holding = open.iter().find(|hazard| holds(&hazard.hazard)).map(|hazard| hazard.hazard.clone());
    Ok(Uncleared { holding, other: !open.is_empty() })
}

async fn unidentified(unit: &mut Unit, job: &Job) -> Result<bool, Error> {
    let plan = store::identity::latest(&mut unit.tx, job.id).await?;
    Ok(plan.is_some_and(|plan| plan.method == Method::None))
}
