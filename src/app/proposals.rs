//! What firms say of their staff, until the office has confirmed it (G-10).

use uuid::Uuid;

use super::{Ctx, Error, Unit};
use crate::{
    domain::{
        actor::{Actor, Scope},
        events,
        firms::{Proposed, Technician},
        ids::FirmId,
        proposals::{ProposalState, Put, RATE_WITHIN, Said, TechnicianProposal, Verdict},
    },
    store,
};

/// A proposal with the technician as the service knows them.
#[derive(Debug, Clone)]
pub struct Beside {
    /// The proposal.
    pub proposal: TechnicianProposal,
    /// The technician.
    pub technician: Technician,
    /// Name of the firm.
    pub firm: String,
}

/// What a firm has said already; nobody of it says more until the transaction ends.
pub(super) async fn said(unit: &mut Unit, firm: FirmId) -> Result<Said, Error> {
    store::firms::hold(&mut unit.tx, firm).await?;
    Ok(store::proposals::said(&mut unit.tx, firm, unit.now - RATE_WITHIN).await?)
}

/// Puts what a firm says in the place of what waits.
pub(super) async fn put(unit: &mut Unit, technician: &Technician, proposed: Proposed) -> Result<(), Error> {
    let before = store::proposals::waiting(&mut unit.tx, technician.id).await?;
    let of = (technician.id, technician.firm_id);
    let Put { replaced, made } = TechnicianProposal::put(unit.id(), of, proposed, before, unit.now);
    if let Some(replaced) = replaced {
        keep(unit, replaced).await?;
    }
    if let Some(made) = made {
        store::proposals::insert(&mut unit.tx, &made, unit.actor.token()).await.map_err(Error::in_the_way)?;
        unit.emit(events::TechnicianProposed {
            technician: technician.id,
            firm: technician.firm_id,
            proposal: made.id,
        });
    }
    Ok(())
}

/// What waits is what the office itself has written meanwhile.
pub(super) async fn taken_over(unit: &mut Unit, technician: &Technician) -> Result<(), Error> {
    match store::proposals::waiting(&mut unit.tx, technician.id).await? {
        Some(waiting) => keep(unit, waiting.decided(Verdict::Confirm, unit.now)?).await,
        None => Ok(()),
    }
}

/// Writes what became of a proposal that waits.
pub(super) async fn keep(unit: &mut Unit, decided: TechnicianProposal) -> Result<(), Error> {
    if !store::proposals::decide(&mut unit.tx, &decided, unit.actor.token()).await? {
        return Err(Error::Conflict);
    }
    unit.emit(events::TechnicianProposalDecided {
        technician: decided.technician_id,
        firm: decided.firm_id,
        proposal: decided.id,
        state: decided.state(),
        reason: decided.reason(),
    });
    Ok(())
}

/// The proposals after `after` that are the actor's to see, oldest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    state: Option<ProposalState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Beside>, Error> {
    let firm = match actor.scope() {
        Scope::All => None,
        Scope::Firm(firm) => Some(firm),
        Scope::Technician(..) | Scope::Nothing => return Ok(Vec::new()),
    };
    let mut tx = ctx.db().read().await?;
    let proposals = store::proposals::list(&mut tx, firm, state, after, limit).await?;
    let ids = || proposals.iter().map(|proposal| proposal.technician_id);
    let technicians = store::technicians::several(&mut tx, ids()).await?;
    let names = store::technicians::names(&mut tx, ids()).await?;
    let beside = |proposal: TechnicianProposal| {
        let technician = technicians.iter().find(|one| one.id == proposal.technician_id)?.clone();
        let (_, firm) = names.get(&technician.id)?.clone();
        Some(Beside { proposal, technician, firm })
    };
    Ok(proposals.iter().cloned().filter_map(beside).collect())
}
