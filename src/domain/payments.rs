//! Payments: money that changed hands. Never edited: what was paid too much is paid back by another one.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{FactId, JobId, PaymentId, SettlementId},
    money::Yen,
    payers::HeldItem,
    reference::programme::Payer,
    refusal::{MoneyRefused, Refusal},
    text_enum::text_enum,
};

/// Payments of one job at most.
pub const PAYMENTS_PER_JOB_MAX: usize = 200;
/// Highest amount of one payment, in yen.
pub const PAYMENT_YEN_MAX: i64 = 1_000_000_000;
/// The same amount from the same payer within this long is taken for the same money (G-07).
pub const REPEATED_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// Below this a total paid in cash at once needs no statutory document (Y-12).
pub const CASH_EXEMPT_BELOW: Yen = Yen(3_000);

text_enum! {
    /// When it was paid.
    pub enum PaymentKind("kind of payment") {
        /// In cash, at the site, at once.
        CashOnSite = "cash_on_site",
        /// Afterwards, or not in cash.
        Later = "later",
        /// Paid back.
        Refund = "refund",
    }
}

text_enum! {
    /// How it was paid. Nothing is ever taken from wages (C-24).
    pub enum PaymentMethod("method of payment") {
        /// Cash.
        Cash = "cash",
        /// Credit or debit card.
        Card = "card",
        /// Bank transfer.
        BankTransfer = "bank_transfer",
        /// At a convenience store.
        ConvenienceStore = "convenience_store",
        /// By QR code.
        QrCode = "qr_code",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// What is doubtful about money that was taken (G-07).
    pub enum PaymentDoubt("doubt about a payment") {
        /// The job costs nothing.
        NothingOwed = "nothing_owed",
        /// More than is due from anybody.
        Overpaid = "overpaid",
        /// The same reference and method again, or the same amount from, or back to, the same payer within ten minutes.
        Repeated = "repeated",
    }
}

/// Money that changed hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The job it is for.
    pub job_id: JobId,
    /// When it was paid.
    pub kind: PaymentKind,
    /// How.
    pub method: PaymentMethod,
    /// By whom; of a refund, to whom.
    pub payer: Payer,
    /// How much; above 0, of a refund too.
    pub amount_yen: Yen,
    /// When it was received, or paid back.
    pub received_at: DateTime<Utc>,
    /// Number of a receipt or transfer.
    pub reference: Option<String>,
    /// The report from the site that told of it.
    pub fact_id: Option<FactId>,
    /// The last settlement of the job when it was recorded. Absent: before the first one, so that it is inside the
    /// `collected_yen` of that one's lines; present: on top of them.
    pub settlement_id: Option<SettlementId>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Payment {
    /// What it adds to what was collected.
    #[must_use]
    pub fn collected(&self) -> Yen {
        match self.kind {
            PaymentKind::CashOnSite | PaymentKind::Later => self.amount_yen,
            PaymentKind::Refund => -self.amount_yen,
        }
    }
}

/// What was collected by all of them together.
#[must_use]
pub fn collected(payments: &[Payment]) -> Yen {
    payments.iter().map(Payment::collected).sum()
}

/// What is doubtful about money that was taken or paid back, beside the other payments of its job; `owed` is what the job costs,
/// unknown before it is settled. Paying back is compared with paying back, and is never too much of what is owed.
#[must_use]
pub fn doubts(next: &Payment, known: &[Payment], owed: Option<Yen>) -> Vec<PaymentDoubt> {
    let is_refund = |one: &Payment| one.kind == PaymentKind::Refund;
    let is_same = |other: &&Payment| {
        let same_reference =
            next.reference.is_some() && (&next.reference, next.method) == (&other.reference, other.method);
        let same_money = (next.payer, next.amount_yen) == (other.payer, other.amount_yen)
            && (next.received_at - other.received_at).abs() <= REPEATED_WITHIN;
        is_refund(other) == is_refund(next) && (same_reference || same_money)
    };
    let repeated = known.iter().find(is_same).map(|_| PaymentDoubt::Repeated);
    let too_much = owed.filter(|_| !is_refund(next)).and_then(|owed| {
        let is_over = collected(known).0 + next.amount_yen.0 > owed.0;
        match owed {
            Yen(..=0) => Some(PaymentDoubt::NothingOwed),
            _ => is_over.then_some(PaymentDoubt::Overpaid),
        }
    });
    too_much.into_iter().chain(repeated).collect()
}

/// Refuses money of which something is doubtful that whoever records it has not confirmed by name.
pub fn confirmed(doubts: &[PaymentDoubt], confirmed: &[PaymentDoubt], due: Yen) -> Result<(), Refusal> {
    let open = doubts.iter().find(|doubt| !confirmed.contains(doubt));
    match open {
        None => Ok(()),
        Some(PaymentDoubt::NothingOwed) => Err(MoneyRefused::PaymentForNothing.into()),
        Some(PaymentDoubt::Overpaid) => Err(MoneyRefused::PaymentOverpaid(due).into()),
        Some(PaymentDoubt::Repeated) => Err(MoneyRefused::PaymentRepeated.into()),
    }
}

/// What is held for the answer of a payer.
#[must_use]
pub fn held_for(payer: Payer, held: &[HeldItem]) -> Yen {
    held.iter().filter(|item| item.charge.payer == payer).map(|item| item.charge.amount_yen).sum()
}

/// What one payer owes and has paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// What the lines of this payer come to.
    pub billed: Yen,
    /// What this payer has paid, refunds taken off.
    pub paid: Yen,
    /// What is still due from this payer; negative: to be paid back to them.
    pub due: Yen,
}

