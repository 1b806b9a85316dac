//! Points, postal codes and municipalities.

use std::str::FromStr;

use geo::{Distance as _, Haversine};
use serde::{Deserialize, Serialize};

use super::text_enum::text_enum;

/// A point on the earth in whole microdegrees (0.11 m), so that it is stored, compared and replayed exactly.
///
/// Sent and read as a GeoJSON `Point`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "GeoPoint", into = "GeoPoint")]
pub struct Point {
    lat_e6: i32,
    lon_e6: i32,
}

/// Why a point was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("latitude must be within -90..=90 and longitude within -180..=180 degrees")]
pub struct OutOfRange;

/// A point outside of Japan, which is none (G-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be in Japan: longitude from 122 to 154 degrees, latitude from 20 to 46")]
pub struct NotInJapan;

impl Point {
    /// From degrees, where they are in Japan: of whatever somebody sends (G-13). From Minami-Torishima to Yonaguni and from
    /// Okinotorishima to the north of Hokkaido.
    pub fn in_japan(lat: f64, lon: f64) -> Result<Self, NotInJapan> {
        let point = Self::from_degrees(lat, lon).map_err(|_| NotInJapan)?;
        if point.is_in_japan() { Ok(point) } else { Err(NotInJapan) }
    }

    /// Whether it is in Japan.
    #[must_use]
    pub fn is_in_japan(self) -> bool {
        (20_000_000..=46_000_000).contains(&self.lat_e6) && (122_000_000..=154_000_000).contains(&self.lon_e6)
    }

    /// From microdegrees.
    pub fn from_e6(lat_e6: i64, lon_e6: i64) -> Result<Self, OutOfRange> {
        if lat_e6.abs() > 90_000_000 || lon_e6.abs() > 180_000_000 {
            return Err(OutOfRange);
        }
        let (lat_e6, lon_e6) =
            (i32::try_from(lat_e6).map_err(|_| OutOfRange)?, i32::try_from(lon_e6).map_err(|_| OutOfRange)?);
        Ok(Self { lat_e6, lon_e6 })
    }

    /// From degrees, rounded to the nearest microdegree.
    pub fn from_degrees(lat: f64, lon: f64) -> Result<Self, OutOfRange> {
        if !(lat.is_finite() && lon.is_finite() && lat.abs() <= 90.0 && lon.abs() <= 180.0) {
            return Err(OutOfRange);
        }
        // Within the range checked above both products fit an i32.
        #[allow(clippy::cast_possible_truncation)]
        Ok(Self { lat_e6: (lat * 1e6).round() as i32, lon_e6: (lon * 1e6).round() as i32 })
    }

    /// Latitude in microdegrees.
    #[must_use]
    pub fn lat_e6(self) -> i64 {
        self.lat_e6.into()
    }

    /// Longitude in microdegrees.
    #[must_use]
    pub fn lon_e6(self) -> i64 {
        self.lon_e6.into()
    }

    /// Latitude in degrees.
    #[must_use]
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e6) / 1e6
    }

    /// Longitude in degrees.
    #[must_use]
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e6) / 1e6
    }

    /// The same to a thousandth of a degree, about a hundred metres: enough for a map, and no address.
    #[must_use]
    pub fn coarse(self) -> Self {
        let rounded = |e6: i32| (e6 + 500).div_euclid(1_000) * 1_000;
        Self { lat_e6: rounded(self.lat_e6), lon_e6: rounded(self.lon_e6) }
    }

    /// Great-circle distance in metres on the mean earth radius.
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        Haversine.distance(geo::Point::new(self.lon(), self.lat()), geo::Point::new(other.lon(), other.lat()))
    }

    /// The same in whole metres.
    #[must_use]
    pub fn whole_metres_to(self, other: Self) -> i64 {
        // At most half the earth's circumference.
        #[allow(clippy::cast_possible_truncation)]
        let metres = self.metres_to(other).round() as i64;
        metres
    }
}

text_enum! {
    /// What a person says of a pin.
    pub enum PinWord("word about a pin") {
        /// It belongs there, far from its town (G-13).
        FarFromTown = "far_from_town",
    }
}

/// A GeoJSON point (RFC 7946): longitude first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GeoPoint {
    /// Always `Point`.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    kind: GeoKind,
    /// Longitude and latitude in degrees (WGS 84), in Japan: from 122 to 154, and from 20 to 46.
    #[schema(min_items = 2, max_items = 2, value_type = Vec<f64>, examples(json!([136.8815, 35.1709])))]
    coordinates: [f64; 2],
}

text_enum! {
    /// The kind of a GeoJSON geometry taken here.
    pub enum GeoKind("geometry") {
        /// A point.
        Point = "Point",
    }
}

impl GeoPoint {
    /// The point, wherever on earth: of a report, which counts without it where it is none (G-13).
    pub(super) fn anywhere(self) -> Result<Point, OutOfRange> {
        let [lon, lat] = self.coordinates;
        Point::from_degrees(lat, lon)
    }
}

impl TryFrom<GeoPoint> for Point {
    type Error = NotInJapan;

    fn try_from(point: GeoPoint) -> Result<Self, NotInJapan> {
        let [lon, lat] = point.coordinates;
        Self::in_japan(lat, lon)
    }
}

