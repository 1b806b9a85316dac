//! Opening hours as they are written down: always, windows, whenever others are closed, or not printed.

use chrono::NaiveDate;
use serde::Deserialize;

use super::day_class::{DayClass, YearEnd};
use super::holidays::Holidays;
use crate::domain::known::Known;
use crate::domain::reference::codes::DeskId;
use crate::domain::span::{Span, tokyo_instant};
use crate::domain::text_enum::text_enum;

const MINUTES_PER_DAY: u16 = 24 * 60;
const WINDOWS_MAX: usize = 50;

/// When a desk or a language is served.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "HoursText")]
pub enum Hours {
    /// Round the clock.
    Always,
    /// In windows by class of day.
    Windows(Windows),
    /// Whenever all of these desks are closed.
    ComplementOf {
        /// The desks.
        of: Vec<DeskId>,
        /// The windows as printed, where they leave a gap that is not meant; never used to answer.
        printed: Option<Windows>,
    },
    /// Not printed: neither closed nor round the clock (I-05).
    Unspecified,
}

/// Windows by class of day, with the desk's own year-end range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    windows: Vec<Window>,
    year_end: Option<Known<YearEnd>>,
}

/// One window: it belongs to the day on which it opens, whatever day it runs into (T-06).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    days: Vec<DayClass>,
    from: FromMinute,
    to: ToMinute,
}

impl Windows {
    /// The windows, if each is well formed.
    pub fn new(windows: Vec<Window>, year_end: Option<Known<YearEnd>>) -> Result<Self, BadHours> {
        if windows.is_empty() || windows.len() > WINDOWS_MAX {
            return Err(BadHours(format!("{} windows; expected 1 to {WINDOWS_MAX}", windows.len())));
        }
        let has_range = matches!(year_end, Some(Known::Known(_)));
        for (index, window) in windows.iter().enumerate() {
            let refuse = |message: &str| Err(BadHours(format!("windows[{index}] {message}")));
            if window.from.0 >= window.to.0 {
                return refuse("ends before it begins; expected from < to, as in 17:00 to 09:00+1");
            }
            if window.days.is_empty() {
                return refuse("has no days; expected at least one class of day");
            }
            if (1..window.days.len()).any(|at| window.days[..at].contains(&window.days[at])) {
                return refuse("names a class of day twice; expected each once");
            }
            if window.days.contains(&DayClass::YearEnd) && !has_range {
                return refuse("is for year_end, but hours.year_end has no dates; expected from and to");
            }
        }
        let mut windows = windows;
        windows.sort_by_key(|window| window.from);
        Ok(Self { windows, year_end })
    }

    /// The year-end range, where there is one. Unspecified means that the days are ordinary ones.
    #[must_use]
    pub fn year_end(&self) -> Option<&YearEnd> {
        self.year_end.as_ref().and_then(|range| range.as_ref().known())
    }

    /// The spans that open on `date`, by opening time (T-06, T-07).
    pub(super) fn opening_on<'a>(
        &'a self,
        date: NaiveDate,
        holidays: &Holidays,
    ) -> impl Iterator<Item = Span> + 'a {
        let class = DayClass::of(date, self.year_end(), holidays);
        let on_day = self.windows.iter().filter(move |window| window.days.contains(&class));
        on_day.filter_map(move |window| {
            Span::new(
                tokyo_instant(date, i64::from(window.from.0)),
                tokyo_instant(date, i64::from(window.to.0)),
            )
        })
    }
}

/// Why hours were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadHours(String);

/// Minute of the day at which a window opens: `00:00` to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct FromMinute(u16);

/// Minute, counted from the midnight before the window opens, at which it closes: up to `24:00+1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct ToMinute(u16);

impl TryFrom<String> for FromMinute {
    type Error = BadHours;

    fn try_from(text: String) -> Result<Self, BadHours> {
        minute(&text)
            .filter(|minute| *minute < MINUTES_PER_DAY)
            .map(Self)
            .ok_or_else(|| BadHours(format!("'{text}' is not an opening time; expected 00:00 to 23:59")))
    }
}

impl TryFrom<String> for ToMinute {
    type Error = BadHours;

    fn try_from(text: String) -> Result<Self, BadHours> {
        let (time, days_later) = text.strip_suffix("+1").map_or((text.as_str(), 0), |time| (time, 1));
        minute(time).map(|minute| Self(minute + days_later * MINUTES_PER_DAY)).ok_or_else(|| {
            BadHours(format!("'{text}' is not a closing time; expected 17:30, 24:00 or 09:00+1 (next day)"))
        })
    }
}

