//! Technicians.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, id_list, query, scope_binds},
};
use crate::domain::{
    actor::Scope,
    firms::{OfficeKey, Technician},
    ids::TechnicianId,
    phone::Phone,
    place::Point,
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    firm_id: Uuid,
    name: String,
    phone: String,
    base_lat_e6: i64,
    base_lon_e6: i64,
    trades: String,
    languages: String,
    shifts: String,
    state: String,
    job_codes: String,
    tools: String,
    opening_tools: String,
    badge_number: Option<String>,
    key: Option<String>,
    created_at: Instant,
}

impl TryFrom<Row> for Technician {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        fn json<T: serde::de::DeserializeOwned>(column: &'static str, text: &str) -> Result<T, Error> {
            serde_json::from_str(text).map_err(|error| Error::corrupt("technician", column, error))
        }
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            firm_id: row.firm_id.into(),
            name: row.name,
            phone: Phone::try_from(row.phone)
                .map_err(|error| Error::corrupt("technician", "phone", error))?,
            base: Point::from_e6(row.base_lat_e6, row.base_lon_e6)
                .map_err(|error| Error::corrupt("technician", "base_lat_e6", error))?,
            trades: json("trades", &row.trades)?,
            job_codes: json("job_codes", &row.job_codes)?,
            tools: json("tools", &row.tools)?,
            opening_tools: row
                .opening_tools
                .parse()
                .map_err(|error| Error::corrupt("technician", "opening_tools", error))?,
            badge_number: row.badge_number,
            key: row
                .key
                .map(OfficeKey::try_from)
                .transpose()
                .map_err(|error| Error::corrupt("technician", "key", error))?,
            languages: json("languages", &row.languages)?,
            shifts: json("shifts", &row.shifts)?,
            state: row.state.parse().map_err(|error| Error::corrupt("technician", "state", error))?,
            created_at: row.created_at,
        })
    }
}

/// What of a technician is stored as JSON.
fn documents(technician: &Technician) -> Result<[String; 5], Error> {
    let text = |column, value: serde_json::Result<String>| {
        value.map_err(|error| Error::corrupt("technician", column, error))
    };
    Ok([
        text("trades", serde_json::to_string(&technician.trades))?,
        text("languages", serde_json::to_string(&technician.languages))?,
        text("shifts", serde_json::to_string(&technician.shifts))?,
        text("job_codes", serde_json::to_string(&technician.job_codes))?,
        text("tools", serde_json::to_string(&technician.tools))?,
    ])
}

/// Keeps a new technician; `Exists` when another one has his key.
pub async fn insert(tx: &mut Tx, technician: &Technician) -> Result<(), Error> {
    let [trades, languages, shifts, job_codes, tools] = documents(technician)?;
    query!(
        tx,
        execute,
        "INSERT INTO technician (id, version, firm_id, name, phone, base_lat_e6, base_lon_e6, trades, languages,
                                 shifts, state, job_codes, tools, opening_tools, badge_number, key, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        technician.id.0,
        technician.version,
        technician.firm_id.0,
        &technician.name,
        technician.phone.as_str(),
        technician.base.lat_e6(),
        technician.base.lon_e6(),
        trades,
        languages,
        shifts,
        technician.state.as_str(),
        job_codes,
        tools,
        technician.opening_tools.as_str(),
        technician.badge_number.as_deref(),
        technician.key.as_ref().map(OfficeKey::as_str),
        technician.created_at
    )?;
    Ok(())
}

/// Writes a changed technician over the version that was read; `false` when it has changed meanwhile.
pub async fn update(tx: &mut Tx, technician: &Technician) -> Result<bool, Error> {
    let [trades, languages, shifts, job_codes, tools] = documents(technician)?;
    let changed = query!(
        tx,
        execute,
        "UPDATE technician SET version = version + 1, name = $3, phone = $4, base_lat_e6 = $5, base_lon_e6 = $6,
                trades = $7, languages = $8, shifts = $9, state = $10, job_codes = $11, tools = $12,
                opening_tools = $13, badge_number = $14, key = $15
         WHERE id = $1 AND version = $2",
        technician.id.0,
        technician.version,
        &technician.name,
        technician.phone.as_str(),
        technician.base.lat_e6(),
        technician.base.lon_e6(),
        trades,
        languages,
        shifts,
        technician.state.as_str(),
        job_codes,
        tools,
        technician.opening_tools.as_str(),
        technician.badge_number.as_deref(),
        technician.key.as_ref().map(OfficeKey::as_str)
    )?;
    Ok(changed == 1)
}

