//! Events of bills, of doubts about them, and of payments.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::{
    disputes::{DisputeOutcome, DisputeReason},
    events::payload::payloads,
    facts::FlagCode,
    ids::{
        DisputeId, JobId, PayerAuthorityId, PaymentId, ReviewDecisionId, ReviewId, SettlementId,
        StatutoryReceiptId,
    },
    ledger::SettlementBasis,
    payments::{PaymentKind, PaymentMethod},
    reference::programme::Payer,
    reviews::{About, DecisionReason, Ruling},
};

payloads! {
    /// The job was priced; its lines are final.
    JobSettled of job: JobId, topic "billing", row "settlement" of settlement, for firms [settlement] {
        /// The settlement.
        settlement: SettlementId,
        /// Running number of the job's settlements, from 1.
        number: i64,
        /// How many lines it has.
        lines: usize,
        /// Why it says what it says.
        basis: SettlementBasis,
    }

    /// Money changed hands.
    PaymentRecorded of job: JobId, topic "billing", row "payment" of payment {
        /// The payment.
        payment: PaymentId,
        /// When it was paid.
        kind: PaymentKind,
        /// How.
        method: PaymentMethod,
    }

    /// The customer has received the statutory document.
    StatutoryReceiptRecorded of job: JobId, row "statutory_receipt" of receipt {
        /// The record of it.
        receipt: StatutoryReceiptId,
        /// The day in Tokyo.
        received_on: NaiveDate,
    }

    /// Somebody who may has agreed for a payer other than the resident (G-06).
    PayerAuthorityRecorded of job: JobId, row "payer_authority" of authority {
        /// The record of it.
        authority: PayerAuthorityId,
        /// Who pays.
        payer: Payer,
    }

    /// A completed job is doubtful: a supervisor must decide.
    ReviewOpened of review: ReviewId, row "review" of review {
        /// The job.
        job: JobId,
        /// What is doubtful, each once: an event is small whatever a device has done.
        flags: BTreeSet<FlagCode>,
    }

    /// Something else is doubtful as well, or something no more.
    ReviewChanged of review: ReviewId {
        /// The job.
        job: JobId,
        /// What is doubtful now, each once.
        flags: BTreeSet<FlagCode>,
    }

    /// A supervisor has decided.
    ReviewDecided of job: JobId, row "review_decision" of decision {
        /// The decision.
        decision: ReviewDecisionId,
        /// Running number of the job's decisions, from 1.
        number: i64,
        /// What was decided.
        ruling: Ruling,
        /// Why.
        reason: DecisionReason,
        /// What it was about.
        about: About,
    }

    /// What was doubtful is clear now.
    ReviewGone of review: ReviewId {
        /// The job.
        job: JobId,
    }

    /// Somebody who is to pay does not agree.
    DisputeOpened of dispute: DisputeId, row "dispute" of dispute {
        /// The job.
        job: JobId,
        /// Why.
        reason: DisputeReason,
        /// Who does not agree.
        payer: Payer,
    }

    /// What comes of a dispute is decided.
    DisputeResolved of dispute: DisputeId, row "dispute_resolution" of dispute {
        /// The job.
        job: JobId,
        /// What.
        outcome: DisputeOutcome,
        /// The decision that corrects the bill.
        decision: Option<ReviewDecisionId>,
    }
}
