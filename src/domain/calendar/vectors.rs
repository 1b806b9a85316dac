//! The printed worked examples, the oddities of the calendar, and a reading minute by minute as the oracle.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Timelike as _, Weekday};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::domain::known::Known;
use crate::domain::reference::Reference;
use crate::domain::span::{Instant, tokyo, tokyo_instant};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    desks: Vec<DeskVector>,
    literal_hotline: Vec<HotlineVector>,
    languages: Vec<LanguageVector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskVector {
    desk: String,
    at: Instant,
    open: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HotlineVector {
    at: Instant,
    literal_open: bool,
    complement_open: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageVector {
    tag: String,
    at: Instant,
    open: Option<bool>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../tests/vectors/desk-hours.json")).unwrap()
}

fn reference() -> Reference {
    Reference::embedded().unwrap()
}

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(&format!("{text}:00+09:00")).unwrap().to_utc()
}

fn desk_status(reference: &Reference, desk: &str, instant: Instant) -> Status {
    reference.desks().timetable(desk).unwrap().status(instant, reference.holidays())
}

fn language_status(reference: &Reference, tag: &str, instant: Instant) -> Status {
    reference.languages().timetable(tag).unwrap().status(instant, reference.holidays())
}

#[test]
fn desks_are_open_as_in_the_vectors() {
    let (reference, vectors) = (reference(), vectors());
    assert_eq!(vectors.desks.len(), 22);
    for vector in vectors.desks {
        let status = desk_status(&reference, &vector.desk, vector.at);
        assert_eq!(status.is_open().known(), vector.open, "{} at {}", vector.desk, vector.at);
    }
}

#[test]
fn the_hotline_is_open_whenever_the_day_desks_are_closed_whatever_is_printed() {
    // Section 6.3, the midnight trap: read literally the hotline is shut on Monday from 0:00 to 9:00.
    let (reference, vectors) = (reference(), vectors());
    let desk = reference.desks().get("003.accident_hotline").unwrap();
    let Hours::ComplementOf { printed: Some(printed), .. } = &desk.hours else { panic!("{:?}", desk.hours) };
    let literal = Timetable::Windows(printed.clone());
    assert_eq!(vectors.literal_hotline.len(), 3);
    for vector in vectors.literal_hotline {
        let read_literally = literal.status(vector.at, reference.holidays());
        assert_eq!(read_literally.is_open(), Known::Known(vector.literal_open), "{}", vector.at);
        let meant = desk_status(&reference, "003.accident_hotline", vector.at);
        assert_eq!(meant.is_open(), Known::Known(vector.complement_open), "{}", vector.at);
    }
}

#[test]
fn languages_are_spoken_as_in_the_vectors() {
    let (reference, vectors) = (reference(), vectors());
    assert_eq!(vectors.languages.len(), 6);
    for vector in vectors.languages {
        let status = language_status(&reference, &vector.tag, vector.at);
        assert_eq!(status.is_open().known(), vector.open, "{} at {}", vector.tag, vector.at);
    }
}

#[test]
fn a_weekend_closes_the_hotline_only_when_the_desks_open() {
    let reference = reference();
    // Friday 27 November 2026, 23:00: open until Monday 9:00, over both midnights.
    let status = desk_status(&reference, "003.accident_hotline", at("2026-11-27T23:00"));
    assert_eq!(status, Status::Open { until: Some(at("2026-11-30T09:00")) });
    // Section 6.3: 29 and 30 December are ordinary weekdays; the desks close from the 30th, 17:00 to 4 January.
    let status = desk_status(&reference, "003.accident_hotline", at("2026-12-30T16:59"));
    assert_eq!(status, Status::Closed { opens_at: Some(at("2026-12-30T17:00")) });
    let status = desk_status(&reference, "003.accident_hotline", at("2026-12-30T17:00"));
    assert_eq!(status, Status::Open { until: Some(at("2027-01-04T09:00")) });
}

#[test]
fn holidays_stretch_a_weekend() {
    let reference = reference();
    // T-03: Saturday 19 to Wednesday 23 September 2026 is one closure; the 22nd is a sandwiched day.
    let status = desk_status(&reference, "000.inss.host_desk", at("2026-09-18T17:30"));
    assert_eq!(status, Status::Closed { opens_at: Some(at("2026-09-24T09:00")) });
    // Saturday 2 to Wednesday 6 May 2026; Friday 1 May is an ordinary day.
    let status = desk_status(&reference, "000.inss.host_desk", at("2026-05-01T17:29"));
    assert_eq!(status, Status::Open { until: Some(at("2026-05-01T17:30")) });
    let status = desk_status(&reference, "000.inss.host_desk", at("2026-05-01T17:30"));
    assert_eq!(status, Status::Closed { opens_at: Some(at("2026-05-07T09:00")) });
}

#[test]
fn vietnamese_keeps_holiday_hours_on_holidays_and_ordinary_ones_on_31_december() {
    let reference = reference();
    let status = |text: &str| language_status(&reference, "vi", at(text));
    // Section 6.4: Monday 23 November 2026 is a holiday, 10 to 20; Tuesday is 9 to 20.
    assert_eq!(status("2026-11-23T09:59"), Status::Closed { opens_at: Some(at("2026-11-23T10:00")) });
    assert_eq!(status("2026-11-23T10:00"), Status::Open { until: Some(at("2026-11-23T20:00")) });
    assert_eq!(status("2026-11-23T20:00"), Status::Closed { opens_at: Some(at("2026-11-24T09:00")) });
    // I-04, I-05: nothing is printed about year-end, so Thursday the 31st is an ordinary weekday.
    assert_eq!(status("2026-12-31T09:00"), Status::Open { until: Some(at("2026-12-31T20:00")) });
    assert_eq!(status("2026-12-31T20:00"), Status::Closed { opens_at: Some(at("2027-01-01T10:00")) });
}

#[test]
fn always_and_unspecified_have_no_next_change() {
    let reference = reference();
    let night = at("2027-01-01T02:00");
    let line = reference.desks().timetable("000.jbr.worker_line").unwrap();
    assert_eq!(line.status(night, reference.holidays()), Status::Open { until: None });
    assert_eq!(line.next_opening(night, reference.holidays()), Known::Known(Some(night)));
    let nepali = reference.languages().timetable("ne").unwrap();
    assert_eq!(nepali.status(night, reference.holidays()), Status::Unspecified);
    assert_eq!(nepali.next_opening(night, reference.holidays()), Known::Unspecified);
    let never = Timetable::Outside(vec![Timetable::Always]);
    assert_eq!(never.next_opening(night, reference.holidays()), Known::Known(None));
    let unknown = Timetable::Outside(vec![Timetable::Always, Timetable::Unspecified]);
    assert_eq!(unknown.status(night, reference.holidays()), Status::Unspecified);
}

#[test]
fn a_year_off_the_calendar_is_read_as_ordinary_and_said_to_be_unsure() {
    let reference = reference();
    let desk = reference.desks().timetable("000.inss.host_desk").unwrap();
    let certainty = |text: &str| desk.certainty(at(text), reference.holidays());
    assert_eq!(certainty("2026-11-24T10:00"), Certainty::Gazetted);
    assert_eq!(certainty("2028-05-02T10:00"), Certainty::Provisional);
    // 23 November 2029, a Friday, will be a holiday; nothing on file says so.
    assert_eq!(certainty("2029-11-23T10:00"), Certainty::Unknown);
    assert_eq!(desk.status(at("2029-11-23T10:00"), reference.holidays()).is_open(), Known::Known(true));
    // The last evening of a known year already looks into the next one.
    assert_eq!(certainty("2027-12-28T18:00"), Certainty::Provisional);
    let line = reference.desks().timetable("000.jbr.worker_line").unwrap();
    assert_eq!(line.certainty(at("2029-11-23T10:00"), reference.holidays()), Certainty::Gazetted);
}

#[test]
fn windows_that_touch_at_midnight_are_one_opening() {
    let reference = reference();
    let hours = r#"
        kind = "windows"
        windows = [
          { days = ["weekday", "holiday"], from = "00:00", to = "24:00" },
          { days = ["sat"], from = "00:00", to = "12:00" },
        ]"#;
    let Ok(Hours::Windows(windows)) = toml::from_str(hours) else { panic!("hours") };
    let timetable = Timetable::Windows(windows);
    let status = timetable.status(at("2026-11-24T12:00"), reference.holidays());
    assert_eq!(status, Status::Open { until: Some(at("2026-11-28T12:00")) });
    let status = timetable.status(at("2026-11-29T12:00"), reference.holidays());
    assert_eq!(status, Status::Closed { opens_at: Some(at("2026-11-30T00:00")) });
}

/// A window as a test writes it: classes by name, minutes from the midnight of the day it opens.
#[derive(Debug, Clone)]
struct PlainWindow {
    days: Vec<&'static str>,
    from: u32,
    to: u32,
}

#[derive(Debug, Clone)]
struct PlainHours {
    windows: Vec<PlainWindow>,
    /// First and last day, as (month, day).
    year_end: ((u32, u32), (u32, u32)),
}

impl PlainHours {
    fn to_windows(&self) -> Windows {
        let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let to = |minute: u32| match minute.checked_sub(24 * 60) {
            Some(next_day) if next_day > 0 => format!("{}+1", clock(next_day)),
            _ => clock(minute),
        };
        let rows: Vec<_> = self
            .windows
            .iter()
            .map(|w| format!("{{ days = {:?}, from = '{}', to = '{}' }}", w.days, clock(w.from), to(w.to)))
            .collect();
        let ((m1, d1), (m2, d2)) = self.year_end;
        let text = format!(
            "kind = 'windows'\nwindows = [{}]\n\
             year_end = {{ from = '{m1:02}-{d1:02}', to = '{m2:02}-{d2:02}', basis = 'proposal' }}",
            rows.join(", ")
        );
        match toml::from_str::<Hours>(&text) {
            Ok(Hours::Windows(windows)) => windows,
            other => panic!("{other:?} from {text}"),
        }
    }

    fn class(&self, date: NaiveDate, holidays: &Holidays) -> &'static str {
        let ((m1, d1), (m2, d2)) = self.year_end;
        let key = |month: u32, day: u32| month * 100 + day;
        let (today, first, last) = (key(date.month(), date.day()), key(m1, d1), key(m2, d2));
        // Every range drawn below runs over New Year.
        if today >= first || today <= last {
            return "year_end";
        }
        if holidays.iter().any(|holiday| holiday.date == date) {
            return "holiday";
        }
        match date.weekday() {
            Weekday::Sat => "sat",
            Weekday::Sun => "sun",
            _ => "weekday",
        }
    }

    /// Open at a minute: some window of today or of yesterday holds it.
    fn is_open(&self, instant: Instant, holidays: &Holidays) -> bool {
        let local = tokyo(instant);
        let today = local.date_naive();
        let minute = local.hour() * 60 + local.minute();
        let opened = |date: NaiveDate, minute: u32| {
            let class = self.class(date, holidays);
            let mut windows = self.windows.iter().filter(|window| window.days.contains(&class));
            windows.any(|window| window.from <= minute && minute < window.to)
        };
        opened(today, minute) || opened(today.pred_opt().unwrap(), minute + 24 * 60)
    }
}

