//! When a referral is to be followed up: at the next opening of who is to be told.

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Value, json};

use crate::domain::{
    calendar::{Holidays, Hours, Status, Timetable},
    known::Known,
    span::Instant,
};

/// How long after an attempt the next one is at least.
const REST: TimeDelta = TimeDelta::hours(1);
/// How long an acknowledged notice is left alone before its outcome is asked for.
const PATIENCE: TimeDelta = TimeDelta::days(1);

/// The hours of a recipient, as said: windows by class of day in Tokyo, always, or unspecified. A year-end range that
/// is not said is 29 December to 3 January (A13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskHours {
    said: Value,
    timetable: Timetable,
}

impl DeskHours {
    /// Hours nobody knows.
    #[must_use]
    pub fn unspecified() -> Self {
        Self { said: json!({ "kind": "unspecified" }), timetable: Timetable::Unspecified }
    }

    /// The hours as said.
    pub fn read(said: Value) -> Result<Self, String> {
        let mut said = match said {
            Value::String(word) => json!({ "kind": word }),
            other => other,
        };
        if let Some(object) = said.as_object_mut().filter(|object| object.contains_key("windows")) {
            object.entry("year_end").or_insert_with(year_end);
        }
        let timetable = match Hours::deserialize(&said).map_err(|error| error.to_string())? {
            Hours::Always => Timetable::Always,
            Hours::Unspecified => Timetable::Unspecified,
            Hours::Windows(windows) => Timetable::Windows(windows),
            Hours::ComplementOf { .. } => return Err("must be always, windows or unspecified".to_owned()),
        };
        Ok(Self { said, timetable })
    }

    /// Whether anything is known of them.
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.timetable != Timetable::Unspecified
    }

    /// The windows as said: days, from and to; for notices.
    pub fn windows(&self) -> impl Iterator<Item = (Vec<&str>, &str, &str)> {
        let windows = self.said["windows"].as_array().into_iter().flatten();
        windows.filter_map(|window| {
            let days = window["days"].as_array()?.iter().filter_map(Value::as_str).collect();
            Some((days, window["from"].as_str()?, window["to"].as_str()?))
        })
    }

    /// Whether they are round the clock.
    #[must_use]
    pub fn are_always(&self) -> bool {
        self.timetable == Timetable::Always
    }

    /// Whether somebody is there at `at`, where that is known.
    #[must_use]
    pub fn open_at(&self, at: Instant, holidays: &Holidays) -> Option<bool> {
        self.timetable.status(at, holidays).is_open().known()
    }

    /// The first opening from `at` on; where the hours are not known, the next weekday at nine.
    fn opening(&self, at: Instant, holidays: &Holidays) -> Instant {
        let known = match self.timetable.next_opening(at, holidays) {
            Known::Known(opening) => opening,
            Known::Unspecified => assumed().and_then(|hours| match hours.status(at, holidays) {
                Status::Open { until } => {
                    until.and_then(|until| hours.next_opening(until, holidays).known()?)
                }
                _ => hours.next_opening(at, holidays).known()?,
            }),
        };
        // Windows that never open within a year: somebody looks at it tomorrow.
        known.unwrap_or(at + PATIENCE)
    }
}

fn year_end() -> Value {
    json!({ "from": "12-29", "to": "01-03", "basis": "proposal" })
}

/// Weekdays at nine: a window of one minute, so that the next one is always a later day.
fn assumed() -> Option<Timetable> {
    let minute = json!({ "days": ["weekday"], "from": "09:00", "to": "09:01" });
    let said = json!({ "kind": "windows", "windows": [minute], "year_end": year_end() });
    DeskHours::read(said).ok().map(|hours| hours.timetable)
}

impl Serialize for DeskHours {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.said.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DeskHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// When somebody looks at a referral again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUp {
    /// When.
    pub due: Instant,
    /// Whether hours are assumed, because nobody knows them.
    pub assumed: bool,
}

/// What has just happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// The decision to refer.
    Decision,
    /// An attempt to tell somebody.
    Attempt,
    /// Everybody who must know has acknowledged.
    Acknowledgement,
}

