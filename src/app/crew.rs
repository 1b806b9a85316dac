//! A second pair of hands: somebody who helps whoever has the job (C-16). One job, one lead, and as many assignments as
//! there are technicians.

use chrono::TimeDelta;

use super::{Command, Ctx, Error, Unit, appointments, jobs, offers, overrides};
use crate::{
    domain::{
        cases::CaseState,
        events,
        ids::{JobId, TechnicianId},
        jobs::Action,
        offers::{Assignment, CrewRole, Slot},
        refusal::Refusal,
        span::{Instant, Span},
    },
    store,
};

/// How long a helper is taken to be needed when planned visits are looked at.
const AROUND: TimeDelta = TimeDelta::minutes(120);

/// Who helps.
#[derive(Debug, Clone)]
pub struct Helper {
    /// Who.
    pub technician_id: TechnicianId,
    /// When he promised to be there.
    pub arrival_at: Option<Instant>,
}

/// Sends somebody to help on a job somebody has, as agreed on the telephone.
pub async fn add(ctx: &Ctx, job: JobId, command: Command<Helper>) -> Result<Assignment, Error> {
    let command = command.map(|helper| (job, helper));
    ctx.transact(command, |unit, (job, helper)| Box::pin(add_in(unit, *job, helper))).await
}

async fn add_in(unit: &mut Unit, id: JobId, helper: &Helper) -> Result<Assignment, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let crew = store::assignments::of_job(&mut unit.tx, id).await?;
    jobs::may(Action::AddHelper, &job, &crew, CaseState::Open)?;
    let on_it = |one: &Assignment| one.slot != Slot::Released && one.technician_id == helper.technician_id;
    if crew.iter().any(on_it) {
        return Err(Refusal::field("technician_id", "is on the job already").into());
    }
    if helper.arrival_at.is_some_and(|at| at < unit.now) {
        return Err(Refusal::field("arrival_at", "the arrival cannot be promised for the past").into());
    }
    let technician = store::technicians::find(&mut unit.tx, helper.technician_id).await?;
    let technician = technician.ok_or_else(|| Refusal::field("technician_id", "no such technician"))?;
    technician.fits(job.trade)?;
    let until = helper.arrival_at.unwrap_or(unit.now) + AROUND;
    let span = Span::new(unit.now, until).ok_or_else(|| Error::Internal("a span".to_owned()))?;
    appointments::displace(unit, technician.id, span, &job, None).await?;
    overrides::free_of_other_offers(unit, technician.id, id).await?;
    let offer = overrides::accepted(unit, &job, &technician, helper.arrival_at, CrewRole::Helper).await?;
    let now = unit.now;
    let assignment = offers::put_on(unit, &offer, now).await?;
    unit.emit(events::HelperAdded {
        job: id,
        technician: technician.id,
        firm: technician.firm_id,
        assignment: assignment.id,
        decision: offer.decision_id,
    });
    Ok(assignment)
}
