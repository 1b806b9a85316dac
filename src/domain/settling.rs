//! Settling: what a job's facts and decisions mean for its money, told in one value. Cash that was reported becomes
//! payments, an open doubt becomes a review, a complete record without doubts becomes ledger lines. Nothing is read or
//! written here.

mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    facts::{FieldRecord, Flag, FlagCode, JobOutcome, TakenMethod},
    ids::{FactId, FirmId, JobId, TechnicianId},
    jobs::{CancelReason, Job, JobState},
    ledger::{self, LedgerLine, Priced, Settlement, SettlementBasis, Terms},
    money::Yen,
    offers::Assignment,
    payments::{Payment, PaymentKind, PaymentMethod},
    refusal::Refusal,
    reviews::{Decision, Review, ReviewState, Ruling, Settled},
    span::Instant,
};

/// Where a job is, as far as its money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending<'a> {
    /// It is not over: nothing is charged yet.
    UnderWay,
    /// It was called off: nothing is charged, and that is said (C-25).
    CalledOff(CancelReason),
    /// It is complete, and priced by these terms.
    Complete(&'a Terms),
    /// It is over, and its record does not say so any more: nothing is priced until a person has looked.
    Contradicted,
}

impl<'a> Ending<'a> {
    /// Where a job is that was not called off.
    #[must_use]
    pub fn of(job: &Job, record: &FieldRecord, terms: &'a Terms) -> Self {
        if is_complete(job, record) { Self::Complete(terms) } else { Self::UnderWay }
    }
}

/// Whether a job is to be priced: then its terms are needed.
#[must_use]
pub fn is_complete(job: &Job, record: &FieldRecord) -> bool {
    job.state() == JobState::Completed && record.completed_at.is_some()
}

/// The firm of everybody who was ever on the job.
#[must_use]
pub fn firms(assignments: &[Assignment]) -> BTreeMap<TechnicianId, FirmId> {
    assignments.iter().map(|assignment| (assignment.technician_id, assignment.firm_id)).collect()
}

/// All that is settled on.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The job.
    pub job: JobId,
    /// Where it is.
    pub ending: Ending<'a>,
    /// Its record, judged.
    pub record: &'a FieldRecord,
    /// The reports in it that are recorded now for the first time.
    pub new: &'a [FactId],
    /// What supervisors decided about it.
    pub decisions: &'a [Decision],
    /// The firm of everybody who was ever on it.
    pub firms: &'a BTreeMap<TechnicianId, FirmId>,
    /// Its settlements, oldest first.
    pub settlements: &'a [Settlement],
    /// Its ledger lines. Needed once it is over.
    pub lines: &'a [LedgerLine],
    /// Its payments, but for those the new reports tell of. Needed once it is over.
    pub payments: &'a [Payment],
    /// Its reviews, oldest first.
    pub reviews: &'a [Review],
    /// Now.
    pub now: Instant,
}

/// What becomes of the question about a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewChange {
    /// Something is doubtful: a new review.
    Open(Review),
    /// Something else is doubtful than before.
    Changed(Review),
    /// Nothing is doubtful any more: the review closed.
    Gone(Review),
}

/// All that follows. To be carried out in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settling {
    /// Cash that new reports tell of; a settlement written now counts it.
    pub payments: Vec<Payment>,
    /// What becomes of the review.
    pub review: Option<ReviewChange>,
    /// The new settlement with its lines; none where the ledger says the same already, or nothing can be said.
    pub settlement: Option<(Settlement, Vec<LedgerLine>)>,
    /// What is doubtful and not decided.
    pub flags: Vec<Flag>,
    /// Why the record cannot be priced: it is beyond what one job can hold.
    pub over_limits: Option<Refusal>,
}

