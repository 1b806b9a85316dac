//! The flat form of an offer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Acceptance, Addressee, CrewRole, DeclineCode, Offer, OfferStage, OfferState, Via, WithdrawCode};
use crate::domain::{
    flat::{Contradiction, described_by},
    ids::{DecisionId, FirmId, JobId, OfferId, TechnicianId},
};

/// A job put to a technician with a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Offer)]
pub struct FlatOffer {
    /// Its id.
    pub id: OfferId,
    /// Its version.
    pub version: i64,
    /// The job.
    pub job_id: JobId,
    /// The matching run it follows from.
    pub decision_id: DecisionId,
    /// The technician's firm.
    pub firm_id: FirmId,
    /// The technician asked; of an offer to a firm, the one it would be.
    pub technician_id: TechnicianId,
    /// Who is asked.
    pub addressee: Addressee,
    /// Whether it is the job, or a hand with it.
    pub role: CrewRole,
    /// Running number among the offers of the job, from 1.
    pub rank: i64,
    /// Round of the ladder, from 1.
    pub round: i64,
    /// Rung of the ladder, from 0.
    pub rung: i64,
    /// Where it is.
    pub state: OfferState,
    /// When it was made.
    pub offered_at: DateTime<Utc>,
    /// Until when it can be accepted.
    pub deadline: DateTime<Utc>,
    /// When it was answered, expired or was taken back.
    pub answered_at: Option<DateTime<Utc>>,
    /// Why it was declined.
    pub decline_code: Option<DeclineCode>,
    /// When the technician promises to be there.
    pub arrival_promised_at: Option<DateTime<Utc>>,
    /// How the answer came in.
    pub answered_via: Option<Via>,
    /// Why it was taken back.
    pub withdraw_code: Option<WithdrawCode>,
    /// Until when the firm names its technician.
    pub naming_due_at: Option<DateTime<Utc>>,
    /// When it was agreed on the telephone, where the desk has said so (G-01).
    pub agreed_at: Option<DateTime<Utc>>,
}

described_by!(Offer, FlatOffer);

impl From<Offer> for FlatOffer {
    fn from(offer: Offer) -> Self {
        Self {
            id: offer.id,
            version: offer.version,
            job_id: offer.job_id,
            decision_id: offer.decision_id,
            firm_id: offer.firm_id,
            technician_id: offer.technician_id,
            addressee: offer.addressee,
            role: offer.role,
            rank: offer.rank,
            round: offer.round,
            rung: offer.rung,
            state: offer.state(),
            offered_at: offer.offered_at,
            deadline: offer.deadline,
            answered_at: offer.answered_at(),
            decline_code: offer.decline_code(),
            arrival_promised_at: offer.arrival_promised_at(),
            answered_via: offer.answered_via(),
            withdraw_code: offer.withdraw_code(),
            naming_due_at: offer.acceptance().and_then(|acceptance| acceptance.naming_due_at),
            agreed_at: offer.acceptance().and_then(|acceptance| acceptance.agreed_at),
        }
    }
}

impl TryFrom<FlatOffer> for Offer {
    type Error = Contradiction;

    fn try_from(flat: FlatOffer) -> Result<Self, Contradiction> {
        let stage = flat.stage().ok_or(Contradiction { what: "an offer", state: flat.state.as_str() })?;
        Ok(Self {
            id: flat.id,
            version: flat.version,
            job_id: flat.job_id,
            decision_id: flat.decision_id,
            firm_id: flat.firm_id,
            technician_id: flat.technician_id,
            addressee: flat.addressee,
            role: flat.role,
            rank: flat.rank,
            round: flat.round,
            rung: flat.rung,
            offered_at: flat.offered_at,
            deadline: flat.deadline,
            stage,
        })
    }
}

impl FlatOffer {
    /// The stage its fields tell; none when they contradict each other.
    fn stage(&self) -> Option<OfferStage> {
        let &Self { arrival_promised_at, naming_due_at, agreed_at, .. } = self;
        let is_plain = [arrival_promised_at, naming_due_at, agreed_at].iter().all(Option::is_none);
        let is_said = |via| agreed_at.is_none() || via == Via::Phone;
        let names = naming_due_at.is_some() == (self.addressee == Addressee::Firm);
        let acceptance = |via| Acceptance { via, arrival_promised_at, naming_due_at, agreed_at };
        let answer = (self.answered_at, self.answered_via, self.decline_code, self.withdraw_code);
        match (self.state, answer) {
            (OfferState::Open, (None, None, None, None)) if is_plain => Some(OfferStage::Open),
            (OfferState::Accepted, (Some(at), Some(via), None, None)) if names && is_said(via) => {
                Some(OfferStage::Accepted { at, acceptance: acceptance(via) })
            }
            (OfferState::Declined, (Some(at), Some(via), Some(code), None)) if is_plain => {
                Some(OfferStage::Declined { at, via, code })
            }
            (OfferState::Expired, (Some(at), None, None, None)) if is_plain => {
                Some(OfferStage::Expired { at })
            }
            (OfferState::Withdrawn, (Some(at), None, None, Some(code))) if is_plain => {
                Some(OfferStage::Withdrawn { at, code, acceptance: None })
            }
            (OfferState::Withdrawn, (Some(at), Some(via), None, Some(code))) if names && is_said(via) => {
                Some(OfferStage::Withdrawn { at, code, acceptance: Some(acceptance(via)) })
            }
            _ => None,
        }
    }
}
