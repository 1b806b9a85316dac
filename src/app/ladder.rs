//! The ladder: every job that is due is looked at, and something is done about it (`dispatch::ladder` says what). Runs until
//! nothing is due. A job that is not finished always has an instant at which it is looked at again: never silence.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{
    Command, Ctx, Error, Unit, dockets,
    fitness::{self, Looked},
    held::Held,
    questions,
    rounds::Round,
    warrants,
};
use crate::{
    dispatch::{
        decision::Decision,
        ladder::{Answer, Asked, LeftOut, Reckoned, Run, Sight, Subject as Whom, step},
        matcher::{self, Candidate},
        question::{Question, When},
    },
    domain::{
        actor::Actor,
        alarms::AlarmKind,
        docket::{Bar, Docket},
        events::{JobMatched, Subject},
        ids::{DecisionId, JobId, TechnicianId},
        jobs::{Job, JobState},
        offers::Assignment,
        reference::dispatch::Rung,
        refusal::CaseRefused,
        span::{Instant, Span},
    },
    store,
};

/// Jobs looked at in one round at most.
const ROUND_MAX: i64 = 100;
/// While the fleet is behind, a job nobody seems to serve is looked at again after so long.
const BEHIND: TimeDelta = TimeDelta::seconds(1);
/// A new job waits so long for the fleet at most.
const BEHIND_MAX: TimeDelta = TimeDelta::minutes(1);
/// Who acts.
const ACTOR: Actor = Actor::Service("ladder");

/// Looks at every job that is due, each by itself; answers when the next one will be.
pub async fn climb(ctx: &Ctx) -> Result<Option<Instant>, Error> {
    let mut round = Round::new(ctx, ACTOR);
    let held = Held::default();
    go_on(ctx, &mut round).await?;
    loop {
        let now = ctx.now();
        let mut tx = ctx.db().glance().await?;
        let mut due = store::jobs::due(&mut tx, now, ROUND_MAX + round.passed()).await?;
        due.retain(|id| !round.has_passed(id.0));
        if due.is_empty() {
            let first = store::jobs::next_due(&mut tx, None).await?;
            let next = store::jobs::next_due(&mut tx, Some(now)).await?;
            return Ok(round.again(now, first, next));
        }
        drop(tx);
        for job in due {
            let look = Command::new(ACTOR, (job, held.clone()));
            let looked = ctx.transact(look, |unit, (id, held)| Box::pin(look_in(unit, *id, held))).await;
            held.took(&looked);
            round.took(Subject::Job, job.0, looked).await?;
        }
    }
}

/// Firms or technicians have changed, and this node's fleet knows: what nobody served is looked at now (K-04).
pub async fn wake_uncovered(ctx: &Ctx) -> Result<(), Error> {
    let wake = Command::new(ACTOR, ());
    ctx.transact(wake, |unit, ()| {
        Box::pin(async { Ok(store::jobs::wake_uncovered(&mut unit.tx, unit.now).await?) })
    })
    .await
}

/// Whoever has a job waiting behind nothing goes on to it: what races could leave behind is mended here.
async fn go_on(ctx: &Ctx, round: &mut Round) -> Result<(), Error> {
    let mut tx = ctx.db().read().await?;
    let left_behind = store::assignments::queued_alone(&mut tx, ROUND_MAX).await?;
    drop(tx);
    for job in left_behind {
        let gone_on = ctx.transact(Command::new(ACTOR, job), |unit, id| Box::pin(go_on_in(unit, *id))).await;
        round.took(Subject::Job, job.0, gone_on).await?;
    }
    Ok(())
}

async fn go_on_in(unit: &mut Unit, id: JobId) -> Result<(), Error> {
    let mut docket = dockets::of_job(unit, id).await?;
    docket.go_on();
    dockets::close(unit, docket).await?;
    Ok(())
}

/// Looks at one job: of several nodes, one does.
async fn look_in(unit: &mut Unit, id: JobId, held: &Held) -> Result<(), Error> {
    let mut docket = dockets::of_job(unit, id).await?;
    if docket.job().wake_at().is_none_or(|at| at > unit.now) {
        return Ok(());
    }
    let Some(site) = store::cases::site(&mut unit.tx, docket.job().case_id).await? else {
        return Err(Error::Refused(CaseRefused::PlaceErased.into()));
    };
    let base = questions::of_job(&unit.ctx, &mut unit.tx, docket.job(), &site).await?;
    let subject = subject(unit, &docket, &base).await?;
    let is_served = warrants::is_served(unit, docket.job().case_id).await?;
    let recorded_at = store::decisions::last_at(&mut unit.tx, id).await?;
    let (ctx, reference) = (unit.ctx.clone(), unit.ctx.reference());
    let mut asking = |job: &Job, rung: &Rung, out: &LeftOut| ask(&ctx, &base, job, rung, out);
    let mut sight = Sight {
        rules: reference.dispatch(),
        site: site.point,
        subject,
        is_served,
        recorded_at,
        asking: &mut asking,
    };
    let was = docket.job().state();
    let runs = step(&mut docket, &mut sight)?;
    let is_uncovered = was == JobState::Unassigned && docket.job().state() == JobState::NoCoverage;
    if is_uncovered && is_behind(unit, docket.job()).await? {
        return look_soon(unit, id).await;
    }
    docket.resolve(AlarmKind::CannotGoOn);
    let asked: BTreeSet<_> = docket.asked_now().collect();
    held.asks(&asked)?;
    for technician in asked {
        if store::offers::open_of(&mut unit.tx, technician).await?.is_some() {
            // The snapshot is behind the database: look again with a fresh one.
            unit.ctx.refresh([technician]).await?;
            return Err(Error::Conflict);
        }
    }
    for run in runs {
        keep(unit, id, run)?;
    }
    dockets::close(unit, docket).await?;
    Ok(())
}

