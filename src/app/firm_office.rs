//! A contractor's office: what it is asked, whom it sends, what it has in hand, who is on duty; all of one moment.

use uuid::Uuid;

use super::{Ctx, Error, offer_lists::Offered, rosters, rosters::RosterDays};
use crate::{
    domain::{
        actor::{Actor, Scope},
        firms::{Firm, Standing},
        ids::FirmId,
        jobs::{Job, JobState},
        offers::OfferState,
        perils::{Perils, SafetyRules},
        span::Span,
    },
    store::{self, Tx},
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
    /// The jobs it has in hand of which something is dangerous, or unchecked (G-08).
    pub endangered: Vec<(Job, Perils)>,
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
    let endangered = endangered(ctx, &mut tx, scope).await?;
    if actor.standing() == Standing::Suspended {
        let firm = store::firms::find(&mut tx, firm).await?.ok_or(Error::NotFound("firm"))?;
        let jobs = store::job_lists::in_hand(&mut tx, scope, state, start, JOBS_MAX).await?;
        let (rosters, open, naming) = (Vec::new(), Vec::new(), Vec::new());
        return Ok(FirmOffice { firm, jobs, endangered, rosters, open, naming });
    }
    Ok(FirmOffice {
        firm: store::firms::find(&mut tx, firm).await?.ok_or(Error::NotFound("firm"))?,
        rosters: rosters::of_firm_in(ctx, &mut tx, actor, firm, span, (start, TECHNICIANS_MAX)).await?,
        open: store::offer_lists::list(&mut tx, scope, Some(OfferState::Open), start, OFFERS_MAX).await?,
        naming: store::offer_lists::to_be_named(&mut tx, scope, OFFERS_MAX).await?,
        jobs: store::job_lists::latest(&mut tx, scope, state, JOBS_MAX).await?,
        endangered,
    })
}

/// The jobs that somebody within the scope is on and of which something is dangerous, or unchecked.
async fn endangered(ctx: &Ctx, tx: &mut Tx, scope: Scope) -> Result<Vec<(Job, Perils)>, Error> {
    let jobs = store::job_lists::in_hand(tx, scope, None, Uuid::nil(), JOBS_MAX).await?;
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
    let mut perils = store::dangers::perils_of(tx, &ids, &SafetyRules::of(&ctx.reference())).await?;
    let known = jobs.into_iter().filter_map(|job| perils.remove(&job.id).map(|perils| (job, perils)));
    Ok(known.filter(|(_, perils)| perils.open().next().is_some()).collect())
}