fn plain_window() -> impl Strategy<Value = PlainWindow> {
    let classes = prop::sample::subsequence(vec!["weekday", "sat", "sun", "holiday", "year_end"], 1..=5);
    (classes, 0u32..96, 1u32..=100).prop_map(|(days, from, length)| {
        let from = from * 15;
        PlainWindow { days, from, to: (from + length * 15).min(48 * 60) }
    })
}

fn plain_hours() -> impl Strategy<Value = PlainHours> {
    let year_end = prop::sample::select(vec![((12, 29), (1, 3)), ((12, 31), (1, 3)), ((12, 24), (1, 6))]);
    (prop::collection::vec(plain_window(), 1..4), year_end)
        .prop_map(|(windows, year_end)| PlainHours { windows, year_end })
}

/// Days of 2026 and 2027: holidays in runs, two New Years, ordinary weeks.
fn instant() -> impl Strategy<Value = Instant> {
    let any_day = 0i64..700;
    let odd_day =
        prop::sample::select(vec![120i64, 122, 124, 260, 263, 264, 325, 326, 360, 362, 364, 366, 367]);
    (prop_oneof![any_day, odd_day], 0i64..1440, 0i64..60).prop_map(|(day, minute, second)| {
        let date = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + TimeDelta::days(day);
        tokyo_instant(date, minute) + TimeDelta::seconds(second)
    })
}

