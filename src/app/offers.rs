//! Offers answered: the technician, the firm or a dispatcher on the telephone says yes or no.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, alarms, order_notes, windows};
use crate::{
    dispatch::watch,
    domain::{
        actor::{Actor, Scope},
        alarms::AlarmKind,
        events::{self, Subject},
        ids::{FirmId, JobId, OfferId, TechnicianId},
        jobs::{Job, JobState},
        offers::{Addressee, Assignment, DeclineCode, Offer, OfferState, Slot, Via, WithdrawCode},
        refusal::Refusal,
        span::Instant,
        trade::Priority,
    },
    store::{self, Tx},
};

/// Alarms that an acceptance does not settle.
const KEPT: &[AlarmKind] = &[AlarmKind::PlaceChanged];

/// An accepted offer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Accepted {
    /// The offer.
    pub offer: Offer,
    /// Who goes; absent until the firm that was asked has named him.
    pub assignment: Option<Assignment>,
}

/// Whom a firm sends.
#[derive(Debug, Clone)]
pub struct Naming {
    /// The technician.
    pub technician_id: TechnicianId,
    /// When he promises to be there.
    pub arrival_at: Option<Instant>,
}

/// Accepts an offer: the first yes has the job, the others who were asked are told. Arrival may be promised. A firm
/// names its technician next.
pub async fn accept(ctx: &Ctx, id: OfferId, command: Command<Option<Instant>>) -> Result<Accepted, Error> {
    let command = command.map(|arrival_at| (id, arrival_at));
    ctx.transact(command, |unit, (id, arrival_at)| Box::pin(accept_in(unit, *id, *arrival_at))).await
}

async fn accept_in(unit: &mut Unit, id: OfferId, arrival_at: Option<Instant>) -> Result<Accepted, Error> {
    let (job, offer) = lock(unit, id).await?;
    answerable(unit, &offer)?;
    not_past(unit, arrival_at)?;
    let offer = offer.accept(unit.now, via(unit), arrival_at)?;
    withdraw_others(unit, &offer, WithdrawCode::TakenByOther).await?;
    if offer.addressee == Addressee::Technician {
        save(unit, &offer).await?;
        let assignment = assign(unit, job, &offer).await?;
        unit.emit(events::OfferAccepted {
            job: offer.job_id,
            offer: offer.id,
            firm: offer.firm_id,
            technician: offer.technician_id,
            assignment: Some(assignment.id),
            via: offer.answered_via,
            naming_due_at: None,
            comeback_of: None,
        });
        return Ok(Accepted { offer: saved(offer), assignment: Some(assignment) });
    }
    let reference = unit.ctx.reference();
    let due = unit.now + reference.dispatch().policy(job.priority).naming_s.delta();
    let offer = offer.to_be_named(due);
    save(unit, &offer).await?;
    let job = job.accepted(unit.now, due)?;
    store::jobs::save(&mut unit.tx, &job).await?;
    alarms::resolve_all(unit, job.id.0, KEPT).await?;
    unit.emit(events::OfferAccepted {
        job: offer.job_id,
        offer: offer.id,
        firm: offer.firm_id,
        technician: offer.technician_id,
        assignment: None,
        via: offer.answered_via,
        naming_due_at: Some(due),
        comeback_of: None,
    });
    Ok(Accepted { offer: saved(offer), assignment: None })
}

/// A firm that has accepted names the technician who goes.
pub async fn name(ctx: &Ctx, id: OfferId, command: Command<Naming>) -> Result<Assignment, Error> {
    let command = command.map(|naming| (id, naming));
    ctx.transact(command, |unit, (id, naming)| Box::pin(name_in(unit, *id, naming))).await
}

