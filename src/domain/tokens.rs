//! Access tokens.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    actor::{Actor, Role},
    firms::Standing,
    ids::{ConsumerId, FirmId, TechnicianId, TokenId},
    refusal::{OfficeRefused, Refusal},
    span::Instant,
};

/// A token as it is listed: never with its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whom or what it is for.
    pub name: String,
    /// Its role, with what the role is bound to.
    #[serde(flatten)]
    pub grant: Grant,
    /// Whether whom it is bound to is in service: else it reaches what they have in hand, and nothing else (G-10).
    pub standing: Standing,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// When it stops counting.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A role with exactly what it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Grant {
    /// Sets up the service.
    Administrator,
    /// Decides what is doubtful.
    Supervisor,
    /// Takes calls and dispatches.
    Dispatcher,
    /// A contractor's office.
    Firm {
        /// The firm.
        firm_id: FirmId,
    },
    /// A technician of a firm.
    Technician {
        /// The technician's firm.
        firm_id: FirmId,
        /// The technician.
        technician_id: TechnicianId,
    },
    /// Pulls the ledger for one consumer.
    Billing {
        /// The consumer.
        consumer_id: ConsumerId,
    },
    /// The claims-support company.
    ClaimsSupport,
}

impl Grant {
    /// A role with the ids that belong to it and no others.
    pub fn new(
        role: Role,
        firm_id: Option<FirmId>,
        technician_id: Option<TechnicianId>,
        consumer_id: Option<ConsumerId>,
    ) -> Result<Self, Refusal> {
        let needs = [
            ("firm_id", firm_id.is_some(), matches!(role, Role::Firm | Role::Technician)),
            ("technician_id", technician_id.is_some(), role == Role::Technician),
            ("consumer_id", consumer_id.is_some(), role == Role::Billing),
        ];
        for (field, given, needed) in needs {
            if given != needed {
                let what = if needed { "is required for" } else { "does not belong to" };
                return Err(Refusal::field(field, format!("{what} the role {role}")));
            }
        }
        Ok(match (role, firm_id, technician_id, consumer_id) {
            (Role::Firm, Some(firm_id), ..) => Self::Firm { firm_id },
            (Role::Technician, Some(firm_id), Some(technician_id), _) => {
                Self::Technician { firm_id, technician_id }
            }
            (Role::Billing, _, _, Some(consumer_id)) => Self::Billing { consumer_id },
            (Role::Supervisor, ..) => Self::Supervisor,
            (Role::Dispatcher, ..) => Self::Dispatcher,
            (Role::ClaimsSupport, ..) => Self::ClaimsSupport,
            _ => Self::Administrator,
        })
    }

    /// Its role.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Administrator => Role::Administrator,
            Self::Supervisor => Role::Supervisor,
            Self::Dispatcher => Role::Dispatcher,
            Self::Firm { .. } => Role::Firm,
            Self::Technician { .. } => Role::Technician,
            Self::Billing { .. } => Role::Billing,
            Self::ClaimsSupport => Role::ClaimsSupport,
        }
    }
}

/// Whether the last way in of an administrator may be closed: then only the command line lets one in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAdministrator {
    /// One stays at least.
    Stays,
    /// Somebody has said that none need stay.
    MayGo,
}

impl LastAdministrator {
    /// Whether this token may have been taken away; `left` are those with which an administrator still gets in.
    pub fn allows(self, taken: &Token, left: &[TokenId]) -> Result<(), Refusal> {
        let is_last = taken.grant == Grant::Administrator && left.is_empty();
        match self {
            Self::Stays if is_last => Err(OfficeRefused::LastAdministrator.into()),
            Self::Stays | Self::MayGo => Ok(()),
        }
    }
}

impl Token {
    /// Whether it counts at `now`.
    #[must_use]
    pub fn is_live(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Who acts with it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self.grant {
            Grant::Administrator => Actor::Administrator(self.id),
            Grant::Supervisor => Actor::Supervisor(self.id),
            Grant::Dispatcher => Actor::Dispatcher(self.id),
            Grant::Firm { firm_id } => Actor::Firm(self.id, firm_id, self.standing),
            Grant::Technician { firm_id, technician_id } => {
                Actor::Technician(self.id, firm_id, technician_id, self.standing)
            }
            Grant::Billing { consumer_id } => Actor::Billing(self.id, consumer_id),
            Grant::ClaimsSupport => Actor::ClaimsSupport(self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_grant_has_exactly_what_its_role_needs() {
        let firm = Some(FirmId(Uuid::from_u128(1)));
        let technician = Some(TechnicianId(Uuid::from_u128(2)));
        let consumer = Some(ConsumerId(Uuid::from_u128(3)));
        for &role in Role::ALL {
            let right = match role {
                Role::Firm => Grant::new(role, firm, None, None),
                Role::Technician => Grant::new(role, firm, technician, None),
                Role::Billing => Grant::new(role, None, None, consumer),
                _ => Grant::new(role, None, None, None),
            };
            assert_eq!(right.map(Grant::role), Ok(role));
            assert!(Grant::new(role, firm, technician, consumer).is_err(), "{role} takes too much");
        }
        assert!(Grant::new(Role::Firm, None, None, None).is_err());
        assert!(Grant::new(Role::Technician, firm, None, None).is_err());
        assert!(Grant::new(Role::Billing, firm, None, None).is_err());
    }
}
