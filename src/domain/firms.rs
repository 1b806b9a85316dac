//! Firms (contractor companies) and the technicians they send.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{FirmId, TechnicianId},
    phone::Phone,
    place::{GeoPoint, JisCode, Point},
    refusal::Refusal,
    roster::{Roster, ShiftText},
    text_enum::text_enum,
    trade::Trade,
};

text_enum! {
    /// Whether a firm or a technician is in service.
    pub enum Standing("state") {
        /// In service.
        Active = "active",
        /// Not offered anything.
        Suspended = "suspended",
    }
}

/// A contractor company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Firm {
    /// Its id.
    pub id: FirmId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its telephone number.
    pub phone: Phone,
    /// Whether it is in service.
    pub state: Standing,
    /// Municipalities it serves: of a ward, or of a parent city and so of all its wards.
    pub areas: Vec<JisCode>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

/// A person a firm sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Technician {
    /// Its id.
    pub id: TechnicianId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The firm.
    pub firm_id: FirmId,
    /// Name as on the badge.
    pub name: String,
    /// Telephone number.
    pub phone: Phone,
    /// Where the technician starts from when no fresh position is known.
    #[schema(value_type = GeoPoint)]
    pub base: Point,
    /// What the technician does.
    pub trades: Vec<Trade>,
    /// Languages spoken with residents (BCP 47).
    pub languages: Vec<String>,
    /// Weekly shifts in Asia/Tokyo.
    #[schema(value_type = Vec<ShiftText>)]
    pub shifts: Roster,
    /// Whether the technician is in service.
    pub state: Standing,
    /// When the technician was registered.
    pub created_at: DateTime<Utc>,
}

impl Technician {
    /// Whoever is named for a job must at least be in service and do the trade; the rest is the judgement of who
    /// names him.
    pub fn fits(&self, trade: Trade) -> Result<(), Refusal> {
        if self.state != Standing::Active {
            return Err(Refusal::field("technician_id", "the technician is not in service"));
        }
        if !self.trades.contains(&trade) {
            return Err(Refusal::field("technician_id", format!("the technician does not do {trade}")));
        }
        Ok(())
    }
}
