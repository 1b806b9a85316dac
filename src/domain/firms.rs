//! Firms (contractor companies) and the technicians they send.

mod proposed;
mod standing;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use self::{proposed::Proposed, standing::Standing};
use super::{
    email::EmailAddress,
    ids::{FirmId, TechnicianId},
    offers::Addressee,
    phone::Phone,
    place::{GeoPoint, JisCode, Point},
    reference::{codes::JobCode, job_codes::Licence},
    registration::RegistrationNumber,
    roster::{Roster, ShiftText},
    tools::{OpeningAuthority, Tool},
    trade::Trade,
};

/// The rung of the ladder from which a firm is asked: 1 is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schema(value_type = i64, minimum = 1, maximum = 9)]
pub struct Tier(u8);

/// Not a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tier is a whole number from 1 to 9, not {0}")]
pub struct BadTier(i64);

impl Tier {
    /// Asked first.
    pub const FIRST: Self = Self(1);

    /// As a number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

impl Default for Tier {
    fn default() -> Self {
        Self::FIRST
    }
}

impl TryFrom<i64> for Tier {
    type Error = BadTier;

    fn try_from(number: i64) -> Result<Self, BadTier> {
        u8::try_from(number).ok().filter(|tier| (1..=9).contains(tier)).map(Self).ok_or(BadTier(number))
    }
}

impl From<Tier> for i64 {
    fn from(tier: Tier) -> Self {
        tier.0.into()
    }
}

/// What the office itself calls a firm or technician: 1 to 64 letters, digits, `.`, `_` or `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Za-z0-9._-]{1,64}$", examples("nagoya-07"))]
pub struct OfficeKey(String);

/// Not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 of the letters A-Z and a-z, digits, '.', '_' and '-'")]
pub struct BadOfficeKey;

impl OfficeKey {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OfficeKey {
    type Error = BadOfficeKey;

    fn try_from(text: String) -> Result<Self, BadOfficeKey> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text))
        } else {
            Err(BadOfficeKey)
        }
    }
}

impl From<OfficeKey> for String {
    fn from(key: OfficeKey) -> Self {
        key.0
    }
}

/// A designation by one water utility (指定給水装置工事事業者, S-08): valid in its municipalities only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FirmLicence {
    /// What it allows.
    pub kind: Licence,
    /// Who gave it.
    pub utility: String,
    /// Its number.
    pub number: String,
    /// Municipalities it is valid in: of a ward, or of a parent city and so of all its wards.
    pub areas: Vec<JisCode>,
    /// The last day it is valid, in Tokyo.
    pub valid_to: NaiveDate,
}

/// A contractor company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Firm {
    /// Its id.
    pub id: FirmId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its telephone number.
    pub phone: Phone,
    /// Where it is told of offers.
    pub email: Option<EmailAddress>,
    /// Whether it is in service.
    pub state: Standing,
    /// Municipalities it serves: of a ward, or of a parent city and so of all its wards.
    pub areas: Vec<JisCode>,
    /// The rung of the ladder from which it is asked.
    pub tier: Tier,
    /// Who of it is asked.
    pub offers_to: Addressee,
    /// Its licences.
    pub licences: Vec<FirmLicence>,
    /// Its registration number as an issuer of qualified invoices (C-30).
    pub registration_number: Option<RegistrationNumber>,
    /// What the office itself calls it.
    pub key: Option<OfficeKey>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

impl Firm {
    /// Whether one of its licences is valid in one of these municipalities on a day (S-08).
    #[must_use]
    pub fn is_licensed(&self, kind: Licence, codes: &[JisCode], day: NaiveDate) -> bool {
        let is_valid = |held: &FirmLicence| {
            held.kind == kind && day <= held.valid_to && codes.iter().any(|code| held.areas.contains(code))
        };
        self.licences.iter().any(is_valid)
    }
}

/// A person a firm sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Technician {
    /// Its id.
    pub id: TechnicianId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The firm.
    pub firm_id: FirmId,
    /// Name as on the badge.
    pub name: String,
    /// Telephone number.
    pub phone: Phone,
    /// Where the technician starts from when no fresh position is known.
    #[schema(value_type = GeoPoint)]
    pub base: Point,
    /// What the technician does.
    pub trades: Vec<Trade>,
    /// The only kinds of trouble the technician is sent for; empty: every one of the trades.
    pub job_codes: Vec<JobCode>,
    /// Tools carried that not everybody has.
    pub tools: Vec<Tool>,
    /// Whether tools for opening locks may be carried (S-07).
    pub opening_tools: OpeningAuthority,
    /// Number of the badge shown at the door.
    pub badge_number: Option<String>,
    /// What the office itself calls the technician.
    pub key: Option<OfficeKey>,
    /// Languages spoken with residents (BCP 47).
    pub languages: Vec<String>,
    /// Weekly shifts in Asia/Tokyo.
    #[schema(value_type = Vec<ShiftText>)]
    pub shifts: Roster,
    /// Whether the technician is in service.
    pub state: Standing,
    /// When the technician was registered.
    pub created_at: DateTime<Utc>,
    /// When the office first confirmed the technician; nobody is sent before that (G-10).
    pub confirmed_at: Option<DateTime<Utc>>,
    /// What the firm has said besides, and the office has not confirmed (G-10).
    pub proposed: Option<Proposed>,
}
