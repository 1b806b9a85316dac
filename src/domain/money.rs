//! Yen: whole, tax included (C-04). No float ever touches money.

use serde::{Deserialize, Serialize};

/// An amount in whole yen, tax included. Negative only on reversals.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct Yen(pub i64);

impl Yen {
    /// Nothing to pay.
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` when it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `count` times this amount, or `None` when it does not fit.
    #[must_use]
    pub fn checked_mul(self, count: i64) -> Option<Self> {
        self.0.checked_mul(count).map(Self)
    }

    /// The tax inside a tax-included amount at `percent`, rounded towards zero (C-28 default `floor`).
    #[must_use]
    pub fn tax_included(self, percent: i64) -> Self {
        Self(self.0 * percent / (100 + percent))
    }
}

impl std::ops::Neg for Yen {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl std::iter::Sum for Yen {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|yen| yen.0).sum())
    }
}

impl std::fmt::Display for Yen {
    /// With thousands separators, as printed in both languages: `1,100`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if self.0 < 0 {
            text.push('-');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_thousands() {
        assert_eq!(Yen(0).to_string(), "0");
        assert_eq!(Yen(1_100).to_string(), "1,100");
        assert_eq!(Yen(-1_234_567).to_string(), "-1,234,567");
    }

    #[test]
    fn one_unit_holds_100_yen_of_tax() {
        assert_eq!(Yen(1_100).tax_included(10), Yen(100));
        assert_eq!(Yen(3_640).tax_included(10), Yen(330));
    }
}
