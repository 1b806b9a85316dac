//! Offers answered: the technician, the firm or a dispatcher on the telephone says yes or no.

use serde::{Deserialize, Serialize};

use super::{
    Command, Ctx, Error, Unit, dockets,
    fitness::{self, Looked},
};
use crate::{
    dispatch::question::When,
    domain::{
        docket::{self, Answerer, Docket, Known},
        fitness::Confirmation,
        ids::{OfferId, TechnicianId},
        jobs::Job,
        offers::{Assignment, DeclineCode, Offer, Yes},
        refusal::{Refusal, Unfit},
        span::Instant,
    },
};

/// An accepted offer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Accepted {
    /// The offer.
    pub offer: Offer,
    /// Who goes; absent until the firm that was asked has named them.
    pub assignment: Option<Assignment>,
}

/// Whom a firm sends.
#[derive(Debug, Clone)]
pub struct Naming {
    /// The technician.
    pub technician_id: TechnicianId,
    /// When they promise to be there.
    pub arrival_at: Option<Instant>,
    /// What is passed over.
    pub confirmation: Option<Confirmation>,
}

/// Accepts an offer; see [`Docket::accept`].
pub async fn accept(ctx: &Ctx, id: OfferId, command: Command<Yes>) -> Result<Accepted, Error> {
    let command = command.map(|yes| (id, yes));
    ctx.transact(command, |unit, (id, yes)| Box::pin(accept_in(unit, *id, *yes))).await
}

async fn accept_in(unit: &mut Unit, id: OfferId, yes: Yes) -> Result<Accepted, Error> {
    let mut docket = of(unit, id, None).await?;
    let (by, reference) = (Answerer::of(unit.actor.scope()), unit.ctx.reference());
    let asked = docket.known().offers.iter().find(|offer| offer.id == id && offer.is_open());
    let when = yes.arrival_at.map_or(When::Now, |at| When::Called { arrival_at: Some(at) });
    let looked = match asked.map(|offer| offer.technician_id) {
        Some(technician) => Some(look(unit, docket.job(), technician, when).await?),
        // Why it cannot be accepted, the docket says.
        None => None,
    };
    let fitness = looked.as_ref().map(|looked| looked.fitness.clone()).unwrap_or_default();
    let assignment = docket.accept(id, by, yes, &fitness, reference.dispatch())?;
    let known = dockets::close(unit, docket).await?;
    if assignment.is_some() {
        fitness::put_visits_at_risk(unit, &fitness).await?;
    }
    if let Some(looked) = looked {
        looked.seen().must_hold(unit);
    }
    Ok(Accepted { offer: offer(known, id)?, assignment })
}

/// Looks at whoever would go.
async fn look(unit: &mut Unit, job: &Job, technician: TechnicianId, when: When) -> Result<Looked, Error> {
    // To a firm, somebody else's technician is nobody.
    let known = fitness::find(unit, technician).await?.ok_or_else(|| Refusal::from(Unfit::NotOfTheFirm))?;
    known.asked(&fitness::question(unit, job).await?, when)
}

/// A firm that has accepted names the technician who goes.
pub async fn name(ctx: &Ctx, id: OfferId, command: Command<Naming>) -> Result<Assignment, Error> {
    let command = command.map(|naming| (id, naming));
    ctx.transact(command, |unit, (id, naming)| Box::pin(name_in(unit, *id, naming))).await
}

async fn name_in(unit: &mut Unit, id: OfferId, naming: &Naming) -> Result<Assignment, Error> {
    let mut docket = of(unit, id, Some(naming.technician_id)).await?;
    let arrival_at = naming.arrival_at;
    let when = When::Called { arrival_at };
    let looked = look(unit, docket.job(), naming.technician_id, when).await?;
    let seen = looked.seen();
    let naming = docket::Naming { who: looked.sent(naming.confirmation.clone()), arrival_at };
    let (by, reference) = (Answerer::of(unit.actor.scope()), unit.ctx.reference());
    let assignment = docket.name(id, by, &naming, reference.dispatch())?;
    dockets::close(unit, docket).await?;
    fitness::put_visits_at_risk(unit, &naming.who.fitness).await?;
    seen.must_hold(unit);
    Ok(assignment)
}

/// Declines an offer: the job goes to the next at once.
pub async fn decline(ctx: &Ctx, id: OfferId, command: Command<DeclineCode>) -> Result<Offer, Error> {
    let command = command.map(|code| (id, code));
    ctx.transact(command, |unit, (id, code)| Box::pin(decline_in(unit, *id, *code))).await
}

async fn decline_in(unit: &mut Unit, id: OfferId, code: DeclineCode) -> Result<Offer, Error> {
    let mut docket = of(unit, id, None).await?;
    let (by, reference) = (Answerer::of(unit.actor.scope()), unit.ctx.reference());
    docket.decline(id, by, code, reference.dispatch())?;
    offer(dockets::close(unit, docket).await?, id)
}

/// Takes an open offer back: the desk has changed its mind about whom to ask.
pub async fn take_back(ctx: &Ctx, command: Command<OfferId>) -> Result<Offer, Error> {
    ctx.transact(command, |unit, id| Box::pin(take_back_in(unit, *id))).await
}

async fn take_back_in(unit: &mut Unit, id: OfferId) -> Result<Offer, Error> {
    let mut docket = of(unit, id, None).await?;
    docket.take_back(id)?;
    offer(dockets::close(unit, docket).await?, id)
}

/// The job of an offer, in hand, if the offer is the actor's to touch.
async fn of(unit: &mut Unit, id: OfferId, also: Option<TechnicianId>) -> Result<Docket, Error> {
    let docket = dockets::of(unit, id.0, also).await.map_err(|error| match error {
        Error::NotFound(_) => Error::NotFound("offer"),
        other => other,
    })?;
    let offer = docket.known().offers.iter().find(|offer| offer.id == id);
    let scope = unit.actor.scope();
    match offer.is_some_and(|offer| scope.covers(offer.firm_id, offer.technician_id)) {
        true => Ok(docket),
        false => Err(Error::NotFound("offer")),
    }
}

fn offer(known: Known, id: OfferId) -> Result<Offer, Error> {
    known.offers.into_iter().find(|offer| offer.id == id).ok_or(Error::NotFound("offer"))
}