/// The accounts of all payers of a job: what somebody has paid is for their own lines first, and what is left of it for those
/// of the others (G-07); what is `held` for somebody's answer is kept for it.
#[must_use]
pub fn accounts(
    billed: &BTreeMap<Payer, Yen>,
    held: &[HeldItem],
    payments: &[Payment],
) -> BTreeMap<Payer, Account> {
    let mut accounts: BTreeMap<Payer, Account> = BTreeMap::new();
    for (&payer, &yen) in billed {
        accounts.entry(payer).or_default().billed = yen;
    }
    for payment in payments {
        let account = accounts.entry(payment.payer).or_default();
        account.paid = Yen(account.paid.0 + payment.collected().0);
    }
    let mut left = 0;
    for (payer, account) in &mut accounts {
        let due = account.billed.0 - account.paid.0;
        account.due = Yen(due.max((due + held_for(*payer, held).0).min(0)));
        left += (-account.due.0).max(0);
    }
    for account in accounts.values_mut().filter(|account| account.due.0 > 0) {
        let covered = account.due.0.min(left);
        (account.due, left) = (Yen(account.due.0 - covered), left - covered);
    }
    // Whoever paid too much gets back what the others did not need.
    for account in accounts.values_mut().filter(|account| account.due.0 < 0) {
        let back = (-account.due.0).min(left);
        (account.due, left) = (Yen(-back), left - back);
    }
    accounts
}

/// The same before anything is settled: what was taken is received, and nothing of it is to be paid back before it is known what
/// it was for.
#[must_use]
pub fn before_settlement(mut accounts: BTreeMap<Payer, Account>) -> BTreeMap<Payer, Account> {
    for account in accounts.values_mut() {
        account.due = account.due.max(Yen::ZERO);
    }
    accounts
}

/// Whether another payment may be recorded: cash on site is cash, nothing is received in the future or before the job was
/// made, and no more is paid back than was collected before.
pub fn check(
    next: &Payment,
    known: &[Payment],
    made_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if known.len() >= PAYMENTS_PER_JOB_MAX {
        return Err(MoneyRefused::TooManyPayments.into());
    }
    if next.kind == PaymentKind::CashOnSite && next.method != PaymentMethod::Cash {
        return Err(Refusal::field("method", "what is paid in cash on site is cash"));
    }
    if next.received_at > now {
        return Err(Refusal::field("received_at", "must not be in the future"));
    }
    if next.received_at < made_at {
        return Err(Refusal::field("received_at", "must not be before the job was made"));
    }
    let from_them = || known.iter().filter(|one| one.payer == next.payer);
    let own = from_them().map(Payment::collected).sum::<Yen>();
    let by_then =
        from_them().filter(|one| one.received_at <= next.received_at).map(Payment::collected).sum::<Yen>();
    if next.kind == PaymentKind::Refund && next.amount_yen <= own && next.amount_yen > by_then {
        let message = format!("by then {by_then} yen were collected from this payer");
        return Err(Refusal::field("received_at", message));
    }
    if next.kind == PaymentKind::Refund && next.amount_yen > own {
        let message = format!("only {own} yen were collected from this payer");
        return Err(Refusal::field("amount_yen", message));
    }
    Ok(())
}

