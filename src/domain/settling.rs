//! Settling: what a job's facts and decisions mean for its money, told in one value. Cash that was reported becomes
//! payments once the job is over, an open doubt becomes a review, a complete record without doubts becomes ledger lines.
//! Nothing is read or written here.

mod cash;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use uuid::Uuid;

pub use cash::{Costs, doubts as cash_doubts};

use super::{
    facts::{FieldRecord, Flag, FlagCode, GivenConsent, JobOutcome, Reporter},
    ids::{FirmId, JobId, TechnicianId},
    jobs::{CancelReason, Job, JobState},
    ledger::{self, LedgerLine, Priced, Settlement, SettlementBasis, Terms},
    money::Yen,
    offers::Assignment,
    payers::{HeldItem, ProposedPayer},
    payments::Payment,
    reference::programme::Payer,
    refusal::Refusal,
    reviews::{Decision, Review, ReviewState, Ruling, Settled},
    span::Instant,
};

/// Where a job is, as far as its money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending<'a> {
    /// It is not over: nothing is charged yet.
    UnderWay,
    /// It was called off: nothing is charged, and why is said (C-25).
    CalledOff(SettlementBasis),
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
    /// What supervisors decided about it.
    pub decisions: &'a [Decision],
    /// The firm of everybody who was ever on it.
    pub firms: &'a BTreeMap<TechnicianId, FirmId>,
    /// Its settlements, oldest first.
    pub settlements: &'a [Settlement],
    /// Its ledger lines. Needed once it is over.
    pub lines: &'a [LedgerLine],
    /// Its payments. Needed once it is over, and where its record tells of money.
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

/// Whether the answer of a payer other than the resident is awaited (G-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// Nobody else was named.
    Nobody,
    /// Until then; then a supervisor is asked.
    Until(Instant),
    /// Not any more: they have agreed, or a supervisor is asked or has decided.
    NoMore,
}

/// All that follows. To be carried out in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settling {
    /// Cash that reports tell of and that is no payment yet; a settlement written now counts it.
    pub payments: Vec<Payment>,
    /// What becomes of the review.
    pub review: Option<ReviewChange>,
    /// The new settlement with its lines; none where the ledger says the same already, or nothing can be said.
    pub settlement: Option<(Settlement, Vec<LedgerLine>)>,
    /// What is doubtful and not decided.
    pub flags: Vec<Flag>,
    /// Whose answer is awaited before everything of it has a line.
    pub awaited: Awaited,
    /// What is due of it once that is known, with what is held; negative: to be paid back.
    pub due: Option<Yen>,
    /// Why the record cannot be priced: it is beyond what one job can hold.
    pub over_limits: Option<Refusal>,
}

/// What follows from what is given; `ids` gives a new id each time, in ascending order. Fails only where a record cannot
/// be written as JSON.
pub fn settle(given: &Given<'_>, ids: &mut dyn FnMut() -> Uuid) -> Result<Settling, serde_json::Error> {
    let settled = Settled::of(given.record, given.decisions);
    let (mut over_limits, mut held, mut owed) = (None, Vec::new(), None);
    let (mut asked, mut priced, mut flags) = match given.ending {
        Ending::UnderWay => (Vec::new(), None, settled.open.clone()),
        Ending::Contradicted => (settled.open.clone(), None, settled.open.clone()),
        Ending::CalledOff(basis) => {
            // Of a job that costs nothing only what says that it was done or paid all the same is a question.
            let is_asked = |flag: &&Flag| flag.code == FlagCode::AfterCancellation;
            let asked = settled.open.iter().filter(is_asked).cloned().collect();
            owed = Some(Yen::ZERO);
            (asked, Some((basis, Vec::new())), settled.open.clone())
        }
        Ending::Complete(terms) => {
            let (priced, open) = priced(&settled, terms, given.firms, given.now);
            let charges = priced.map_err(|refusal| over_limits = Some(refusal)).ok();
            owed = charges.as_ref().map(Priced::owed);
            held = charges.iter().flat_map(|priced| priced.held.clone()).collect();
            (open.clone(), charges.map(|priced| (basis(&settled), priced.charges)), open)
        }
    };
    let by = match given.ending {
        Ending::Complete(terms) => Some((terms, given.firms)),
        _ => None,
    };
    let mut cash = cash::told(&settled, &cash::Known::of(given), Costs { owed, by });
    let doubts: Vec<_> = settled.undecided(std::mem::take(&mut cash.doubts)).collect();
    if given.ending != Ending::UnderWay {
        asked.extend(doubts.iter().cloned());
    }
    flags.extend(doubts);
    if matches!(given.ending, Ending::Complete(_)) && !asked.is_empty() {
        priced = None;
    }
    // Whether it is right is known when it is known what the job costs: the same however the reports were cut into requests.
    let payments = if given.ending == Ending::UnderWay { Vec::new() } else { cash.payments(given, ids) };
    let review = question(given, &asked, ids);
    let settlement = match priced {
        Some((basis, charges)) => {
            write::settlement(given, &payments, &settled, basis, (charges, &held), ids)?
        }
        None => None,
    };
    let due = due(given, &payments, settlement.as_ref(), &held);
    let awaited = awaited(given, &held);
    Ok(Settling { payments, review, settlement, flags, awaited, due, over_limits })
}