async fn name_in(unit: &mut Unit, id: OfferId, naming: &Naming) -> Result<Assignment, Error> {
    let (job, offer) = lock(unit, id).await?;
    answerable(unit, &offer)?;
    not_past(unit, naming.arrival_at)?;
    if job.state != JobState::Accepted {
        return Err(Refusal::state(
            "job_state",
            format!("the job is {}, so nobody is to be named", job.state),
        )
        .into());
    }
    let technician = store::technicians::find(&mut unit.tx, naming.technician_id).await?;
    let technician = technician
        .filter(|technician| technician.firm_id == offer.firm_id)
        .ok_or_else(|| Refusal::field("technician_id", "the firm has no such technician"))?;
    technician.fits(job.trade)?;
    let offer = offer.named(technician.id, naming.arrival_at)?;
    save(unit, &offer).await?;
    let assignment = assign(unit, job, &offer).await?;
    unit.emit(events::OfferNamed {
        job: offer.job_id,
        offer: offer.id,
        firm: offer.firm_id,
        technician: offer.technician_id,
        assignment: assignment.id,
        via: via(unit),
    });
    Ok(assignment)
}

/// Puts the technician of an accepted offer on the job.
pub(super) async fn assign(unit: &mut Unit, job: Job, offer: &Offer) -> Result<Assignment, Error> {
    let now = unit.now;
    assign_since(unit, job, offer, now).await
}

/// The same for somebody who has been on it since before anybody heard of it.
pub(super) async fn assign_since(
    unit: &mut Unit,
    job: Job,
    offer: &Offer,
    since: Instant,
) -> Result<Assignment, Error> {
    let assignment = put_on(unit, offer, since).await?;
    let reference = unit.ctx.reference();
    let watch = &reference.dispatch().policy(job.priority).watch;
    let look_at = unit.now + watch::first_look(watch, JobState::Assigned);
    let job = match job.state {
        JobState::Offered | JobState::Accepted => job.assigned(unit.now, look_at)?,
        _ => job.overridden(unit.now, look_at)?,
    };
    store::jobs::save(&mut unit.tx, &job).await?;
    alarms::resolve_all(unit, job.id.0, KEPT).await?;
    Ok(assignment)
}

/// Writes the assignment that follows from an accepted offer, and its order.
pub(super) async fn put_on(unit: &mut Unit, offer: &Offer, since: Instant) -> Result<Assignment, Error> {
    let slot = free_slot(unit, offer).await?;
    let assignment = Assignment {
        id: unit.id(),
        version: 1,
        job_id: offer.job_id,
        offer_id: offer.id,
        firm_id: offer.firm_id,
        technician_id: offer.technician_id,
        slot,
        assigned_at: since,
        arrival_due_at: offer.arrival_promised_at,
        released_at: None,
        release_code: None,
        current_since: (slot == Slot::Current).then_some(unit.now),
        progress: None,
    };
    store::assignments::insert(&mut unit.tx, &assignment).await.map_err(Error::in_the_way)?;
    order_notes::issue(unit, &assignment).await?;
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
    answerable(unit, &offer)?;
    let offer = offer.decline(unit.now, via(unit), code)?;
    save(unit, &offer).await?;
    unit.emit(events::OfferDeclined {
        job: offer.job_id,
        offer: offer.id,
        firm: offer.firm_id,
        technician: offer.technician_id,
        code,
        via: offer.answered_via,
    });
    refused_once_more(unit, job.id).await?;
    windows::lapse(unit, &offer).await?;
    back_on_the_ladder(unit, job).await?;
    Ok(saved(offer))
}

/// One more has refused or not answered: every third time a human is told, and told again.
pub(super) async fn refused_once_more(unit: &mut Unit, job: JobId) -> Result<(), Error> {
    let every = unit.ctx.reference().dispatch().refusals_before_alarm;
    let offers = store::offers::of_job(&mut unit.tx, job).await?;
    let refused =
        offers.iter().filter(|offer| matches!(offer.state, OfferState::Declined | OfferState::Expired));
    if refused.count() % every == 0 {
        alarms::raise(unit, AlarmKind::Refusals, Subject::Job, job.0).await?;
    }
    Ok(())
}

/// Takes an open offer back: the desk has changed its mind about whom to ask.
pub async fn take_back(ctx: &Ctx, command: Command<OfferId>) -> Result<Offer, Error> {
    ctx.transact(command, |unit, id| Box::pin(take_back_in(unit, *id))).await
}

