use chrono::{Datelike as _, NaiveDate};
use proptest::prelude::*;

use super::*;
use crate::domain::{
    calendar::{Holidays, YearEnd},
    reference::{Reference, basis::Basis},
    roster::{HolidayRule, Weekday, WeeklyShift},
    span::tokyo_instant,
};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    format!("{text}:00+09:00").parse().unwrap()
}

fn span(from: &str, to: &str) -> Span {
    Span::new(at(from), at(to)).unwrap()
}

fn year_end() -> YearEnd {
    YearEnd { from: "12-29".parse().unwrap(), to: "01-03".parse().unwrap(), basis: Basis::Proposal }
}

fn rest_days() -> RestDays {
    RestDays::new(Reference::embedded().unwrap().holidays(), Some(&year_end()))
}

fn roster(shifts: &[(Weekday, u16, u16, HolidayRule)]) -> Roster {
    let shift = |(day, from, to, rule): &(Weekday, u16, u16, HolidayRule)| {
        WeeklyShift::new(*day, *from, *to).unwrap().on_holidays(*rule)
    };
    Roster::new(shifts.iter().map(shift).collect()).unwrap()
}

/// 2026-12-31 is a Thursday and a year-end day, 2027-01-01 a Friday and a holiday.
#[test]
fn a_window_belongs_to_the_day_it_opens() {
    let rest_days = rest_days();
    let nights = roster(&[
        (Weekday::Monday, 1_320, 1_800, HolidayRule::Off),
        (Weekday::Sunday, 1_320, 1_800, HolidayRule::Only),
    ]);
    let duty = Duty { roster: &nights, entries: &[], rest_days: &rest_days };
    // Monday 12-28 is an ordinary day: its night runs into the year-end day.
    assert_eq!(duty.at(at("2026-12-29T05:59")), DutyAt::OnShift { until: at("2026-12-29T06:00") });
    assert_eq!(
        duty.at(at("2026-12-29T06:00")),
        DutyAt::Off { cause: OffCause::NoShift, next: Some(at("2027-01-03T22:00")) },
        "half-open; and Sunday 01-03 is a year-end day"
    );
    assert_eq!(duty.at(at("2027-01-04T05:59")), DutyAt::OnShift { until: at("2027-01-04T06:00") });
    // Monday 01-11 is the coming-of-age day: no night opens, and the words can say why.
    assert_eq!(
        duty.at(at("2027-01-12T03:00")),
        DutyAt::Off { cause: OffCause::Holiday, next: Some(at("2027-01-18T22:00")) }
    );
    assert_eq!(
        duty.at(at("2027-01-10T23:00")),
        DutyAt::Off { cause: OffCause::NoShift, next: Some(at("2027-01-18T22:00")) },
        "an ordinary Sunday"
    );
}

#[test]
fn round_the_clock_over_the_year_has_no_hole() {
    let rest_days = rest_days();
    let days: Vec<_> = Weekday::ALL
        .iter()
        .flat_map(|day| [(*day, 0, 1_440, HolidayRule::Off), (*day, 0, 1_440, HolidayRule::Only)])
        .collect();
    let always = roster(&days);
    let duty = Duty { roster: &always, entries: &[], rest_days: &rest_days };
    let last = at("2026-12-31T23:59") + TimeDelta::microseconds(59_999_999);
    assert_eq!(duty.at(last), DutyAt::OnShift { until: last + TimeDelta::days(7) });
    let whole = span("2026-12-24T00:00", "2027-01-08T00:00");
    assert_eq!(duty.windows(whole), [DutyWindow { kind: DutyKind::Shift, span: whole }]);
}

#[test]
fn entries_add_and_take_away() {
    let rest_days = rest_days();
    let nights = roster(&[(Weekday::Thursday, 1_320, 1_800, HolidayRule::Works)]);
    let entry = |kind, from, to| Entry { kind, span: span(from, to) };
    let entries = [
        entry(ShiftEntryKind::OnCall, "2026-12-31T20:00", "2027-01-01T12:00"),
        entry(ShiftEntryKind::ExtraShift, "2027-01-01T06:00", "2027-01-01T08:00"),
        entry(ShiftEntryKind::DayOff, "2027-01-01T01:00", "2027-01-01T02:00"),
    ];
    let duty = Duty { roster: &nights, entries: &entries, rest_days: &rest_days };
    for (asked, expected) in [
        ("2026-12-31T20:00", DutyAt::OnCall { until: at("2026-12-31T22:00") }),
        ("2026-12-31T22:00", DutyAt::OnShift { until: at("2027-01-01T01:00") }),
        ("2027-01-01T01:30", DutyAt::Off { cause: OffCause::DayOff, next: Some(at("2027-01-01T02:00")) }),
        ("2027-01-01T02:00", DutyAt::OnShift { until: at("2027-01-01T08:00") }),
        ("2027-01-01T08:00", DutyAt::OnCall { until: at("2027-01-01T12:00") }),
        ("2027-01-01T12:00", DutyAt::Off { cause: OffCause::NoShift, next: Some(at("2027-01-07T22:00")) }),
    ] {
        assert_eq!(duty.at(at(asked)), expected, "{asked}");
    }
}

