//! Who acts: the seven roles, each with exactly what it is bound to.

use super::{
    firms::Standing,
    ids::{ConsumerId, FirmId, TechnicianId, TokenId},
    text_enum::text_enum,
};

text_enum! {
    /// A role of an access token.
    pub enum Role("role") {
        /// Sets up the service: tokens, consumers, reference data.
        Administrator = "administrator",
        /// Decides what is doubtful; sees everything operational.
        Supervisor = "supervisor",
        /// Takes calls and dispatches.
        Dispatcher = "dispatcher",
        /// A contractor's office: its own jobs and technicians.
        Firm = "firm",
        /// A technician: the jobs offered and assigned to that person.
        Technician = "technician",
        /// Pulls the ledger for one named consumer.
        Billing = "billing",
        /// The claims-support company: packets only (D-02).
        ClaimsSupport = "claims_support",
    }
}

/// Who acts, with the scope that goes with it; a firm without a firm id cannot be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// An administrator.
    Administrator(TokenId),
    /// A supervisor.
    Supervisor(TokenId),
    /// A dispatcher.
    Dispatcher(TokenId),
    /// A contractor's office, and whether it is in service.
    Firm(TokenId, FirmId, Standing),
    /// A technician of a firm, and whether both are in service.
    Technician(TokenId, FirmId, TechnicianId, Standing),
    /// A billing consumer.
    Billing(TokenId, ConsumerId),
    /// The claims-support company.
    ClaimsSupport(TokenId),
    /// The service itself: a worker or the command line, by name.
    Service(&'static str),
}

/// Whose rows an actor may see and touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    All,
    /// One firm's.
    Firm(FirmId),
    /// One technician's.
    Technician(FirmId, TechnicianId),
    /// Nobody's.
    Nothing,
}

impl Actor {
    /// The role; the service itself has none.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        Some(match self {
            Self::Administrator(_) => Role::Administrator,
            Self::Supervisor(_) => Role::Supervisor,
            Self::Dispatcher(_) => Role::Dispatcher,
            Self::Firm(..) => Role::Firm,
            Self::Technician(..) => Role::Technician,
            Self::Billing(..) => Role::Billing,
            Self::ClaimsSupport(_) => Role::ClaimsSupport,
            Self::Service(_) => return None,
        })
    }

    /// The role's code, or the name of the part of the service that acts.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Service(name) => name,
            other => other.role().map_or("", Role::as_str),
        }
    }

    /// The token behind the actor.
    #[must_use]
    pub fn token(&self) -> Option<TokenId> {
        match *self {
            Self::Administrator(token)
            | Self::Supervisor(token)
            | Self::Dispatcher(token)
            | Self::Firm(token, ..)
            | Self::Technician(token, ..)
            | Self::Billing(token, _)
            | Self::ClaimsSupport(token) => Some(token),
            Self::Service(_) => None,
        }
    }

    /// Whether whoever acts is in service. Of whoever is not, only what they have in hand is theirs to see (G-10).
    #[must_use]
    pub fn standing(&self) -> Standing {
        match *self {
            Self::Firm(.., standing) | Self::Technician(.., standing) => standing,
            _ => Standing::Active,
        }
    }

    /// Whose jobs, offers and technicians the actor may see and touch.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match *self {
            Self::Administrator(_) | Self::Supervisor(_) | Self::Dispatcher(_) | Self::Service(_) => {
                Scope::All
            }
            Self::Firm(_, firm, _) => Scope::Firm(firm),
            Self::Technician(_, firm, technician, _) => Scope::Technician(firm, technician),
            Self::Billing(..) | Self::ClaimsSupport(_) => Scope::Nothing,
        }
    }
}

impl Scope {
    /// Whether a row of this firm and technician is within the scope.
    #[must_use]
    pub fn covers(self, firm: FirmId, technician: TechnicianId) -> bool {
        match self {
            Self::All => true,
            Self::Firm(own) => own == firm,
            Self::Technician(_, own) => own == technician,
            Self::Nothing => false,
        }
    }

    /// Whether the firm itself is within the scope.
    #[must_use]
    pub fn covers_firm(self, firm: FirmId) -> bool {
        match self {
            Self::All => true,
            Self::Firm(own) | Self::Technician(own, _) => own == firm,
            Self::Nothing => false,
        }
    }
}
