//! Reviews: a completed job whose record is doubtful is looked at by a supervisor before anything of it is billed.
//!
//! What is billed is a pure fold over the facts of a job *and* the decisions about it: the facts give the record, the
//! last decision says what counts of it. A decision speaks of the doubts it saw; a fact that brings a new one opens the
//! question again.

mod settled;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    charging::WorkKind,
    facts::{Flag, FlagCode, WorkSpan},
    ids::{DisputeId, FactId, JobId, ReviewDecisionId, ReviewId, TechnicianId, TokenId},
    money::Yen,
    reference::programme::Payer,
    refusal::Refusal,
    text_enum::text_enum,
};

pub use super::facts::MISSING_ASKED_AFTER;
pub use settled::{Settled, reported_work};
pub use words::flag_words;

/// Decisions about one job at most.
pub const DECISIONS_PER_JOB_MAX: i64 = 100;
/// Technicians whose work one decision can state.
pub const STATED_MAX: usize = 20;
/// Stretches of work of one technician that one decision can state.
pub const STRETCHES_MAX: usize = 50;
/// Facts one decision can leave out.
pub const DISREGARDED_MAX: usize = 100;
/// Things one decision can have somebody else pay, or give a part of back.
pub const ADJUSTED_MAX: usize = 50;

text_enum! {
    /// Where a review is.
    pub enum ReviewState("review state") {
        /// Somebody must decide.
        Open = "open",
        /// Somebody has decided.
        Decided = "decided",
        /// What was missing has come: nothing is doubtful any more.
        Gone = "gone",
    }
}

text_enum! {
    /// What a supervisor decides.
    pub enum Ruling("ruling") {
        /// The doubts are settled, and what is in force stays: the decision before, or else the record as it was reported.
        Accept = "accept",
        /// Something of it is corrected: work stated anew, reports left out.
        Correct = "correct",
        /// Nothing of it is billed.
        WriteOff = "write_off",
        /// The contract is rescinded (cooling-off): all of it is taken back and what was paid is paid back (Y-13).
        Rescind = "rescind",
    }
}

text_enum! {
    /// From what a decision starts.
    pub enum StartsFrom("start of a decision") {
        /// From the decision in force: what that has corrected stays corrected (G-18).
        InForce = "in_force",
        /// From the record as it was reported, as if nothing had been decided.
        Record = "record",
    }
}

text_enum! {
    /// Why it is decided so.
    pub enum DecisionReason("reason of a decision") {
        /// The technician or the resident confirmed it by telephone.
        ConfirmedByPhone = "confirmed_by_phone",
        /// Pictures, signature or recording show it.
        ConfirmedByEvidence = "confirmed_by_evidence",
        /// The device's clock was wrong.
        DeviceClock = "device_clock",
        /// The device was lost or broken: nothing more will come from it.
        DeviceLost = "device_lost",
        /// Something was not reported.
        ReportForgotten = "report_forgotten",
        /// It was reported twice.
        EnteredTwice = "entered_twice",
        /// The payer had not agreed to it.
        NotAgreed = "not_agreed",
        /// The work was not done as it should have been.
        PoorWork = "poor_work",
        /// Goodwill (C-23).
        Goodwill = "goodwill",
        /// The payer has rescinded in time (Y-13).
        CoolingOff = "cooling_off",
        /// Something else; the note says what.
        Other = "other",
    }
}

text_enum! {
    /// What is doubtful about a decision.
    pub enum DecisionDoubt("doubt about a decision") {
        /// The eight days of cooling-off are over (Y-11).
        CoolingOffOver = "cooling_off_over",
    }
}

/// One question about one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Its version: another doubt, another version.
    pub version: i64,
    /// The job.
    pub job_id: JobId,
    /// Running number of the job's reviews, from 1.
    pub number: i64,
    /// Where it is.
    pub state: ReviewState,
    /// What is doubtful.
    pub flags: Vec<Flag>,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// When it was decided or the doubt was gone.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Review {
    /// The review with what is doubtful now; `None` when that is the same.
    #[must_use]
    pub fn with_flags(&self, flags: &[Flag]) -> Option<Self> {
        (self.flags != flags).then(|| Self { flags: flags.to_vec(), ..self.clone() })
    }

    /// The codes of the doubts, each once: an event is small whatever a device has done.
    #[must_use]
    pub fn codes(&self) -> BTreeSet<FlagCode> {
        self.flags.iter().map(|flag| flag.code).collect()
    }

    /// Whether a number left open holds up the bill: it is asked for until it has come (G-04).
    #[must_use]
    pub fn misses_reports(&self) -> bool {
        self.flags.iter().any(|flag| flag.code == FlagCode::SequenceHole)
    }

    /// The review closed.
    #[must_use]
    pub fn closed(self, state: ReviewState, at: DateTime<Utc>) -> Self {
        Self { state, closed_at: Some(at), ..self }
    }
}

/// What is corrected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Correction {
    /// Reports of parts and special work that are not billed.
    pub disregard: Vec<FactId>,
    /// The work of these technicians as it was.
    pub work: Vec<StatedWork>,
    /// What somebody else pays than whoever agreed to it.
    pub payers: Vec<Moved>,
    /// What is given back of what was agreed to.
    pub goodwill: Vec<Goodwill>,
}

