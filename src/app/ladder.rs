//! The ladder: every job that is due is looked at, and somebody is asked. Runs until nothing is due.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Command, Ctx, Error, Unit, offers};
use crate::{
    dispatch::{
        decision::Decision,
        ladder,
        matcher::{self, MatchOutcome, Verdict},
        question::{Named, Policy, Question, Queueing},
        watch,
    },
    domain::{
        actor::Actor,
        cases::Site,
        event::{Kind, Subject},
        ids::{DecisionId, JobId},
        jobs::{Job, JobState},
        offers::{Offer, OfferState},
        refusal::Refusal,
        span::Instant,
    },
    store,
};

/// Jobs looked at in one round at most.
const ROUND_MAX: i64 = 100;
/// Who acts.
const ACTOR: Actor = Actor::Service("ladder");

/// Looks at every job that is due; answers when the next one will be.
pub async fn climb(ctx: &Ctx) -> Result<Option<Instant>, Error> {
    loop {
        let now = ctx.now();
        let mut tx = ctx.db().read().await?;
        let due = store::jobs::due(&mut tx, now, ROUND_MAX).await?;
        let next = store::jobs::next_due(&mut tx).await?;
        drop(tx);
        if due.is_empty() {
            return Ok(next);
        }
        for job in due {
            step(ctx, job).await?;
        }
    }
}

/// Looks at one job: of several nodes, one does.
async fn step(ctx: &Ctx, id: JobId) -> Result<(), Error> {
    let command = Command::new(ACTOR, id);
    ctx.transact(command, |unit, id| Box::pin(step_in(unit, *id))).await
}

async fn step_in(unit: &mut Unit, id: JobId) -> Result<(), Error> {
    let Some(job) = store::jobs::lock_due(&mut unit.tx, id, unit.now).await? else { return Ok(()) };
    let asked = store::offers::of_job(&mut unit.tx, id).await?;
    let job = match job.state {
        JobState::Offered => expire(unit, job, &asked).await?,
        _ => job,
    };
    let job = match job.state {
        JobState::Unassigned => ask_next(unit, job, &asked).await?,
        state => {
            let reference = unit.ctx.reference();
            let watch = &reference.dispatch().policy(job.priority).watch;
            Job { wake_at: Some(unit.now + watch::first_look(watch, state)), ..job }
        }
    };
    store::jobs::save(&mut unit.tx, &job).await?;
    Ok(())
}

/// Ends the open offer whose deadline has passed.
async fn expire(unit: &mut Unit, job: Job, asked: &[Offer]) -> Result<Job, Error> {
    for offer in asked.iter().filter(|offer| offer.state == OfferState::Open) {
        let offer = offer.clone().expire(unit.now)?;
        offers::save(unit, &offer).await?;
        offers::emit(unit, Kind::OfferExpired, &offer, json!({}));
    }
    Ok(job.unassigned(unit.now, unit.now)?)
}

/// Asks whoever can be there first of those not asked yet, and writes down why.
async fn ask_next(unit: &mut Unit, job: Job, asked: &[Offer]) -> Result<Job, Error> {
    let Some(site) = store::cases::site(&mut unit.tx, job.case_id).await? else {
        return Err(Refusal::state("place_erased", "the case has no place any more").into());
    };
    let question = question(unit, &job, &site, asked).await?;
    let outcome = unit.ctx.matched(|fleet| matcher::run(fleet, &question));
    let best = outcome.candidates.first().map(|best| (best.facts.firm, best.facts.technician));
    let verdict = outcome.verdict;
    let decision_id = record(unit, &job, outcome).await?;
    if let Some((firm_id, technician_id)) = best {
        let offer = Offer {
            id: unit.id(),
            version: 1,
            job_id: job.id,
            decision_id,
            firm_id,
            technician_id,
            rank: i64::try_from(asked.len()).unwrap_or(i64::MAX) + 1,
            state: OfferState::Open,
            offered_at: unit.now,
            deadline: unit.now + ladder::patience(job.priority),
            answered_at: None,
            decline_code: None,
            arrival_promised_at: None,
        };
        if store::offers::has_open(&mut unit.tx, offer.technician_id).await? {
            // The snapshot is behind the database: look again with a fresh one.
            unit.ctx.refresh(offer.technician_id).await?;
            return Err(Error::Conflict);
        }
        store::offers::insert(&mut unit.tx, &offer).await.map_err(Error::in_the_way)?;
        offers::emit(unit, Kind::OfferMade, &offer, json!({ "rank": offer.rank }));
        return Ok(job.offered(unit.now, offer.deadline)?);
    }
    nobody(unit, job, verdict)
}

/// Writes down the matching run.
async fn record(unit: &mut Unit, job: &Job, outcome: MatchOutcome) -> Result<DecisionId, Error> {
    let verdict = outcome.verdict;
    let decision = Decision::new(outcome, unit.ctx.data_versions());
    let document = serde_json::to_string(&decision).map_err(|error| Error::Internal(error.to_string()))?;
    let id: DecisionId = unit.id();
    store::decisions::insert(&mut unit.tx, id, job.id, unit.now, None, &decision.engine_version, &document)
        .await?;
    unit.emit(Kind::JobMatched, Subject::Job, job.id.0, json!({ "decision": id, "verdict": verdict }));
    Ok(id)
}

/// What is asked of the fleet for this job.
async fn question(unit: &mut Unit, job: &Job, site: &Site, asked: &[Offer]) -> Result<Question, Error> {
    let case = store::cases::find(&mut unit.tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let excluded: BTreeSet<_> = asked.iter().map(|offer| offer.technician_id).collect();
    Ok(Question {
        job: job.id,
        site: site.point,
        municipality: site.jis_code.clone(),
        parent_city: store::places::parent_of(&mut unit.tx, &site.jis_code).await?,
        trade: job.trade,
        priority: job.priority,
        language: Some(case.language),
        queueing: Queueing::FreeOnly,
        excluded: excluded
            .try_into()
            .map_err(|_| Refusal::state("ladder_too_long", "too many were asked"))?,
        blocked: Named::default(),
        policy: Policy::default(),
    })
}

/// Nobody can be asked now: either nobody ever serves the place (K-04), or somebody must be found a little later.
fn nobody(unit: &mut Unit, job: Job, verdict: Verdict) -> Result<Job, Error> {
    let (id, now) = (job.id.0, unit.now);
    if verdict == Verdict::NoCoverage {
        unit.emit(Kind::JobNoCoverage, Subject::Job, id, json!({}));
        return Ok(job.uncovered(now)?);
    }
    unit.emit(Kind::JobUncovered, Subject::Job, id, json!({}));
    let again = now + ladder::pause(job.priority);
    Ok(job.unassigned(now, again)?)
}