/// The slow reference: what one minute is, from the plain data, by dates and clock times. It shares nothing with the
/// code under test but the types it is asked with.
mod slow {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Minute {
        Shift,
        OnCall,
        DayOff,
        GivenAway,
        Nothing,
    }

    pub(super) struct World<'a> {
        pub(super) shifts: &'a [WeeklyShift],
        pub(super) entries: &'a [Entry],
        pub(super) holidays: &'a Holidays,
        pub(super) year_end: YearEnd,
    }

    impl World<'_> {
        fn rests(&self, date: NaiveDate) -> bool {
            self.holidays.on(date).is_some() || self.year_end.contains(date)
        }

        fn entered(&self, kind: ShiftEntryKind, at: Instant) -> bool {
            self.entries
                .iter()
                .any(|entry| entry.kind == kind && entry.span.from() <= at && at < entry.span.to())
        }

        /// `minute` of the day `date` in Tokyo.
        pub(super) fn at(&self, date: NaiveDate, minute: u16) -> Minute {
            let opened = |shift: &WeeklyShift, opens_on: NaiveDate, minute: u16| {
                let day = opens_on.weekday().num_days_from_monday() as usize;
                Weekday::ALL[day] == shift.day()
                    && (shift.from_minute()..shift.to_minute()).contains(&minute)
                    && match shift.holidays() {
                        HolidayRule::Works => true,
                        HolidayRule::Off => !self.rests(opens_on),
                        HolidayRule::Only => self.rests(opens_on),
                    }
            };
            let yesterday = date.pred_opt().unwrap();
            let weekly = self
                .shifts
                .iter()
                .any(|shift| opened(shift, date, minute) || opened(shift, yesterday, minute + 1_440));
            let at = tokyo_instant(date, minute.into());
            if self.entered(ShiftEntryKind::DayOff, at) {
                Minute::DayOff
            } else if self.entered(ShiftEntryKind::GivenAway, at) {
                Minute::GivenAway
            } else if weekly || self.entered(ShiftEntryKind::ExtraShift, at) {
                Minute::Shift
            } else if self.entered(ShiftEntryKind::OnCall, at) {
                Minute::OnCall
            } else {
                Minute::Nothing
            }
        }
    }
}

fn any_shift() -> impl Strategy<Value = WeeklyShift> {
    let rule = (0..3_usize).prop_map(|nth| HolidayRule::ALL[nth]);
    // Coarse steps make windows that touch common.
    let from = prop_oneof![(0..1_440_u16), (0..6_u16).prop_map(|step| step * 240)];
    (0..7_usize, from, 1..=6_u16, 0..240_u16, rule).prop_map(|(day, from, steps, less, rule)| {
        let length = if less < 120 { steps * 240 } else { steps * 240 - less };
        WeeklyShift::new(Weekday::ALL[day], from, from + length).unwrap().on_holidays(rule)
    })
}

/// From three days before to three after the four days that are asked about, over New Year.
fn any_entry() -> impl Strategy<Value = Entry> {
    let from = prop_oneof![(0..14_400_i64), (0..60_i64).prop_map(|step| step * 240)];
    (0..4_usize, from, prop_oneof![1..2_880_i64, Just(240), Just(1_440)]).prop_map(|(kind, from, length)| {
        let start = tokyo_instant(date("2026-12-27"), from);
        let span = Span::new(start, start + TimeDelta::minutes(length)).unwrap();
        Entry { kind: ShiftEntryKind::ALL[kind], span }
    })
}

