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

text_enum! {
    /// What became of a caller who was to be handed over, and was not: nobody was on the line.
    pub enum HandoverOutcome("hand-over outcome") {
        /// The caller calls them without us.
        CallsThemselves = "calls_themselves",
        /// They were told on another way.
        ToldOtherwise = "told_otherwise",
        /// They are not needed any more.
        NotNeeded = "not_needed",
        /// The caller was lost.
        CallerLost = "caller_lost",
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
    /// What became of the caller, where they were never on the line.
    pub outcome: Option<HandoverOutcome>,
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

    /// It is over. Where they were never on the line, somebody says what became of the caller: nobody is handed over in silence.
    pub fn ended(self, outcome: Option<HandoverOutcome>, now: Instant) -> Result<Self, Refusal> {
        if self.ended_at.is_some() {
            return Err(CallRefused::HandoverEnded.into());
        }
        match (self.connected_at, outcome) {
            (None, None) => {
                return Err(Refusal::field(
                    "outcome",
                    "they were never on the line: say what became of the caller",
                ));
            }
            (Some(_), Some(_)) => return Err(Refusal::field("outcome", "they were on the line")),
            (None, Some(_)) | (Some(_), None) => {}
        }
        Ok(Self { ended_at: Some(now.max(self.connected_at.unwrap_or(self.begun_at))), outcome, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_was_never_on_the_line_leaves_something_to_say() {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let begun = Handover {
            id: uuid::Uuid::from_u128(1).into(),
            call_id: uuid::Uuid::from_u128(2).into(),
            service: EmergencyService::Police,
            begun_at: now,
            connected_at: None,
            ended_at: None,
            outcome: None,
        };
        let connected = begun.clone().connected(now).unwrap();
        assert!(begun.clone().ended(None, now).is_err());
        assert!(connected.clone().ended(None, now).is_ok());
        for &outcome in HandoverOutcome::ALL {
            assert_eq!(begun.clone().ended(Some(outcome), now).unwrap().outcome, Some(outcome));
            assert!(connected.clone().ended(Some(outcome), now).is_err(), "{outcome}");
        }
    }
}
