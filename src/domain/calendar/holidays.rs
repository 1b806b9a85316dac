//! The holidays that are known, and how sure each year is (T-02).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Why a day is a holiday (国民の祝日に関する法律).
    pub enum HolidayKind("kind of holiday") {
        /// 国民の祝日.
        Holiday = "holiday",
        /// 振替休日: the nearest day after a holiday on a Sunday that is not itself one.
        Substitute = "substitute",
        /// 国民の休日: a day between two holidays.
        Sandwiched = "sandwiched",
    }
}

text_enum! {
    /// How sure the holidays of a year are. Anything but gazetted is worth a warning, never a refusal.
    pub enum Certainty("certainty of the calendar") {
        /// The equinox days are gazetted.
        Gazetted = "gazetted",
        /// Computed, before the gazette of the February before.
        Provisional = "provisional",
        /// No holiday of that year is on file: its weekdays are read as ordinary ones.
        Unknown = "unknown",
    }
}

/// One holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The day, in Tokyo.
    pub date: NaiveDate,
    /// Its name, as in 春分の日.
    pub name_ja: String,
    /// Why it is a holiday.
    pub kind: HolidayKind,
    /// Gazetted, or provisional.
    pub certainty: Certainty,
}

/// The holidays by date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holidays {
    days: BTreeMap<NaiveDate, Holiday>,
    years: RangeInclusive<i32>,
}

/// What is wrong with a list of holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadHoliday {
    /// Index in the list.
    pub index: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Holidays {
    /// The calendar made of `list`: ascending, no year left out, each kind as the law defines it.
    pub fn new(list: Vec<Holiday>) -> Result<Self, Vec<BadHoliday>> {
        let days: BTreeMap<_, _> = list.iter().map(|day| (day.date, day.clone())).collect();
        let wrong = list.iter().enumerate().filter_map(|(index, day)| {
            let before = index.checked_sub(1).map(|before| list[before].date);
            Some(BadHoliday { index, message: misplaced(day, before, &days)? })
        });
        let wrong: Vec<_> = wrong.collect();
        match (list.first(), list.last()) {
            _ if !wrong.is_empty() => Err(wrong),
            (Some(first), Some(last)) => Ok(Self { years: first.date.year()..=last.date.year(), days }),
            _ => Err(vec![BadHoliday { index: 0, message: "no holiday; expected at least one year".into() }]),
        }
    }

    /// The holiday on `date`, if it is one.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> Option<&Holiday> {
        self.days.get(&date)
    }

    /// How sure the holidays of the year of `date` are.
    #[must_use]
    pub fn certainty(&self, date: NaiveDate) -> Certainty {
        let year = date.year();
        if !self.years.contains(&year) {
            return Certainty::Unknown;
        }
        let days = self.iter().filter(|day| day.date.year() == year);
        days.map(|day| day.certainty).max().unwrap_or(Certainty::Unknown)
    }

    /// The years that are covered.
    #[must_use]
    pub fn years(&self) -> RangeInclusive<i32> {
        self.years.clone()
    }

    /// Every holiday in order.
    pub fn iter(&self) -> impl Iterator<Item = &Holiday> {
        self.days.values()
    }
}

/// Why `day` cannot stand where it stands.
fn misplaced(
    day: &Holiday,
    before: Option<NaiveDate>,
    days: &BTreeMap<NaiveDate, Holiday>,
) -> Option<String> {
    if let Some(before) = before {
        if day.date <= before {
            return Some(format!("{} comes after {before}; expected ascending dates, each once", day.date));
        }
        if day.date.year() > before.year() + 1 {
            return Some(format!("no holiday in {}; expected every year", before.year() + 1));
        }
    }
    match day.kind {
        HolidayKind::Holiday => None,
        HolidayKind::Substitute => (!follows_sunday_holiday(day.date, days)).then(|| {
            format!("{} does not follow a holiday on a Sunday; a substitute holiday must", day.date)
        }),
        HolidayKind::Sandwiched => (!is_between_holidays(day.date, days))
            .then(|| format!("{} is not between two holidays; a sandwiched day must be", day.date)),
    }
}

fn is_named(date: Option<NaiveDate>, days: &BTreeMap<NaiveDate, Holiday>) -> bool {
    date.and_then(|date| days.get(&date)).is_some_and(|day| day.kind == HolidayKind::Holiday)
}

fn is_between_holidays(date: NaiveDate, days: &BTreeMap<NaiveDate, Holiday>) -> bool {
    is_named(date.pred_opt(), days) && is_named(date.succ_opt(), days)
}

/// Whether an unbroken run of holidays before `date` reaches a Sunday.
fn follows_sunday_holiday(date: NaiveDate, days: &BTreeMap<NaiveDate, Holiday>) -> bool {
    (1..7)
        .map(|back| date.checked_sub_days(Days::new(back)))
        .take_while(|before| is_named(*before, days))
        .any(|before| before.is_some_and(|before| before.weekday() == Weekday::Sun))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(date: &str, kind: HolidayKind) -> Holiday {
        let certainty = Certainty::Gazetted;
        Holiday { date: date.parse().unwrap(), name_ja: "祝日".into(), kind, certainty }
    }

    #[test]
    fn substitutes_and_sandwiched_days_are_as_the_law_says() {
        // May 2026: Sunday the 3rd, Monday and Tuesday are holidays too, so the substitute is Wednesday.
        let may = ["2026-05-03", "2026-05-04", "2026-05-05"].map(|date| day(date, HolidayKind::Holiday));
        let with = |extra: Holiday| Holidays::new(may.iter().cloned().chain([extra]).collect());
        assert!(with(day("2026-05-06", HolidayKind::Substitute)).is_ok());
        assert!(with(day("2026-05-07", HolidayKind::Substitute)).is_err(), "a day too late");
        assert!(with(day("2026-05-06", HolidayKind::Sandwiched)).is_err(), "the 7th is no holiday");
    }

    #[test]
    fn order_and_gaps_are_refused() {
        let list = |dates: &[&str]| dates.iter().map(|date| day(date, HolidayKind::Holiday)).collect();
        assert!(Holidays::new(list(&["2026-01-01", "2027-01-01"])).is_ok());
        assert_eq!(Holidays::new(list(&["2026-01-01", "2026-01-01"])).unwrap_err()[0].index, 1);
        assert_eq!(Holidays::new(list(&["2026-02-11", "2026-01-01"])).unwrap_err()[0].index, 1);
        assert_eq!(Holidays::new(list(&["2026-01-01", "2028-01-01"])).unwrap_err()[0].index, 1);
        assert!(Holidays::new(vec![]).is_err());
    }
}
