//! Where an offer is, with what belongs to being there.

use super::{DeclineCode, Offer, OfferState, Via, WithdrawCode};
use crate::domain::span::Instant;

/// Where an offer is. [`OfferState`] is its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferStage {
    /// Waiting for an answer.
    Open,
    /// Accepted.
    Accepted {
        /// When.
        at: Instant,
        /// What was promised.
        acceptance: Acceptance,
    },
    /// Declined.
    Declined {
        /// When.
        at: Instant,
        /// How the answer came in.
        via: Via,
        /// Why.
        code: DeclineCode,
    },
    /// Its deadline passed.
    Expired {
        /// When that was noticed.
        at: Instant,
    },
    /// Taken back.
    Withdrawn {
        /// When.
        at: Instant,
        /// Why.
        code: WithdrawCode,
        /// The acceptance that was taken back; absent where nobody had answered.
        acceptance: Option<Acceptance>,
    },
}

/// What a yes comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Yes {
    /// When the technician promises to be there.
    pub arrival_at: Option<Instant>,
    /// When it was given, where the desk writes down what was agreed on the telephone before (G-01).
    pub agreed_at: Option<Instant>,
}

/// A yes, and what it came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acceptance {
    /// How it came in.
    pub via: Via,
    /// When the technician promises to be there.
    pub arrival_promised_at: Option<Instant>,
    /// Until when the firm names its technician; of a firm that was asked, and only of one.
    pub naming_due_at: Option<Instant>,
    /// When it was given on the telephone, where the desk has said so.
    pub agreed_at: Option<Instant>,
}

impl Acceptance {
    pub(super) fn of(via: Via, yes: Yes, naming_due_at: Option<Instant>) -> Self {
        let Yes { arrival_at, agreed_at } = yes;
        Self { via, arrival_promised_at: arrival_at, naming_due_at, agreed_at }
    }
}

impl Offer {
    /// The code of where it is.
    #[must_use]
    pub fn state(&self) -> OfferState {
        match self.stage {
            OfferStage::Open => OfferState::Open,
            OfferStage::Accepted { .. } => OfferState::Accepted,
            OfferStage::Declined { .. } => OfferState::Declined,
            OfferStage::Expired { .. } => OfferState::Expired,
            OfferStage::Withdrawn { .. } => OfferState::Withdrawn,
        }
    }

    /// Whether it waits for an answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.stage == OfferStage::Open
    }

    /// Whether it is accepted, and that was not taken back.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self.stage, OfferStage::Accepted { .. })
    }

    /// The acceptance, also one that was taken back.
    #[must_use]
    pub fn acceptance(&self) -> Option<Acceptance> {
        match self.stage {
            OfferStage::Accepted { acceptance, .. } => Some(acceptance),
            OfferStage::Withdrawn { acceptance, .. } => acceptance,
            OfferStage::Open | OfferStage::Declined { .. } | OfferStage::Expired { .. } => None,
        }
    }

    /// When the technician promises, or promised, to be there.
    #[must_use]
    pub fn arrival_promised_at(&self) -> Option<Instant> {
        self.acceptance()?.arrival_promised_at
    }

    /// How the answer came in.
    #[must_use]
    pub fn answered_via(&self) -> Option<Via> {
        match self.stage {
            OfferStage::Declined { via, .. } => Some(via),
            _ => self.acceptance().map(|acceptance| acceptance.via),
        }
    }

    /// Why it was taken back.
    #[must_use]
    pub fn withdraw_code(&self) -> Option<WithdrawCode> {
        match self.stage {
            OfferStage::Withdrawn { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Why it was declined.
    #[must_use]
    pub fn decline_code(&self) -> Option<DeclineCode> {
        match self.stage {
            OfferStage::Declined { code, .. } => Some(code),
            _ => None,
        }
    }

    /// When the last thing happened to it.
    pub(super) fn answered_at(&self) -> Option<Instant> {
        match self.stage {
            OfferStage::Open => None,
            OfferStage::Accepted { at, .. }
            | OfferStage::Declined { at, .. }
            | OfferStage::Expired { at }
            | OfferStage::Withdrawn { at, .. } => Some(at),
        }
    }
}
