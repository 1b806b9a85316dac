//! What a firm says of its own staff, until the office has decided (G-10).

mod codes;
mod flat;
#[cfg(test)]
mod tests;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

pub use self::{
    codes::{ProposalRefusal, ProposalState},
    flat::FlatProposal,
};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatProposal", into = "FlatProposal")]
pub struct TechnicianProposal {
    /// Its id.
    pub id: TechnicianProposalId,
    /// Whose.
    pub technician_id: TechnicianId,
    /// The firm that says so.
    pub firm_id: FirmId,
    /// What it says.
    pub proposed: Proposed,
    /// When it was made.
    pub made_at: Instant,
    /// What became of it.
    pub stage: ProposalStage,
}

/// What became of a proposal. [`ProposalState`] is its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalStage {
    /// Waits for the office.
    Waiting,
    /// The office has confirmed all of it.
    Confirmed {
        /// When.
        at: Instant,
    },
    /// The office has refused all of it.
    Refused {
        /// When.
        at: Instant,
        /// Why.
        reason: ProposalRefusal,
    },
    /// Another one has taken its place.
    Replaced {
        /// When.
        at: Instant,
    },
}

/// What the office makes of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All of it is right.
    Confirm,
    /// None of it counts.
    Refuse(ProposalRefusal),
}

/// What a firm says now, beside what it said before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Put {
    /// The proposal that waited, over.
    pub replaced: Option<TechnicianProposal>,
    /// The one in its place.
    pub made: Option<TechnicianProposal>,
}

impl TechnicianProposal {
    /// A firm says this of its technician, of whom `before` waits. A proposal never changes, so that the office decides what it
    /// has seen: another one takes its place.
    #[must_use]
    pub fn put(
        id: TechnicianProposalId,
        of: (TechnicianId, FirmId),
        proposed: Proposed,
        before: Option<Self>,
        now: Instant,
    ) -> Put {
        if before.as_ref().is_some_and(|before| before.proposed == proposed) {
            return Put::default();
        }
        let replaced = before.map(|before| Self { stage: ProposalStage::Replaced { at: now }, ..before });
        let (technician_id, firm_id) = of;
        let stage = ProposalStage::Waiting;
        let made = Self { id, technician_id, firm_id, proposed, made_at: now, stage };
        Put { replaced, made: Some(made).filter(|made| !made.proposed.is_empty()) }
    }

    /// The code of what became of it.
    #[must_use]
    pub fn state(&self) -> ProposalState {
        match self.stage {
            ProposalStage::Waiting => ProposalState::Waiting,
            ProposalStage::Confirmed { .. } => ProposalState::Confirmed,
            ProposalStage::Refused { .. } => ProposalState::Refused,
            ProposalStage::Replaced { .. } => ProposalState::Replaced,
        }
    }

    /// When it was decided, or another one took its place.
    #[must_use]
    pub fn decided_at(&self) -> Option<Instant> {
        match self.stage {
            ProposalStage::Waiting => None,
            ProposalStage::Confirmed { at }
            | ProposalStage::Refused { at, .. }
            | ProposalStage::Replaced { at } => Some(at),
        }
    }

    /// Why it was refused.
    #[must_use]
    pub fn reason(&self) -> Option<ProposalRefusal> {
        match self.stage {
            ProposalStage::Refused { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The proposal, decided.
    pub fn decided(self, verdict: Verdict, at: Instant) -> Result<Self, Refusal> {
        if self.stage != ProposalStage::Waiting {
            return Err(OfficeRefused::ProposalNotWaiting(self.state()).into());
        }
        let stage = match verdict {
            Verdict::Confirm => ProposalStage::Confirmed { at },
            Verdict::Refuse(reason) => ProposalStage::Refused { at, reason },
        };
        Ok(Self { stage, ..self })
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
