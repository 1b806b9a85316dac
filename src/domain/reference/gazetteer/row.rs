//! One row of the gazetteer, every field checked.

use csv::StringRecord;

use super::super::error::ReferenceError;
use super::{Town, refuse};
use crate::domain::place::{JisCode, Point, PostalCode, Precision};
use crate::domain::reference::outlines::is_in_japan;

const COLUMNS: [&str; 11] = [
    "postal_code",
    "jis_code",
    "prefecture",
    "municipality",
    "town",
    "prefecture_kana",
    "municipality_kana",
    "town_kana",
    "latitude",
    "longitude",
    "precision",
];

/// Characters of a name at most; the longest has 48.
const NAME_CHARS_MAX: usize = 100;

pub(super) fn check_header(header: &StringRecord) -> Result<(), ReferenceError> {
    if header.iter().eq(COLUMNS) {
        return Ok(());
    }
    let given = header.iter().collect::<Vec<_>>().join(",");
    Err(refuse(1, None, format!("the columns are {given}; expected {}", COLUMNS.join(","))))
}

/// A row with its texts still borrowed.
pub(super) struct Row<'r> {
    pub(super) postal_code: PostalCode,
    pub(super) jis_code: JisCode,
    pub(super) prefecture: &'r str,
    pub(super) prefecture_kana: &'r str,
    pub(super) municipality: &'r str,
    pub(super) municipality_kana: &'r str,
    pub(super) town: &'r str,
    pub(super) town_kana: &'r str,
    pub(super) point: Point,
    pub(super) precision: Precision,
}

impl<'r> Row<'r> {
    pub(super) fn read(record: &'r StringRecord, line: usize) -> Result<Self, ReferenceError> {
        let fields = Fields { record, line };
        let postal_code = fields.parse::<PostalCode>(0)?;
        let jis_code = fields.parse::<JisCode>(1)?;
        let row = Self {
            postal_code,
            jis_code,
            prefecture: fields.name(2)?,
            municipality: fields.name(3)?,
            town: fields.town(4)?,
            prefecture_kana: fields.name(5)?,
            municipality_kana: fields.name(6)?,
            town_kana: fields.town(7)?,
            point: fields.point(8, 9)?,
            precision: fields.parse(10)?,
        };
        if row.town.is_empty() != row.town_kana.is_empty() {
            return Err(fields.wrong(7, "expected a reading where there is a town, and only there"));
        }
        match row.precision {
            Precision::Municipality => Ok(row),
            Precision::Town if !row.town.is_empty() => Ok(row),
            Precision::Town => Err(fields.wrong(10, "is town where no town is named; expected municipality")),
            Precision::Pin => {
                Err(fields.wrong(10, "only a dispatcher sets pins; expected town or municipality"))
            }
        }
    }

    pub(super) fn town(self) -> Town {
        Town {
            postal_code: self.postal_code,
            jis_code: self.jis_code,
            name: self.town.to_owned(),
            name_kana: self.town_kana.to_owned(),
            point: self.point,
            precision: self.precision,
        }
    }
}

struct Fields<'r> {
    record: &'r StringRecord,
    line: usize,
}

impl<'r> Fields<'r> {
    fn get(&self, column: usize) -> Result<&'r str, ReferenceError> {
        self.record.get(column).ok_or_else(|| self.wrong(column, "is missing"))
    }

    fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        column: usize,
    ) -> Result<T, ReferenceError> {
        self.get(column)?.parse().map_err(|error| self.wrong(column, error))
    }

    fn name(&self, column: usize) -> Result<&'r str, ReferenceError> {
        let text = self.town(column)?;
        if text.is_empty() { Err(self.wrong(column, "is empty; expected a name")) } else { Ok(text) }
    }

    /// A name or nothing.
    fn town(&self, column: usize) -> Result<&'r str, ReferenceError> {
        let text = self.get(column)?;
        if text.trim() != text || text.chars().count() > NAME_CHARS_MAX || text.contains(char::is_control) {
            let message =
                format!("expected at most {NAME_CHARS_MAX} characters on one line, no space around");
            return Err(self.wrong(column, message));
        }
        Ok(text)
    }

    fn point(&self, latitude: usize, longitude: usize) -> Result<Point, ReferenceError> {
        let (lat, lon) = (self.degrees(latitude)?, self.degrees(longitude)?);
        let point = Point::from_degrees(lat, lon).map_err(|error| self.wrong(latitude, error))?;
        if is_in_japan(lat, lon) {
            return Ok(point);
        }
        Err(self
            .wrong(latitude, format!("{lat}, {lon} is not in Japan; expected 20..46 north, 122..155 east")))
    }

    /// Digits and one point: what `f64` also reads, as in `1e2` or `nan`, is no coordinate.
    fn degrees(&self, column: usize) -> Result<f64, ReferenceError> {
        let text = self.get(column)?;
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let refused =
            || self.wrong(column, format!("'{text}' is not a coordinate; expected degrees, as in 35.1709"));
        text.parse().ok().filter(|_| is_plain).ok_or_else(refused)
    }

    fn wrong(&self, column: usize, message: impl std::fmt::Display) -> ReferenceError {
        refuse(self.line, COLUMNS.get(column).copied(), message.to_string())
    }
}
