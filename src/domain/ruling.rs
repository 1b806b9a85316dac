//! What a supervisor decides about a bill that is doubtful or disputed: checked against the record, joined with the decision
//! in force (G-18), and final where the law makes it so (Y-13). Nothing is read or written here.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    cooling_off::CoolingOff,
    disputes::Dispute,
    facts::{FieldRecord, Flag},
    ids::{FactId, FirmId, ReviewDecisionId, ReviewId, TechnicianId, TokenId},
    jobs::{Job, JobState},
    known::Known,
    ledger::{Priced, Terms, billed_of},
    money::Yen,
    payers::Agreement,
    reference::programme::Payer,
    refusal::{MoneyRefused, Refusal},
    reviews::{
        About, Billed, Correction, DECISIONS_PER_JOB_MAX, Decision, DecisionDoubt, DecisionReason, Goodwill,
        Moved, Review, ReviewState, Ruling, Settled, StartsFrom, StatedWork, Stretch, reported_work,
    },
    settling,
    span::{Instant, tokyo},
};

/// What a supervisor wants decided.
#[derive(Debug, Clone)]
pub struct Decide {
    /// What.
    pub ruling: Ruling,
    /// From what it starts.
    pub starts_from: StartsFrom,
    /// Why.
    pub reason: DecisionReason,
    /// The same in words.
    pub note: String,
    /// Reports that are not billed.
    pub disregard: Vec<FactId>,
    /// Work as it was.
    pub work: Vec<(TechnicianId, Vec<Stretch>)>,
    /// What somebody else pays.
    pub payers: Vec<Moved>,
    /// What is given back.
    pub goodwill: Vec<Goodwill>,
    /// What is doubtful about it and right all the same.
    pub confirm: Vec<DecisionDoubt>,
}

/// Everything that is decided on.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'a> {
    /// The job.
    pub job: &'a Job,
    /// Its record as it was reported.
    pub record: &'a FieldRecord,
    /// What was decided about it before, oldest first.
    pub decisions: &'a [Decision],
    /// Its reviews, oldest first.
    pub reviews: &'a [Review],
    /// The firm of everybody who was ever on it.
    pub firms: &'a BTreeMap<TechnicianId, FirmId>,
    /// What it is priced by.
    pub terms: &'a Terms,
    /// Which payers have agreed to pay.
    pub agreed: &'a [Agreement],
    /// Until when the contract may be rescinded.
    pub cooling_off: CoolingOff,
    /// What was disputed of it.
    pub disputes: &'a [Dispute],
    /// Now.
    pub now: Instant,
}

/// Who decides, under which id.
#[derive(Debug, Clone, Copy)]
pub struct Decider {
    /// The id of the decision.
    pub id: ReviewDecisionId,
    /// By which token; none where it is only tried.
    pub by: Option<TokenId>,
}

