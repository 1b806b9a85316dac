//! What a firm says of its own staff, until the office has decided (G-10).

mod codes;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use self::codes::{ProposalRefusal, ProposalState};
use super::{
    firms::Proposed,
    ids::{FirmId, TechnicianId, TechnicianProposalId},
    refusal::{OfficeRefused, Refusal},
    span::Instant,
};

/// Technicians that a firm has with those it registers itself, at most; the office may register more.
pub const TECHNICIANS_MAX: i64 = 500;
/// Proposals of a firm that wait for the office, at most.
pub const WAITING_MAX: i64 = 50;
/// Proposals that a firm makes within [`RATE_WITHIN`], at most.
pub const RATE_MAX: i64 = 100;
/// The time in which [`RATE_MAX`] counts.
pub const RATE_WITHIN: TimeDelta = TimeDelta::hours(1);

/// A proposal, as it was made; another one takes its place when the firm says more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TechnicianProposal {
    /// Its id.
    pub id: TechnicianProposalId,
    /// Whose.
    pub technician_id: TechnicianId,
    /// The firm that says so.
    pub firm_id: FirmId,
    /// What it says.
    pub proposed: Proposed,
    /// What became of it.
    pub state: ProposalState,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ProposalRefusal>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it was decided, or another one took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
}

/// What the office makes of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All of it is right.
    Confirm,
    /// None of it counts.
    Refuse(ProposalRefusal),
}

impl TechnicianProposal {
    /// The proposal, decided.
    pub fn decided(self, verdict: Verdict, at: Instant) -> Result<Self, Refusal> {
        if self.state != ProposalState::Waiting {
            return Err(OfficeRefused::ProposalNotWaiting(self.state).into());
        }
        let (state, reason) = match verdict {
            Verdict::Confirm => (ProposalState::Confirmed, None),
            Verdict::Refuse(reason) => (ProposalState::Refused, Some(reason)),
        };
        Ok(Self { state, reason, decided_at: Some(at), ..self })
    }
}

/// What a firm has said of its staff already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    /// Its technicians.
    pub technicians: i64,
    /// Its proposals that wait.
    pub waiting: i64,
    /// Its proposals within [`RATE_WITHIN`].
    pub lately: i64,
}

impl Said {
    /// Whether the firm may register one more.
    pub fn allows_technician(self) -> Result<(), Refusal> {
        if self.technicians >= TECHNICIANS_MAX {
            return Err(OfficeRefused::TooManyTechnicians(TECHNICIANS_MAX).into());
        }
        self.allows_proposal(None)
    }

    /// Whether the firm may say one thing more; `before` is what waits already of the same technician.
    pub fn allows_proposal(self, before: Option<&Proposed>) -> Result<(), Refusal> {
        if before.is_none() && self.waiting >= WAITING_MAX {
            return Err(OfficeRefused::TooManyProposals(WAITING_MAX).into());
        }
        if self.lately >= RATE_MAX {
            return Err(OfficeRefused::ProposalsTooFast(RATE_MAX).into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firm_says_so_much_and_no_more() {
        let said = Said { technicians: TECHNICIANS_MAX, waiting: WAITING_MAX - 1, lately: RATE_MAX - 1 };
        assert!(said.allows_technician().is_err() && said.allows_proposal(None).is_ok());
        let said = Said { waiting: WAITING_MAX, ..said };
        assert!(said.allows_proposal(None).is_err());
        assert!(
            said.allows_proposal(Some(&Proposed::default())).is_ok(),
            "it takes the place of another one"
        );
        let said = Said { lately: RATE_MAX, ..said };
        assert!(said.allows_proposal(Some(&Proposed::default())).is_err());
    }
}
