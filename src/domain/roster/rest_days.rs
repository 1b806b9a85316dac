//! The days on which holiday rules differ: public holidays (T-02), and the year-end days that are configured (T-04).

use chrono::{Datelike as _, NaiveDate};

use crate::domain::calendar::{Holidays, YearEnd};

/// Years for which year-end days are written out: all that any input may name.
const YEARS: std::ops::Range<i32> = 1_999..2_101;

/// The days of rest, for quick asking. An unknown year has its year-end days only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RestDays(Vec<i64>);

impl RestDays {
    /// The public holidays, and the days of `year_end` of every year.
    #[must_use]
    pub fn new(holidays: &Holidays, year_end: Option<&YearEnd>) -> Self {
        let mut days: Vec<_> = holidays.iter().map(|holiday| day_number(holiday.date)).collect();
        if let Some(range) = year_end {
            let dates = YEARS.filter_map(|year| NaiveDate::from_ymd_opt(year, 1, 1));
            let dates =
                dates.flat_map(|first| first.iter_days().take_while(move |day| day.year() == first.year()));
            days.extend(dates.filter(|day| range.contains(*day)).map(day_number));
        }
        days.sort_unstable();
        days.dedup();
        Self(days)
    }

    /// Whether a day, counted from 1970-01-01, is one. O(log n).
    pub(super) fn contains(&self, day: i64) -> bool {
        self.0.binary_search(&day).is_ok()
    }
}

fn day_number(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::{Reference, basis::Basis};

    #[test]
    fn year_end_is_a_rest_day_only_where_it_is_configured() {
        let reference = Reference::embedded().unwrap();
        let year_end =
            YearEnd { from: "12-29".parse().unwrap(), to: "01-03".parse().unwrap(), basis: Basis::Proposal };
        let in_law = RestDays::new(reference.holidays(), None);
        let with_year_end = RestDays::new(reference.holidays(), Some(&year_end));
        for (date, law, configured) in [
            ("2026-11-23", true, true),
            ("2026-12-28", false, false),
            ("2026-12-29", false, true),
            ("2026-12-31", false, true),
            ("2027-01-01", true, true),
            ("2027-01-02", false, true),
            ("2027-01-03", false, true),
            ("2027-01-04", false, false),
            ("2027-01-11", true, true),
            ("2035-01-01", false, true),
        ] {
            let day = day_number(date.parse().unwrap());
            assert_eq!((in_law.contains(day), with_year_end.contains(day)), (law, configured), "{date}");
        }
    }
}