impl Grounds<'_> {
    /// The decision as it is written, and what the job costs under it.
    pub fn decide(&self, about: About, decide: &Decide, who: Decider) -> Result<(Decision, Priced), Refusal> {
        let before = self.decisions.last();
        if before.is_some_and(|last| last.ruling == Ruling::Rescind) {
            return Err(MoneyRefused::Rescinded.into());
        }
        if self.job.state() == JobState::Cancelled && decide.ruling != Ruling::Accept {
            return Err(MoneyRefused::NothingToCorrect.into());
        }
        let number = before.map_or(1, |last| last.number + 1);
        if number > DECISIONS_PER_JOB_MAX {
            return Err(MoneyRefused::TooManyDecisions.into());
        }
        let correction = self.correction(decide)?;
        correction.check(decide.ruling, self.now)?;
        let in_force = before.filter(|_| decide.starts_from == StartsFrom::InForce);
        if decide.ruling == Ruling::Correct && in_force.is_some_and(|last| last.ruling == Ruling::WriteOff) {
            let message = "everything is written off; start from the record to bill something of it again";
            return Err(Refusal::field("starts_from", message));
        }
        let (ruling, correction) = correction.in_force(decide.ruling, in_force);
        let decision = Decision {
            id: who.id,
            job_id: self.job.id,
            number,
            about,
            ruling,
            reason: decide.reason,
            flags: self.settled_by(about),
            correction,
            decided_at: self.now,
            decided_by: who.by,
        };
        self.must_be_adjustable(decide, &decision)?;
        let settled = Settled::of(self.record, std::slice::from_ref(&decision));
        let (priced, _) = settling::priced(&settled, self.terms, self.firms, self.now);
        Ok((decision, priced.map_err(|_| MoneyRefused::RecordOverLimits)?))
    }

    /// What the job would cost if a review of it were accepted; unknown where that is more than one job can hold. What was
    /// called off or rescinded costs nothing whatever is told of it (C-25, G-18).
    #[must_use]
    pub fn accepted(&self, review: ReviewId) -> Option<Yen> {
        let is_rescinded = self.decisions.last().is_some_and(|last| last.ruling == Ruling::Rescind);
        if is_rescinded || self.job.state() == JobState::Cancelled {
            return Some(Yen::ZERO);
        }
        let accept = Decide {
            ruling: Ruling::Accept,
            starts_from: StartsFrom::InForce,
            reason: DecisionReason::Other,
            note: String::new(),
            disregard: Vec::new(),
            work: Vec::new(),
            payers: Vec::new(),
            goodwill: Vec::new(),
            confirm: Vec::new(),
        };
        let tried = Decider { id: Uuid::nil().into(), by: None };
        let (_, priced) = self.decide(About::Review(review), &accept, tried).ok()?;
        Some(priced.total())
    }

    /// Refuses to decide about a review that is gone, or that another one has followed.
    pub fn must_be_last(&self, review: &Review) -> Result<(), Refusal> {
        let is_last = self.reviews.last().is_some_and(|last| last.id == review.id);
        match review.state {
            ReviewState::Open | ReviewState::Decided if is_last => Ok(()),
            _ => Err(MoneyRefused::ReviewOver.into()),
        }
    }

    /// Refuses to rescind by cooling-off after the eight days, unless that is confirmed: whoever asked for it in time has rescinded
    /// then (Y-11).
    pub fn must_be_in_time(&self, decide: &Decide) -> Result<(), Refusal> {
        let is_asked = decide.ruling == Ruling::Rescind && decide.reason == DecisionReason::CoolingOff;
        let Known::Known(ends_on) = self.cooling_off.ends_on else { return Ok(()) };
        let asked = self.disputes.iter().filter(|one| one.asks_to_rescind());
        let asked_at = asked.map(|one| one.opened_at).min().unwrap_or(self.now);
        let is_late = tokyo(asked_at).date_naive() > ends_on;
        if is_asked && is_late && !decide.confirm.contains(&DecisionDoubt::CoolingOffOver) {
            return Err(MoneyRefused::CoolingOffOver(ends_on).into());
        }
        Ok(())
    }

    /// Refuses to give back more than is billed, and to have somebody pay who has not agreed (G-06).
    fn must_be_adjustable(&self, decide: &Decide, decision: &Decision) -> Result<(), Refusal> {
        if decide.payers.is_empty() && decide.goodwill.is_empty() {
            return Ok(());
        }
        let plain = Decision { correction: decision.correction.of_record(), ..decision.clone() };
        let settled = Settled::of(self.record, std::slice::from_ref(&plain));
        let (priced, _) = settling::priced(&settled, self.terms, self.firms, self.now);
        let billed = billed_of(&priced.map_err(|_| MoneyRefused::RecordOverLimits)?.charges);
        let find = |of: Billed, field: String| {
            billed.get(&of).copied().ok_or_else(|| Refusal::field(field, "nothing of this is billed"))
        };
        for (index, moved) in decide.payers.iter().enumerate() {
            let (own, _) = find(moved.of, format!("payers[{index}].of"))?;
            if decide.payers[..index].iter().any(|other| other.of == moved.of) {
                return Err(Refusal::field(format!("payers[{index}].of"), "is there already"));
            }
            let has_agreed = moved.payer == own
                || moved.payer == Payer::Programme
                || self.agreed.iter().any(|one| one.payer == moved.payer);
            if !has_agreed {
                let message = "it is not on record that this payer has agreed (G-06)";
                return Err(Refusal::field(format!("payers[{index}].payer"), message));
            }
        }
        for (index, goodwill) in decide.goodwill.iter().enumerate() {
            let (_, yen) = find(goodwill.of, format!("goodwill[{index}].of"))?;
            if decide.goodwill[..index].iter().any(|other| other.of == goodwill.of) {
                return Err(Refusal::field(format!("goodwill[{index}].of"), "is there already"));
            }
            if goodwill.yen > yen {
                return Err(Refusal::field(
                    format!("goodwill[{index}].yen"),
                    format!("{yen} yen are billed of it"),
                ));
            }
        }
        Ok(())
    }

    /// What is corrected, of what the record has.
    fn correction(&self, decide: &Decide) -> Result<Correction, Refusal> {
        let stranger = decide.work.iter().position(|(technician, _)| !self.firms.contains_key(technician));
        if let Some(index) = stranger {
            let field = format!("work[{index}].technician_id");
            return Err(Refusal::field(field, "has no assignment on this job"));
        }
        let parts = self.record.parts.iter().map(|part| part.fact_id);
        let delivered: BTreeSet<FactId> =
            parts.chain(self.record.special_works.iter().map(|work| work.fact_id)).collect();
        if let Some(index) = decide.disregard.iter().position(|fact| !delivered.contains(fact)) {
            let field = format!("disregard[{index}]");
            return Err(Refusal::field(field, "is no report of a part or of special work of this job"));
        }
        let work = decide.work.iter().map(|(technician_id, stretches)| StatedWork {
            technician_id: *technician_id,
            stretches: stretches.clone(),
            replaces: reported_work(self.record, *technician_id),
        });
        Ok(Correction {
            disregard: decide.disregard.clone(),
            work: work.collect(),
            payers: decide.payers.clone(),
            goodwill: decide.goodwill.clone(),
        })
    }

    /// The doubts that a decision settles: those that were seen, of the record, its price and its payments. What was decided
    /// of single reports stays decided; what a dispute did not look at stays open.
    fn settled_by(&self, about: About) -> Vec<Flag> {
        let before = self.decisions.last().map(|last| last.flags.clone()).unwrap_or_default();
        let About::Review(id) = about else { return before };
        let seen = self.reviews.iter().filter(|review| review.id == id);
        let seen = seen.flat_map(|review| review.flags.iter().cloned());
        let of_reports = before.into_iter().filter(|flag| flag.fact_id.is_some());
        let flags: BTreeSet<_> = self.record.flags.iter().cloned().chain(seen).chain(of_reports).collect();
        flags.into_iter().collect()
    }
}