/// When to follow up after something happened at `now`: at the first opening of any of these.
#[must_use]
pub fn follow_up<'h>(
    after: After,
    now: Instant,
    hours: impl IntoIterator<Item = &'h DeskHours>,
    holidays: &Holidays,
) -> FollowUp {
    let from = match after {
        After::Decision => now,
        After::Attempt => now + REST,
        After::Acknowledgement => now + PATIENCE,
    };
    let unspecified = DeskHours::unspecified();
    let first = hours
        .into_iter()
        .map(|hours| FollowUp { due: hours.opening(from, holidays), assumed: !hours.are_known() })
        .min_by_key(|follow_up| (follow_up.due, follow_up.assumed));
    first.unwrap_or_else(|| FollowUp { due: unspecified.opening(from, holidays), assumed: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::Reference;

    fn at(text: &str) -> Instant {
        format!("{text}:00+09:00").parse().unwrap()
    }

    #[track_caller]
    fn due(after: After, now: &str, hours: &DeskHours, expected: &str) {
        let reference = Reference::embedded().unwrap();
        let found = follow_up(after, at(now), [hours], reference.holidays());
        let assumed = !hours.are_known();
        assert_eq!(found, FollowUp { due: at(expected), assumed }, "{after:?} {now}");
    }

    #[test]
    fn a_closed_desk_is_called_when_it_opens() {
        let office = json!({ "days": ["weekday"], "from": "10:00", "to": "17:00" });
        let office = DeskHours::read(json!({ "kind": "windows", "windows": [office] })).unwrap();
        // Sunday evening; Monday 23 November is a holiday.
        due(After::Decision, "2026-11-22T21:00", &office, "2026-11-24T10:00");
        due(After::Decision, "2026-11-24T11:00", &office, "2026-11-24T11:00");
        due(After::Attempt, "2026-11-24T11:00", &office, "2026-11-24T12:00");
        due(After::Attempt, "2026-11-24T16:30", &office, "2026-11-25T10:00");
        due(After::Acknowledgement, "2026-11-24T11:00", &office, "2026-11-25T11:00");
        // Year-end, not said: 29 December to 3 January (A13).
        due(After::Decision, "2026-12-28T18:00", &office, "2027-01-04T10:00");
        let always = DeskHours::read(json!("always")).unwrap();
        due(After::Attempt, "2026-11-22T03:00", &always, "2026-11-22T04:00");
    }

    #[test]
    fn unknown_hours_are_the_next_weekday_at_nine() {
        let unknown = DeskHours::unspecified();
        due(After::Decision, "2026-11-22T21:00", &unknown, "2026-11-24T09:00");
        due(After::Decision, "2026-11-24T08:59", &unknown, "2026-11-24T09:00");
        due(After::Decision, "2026-11-24T09:00", &unknown, "2026-11-25T09:00");
        due(After::Decision, "2026-11-24T15:00", &unknown, "2026-11-25T09:00");
        due(After::Attempt, "2026-12-28T15:00", &unknown, "2027-01-04T09:00");
    }

    #[test]
    fn of_several_the_first_to_open_counts() {
        let reference = Reference::embedded().unwrap();
        let hours = [DeskHours::unspecified(), DeskHours::read(json!("always")).unwrap()];
        let found = follow_up(After::Decision, at("2026-11-22T21:00"), &hours, reference.holidays());
        assert_eq!(found, FollowUp { due: at("2026-11-22T21:00"), assumed: false });
    }

    #[test]
    fn senseless_hours_are_refused() {
        for bad in [
            json!("sometimes"),
            json!("complement_of"),
            json!("windows"),
            json!(7),
            json!({}),
            json!({ "kind": "windows", "windows": [] }),
            json!({ "kind": "windows", "windows": [{ "days": ["weekday"], "from": "17:00", "to": "09:00" }] }),
            json!({ "kind": "complement_of", "of": ["000.jbr.worker_line"] }),
        ] {
            assert!(DeskHours::read(bad.clone()).is_err(), "{bad}");
        }
    }
}
