//! The built-in speed model: integer seconds from a straight line.
//!
//! Road distance is the straight line times 1.3 (a usual detour index of dense road networks). Speed grows with the
//! length of the trip, because the first kilometres are streets and the rest are main roads, and falls with traffic.
//! No printed source gives these figures: they are a `[PROPOSAL]`, to be replaced from the record of real departures
//! and arrivals. When a travel-time server is configured, the application re-ranks with it.
//!
//! | road distance | night 22-6 | day | peak 7-9, 17-19 |
//! |---|---|---|---|
//! | first 5 km | 28 km/h | 20 km/h | 15 km/h |
//! | up to 20 km | 40 km/h | 32 km/h | 25 km/h |
//! | beyond | 60 km/h | 50 km/h | 45 km/h |

use chrono::Timelike as _;

use crate::domain::{
    place::Point,
    span::{Instant, tokyo},
};

/// Road metres per ten metres of straight line.
const WINDING_PER_10_M: u64 = 13;

/// The greatest speed of the model at any hour and distance.
const GREATEST_SPEED_M_PER_H: u32 = 60_000;

/// Half the circumference is 20 015 km; a chord computed near the antipode is off by less than this.
const ROUNDING_M: f64 = 1.0;

/// Upper end of each distance band in road metres, and its speed in metres an hour by [`Traffic`].
const BANDS: [(u64, [u64; 3]); 3] = [
    (5_000, [28_000, 20_000, 15_000]),
    (20_000, [40_000, 32_000, 25_000]),
    (u64::MAX, [60_000, 50_000, 45_000]),
];

#[derive(Debug, Clone, Copy)]
enum Traffic {
    Night = 0,
    Day = 1,
    Peak = 2,
}

impl Traffic {
    fn at(departure: Instant) -> Self {
        match tokyo(departure).hour() {
            22.. | 0..=5 => Self::Night,
            7 | 8 | 17 | 18 => Self::Peak,
            _ => Self::Day,
        }
    }
}

/// Great-circle distance in whole metres, rounded up. At most 20 015 116.
#[must_use]
pub fn distance_m(from: Point, to: Point) -> u32 {
    // At most half the earth's circumference, which fits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let metres = from.metres_to(to).ceil() as u32;
    metres
}

/// Seconds to travel a great-circle distance of `distance_m` metres when leaving at `departure`, rounded up.
#[must_use]
pub fn travel_s(distance_m: u32, departure: Instant) -> u32 {
    let traffic = Traffic::at(departure) as usize;
    let road_m = (u64::from(distance_m) * WINDING_PER_10_M).div_ceil(10);
    let (mut from_m, mut travel_ms) = (0, 0_u64);
    for (to_m, speeds) in BANDS {
        let metres = road_m.min(to_m) - from_m;
        travel_ms += (metres * 3_600_000).div_ceil(speeds[traffic]);
        if road_m <= to_m {
            break;
        }
        from_m = to_m;
    }
    u32::try_from(travel_ms.div_ceil(1_000)).unwrap_or(u32::MAX)
}

/// A lower bound of [`travel_s`] over that distance at every hour: great circle by greatest speed, nothing else.
#[must_use]
pub fn bound_s(distance_m: u32) -> u32 {
    let bound = u64::from(distance_m) * 3_600 / u64::from(GREATEST_SPEED_M_PER_H);
    u32::try_from(bound).unwrap_or(u32::MAX)
}

/// The inverse of the bound: who is farther away than this many metres cannot be there within `seconds`, leaving
/// now or later at any hour.
#[must_use]
pub fn reach_m(seconds: u64) -> f64 {
    // Seconds of a search are far below 2^53: the conversion is exact.
    #[allow(clippy::cast_precision_loss)]
    let metres = seconds as f64 * f64::from(GREATEST_SPEED_M_PER_H) / 3_600.0;
    metres + ROUNDING_M
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};
    use proptest::prelude::*;

    use super::*;
    use crate::domain::span::tokyo_instant;

    fn hour(hour: i64) -> Instant {
        tokyo_instant(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), hour * 60)
    }

    #[test]
    fn a_trip_by_hand() {
        // 2 km straight are 2.6 km of road: 2600 m / 20 km/h = 468 s by day.
        assert_eq!(travel_s(2_000, hour(12)), 468);
        // At night 2600 / 28 = 334.29 s, at the peak 2600 / 15 = 624 s.
        assert_eq!(travel_s(2_000, hour(23)), 335);
        assert_eq!(travel_s(2_000, hour(8)), 624);
        // 20 km straight are 26 km: 5 km at 20, 15 km at 32, 6 km at 50 km/h = 900 + 1687.5 + 432.
        assert_eq!(travel_s(20_000, hour(12)), 3_020);
        assert_eq!(travel_s(0, hour(12)), 0);
        assert_eq!(travel_s(1, hour(12)), 1);
    }

    #[test]
    fn traffic_changes_on_the_hour_in_tokyo() {
        let by_hour = |from: i64| travel_s(2_000, hour(from));
        let before = |from: i64| travel_s(2_000, hour(from) - TimeDelta::microseconds(1));
        for (change, earlier, later) in [
            (6, 335, 468),
            (7, 468, 624),
            (9, 624, 468),
            (17, 468, 624),
            (19, 624, 468),
            (22, 468, 335),
            (24, 335, 335),
        ] {
            assert_eq!((before(change), by_hour(change)), (earlier, later), "{change}:00");
        }
    }

    proptest! {
        #[test]
        fn the_bound_never_exceeds_the_model(distance in 0..20_100_000_u32, minute in 0..1_440_i64) {
            let travel = travel_s(distance, hour(0) + TimeDelta::minutes(minute));
            prop_assert!(bound_s(distance) <= travel);
            prop_assert!(reach_m(travel.into()) >= f64::from(distance));
        }

        #[test]
        fn farther_is_never_sooner(distance in 0..20_000_000_u32, more in 0..100_000_u32, minute in 0..1_440_i64) {
            let departure = hour(0) + TimeDelta::minutes(minute);
            prop_assert!(travel_s(distance, departure) <= travel_s(distance + more, departure));
        }
    }
}
