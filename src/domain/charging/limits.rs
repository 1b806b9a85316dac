//! A limit on everything that is counted or multiplied.
//!
//! Why no sum of yen can overflow: at most [`WORKED_SECONDS_MAX`] seconds in units of at least 60 s, each visit
//! rounded up once, are 43,200 + 50 units of at most 1,000,000 yen; 100 parts of at most 1,000 x 1,000,000 yen;
//! 50 special works of at most 1,000,000 yen. Together under 1.5 x 10^11 yen, and times 100 for the tax inside
//! under 1.5 x 10^13: an `i64` holds 9.2 x 10^18.

use chrono::{Datelike as _, Timelike as _};

use crate::domain::{
    refusal::Refusal,
    span::Instant,
    typed::{is_blank, steers},
};

/// Visits of a job.
pub const VISITS_MAX: usize = 50;
/// Work intervals of one visit.
pub const INTERVALS_PER_VISIT_MAX: usize = 200;
/// Length of all intervals of a job added up, in seconds: 30 days.
pub const WORKED_SECONDS_MAX: i64 = 30 * 86_400;
/// Parts of a job.
pub const PARTS_MAX: usize = 100;
/// Special works of a job.
pub const SPECIAL_WORK_MAX: usize = 50;
/// Consent answers of a job.
pub const CONSENTS_MAX: usize = 500;
/// Highest price of one piece, one special work or one overtime unit, in yen.
pub const PRICE_YEN_MAX: i64 = 1_000_000;
/// Highest quantity of one part.
pub const QUANTITY_MAX: i64 = 1_000;
/// Highest cap of overtime units that can be consented to.
pub const CAP_UNITS_MAX: i64 = 100_000;
/// Longest name, code or key, in characters.
pub(super) const NAME_CHARS_MAX: usize = 200;

/// A list of at most `MAX` entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtMost<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> AtMost<T, MAX> {
    /// The list, or a refusal of `field` when it is too long.
    pub fn new(field: &str, entries: Vec<T>) -> Result<Self, Refusal> {
        if entries.len() > MAX {
            return Err(Refusal::field(field, format!("has {} entries; at most {MAX}", entries.len())));
        }
        Ok(Self(entries))
    }
}

impl<T, const MAX: usize> Default for AtMost<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> std::ops::Deref for AtMost<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// Refuses a number outside `low..=high`, naming both ends.
pub(super) fn within(field: &str, value: i64, low: i64, high: i64) -> Result<i64, Refusal> {
    if !(low..=high).contains(&value) {
        return Err(Refusal::field(field, format!("{value} is not within {low}..={high}")));
    }
    Ok(value)
}

/// Refuses an instant outside 1970 to 2199 (the calendar's own ends cannot be shown in Tokyo time) and a leap second
/// (lengths would no longer add up).
pub(super) fn instant(field: &str, at: Instant) -> Result<(), Refusal> {
    if !(1970..2200).contains(&at.year()) || at.nanosecond() >= 1_000_000_000 {
        return Err(Refusal::field(field, "must be a time from 1970 to 2199, and not a leap second"));
    }
    Ok(())
}

/// Refuses a name that is blank, too long, or would break the line it is printed in.
pub(super) fn name(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if is_blank(text) || text.chars().count() > NAME_CHARS_MAX || text.chars().any(steers) {
        let message = format!("must have 1 to {NAME_CHARS_MAX} characters on one line");
        return Err(Refusal::field(field, message));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_at_their_limit() {
        assert_eq!(AtMost::<i32, 2>::new("parts", vec![1, 2]).unwrap().len(), 2);
        let refusal = AtMost::<i32, 2>::new("parts", vec![1, 2, 3]).unwrap_err();
        assert_eq!(refusal, Refusal::field("parts", "has 3 entries; at most 2"));
    }

    #[test]
    fn names_stay_on_one_line() {
        assert_eq!(name("name", " パッキン ").unwrap(), "パッキン");
        assert_eq!(name("name", &"長".repeat(200)).unwrap().chars().count(), 200);
        for bad in ["", "  ", "\u{200C}", "a\nb", "a\u{202E}b", "a\u{200B}b", &"長".repeat(201)] {
            assert!(name("name", bad).is_err(), "{bad:?}");
        }
    }
}