/// `HH:MM` up to `24:00`.
fn minute(text: &str) -> Option<u16> {
    let digits = |part: &str| -> Option<u16> {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
    };
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MINUTES_PER_DAY).then_some(total)
}

text_enum! {
    /// How hours are written.
    pub enum HoursKind("kind of hours") {
        /// Round the clock.
        Always = "always",
        /// Windows by class of day.
        Windows = "windows",
        /// Whenever other desks are closed.
        ComplementOf = "complement_of",
        /// Not printed.
        Unspecified = "unspecified",
    }
}

/// Hours as written: every key any kind has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursText {
    kind: HoursKind,
    windows: Option<Vec<Window>>,
    of: Option<Vec<DeskId>>,
    literal_windows: Option<Vec<Window>>,
    // A note for people: the gap that the literal reading leaves.
    literal_gap_ja: Option<String>,
    year_end: Option<Known<YearEnd>>,
}

impl TryFrom<HoursText> for Hours {
    type Error = BadHours;

    fn try_from(text: HoursText) -> Result<Self, BadHours> {
        let kind = text.kind;
        let refuse = |key: &str| Err(BadHours(format!("hours of kind {kind} have no '{key}'")));
        if text.of.is_some() && kind != HoursKind::ComplementOf {
            return refuse("of");
        }
        if text.windows.is_some() && kind != HoursKind::Windows {
            return refuse("windows");
        }
        if (text.literal_windows.is_some() || text.literal_gap_ja.is_some())
            && kind != HoursKind::ComplementOf
        {
            return refuse("literal_windows");
        }
        if text.year_end.is_some() && text.windows.is_none() && text.literal_windows.is_none() {
            return refuse("year_end");
        }
        match kind {
            HoursKind::Always => Ok(Self::Always),
            HoursKind::Unspecified => Ok(Self::Unspecified),
            HoursKind::Windows => {
                Windows::new(text.windows.unwrap_or_default(), text.year_end).map(Self::Windows)
            }
            HoursKind::ComplementOf => {
                let of = text.of.filter(|of| !of.is_empty()).ok_or_else(|| {
                    BadHours("'of' is missing or empty; expected the desks to complement".to_owned())
                })?;
                let printed = text.literal_windows.map(|windows| Windows::new(windows, text.year_end));
                Ok(Self::ComplementOf { of, printed: printed.transpose()? })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_times_run_past_midnight() {
        let to = |text: &str| ToMinute::try_from(text.to_owned()).map(|minute| minute.0);
        assert_eq!(to("17:30"), Ok(1050));
        assert_eq!(to("24:00"), Ok(1440));
        assert_eq!(to("09:00+1"), Ok(1980));
        assert_eq!(to("24:00+1"), Ok(2880));
        for bad in ["", "9:00", "24:01", "25:00", "09:60", "09:00+2", "09:00 +1", "+1", "0９:00"] {
            assert!(to(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn opening_times_are_within_the_day() {
        let from = |text: &str| FromMinute::try_from(text.to_owned()).map(|minute| minute.0);
        assert_eq!(from("00:00"), Ok(0));
        assert_eq!(from("23:59"), Ok(1439));
        for bad in ["24:00", "09:00+1", "-1:00", "aa:bb"] {
            assert!(from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ill_formed_hours_are_refused_with_what_would_be_right() {
        let refused = |text: &str| toml::from_str::<Hours>(text).unwrap_err().message().to_owned();
        for (text, expected) in [
            ("kind = 'sometimes'", "unknown variant"),
            ("kind = 'windows'", "0 windows; expected 1"),
            ("kind = 'always'\nof = ['000.a']", "hours of kind always have no 'of'"),
            ("kind = 'unspecified'\nwindows = []", "have no 'windows'"),
            ("kind = 'complement_of'\nof = []", "expected the desks"),
            ("kind = 'windows'\nwindows = [{ days = [], from = '09:00', to = '17:00' }]", "has no days"),
            (
                "kind = 'windows'\nwindows = [{ days = ['sat', 'sat'], from = '09:00', to = '17:00' }]",
                "twice",
            ),
            (
                "kind = 'windows'\nwindows = [{ days = ['sat'], from = '17:00', to = '09:00' }]",
                "ends before it begins",
            ),
            (
                "kind = 'windows'\nwindows = [{ days = ['year_end'], from = '09:00', to = '17:00' }]",
                "year_end has no dates",
            ),
            (
                "kind = 'windows'\nwindows = [{ days = ['sat'], from = '09:00', to = '17:00', x = 1 }]",
                "unknown field",
            ),
        ] {
            let message = refused(text);
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
