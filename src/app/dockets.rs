//! Jobs in hand: loaded at once, decided on in `domain::docket` or `dispatch::ladder`, written once at the end.

use uuid::Uuid;

use super::{Error, Unit, alarms, interpretations, order_notes};
use crate::{
    domain::{
        alarms::AlarmKind,
        docket::{self, Changes, Docket, Known},
        facts::Fact,
        ids::{JobId, TechnicianId},
        interpretations::Line,
        jobs::Job,
        perils::SafetyRules,
    },
    store::{
        self,
        dockets::{Beside, Loaded, Wanted},
    },
};

/// What is known of a job, with its reports.
pub(super) async fn load(unit: &mut Unit, wanted: Wanted<'_>) -> Result<Loaded, Error> {
    let mut all = store::dockets::load(&mut unit.tx, wanted).await?;
    all.pop().ok_or(Error::NotFound("job"))
}

/// Takes a loaded job in hand.
pub(super) fn take(unit: &Unit, known: Known) -> Docket {
    let (ctx, now) = (unit.ctx.clone(), unit.now);
    Docket::new(known, SafetyRules::of(&ctx.reference()), now, Box::new(move || ctx.new_id(now)))
}

/// Takes a job in hand.
pub(super) async fn of_job(unit: &mut Unit, id: JobId) -> Result<Docket, Error> {
    of(unit, id.0, None).await
}

/// Takes a job in hand by its id, or by that of an offer or assignment; with somebody who was not asked.
pub(super) async fn of(unit: &mut Unit, id: Uuid, also: Option<TechnicianId>) -> Result<Docket, Error> {
    let also = also.map(|technician| Beside { technician, needed: None });
    let loaded = load(unit, Wanted { id, also, reports: &[] }).await?;
    Ok(take(unit, loaded.known))
}

/// Takes a job in hand with its reports, and those that are in the way of somebody who is needed for it.
pub(super) async fn with_those_in_the_way(
    unit: &mut Unit,
    id: JobId,
    of: Beside,
) -> Result<(Docket, Vec<Fact>, Vec<Docket>), Error> {
    let all = store::dockets::load(&mut unit.tx, Wanted { id: id.0, also: Some(of), reports: &[] }).await?;
    let (mut own, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|loaded: &Loaded| loaded.known.job.id == id);
    let own = own.pop().ok_or(Error::NotFound("job"))?;
    let others = others.into_iter().map(|loaded| take(unit, loaded.known)).collect();
    Ok((take(unit, own.known), own.facts, others))
}

/// Takes every job of a case in hand.
pub(super) async fn of_case(unit: &mut Unit, case: Uuid) -> Result<Vec<Docket>, Error> {
    let all = store::dockets::load(&mut unit.tx, Wanted { id: case, also: None, reports: &[] }).await?;
    Ok(all.into_iter().map(|loaded| take(unit, loaded.known)).collect())
}

/// Has what follows from the decision written with the use-case; the job as it is then. Each new assignment is an order
/// in writing (C-26).
pub(super) async fn close(unit: &mut Unit, docket: Docket) -> Result<Known, Error> {
    let (known, changes) = docket.close();
    write(unit, known, changes).await
}

/// The same of several jobs.
pub(super) async fn close_all(unit: &mut Unit, dockets: Vec<Docket>) -> Result<Vec<Known>, Error> {
    let mut closed = Vec::with_capacity(dockets.len());
    for (known, changes) in docket::close_all(dockets) {
        closed.push(write(unit, known, changes).await?);
        // One may look at jobs of which another one writes.
        unit.writes.then();
    }
    Ok(closed)
}

async fn write(unit: &mut Unit, known: Known, changes: Changes) -> Result<Known, Error> {
    if changes.is_empty() {
        return Ok(known);
    }
    store::docket_changes::save(&mut unit.writes, &changes, unit.now);
    for assignment in &changes.assignments.new {
        order_notes::issue(unit, assignment).await?;
    }
    if changes.has_changed_hands(&known) {
        interpretations::line_ended(unit, Line::Job(known.job.id)).await?;
    }
    if known.job.state().is_final() {
        job_ended(unit, &known.job).await?;
    }
    changes.events.into_iter().for_each(|event| unit.emit(event));
    Ok(known)
}

/// Nobody is asked again about dangers where nobody is sent any more.
async fn job_ended(unit: &mut Unit, ended: &Job) -> Result<(), Error> {
    if !store::alarms::is_unresolved(&mut unit.tx, AlarmKind::DangersUnknown, ended.case_id.0).await? {
        return Ok(());
    }
    let jobs = store::jobs::of_case(&mut unit.tx, ended.case_id).await?;
    if ended.is_last_of(&jobs) {
        alarms::resolve(unit, AlarmKind::DangersUnknown, ended.case_id.0).await?;
    }
    Ok(())
}