/// The technician of an id.
pub async fn find(tx: &mut Tx, id: TechnicianId) -> Result<Option<Technician>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, firm_id, name, phone, base_lat_e6, base_lon_e6, trades, languages, shifts, state,
                job_codes, tools, opening_tools, badge_number, key, created_at
         FROM technician WHERE id = $1",
        id.0
    )?;
    row.map(Technician::try_from).transpose()
}

/// Keeps everybody else from changing this technician's roster until the transaction ends; whether there is one.
pub async fn hold(tx: &mut Tx, id: TechnicianId) -> Result<bool, Error> {
    // The version is what others have seen of the technician himself, which does not change.
    let held = query!(tx, execute, "UPDATE technician SET version = version WHERE id = $1", id.0)?;
    Ok(held == 1)
}

/// The technician the office calls by this key.
pub async fn by_key(tx: &mut Tx, key: &OfficeKey) -> Result<Option<Technician>, Error> {
    let row = query!(tx, optional One<Uuid>, "SELECT id FROM technician WHERE key = $1", key.as_str())?;
    match row {
        Some((id,)) => find(tx, id.into()).await,
        None => Ok(None),
    }
}

/// The technicians of some ids.
pub async fn several(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = TechnicianId>,
) -> Result<Vec<Technician>, Error> {
    let ids: BTreeSet<_> = ids.into_iter().map(|id| id.0).collect();
    let rows = query!(
        tx,
        all Row,
        {
            sqlite: "SELECT id, version, firm_id, name, phone, base_lat_e6, base_lon_e6, trades, languages, shifts, state,
                            job_codes, tools, opening_tools, badge_number, key, created_at
                     FROM technician WHERE id IN (SELECT unhex(value) FROM json_each($1))",
            postgres: "SELECT id, version, firm_id, name, phone, base_lat_e6, base_lon_e6, trades, languages, shifts,
                              state, job_codes, tools, opening_tools, badge_number, key, created_at
                       FROM technician
                       WHERE id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))"
        },
        id_list(ids)
    )?;
    rows.into_iter().map(Technician::try_from).collect()
}

/// Names of technicians with those of their firms.
pub type Names = BTreeMap<TechnicianId, (String, String)>;

/// What some technicians and their firms are called; who is not known is left out.
pub async fn names(tx: &mut Tx, ids: impl IntoIterator<Item = TechnicianId>) -> Result<Names, Error> {
    let ids: BTreeSet<_> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let rows = query!(
        tx,
        all(Uuid, String, String),
        {
            sqlite: "SELECT t.id, t.name, f.name FROM technician t JOIN firm f ON f.id = t.firm_id
                     WHERE t.id IN (SELECT unhex(value) FROM json_each($1))",
            postgres: "SELECT t.id, t.name, f.name FROM technician t JOIN firm f ON f.id = t.firm_id
                       WHERE t.id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))"
        },
        id_list(ids)
    )?;
    Ok(rows.into_iter().map(|(id, technician, firm)| (id.into(), (technician, firm))).collect())
}

/// The technicians after `after` within the scope, oldest first.
pub async fn list(tx: &mut Tx, scope: Scope, after: Uuid, limit: i64) -> Result<Vec<Technician>, Error> {
    let (all, firm, technician) = scope_binds(scope);
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, firm_id, name, phone, base_lat_e6, base_lon_e6, trades, languages, shifts, state,
                job_codes, tools, opening_tools, badge_number, key, created_at
         FROM technician WHERE id > $1 AND ($2 = 1 OR firm_id = $3 OR id = $4) ORDER BY id LIMIT $5",
        after,
        all,
        firm,
        technician,
        limit
    )?;
    rows.into_iter().map(Technician::try_from).collect()
}