/// Whether firms or technicians have changed of whom this node's fleet has not heard: then nobody can say that none serves a
/// place. It does not keep a job waiting for long.
async fn is_behind(unit: &mut Unit, job: &Job) -> Result<bool, Error> {
    let is_new = unit.now - job.created_at < BEHIND_MAX;
    Ok(is_new && store::feed::is_fleet_news_after(&mut unit.tx, unit.ctx.followed()).await?)
}

async fn look_soon(unit: &mut Unit, id: JobId) -> Result<(), Error> {
    let mut docket = dockets::of_job(unit, id).await?;
    docket.put(docket.job().clone().look_again(unit.now + BEHIND));
    dockets::close(unit, docket).await?;
    Ok(())
}

/// Asks the fleet, as it is now.
fn ask(ctx: &Ctx, base: &Question, job: &Job, rung: &Rung, out: &LeftOut) -> Answer {
    let question = Question {
        priority: job.priority,
        tier_max: rung.tier_max,
        queueing: questions::queueing(rung),
        excluded: questions::named(out.technicians.iter().copied()),
        // Whoever is kept away comes first: a block is never left out for a refusal.
        blocked: questions::named(base.blocked.iter().copied().chain(out.firms.iter().copied())),
        ..base.clone()
    };
    ctx.matched(|fleet| {
        let outcome = matcher::run(fleet, &question);
        let addressees = outcome.candidates.iter().map(|one| fleet.addressee(one.facts.technician)).collect();
        Answer { outcome, addressees }
    })
}

/// Whom a look is about: the one who goes, or the one whose visit is planned.
async fn subject(unit: &mut Unit, docket: &Docket, base: &Question) -> Result<Option<Whom>, Error> {
    let visit = docket.window().filter(|_| docket.job().state() == JobState::Booked);
    let Some(id) = visit
        .map(|window| window.technician_id)
        .or_else(|| docket.on_it().next().map(|one| one.technician_id))
    else {
        return Ok(None);
    };
    let span = visit.and_then(|window| Span::new(window.starts_at, window.ends_at));
    let when = span.map_or(When::Called { arrival_at: Some(unit.now) }, When::Visit);
    let Some(known) = fitness::find(unit, id).await? else { return Ok(None) };
    let Looked { technician, fitness, alone } = known.asked(base, when)?;
    let reckoned = reckoned(unit, docket, id).await?;
    let confirmed = visit.and_then(|window| window.confirmation.as_ref());
    let asking = if fitness.must_not_forbid().is_err() {
        Asked::Never(Bar::of(&fitness))
    } else if visit.is_some() && fitness.must_allow(confirmed).is_err() {
        Asked::Unconfirmed
    } else if alone.open_offer.is_some() {
        Asked::Already
    } else {
        Asked::NotNow
    };
    Ok(Some(Whom {
        id,
        firm: technician.firm_id,
        addressee: alone.fleet.addressee(id),
        base: technician.base,
        position: alone.position.map(|position| (position.point, position.measured_at)),
        reckoned,
        asking,
    }))
}

/// What was reckoned of the way of whoever has the job, while they are on the way or the job waits behind another one of theirs
/// and nothing was promised.
async fn reckoned(unit: &mut Unit, docket: &Docket, id: TechnicianId) -> Result<Option<Reckoned>, Error> {
    let own = docket.on_it().find(|one| one.technician_id == id && one.arrival_due_at.is_none());
    let is_awaited = |own: &&Assignment| match docket.job().state() {
        JobState::EnRoute => true,
        JobState::Assigned => own.current_since().is_none(),
        _ => false,
    };
    let Some(own) = own.filter(is_awaited) else { return Ok(None) };
    let offer = docket.known().offers.iter().find(|offer| offer.id == own.offer_id);
    let Some(offer) = offer else { return Ok(None) };
    let Some(document) = store::decisions::find(&mut unit.tx, offer.decision_id).await? else {
        return Ok(None);
    };
    // A record of an engine before this one may read differently: then nothing was reckoned.
    let Ok(decision) = serde_json::from_str::<Decision>(&document) else { return Ok(None) };
    let found = decision.candidates.into_iter().find(|candidate| candidate.facts.technician == id);
    Ok(found.map(|Candidate { figures, .. }| Reckoned {
        arrival_at: figures.arrival_at,
        travel: TimeDelta::seconds(figures.travel_s.into()),
    }))
}

/// Writes down a matching run.
fn keep(unit: &mut Unit, job: JobId, run: Run) -> Result<(), Error> {
    let decision = Decision::new(run.outcome, unit.ctx.data_versions());
    let document = serde_json::to_string(&decision).map_err(|error| Error::Internal(error.to_string()))?;
    let by = unit.actor.token().map(|token| token.0);
    let engine = &decision.engine_version;
    store::decisions::insert(&mut unit.writes, run.id, job, unit.now, by, engine, &document);
    Ok(())
}

/// Asks the widest rung without offering anything, and writes it down: what a person's decision passes over.
pub(super) fn record_widest(unit: &mut Unit, job: &Job, base: &Question) -> Result<DecisionId, Error> {
    let reference = unit.ctx.reference();
    let rungs = &reference.dispatch().policy(job.priority).rungs;
    let rung = rungs.last().ok_or_else(|| Error::Internal("a ladder without rungs".to_owned()))?;
    let answer = ask(&unit.ctx, base, job, rung, &LeftOut::default());
    let decision: DecisionId = unit.id();
    unit.emit(JobMatched { job: job.id, decision, verdict: answer.outcome.verdict });
    keep(unit, job.id, Run { id: decision, outcome: answer.outcome })?;
    Ok(decision)
}
