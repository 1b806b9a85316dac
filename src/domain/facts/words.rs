//! The small values of a fact, each checked when it is read.

use chrono::{Datelike as _, SubsecRound as _, Timelike as _};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::domain::{
    charging::{PRICE_YEN_MAX, Quantity},
    place::{GeoPoint, Point},
    span::Instant,
    typed::{is_blank, steers},
};

/// Longest text or code, in characters: what the ledger's code column holds.
const CHARS_MAX: usize = 64;

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadWord(String);

impl BadWord {
    /// A field of a larger value that was refused.
    pub(super) fn of(field: &str, message: &str) -> Self {
        Self(format!("{field}: {message}"))
    }
}

/// An instant of this century that every engine and every sum can hold, cut to microseconds.
pub(super) fn of_this_century(field: &str, at: Instant) -> Result<Instant, BadWord> {
    if !(2000..2100).contains(&at.year()) || at.nanosecond() >= 1_000_000_000 {
        return Err(BadWord::of(field, "must be from 2000 to 2099, and not a leap second"));
    }
    Ok(at.trunc_subsecs(6))
}

/// The same, as a field is read.
pub(super) fn moment<'de, D: Deserializer<'de>>(reader: D) -> Result<Instant, D::Error> {
    of_this_century("arrival_at", Instant::deserialize(reader)?).map_err(D::Error::custom)
}

/// A point on earth. Whether it can be a position is for the dispatch to say: the rest of the report counts without it (G-13).
pub(super) fn point<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Point>, D::Error> {
    let told = Option::<GeoPoint>::deserialize(reader)?;
    told.map(GeoPoint::anywhere).transpose().map_err(D::Error::custom)
}

/// A text of 1 to 64 characters on one line, as in `止水栓パッキン`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 64, examples("止水栓パッキン"))]
pub struct ShortText(String);

/// A code of 1 to 64 ASCII letters, digits, `.`, `_`, `:`, `/` or `-`, as in `high_pressure_cleaning`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._:/-]+$")]
pub struct ShortCode(String);

/// A price of 0 to 1,000,000 yen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schema(value_type = i64, minimum = 0, maximum = 1_000_000)]
pub struct PriceYen(i64);

/// How many pieces: a decimal above 0 and at most 1,000 with at most 3 decimals, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 16, pattern = r"^[0-9]+(\.[0-9]{1,3})?$", examples("1.5"))]
pub struct Pieces(Quantity);

impl ShortText {
    /// The text, without blanks around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ShortCode {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PriceYen {
    /// In yen.
    #[must_use]
    pub fn yen(self) -> i64 {
        self.0
    }
}

impl Pieces {
    /// The quantity.
    #[must_use]
    pub fn quantity(self) -> Quantity {
        self.0
    }
}

impl TryFrom<String> for ShortText {
    type Error = BadWord;

    fn try_from(text: String) -> Result<Self, BadWord> {
        let trimmed = text.trim();
        let fits = (1..=CHARS_MAX).contains(&trimmed.chars().count());
        if !fits || is_blank(&text) || text.chars().any(steers) {
            return Err(BadWord(format!("must be a text of 1 to {CHARS_MAX} characters on one line")));
        }
        Ok(Self(trimmed.to_owned()))
    }
}

impl TryFrom<String> for ShortCode {
    type Error = BadWord;

    fn try_from(text: String) -> Result<Self, BadWord> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
        if !(1..=CHARS_MAX).contains(&text.len()) || !text.bytes().all(allowed) {
            let message =
                format!("must be 1 to {CHARS_MAX} of: ASCII letters, digits, '.', '_', ':', '/', '-'");
            return Err(BadWord(message));
        }
        Ok(Self(text))
    }
}

impl TryFrom<i64> for PriceYen {
    type Error = BadWord;

    fn try_from(yen: i64) -> Result<Self, BadWord> {
        if !(0..=PRICE_YEN_MAX).contains(&yen) {
            return Err(BadWord(format!("must be a price of 0 to {PRICE_YEN_MAX} yen")));
        }
        Ok(Self(yen))
    }
}

impl TryFrom<String> for Pieces {
    type Error = BadWord;

    fn try_from(text: String) -> Result<Self, BadWord> {
        Quantity::parse("quantity", &text).map(Self).map_err(|refusal| BadWord(refusal.to_string()))
    }
}

impl From<ShortText> for String {
    fn from(text: ShortText) -> Self {
        text.0
    }
}

impl From<ShortCode> for String {
    fn from(code: ShortCode) -> Self {
        code.0
    }
}

impl From<PriceYen> for i64 {
    fn from(price: PriceYen) -> Self {
        price.0
    }
}

impl From<Pieces> for String {
    fn from(pieces: Pieces) -> Self {
        pieces.0.value().to_string()
    }
}
