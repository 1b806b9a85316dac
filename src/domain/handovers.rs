//! A shift handed over: what was open then, who gave it and who took it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ids::{ShiftHandoverId, TokenId},
    refusal::{Refusal, RosterRefused},
    span::Instant,
};

/// A shift handed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShiftHandover {
    /// Its id.
    pub id: ShiftHandoverId,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// The token of who gave it.
    pub given_by: TokenId,
    /// What was open then: alarms, jobs by state, call-backs due, drafts. Ids and codes only.
    #[schema(value_type = Object)]
    pub snapshot: Value,
    /// When it was taken.
    pub accepted_at: Option<DateTime<Utc>>,
    /// The token of who took it.
    pub accepted_by: Option<TokenId>,
}

impl ShiftHandover {
    /// The shift taken over: by somebody else than who gave it.
    pub fn accepted(self, by: TokenId, now: Instant) -> Result<Self, Refusal> {
        if self.accepted_at.is_some() {
            return Err(RosterRefused::ShiftTakenOver.into());
        }
        if by == self.given_by {
            return Err(RosterRefused::OwnShift.into());
        }
        Ok(Self { accepted_at: Some(now.max(self.given_at)), accepted_by: Some(by), ..self })
    }
}
