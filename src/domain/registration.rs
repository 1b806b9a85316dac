//! Registration numbers of invoice issuers (登録番号, C-30).

use serde::{Deserialize, Serialize};

use super::text_enum::text_enum;

/// `T` and thirteen digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^T[0-9]{13}$", examples("T7123456789012"))]
pub struct RegistrationNumber(String);

/// Not a registration number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a registration number: 'T', then 13 digits, as in T7123456789012")]
pub struct BadRegistrationNumber;

text_enum! {
    /// What a corporate number's check digit says of the thirteen digits.
    pub enum CheckDigit("check digit") {
        /// It is the one a corporate number has.
        Fits = "fits",
        /// It is not: a typing error, or the number of a sole proprietor, which has another rule.
        Differs = "differs",
    }
}

impl RegistrationNumber {
    /// The text, with its `T`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the first digit is 9 − (Σ Pₙ·Qₙ mod 9) of the other twelve: Pₙ from the right, Qₙ = 1 for odd n, 2 for
    /// even n (C-30).
    #[must_use]
    pub fn check_digit(&self) -> CheckDigit {
        let digits = || self.0.bytes().skip(1).map(|digit| u32::from(digit - b'0'));
        let sum: u32 = (1_u32..)
            .zip(digits().skip(1).collect::<Vec<_>>().into_iter().rev())
            .map(|(place, digit)| if place % 2 == 1 { digit } else { 2 * digit })
            .sum();
        if digits().next() == Some(9 - sum % 9) { CheckDigit::Fits } else { CheckDigit::Differs }
    }
}

impl TryFrom<String> for RegistrationNumber {
    type Error = BadRegistrationNumber;

    fn try_from(text: String) -> Result<Self, BadRegistrationNumber> {
        let digits = text.strip_prefix('T').ok_or(BadRegistrationNumber)?;
        let sound = digits.len() == 13 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if sound { Ok(Self(text)) } else { Err(BadRegistrationNumber) }
    }
}

impl From<RegistrationNumber> for String {
    fn from(number: RegistrationNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Result<RegistrationNumber, BadRegistrationNumber> {
        text.to_owned().try_into()
    }

    #[test]
    fn the_shape_is_a_rule_and_the_check_digit_a_hint() {
        // The worked example of C-30.
        assert_eq!(number("T7123456789012").unwrap().check_digit(), CheckDigit::Fits);
        for first in "012345689".chars() {
            let other = number(&format!("T{first}123456789012")).unwrap();
            assert_eq!(other.check_digit(), CheckDigit::Differs, "{first}");
        }
        // One digit wrong, and two neighbours exchanged.
        for typed in ["T7123456789013", "T7213456789012"] {
            assert_eq!(number(typed).unwrap().check_digit(), CheckDigit::Differs, "{typed}");
        }
        for bad in [
            "",
            "T",
            "7123456789012",
            "t7123456789012",
            "T712345678901",
            "T71234567890123",
            "T７123456789012",
        ] {
            assert!(number(bad).is_err(), "{bad}");
        }
    }
}
