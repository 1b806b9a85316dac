//! What is refused of bills, payments and decisions about them.

use super::family::refusals;

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
        /// Nothing of the review is doubtful any more, or a later one is to be decided.
        ReviewOver = "review_over",
        /// The job was decided about too often.
        TooManyDecisions = "too_many_decisions",
        /// The record is more than one job can hold, and cannot be accepted as it is.
        RecordOverLimits = "over_limits",
        /// What would be billed is more than one job can hold.
        PreviewOverLimits = "over_limits",
        /// The contract was rescinded: in law that is final (G-18).
        Rescinded = "contract_rescinded",
        /// The job was called off and cost nothing: there is no bill to correct.
        NothingToCorrect = "nothing_to_correct",
        /// A billing consumer of this name exists.
        ConsumerExists = "consumer_exists",
        /// The consumer has acknowledged up to this position.
        AcknowledgementBack(i64) = "acknowledgement_back",
        /// The feed ends at this position.
        AcknowledgementAhead(i64) = "acknowledgement_ahead",
    }
}
