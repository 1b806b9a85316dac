//! A contractor's office: what it is asked, whom it sends, what it has in hand, who is on duty; all of one moment.

use uuid::Uuid;

use super::{Ctx, Error, offer_lists::Offered, rosters, rosters::RosterDays};
use crate::{
    domain::{
        actor::Actor,
        firms::{Firm, Standing},
        ids::FirmId,
        jobs::{Job, JobState},
        offers::OfferState,
        span::Span,
    },
    store,
};

/// Offers, jobs and technicians shown at most.
const OFFERS_MAX: i64 = 50;
const JOBS_MAX: i64 = 100;
const TECHNICIANS_MAX: i64 = 200;

/// The office of a firm.
#[derive(Debug)]
pub struct FirmOffice {
    /// The firm.
    pub firm: Firm,
    /// The rosters of its technicians, oldest first.
    pub rosters: Vec<RosterDays>,
    /// The offers it has to answer, oldest first.
    pub open: Vec<Offered>,
    /// The offers it has accepted and has to name a technician for.
    pub naming: Vec<Offered>,
    /// Its newest jobs first: those in a state, or those that are not finished.
    pub jobs: Vec<Job>,
}

/// The office of the actor's firm, its rosters for a span; while it is suspended, what it has in hand (G-10).
pub async fn show(
    ctx: &Ctx,
    actor: &Actor,
    firm: FirmId,
    span: Span,
    state: Option<JobState>,
) -> Result<FirmOffice, Error> {
    let (scope, start) = (actor.scope(), Uuid::nil());
    if !scope.covers_firm(firm) {
        return Err(Error::NotFound("firm"));
    }
    let mut tx = ctx.db().read().await?;
    if actor.standing() == Standing::Suspended {
        let firm = store::firms::find(&mut tx, firm).await?.ok_or(Error::NotFound("firm"))?;
        let jobs = store::job_lists::in_hand(&mut tx, scope, state, start, JOBS_MAX).await?;
        return Ok(FirmOffice { firm, jobs, rosters: Vec::new(), open: Vec::new(), naming: Vec::new() });
    }
    Ok(FirmOffice {
        firm: store::firms::find(&mut tx, firm).await?.ok_or(Error::NotFound("firm"))?,
        rosters: rosters::of_firm_in(ctx, &mut tx, actor, firm, span, (start, TECHNICIANS_MAX)).await?,
        open: store::offer_lists::list(&mut tx, scope, Some(OfferState::Open), start, OFFERS_MAX).await?,
        naming: store::offer_lists::to_be_named(&mut tx, scope, OFFERS_MAX).await?,
        jobs: store::job_lists::latest(&mut tx, scope, state, JOBS_MAX).await?,
    })
}
