//! A planned visit comes near: its technician is asked first.

use super::{
    super::{Error, Unit, alarms, offers},
    ask,
};
use crate::{
    dispatch::matcher,
    domain::{
        alarms::AlarmKind,
        events::Subject,
        jobs::Job,
        offers::{CrewRole, Offer, OfferState},
        reference::dispatch::Rung,
    },
    store,
};

/// Asks the technician of the visit; the answer is due before the window begins. Whoever does not answer, or says no,
/// is followed by the ladder.
pub(super) async fn ask(unit: &mut Unit, job: Job, asked: Vec<Offer>) -> Result<Job, Error> {
    let Some(window) = store::windows::of_job(&mut unit.tx, job.id).await? else {
        let job = job.unassigned(unit.now, unit.now)?;
        return ask::next(unit, job, asked).await;
    };
    let Some(technician) = store::technicians::find(&mut unit.tx, window.technician_id).await? else {
        return Err(Error::NotFound("technician"));
    };
    if store::offers::has_open(&mut unit.tx, technician.id).await? || window.starts_at <= unit.now {
        // He is being asked for something else: the window is at risk, a person must know, others are asked.
        alarms::raise(unit, AlarmKind::AppointmentAtRisk, Subject::Job, job.id.0).await?;
        let job = job.unassigned(unit.now, unit.now)?;
        return ask::next(unit, job, asked).await;
    }
    let reference = unit.ctx.reference();
    let rung: &Rung = &reference.dispatch().policy(job.priority).rungs[0];
    let site = store::cases::site(&mut unit.tx, job.case_id).await?.ok_or(Error::NotFound("place"))?;
    let question = super::question(&unit.ctx, &mut unit.tx, &job, &site, rung, Default::default()).await?;
    let outcome = unit.ctx.matched(|fleet| matcher::run(fleet, &question));
    let decision_id = ask::record(unit, job.id, outcome).await?;
    let deadline = (unit.now + rung.deadline_s.delta()).min(window.starts_at);
    let offer = Offer {
        id: unit.id(),
        version: 1,
        job_id: job.id,
        decision_id,
        firm_id: technician.firm_id,
        technician_id: technician.id,
        addressee: offers::addressee(unit, technician.firm_id).await?,
        role: CrewRole::Lead,
        rank: i64::try_from(asked.len()).unwrap_or(i64::MAX).saturating_add(1),
        round: job.round,
        rung: job.rung,
        state: OfferState::Open,
        offered_at: unit.now,
        deadline,
        answered_at: None,
        decline_code: None,
        arrival_promised_at: None,
        answered_via: None,
        withdraw_code: None,
        naming_due_at: None,
    };
    ask::make(unit, &offer).await?;
    Ok(job.offered(unit.now, deadline)?)
}
