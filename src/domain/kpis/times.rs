//! The same by day and by hour of the day, in Tokyo.

use chrono::{NaiveDate, Timelike as _};
use serde::Serialize;

use super::{
    Seconds, Share,
    rows::{CallRow, JobRow, Milestones, Served, Told},
};
use crate::domain::{calls::CallState, span::tokyo};

/// One day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DayFigures {
    /// The day.
    pub day: NaiveDate,
    /// Calls that rang.
    pub calls: i64,
    /// Those that were answered.
    pub answered: i64,
    /// Those that gave up.
    pub abandoned: i64,
    /// Jobs that were made.
    pub jobs: i64,
    /// From the answered call to the acceptance.
    pub time_to_dispatch: Seconds,
    /// From the acceptance to the arrival.
    pub time_to_arrive: Seconds,
}

/// One hour of the day, all days together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct HourFigures {
    /// From 0 to 23.
    pub hour: i64,
    /// Calls that rang.
    pub calls: i64,
    /// Those that were answered.
    pub answered: i64,
    /// Those that gave up.
    pub abandoned: i64,
    /// Foreign-language calls whose language was closed or not configured.
    pub language_not_served: Share,
}

fn count(calls: &[&CallRow], so: impl Fn(&CallRow) -> bool) -> i64 {
    i64::try_from(calls.iter().filter(|call| so(call)).count()).unwrap_or(i64::MAX)
}

pub(super) fn by_day(
    told: &Told,
    milestones: &Milestones,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<DayFigures> {
    let days = from.iter_days().take_while(|day| *day <= to);
    let figures = days.map(|day| {
        let calls: Vec<_> =
            told.calls.iter().filter(|call| tokyo(call.offered_at).date_naive() == day).collect();
        let jobs: Vec<&JobRow> =
            told.jobs.iter().filter(|job| tokyo(job.created_at).date_naive() == day).collect();
        DayFigures {
            day,
            calls: count(&calls, |_| true),
            answered: count(&calls, |call| call.answered_at.is_some()),
            abandoned: count(&calls, |call| call.state == CallState::Abandoned),
            jobs: i64::try_from(jobs.len()).unwrap_or(i64::MAX),
            time_to_dispatch: Seconds::of(jobs.iter().filter_map(|job| milestones.time_to_dispatch(job))),
            time_to_arrive: Seconds::of(jobs.iter().filter_map(|job| milestones.time_to_arrive(job))),
        }
    });
    figures.collect()
}

pub(super) fn by_hour(told: &Told) -> Vec<HourFigures> {
    let figures = (0..24).map(|hour| {
        let calls: Vec<_> = told.calls.iter().filter(|call| tokyo(call.offered_at).hour() == hour).collect();
        let foreign = calls.iter().filter(|call| call.served != Served::NoNeed);
        HourFigures {
            hour: hour.into(),
            calls: count(&calls, |_| true),
            answered: count(&calls, |call| call.answered_at.is_some()),
            abandoned: count(&calls, |call| call.state == CallState::Abandoned),
            language_not_served: Share::among(foreign, |call| call.served == Served::NotOpen),
        }
    });
    figures.collect()
}
