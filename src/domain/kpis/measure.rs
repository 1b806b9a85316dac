//! Shares and lengths of time, in whole numbers.

use chrono::TimeDelta;
use serde::Serialize;

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Share {
    /// How many.
    pub count: i64,
    /// Of how many.
    pub of: i64,
    /// Thousandths, rounded to the nearest; absent where it is of none (section 8).
    pub per_mille: Option<i64>,
}

impl Share {
    /// So many of so many.
    #[must_use]
    pub fn of(count: i64, of: i64) -> Self {
        let per_mille = (of > 0).then(|| (count * 1000 + of / 2) / of);
        Self { count, of, per_mille }
    }

    /// How many of some things are so.
    pub(super) fn among<T>(things: impl IntoIterator<Item = T>, so: impl Fn(&T) -> bool) -> Self {
        let (mut count, mut of) = (0, 0);
        for thing in things {
            of += 1;
            count += i64::from(so(&thing));
        }
        Self::of(count, of)
    }
}

/// Lengths of time in whole seconds; percentiles by nearest rank, so that each was really measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Seconds {
    /// How many were measured.
    pub count: i64,
    /// The mean, rounded down.
    pub mean: Option<i64>,
    /// Half are at most so long.
    pub p50: Option<i64>,
    /// Nine of ten are at most so long.
    pub p90: Option<i64>,
    /// 99 of 100 are at most so long.
    pub p99: Option<i64>,
}

impl Seconds {
    /// Of these lengths, in any order.
    pub fn of(lengths: impl IntoIterator<Item = TimeDelta>) -> Self {
        let mut sorted: Vec<i64> = lengths.into_iter().map(|length| length.num_seconds()).collect();
        sorted.sort_unstable();
        let rank = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100);
            sorted.get(rank.saturating_sub(1)).copied()
        };
        let count = i64::try_from(sorted.len()).unwrap_or(i64::MAX);
        Self {
            count,
            mean: (count > 0).then(|| sorted.iter().sum::<i64>().div_euclid(count)),
            p50: rank(50),
            p90: rank(90),
            p99: rank(99),
        }
    }
}
