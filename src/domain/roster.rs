//! Weekly shifts of technicians, on the wall clock of Asia/Tokyo (T-01), half-open (T-07).
//!
//! A roster is read as the union of its windows on the circle of the week: windows that touch or overlap are one,
//! also over midnight and from Sunday to Monday, so that a round-the-clock roster has no hole anywhere. What holidays
//! and dated entries make of it is [`duty::Duty`].

pub mod duty;
pub mod entries;
pub mod lint;
mod minutes;
pub mod rest_days;
pub mod swaps;

use chrono::{Datelike as _, SubsecRound as _, TimeDelta, Timelike as _};
use serde::{Deserialize, Serialize};

use super::{
    span::{Instant, tokyo},
    text_enum::text_enum,
};

const DAY_MINUTES: u16 = 24 * 60;
const WEEK_MINUTES: u16 = 7 * DAY_MINUTES;
const MINUTE_SECONDS: i64 = 60;

text_enum! {
    /// A day of the week, Monday first.
    pub enum Weekday("weekday") {
        /// Monday.
        Monday = "mon",
        /// Tuesday.
        Tuesday = "tue",
        /// Wednesday.
        Wednesday = "wed",
        /// Thursday.
        Thursday = "thu",
        /// Friday.
        Friday = "fri",
        /// Saturday.
        Saturday = "sat",
        /// Sunday.
        Sunday = "sun",
    }
}

/// The weekly shifts of one technician: at most [`Roster::SHIFTS_MAX`] of them. An empty roster is never on shift.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<WeeklyShift>", into = "Vec<WeeklyShift>")]
pub struct Roster {
    shifts: Vec<WeeklyShift>,
    /// The union of the windows, as if no day were a holiday.
    week: Week,
    /// Whether a window depends on the class of the day it opens.
    minds_holidays: bool,
}

/// More shifts than a roster may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a roster holds at most {} shifts; {given} were given", Roster::SHIFTS_MAX)]
pub struct TooManyShifts {
    given: usize,
}

impl Roster {
    /// Seven days of seven windows are more than anybody plans.
    pub const SHIFTS_MAX: usize = 50;

    /// The roster of these shifts.
    pub fn new(shifts: Vec<WeeklyShift>) -> Result<Self, TooManyShifts> {
        if shifts.len() > Self::SHIFTS_MAX {
            return Err(TooManyShifts { given: shifts.len() });
        }
        let week = Week::of(&shifts);
        let minds_holidays = shifts.iter().any(|shift| shift.holidays != HolidayRule::Works);
        Ok(Self { shifts, week, minds_holidays })
    }

    /// The shifts as they were given.
    #[must_use]
    pub fn shifts(&self) -> &[WeeklyShift] {
        &self.shifts
    }

    /// Whether the weekly pattern is all there is to say: no window asks whether its day is a holiday.
    fn is_plain(&self) -> bool {
        !self.minds_holidays
    }

    /// When the shift that is running at `at` ends, or `None` when none is running, by the weekly pattern alone.
    /// Windows that touch count as one. A roster that never ends answers one week from `at`.
    fn on_shift(&self, at: Instant) -> Option<Instant> {
        match &self.week {
            Week::Always => Some(later(at, i64::from(WEEK_MINUTES) * MINUTE_SECONDS)),
            Week::Windows(windows) => {
                let passed = second_of_week(at);
                let left = windows.iter().find_map(|window| window.seconds_left(passed))?;
                Some(later(at.trunc_subsecs(0), left))
            }
        }
    }

    /// When the next shift begins by the weekly pattern alone, strictly after `at` (of a shift that is running: the
    /// one after it), or `None` when the roster is empty or never ends. At most one week away.
    fn next_shift(&self, at: Instant) -> Option<Instant> {
        let Week::Windows(windows) = &self.week else { return None };
        let passed = second_of_week(at);
        let wait = windows.iter().map(|window| window.seconds_until_open(passed)).min()?;
        Some(later(at.trunc_subsecs(0), wait))
    }
}

impl TryFrom<Vec<WeeklyShift>> for Roster {
    type Error = TooManyShifts;

    fn try_from(shifts: Vec<WeeklyShift>) -> Result<Self, TooManyShifts> {
        Self::new(shifts)
    }
}

impl From<Roster> for Vec<WeeklyShift> {
    fn from(roster: Roster) -> Self {
        roster.shifts
    }
}

