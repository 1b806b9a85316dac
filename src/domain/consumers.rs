//! Billing consumers: named readers of the ledger, each with its own acknowledged position of the feed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    actor::Actor,
    ids::ConsumerId,
    refusal::{MoneyRefused, Refusal},
};

/// A reader of the ledger. It survives the rotation of its tokens and is never deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Consumer {
    /// Its id.
    pub id: ConsumerId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Everything up to this position of the feed is safe with it; never goes back.
    pub acknowledged_pos: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What an acknowledgement answers: the consumer, and the head of the log then. Who keeps position and hash can have the
/// log held to them later (`kaketsuke verify --expect POS:HASH`, G-12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BillingAcknowledgement {
    /// The consumer.
    #[serde(flatten)]
    pub consumer: Consumer,
    /// The last position of the log.
    pub head_pos: i64,
    /// Its hash, hexadecimal.
    pub head_hash: String,
}

impl Consumer {
    /// Whether the actor may see it: a billing token sees its own only.
    #[must_use]
    pub fn is_visible_to(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Billing(_, own) => *own == self.id,
            Actor::Administrator(_) | Actor::Supervisor(_) | Actor::Service(_) => true,
            _ => false,
        }
    }

    /// The consumer with everything up to `pos` acknowledged; `end` is the last position there is. The same position
    /// again changes nothing.
    pub fn acknowledge(self, pos: i64, end: i64) -> Result<Self, Refusal> {
        if pos < self.acknowledged_pos {
            return Err(MoneyRefused::AcknowledgementBack(self.acknowledged_pos).into());
        }
        if pos > end {
            return Err(MoneyRefused::AcknowledgementAhead(end).into());
        }
        Ok(Self { acknowledged_pos: pos, ..self })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(acknowledged_pos: i64) -> Consumer {
        Consumer {
            id: ConsumerId(Uuid::from_u128(1)),
            version: 1,
            name: "book-keeping".to_owned(),
            acknowledged_pos,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_acknowledgement_goes_forward_only_and_not_beyond_the_end() {
        assert_eq!(at(5).acknowledge(9, 9).unwrap().acknowledged_pos, 9);
        assert_eq!(at(5).acknowledge(5, 9), Ok(at(5)));
        assert!(at(5).acknowledge(4, 9).is_err());
        assert!(at(5).acknowledge(10, 9).is_err());
    }

    #[test]
    fn a_billing_token_sees_its_own_consumer_only() {
        let token = crate::domain::ids::TokenId(Uuid::from_u128(7));
        assert!(at(0).is_visible_to(&Actor::Billing(token, ConsumerId(Uuid::from_u128(1)))));
        assert!(!at(0).is_visible_to(&Actor::Billing(token, ConsumerId(Uuid::from_u128(2)))));
        assert!(at(0).is_visible_to(&Actor::Supervisor(token)));
        assert!(!at(0).is_visible_to(&Actor::Dispatcher(token)));
    }
}
