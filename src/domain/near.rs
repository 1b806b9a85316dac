//! What is near a point: a box that an index can answer, and the exact distance.

use super::place::Point;

/// Metres of one degree of latitude, a little less than anywhere on the earth: the box is never too small.
const METRES_PER_DEGREE: f64 = 110_500.0;

/// A box of microdegrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Box {
    /// Least latitude.
    pub south: i64,
    /// Greatest latitude.
    pub north: i64,
    /// Least longitude.
    pub west: i64,
    /// Greatest longitude.
    pub east: i64,
}

impl Box {
    /// A box with everything within `metres` of the point. It stops at the date line, which is far from here.
    #[must_use]
    pub fn around(point: Point, metres: f64) -> Self {
        let height = metres / METRES_PER_DEGREE;
        let width = height / point.lat().to_radians().cos().max(1e-6);
        let (height, width) = (microdegrees(height), microdegrees(width.min(360.0)));
        Self {
            south: point.lat_e6() - height,
            north: point.lat_e6() + height,
            west: point.lon_e6() - width,
            east: point.lon_e6() + width,
        }
    }
}

/// Rounded up; at most 360 degrees, so that it always fits.
#[allow(clippy::cast_possible_truncation)]
fn microdegrees(degrees: f64) -> i64 {
    (degrees * 1e6).ceil() as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is within the metres is within the box.
        #[test]
        fn the_box_leaves_nothing_near_out(
            lat in 20_000_000..46_000_000_i64, lon in 122_000_000..154_000_000_i64,
            north in -1_000..1_000_i64, east in -1_000..1_000_i64,
        ) {
            let here = Point::from_e6(lat, lon).unwrap();
            let there = Point::from_e6(lat + north, lon + east).unwrap();
            let around = Box::around(here, 50.0);
            let inside = (around.south..=around.north).contains(&there.lat_e6())
                && (around.west..=around.east).contains(&there.lon_e6());
            prop_assert!(inside || here.metres_to(there) > 50.0);
        }
    }
}
