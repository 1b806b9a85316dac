//! Telephone numbers.

use serde::{Deserialize, Serialize};

/// A telephone number in international form (E.164), as in `+81355500100`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^\+[1-9][0-9]{6,14}$", examples("+81355500100"))]
pub struct Phone(String);

/// Not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a telephone number in international form: '+', then 7 to 15 digits, as in +81355500100")]
pub struct BadPhone;

impl Phone {
    /// The number, with its plus sign.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Phone {
    type Error = BadPhone;

    fn try_from(text: String) -> Result<Self, BadPhone> {
        let digits = text.strip_prefix('+').ok_or(BadPhone)?;
        let sound = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if sound { Ok(Self(text)) } else { Err(BadPhone) }
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl std::fmt::Debug for Phone {
    /// Personal data: never in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_e164_only() {
        for good in ["+81355500100", "+8190123456", "+12025550100"] {
            assert!(Phone::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in
            ["", "+", "0355500100", "+0355500100", "+81-3-5550-0100", "+813555001001234567", "+８１３５５５"]
        {
            assert!(Phone::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
