//! A field of a command on a job that does not fit what is on file: an invalid field to whoever sent it.

use super::Refusal;
use crate::domain::{offers::WithdrawCode, span::Instant};

/// Which field does not fit, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// There is no such offer.
    NoSuchOffer,
    /// The technician is not of the firm that was asked.
    NotOfTheFirm,
    /// The technician is on the job.
    OnItAlready,
    /// An arrival cannot be promised for the past.
    ArrivalPassed,
    /// An arrival cannot be promised for later than this (G-16).
    ArrivalTooLate(Instant),
    /// What was agreed on the telephone was agreed before now.
    AgreedLater,
    /// Nobody can have agreed before this: the making of the job, or the release of whoever had it (G-01).
    AgreedBefore(Instant),
    /// Whoever was asked accepts now; only the desk writes down what was agreed before.
    AgreedNow,
    /// One who withdraws gives one of these codes.
    CodeNotAmong(&'static [WithdrawCode]),
}

impl Unfit {
    /// The field, by its path in the request.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::NoSuchOffer => "id",
            Self::NotOfTheFirm | Self::OnItAlready => "technician_id",
            Self::ArrivalPassed | Self::ArrivalTooLate(_) => "arrival_at",
            Self::AgreedLater | Self::AgreedBefore(_) | Self::AgreedNow => "agreed_at",
            Self::CodeNotAmong(_) => "code",
        }
    }
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        Self::field(unfit.field(), unfit.to_string())
    }
}