impl From<Point> for GeoPoint {
    fn from(point: Point) -> Self {
        Self { kind: GeoKind::Point, coordinates: [point.lon(), point.lat()] }
    }
}

/// A Japanese postal code: seven digits, no hyphen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{3}-?[0-9]{4}$", examples("460-0008"))]
pub struct PostalCode(String);

/// Why a code made of digits was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is not {expected}")]
pub struct BadDigits {
    given: String,
    expected: &'static str,
}

impl PostalCode {
    /// The seven digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PostalCode {
    type Err = BadDigits;

    /// Accepts `460-0008` and `4600008`.
    fn from_str(text: &str) -> Result<Self, BadDigits> {
        let bad = || BadDigits { given: text.to_owned(), expected: "a postal code of seven digits" };
        let digits = match text.len() {
            8 if text.as_bytes()[3] == b'-' => text.replacen('-', "", 1),
            7 => text.to_owned(),
            _ => return Err(bad()),
        };
        digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(Self(digits)).ok_or_else(bad)
    }
}

impl TryFrom<String> for PostalCode {
    type Error = BadDigits;

    fn try_from(text: String) -> Result<Self, BadDigits> {
        text.parse()
    }
}

impl std::fmt::Display for PostalCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl From<PostalCode> for String {
    fn from(code: PostalCode) -> Self {
        code.0
    }
}

/// A municipality: the five-digit JIS X 0402 code, of the ward where there are wards.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{5}$", examples("23106"))]
pub struct JisCode(String);

impl JisCode {
    /// The five digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JisCode {
    type Err = BadDigits;

    fn from_str(text: &str) -> Result<Self, BadDigits> {
        (text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| BadDigits {
                given: text.to_owned(),
                expected: "a municipality code of five digits",
            })
    }
}

impl TryFrom<String> for JisCode {
    type Error = BadDigits;

    fn try_from(text: String) -> Result<Self, BadDigits> {
        text.parse()
    }
}

impl std::fmt::Display for JisCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl From<JisCode> for String {
    fn from(code: JisCode) -> Self {
        code.0
    }
}

text_enum! {
    /// How well a place is known.
    pub enum Precision("precision") {
        /// A dispatcher moved the pin.
        Pin = "pin",
        /// Mean of the town's blocks: p90 0.6 km off.
        Town = "town",
        /// The municipal office stands in: p90 12 km off.
        Municipality = "municipality",
    }
}

/// A place of the gazetteer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Postal code.
    pub postal_code: PostalCode,
    /// Municipality: the ward where there are wards.
    pub jis_code: JisCode,
    /// The ward's parent city.
    pub parent_code: Option<JisCode>,
    /// 都道府県.
    pub prefecture: String,
    /// Municipality, in Japanese.
    pub municipality: String,
    /// Town, in Japanese; empty where the code covers the whole municipality.
    pub town: String,
    /// Town, in kana.
    pub town_kana: String,
    /// Where it is.
    pub point: Point,
    /// How well that is known.
    pub precision: Precision,
}

impl Precision {
    /// How far off nine points in ten are at most, in metres; nothing of what a person has pointed at.
    #[must_use]
    pub const fn error_p90_m(self) -> Option<i64> {
        match self {
            Self::Pin => None,
            Self::Town => Some(600),
            Self::Municipality => Some(12_000),
        }
    }

    /// The same in words.
    #[must_use]
    pub const fn error_in_words(self) -> &'static str {
        match self {
            Self::Pin => "where a person has put the pin",
            Self::Town => "middle of the town: 9 in 10 are within 0.6 km",
            Self::Municipality => "the municipal office stands in: 9 in 10 are within 12 km",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_lose_the_hyphen() {
        assert_eq!("460-0008".parse::<PostalCode>().unwrap().as_str(), "4600008");
        assert_eq!("4600008".parse::<PostalCode>().unwrap().as_str(), "4600008");
        for bad in ["", "46000", "460_0008", "460-000a", "４６０0008", "46000088"] {
            assert!(bad.parse::<PostalCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_somebody_sends_is_in_japan() {
        for (lat, lon) in
            [(20.0, 122.0), (46.0, 154.0), (35.1709, 136.8815), (24.45, 122.93), (45.52, 141.94)]
        {
            assert!(Point::in_japan(lat, lon).is_ok(), "{lat} {lon}");
        }
        // A receiver without a fix; the two the wrong way round; a sign lost; a step over each border.
        for (lat, lon) in
            [(0.0, 0.0), (136.9, 35.2), (35.2, -136.9), (19.999, 136.0), (46.001, 142.0), (35.0, 121.9)]
        {
            assert_eq!(Point::in_japan(lat, lon), Err(NotInJapan), "{lat} {lon}");
        }
        assert!(Point::in_japan(f64::NAN, 136.0).is_err() && Point::in_japan(35.0, f64::INFINITY).is_err());
    }

    #[test]
    fn nagoya_to_tokyo_is_260_kilometres() {
        let nagoya = Point::from_degrees(35.1709, 136.8815).unwrap();
        let tokyo = Point::from_degrees(35.6812, 139.7671).unwrap();
        assert!((266_000.0..268_000.0).contains(&nagoya.metres_to(tokyo)), "{}", nagoya.metres_to(tokyo));
    }
}