/// What follows from what is given; `ids` gives a new id each time, in ascending order. Fails only where a record cannot
/// be written as JSON.
pub fn settle(given: &Given<'_>, ids: &mut dyn FnMut() -> Uuid) -> Result<Settling, serde_json::Error> {
    let payments = reported(given, ids);
    let settled = Settled::of(given.record, given.decisions);
    let mut over_limits = None;
    let (asked, priced, flags) = match given.ending {
        Ending::UnderWay => (Vec::new(), None, settled.open.clone()),
        Ending::Contradicted => (settled.open.clone(), None, settled.open.clone()),
        Ending::CalledOff(reason) => {
            (Vec::new(), Some((called_off(reason), Vec::new())), settled.open.clone())
        }
        Ending::Complete(terms) => {
            let (priced, open) = priced(&settled, terms, given.firms);
            let charges = priced.map_err(|refusal| over_limits = Some(refusal)).ok();
            let charges = charges.filter(|_| open.is_empty()).map(|priced| (basis(&settled), priced.charges));
            (open.clone(), charges, open)
        }
    };
    let review = question(given, &asked, ids);
    let settlement = match priced {
        Some((basis, charges)) => write::settlement(given, &payments, &settled, basis, charges, ids)?,
        None => None,
    };
    Ok(Settling { payments, review, settlement, flags, over_limits })
}

/// What the record costs, and what of it is doubtful and not decided: a record beyond the limits is.
pub fn priced(
    settled: &Settled,
    terms: &Terms,
    firms: &BTreeMap<TechnicianId, FirmId>,
) -> (Result<Priced, Refusal>, Vec<Flag>) {
    let mut open = settled.open.clone();
    let priced = ledger::charges(settled, terms, firms);
    if priced.is_err() {
        open.push(Flag::whole(FlagCode::OverLimits));
    }
    (priced, open)
}

/// Why a completed job costs what it does.
#[must_use]
pub fn basis(settled: &Settled) -> SettlementBasis {
    if settled.ruled(Ruling::Rescind) {
        SettlementBasis::Rescinded
    } else if settled.ruled(Ruling::WriteOff) {
        SettlementBasis::WrittenOff
    } else if settled.record.outcome.is_some_and(JobOutcome::is_stopped) {
        SettlementBasis::Stopped
    } else {
        SettlementBasis::Completed
    }
}

fn called_off(reason: CancelReason) -> SettlementBasis {
    if reason == CancelReason::NoAccess { SettlementBasis::NoAccess } else { SettlementBasis::Cancelled }
}

/// The cash that new reports tell of: each report once, because it is new once.
fn reported(given: &Given<'_>, ids: &mut dyn FnMut() -> Uuid) -> Vec<Payment> {
    let is_new_cash = |method, fact| method == TakenMethod::Cash && given.new.contains(&fact);
    let taken = given.record.payments.iter().filter(|taken| is_new_cash(taken.method, taken.fact_id));
    let payments = taken.map(|taken| Payment {
        id: ids().into(),
        job_id: given.job,
        kind: PaymentKind::CashOnSite,
        method: PaymentMethod::Cash,
        payer: taken.payer,
        amount_yen: Yen(taken.amount_yen.yen()),
        received_at: taken.at,
        reference: None,
        fact_id: Some(taken.fact_id),
        settlement_id: given.settlements.last().map(|settlement| settlement.id),
        recorded_at: given.now,
    });
    payments.collect()
}

/// Keeps the review in step with the open doubts.
fn question(given: &Given<'_>, open: &[Flag], ids: &mut dyn FnMut() -> Uuid) -> Option<ReviewChange> {
    match given.reviews.iter().find(|review| review.state == ReviewState::Open) {
        Some(review) if open.is_empty() => {
            Some(ReviewChange::Gone(review.clone().closed(ReviewState::Gone, given.now)))
        }
        Some(review) => review.with_flags(open).map(ReviewChange::Changed),
        None if open.is_empty() => None,
        None => Some(ReviewChange::Open(Review {
            id: ids().into(),
            version: 1,
            job_id: given.job,
            number: i64::try_from(given.reviews.len()).unwrap_or(i64::MAX - 1) + 1,
            state: ReviewState::Open,
            flags: open.to_vec(),
            opened_at: given.now,
            closed_at: None,
        })),
    }
}
