//! Who can be there first, and why: pure matching.
//!
//! A [`fleet::Fleet`] is the snapshot, a [`question::Question`] what is asked, [`matcher::run`] the exact answer and
//! [`decision::Decision`] its record, which can be replayed to the same bytes. The database constraint decides who
//! gets the job: a stale snapshot costs a retry, never a double booking.
//!
//! Architecture invariant: this layer imports `domain` only. It reads no clock (the fleet is told the time), draws no
//! random number and knows no database; everything it stores is an integer, a code or an id.

pub mod areas;
pub mod decision;
pub mod fleet;
pub mod ladder;
pub mod licences;
pub mod matcher;
pub mod question;
pub mod rank;
pub mod rules;
pub mod technician;
pub mod travel;
pub mod watch;
pub mod windows;
pub mod words;

#[cfg(test)]
mod samples;

/// Serialises a point as whole microdegrees, `{"lat_e6":35170900,"lon_e6":136881500}`.
mod e6 {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

    use crate::domain::place::Point;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct E6 {
        lat_e6: i64,
        lon_e6: i64,
    }

    pub(super) fn serialize<S: Serializer>(point: &Point, serializer: S) -> Result<S::Ok, S::Error> {
        E6 { lat_e6: point.lat_e6(), lon_e6: point.lon_e6() }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Point, D::Error> {
        let E6 { lat_e6, lon_e6 } = E6::deserialize(deserializer)?;
        Point::from_e6(lat_e6, lon_e6).map_err(D::Error::custom)
    }
}
