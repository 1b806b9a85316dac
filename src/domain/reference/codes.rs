//! The codes by which reference data names things, each its own type and checked when read.

/// Why a code was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is not {expected}")]
pub struct BadCode {
    given: String,
    expected: &'static str,
}

/// Declares a code: a short text of a fixed shape, ordered and compared as text.
macro_rules! code {
    ($(#[$meta:meta])* $name:ident, $expected:literal, $is_valid:path) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String)]
        pub struct $name(String);

        impl $name {
            /// The text of the code.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadCode;

            fn try_from(text: String) -> Result<Self, BadCode> {
                if text.len() <= LENGTH_MAX && $is_valid(&text) {
                    return Ok(Self(text));
                }
                Err(BadCode { given: text, expected: $expected })
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadCode;

            fn from_str(text: &str) -> Result<Self, BadCode> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code!(
    /// A programme: `000` to `999`.
    ProgrammeId,
    "a programme id of three digits, as in '000'",
    is_programme_id
);
code!(
    /// A desk: its programme, then lower-case words, as in `000.inss.host_desk`.
    DeskId,
    "a desk id, as in '000.inss.host_desk'",
    is_desk_id
);
code!(
    /// A kind of trouble, as in `W-TOILET-CLOG`: W water, L lock, X never dispatched.
    JobCode,
    "a job code, as in 'W-TOILET-CLOG'",
    is_job_code
);
code!(
    /// A kind of special work (特殊作業), as in `toilet_removal` (S-11).
    SpecialWorkCode,
    "a special-work code, as in 'toilet_removal'",
    is_snake_case
);
code!(
    /// A danger asked about before anything else, as in `H-GAS`.
    HazardId,
    "a hazard id, as in 'H-GAS'",
    is_hazard_id
);
code!(
    /// A BCP 47 language tag in the spelling that is stored, as in `pt-BR` (N-01).
    LanguageTag,
    "a BCP 47 language tag, as in 'pt-BR'",
    is_language_tag
);

const LENGTH_MAX: usize = 60;
const SUBTAG_LENGTH_MAX: usize = 8;

fn is_programme_id(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_desk_id(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(programme, rest)| is_programme_id(programme) && rest.split('.').all(is_snake_case))
}

fn is_job_code(text: &str) -> bool {
    ["W-", "L-", "X-"].iter().any(|prefix| text.strip_prefix(prefix).is_some_and(is_upper_kebab))
}

fn is_hazard_id(text: &str) -> bool {
    text.strip_prefix("H-").is_some_and(is_upper_kebab)
}

fn is_upper_kebab(text: &str) -> bool {
    text.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn is_snake_case(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_language_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let primary_is_letters = subtags.next().is_some_and(|primary| {
        (2..=SUBTAG_LENGTH_MAX).contains(&primary.len())
            && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    primary_is_letters
        && subtags.all(|subtag| {
            (1..=SUBTAG_LENGTH_MAX).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_shape() {
        assert!("000".parse::<ProgrammeId>().is_ok());
        assert!("000.inss.host_desk".parse::<DeskId>().is_ok());
        assert!("W-TOILET-CLOG".parse::<JobCode>().is_ok());
        assert!("toilet_removal".parse::<SpecialWorkCode>().is_ok());
        assert!("H-GAS".parse::<HazardId>().is_ok());
        for tag in ["en", "es-419", "zh-Hant", "ja-x-easy", "fil"] {
            assert!(tag.parse::<LanguageTag>().is_ok(), "{tag}");
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        for bad in ["", "00", "0000", "00a", "０００"] {
            assert!(bad.parse::<ProgrammeId>().is_err(), "{bad}");
        }
        for bad in ["000", "000.", "inss.host_desk", "000.Inss", "000..x"] {
            assert!(bad.parse::<DeskId>().is_err(), "{bad}");
        }
        for bad in ["W", "W-", "Q-CLOG", "W-clog", "W--CLOG", "W-CLOG-"] {
            assert!(bad.parse::<JobCode>().is_err(), "{bad}");
        }
        for bad in ["", "x", "e_n", "en-", "en--US", "日本語", "en-123456789", "419"] {
            assert!(bad.parse::<LanguageTag>().is_err(), "{bad}");
        }
    }
}
