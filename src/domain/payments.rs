//! Payments: money that changed hands. Never edited: what was paid too much is paid back by another one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{FactId, JobId, PaymentId, SettlementId},
    money::Yen,
    reference::programme::Payer,
    refusal::{MoneyRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

/// Payments of one job at most.
pub const PAYMENTS_PER_JOB_MAX: usize = 200;
/// Highest amount of one payment, in yen.
pub const PAYMENT_YEN_MAX: i64 = 1_000_000_000;
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

/// Whether another payment may be recorded: cash on site is cash, nothing is received in the future, and no more is
/// paid back than was collected.
pub fn check(next: &Payment, known: &[Payment], now: Instant) -> Result<(), Refusal> {
    if known.len() >= PAYMENTS_PER_JOB_MAX {
        return Err(MoneyRefused::TooManyPayments.into());
    }
    if next.kind == PaymentKind::CashOnSite && next.method != PaymentMethod::Cash {
        return Err(Refusal::field("method", "what is paid in cash on site is cash"));
    }
    if next.received_at > now {
        return Err(Refusal::field("received_at", "must not be in the future"));
    }
    let own = known.iter().filter(|one| one.payer == next.payer).map(Payment::collected).sum::<Yen>();
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
        let known = [payment(PaymentKind::CashOnSite, 1_100)];
        assert!(check(&payment(PaymentKind::Refund, 1_100), &known, now).is_ok());
        assert!(check(&payment(PaymentKind::Refund, 1_101), &known, now).is_err());
        let again = [known[0].clone(), payment(PaymentKind::Refund, 600)];
        assert!(check(&payment(PaymentKind::Refund, 501), &again, now).is_err());
        assert_eq!(collected(&again), Yen(500));
        let card = Payment { method: PaymentMethod::Card, ..payment(PaymentKind::CashOnSite, 1) };
        assert!(check(&card, &[], now).is_err());
    }
}
