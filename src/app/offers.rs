//! Offers answered: the technician, the firm or a dispatcher on the telephone says yes or no.

use serde_json::json;
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit};
use crate::{
    dispatch::watch,
    domain::{
        actor::Actor,
        event::{Kind, Subject},
        ids::{JobId, OfferId},
        jobs::{Job, JobState},
        offers::{Assignment, DeclineCode, Offer, OfferState, Slot},
        refusal::Refusal,
        span::Instant,
        trade::Priority,
    },
    store::{self, Tx},
};

/// Accepts an offer: the job is the technician's. Arrival may be promised.
pub async fn accept(ctx: &Ctx, id: OfferId, command: Command<Option<Instant>>) -> Result<Assignment, Error> {
    let command = command.map(|arrival_at| (id, arrival_at));
    ctx.transact(command, |unit, (id, arrival_at)| Box::pin(accept_in(unit, *id, *arrival_at))).await
}

async fn accept_in(unit: &mut Unit, id: OfferId, arrival_at: Option<Instant>) -> Result<Assignment, Error> {
    let (job, offer) = lock(unit, id).await?;
    if arrival_at.is_some_and(|at| at < unit.now) {
        return Err(Refusal::field("arrival_at", "the arrival cannot be promised for the past").into());
    }
    let offer = offer.accept(unit.now, arrival_at)?;
    let policy = unit.ctx.reference();
    let watch = &policy.dispatch().policy(job.priority).watch;
    let look_at = unit.now + watch::first_look(watch, JobState::Assigned);
    let job = job.assigned(unit.now, look_at)?;
    let slot = free_slot(unit, &offer).await?;
    let assignment = Assignment {
        id: unit.id(),
        version: 1,
        job_id: job.id,
        offer_id: offer.id,
        firm_id: offer.firm_id,
        technician_id: offer.technician_id,
        slot,
        assigned_at: unit.now,
        arrival_due_at: arrival_at,
        released_at: None,
        current_since: (slot == Slot::Current).then_some(unit.now),
    };
    save(unit, &offer).await?;
    store::assignments::insert(&mut unit.tx, &assignment).await.map_err(Error::in_the_way)?;
    store::jobs::save(&mut unit.tx, &job).await?;
    emit(unit, Kind::OfferAccepted, &offer, json!({ "assignment": assignment.id, "slot": assignment.slot }));
    Ok(assignment)
}

/// The technician's free place: the current one, or behind it the next one.
async fn free_slot(unit: &mut Unit, offer: &Offer) -> Result<Slot, Error> {
    let taken = store::assignments::of_technician(&mut unit.tx, offer.technician_id).await?;
    match taken.len() {
        0 => Ok(Slot::Current),
        1 => Ok(Slot::Queued),
        _ => {
            Err(Refusal::state("technician_busy", "the technician has a job and another one waiting").into())
        }
    }
}

/// Declines an offer: the job goes to the next at once.
pub async fn decline(ctx: &Ctx, id: OfferId, command: Command<DeclineCode>) -> Result<Offer, Error> {
    let command = command.map(|code| (id, code));
    ctx.transact(command, |unit, (id, code)| Box::pin(decline_in(unit, *id, *code))).await
}

async fn decline_in(unit: &mut Unit, id: OfferId, code: DeclineCode) -> Result<Offer, Error> {
    let (job, offer) = lock(unit, id).await?;
    let offer = offer.decline(unit.now, code)?;
    let job = job.unassigned(unit.now, unit.now)?;
    save(unit, &offer).await?;
    store::jobs::save(&mut unit.tx, &job).await?;
    emit(unit, Kind::OfferDeclined, &offer, json!({ "code": code }));
    Ok(Offer { version: offer.version + 1, ..offer })
}

/// The offer's job, locked, and the offer as it is under that lock; if they are the actor's to touch.
async fn lock(unit: &mut Unit, id: OfferId) -> Result<(Job, Offer), Error> {
    let missing = || Error::NotFound("offer");
    let offer = store::offers::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    if !unit.actor.scope().covers(offer.firm_id, offer.technician_id) {
        return Err(missing());
    }
    let job = store::jobs::lock(&mut unit.tx, offer.job_id).await?.ok_or_else(missing)?;
    let offer = store::offers::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    Ok((job, offer))
}

/// Writes an answered offer. The job's lock makes it ours; should it not be, the use-case runs again.
pub(super) async fn save(unit: &mut Unit, offer: &Offer) -> Result<(), Error> {
    if store::offers::save(&mut unit.tx, offer).await? { Ok(()) } else { Err(Error::Conflict) }
}

pub(super) fn emit(unit: &mut Unit, kind: Kind, offer: &Offer, more: serde_json::Value) {
    let mut data = json!({ "offer": offer.id, "firm": offer.firm_id, "technician": offer.technician_id });
    if let (Some(data), serde_json::Value::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    unit.emit(kind, Subject::Job, offer.job_id.0, data);
}

/// Takes back the open offer of a locked job.
pub(super) async fn withdraw_open(unit: &mut Unit, job: JobId) -> Result<(), Error> {
    for offer in store::offers::of_job(&mut unit.tx, job).await? {
        if offer.state == OfferState::Open {
            let offer = offer.withdraw(unit.now)?;
            save(unit, &offer).await?;
            emit(unit, Kind::OfferWithdrawn, &offer, json!({}));
        }
    }
    Ok(())
}

/// An offer with what may be known before it is accepted: what, how urgent, in which district, in which language.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The offer.
    pub offer: Offer,
    /// What is to be done.
    pub job_code: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Language to speak with the resident.
    pub language: String,
    /// Municipality and town; no address, no name.
    pub district: Option<String>,
}

async fn offered(tx: &mut Tx, offer: Offer) -> Result<Offered, Error> {
    let job = store::jobs::find(tx, offer.job_id).await?.ok_or(Error::NotFound("job"))?;
    let case = store::cases::find(tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let district = match store::cases::site(tx, job.case_id).await? {
        Some(site) => {
            store::places::name(tx, &site.jis_code).await?.map(|name| format!("{name}{}", site.town))
        }
        None => None,
    };
    Ok(Offered { offer, job_code: job.job_code, priority: job.priority, language: case.language, district })
}

/// The offer, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: OfferId) -> Result<Offered, Error> {
    let mut tx = ctx.db().read().await?;
    let found = store::offers::find(&mut tx, id).await?;
    let own = found.filter(|offer| actor.scope().covers(offer.firm_id, offer.technician_id));
    offered(&mut tx, own.ok_or(Error::NotFound("offer"))?).await
}

/// The offers after `after` that are the actor's to see, oldest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    state: Option<OfferState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Offered>, Error> {
    let mut tx = ctx.db().read().await?;
    let mut found = Vec::new();
    for offer in store::offers::list(&mut tx, actor.scope(), state, after, limit).await? {
        found.push(offered(&mut tx, offer).await?);
    }
    Ok(found)
}
