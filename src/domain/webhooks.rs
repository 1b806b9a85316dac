//! Webhooks: where what happened is sent by HTTP, and who may hear of what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    actor::{Actor, Scope},
    events::Kind,
    ids::{FirmId, WebhookId},
    refusal::{FieldError, Refusal},
    text_enum::text_enum,
};

/// Webhooks of one owner at most.
pub const OF_OWNER_MAX: usize = 20;
/// Attempts that fail one after the other before a webhook is said to fail.
pub const FAILURES_MIN: i64 = 3;
/// How long an old secret still signs beside the new one, in hours.
pub const OLD_SECRET_HOURS: i64 = 24;

text_enum! {
    /// Where a webhook is.
    pub enum WebhookState("state of a webhook") {
        /// Messages are sent.
        Active = "active",
        /// Messages wait until it is active again.
        Paused = "paused",
        /// Several attempts in a row have failed; it is tried on.
        Failing = "failing",
        /// Gone.
        Deleted = "deleted",
    }
}

/// Where what happened is sent by HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// Whose it is; the service's own, when absent.
    pub firm_id: Option<FirmId>,
    /// Where to.
    pub url: String,
    /// What is told.
    pub kinds: Vec<Kind>,
    /// Where it is.
    pub state: WebhookState,
    /// Attempts that failed since the last one that did not.
    pub failures: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What nobody is told by message: messages about messages would have no end, and access is no news.
const UNTOLD: &[Kind] = &[
    Kind::TokenIssued,
    Kind::TokenRevoked,
    Kind::WebhookMade,
    Kind::WebhookChanged,
    Kind::WebhookDeleted,
    Kind::WebhookSecretAdded,
    Kind::MessageDied,
    Kind::MessageReplayed,
];

impl Webhook {
    /// Whether it is the actor's to see and change.
    #[must_use]
    pub fn is_of(&self, actor: &Actor) -> bool {
        match actor.scope() {
            Scope::All => true,
            Scope::Firm(firm) => self.firm_id == Some(firm),
            Scope::Technician(..) | Scope::Nothing => false,
        }
    }
}

/// The kinds in order, each once; refused where somebody may not hear of one.
pub fn check_kinds(firm: Option<FirmId>, kinds: &[Kind]) -> Result<Vec<Kind>, Refusal> {
    let may = |kind: &Kind| match firm {
        Some(_) => kind.is_for_firms(),
        None => !UNTOLD.contains(kind),
    };
    let refused = kinds.iter().enumerate().filter(|(_, kind)| !may(kind));
    let errors: Vec<_> = refused
        .map(|(index, kind)| FieldError {
            field: format!("kinds[{index}]"),
            message: format!("{kind} is not told to this owner"),
        })
        .collect();
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let mut kinds = kinds.to_vec();
    kinds.sort();
    kinds.dedup();
    Ok(kinds)
}
