//! Disputes: somebody who is to pay does not agree with a bill. What comes of one is a resolution; where it is upheld, a
//! decision of a supervisor corrects the bill.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{DisputeId, JobId, ReviewDecisionId},
    ledger::LedgerLine,
    payments::Payment,
    reference::programme::Payer,
    refusal::{MoneyRefused, Refusal},
    text_enum::text_enum,
};

/// A dispute is to be decided within this long.
pub const DISPUTE_DECIDED_WITHIN: TimeDelta = TimeDelta::days(7);
/// Disputes of one job at most.
pub const DISPUTES_PER_JOB_MAX: i64 = 50;

text_enum! {
    /// Why somebody does not agree.
    pub enum DisputeReason("reason of a dispute") {
        /// The amount is wrong.
        WrongAmount = "wrong_amount",
        /// It was not done.
        NotDone = "not_done",
        /// It was not agreed to.
        NotAgreed = "not_agreed",
        /// It was not done well.
        PoorWork = "poor_work",
        /// Something was damaged.
        Damage = "damage",
        /// Somebody else has to pay.
        WrongPayer = "wrong_payer",
        /// It was paid already.
        PaidAlready = "paid_already",
        /// The contract is rescinded within eight days (Y-11, Y-13).
        CoolingOff = "cooling_off",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// Where a dispute is.
    pub enum DisputeState("dispute state") {
        /// Nothing is decided.
        Open = "open",
        /// Decided.
        Resolved = "resolved",
    }
}

text_enum! {
    /// What comes of it.
    pub enum DisputeOutcome("outcome of a dispute") {
        /// The bill is corrected.
        Upheld = "upheld",
        /// The bill stays.
        Rejected = "rejected",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

/// A bill somebody does not agree with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// The job.
    pub job_id: JobId,
    /// Running number of the job's disputes, from 1.
    pub number: i64,
    /// Why.
    pub reason: DisputeReason,
    /// Who does not agree.
    pub payer: Payer,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// Where it is.
    pub state: DisputeState,
    /// What came of it.
    pub resolution: Option<Resolution>,
}

impl Dispute {
    /// Whether a rescission is asked for by it: not any more where it was rejected or taken back (Y-11).
    #[must_use]
    pub fn asks_to_rescind(&self) -> bool {
        let is_upheld = |one: &Resolution| one.outcome == DisputeOutcome::Upheld;
        self.reason == DisputeReason::CoolingOff && self.resolution.as_ref().is_none_or(is_upheld)
    }

    /// Until when it is to be decided.
    #[must_use]
    pub fn decide_by(&self) -> DateTime<Utc> {
        self.opened_at + DISPUTE_DECIDED_WITHIN
    }
}

/// Refuses a dispute of somebody who is not on the bill, and the same one again while it is open. The resident is always on it.
pub fn check(
    payer: Payer,
    reason: DisputeReason,
    known: &[Dispute],
    lines: &[LedgerLine],
    payments: &[Payment],
) -> Result<(), Refusal> {
    let is_on_it = payer == Payer::Worker
        || lines.iter().any(|line| line.charge.payer == payer)
        || payments.iter().any(|payment| payment.payer == payer);
    if !is_on_it {
        return Err(MoneyRefused::PayerNotOnBill(payer).into());
    }
    let is_same =
        |one: &Dispute| one.state == DisputeState::Open && (one.payer, one.reason) == (payer, reason);
    if known.iter().any(is_same) {
        return Err(MoneyRefused::DisputeOpen.into());
    }
    Ok(())
}

/// A dispute in the words of whoever does not agree: for whoever decides it. The words are personal data; they stand
/// beside the dispute and go with the people of its case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ToldDispute {
    /// The dispute.
    #[serde(flatten)]
    pub dispute: Dispute,
    /// What they say; absent where nothing was written, or it is erased.
    pub note: Option<String>,
}

/// What came of a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Resolution {
    /// What.
    pub outcome: DisputeOutcome,
    /// The decision that corrects the bill, where it is upheld.
    pub decision_id: Option<ReviewDecisionId>,
    /// When.
    pub resolved_at: DateTime<Utc>,
}