/// A kind of minute that `run` is made of, from `first` on, for `days`.
fn minutes_of(world: &slow::World<'_>, first: NaiveDate, days: usize) -> Vec<slow::Minute> {
    first.iter_days().take(days).flat_map(|day| (0..1_440).map(move |minute| world.at(day, minute))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn agrees_with_looking_at_every_minute(
        shifts in prop::collection::vec(any_shift(), 0..8),
        entries in prop::collection::vec(any_entry(), 0..8),
        asked in prop::collection::vec((0..4 * 1_440_usize, 0..60_000_000_i64), 24),
    ) {
        let reference = Reference::embedded().unwrap();
        let world =
            slow::World { shifts: &shifts, entries: &entries, holidays: reference.holidays(), year_end: year_end() };
        // Three days before New Year to one after; 31 days more for what comes next.
        let first = date("2026-12-30");
        let minutes = minutes_of(&world, first, 36);
        let (rest_days, roster) = (rest_days(), Roster::new(shifts.clone()).unwrap());
        let duty = Duty { roster: &roster, entries: &entries, rest_days: &rest_days };
        let instant = |minute: usize| tokyo_instant(first, i64::try_from(minute).unwrap());
        for (minute, micros) in asked {
            let at = instant(minute) + TimeDelta::microseconds(micros);
            let end_of = |kind: slow::Minute, most: usize| {
                (minute..minute + most).find(|one| minutes[*one] != kind)
            };
            let next = (minute + 1..=minute + 31 * 1_440).find(|one| minutes[*one] == slow::Minute::Shift);
            let next = next.map(instant);
            match (minutes[minute], duty.at(at)) {
                (slow::Minute::Shift, DutyAt::OnShift { until }) => {
                    let expected = end_of(slow::Minute::Shift, 10_080).map_or(at + TimeDelta::days(7), instant);
                    prop_assert_eq!(until, expected);
                }
                (slow::Minute::OnCall, DutyAt::OnCall { until }) => {
                    // Two entries that touch are two: the first one's end is an end.
                    let run = end_of(slow::Minute::OnCall, 10_080).map(instant).unwrap();
                    prop_assert!(at < until && until <= run, "{until} {run}");
                    prop_assert!(until == run || entries.iter().any(|entry| entry.span.to() == until));
                }
                (slow::Minute::DayOff, DutyAt::Off { cause: OffCause::DayOff, next: said }) => {
                    prop_assert_eq!(said, next);
                }
                (slow::Minute::GivenAway, DutyAt::Off { cause: OffCause::GivenAway, next: said }) => {
                    prop_assert_eq!(said, next);
                }
                (slow::Minute::Nothing, DutyAt::Off { cause, next: said }) => {
                    prop_assert!(matches!(cause, OffCause::NoShift | OffCause::Holiday));
                    prop_assert_eq!(said, next);
                }
                (expected, said) => prop_assert!(false, "{at}: {expected:?} but {said:?}"),
            }
        }
    }

    #[test]
    fn windows_are_the_minutes_in_runs(
        shifts in prop::collection::vec(any_shift(), 0..8),
        entries in prop::collection::vec(any_entry(), 0..8),
    ) {
        let reference = Reference::embedded().unwrap();
        let world =
            slow::World { shifts: &shifts, entries: &entries, holidays: reference.holidays(), year_end: year_end() };
        let first = date("2026-12-30");
        let minutes = minutes_of(&world, first, 5);
        let (rest_days, roster) = (rest_days(), Roster::new(shifts.clone()).unwrap());
        let duty = Duty { roster: &roster, entries: &entries, rest_days: &rest_days };
        let whole = Span::new(tokyo_instant(first, 0), tokyo_instant(first, 5 * 1_440)).unwrap();
        let windows = duty.windows(whole);
        for (minute, expected) in minutes.iter().enumerate() {
            let at = tokyo_instant(first, i64::try_from(minute).unwrap());
            let said: Vec<_> = windows.iter().filter(|one| one.span.contains(at)).map(|one| one.kind).collect();
            let plain: &[DutyKind] = match expected {
                slow::Minute::Shift => &[DutyKind::Shift],
                slow::Minute::OnCall => &[DutyKind::OnCall],
                slow::Minute::GivenAway => &[DutyKind::GivenAway],
                slow::Minute::Nothing => &[],
                slow::Minute::DayOff => {
                    // What was given away stays so on a day off.
                    prop_assert!(said.contains(&DutyKind::DayOff));
                    prop_assert!(said.iter().all(|kind| matches!(kind, DutyKind::DayOff | DutyKind::GivenAway)));
                    continue;
                }
            };
            prop_assert_eq!(&said[..], plain, "{}", at);
        }
    }
}
