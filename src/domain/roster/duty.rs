//! When a technician can be sent: weekly shifts with their holiday rules, and what dated entries add and take away.
//!
//! - A weekly window opens or not by the class of the day it opens (T-06), and runs to its end whatever comes.
//! - Extra shifts are shifts. Days off and windows given to a colleague take everything away, extra shifts and on-call
//!   too: whoever works all the same shortens them first.
//! - On call is what is left of an on-call entry outside of shifts.
//!
//! Everything is half-open (T-07) and in whole minutes.

use chrono::{SubsecRound as _, TimeDelta};

use super::{
    HolidayRule, Roster, WEEK_MINUTES,
    minutes::{DAY, Minutes, instant_of, minute_of},
    rest_days::RestDays,
};
use crate::domain::{
    span::{Instant, Span},
    text_enum::text_enum,
};

const WEEK: i64 = WEEK_MINUTES as i64;

/// How far ahead the next shift is looked for.
const AHEAD_DAYS: i64 = 31;

text_enum! {
    /// What a dated entry is.
    pub enum ShiftEntryKind("kind of shift entry") {
        /// Asked when somebody is needed; needs a while to get ready.
        OnCall = "on_call",
        /// A shift besides the weekly ones.
        ExtraShift = "extra_shift",
        /// A day off, or an absence: takes everything else away.
        DayOff = "day_off",
        /// Given to a colleague in a swap: takes everything else away.
        GivenAway = "given_away",
    }
}

impl ShiftEntryKind {
    /// What is entered by itself; the other comes from a swap only.
    pub const ENTERED: &'static [Self] = &[Self::OnCall, Self::ExtraShift, Self::DayOff];

    /// Whether nobody works then, whatever else is entered.
    #[must_use]
    pub fn takes_away(self) -> bool {
        matches!(self, Self::DayOff | Self::GivenAway)
    }
}

/// As much of an entry as decides who is on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: ShiftEntryKind,
    /// From when until when, in whole minutes.
    pub span: Span,
}

/// What a technician's roster comes to.
#[derive(Debug, Clone, Copy)]
pub struct Duty<'a> {
    /// The weekly shifts.
    pub roster: &'a Roster,
    /// The dated entries that matter, in any order.
    pub entries: &'a [Entry],
    /// On which days the holiday rules differ.
    pub rest_days: &'a RestDays,
}

/// A technician's duty at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyAt {
    /// On shift.
    OnShift {
        /// Its end; one week on when none is nearer.
        until: Instant,
    },
    /// On call: not on shift, but may be asked.
    OnCall {
        /// Its end, or the beginning of the shift that follows.
        until: Instant,
    },
    /// Neither.
    Off {
        /// Why.
        cause: OffCause,
        /// The next opening of a shift within 31 days, when there is one.
        next: Option<Instant>,
    },
}

text_enum! {
    /// Why a technician is not on shift.
    pub enum OffCause("cause of being off") {
        /// No shift then.
        NoShift = "no_shift",
        /// A shift that does not open, or opens only, on public holidays and year-end days.
        Holiday = "holiday",
        /// A day off or an absence.
        DayOff = "day_off",
        /// The shift was given to a colleague.
        GivenAway = "given_away",
    }
}

text_enum! {
    /// What a window of a resolved roster is.
    pub enum DutyKind("kind of duty") {
        /// On shift.
        Shift = "shift",
        /// On call.
        OnCall = "on_call",
        /// A day off or an absence.
        DayOff = "day_off",
        /// Given to a colleague.
        GivenAway = "given_away",
    }
}

/// One window of a resolved roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyWindow {
    /// What it is.
    pub kind: DutyKind,
    /// From when until when.
    pub span: Span,
}

