//! Half-open spans of time (T-07) and the Tokyo wall clock (T-01).

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use chrono_tz::{Asia::Tokyo, Tz};

/// An instant. Stored in UTC, at most microseconds fine; reasoned about in Asia/Tokyo.
pub type Instant = DateTime<Utc>;

/// A half-open span `[from, to)`; never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    from: Instant,
    to: Instant,
}

impl Span {
    /// The span, or `None` when `to` is before `from`.
    #[must_use]
    pub fn new(from: Instant, to: Instant) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// First instant inside.
    #[must_use]
    pub fn from(&self) -> Instant {
        self.from
    }

    /// First instant after.
    #[must_use]
    pub fn to(&self) -> Instant {
        self.to
    }

    /// Length.
    #[must_use]
    pub fn length(&self) -> TimeDelta {
        self.to - self.from
    }

    /// Whether `at` is inside.
    #[must_use]
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether the two share an instant.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// The wall clock of the service: Asia/Tokyo, no daylight saving (T-01).
#[must_use]
pub fn tokyo(at: Instant) -> DateTime<Tz> {
    at.with_timezone(&Tokyo)
}

/// The instant of a wall-clock time in Tokyo; `minute` may be 1440 or more and then runs into the next day (T-06).
#[must_use]
pub fn tokyo_instant(date: NaiveDate, minute: i64) -> Instant {
    // Tokyo has had no daylight saving since 1951: every local midnight exists once.
    let midnight = date.and_time(chrono::NaiveTime::MIN);
    let midnight =
        Tokyo.from_local_datetime(&midnight).earliest().unwrap_or_else(|| Tokyo.from_utc_datetime(&midnight));
    midnight.with_timezone(&Utc) + TimeDelta::minutes(minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokyo_midnight_is_15_utc_the_day_before() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        assert_eq!(tokyo_instant(date, 0).to_rfc3339(), "2026-11-22T15:00:00+00:00");
        assert_eq!(tokyo_instant(date, 24 * 60 + 540).to_rfc3339(), "2026-11-24T00:00:00+00:00");
        assert_eq!(tokyo(tokyo_instant(date, 540)).to_rfc3339(), "2026-11-23T09:00:00+09:00");
    }
}