/// What of a bill a correction speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Billed {
    /// The overtime that a payer has agreed to.
    Overtime {
        /// Who has.
        payer: Payer,
    },
    /// The part or special work of a report.
    Item {
        /// The report.
        fact_id: FactId,
    },
}

/// What somebody else pays than whoever agreed to it: the programme, or a payer whose authority is on record (G-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// What.
    pub of: Billed,
    /// Who pays it.
    pub payer: Payer,
}

/// A part of something that is not billed, at most all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Goodwill {
    /// Of what.
    pub of: Billed,
    /// How much.
    pub yen: Yen,
}

/// The work of one technician as a supervisor states it, in place of what was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StatedWork {
    /// Whose.
    pub technician_id: TechnicianId,
    /// The work; none at all is possible.
    pub stretches: Vec<Stretch>,
    /// What was reported then: other reports that come later are a new doubt.
    pub replaces: Vec<WorkSpan>,
}

/// Hands-on time, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Stretch {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// On what.
    pub work: WorkKind,
}

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A doubtful record.
    Review(ReviewId),
    /// A bill that is disputed.
    Dispute(DisputeId),
}

/// What a supervisor decided about a job. Never changed; the last one is in force, as a whole, and holds what it took over from
/// the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Decision {
    /// Its id.
    pub id: ReviewDecisionId,
    /// The job.
    pub job_id: JobId,
    /// Running number of the job's decisions, from 1.
    pub number: i64,
    /// What it was about.
    pub about: About,
    /// What was decided.
    pub ruling: Ruling,
    /// Why.
    pub reason: DecisionReason,
    /// The doubts it has settled.
    pub flags: Vec<Flag>,
    /// What was corrected.
    pub correction: Correction,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// By whom.
    pub decided_by: Option<TokenId>,
}

/// Adds to `own` what `earlier` says of anything that `own` says nothing of.
fn add_unsaid<T: Clone, K: PartialEq>(own: &mut Vec<T>, earlier: &[T], of: impl Fn(&T) -> K) {
    let said: Vec<K> = own.iter().map(&of).collect();
    own.extend(earlier.iter().filter(|one| !said.contains(&of(one))).cloned());
}

impl Correction {
    /// What this one corrects, and beside it what an earlier one has corrected and this one says nothing of.
    #[must_use]
    fn upon(mut self, earlier: &Self) -> Self {
        add_unsaid(&mut self.disregard, &earlier.disregard, |fact| *fact);
        add_unsaid(&mut self.work, &earlier.work, |work| work.technician_id);
        add_unsaid(&mut self.payers, &earlier.payers, |payer| payer.of);
        add_unsaid(&mut self.goodwill, &earlier.goodwill, |goodwill| goodwill.of);
        self
    }

    /// The same without what only changes who pays how much of a line.
    #[must_use]
    pub fn of_record(&self) -> Self {
        Self { disregard: self.disregard.clone(), work: self.work.clone(), ..Self::default() }
    }

    /// What is in force once this is ruled upon the decision in force: to accept a doubt changes nothing of what was decided
    /// before, and a correction is one more (G-18).
    #[must_use]
    pub fn in_force(self, ruling: Ruling, before: Option<&Decision>) -> (Ruling, Self) {
        match (ruling, before) {
            (Ruling::Accept, Some(before)) => (before.ruling, before.correction.clone()),
            (Ruling::Correct, Some(before)) => (ruling, self.upon(&before.correction)),
            _ => (ruling, self),
        }
    }

    /// Checks that it fits the ruling and contradicts neither itself nor the clock.
    pub fn check(&self, ruling: Ruling, now: DateTime<Utc>) -> Result<(), Refusal> {
        let of_record = self.disregard.is_empty() && self.work.is_empty();
        let empty = of_record && self.payers.is_empty() && self.goodwill.is_empty();
        if empty == (ruling == Ruling::Correct) {
            let message =
                if empty { "say what is to be corrected" } else { "only 'correct' corrects anything" };
            return Err(Refusal::field("ruling", message));
        }
        for (index, stated) in self.work.iter().enumerate() {
            let same = |other: &StatedWork| other.technician_id == stated.technician_id;
            if self.work[..index].iter().any(same) {
                return Err(Refusal::field(format!("work[{index}].technician_id"), "is there already"));
            }
            let mut end = None;
            for (at, stretch) in stated.stretches.iter().enumerate() {
                let field = format!("work[{index}].stretches[{at}]");
                if stretch.from >= stretch.to || stretch.to - stretch.from > super::facts::WORK_INTERVAL_MAX {
                    return Err(Refusal::field(field, "must end after it begins, within 12 hours"));
                }
                if end.is_some_and(|end| stretch.from < end) || stretch.to > now {
                    return Err(Refusal::field(
                        field,
                        "must follow the one before, and not be in the future",
                    ));
                }
                end = Some(stretch.to);
            }
        }
        Ok(())
    }
}