async fn take_back_in(unit: &mut Unit, id: OfferId) -> Result<Offer, Error> {
    let (job, offer) = lock(unit, id).await?;
    if offer.state != OfferState::Open {
        let message = format!("the offer is {}; reassign the job to take an acceptance back", offer.state);
        return Err(Refusal::state("offer_not_open", message).into());
    }
    let offer = withdraw(unit, offer, WithdrawCode::Desk).await?;
    back_on_the_ladder(unit, job).await?;
    Ok(offer)
}

/// The job is looked at now, unless others are still being asked.
pub(super) async fn back_on_the_ladder(unit: &mut Unit, job: Job) -> Result<(), Error> {
    let offers = store::offers::of_job(&mut unit.tx, job.id).await?;
    let job = if offers.iter().any(|offer| offer.state == OfferState::Open) {
        job
    } else {
        job.unassigned(unit.now, unit.now)?
    };
    Ok(store::jobs::save(&mut unit.tx, &job).await?)
}

/// Whoever is asked answers; the desk may always answer for him, with him on the telephone.
fn answerable(unit: &Unit, offer: &Offer) -> Result<(), Error> {
    match (unit.actor.scope(), offer.addressee) {
        (Scope::Technician(..), Addressee::Firm) => {
            Err(Refusal::state("offer_to_firm", "the offer was made to the firm, which answers it").into())
        }
        _ => Ok(()),
    }
}

/// How the answer came in.
fn via(unit: &Unit) -> Via {
    match unit.actor.scope() {
        Scope::All => Via::Phone,
        _ => Via::Asked,
    }
}

fn not_past(unit: &Unit, arrival_at: Option<Instant>) -> Result<(), Error> {
    if arrival_at.is_some_and(|at| at < unit.now) {
        return Err(Refusal::field("arrival_at", "the arrival cannot be promised for the past").into());
    }
    Ok(())
}

/// Who is asked of a firm's technicians.
pub(super) async fn addressee(unit: &mut Unit, firm: FirmId) -> Result<Addressee, Error> {
    let firm = store::firms::find(&mut unit.tx, firm).await?.ok_or(Error::NotFound("firm"))?;
    Ok(firm.offers_to)
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

/// Takes an offer or its acceptance back.
pub(super) async fn withdraw(unit: &mut Unit, offer: Offer, code: WithdrawCode) -> Result<Offer, Error> {
    let offer = offer.withdraw(unit.now, code)?;
    save(unit, &offer).await?;
    unit.emit(events::OfferWithdrawn {
        job: offer.job_id,
        offer: offer.id,
        firm: offer.firm_id,
        technician: offer.technician_id,
        code,
    });
    Ok(saved(offer))
}

/// Takes back the open offers of a locked job.
pub(super) async fn withdraw_open(unit: &mut Unit, job: JobId, code: WithdrawCode) -> Result<(), Error> {
    for offer in store::offers::of_job(&mut unit.tx, job).await? {
        if offer.state == OfferState::Open {
            withdraw(unit, offer, code).await?;
        }
    }
    Ok(())
}

/// Takes back every other open offer of the job: one has said yes.
async fn withdraw_others(unit: &mut Unit, winner: &Offer, code: WithdrawCode) -> Result<(), Error> {
    for offer in store::offers::of_job(&mut unit.tx, winner.job_id).await? {
        if offer.state == OfferState::Open && offer.id != winner.id {
            withdraw(unit, offer, code).await?;
        }
    }
    Ok(())
}

/// The offer as it is after it was written.
fn saved(offer: Offer) -> Offer {
    Offer { version: offer.version + 1, ..offer }
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

/// The accepted offers of the actor's for which a technician has still to be named.
pub async fn to_be_named(ctx: &Ctx, actor: &Actor, limit: i64) -> Result<Vec<Offered>, Error> {
    let mut tx = ctx.db().read().await?;
    let mut found = Vec::new();
    for offer in store::offers::to_be_named(&mut tx, actor.scope(), limit).await? {
        found.push(offered(&mut tx, offer).await?);
    }
    Ok(found)
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
