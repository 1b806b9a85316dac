//! Cash that reports from the site tell of: it becomes payments, but for what cannot be right (G-07).

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Ending, Given};
use crate::domain::{
    facts::{Flag, FlagCode, TakenMethod, TakenPayment},
    ids::{FirmId, JobId, TechnicianId},
    jobs::{Job, JobState},
    ledger::{self, Settlement, Terms},
    money::Yen,
    payments::{self, Payment, PaymentDoubt, PaymentKind, PaymentMethod},
    reviews::{Ruling, Settled},
    span::{Instant, Span},
};

/// What is known of the money of a job.
pub(super) struct Known<'a> {
    job: JobId,
    payments: &'a [Payment],
    settlements: &'a [Settlement],
    asked: Asked,
    now: Instant,
}

/// Of which cash it is asked whether it is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Of all: the job is complete and was never settled.
    OfAll,
    /// Of what is no payment yet.
    OfNew,
}

impl Asked {
    /// Of a job that is complete.
    fn of_complete(settlements: &[Settlement]) -> Self {
        if settlements.is_empty() { Self::OfAll } else { Self::OfNew }
    }
}

impl<'a> Known<'a> {
    pub(super) fn of(given: &Given<'a>) -> Self {
        let asked = match given.ending {
            Ending::Complete(_) => Asked::of_complete(given.settlements),
            _ => Asked::OfNew,
        };
        let Given { job, payments, settlements, now, .. } = *given;
        Self { job, payments, settlements, asked, now }
    }
}

/// What a job costs.
#[derive(Debug, Clone, Copy)]
pub struct Costs<'a> {
    /// All of it; unknown before it is complete.
    pub owed: Option<Yen>,
    /// What it is priced by, with the firm of everybody who was ever on it; nothing costs anything without.
    pub by: Option<(&'a Terms, &'a BTreeMap<TechnicianId, FirmId>)>,
}

impl Costs<'_> {
    /// What of it costs that was done in a span of time; unknown where that cannot be priced.
    fn within(self, settled: &Settled, span: Span) -> Option<Yen> {
        let (terms, firms) = self.by?;
        let then = Settled { record: settled.record.clone().within(span), ..settled.clone() };
        self.owed.and(ledger::charges(&then, terms, firms).ok()).map(|priced| priced.owed())
    }
}

/// Cash that reports tell of.
pub(super) struct Cash<'a> {
    taken: Vec<&'a TakenPayment>,
    /// What is doubtful about it.
    pub(super) doubts: Vec<Flag>,
}

/// What reports tell of cash beside what is recorded, and what is doubtful about it: that is no payment before a supervisor has
/// decided. Of cash that was recorded while the job was under way it is asked once it is known what the job costs.
pub(super) fn told<'a>(settled: &'a Settled, known: &Known<'_>, costs: Costs<'_>) -> Cash<'a> {
    let mut cash = Cash { taken: Vec::new(), doubts: Vec::new() };
    let is_recorded =
        |taken: &TakenPayment| known.payments.iter().any(|one| one.fact_id == Some(taken.fact_id));
    let mut told: Vec<_> =
        settled.record.payments.iter().filter(|one| one.method == TakenMethod::Cash).collect();
    // What is new is compared with all that is recorded, whenever it is said to have been taken.
    told.sort_by_key(|taken| !is_recorded(taken));
    let is_told = |one: &&Payment| told.iter().any(|taken| one.fact_id == Some(taken.fact_id));
    let mut counted: Vec<Payment> = known.payments.iter().filter(|one| !is_told(one)).cloned().collect();
    for taken in told {
        let payment = payment(taken, known);
        let recorded = is_recorded(taken);
        // Whoever has decided about the job has seen what was recorded by then.
        let is_asked = !recorded || (known.asked == Asked::OfAll && settled.decision.is_none());
        let doubts =
            if is_asked { doubtful(taken, &payment, &counted, (settled, costs)) } else { Vec::new() };
        let is_held = !doubts.is_empty() && !is_decided(settled, taken);
        if is_held {
            cash.doubts.extend(doubts.into_iter().map(|code| flag(code, taken)));
        }
        if recorded || !is_held {
            counted.push(payment);
        }
        if !recorded && !is_held {
            cash.taken.push(taken);
        }
    }
    cash
}

