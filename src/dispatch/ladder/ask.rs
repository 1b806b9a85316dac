//! Asking the next ones: rung by rung, empty ones skipped at once, a person told when all are through.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{Answer, LeftOut, Run, Sight};
use crate::{
    dispatch::matcher::MatchOutcome,
    domain::{
        alarms::AlarmKind,
        docket::Docket,
        events::{JobMatched, JobNoCoverage, JobUncovered},
        ids::DecisionId,
        jobs::{Job, JobState},
        offers::{Addressee, Asked, CrewRole, Offer, OfferStage, WithdrawCode},
        reference::dispatch::{Dispatch, Rung},
        refusal::Refusal,
        verdict::Verdict,
    },
};

/// While nobody can be asked, the reason is written down this often; it is looked for far more often.
const RECORD_EVERY: TimeDelta = TimeDelta::minutes(10);

/// What becomes of firms that were late with the name in an earlier round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Late {
    /// Somebody else may do better.
    LeftOut,
    /// They are better than nobody.
    AskedAgain,
}

/// What came of climbing.
enum Climbed {
    /// Somebody is asked, or nobody serves the place.
    Done,
    /// Nobody on any rung is free; the last matching run.
    Through(Option<Box<MatchOutcome>>),
}

/// Asks whoever comes next. When nobody is left on any rung, a person is alarmed and the ladder begins again after a pause.
pub(super) fn next(docket: &mut Docket, sight: &mut Sight<'_>, runs: &mut Vec<Run>) -> Result<(), Refusal> {
    if docket.job().state() == JobState::Held {
        // Whoever had it has left it held.
        return Ok(());
    }
    if !sight.is_served {
        return docket.await_warrant(docket.now() + sight.rules.held_reminder);
    }
    let mut last = match climb(docket, sight, runs, Late::LeftOut)? {
        Climbed::Done => return Ok(()),
        Climbed::Through(last) => last,
    };
    if docket.known().offers.iter().any(|offer| was_late(docket.job(), offer)) {
        let job = docket.job().clone();
        docket.put(Job { rung: 0, ..job });
        match climb(docket, sight, runs, Late::AskedAgain)? {
            Climbed::Done => return Ok(()),
            Climbed::Through(found) => last = found.or(last),
        }
    }
    docket.resolve(AlarmKind::NoCoverage);
    docket.raise_once(AlarmKind::LadderEnded);
    let is_due = sight.recorded_at.is_none_or(|at| at + RECORD_EVERY <= docket.now());
    if let Some(outcome) = last.filter(|_| is_due) {
        record(docket, *outcome, runs);
        docket.say(JobUncovered { job: docket.job().id });
    }
    let policy = sight.rules.policy(docket.job().priority);
    let again = docket.now() + policy.pause_s.delta();
    let job = docket.job().clone().next_round().unassigned(docket.now(), again)?;
    docket.put(job);
    Ok(())
}

/// Climbs from the present rung until somebody can be asked.
fn climb(
    docket: &mut Docket,
    sight: &mut Sight<'_>,
    runs: &mut Vec<Run>,
    late: Late,
) -> Result<Climbed, Refusal> {
    let policy = sight.rules.policy(docket.job().priority);
    let mut last = None;
    while let Some(rung) = usize::try_from(docket.job().rung).ok().and_then(|at| policy.rungs.get(at)) {
        if rung.asks_max.is_some_and(|most| asks(docket) >= most) {
            up(docket);
            continue;
        }
        let answer = (sight.asking)(docket.job(), rung, &left_out(docket, late));
        match answer.outcome.verdict {
            Verdict::Offer => return offer_to(docket, rung, answer, runs).map(|()| Climbed::Done),
            Verdict::NoCoverage => {
                return uncovered(docket, sight.rules, answer.outcome, runs).map(|()| Climbed::Done);
            }
            Verdict::NobodyFree => {
                up(docket);
                last = Some(Box::new(answer.outcome));
            }
        }
    }
    Ok(Climbed::Through(last))
}

/// Whether a firm had the job in an earlier round and did not name its technician in time.
fn was_late(job: &Job, offer: &Offer) -> bool {
    offer.round != job.round
        && matches!(offer.stage, OfferStage::Withdrawn { code: WithdrawCode::NotNamed, .. })
}

fn up(docket: &mut Docket) {
    let job = docket.job().clone();
    docket.put(Job { rung: job.rung + 1, ..job });
}