impl Duty<'_> {
    /// The duty at an instant. Without entries and holiday rules O(shifts); with them O(shifts x windows that touch
    /// + entries).
    #[must_use]
    pub fn at(&self, at: Instant) -> DutyAt {
        if self.entries.is_empty() && self.roster.is_plain() {
            return match self.roster.on_shift(at) {
                Some(until) => DutyAt::OnShift { until },
                None => DutyAt::Off { cause: OffCause::NoShift, next: self.roster.next_shift(at) },
            };
        }
        let now = minute_of(at);
        if let Some(kind) = self.taken_away(now) {
            let cause = if kind == ShiftEntryKind::DayOff { OffCause::DayOff } else { OffCause::GivenAway };
            return DutyAt::Off { cause, next: self.next_shift(now).map(instant_of) };
        }
        if let Some(until) = self.shift_until(now) {
            let week_on = at.checked_add_signed(TimeDelta::days(7)).unwrap_or(Instant::MAX_UTC);
            return DutyAt::OnShift { until: if until >= now + WEEK { week_on } else { instant_of(until) } };
        }
        let next = self.next_shift(now);
        if let Some(end) = self.of(ShiftEntryKind::OnCall).find(|(from, to)| (*from..*to).contains(&now)) {
            let until = [Some(end.1), self.next_taken_away(now), next].into_iter().flatten().min();
            return DutyAt::OnCall { until: instant_of(until.unwrap_or(end.1)) };
        }
        let cause = if self.would_be_open(now) { OffCause::Holiday } else { OffCause::NoShift };
        DutyAt::Off { cause, next: next.map(instant_of) }
    }

    /// The windows of a span of whole minutes, in order of time. Days off and windows given away are shown as they
    /// were entered; shifts and on-call are what is left.
    #[must_use]
    pub fn windows(&self, span: Span) -> Vec<DutyWindow> {
        let within = Minutes::of(span);
        let (from, to) = (minute_of(span.from()).div_euclid(DAY), minute_of(span.to()).div_euclid(DAY));
        let weekly = (from - 1..=to).flat_map(|day| self.openings(day));
        let shifts = Minutes::union(weekly.chain(self.of(ShiftEntryKind::ExtraShift))).and(&within);
        let day_off = Minutes::union(self.of(ShiftEntryKind::DayOff)).and(&within);
        let given_away = Minutes::union(self.of(ShiftEntryKind::GivenAway)).and(&within);
        let on_call = Minutes::union(self.of(ShiftEntryKind::OnCall)).and(&within);
        let on_call = on_call.without(&shifts).without(&day_off).without(&given_away);
        let shifts = shifts.without(&day_off).without(&given_away);
        let mut windows: Vec<_> = [
            (DutyKind::Shift, shifts),
            (DutyKind::OnCall, on_call),
            (DutyKind::DayOff, day_off),
            (DutyKind::GivenAway, given_away),
        ]
        .iter()
        .flat_map(|(kind, set)| set.spans().map(|span| DutyWindow { kind: *kind, span }))
        .collect();
        windows.sort_by_key(|window| (window.span, window.kind));
        windows
    }

    /// Whether somebody who is on duty at some minute of a span would not be by another roster.
    #[must_use]
    pub fn loses_by(&self, other: &Duty<'_>, span: Span) -> bool {
        !self.minutes(span).without(&other.minutes(span)).is_empty()
    }

    /// Whether somebody is on duty all of a span.
    #[must_use]
    pub fn fills(&self, span: Span) -> bool {
        Minutes::of(span).without(&self.minutes(span)).is_empty()
    }

    /// On shift or on call.
    fn minutes(&self, span: Span) -> Minutes {
        let windows = self.windows(span).into_iter();
        let on_duty = windows.filter(|window| matches!(window.kind, DutyKind::Shift | DutyKind::OnCall));
        Minutes::union(on_duty.map(|window| (minute_of(window.span.from()), minute_of(window.span.to()))))
    }

    /// The weekly windows that open on a day, counted from 1970-01-01.
    fn openings(&self, day: i64) -> impl Iterator<Item = (i64, i64)> {
        // 1970-01-01 was a Thursday.
        let weekday = (day + 3).rem_euclid(7);
        // The one rule whose windows stay shut on this day.
        let rests = !self.roster.is_plain() && self.rest_days.contains(day);
        let shut = if rests { HolidayRule::Off } else { HolidayRule::Only };
        let opens = move |shift: &&super::WeeklyShift| {
            i64::from(shift.day as u16) == weekday && shift.holidays != shut
        };
        let shifts = self.roster.shifts.iter().filter(opens);
        shifts.map(move |shift| window(day, shift))
    }

    /// The entries of a kind.
    fn of(&self, kind: ShiftEntryKind) -> impl Iterator<Item = (i64, i64)> {
        let entries = self.entries.iter().filter(move |entry| entry.kind == kind);
        entries.map(|entry| (minute_of(entry.span.from()), minute_of(entry.span.to())))
    }

    /// The latest end of a shift that is open at a minute; a window lasts at most 24 hours.
    fn shift_end(&self, at: i64) -> Option<i64> {
        let day = at.div_euclid(DAY);
        let weekly = self.openings(day - 1).chain(self.openings(day));
        let open =
            weekly.chain(self.of(ShiftEntryKind::ExtraShift)).filter(|(from, to)| (*from..*to).contains(&at));
        open.map(|(_, to)| to).max()
    }

    /// Until when he is on shift, in one; not looked at beyond a week.
    fn shift_until(&self, at: i64) -> Option<i64> {
        let stop = self.next_taken_away(at).unwrap_or(i64::MAX);
        let mut until = self.shift_end(at)?;
        while until < stop.min(at + WEEK) {
            match self.shift_end(until) {
                Some(later) => until = later,
                None => break,
            }
        }
        Some(until.min(stop))
    }

    /// What takes a minute away.
    fn taken_away(&self, at: i64) -> Option<ShiftEntryKind> {
        let covers = |kind| self.of(kind).any(|(from, to)| (from..to).contains(&at));
        [ShiftEntryKind::DayOff, ShiftEntryKind::GivenAway].into_iter().find(|kind| covers(*kind))
    }

    fn next_taken_away(&self, at: i64) -> Option<i64> {
        let taken = self.of(ShiftEntryKind::DayOff).chain(self.of(ShiftEntryKind::GivenAway));
        taken.map(|(from, _)| from).filter(|from| *from > at).min()
    }

    /// The next minute at which a shift is open, of a minute at which none is.
    fn next_shift(&self, after: i64) -> Option<i64> {
        let mut at = after;
        loop {
            at = self.next_change(at, after + AHEAD_DAYS * DAY)?;
            if self.taken_away(at).is_none() && self.shift_end(at).is_some() {
                return Some(at);
            }
        }
    }

    /// The next minute at which a shift opens or something taken away comes back.
    fn next_change(&self, after: i64, until: i64) -> Option<i64> {
        let (today, last) = (after.div_euclid(DAY), until.div_euclid(DAY));
        let of_day = |day| self.openings(day).map(|(from, _)| from).filter(|from| *from > after).min();
        let weekly = (today..=last).find_map(of_day);
        let extra = self.of(ShiftEntryKind::ExtraShift).map(|(from, _)| from);
        let back =
            self.of(ShiftEntryKind::DayOff).chain(self.of(ShiftEntryKind::GivenAway)).map(|(_, to)| to);
        let dated = extra.chain(back).filter(|minute| *minute > after).min();
        weekly.into_iter().chain(dated).min().filter(|minute| *minute <= until)
    }

    /// Whether a weekly window would be open but for its holiday rule, on a day of rest.
    fn would_be_open(&self, at: i64) -> bool {
        let day = at.div_euclid(DAY);
        [day - 1, day].into_iter().filter(|day| self.rest_days.contains(*day)).any(|day| {
            let weekday = (day + 3).rem_euclid(7);
            let mut shifts = self.roster.shifts.iter().filter(|shift| i64::from(shift.day as u16) == weekday);
            shifts.any(|shift| {
                let (from, to) = window(day, shift);
                (from..to).contains(&at)
            })
        })
    }
}

fn window(day: i64, shift: &super::WeeklyShift) -> (i64, i64) {
    (day * DAY + i64::from(shift.from_minute), day * DAY + i64::from(shift.to_minute))
}

/// Whether an instant is the beginning of a minute.
#[must_use]
pub fn is_whole_minute(at: Instant) -> bool {
    at == at.trunc_subsecs(0) && at.timestamp().rem_euclid(60) == 0
}

#[cfg(test)]
mod tests;
