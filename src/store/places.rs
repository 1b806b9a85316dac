//! The gazetteer: postal codes, towns, municipalities.

use super::{
    Error, Tx,
    codec::row,
    db::{One, query},
};
use crate::domain::{
    address::MunicipalityName,
    place::{JisCode, Place, PostalCode},
};

row! {
    Place: postal_code, jis_code, parent_code, prefecture, municipality, town, town_kana, point: flat,
    precision
}

/// The places of a postal code: one code can cover several towns.
pub async fn by_postal_code(tx: &mut Tx, code: &PostalCode) -> Result<Vec<Place>, Error> {
    query!(
        tx,
        all Place,
        "SELECT t.postal_code, t.jis_code, m.parent_code, m.prefecture, m.name AS municipality, t.name AS town,
                t.name_kana AS town_kana, t.lat_e6, t.lon_e6, t.precision
         FROM town t JOIN municipality m ON m.jis_code = t.jis_code WHERE t.postal_code = $1 ORDER BY t.id",
        code
    )
}

/// The parent city of a ward.
pub async fn parent_of(tx: &mut Tx, code: &JisCode) -> Result<Option<JisCode>, Error> {
    let row = query!(
        tx,
        optional One<Option<JisCode>>,
        "SELECT parent_code FROM municipality WHERE jis_code = $1",
        code
    )?;
    Ok(row.and_then(|(parent,)| parent))
}

/// Whether the gazetteer knows the municipality.
pub async fn exists(tx: &mut Tx, code: &JisCode) -> Result<bool, Error> {
    let row = query!(
        tx,
        optional One<String>,
        "SELECT jis_code FROM municipality WHERE jis_code = $1",
        code
    )?;
    Ok(row.is_some())
}

/// The name of a municipality.
pub async fn name(tx: &mut Tx, code: &JisCode) -> Result<Option<String>, Error> {
    let row = query!(tx, optional One<String>, "SELECT name FROM municipality WHERE jis_code = $1", code)?;
    Ok(row.map(|(name,)| name))
}

/// Every place of the gazetteer.
pub async fn all(tx: &mut Tx) -> Result<Vec<Place>, Error> {
    query!(
        tx,
        all Place,
        "SELECT t.postal_code, t.jis_code, m.parent_code, m.prefecture, m.name AS municipality, t.name AS town,
                t.name_kana AS town_kana, t.lat_e6, t.lon_e6, t.precision
         FROM town t JOIN municipality m ON m.jis_code = t.jis_code ORDER BY t.id"
    )
}

row! { MunicipalityName: jis_code, parent_code, prefecture, prefecture_kana, name, name_kana }

/// Every municipality of the gazetteer.
pub async fn municipalities(tx: &mut Tx) -> Result<Vec<MunicipalityName>, Error> {
    query!(
        tx,
        all MunicipalityName,
        "SELECT jis_code, parent_code, prefecture, prefecture_kana, name, name_kana FROM municipality
         ORDER BY jis_code"
    )
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