/// What is due by the lines, those that are written now and what is held included.
fn due(
    given: &Given<'_>,
    new: &[Payment],
    settlement: Option<&(Settlement, Vec<LedgerLine>)>,
    held: &[HeldItem],
) -> Option<Yen> {
    if given.settlements.is_empty() && settlement.is_none() {
        return None;
    }
    let lines = given.lines.iter().chain(settlement.iter().flat_map(|(_, lines)| lines));
    let billed: Yen = lines.map(|line| line.charge.amount_yen).sum();
    let paid: Yen = given.payments.iter().chain(new).map(Payment::collected).sum();
    let held: Yen = held.iter().map(|item| item.charge.amount_yen).sum();
    Some(Yen(billed.0 + held.0 - paid.0))
}

fn awaited(given: &Given<'_>, held: &[HeldItem]) -> Awaited {
    let others = given.record.consents.iter().any(|one| one.consent.payer() != Payer::Worker);
    let next = held.iter().map(|item| item.review_at).filter(|at| *at > given.now).min();
    match (next, others) {
        (Some(at), _) => Awaited::Until(at),
        (None, true) => Awaited::NoMore,
        (None, false) => Awaited::Nobody,
    }
}

/// What the record costs, and what of it is doubtful and not decided: a record beyond the limits is.
pub fn priced(
    settled: &Settled,
    terms: &Terms,
    firms: &BTreeMap<TechnicianId, FirmId>,
    now: Instant,
) -> (Result<Priced, Refusal>, Vec<Flag>) {
    let mut open = settled.open.clone();
    let priced = ledger::charges(settled, terms, firms);
    match &priced {
        Err(_) => open.push(Flag::whole(FlagCode::OverLimits)),
        Ok(priced) => {
            let mut doubts = heard_late(settled, terms, firms, priced);
            doubts.extend(unconfirmed(settled, priced, now));
            open.extend(settled.undecided(doubts));
        }
    }
    (priced, open)
}

/// The payers who were asked for their answer long enough (G-06).
fn unconfirmed(settled: &Settled, priced: &Priced, now: Instant) -> Vec<Flag> {
    let is_held = |proposed: &&ProposedPayer| {
        priced.held.iter().any(|item| item.charge.payer == proposed.payer) && proposed.review_at() <= now
    };
    let flags = settled.record.proposed_payers.iter().filter(is_held).map(|proposed| Flag {
        code: FlagCode::PayerUnconfirmed,
        technician_id: Some(proposed.technician_id),
        fact_id: Some(proposed.fact_id),
        missing: None,
    });
    flags.collect()
}

/// The consents that count from a later instant than they are said to have been answered at, where that changes what is billed
/// (G-04): a colleague's from their receipt, one that was written down after other reports from then.
fn heard_late(
    settled: &Settled,
    terms: &Terms,
    firms: &BTreeMap<TechnicianId, FirmId>,
    priced: &Priced,
) -> Vec<Flag> {
    let is_late = |given: &GivenConsent| given.told_by != Reporter::Desk && given.said_at < given.answered_at;
    let late: Vec<_> = settled.record.consents.iter().filter(|given| is_late(given)).collect();
    if late.is_empty() {
        return Vec::new();
    }
    let mut as_said = settled.clone();
    for given in as_said.record.consents.iter_mut().filter(|given| is_late(given)) {
        given.answered_at = given.said_at;
    }
    let sums = |priced: &Priced| {
        let held = priced.held.iter().map(|item| item.charge.amount_yen);
        let charges = priced.charges.iter().map(|one| one.amount_yen);
        (charges.collect::<Vec<_>>(), held.collect::<Vec<_>>())
    };
    let is_same = ledger::charges(&as_said, terms, firms).is_ok_and(|other| sums(&other) == sums(priced));
    let flags = late.into_iter().map(|given| Flag {
        code: FlagCode::ConsentTooLate,
        technician_id: Some(given.technician_id),
        fact_id: Some(given.fact_id),
        missing: None,
    });
    if is_same { Vec::new() } else { flags.collect() }
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

/// Why a job that was called off costs nothing.
#[must_use]
pub fn called_off(reason: CancelReason) -> SettlementBasis {
    if reason == CancelReason::NoAccess { SettlementBasis::NoAccess } else { SettlementBasis::Cancelled }
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
