//! Calls: one contact by phone or chat.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{CallId, CaseId},
    refusal::Refusal,
    span::Instant,
    text_enum::text_enum,
};

text_enum! {
    /// How the caller reached the service.
    pub enum Channel("channel") {
        /// By telephone.
        Phone = "phone",
        /// By text chat (H-01).
        Chat = "chat",
    }
}

text_enum! {
    /// Who is calling (K-05).
    pub enum CallerRole("caller role") {
        /// The specified skilled worker himself.
        Worker = "worker",
        /// His employer.
        HostCompany = "host_company",
        /// Somebody who lives with him.
        Flatmate = "flatmate",
        /// The landlord or management company.
        Landlord = "landlord",
        /// Anybody else.
        Other = "other",
    }
}

text_enum! {
    /// Where a call is (domain rules, section 10).
    pub enum CallState("call state") {
        /// Ringing.
        Offered = "offered",
        /// A dispatcher is on it.
        Answered = "answered",
        /// Over.
        Ended = "ended",
        /// The caller gave up before it was answered.
        Abandoned = "abandoned",
    }
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The case it belongs to, once there is one.
    pub case_id: Option<CaseId>,
    /// How the caller reached the service.
    pub channel: Channel,
    /// Language spoken (BCP 47).
    pub language: String,
    /// Who is calling.
    pub caller_role: CallerRole,
    /// Where it is.
    pub state: CallState,
    /// When it began to ring.
    pub offered_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Who called: personal data, kept apart from the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallPerson {
    /// Telephone number or chat address.
    pub phone: String,
    /// Name, if given.
    pub name: Option<String>,
}

impl Call {
    /// The call after the dispatcher has ended it.
    pub fn end(mut self, now: Instant) -> Result<Self, Refusal> {
        match self.state {
            CallState::Answered => {
                self.state = CallState::Ended;
                self.ended_at = Some(now);
                Ok(self)
            }
            state => Err(Refusal::state(
                "call_not_answered",
                format!("the call is {state}, so it cannot be ended"),
            )),
        }
    }
}
