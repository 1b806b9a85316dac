//! Addresses as people say and type them: finding a place of the gazetteer by postal code, kanji, kana or romaji, and
//! splitting a whole line into its parts.

mod folded;
mod index;
mod name;
mod numerals;
mod reading;
mod rest;
mod search;

pub use index::{MunicipalityName, PlaceIndex};
pub use rest::Rest;
pub use search::{Hit, Match, QUERY_CHARS_MAX};

#[cfg(test)]
mod tests;
