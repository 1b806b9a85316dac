use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::domain::span::tokyo_instant;

/// Monday 2026-11-23, Tokyo, plus minutes.
fn monday(minute: i64) -> Instant {
    tokyo_instant(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), minute)
}

fn shift(json: &str) -> Result<WeeklyShift, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

fn roster(shifts: &[(Weekday, u16, u16)]) -> Roster {
    Roster::new(shifts.iter().map(|(day, from, to)| WeeklyShift::new(*day, *from, *to).unwrap()).collect())
        .unwrap()
}

#[test]
fn a_shift_is_written_as_it_is_read() {
    for text in [
        r#"{"day":"mon","from":"22:00","to":"06:00+1"}"#,
        r#"{"day":"sun","from":"00:00","to":"24:00"}"#,
        r#"{"day":"wed","from":"09:30","to":"18:00"}"#,
        r#"{"day":"sat","from":"23:59","to":"23:59+1"}"#,
        r#"{"day":"fri","from":"09:00","to":"18:00","holidays":"off"}"#,
        r#"{"day":"fri","from":"09:00","to":"18:00","holidays":"only"}"#,
    ] {
        assert_eq!(serde_json::to_string(&shift(text).unwrap()).unwrap(), text);
    }
    let night = shift(r#"{"day":"mon","from":"22:00","to":"06:00+1"}"#).unwrap();
    assert_eq!((night.day(), night.from_minute(), night.to_minute()), (Weekday::Monday, 1_320, 1_800));
    let said = shift(r#"{"day":"mon","from":"22:00","to":"06:00+1","holidays":"works"}"#);
    assert_eq!(said.as_ref(), Ok(&night), "the rule that need not be said");
    assert_eq!(
        shift(r#"{"day":"mon","from":"22:00","to":"00:00+1"}"#),
        shift(r#"{"day":"mon","from":"22:00","to":"24:00"}"#)
    );
}

#[test]
fn what_is_wrong_with_a_shift_is_said() {
    for (text, said) in [
        (r#"{"day":"mon","from":"24:00","to":"06:00+1"}"#, "'from' is '24:00'"),
        (r#"{"day":"mon","from":"9:00","to":"18:00"}"#, "'from' is '9:00'"),
        (r#"{"day":"mon","from":"09:60","to":"18:00"}"#, "'from' is '09:60'"),
        (r#"{"day":"mon","from":"09:00+1","to":"18:00"}"#, "'from' is '09:00+1'"),
        (r#"{"day":"mon","from":"０9:00","to":"18:00"}"#, "'from' is '０9:00'"),
        (r#"{"day":"mon","from":"09:00","to":"24:01"}"#, "'to' is '24:01'"),
        (r#"{"day":"mon","from":"09:00","to":"24:00+1"}"#, "'to' is '24:00+1'"),
        (r#"{"day":"mon","from":"09:00","to":"06:00+2"}"#, "'to' is '06:00+2'"),
        (r#"{"day":"mon","from":"09:00","to":"-1:00"}"#, "'to' is '-1:00'"),
        (r#"{"day":"mon","from":"22:00","to":"06:00"}"#, "'22:00' to '06:00'"),
        (r#"{"day":"mon","from":"09:00","to":"09:00"}"#, "'09:00' to '09:00'"),
        (r#"{"day":"mon","from":"09:00","to":"09:01+1"}"#, "'09:00' to '09:01+1'"),
        (r#"{"day":"Mon","from":"09:00","to":"18:00"}"#, "unknown variant `Mon`"),
        (r#"{"day":"mon","from":"09:00","to":"18:00","holiday":true}"#, "unknown field `holiday`"),
        (
            r#"{"day":"mon","from":"09:00","to":"18:00","holidays":"sometimes"}"#,
            "unknown variant `sometimes`",
        ),
        (r#"{"day":"mon","from":"09:00"}"#, "missing field `to`"),
    ] {
        let error = shift(text).unwrap_err();
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn a_roster_holds_fifty_shifts() {
    let one = WeeklyShift::new(Weekday::Monday, 0, 60).unwrap();
    assert!(Roster::new(vec![one; 50]).is_ok());
    assert_eq!(
        Roster::new(vec![one; 51]).unwrap_err().to_string(),
        "a roster holds at most 50 shifts; 51 were given"
    );
    let json = format!("[{}]", vec![r#"{"day":"mon","from":"09:00","to":"18:00"}"#; 51].join(","));
    assert!(serde_json::from_str::<Roster>(&json).is_err());
}

#[test]
fn round_the_clock_has_no_hole_at_midnight() {
    let days: Vec<_> = Weekday::ALL.iter().map(|day| (*day, 0, 1_440)).collect();
    let roster = roster(&days);
    for minute in 0..7 * 1_440 {
        let at = monday(minute) + TimeDelta::milliseconds(59_999);
        assert_eq!(roster.on_shift(at), Some(at + TimeDelta::days(7)), "minute {minute}");
    }
    assert_eq!(roster.next_shift(monday(0)), None);
}

#[test]
fn a_night_shift_belongs_to_the_day_it_opens() {
    let roster = roster(&[(Weekday::Sunday, 1_320, 1_800)]);
    // Sunday 22:00 to Monday 06:00, seen from the Monday it runs into.
    assert_eq!(roster.on_shift(monday(5 * 60 + 59)), Some(monday(6 * 60)));
    assert_eq!(roster.on_shift(monday(6 * 60)), None);
    assert_eq!(roster.next_shift(monday(6 * 60)), Some(monday(6 * 1_440 + 1_320)));
    assert_eq!(roster.on_shift(monday(6 * 1_440 + 1_320)), Some(monday(7 * 1_440 + 360)));
    let last = monday(6 * 1_440 + 1_320) - TimeDelta::microseconds(1);
    assert_eq!(roster.on_shift(last), None);
    assert_eq!(roster.next_shift(last), Some(monday(6 * 1_440 + 1_320)));
}

#[test]
fn nobody_is_on_an_empty_roster() {
    let roster = Roster::default();
    assert_eq!((roster.on_shift(monday(0)), roster.next_shift(monday(0))), (None, None));
}

/// Which minutes of the week are on shift, one by one.
fn minutes(shifts: &[WeeklyShift]) -> Vec<bool> {
    let mut week = vec![false; 10_080];
    for shift in shifts {
        for minute in shift.from_minute()..shift.to_minute() {
            week[(shift.day() as usize * 1_440 + usize::from(minute)) % 10_080] = true;
        }
    }
    week
}

fn any_shift() -> impl Strategy<Value = WeeklyShift> {
    // Coarse steps make windows that touch common.
    (0..7_usize, prop_oneof![(0..1_440_u16), (0..6_u16).prop_map(|step| step * 240)], 1..=6_u16, 0..240_u16)
        .prop_map(|(day, from, steps, less)| {
            let length = if less < 120 { steps * 240 } else { steps * 240 - less };
            WeeklyShift::new(Weekday::ALL[day], from, from + length).unwrap()
        })
}

proptest! {
    #[test]
    fn agrees_with_counting_minutes(
        shifts in prop::collection::vec(any_shift(), 0..16),
        minute in 0..10_080_usize,
        weeks in -3_000..3_000_i64,
        micros in 0..60_000_000_i64,
    ) {
        let week = minutes(&shifts);
        let roster = Roster::new(shifts).unwrap();
        let start = monday(weeks * 10_080 + i64::try_from(minute).unwrap());
        let at = start + TimeDelta::microseconds(micros);
        let on = |ahead: usize| week[(minute + ahead) % 10_080];

        let until = if !on(0) {
            None
        } else {
            match (1..10_080).find(|ahead| !on(*ahead)) {
                Some(ahead) => Some(start + TimeDelta::minutes(i64::try_from(ahead).unwrap())),
                None => Some(at + TimeDelta::days(7)),
            }
        };
        prop_assert_eq!(roster.on_shift(at), until);

        let next = (1..=10_080)
            .find(|ahead| on(*ahead) && !on(*ahead - 1))
            .map(|ahead| start + TimeDelta::minutes(i64::try_from(ahead).unwrap()));
        prop_assert_eq!(roster.next_shift(at), next);
    }
}
