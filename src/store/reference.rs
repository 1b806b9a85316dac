//! Reference data: each dataset's versions as they were loaded, and the gazetteer as rows.

use serde::Serialize;
use sqlx::FromRow;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::span::Instant;

/// The version of a dataset that is in force.
#[derive(Debug, Clone, FromRow)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// Its version, from 1.
    pub version: i64,
    /// SHA-256 of the file it was loaded from.
    pub sha256: Vec<u8>,
    /// The file; empty where it is kept as rows.
    pub body: Vec<u8>,
}

/// The datasets in force.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<Dataset>, Error> {
    query!(
        tx,
        all Dataset,
        "SELECT d.name, d.version, d.sha256, d.body FROM reference_dataset d
         WHERE d.version = (SELECT MAX(e.version) FROM reference_dataset e WHERE e.name = d.name) ORDER BY d.name"
    )
}

/// Every version of every dataset with when it came into force, newest first within a dataset; at most `limit`.
pub async fn history(tx: &mut Tx, limit: i64) -> Result<Vec<(String, i64, Instant)>, Error> {
    query!(
        tx,
        all(String, i64, Instant),
        "SELECT name, version, loaded_at FROM reference_dataset ORDER BY name, version DESC LIMIT $1",
        limit
    )
}

/// Every version of two datasets with when it came into force.
pub async fn versions(tx: &mut Tx, datasets: [&str; 2]) -> Result<Vec<(String, i64, Instant)>, Error> {
    query!(
        tx,
        all(String, i64, Instant),
        "SELECT name, version, loaded_at FROM reference_dataset WHERE name IN ($1, $2) ORDER BY name, version",
        datasets[0],
        datasets[1]
    )
}

/// The file of a version of a dataset.
pub async fn body(tx: &mut Tx, dataset: &str, version: i64) -> Result<Option<Vec<u8>>, Error> {
    let row = query!(
        tx,
        optional One<Vec<u8>>,
        "SELECT body FROM reference_dataset WHERE name = $1 AND version = $2",
        dataset,
        version
    )?;
    Ok(row.map(|(body,)| body))
}

/// Keeps a newer version of a dataset.
pub async fn insert(tx: &mut Tx, dataset: &Dataset, loaded_at: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO reference_dataset (name, version, sha256, body, loaded_at) VALUES ($1, $2, $3, $4, $5)",
        &dataset.name,
        dataset.version,
        dataset.sha256.as_slice(),
        dataset.body.as_slice(),
        loaded_at
    )?;
    Ok(())
}

/// A row of the table of municipalities.
#[derive(Debug, Clone, Serialize)]
pub struct MunicipalityRow<'a> {
    /// JIS code.
    pub jis_code: &'a str,
    /// 都道府県.
    pub prefecture: &'a str,
    /// The same in kana.
    pub prefecture_kana: &'a str,
    /// Name.
    pub name: &'a str,
    /// The same in kana.
    pub name_kana: &'a str,
    /// A ward's parent city.
    pub parent_code: Option<&'a str>,
    /// Latitude of the office in microdegrees.
    pub lat_e6: i64,
    /// Longitude of the office in microdegrees.
    pub lon_e6: i64,
}

/// A row of the table of towns.
#[derive(Debug, Clone, Serialize)]
pub struct TownRow<'a> {
    /// Running number in the file.
    pub id: i64,
    /// Postal code.
    pub postal_code: &'a str,
    /// Municipality.
    pub jis_code: &'a str,
    /// Name.
    pub name: &'a str,
    /// The same in kana.
    pub name_kana: &'a str,
    /// Latitude in microdegrees.
    pub lat_e6: i64,
    /// Longitude in microdegrees.
    pub lon_e6: i64,
    /// How well the point is known.
    pub precision: &'a str,
}

/// Takes out the gazetteer, to be filled anew in the same transaction.
pub async fn clear_gazetteer(tx: &mut Tx) -> Result<(), Error> {
    query!(tx, execute, "DELETE FROM town")?;
    query!(tx, execute, "DELETE FROM municipality")?;
    Ok(())
}

/// Rows handed over in one statement: as one JSON text, which both engines unpack faster than single inserts.
pub const ROWS_MAX: usize = 5_000;

/// Adds municipalities.
pub async fn add_municipalities(tx: &mut Tx, rows: &[MunicipalityRow<'_>]) -> Result<(), Error> {
    let json = serde_json::to_string(rows).map_err(|error| Error::corrupt("municipality", "name", error))?;
    query!(
        tx,
        execute,
        {
            sqlite: "INSERT INTO municipality
                       (jis_code, prefecture, prefecture_kana, name, name_kana, parent_code, lat_e6, lon_e6)
                     SELECT value->>'jis_code', value->>'prefecture', value->>'prefecture_kana', value->>'name',
                            value->>'name_kana', value->>'parent_code', value->>'lat_e6', value->>'lon_e6'
                     FROM json_each($1)",
            postgres: "INSERT INTO municipality
                         (jis_code, prefecture, prefecture_kana, name, name_kana, parent_code, lat_e6, lon_e6)
                       SELECT jis_code, prefecture, prefecture_kana, name, name_kana, parent_code, lat_e6, lon_e6
                       FROM json_to_recordset(CAST($1 AS json))
                            AS r(jis_code text, prefecture text, prefecture_kana text, name text, name_kana text,
                                 parent_code text, lat_e6 bigint, lon_e6 bigint)"
        },
        json
    )?;
    Ok(())
}

/// Adds towns.
pub async fn add_towns(tx: &mut Tx, rows: &[TownRow<'_>]) -> Result<(), Error> {
    let json = serde_json::to_string(rows).map_err(|error| Error::corrupt("town", "name", error))?;
    query!(
        tx,
        execute,
        {
            sqlite: "INSERT INTO town (id, postal_code, jis_code, name, name_kana, lat_e6, lon_e6, precision)
                     SELECT value->>'id', value->>'postal_code', value->>'jis_code', value->>'name',
                            value->>'name_kana', value->>'lat_e6', value->>'lon_e6', value->>'precision'
                     FROM json_each($1)",
            postgres: "INSERT INTO town (id, postal_code, jis_code, name, name_kana, lat_e6, lon_e6, precision)
                       SELECT id, postal_code, jis_code, name, name_kana, lat_e6, lon_e6, precision
                       FROM json_to_recordset(CAST($1 AS json))
                            AS r(id bigint, postal_code text, jis_code text, name text, name_kana text,
                                 lat_e6 bigint, lon_e6 bigint, precision text)"
        },
        json
    )?;
    Ok(())
}

/// How many towns the gazetteer has.
pub async fn towns(tx: &mut Tx) -> Result<i64, Error> {
    let (count,) = query!(tx, one One<i64>, "SELECT CAST(COUNT(*) AS BIGINT) FROM town")?;
    Ok(count)
}