/// What is doubtful about the cash of a job, and not decided.
#[must_use]
pub fn doubts(
    settled: &Settled,
    (payments, settlements): (&[Payment], &[Settlement]),
    job: &Job,
    costs: Costs<'_>,
    now: Instant,
) -> Vec<Flag> {
    let asked = match job.state() {
        JobState::Completed => Asked::of_complete(settlements),
        _ => Asked::OfNew,
    };
    let cash = told(settled, &Known { job: job.id, payments, settlements, asked, now }, costs);
    settled.undecided(cash.doubts).collect()
}

/// Whether a supervisor has decided about this cash: what it is too much for may be another sum by then.
fn is_decided(settled: &Settled, taken: &TakenPayment) -> bool {
    const DOUBTS: [FlagCode; 4] = [
        FlagCode::PaymentForNothing,
        FlagCode::PaymentOverpaid,
        FlagCode::PaymentRepeated,
        FlagCode::PaymentWithoutWork,
    ];
    let is_it = |flag: &Flag| flag.fact_id == Some(taken.fact_id) && DOUBTS.contains(&flag.code);
    settled.ruled(Ruling::Rescind)
        || settled.decision.as_ref().is_some_and(|decision| decision.flags.iter().any(is_it))
}

/// What is doubtful about cash, beside what is counted. What somebody has taken who was taken off the job is for what was done
/// while they had it, and no part of another one's bill (G-02).
fn doubtful(
    taken: &TakenPayment,
    payment: &Payment,
    counted: &[Payment],
    (settled, costs): (&Settled, Costs<'_>),
) -> Vec<FlagCode> {
    let mut codes: Vec<_> = payments::doubts(payment, counted, costs.owed).into_iter().map(code).collect();
    let own = taken.pays_for.and_then(|span| Some((span, costs.within(settled, span)?)));
    let Some((span, own)) = own.filter(|_| costs.owed > Some(Yen::ZERO)) else { return codes };
    let by_then = counted.iter().filter(|one| one.received_at <= span.to()).map(Payment::collected);
    let paid = by_then.sum::<Yen>().0 + payment.amount_yen.0;
    let more = match own {
        Yen(..=0) => Some(FlagCode::PaymentWithoutWork),
        _ => (paid > own.0).then_some(FlagCode::PaymentOverpaid),
    };
    codes.extend(more.filter(|code| !codes.contains(code)));
    codes
}

fn code(doubt: PaymentDoubt) -> FlagCode {
    match doubt {
        PaymentDoubt::NothingOwed => FlagCode::PaymentForNothing,
        PaymentDoubt::Overpaid => FlagCode::PaymentOverpaid,
        PaymentDoubt::Repeated => FlagCode::PaymentRepeated,
    }
}

fn flag(code: FlagCode, taken: &TakenPayment) -> Flag {
    Flag { code, technician_id: Some(taken.technician_id), fact_id: Some(taken.fact_id), missing: None }
}

fn payment(taken: &TakenPayment, known: &Known<'_>) -> Payment {
    Payment {
        id: Uuid::nil().into(),
        job_id: known.job,
        kind: PaymentKind::CashOnSite,
        method: PaymentMethod::Cash,
        payer: taken.payer,
        amount_yen: Yen(taken.amount_yen.yen()),
        received_at: taken.at,
        reference: None,
        fact_id: Some(taken.fact_id),
        settlement_id: known.settlements.last().map(|settlement| settlement.id),
        recorded_at: known.now,
    }
}

impl Cash<'_> {
    /// The payments it becomes.
    pub(super) fn payments(&self, given: &Given<'_>, ids: &mut dyn FnMut() -> Uuid) -> Vec<Payment> {
        let known = Known::of(given);
        let made = self.taken.iter().map(|taken| Payment { id: ids().into(), ..payment(taken, &known) });
        made.collect()
    }
}
