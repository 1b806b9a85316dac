//! What kind of day a date is for a desk (T-02 to T-05).

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::holidays::Holidays;
use crate::domain::reference::basis::Basis;
use crate::domain::text_enum::text_enum;

text_enum! {
    /// The class of a day. A date has exactly one class for a desk: its year-end range comes first, then
    /// holidays, then the day of the week.
    pub enum DayClass("day class") {
        /// Monday to Friday, not a holiday, not in the desk's year-end range (T-05).
        Weekday = "weekday",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
        /// A holiday in law, substitute and sandwiched days included (T-02).
        Holiday = "holiday",
        /// In the desk's own year-end range (T-04).
        YearEnd = "year_end",
    }
}

impl DayClass {
    /// The class of `date` for a desk whose year-end range is `year_end`.
    #[must_use]
    pub fn of(date: NaiveDate, year_end: Option<&YearEnd>, holidays: &Holidays) -> Self {
        if year_end.is_some_and(|range| range.contains(date)) {
            return Self::YearEnd;
        }
        if holidays.on(date).is_some() {
            return Self::Holiday;
        }
        match date.weekday() {
            Weekday::Sat => Self::Sat,
            Weekday::Sun => Self::Sun,
            _ => Self::Weekday,
        }
    }
}

/// The days around New Year on which a desk keeps its year-end hours, both ends included (T-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearEnd {
    /// First day, as in `12-29`.
    pub from: MonthDay,
    /// Last day, as in `01-03`.
    pub to: MonthDay,
    /// Whether the dates are printed or ours.
    pub basis: Basis,
}

impl YearEnd {
    /// Whether `date` is in the range, which may run over New Year.
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        let day = MonthDay { month: date.month(), day: date.day() };
        if self.from <= self.to {
            self.from <= day && day <= self.to
        } else {
            self.from <= day || day <= self.to
        }
    }
}

/// A day of every year: `12-29`. 29 February is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MonthDay {
    month: u32,
    day: u32,
}

/// Why a text is not a day of every year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a day of every year; expected month and day, as in '12-29'")]
pub struct BadMonthDay(String);

impl FromStr for MonthDay {
    type Err = BadMonthDay;

    fn from_str(text: &str) -> Result<Self, BadMonthDay> {
        let bad = || BadMonthDay(text.to_owned());
        let two_digits = |part: &str| {
            (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let (month, day) = text.split_once('-').ok_or_else(bad)?;
        let (month, day) = two_digits(month).zip(two_digits(day)).ok_or_else(bad)?;
        // 2001 is a common year, so what exists in it exists in every year.
        NaiveDate::from_ymd_opt(2001, month, day).map(|_| Self { month, day }).ok_or_else(bad)
    }
}

impl TryFrom<String> for MonthDay {
    type Error = BadMonthDay;

    fn try_from(text: String) -> Result<Self, BadMonthDay> {
        text.parse()
    }
}

impl From<MonthDay> for String {
    fn from(day: MonthDay) -> Self {
        day.to_string()
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::Reference;

    fn class(date: &str, year_end: Option<&YearEnd>) -> DayClass {
        let reference = Reference::embedded().unwrap();
        DayClass::of(date.parse().unwrap(), year_end, reference.holidays())
    }

    fn range(from: &str, to: &str) -> YearEnd {
        YearEnd { from: from.parse().unwrap(), to: to.parse().unwrap(), basis: Basis::Proposal }
    }

    #[test]
    fn the_odd_days_of_2026_are_holidays() {
        // T-03: a Tuesday between two holidays, and the substitute, three days on, of a Sunday.
        assert_eq!(class("2026-09-22", None), DayClass::Holiday);
        assert_eq!(class("2026-05-06", None), DayClass::Holiday);
        assert_eq!(class("2026-05-07", None), DayClass::Weekday);
        assert_eq!(class("2026-09-24", None), DayClass::Weekday);
    }

    #[test]
    fn year_end_is_a_matter_of_the_desk() {
        let government = range("12-29", "01-03");
        let insurers = range("12-31", "01-03");
        // T-04: in law only 1 January is a holiday. 2027-01-02 is a Saturday, 01-03 a Sunday.
        assert_eq!(class("2026-12-30", None), DayClass::Weekday);
        assert_eq!(class("2026-12-30", Some(&insurers)), DayClass::Weekday);
        assert_eq!(class("2026-12-30", Some(&government)), DayClass::YearEnd);
        assert_eq!(class("2026-12-28", Some(&government)), DayClass::Weekday);
        assert_eq!(class("2027-01-01", None), DayClass::Holiday);
        assert_eq!(class("2027-01-01", Some(&insurers)), DayClass::YearEnd);
        assert_eq!(class("2027-01-02", None), DayClass::Sat);
        assert_eq!(class("2027-01-03", Some(&insurers)), DayClass::YearEnd);
        assert_eq!(class("2027-01-04", Some(&insurers)), DayClass::Weekday);
    }

    #[test]
    fn a_range_within_one_year_does_not_wrap() {
        let summer = range("08-13", "08-15");
        assert_eq!(class("2026-08-13", Some(&summer)), DayClass::YearEnd);
        assert_eq!(class("2026-08-17", Some(&summer)), DayClass::Weekday);
        assert_eq!(class("2026-12-30", Some(&summer)), DayClass::Weekday);
    }

    #[test]
    fn a_day_of_every_year_has_two_digits_each() {
        assert_eq!("12-29".parse::<MonthDay>().unwrap().to_string(), "12-29");
        for bad in ["", "1229", "12-9", "13-01", "02-29", "12-32", "+1-03", "12-29 "] {
            assert!(bad.parse::<MonthDay>().is_err(), "{bad}");
        }
    }
}
