//! Asking the next ones: rung by rung, empty ones skipped at once, a human told when all are through.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{
    super::{Error, Unit, alarms, offers},
    question,
};
use crate::{
    dispatch::{
        decision::Decision,
        matcher::{self, Candidate, MatchOutcome, Verdict},
    },
    domain::{
        alarms::AlarmKind,
        cases::Site,
        events::{self, Subject},
        ids::{DecisionId, FirmId, JobId, TechnicianId},
        jobs::{Job, ROUND_MAX},
        offers::{Addressee, CrewRole, Offer, OfferState, WithdrawCode},
        reference::dispatch::{Policy, Rung},
        refusal::Refusal,
    },
    store,
};

/// While nobody can be asked, the reason is written down this often; it is looked for far more often.
const RECORD_EVERY: TimeDelta = TimeDelta::minutes(10);

/// Asks whoever comes next on the ladder and writes down why. When nobody is left on any rung, a human is alarmed
/// and the ladder begins anew after a pause.
pub(super) async fn next(unit: &mut Unit, job: Job, asked: Vec<Offer>) -> Result<Job, Error> {
    let Some(site) = store::cases::site(&mut unit.tx, job.case_id).await? else {
        return Err(Refusal::state("place_erased", "the case has no place any more").into());
    };
    let reference = unit.ctx.reference();
    let policy = reference.dispatch().policy(job.priority);
    let mut job = job;
    let mut last = None;
    while let Some(rung) = usize::try_from(job.rung).ok().and_then(|at| policy.rungs.get(at)) {
        if rung.asks_max.is_some_and(|most| asks(&asked, &job) >= most) {
            job.rung += 1;
            continue;
        }
        let outcome = run(unit, &job, &site, rung, &asked).await?;
        match outcome.verdict {
            Verdict::Offer => return offer_to(unit, job, rung, outcome, &asked).await,
            Verdict::NoCoverage => return uncovered(unit, job, outcome).await,
            Verdict::NobodyFree => {
                job.rung += 1;
                last = Some(outcome);
            }
        }
    }
    nobody_left(unit, job, policy, last).await
}

/// How often the present rung has been climbed in the present round.
fn asks(asked: &[Offer], job: &Job) -> u32 {
    let here = asked.iter().filter(|offer| offer.round == job.round && offer.rung == job.rung);
    let decisions: BTreeSet<_> = here.map(|offer| offer.decision_id).collect();
    u32::try_from(decisions.len()).unwrap_or(u32::MAX)
}

async fn run(
    unit: &mut Unit,
    job: &Job,
    site: &Site,
    rung: &Rung,
    asked: &[Offer],
) -> Result<MatchOutcome, Error> {
    let question = question(&unit.ctx, &mut unit.tx, job, site, rung, out_of_question(asked, job)).await?;
    Ok(unit.ctx.matched(|fleet| matcher::run(fleet, &question)))
}

/// Who is not asked again: whoever said no or was taken off the job, and in this round whoever was asked already. Who
/// did not answer may have slept: the next round asks again.
fn out_of_question(asked: &[Offer], job: &Job) -> (BTreeSet<TechnicianId>, BTreeSet<FirmId>) {
    let (mut technicians, mut firms) = (BTreeSet::new(), BTreeSet::new());
    for offer in asked {
        let said_no = match offer.state {
            OfferState::Declined => true,
            OfferState::Withdrawn => !matches!(
                offer.withdraw_code,
                Some(
                    WithdrawCode::TakenByOther
                        | WithdrawCode::Held
                        | WithdrawCode::Booked
                        | WithdrawCode::VisitOver
                )
            ),
            OfferState::Open | OfferState::Accepted | OfferState::Expired => false,
        };
        if said_no || offer.round == job.round {
            match offer.addressee {
                Addressee::Firm => _ = firms.insert(offer.firm_id),
                Addressee::Technician => _ = technicians.insert(offer.technician_id),
            }
        }
    }
    (technicians, firms)
}