text_enum! {
    /// Whether a weekly window opens on public holidays (T-02) and on the year-end days that are configured (T-04).
    /// What counts is the class of the day it opens, whatever the next day is (T-06).
    pub enum HolidayRule("holiday rule") {
        /// As on any other day.
        Works = "works",
        /// Not on those days.
        Off = "off",
        /// On those days only.
        Only = "only",
    }
}

impl HolidayRule {
    fn is_works(rule: &Self) -> bool {
        *rule == Self::Works
    }
}

fn works() -> HolidayRule {
    HolidayRule::Works
}

/// A window that opens every week. It belongs to the day it opens and may run over midnight, 24 hours at most.
///
/// Written `{"day":"mon","from":"22:00","to":"06:00+1"}`; `24:00` is the midnight that ends the day. A holiday rule is
/// written when it is not `works`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "ShiftText", into = "ShiftText")]
pub struct WeeklyShift {
    day: Weekday,
    from_minute: u16,
    to_minute: u16,
    holidays: HolidayRule,
}

/// Why a shift was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadShift {
    /// The opening is not a time of day.
    #[error("'from' is '{0}'; expected a time of day from 00:00 to 23:59, as in 22:00")]
    From(String),
    /// The end is not a time of that day or the next.
    #[error("'to' is '{0}'; expected a time as in 18:00, 24:00, or on the next day as in 06:00+1")]
    To(String),
    /// The end is not after the opening, or more than 24 hours after it.
    #[error(
        "'{from}' to '{to}' must be longer than nothing and at most 24 hours; write 06:00+1 for the next day"
    )]
    Length {
        /// The opening, as given.
        from: String,
        /// The end, as given.
        to: String,
    },
}

impl BadShift {
    /// Which part of the shift is wrong.
    #[must_use]
    pub fn column(&self) -> &'static str {
        match self {
            Self::From(_) => "from",
            Self::To(_) | Self::Length { .. } => "to",
        }
    }
}

impl WeeklyShift {
    /// The window from `from_minute` (0 to 1439) to `to_minute` (after it, at most 1440 minutes later), in minutes
    /// from the midnight that begins `day`.
    pub fn new(day: Weekday, from_minute: u16, to_minute: u16) -> Result<Self, BadShift> {
        if from_minute >= DAY_MINUTES {
            return Err(BadShift::From(minute_text(from_minute)));
        }
        if to_minute <= from_minute || to_minute > from_minute + DAY_MINUTES {
            return Err(BadShift::Length { from: minute_text(from_minute), to: minute_text(to_minute) });
        }
        Ok(Self { day, from_minute, to_minute, holidays: HolidayRule::Works })
    }

    /// The same window under another holiday rule.
    #[must_use]
    pub fn on_holidays(self, holidays: HolidayRule) -> Self {
        Self { holidays, ..self }
    }

    /// Whether it opens on holidays.
    #[must_use]
    pub fn holidays(&self) -> HolidayRule {
        self.holidays
    }

    /// The day it opens.
    #[must_use]
    pub fn day(&self) -> Weekday {
        self.day
    }

    /// Minutes from the day's first midnight to the opening.
    #[must_use]
    pub fn from_minute(&self) -> u16 {
        self.from_minute
    }

    /// Minutes from the day's first midnight to the end; over 1440 on the next day.
    #[must_use]
    pub fn to_minute(&self) -> u16 {
        self.to_minute
    }
}

/// A shift as it is written: the schema to show for a [`WeeklyShift`].
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WeeklyShift)]
pub struct ShiftText {
    /// The day it opens.
    pub day: Weekday,
    /// Opening, `00:00` to `23:59`.
    #[schema(examples("22:00"))]
    pub from: String,
    /// End, up to `24:00`, or with `+1` on the next day; at most 24 hours after the opening.
    #[schema(examples("06:00+1"))]
    pub to: String,
    /// Whether it opens on public holidays and year-end days; `works`, when not said.
    #[serde(default = "works", skip_serializing_if = "HolidayRule::is_works")]
    pub holidays: HolidayRule,
}

impl TryFrom<ShiftText> for WeeklyShift {
    type Error = BadShift;

