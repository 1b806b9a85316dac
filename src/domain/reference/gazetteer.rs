//! Reads the gazetteer: postal codes, towns and municipalities of Japan, with coordinates.

mod municipalities;
mod row;

use std::io::Read;

use flate2::read::GzDecoder;

use super::embedded::Dataset;
use super::error::ReferenceError;
use crate::domain::place::{JisCode, Point, PostalCode, Precision};

/// Four times the rows of Japan: more is a mistake or an attack.
const ROWS_MAX: usize = 500_000;

/// Bytes of the unpacked file at most; it has 13 MB.
const BYTES_MAX: u64 = 128 << 20;

/// A municipality: a city, town, village or ward; also the parent city of wards, which has no row of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    /// Its code.
    pub jis_code: JisCode,
    /// Prefecture, as in 愛知県.
    pub prefecture: String,
    /// The same in katakana.
    pub prefecture_kana: String,
    /// Name, with the district where there is one, as in 愛知郡東郷町.
    pub name: String,
    /// The same in katakana.
    pub name_kana: String,
    /// Code of the city a ward belongs to.
    pub parent: Option<JisCode>,
    /// The municipal office. Of a parent city: the mean of its wards' offices. Of a municipality whose office is
    /// not on file: the mean of its towns.
    pub office: Point,
}

/// A postal code's place. One postal code can have several, and some are listed more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Town {
    /// Postal code.
    pub postal_code: PostalCode,
    /// Code of the municipality; of the ward where there are wards.
    pub jis_code: JisCode,
    /// Town; empty where the code stands for the whole municipality.
    pub name: String,
    /// The same in katakana; empty with the name.
    pub name_kana: String,
    /// Where it is.
    pub point: Point,
    /// Whether the point is the town's own or the municipal office's.
    pub precision: Precision,
}

/// Every place of Japan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gazetteer {
    /// By code, parent cities included.
    pub municipalities: Vec<Municipality>,
    /// One a row, in the order of the file.
    pub towns: Vec<Town>,
}

impl Gazetteer {
    /// Reads the CSV text.
    pub fn read(csv: impl Read) -> Result<Self, ReferenceError> {
        let mut reader = csv::ReaderBuilder::new().from_reader(csv.take(BYTES_MAX));
        row::check_header(reader.headers().map_err(|error| unreadable(&error))?)?;
        let mut collector = municipalities::Collector::default();
        let mut towns = Vec::new();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|error| unreadable(&error))? {
            let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
            if towns.len() == ROWS_MAX {
                return Err(refuse(line, None, format!("more than {ROWS_MAX} rows")));
            }
            let row = row::Row::read(&record, line)?;
            collector.add(&row, line)?;
            towns.push(row.town());
        }
        if towns.is_empty() {
            return Err(refuse(1, None, "no row; expected the places of Japan"));
        }
        Ok(Self { municipalities: collector.finish()?, towns })
    }

    /// Reads the CSV text from a gzip file.
    pub fn read_gzip(gzip: impl Read) -> Result<Self, ReferenceError> {
        Self::read(GzDecoder::new(gzip))
    }

    /// The gazetteer that comes with the program.
    pub fn embedded() -> Result<Self, ReferenceError> {
        Self::read_gzip(Dataset::Gazetteer.embedded())
    }

    /// The municipality of that code.
    #[must_use]
    pub fn municipality(&self, jis_code: &JisCode) -> Option<&Municipality> {
        let at = self.municipalities.binary_search_by(|known| known.jis_code.cmp(jis_code)).ok()?;
        self.municipalities.get(at)
    }
}

fn refuse(line: usize, column: Option<&str>, message: impl Into<String>) -> ReferenceError {
    ReferenceError {
        dataset: Dataset::Gazetteer,
        line: Some(line),
        path: column.map(str::to_owned),
        message: message.into(),
    }
}

fn unreadable(error: &csv::Error) -> ReferenceError {
    let line = error.position().and_then(|position| usize::try_from(position.line()).ok());
    ReferenceError { dataset: Dataset::Gazetteer, line, path: None, message: error.to_string() }
}

#[cfg(test)]
mod tests;