/// Whether the document of the door-to-door sales rules must be handed over (Y-11, Y-12): for every charge, unless the
/// whole is under 3,000 yen and was paid in cash at once. Where nothing is charged, nothing was sold.
#[must_use]
pub fn statutory_document_required(total: Yen, payments: &[Payment]) -> bool {
    let cash: Yen = payments
        .iter()
        .filter(|payment| payment.kind == PaymentKind::CashOnSite)
        .map(Payment::collected)
        .sum();
    total > Yen::ZERO && !(total < CASH_EXEMPT_BELOW && cash >= total)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn payment(kind: PaymentKind, amount: i64) -> Payment {
        Payment {
            id: PaymentId(Uuid::from_u128(1)),
            job_id: JobId(Uuid::from_u128(2)),
            kind,
            method: PaymentMethod::Cash,
            payer: Payer::Worker,
            amount_yen: Yen(amount),
            received_at: DateTime::UNIX_EPOCH,
            reference: None,
            fact_id: None,
            settlement_id: None,
            recorded_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn y_12_under_3000_yen_in_cash_at_once_needs_no_document_and_anything_else_does() {
        let cash = |yen| vec![payment(PaymentKind::CashOnSite, yen)];
        for (total, payments, required) in [
            (1_100, cash(1_100), false),
            (2_200, cash(2_200), false),
            (2_999, cash(2_999), false),
            (3_000, cash(3_000), true),
            (3_300, cash(3_300), true),
            (1_100, vec![], true),
            (1_100, vec![payment(PaymentKind::Later, 1_100)], true),
            (2_200, cash(1_100), true),
            (0, vec![], false),
        ] {
            assert_eq!(statutory_document_required(Yen(total), &payments), required, "{total} {payments:?}");
        }
    }

    #[test]
    fn no_more_is_paid_back_than_was_collected() {
        let now = DateTime::UNIX_EPOCH;
        let check = |next: &Payment, known: &[Payment]| check(next, known, now, now);
        let known = [payment(PaymentKind::CashOnSite, 1_100)];
        assert!(check(&payment(PaymentKind::Refund, 1_100), &known).is_ok());
        assert!(check(&payment(PaymentKind::Refund, 1_101), &known).is_err());
        let again = [known[0].clone(), payment(PaymentKind::Refund, 600)];
        assert!(check(&payment(PaymentKind::Refund, 501), &again).is_err());
        assert_eq!(collected(&again), Yen(500));
        let card = Payment { method: PaymentMethod::Card, ..payment(PaymentKind::CashOnSite, 1) };
        assert!(check(&card, &[]).is_err());
        let early = Payment { received_at: now - TimeDelta::seconds(1), ..known[0].clone() };
        assert!(check(&early, &[]).is_err(), "before the job was made");
    }

    #[test]
    fn nothing_is_paid_back_before_it_was_paid() {
        let made = DateTime::UNIX_EPOCH;
        let at = |minutes| made + TimeDelta::minutes(minutes);
        let paid = Payment { received_at: at(10), ..payment(PaymentKind::Later, 1_100) };
        for (minutes, is_right) in [(9, false), (10, true), (11, true)] {
            let back = Payment { received_at: at(minutes), ..payment(PaymentKind::Refund, 1_100) };
            let refused = check(&back, std::slice::from_ref(&paid), made, at(60));
            assert_eq!(refused.is_ok(), is_right, "{minutes}");
        }
    }

    #[test]
    fn g_07_money_that_cannot_be_right_is_doubtful() {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let first = Payment { reference: Some("R-1".to_owned()), ..payment(PaymentKind::Later, 500) };
        let next = |minutes: i64, yen: i64| Payment {
            received_at: at(minutes),
            ..payment(PaymentKind::CashOnSite, yen)
        };
        let said =
            |next: &Payment, owed: Option<i64>| doubts(next, std::slice::from_ref(&first), owed.map(Yen));
        assert_eq!(said(&next(11, 500), None), []);
        assert_eq!(said(&next(10, 500), None), [PaymentDoubt::Repeated]);
        assert_eq!(said(&next(1, 501), None), []);
        let of_host = Payment { payer: Payer::HostCompany, ..next(1, 500) };
        assert_eq!(said(&of_host, None), []);
        let reference = Payment { reference: Some("R-1".to_owned()), ..next(60, 7) };
        assert_eq!(said(&reference, None), [PaymentDoubt::Repeated]);
        assert_eq!(said(&Payment { method: PaymentMethod::Card, ..reference.clone() }, None), []);
        assert_eq!(said(&next(60, 600), Some(1_100)), []);
        assert_eq!(said(&next(60, 601), Some(1_100)), [PaymentDoubt::Overpaid]);
        assert_eq!(said(&next(60, 1), Some(0)), [PaymentDoubt::NothingOwed]);
        let both = said(&next(1, 500), Some(0));
        assert_eq!(both, [PaymentDoubt::NothingOwed, PaymentDoubt::Repeated]);
        assert!(confirmed(&both, &both, Yen(0)).is_ok());
        assert!(confirmed(&both, &both[..1], Yen(0)).is_err());
    }

    #[test]
    fn g_07_the_same_is_paid_back_once() {
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let taken = Payment { reference: Some("R-1".to_owned()), ..payment(PaymentKind::Later, 500) };
        let back = Payment {
            kind: PaymentKind::Refund,
            received_at: at(1),
            reference: Some("B-1".to_owned()),
            ..taken.clone()
        };
        let said = |next: &Payment| doubts(next, &[taken.clone(), back.clone()], Some(Yen(0)));
        let next = |minutes: i64, yen: i64, reference: &str| Payment {
            received_at: at(1 + minutes),
            amount_yen: Yen(yen),
            reference: Some(reference.to_owned()),
            ..back.clone()
        };
        for (next, expected) in [
            (next(60, 7, "B-1"), vec![PaymentDoubt::Repeated]),
            (next(10, 500, "B-2"), vec![PaymentDoubt::Repeated]),
            (next(11, 500, "B-2"), vec![]),
            (next(1, 501, "B-2"), vec![]),
            (Payment { method: PaymentMethod::Card, ..next(60, 7, "B-1") }, vec![]),
            (Payment { payer: Payer::HostCompany, ..next(1, 500, "B-2") }, vec![]),
            // What was taken and what is paid back are two things, though they look the same.
            (next(60, 7, "R-1"), vec![]),
        ] {
            assert_eq!(said(&next), expected, "{next:?}");
        }
        // The first one: the payment it pays back is none like it.
        assert_eq!(doubts(&back, std::slice::from_ref(&taken), Some(Yen(0))), []);
    }

    #[test]
    fn what_somebody_pays_is_for_their_own_lines_first() {
        let billed = BTreeMap::from([(Payer::Worker, Yen(1_100)), (Payer::HostCompany, Yen(4_400))]);
        let paid = |payer, yen| Payment { payer, ..payment(PaymentKind::Later, yen) };
        let due = |payments: &[Payment]| -> Vec<i64> {
            accounts(&billed, &[], payments).values().map(|account| account.due.0).collect()
        };
        assert_eq!(due(&[]), [1_100, 4_400]);
        assert_eq!(due(&[paid(Payer::Worker, 1_000)]), [100, 4_400]);
        assert_eq!(due(&[paid(Payer::Worker, 1_500)]), [0, 4_000]);
        assert_eq!(due(&[paid(Payer::HostCompany, 5_500)]), [0, 0]);
        assert_eq!(due(&[paid(Payer::HostCompany, 6_000)]), [0, -500]);
        assert_eq!(due(&[paid(Payer::Worker, 2_000), paid(Payer::HostCompany, 4_400)]), [-900, 0]);
    }
}
