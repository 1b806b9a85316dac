//! Callers handed over to the emergency services, with the clocks of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{CallId, HandoverId},
    reference::hazards::{EmergencyNumbers, HazardAction},
    refusal::{CallRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

text_enum! {
    /// To whom a caller is handed over.
    pub enum EmergencyService("emergency service") {
        /// 119.
        FireAmbulance = "fire_ambulance",
        /// 110.
        Police = "police",
        /// The gas company's emergency line.
        Gas = "gas",
    }
}

impl EmergencyService {
    /// The number to dial. The gas company's depends on the place: it is on the meter and on the bill.
    #[must_use]
    pub fn number(self, numbers: &EmergencyNumbers) -> Option<&str> {
        match self {
            Self::FireAmbulance => Some(&numbers.fire_ambulance_rescue),
            Self::Police => Some(&numbers.police),
            Self::Gas => None,
        }
    }

    /// Whom a hazard calls for first.
    #[must_use]
    pub fn first_for(action: HazardAction) -> Option<Self> {
        match action {
            HazardAction::Call119First => Some(Self::FireAmbulance),
            HazardAction::Call110First | HazardAction::RefuseDispatch => Some(Self::Police),
            HazardAction::GasCompanyEmergencyLine => Some(Self::Gas),
            HazardAction::Instruct => None,
        }
    }
}

/// A caller handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Handover {
    /// Its id.
    pub id: HandoverId,
    /// The call.
    pub call_id: CallId,
    /// To whom.
    pub service: EmergencyService,
    /// When it was begun.
    pub begun_at: DateTime<Utc>,
    /// When they were on the line.
    pub connected_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The clocks of a hand-over only go forward, whatever the clock of the machine does.
impl Handover {
    /// They are on the line.
    pub fn connected(self, now: Instant) -> Result<Self, Refusal> {
        if self.connected_at.is_some() || self.ended_at.is_some() {
            return Err(CallRefused::HandoverConnected.into());
        }
        Ok(Self { connected_at: Some(now.max(self.begun_at)), ..self })
    }

    /// It is over, reached or not.
    pub fn ended(self, now: Instant) -> Result<Self, Refusal> {
        if self.ended_at.is_some() {
            return Err(CallRefused::HandoverEnded.into());
        }
        Ok(Self { ended_at: Some(now.max(self.connected_at.unwrap_or(self.begun_at))), ..self })
    }
}
