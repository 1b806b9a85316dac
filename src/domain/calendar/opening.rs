//! Open or closed now, and the exact instant of the next change.

use chrono::{NaiveDate, TimeDelta};

use super::holidays::{Certainty, Holidays};
use super::hours::Windows;
use crate::domain::known::Known;
use crate::domain::span::{Instant, Span, tokyo, tokyo_instant};

/// How far ahead a change is looked for: a year and a month, so that yearly windows are found.
pub const HORIZON_DAYS: u16 = 400;

/// Changes followed before a complement is called unchanging: two a day over the horizon.
const CHANGES_MAX: u16 = 2 * HORIZON_DAYS;

/// Whether something is open, and until when it stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Open.
    Open {
        /// First instant at which it is closed; `None` when none comes within [`HORIZON_DAYS`].
        until: Option<Instant>,
    },
    /// Closed.
    Closed {
        /// First instant at which it is open; `None` when none comes within [`HORIZON_DAYS`].
        opens_at: Option<Instant>,
    },
    /// Hours not configured: try it, and say so (I-05).
    Unspecified,
}

impl Status {
    /// Whether it is open, where that is known.
    #[must_use]
    pub fn is_open(self) -> Known<bool> {
        match self {
            Self::Open { .. } => Known::Known(true),
            Self::Closed { .. } => Known::Known(false),
            Self::Unspecified => Known::Unspecified,
        }
    }

    fn next_change(self) -> Option<Instant> {
        match self {
            Self::Open { until: change } | Self::Closed { opens_at: change } => change,
            Self::Unspecified => None,
        }
    }
}

/// Hours that can be asked: what they refer to has been found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timetable {
    /// Round the clock.
    Always,
    /// In windows by class of day.
    Windows(Windows),
    /// Whenever all of these are closed; unspecified as soon as one of them is.
    Outside(Vec<Timetable>),
    /// Hours not configured.
    Unspecified,
}

impl Timetable {
    /// Open or closed at `at`, and the next change.
    #[must_use]
    pub fn status(&self, at: Instant, holidays: &Holidays) -> Status {
        match self {
            Self::Always => Status::Open { until: None },
            Self::Unspecified => Status::Unspecified,
            Self::Windows(windows) => within(windows, at, holidays),
            Self::Outside(others) => outside(others, at, holidays),
        }
    }

    /// The first instant from `at` on at which it is open: `at` itself when it is open now, `Known(None)` when
    /// it does not open within [`HORIZON_DAYS`].
    #[must_use]
    pub fn next_opening(&self, at: Instant, holidays: &Holidays) -> Known<Option<Instant>> {
        match self.status(at, holidays) {
            Status::Open { .. } => Known::Known(Some(at)),
            Status::Closed { opens_at } => Known::Known(opens_at),
            Status::Unspecified => Known::Unspecified,
        }
    }

    fn is_unspecified(&self) -> bool {
        match self {
            Self::Unspecified => true,
            Self::Outside(others) => others.iter().any(Self::is_unspecified),
            Self::Always | Self::Windows(_) => false,
        }
    }

    /// How sure the holidays behind [`Self::status`] are: the least sure of the years it was read from (T-02).
    #[must_use]
    pub fn certainty(&self, at: Instant, holidays: &Holidays) -> Certainty {
        match self {
            Self::Always | Self::Unspecified => Certainty::Gazetted,
            Self::Windows(_) => {
                let change = self.status(at, holidays).next_change().unwrap_or(at);
                let dates = [at - TimeDelta::days(1), at, change].map(|instant| tokyo(instant).date_naive());
                dates.into_iter().map(|date| holidays.certainty(date)).max().unwrap_or(Certainty::Unknown)
            }
            Self::Outside(others) => {
                others.iter().map(|other| other.certainty(at, holidays)).max().unwrap_or(Certainty::Gazetted)
            }
        }
    }
}

/// Joins windows that touch into blocks, day by day, until `at` is in or before one.
fn within(windows: &Windows, at: Instant, holidays: &Holidays) -> Status {
    let today = tokyo(at).date_naive();
    // A window that runs past midnight opened at most one day earlier (T-06).
    let first = today.pred_opt().unwrap_or(today);
    let mut block: Option<Span> = None;
    let mut last = first;
    for date in first.iter_days().take(usize::from(HORIZON_DAYS)) {
        last = date;
        for span in windows.opening_on(date, holidays) {
            block = match block {
                Some(open) if span.from() <= open.to() => Span::new(open.from(), open.to().max(span.to())),
                Some(open) if at < open.to() => return seen_from(at, open, Some(open.to())),
                _ => Some(span),
            };
        }
    }
    match block {
        Some(open) if at < open.to() => seen_from(at, open, (open.to() < end_of(last)).then_some(open.to())),
        _ => Status::Closed { opens_at: None },
    }
}

fn end_of(date: NaiveDate) -> Instant {
    tokyo_instant(date, 24 * 60)
}

/// The status at `at`, which is before the end of the block `open`.
fn seen_from(at: Instant, open: Span, until: Option<Instant>) -> Status {
    if open.from() <= at { Status::Open { until } } else { Status::Closed { opens_at: Some(open.from()) } }
}

/// Follows the openings of `others` until all of them are closed.
fn outside(others: &[Timetable], at: Instant, holidays: &Holidays) -> Status {
    if others.iter().any(Timetable::is_unspecified) {
        return Status::Unspecified;
    }
    let mut instant = at;
    for _ in 0..CHANGES_MAX {
        let mut someone_open_until = None;
        let mut first_opening: Option<Instant> = None;
        for other in others {
            match other.status(instant, holidays) {
                Status::Unspecified => return Status::Unspecified,
                Status::Open { until: None } => return Status::Closed { opens_at: None },
                Status::Open { until } => someone_open_until = someone_open_until.max(until),
                Status::Closed { opens_at } => {
                    first_opening = [first_opening, opens_at].into_iter().flatten().min();
                }
            }
        }
        match someone_open_until {
            Some(until) => instant = until,
            None if instant == at => return Status::Open { until: first_opening },
            None => return Status::Closed { opens_at: Some(instant) },
        }
    }
    Status::Closed { opens_at: None }
}