    fn try_from(text: ShiftText) -> Result<Self, BadShift> {
        let from = clock_minute(&text.from)
            .filter(|minute| *minute < DAY_MINUTES)
            .ok_or_else(|| BadShift::From(text.from.clone()))?;
        let to = match text.to.strip_suffix("+1") {
            None => clock_minute(&text.to),
            Some(clock) => {
                clock_minute(clock).filter(|minute| *minute < DAY_MINUTES).map(|minute| minute + DAY_MINUTES)
            }
        };
        let to = to.ok_or_else(|| BadShift::To(text.to.clone()))?;
        let shift =
            Self::new(text.day, from, to).map_err(|_| BadShift::Length { from: text.from, to: text.to })?;
        Ok(shift.on_holidays(text.holidays))
    }
}

impl From<WeeklyShift> for ShiftText {
    fn from(shift: WeeklyShift) -> Self {
        Self {
            day: shift.day,
            from: minute_text(shift.from_minute),
            to: minute_text(shift.to_minute),
            holidays: shift.holidays,
        }
    }
}

/// `HH:MM`, two digits each, from `00:00` to `24:00`.
fn clock_minute(text: &str) -> Option<u16> {
    let [h1, h2, b':', m1, m2] = *text.as_bytes() else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    let (hour, minute) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY_MINUTES).then_some(total)
}

fn minute_text(minute: u16) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    if minute <= DAY_MINUTES { clock(minute) } else { format!("{}+1", clock(minute - DAY_MINUTES)) }
}

/// The union of a roster's windows on the circle of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Week {
    /// No hole at all.
    Always,
    /// Windows that neither touch nor overlap, by opening; only the last may run over the end of the week.
    Windows(Vec<Window>),
}

impl Default for Week {
    fn default() -> Self {
        Self::Windows(Vec::new())
    }
}

/// Minutes since Monday 00:00: opens in `0..10080`, ends later, at most a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Window {
    open: u16,
    end: u16,
}

impl Week {
    fn of(shifts: &[WeeklyShift]) -> Self {
        let mut given: Vec<Window> = shifts.iter().map(Window::of).collect();
        given.sort_unstable();
        let mut merged: Vec<Window> = Vec::with_capacity(given.len());
        for window in given {
            match merged.last_mut() {
                Some(last) if window.open <= last.end => last.end = last.end.max(window.end),
                _ => merged.push(window),
            }
        }
        // What runs over the end of the week swallows the windows it reaches at the beginning of the week.
        while let (Some(first), Some(last)) = (merged.first().copied(), merged.last_mut()) {
            if last.end - last.open >= WEEK_MINUTES {
                return Self::Always;
            }
            if last.end < first.open + WEEK_MINUTES {
                break;
            }
            last.end = last.end.max(first.end + WEEK_MINUTES);
            merged.remove(0);
        }
        Self::Windows(merged)
    }
}

impl Window {
    fn of(shift: &WeeklyShift) -> Self {
        let open = shift.day as u16 * DAY_MINUTES + shift.from_minute;
        Self { open, end: open + (shift.to_minute - shift.from_minute) }
    }

    /// Seconds from second `passed` of the week to this window's end, when it is open then.
    fn seconds_left(self, passed: i64) -> Option<i64> {
        let (open, end) = (i64::from(self.open) * MINUTE_SECONDS, i64::from(self.end) * MINUTE_SECONDS);
        let week = i64::from(WEEK_MINUTES) * MINUTE_SECONDS;
        // The second reading is a window that opened last week and is still running.
        [passed, passed + week].into_iter().find(|now| (open..end).contains(now)).map(|now| end - now)
    }

    /// Seconds from second `passed` of the week to this window's next opening: from 1 to a whole week.
    fn seconds_until_open(self, passed: i64) -> i64 {
        let week = i64::from(WEEK_MINUTES) * MINUTE_SECONDS;
        let wait = i64::from(self.open) * MINUTE_SECONDS - passed;
        if wait > 0 { wait } else { wait + week }
    }
}

/// Whole seconds since Monday 00:00 in Tokyo.
fn second_of_week(at: Instant) -> i64 {
    let local = tokyo(at);
    i64::from(local.weekday().num_days_from_monday()) * i64::from(DAY_MINUTES) * MINUTE_SECONDS
        + i64::from(local.num_seconds_from_midnight())
}

fn later(at: Instant, seconds: i64) -> Instant {
    at.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or(Instant::MAX_UTC)
}

#[cfg(test)]
mod tests;
