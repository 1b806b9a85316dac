//! What keeps a case from being closed: all of it is said at once.

use super::Refusal;
use crate::domain::jobs::JobState;

/// One thing that keeps a case from being closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Nobody has asked whether somebody else was harmed.
    LiabilityUnknown,
    /// A hazard, by its code as in `H-GAS`, is not cleared.
    HazardOpen(String),
    /// The caller was not told what to do about a hazard.
    InstructionNotGiven(String),
    /// A job, by its job code as in `W-TOILET-CLOG`, is under way.
    JobNotFinal(String, JobState),
    /// A job, by its code as in `W-CEILING-LEAK`, is the landlord's matter, and nothing was referred.
    ReferralDue(String),
}

impl Obstacle {
    /// Stable code, as in `liability_unknown`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LiabilityUnknown => "liability_unknown",
            Self::HazardOpen(_) => "hazard_open",
            Self::InstructionNotGiven(_) => "instructions_not_given",
            Self::JobNotFinal(..) => "job_not_final",
            Self::ReferralDue(_) => "referral_due",
        }
    }

    /// The rule behind it.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::LiabilityUnknown => "K-02",
            Self::HazardOpen(_) | Self::InstructionNotGiven(_) => "4.1",
            Self::JobNotFinal(..) => "K-01",
            Self::ReferralDue(_) => "3.4",
        }
    }
}

/// Why a case cannot be closed; the first obstacle gives the code and the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub(super) first: Obstacle,
    pub(super) others: Vec<Obstacle>,
}

impl Closing {
    /// Refuses while anything is in the way.
    pub fn check(obstacles: Vec<Obstacle>) -> Result<(), Refusal> {
        let mut obstacles = obstacles.into_iter();
        let Some(first) = obstacles.next() else { return Ok(()) };
        Err(Self { first, others: obstacles.collect() }.into())
    }

    /// Stable code, as in `liability_unknown`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.first.code()
    }

    /// The rule behind it.
    #[must_use]
    pub const fn rule(&self) -> Option<&'static str> {
        Some(self.first.rule())
    }
}
