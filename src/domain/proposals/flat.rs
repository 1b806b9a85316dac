//! The flat form of a proposal.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ProposalRefusal, ProposalStage, ProposalState, TechnicianProposal};
use crate::domain::{
    firms::Proposed,
    flat::{Contradiction, described_by},
    ids::{FirmId, TechnicianId, TechnicianProposalId},
};

/// A proposal, as it was made; another one takes its place when the firm says more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TechnicianProposal)]
pub struct FlatProposal {
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

described_by!(TechnicianProposal, FlatProposal);

impl From<TechnicianProposal> for FlatProposal {
    fn from(proposal: TechnicianProposal) -> Self {
        Self {
            id: proposal.id,
            technician_id: proposal.technician_id,
            firm_id: proposal.firm_id,
            state: proposal.state(),
            reason: proposal.reason(),
            made_at: proposal.made_at,
            decided_at: proposal.decided_at(),
            proposed: proposal.proposed,
        }
    }
}

impl TryFrom<FlatProposal> for TechnicianProposal {
    type Error = Contradiction;

    fn try_from(flat: FlatProposal) -> Result<Self, Contradiction> {
        let stage = match (flat.state, flat.decided_at, flat.reason) {
            (ProposalState::Waiting, None, None) => ProposalStage::Waiting,
            (ProposalState::Confirmed, Some(at), None) => ProposalStage::Confirmed { at },
            (ProposalState::Refused, Some(at), Some(reason)) => ProposalStage::Refused { at, reason },
            (ProposalState::Replaced, Some(at), None) => ProposalStage::Replaced { at },
            (state, ..) => return Err(Contradiction { what: "a proposal", state: state.as_str() }),
        };
        Ok(Self {
            id: flat.id,
            technician_id: flat.technician_id,
            firm_id: flat.firm_id,
            proposed: flat.proposed,
            made_at: flat.made_at,
            stage,
        })
    }
}
