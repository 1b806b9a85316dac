//! What of a case is not over.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Something of a case that is not over: whoever it is about is still needed.
    pub enum Need("open matter") {
        /// A job is under way.
        JobOpen = "job_open",
        /// What was charged and what was paid differ.
        MoneyDue = "money_due",
        /// The answer of a payer is awaited: what they are to pay is neither billed nor written off (G-06).
        PayerAwaited = "payer_awaited",
        /// A bill is disputed.
        DisputeOpen = "dispute_open",
        /// A person has still to look at a job.
        ReviewOpen = "review_open",
    }
}

impl Need {
    /// The same in words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::JobOpen => "a job is under way",
            Self::MoneyDue => "money is due",
            Self::PayerAwaited => "the answer of a payer is awaited",
            Self::DisputeOpen => "a dispute is open",
            Self::ReviewOpen => "a review is open",
        }
    }
}
