//! What a record is made of: each report at the time it is about, by the service's clock.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Consent, Finding, Hindrance, IdCheck, NoAccessReason, Pieces, PriceYen, Reporter, ReturnReason,
    ShortCode, ShortText, TakenMethod,
};
use crate::domain::{
    ids::{FactId, TechnicianId},
    reference::programme::{Payer, PriceBasis},
    span::Span,
};

/// A consent is written down while the payer is there: later than this goes to review.
pub const CONSENT_LAG_MAX: TimeDelta = TimeDelta::minutes(15);

/// A part used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveredPart {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// The key by which a consent names it.
    pub item: Uuid,
    /// What it is called on the quote.
    pub name: ShortText,
    /// How many.
    pub quantity: Pieces,
    /// Price of one.
    pub unit_price_yen: PriceYen,
    /// Whether the price includes tax.
    pub price_basis: PriceBasis,
}

/// Special work begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveredWork {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// The key by which a consent names it.
    pub item: Uuid,
    /// Which special work.
    pub code: ShortCode,
    /// Lump price, tax included.
    pub price_yen: PriceYen,
    /// Number of the quote.
    pub quote: Option<ShortCode>,
}

/// A payer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GivenConsent {
    /// The report of it.
    pub fact_id: FactId,
    /// Who asked.
    pub technician_id: TechnicianId,
    /// When it was asked, by the service's clock.
    pub asked_at: DateTime<Utc>,
    /// Whose word it is.
    pub told_by: Reporter,
    /// When it is said to have been answered, by the service's clock.
    pub said_at: DateTime<Utc>,
    /// From when it counts.
    pub answered_at: DateTime<Utc>,
    /// The consent as it was recorded.
    pub consent: Consent,
}

/// Somebody whose identity was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CheckedId {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// What came of it.
    #[serde(flatten)]
    pub check: IdCheck,
    /// Whether the door may be opened (S-01, S-02).
    pub passed: bool,
}

/// An attempt to get in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoAccess {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why it failed.
    pub reason: NoAccessReason,
}

/// A delay that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ToldDelay {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// The new arrival.
    pub arrival_at: DateTime<Utc>,
}

/// A finding that it is the landlord's matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FoundReferral {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// Money taken at the site, or that none was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TakenPayment {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub method: TakenMethod,
    /// How much, tax included; 0 when none was taken.
    pub amount_yen: PriceYen,
    /// Who paid.
    pub payer: Payer,
    /// Work of which time it is for, where whoever took it was taken off the job (G-02).
    #[serde(skip)]
    pub pays_for: Option<Span>,
}

/// Somebody who left before the job was complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Left {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// Another visit is needed.
    pub return_planned: bool,
    /// Why.
    pub reason: Option<ReturnReason>,
}

/// Somebody who could not go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Withdrawn {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub code: Hindrance,
}
