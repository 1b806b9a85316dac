//! Whole minutes on the wall clock of Tokyo, and sets of them.

use chrono::{DateTime, TimeDelta};

use crate::domain::span::{Instant, Span};

/// Tokyo is nine hours ahead of UTC, with no daylight saving since 1951 (T-01).
const TOKYO_AHEAD: TimeDelta = TimeDelta::hours(9);
const MINUTE_S: i64 = 60;

/// A day in minutes.
pub(super) const DAY: i64 = 24 * 60;

/// The minute of the wall clock that `at` lies in, counted from 1970-01-01 00:00 in Tokyo.
pub(super) fn minute_of(at: Instant) -> i64 {
    (at.timestamp() + TOKYO_AHEAD.num_seconds()).div_euclid(MINUTE_S)
}

/// The instant at which a minute of the wall clock begins.
pub(super) fn instant_of(minute: i64) -> Instant {
    let seconds = minute * MINUTE_S - TOKYO_AHEAD.num_seconds();
    DateTime::from_timestamp(seconds, 0).unwrap_or(Instant::MAX_UTC)
}

/// A set of minutes: half-open runs that neither touch nor overlap, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Minutes(Vec<(i64, i64)>);

impl Minutes {
    /// The union of these runs.
    pub(super) fn union(runs: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut runs: Vec<_> = runs.into_iter().filter(|(from, to)| from < to).collect();
        runs.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::with_capacity(runs.len());
        for (from, to) in runs {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        Self(merged)
    }

    /// The run of a span, whole minutes only.
    pub(super) fn of(span: Span) -> Self {
        Self::union([(minute_of(span.from()), minute_of(span.to()))])
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(one), Some(two)) = (left.peek(), right.peek()) {
            let (from, to) = (one.0.max(two.0), one.1.min(two.1));
            if from < to {
                both.push((from, to));
            }
            if one.1 <= two.1 {
                left.next();
            } else {
                right.next();
            }
        }
        Self(both)
    }

    /// What is in this one only.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut taken = other.0.iter().peekable();
        for (mut from, to) in self.0.iter().copied() {
            while let Some((out, back)) = taken.peek().copied().copied() {
                if out >= to {
                    break;
                }
                if from < out {
                    left.push((from, out));
                }
                from = from.max(back);
                if back > to {
                    break;
                }
                taken.next();
            }
            if from < to {
                left.push((from, to));
            }
        }
        Self(left)
    }

    /// The runs in order.
    pub(super) fn runs(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    /// The runs as spans.
    pub(super) fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.runs().filter_map(|(from, to)| Span::new(instant_of(from), instant_of(to)))
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn each(runs: &[(i64, i64)]) -> BTreeSet<i64> {
        runs.iter().flat_map(|(from, to)| *from..*to).collect()
    }

    fn runs() -> impl Strategy<Value = Vec<(i64, i64)>> {
        prop::collection::vec((0..40_i64, 0..8_i64).prop_map(|(from, length)| (from, from + length)), 0..8)
    }

    proptest! {
        #[test]
        fn sets_of_minutes_are_sets(one in runs(), two in runs()) {
            let (left, right) = (Minutes::union(one.clone()), Minutes::union(two.clone()));
            let (these, those) = (each(&one), each(&two));
            for (set, expected) in [
                (left.clone(), these.clone()),
                (left.and(&right), these.intersection(&those).copied().collect()),
                (left.without(&right), these.difference(&those).copied().collect()),
            ] {
                prop_assert_eq!(each(&set.0), expected);
                prop_assert!(set.0.windows(2).all(|pair| pair[0].1 < pair[1].0), "{:?}", set);
            }
        }
    }

    #[test]
    fn minutes_are_of_the_wall_clock_of_tokyo() {
        let new_year = "2026-12-31T15:00:59.999999Z".parse().unwrap();
        assert_eq!(minute_of(new_year) % DAY, 0);
        assert_eq!(instant_of(minute_of(new_year)), "2026-12-31T15:00:00Z".parse::<Instant>().unwrap());
        assert_eq!(instant_of(0).to_rfc3339(), "1969-12-31T15:00:00+00:00");
    }
}
