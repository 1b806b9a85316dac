//! `Known(x) | Unspecified`: what the source prints nothing about is neither zero nor a guess.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// The word that stands for "not printed" in reference data and in the API.
const UNSPECIFIED: &str = "unspecified";

/// A value the source prints, or the fact that it prints none. Written as the value or as `"unspecified"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Known<T> {
    /// Printed, or configured since.
    Known(T),
    /// Not printed: shown as such, never calculated with.
    Unspecified,
}

impl<T> Known<T> {
    /// The value, if there is one.
    #[must_use]
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unspecified => None,
        }
    }

    /// The same by reference.
    #[must_use]
    pub fn as_ref(&self) -> Known<&T> {
        match self {
            Self::Known(value) => Known::Known(value),
            Self::Unspecified => Known::Unspecified,
        }
    }

    /// Applies `change` to a known value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Known(value) => Known::Known(change(value)),
            Self::Unspecified => Known::Unspecified,
        }
    }
}

impl<T: Serialize> Serialize for Known<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unspecified => serializer.serialize_str(UNSPECIFIED),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KnownVisitor(PhantomData))
    }
}

/// Hands whatever comes to `T`, except the one word. Unlike an untagged enum it keeps the error of `T`.
struct KnownVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for KnownVisitor<T> {
    type Value = Known<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or \"unspecified\"")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Known<T>, E> {
        if text == UNSPECIFIED {
            return Ok(Known::Unspecified);
        }
        T::deserialize(text.into_deserializer())
            .map(Known::Known)
            .map_err(|error: E| E::custom(format!("{error}, or \"unspecified\"")))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Known<T>, E> {
        T::deserialize(value.into_deserializer()).map(Known::Known)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Known<T>, E> {
        T::deserialize(value.into_deserializer()).map(Known::Known)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Known<T>, E> {
        T::deserialize(value.into_deserializer()).map(Known::Known)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Known<T>, A::Error> {
        T::deserialize(SeqAccessDeserializer::new(items)).map(Known::Known)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Known<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries)).map(Known::Known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Row {
        deductible: Known<i64>,
        shares: Known<Vec<i64>>,
        notice: Known<String>,
    }

    #[test]
    fn the_word_is_not_a_value() {
        let row: Row =
            toml::from_str("deductible = 0\nshares = \"unspecified\"\nnotice = \"promptly\"").unwrap();
        let expected = Row {
            deductible: Known::Known(0),
            shares: Known::Unspecified,
            notice: Known::Known("promptly".to_owned()),
        };
        assert_eq!(row, expected);
        assert_eq!(serde_json::to_string(&row.shares).unwrap(), "\"unspecified\"");
        assert_eq!(serde_json::to_string(&row.deductible).unwrap(), "0");
    }

    #[test]
    fn json_reads_the_same() {
        let known: Vec<Known<i64>> = serde_json::from_str("[5000, \"unspecified\", -1]").unwrap();
        assert_eq!(known, [Known::Known(5000), Known::Unspecified, Known::Known(-1)]);
    }

    #[test]
    fn another_word_is_refused_and_the_right_one_named() {
        let error = serde_json::from_str::<Known<i64>>("\"unspecifed\"").unwrap_err().to_string();
        assert!(error.contains("expected i64") && error.contains("\"unspecified\""), "{error}");
        assert!(
            serde_json::from_str::<Known<i64>>("null").is_err(),
            "nothing is not the same as not printed"
        );
        assert!(serde_json::from_str::<Known<i64>>("1.5").is_err(), "no float in a whole number");
    }
}