const LOOK_AHEAD_MINUTES: i64 = 10 * 24 * 60;

/// Compares a status with what every minute of the next ten days says.
fn agrees(status: Status, from: Instant, is_open: impl Fn(Instant) -> bool) -> Result<(), TestCaseError> {
    let now = is_open(from);
    let this_minute = from - TimeDelta::seconds(i64::from(from.second()));
    let change = (1..=LOOK_AHEAD_MINUTES)
        .map(|ahead| this_minute + TimeDelta::minutes(ahead))
        .find(|instant| is_open(*instant) != now);
    let said = match status {
        Status::Open { until } => {
            prop_assert!(now, "said open");
            until
        }
        Status::Closed { opens_at } => {
            prop_assert!(!now, "said closed");
            opens_at
        }
        Status::Unspecified => return Err(TestCaseError::fail("unspecified")),
    };
    match change {
        Some(change) => prop_assert_eq!(said, Some(change)),
        None => {
            prop_assert!(said.is_none_or(|said| said > this_minute + TimeDelta::minutes(LOOK_AHEAD_MINUTES)))
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn windows_agree_with_a_reading_minute_by_minute(hours in plain_hours(), from in instant()) {
        let reference = reference();
        let holidays = reference.holidays();
        let status = Timetable::Windows(hours.to_windows()).status(from, holidays);
        agrees(status, from, |instant| hours.is_open(instant, holidays))?;
    }

    #[test]
    fn complements_agree_with_a_reading_minute_by_minute(
        desks in prop::collection::vec(plain_hours(), 1..4),
        from in instant(),
    ) {
        let reference = reference();
        let holidays = reference.holidays();
        let of = desks.iter().map(|hours| Timetable::Windows(hours.to_windows())).collect();
        let status = Timetable::Outside(of).status(from, holidays);
        agrees(status, from, |instant| desks.iter().all(|hours| !hours.is_open(instant, holidays)))?;
    }
}