/// Makes the offers of one rung: as many at once as it says, of a firm that answers itself only one.
async fn offer_to(
    unit: &mut Unit,
    job: Job,
    rung: &Rung,
    outcome: MatchOutcome,
    asked: &[Offer],
) -> Result<Job, Error> {
    let candidates: Vec<Candidate> = outcome.candidates.clone();
    let decision_id = record(unit, job.id, outcome).await?;
    let deadline = unit.now + rung.deadline_s.delta();
    let (mut made, mut firms) = (0, BTreeSet::new());
    for candidate in candidates {
        if made == rung.at_once {
            break;
        }
        let firm = candidate.facts.firm;
        let addressee = offers::addressee(unit, firm).await?;
        if addressee == Addressee::Firm && !firms.insert(firm) {
            continue;
        }
        made += 1;
        let offer = Offer {
            id: unit.id(),
            version: 1,
            job_id: job.id,
            decision_id,
            firm_id: firm,
            technician_id: candidate.facts.technician,
            addressee,
            role: CrewRole::Lead,
            rank: i64::try_from(asked.len()).unwrap_or(i64::MAX).saturating_add(made.into()),
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
        make(unit, &offer).await?;
    }
    Ok(job.offered(unit.now, deadline)?)
}

/// Makes one offer; when the technician has been asked for another job meanwhile, everything is looked at anew.
pub(super) async fn make(unit: &mut Unit, offer: &Offer) -> Result<(), Error> {
    if store::offers::has_open(&mut unit.tx, offer.technician_id).await? {
        // The snapshot is behind the database: look again with a fresh one.
        unit.ctx.refresh(offer.technician_id).await?;
        return Err(Error::Conflict);
    }
    store::offers::insert(&mut unit.tx, offer).await.map_err(Error::in_the_way)?;
    unit.emit(events::OfferMade {
        job: offer.job_id,
        offer: offer.id,
        firm: offer.firm_id,
        technician: offer.technician_id,
        rank: offer.rank,
        round: offer.round,
        rung: offer.rung,
        addressee: offer.addressee,
    });
    Ok(())
}

/// Writes down a matching run.
pub(super) async fn record(unit: &mut Unit, job: JobId, outcome: MatchOutcome) -> Result<DecisionId, Error> {
    let verdict = outcome.verdict;
    let decision = Decision::new(outcome, unit.ctx.data_versions());
    let document = serde_json::to_string(&decision).map_err(|error| Error::Internal(error.to_string()))?;
    let id: DecisionId = unit.id();
    let by = unit.actor.token().map(|token| token.0);
    store::decisions::insert(&mut unit.tx, id, job, unit.now, by, &decision.engine_version, &document)
        .await?;
    unit.emit(events::JobMatched { job, decision: id, verdict });
    Ok(id)
}

/// Asks the widest rung without offering anything, and writes it down: what an override passes over.
pub(in crate::app) async fn record_widest(unit: &mut Unit, job: &Job) -> Result<DecisionId, Error> {
    let site = store::cases::site(&mut unit.tx, job.case_id).await?.ok_or(Error::NotFound("place"))?;
    let reference = unit.ctx.reference();
    let rungs = &reference.dispatch().policy(job.priority).rungs;
    let rung = rungs.last().ok_or_else(|| Error::Internal("a ladder without rungs".to_owned()))?;
    let outcome = run(unit, job, &site, rung, &[]).await?;
    record(unit, job.id, outcome).await
}

/// No firm ever serves the place and trade (K-04): finished, and a person advises the caller.
async fn uncovered(unit: &mut Unit, job: Job, outcome: MatchOutcome) -> Result<Job, Error> {
    record(unit, job.id, outcome).await?;
    unit.emit(events::JobNoCoverage { job: job.id });
    alarms::resolve_all(unit, job.id.0, &[]).await?;
    alarms::raise(unit, AlarmKind::NoCoverage, Subject::Job, job.id.0).await?;
    Ok(job.uncovered(unit.now)?)
}

/// Everybody has been asked, or nobody can be asked now.
async fn nobody_left(
    unit: &mut Unit,
    job: Job,
    policy: &Policy,
    last: Option<MatchOutcome>,
) -> Result<Job, Error> {
    alarms::raise(unit, AlarmKind::LadderEnded, Subject::Job, job.id.0).await?;
    let known = store::decisions::last_at(&mut unit.tx, job.id).await?;
    if let Some(outcome) = last
        && known.is_none_or(|at| at + RECORD_EVERY <= unit.now)
    {
        record(unit, job.id, outcome).await?;
        unit.emit(events::JobUncovered { job: job.id });
    }
    let again = unit.now + policy.pause_s.delta();
    let job = Job { round: (job.round + 1).min(ROUND_MAX), rung: 0, ..job };
    Ok(job.unassigned(unit.now, again)?)
}
