//! What is refused of bills, payments and decisions about them.

use chrono::NaiveDate;

use super::family::refusals;
use crate::domain::{money::Yen, reference::programme::Payer};

refusals! {
    /// Why what is billed and paid does not allow it.
    pub enum MoneyRefused {
        /// The job has no bill.
        NotSettled = "not_settled",
        /// The dispute is resolved.
        DisputeResolved = "dispute_resolved",
        /// The job was disputed too often.
        TooManyDisputes = "too_many_disputes",
        /// The job has as many payments as a job can have.
        TooManyPayments = "too_many_payments",
        /// The job has as many statutory receipts as a job can have.
        TooManyReceipts = "too_many_receipts",
        /// The document was received on this day by the record; confirm it by name where that was wrong.
        ReceiptDatedLater(NaiveDate) = "receipt_dated_later" by "Y-11",
        /// The eight days of cooling-off were over on this day; confirm it by name to rescind all the same.
        CoolingOffOver(NaiveDate) = "cooling_off_over" by "Y-11",
        /// Nothing of the review is doubtful any more, or a later one is to be decided.
        ReviewOver = "review_over",
        /// The job was decided about too often.
        TooManyDecisions = "too_many_decisions",
        /// The record is more than one job can hold, and cannot be accepted as it is.
        RecordOverLimits = "over_limits",
        /// The contract was rescinded: in law that is final (G-18).
        Rescinded = "contract_rescinded",
        /// The job was called off and cost nothing: there is no bill to correct.
        NothingToCorrect = "nothing_to_correct",
        /// The job costs nothing; confirm it by name to record the payment all the same.
        PaymentForNothing = "payment_for_nothing",
        /// No more than this is due; confirm it by name to record the payment all the same.
        PaymentOverpaid(Yen) = "payment_overpaid",
        /// It looks like a payment that is recorded already; confirm it by name to record it all the same.
        PaymentRepeated = "payment_repeated",
        /// Whoever does not agree is not on the bill.
        PayerNotOnBill(Payer) = "payer_not_on_bill",
        /// The same payer disputes the bill for the same reason already.
        DisputeOpen = "dispute_open",
        /// The landlord agrees on a referral, and there is none.
        NoReferral = "no_referral",
        /// It is on record that this payer has agreed.
        PayerAuthorised = "payer_authorised",
        /// A billing consumer of this name exists.
        ConsumerExists = "consumer_exists",
        /// The consumer has acknowledged up to this position.
        AcknowledgementBack(i64) = "acknowledgement_back",
        /// The feed ends at this position.
        AcknowledgementAhead(i64) = "acknowledgement_ahead",
    }
}