/// How often the present rung has been climbed in the present round.
fn asks(docket: &Docket) -> u32 {
    let job = docket.job();
    let here =
        docket.known().offers.iter().filter(|offer| offer.round == job.round && offer.rung == job.rung);
    let decisions: BTreeSet<_> = here.map(|offer| offer.decision_id).collect();
    u32::try_from(decisions.len()).unwrap_or(u32::MAX)
}

/// Who is not asked again: whoever said no or was taken off the job, and in this round whoever was asked already. Who did
/// not answer may have slept: the next round asks again. Who was late with the name is asked when nobody else is left.
fn left_out(docket: &Docket, late: Late) -> LeftOut {
    let mut out = LeftOut::default();
    for offer in &docket.known().offers {
        if late == Late::AskedAgain && was_late(docket.job(), offer) {
            continue;
        }
        let said_no = match offer.stage {
            OfferStage::Declined { .. } => true,
            OfferStage::Withdrawn { code, .. } => !matches!(
                code,
                WithdrawCode::TakenByOther
                    | WithdrawCode::Held
                    | WithdrawCode::Booked
                    // A person gave the job to somebody else before they had answered.
                    | WithdrawCode::Overridden
                    | WithdrawCode::VisitOver
                    // The matching says whether they may be sent again.
                    | WithdrawCode::NotToBeSent
            ),
            OfferStage::Open | OfferStage::Accepted { .. } | OfferStage::Expired { .. } => false,
        };
        if said_no || offer.round == docket.job().round {
            match offer.addressee {
                Addressee::Firm => _ = out.firms.insert(offer.firm_id),
                Addressee::Technician => _ = out.technicians.insert(offer.technician_id),
            }
        }
    }
    out
}

/// Makes the offers of one rung: as many at once as it says, of a firm that answers itself only one.
fn offer_to(docket: &mut Docket, rung: &Rung, answer: Answer, runs: &mut Vec<Run>) -> Result<(), Refusal> {
    let candidates: Vec<_> = answer
        .outcome
        .candidates
        .iter()
        .map(|candidate| (candidate.facts.firm, candidate.facts.technician))
        .zip(answer.addressees)
        .collect();
    docket.resolve(AlarmKind::NoCoverage);
    let decision_id = record(docket, answer.outcome, runs);
    let deadline = docket.now() + rung.deadline_s.delta();
    let (mut made, mut firms) = (0, BTreeSet::new());
    for ((firm_id, technician_id), addressee) in candidates {
        if made == rung.at_once {
            break;
        }
        if addressee == Addressee::Firm && !firms.insert(firm_id) {
            continue;
        }
        made += 1;
        let asked = asked(docket, decision_id, (firm_id, technician_id), addressee);
        docket.ask(Offer::open(asked, docket.now(), deadline));
    }
    let job = docket.job().clone().offered(docket.now(), deadline)?;
    docket.put(job);
    Ok(())
}

/// Who is asked next for the job.
pub(super) fn asked(
    docket: &mut Docket,
    decision_id: DecisionId,
    (firm_id, technician_id): (crate::domain::ids::FirmId, crate::domain::ids::TechnicianId),
    addressee: Addressee,
) -> Asked {
    Asked {
        id: docket.id(),
        job_id: docket.job().id,
        decision_id,
        firm_id,
        technician_id,
        addressee,
        role: CrewRole::Lead,
        rank: docket.next_rank(),
        round: docket.job().round,
        rung: docket.job().rung,
    }
}

/// No firm serves the place and trade (K-04): a person advises the caller. It is written down once, and looked at again until
/// a firm serves it or a person ends it.
fn uncovered(
    docket: &mut Docket,
    rules: &Dispatch,
    outcome: MatchOutcome,
    runs: &mut Vec<Run>,
) -> Result<(), Refusal> {
    if docket.job().state() != JobState::NoCoverage {
        record(docket, outcome, runs);
        docket.say(JobNoCoverage { job: docket.job().id });
        docket.resolve_all(&[]);
        docket.raise(AlarmKind::NoCoverage);
    }
    let job = docket.job().clone().uncovered(docket.now(), docket.now() + rules.uncovered_pause)?;
    docket.put(job);
    Ok(())
}

/// Has a matching run written down.
pub(super) fn record(docket: &mut Docket, outcome: MatchOutcome, runs: &mut Vec<Run>) -> DecisionId {
    let decision = docket.id();
    docket.say(JobMatched { job: docket.job().id, decision, verdict: outcome.verdict });
    runs.push(Run { id: decision, outcome });
    decision
}
