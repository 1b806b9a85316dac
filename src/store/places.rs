//! The gazetteer: postal codes, towns, municipalities.

use sqlx::FromRow;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    address::MunicipalityName,
    place::{JisCode, Place, Point, PostalCode},
};

#[derive(FromRow)]
struct Row {
    postal_code: String,
    jis_code: String,
    parent_code: Option<String>,
    prefecture: String,
    municipality: String,
    town: String,
    town_kana: String,
    lat_e6: i64,
    lon_e6: i64,
    precision: String,
}

impl TryFrom<Row> for Place {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let code = |column, text: String| text.parse().map_err(|error| Error::corrupt("town", column, error));
        Ok(Self {
            postal_code: row
                .postal_code
                .parse()
                .map_err(|error| Error::corrupt("town", "postal_code", error))?,
            jis_code: code("jis_code", row.jis_code)?,
            parent_code: row.parent_code.map(|text| code("parent_code", text)).transpose()?,
            prefecture: row.prefecture,
            municipality: row.municipality,
            town: row.town,
            town_kana: row.town_kana,
            point: Point::from_e6(row.lat_e6, row.lon_e6)
                .map_err(|error| Error::corrupt("town", "lat_e6", error))?,
            precision: row.precision.parse().map_err(|error| Error::corrupt("town", "precision", error))?,
        })
    }
}

/// The places of a postal code: one code can cover several towns.
pub async fn by_postal_code(tx: &mut Tx, code: &PostalCode) -> Result<Vec<Place>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT t.postal_code, t.jis_code, m.parent_code, m.prefecture, m.name AS municipality, t.name AS town,
                t.name_kana AS town_kana, t.lat_e6, t.lon_e6, t.precision
         FROM town t JOIN municipality m ON m.jis_code = t.jis_code WHERE t.postal_code = $1 ORDER BY t.id",
        code.as_str()
    )?;
    rows.into_iter().map(Place::try_from).collect()
}

/// The parent city of a ward.
pub async fn parent_of(tx: &mut Tx, code: &JisCode) -> Result<Option<JisCode>, Error> {
    let row = query!(
        tx,
        optional One<Option<String>>,
        "SELECT parent_code FROM municipality WHERE jis_code = $1",
        code.as_str()
    )?;
    row.and_then(|(parent,)| parent)
        .map(|parent| parent.parse().map_err(|error| Error::corrupt("municipality", "parent_code", error)))
        .transpose()
}

/// Whether the gazetteer knows the municipality.
pub async fn exists(tx: &mut Tx, code: &JisCode) -> Result<bool, Error> {
    let row = query!(
        tx,
        optional One<String>,
        "SELECT jis_code FROM municipality WHERE jis_code = $1",
        code.as_str()
    )?;
    Ok(row.is_some())
}

/// The name of a municipality.
pub async fn name(tx: &mut Tx, code: &JisCode) -> Result<Option<String>, Error> {
    let row =
        query!(tx, optional One<String>, "SELECT name FROM municipality WHERE jis_code = $1", code.as_str())?;
    Ok(row.map(|(name,)| name))
}

/// Every place of the gazetteer.
pub async fn all(tx: &mut Tx) -> Result<Vec<Place>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT t.postal_code, t.jis_code, m.parent_code, m.prefecture, m.name AS municipality, t.name AS town,
                t.name_kana AS town_kana, t.lat_e6, t.lon_e6, t.precision
         FROM town t JOIN municipality m ON m.jis_code = t.jis_code ORDER BY t.id"
    )?;
    rows.into_iter().map(Place::try_from).collect()
}

#[derive(FromRow)]
struct NameRow {
    jis_code: String,
    parent_code: Option<String>,
    prefecture: String,
    prefecture_kana: String,
    name: String,
    name_kana: String,
}

impl TryFrom<NameRow> for MunicipalityName {
    type Error = Error;

    fn try_from(row: NameRow) -> Result<Self, Error> {
        let code = |column, text: String| {
            text.parse().map_err(|error| Error::corrupt("municipality", column, error))
        };
        Ok(Self {
            jis_code: code("jis_code", row.jis_code)?,
            parent_code: row.parent_code.map(|text| code("parent_code", text)).transpose()?,
            prefecture: row.prefecture,
            prefecture_kana: row.prefecture_kana,
            name: row.name,
            name_kana: row.name_kana,
        })
    }
}

/// Every municipality of the gazetteer.
pub async fn municipalities(tx: &mut Tx) -> Result<Vec<MunicipalityName>, Error> {
    let rows = query!(
        tx,
        all NameRow,
        "SELECT jis_code, parent_code, prefecture, prefecture_kana, name, name_kana FROM municipality
         ORDER BY jis_code"
    )?;
    rows.into_iter().map(MunicipalityName::try_from).collect()
}

/// Which version of the gazetteer is in force; 0 when none is.
pub async fn version(tx: &mut Tx) -> Result<i64, Error> {
    let (version,) = query!(
        tx,
        one One<i64>,
        "SELECT COALESCE(MAX(version), 0) FROM reference_dataset WHERE name = 'gazetteer'"
    )?;
    Ok(version)
}
