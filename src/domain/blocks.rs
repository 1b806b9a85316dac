//! Blocked pairs: a firm or a technician that is not sent to a resident any more. The resident is known by telephone
//! number, which is personal data and never in an event or a log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{BlockId, FirmId, TechnicianId},
    phone::Phone,
    refusal::{OfficeRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

text_enum! {
    /// Why a pair is kept apart.
    pub enum BlockReason("reason of a block") {
        /// The resident does not want them any more.
        ResidentWish = "resident_wish",
        /// The contractor does not want to go there any more.
        ContractorWish = "contractor_wish",
        /// A complaint about conduct.
        Complaint = "complaint",
        /// A dispute about work, damage or money.
        Dispute = "dispute",
        /// They know each other privately.
        Acquainted = "acquainted",
        /// Something else.
        Other = "other",
    }
}

/// Who is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Blocked {
    /// Nobody of this firm.
    Firm(FirmId),
    /// Not this technician.
    Technician(TechnicianId),
}

impl Blocked {
    /// Of the two, exactly one.
    pub fn one_of(firm: Option<FirmId>, technician: Option<TechnicianId>) -> Result<Self, Refusal> {
        match (firm, technician) {
            (Some(firm), None) => Ok(Self::Firm(firm)),
            (None, Some(technician)) => Ok(Self::Technician(technician)),
            (None, None) => Err(Refusal::field("firm_id", "name the firm or the technician to be kept away")),
            (Some(_), Some(_)) => {
                Err(Refusal::field("technician_id", "name the firm or the technician, not both"))
            }
        }
    }
}

/// Who is not sent to a resident.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Apart {
    /// Nobody of these firms.
    pub firms: Vec<FirmId>,
    /// None of these technicians.
    pub technicians: Vec<TechnicianId>,
}

impl Apart {
    /// Whether that is said of one of them.
    #[must_use]
    pub fn has(&self, blocked: Blocked) -> bool {
        match blocked {
            Blocked::Firm(firm) => self.firms.contains(&firm),
            Blocked::Technician(technician) => self.technicians.contains(&technician),
        }
    }

    /// Whether a technician is not sent, by name or with the whole firm.
    #[must_use]
    pub fn keeps(&self, technician: TechnicianId, firm: FirmId) -> bool {
        self.firms.contains(&firm) || self.technicians.contains(&technician)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Blocked> {
        let firms = self.firms.iter().copied().map(Blocked::Firm);
        firms.chain(self.technicians.iter().copied().map(Blocked::Technician))
    }
}

/// A blocked pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Block {
    /// Its id.
    pub id: BlockId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The firm, when all of it is kept away.
    pub firm_id: Option<FirmId>,
    /// The technician, when only he is.
    pub technician_id: Option<TechnicianId>,
    /// The resident's telephone number; absent once erased.
    pub phone: Option<Phone>,
    /// Why.
    pub reason: BlockReason,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when; absent while it holds.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Block {
    /// The pair may meet again. The record stays.
    pub fn end(self, now: Instant) -> Result<Self, Refusal> {
        if self.ended_at.is_some() {
            return Err(OfficeRefused::BlockEnded.into());
        }
        Ok(Self { ended_at: Some(now), ..self })
    }
}
