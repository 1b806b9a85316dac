//! Telephone numbers.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// A telephone number in international form (E.164), as in `+81355500100`: one number has one spelling.
///
/// What people write differently is brought to it: wide digits, blanks, hyphens and brackets go, and so does the 0 that is
/// dialled inside of a country, where it stands in brackets or after +81.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^\+[1-9][0-9]{6,14}$", examples("+81355500100"))]
pub struct Phone(String);

/// Not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a telephone number in international form: '+', then 7 to 15 digits, of a Japanese one 9 or 10 after 81, as in \
     +81355500100"
)]
pub struct BadPhone;

impl Phone {
    /// The number, with its plus sign.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character only separates groups of digits. Japanese keyboards give a long vowel mark for a hyphen.
fn separates(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '-' | '.' | '/' | '(' | ')' | 'ー' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// How many digits a number may have, from the code of its country on. Japanese ones whose second digit is 0 are of mobile
/// telephones and the like: they have ten, and who types one less has mistyped.
fn lengths(digits: &str) -> std::ops::RangeInclusive<usize> {
    match digits.strip_prefix("81") {
        Some(inland) if inland.as_bytes().get(1) == Some(&b'0') => 12..=12,
        Some(_) => 11..=12,
        None => 7..=15,
    }
}

impl TryFrom<String> for Phone {
    type Error = BadPhone;

    fn try_from(text: String) -> Result<Self, BadPhone> {
        let plain = text.nfkc().collect::<String>().replace("(0)", "");
        let digits: String = plain.trim().strip_prefix('+').ok_or(BadPhone)?.replace(separates, "");
        let digits = match digits.strip_prefix("810") {
            Some(inland) => format!("81{inland}"),
            None => digits,
        };
        let sound = lengths(&digits).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
            && !digits.starts_with("810");
        if sound { Ok(Self(format!("+{digits}"))) } else { Err(BadPhone) }
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
    fn one_number_has_one_spelling() {
        for (one, spellings) in [
            (
                "+819055500101",
                &[
                    "+819055500101",
                    "+8109055500101",
                    "+81 (0)90-5550-0101",
                    "+81(0)9055500101",
                    "+81 90 5550 0101",
                    "＋８１９０５５５００１０１",
                    "＋８１ー０９０ー５５５０ー０１０１",
                    "+81\u{2212}90\u{2010}5550.0101",
                    "　+819055500101 ",
                ][..],
            ),
            ("+81355500100", &["+81355500100", "+810355500100", "+81-3-5550-0100", "+81（０）3（5550）0100"]),
            ("+442079460100", &["+44 (0)20 7946 0100", "+44-20-7946-0100"]),
            ("+12025550100", &["+1 (202) 555-0100"]),
        ] {
            for spelling in spellings {
                let phone = Phone::try_from((*spelling).to_owned());
                assert_eq!(phone.as_ref().map(Phone::as_str), Ok(one), "{spelling}");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in [
            "",
            "+",
            "0355500100",
            "0081355500100",
            "81355500100",
            "+0355500100",
            "+81",
            "+8135550010",
            "+8190555001012",
            "+81905550010",
            "+81-80-5550-010",
            "+81００355500100",
            "+813555001001234567",
            "+123456",
            "+81 3 5550 010x",
            "++81355500100",
            "+81355500100;ext=1",
            "８１３５５５００１００",
        ] {
            assert_eq!(Phone::try_from(bad.to_owned()), Err(BadPhone), "{bad}");
        }
    }
}
