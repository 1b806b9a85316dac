//! Technicians.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    Batch, Error, Tx,
    batch::later,
    codec::{Json, row},
    db::{id_list, query},
    search::{Search, limits},
};
use crate::domain::{
    actor::Scope,
    firms::{OfficeKey, Technician},
    ids::TechnicianId,
};

row! {
    Technician: id, version, firm_id, name, phone, base: at, trades: Json, job_codes: Json, tools: Json,
    opening_tools, badge_number, key, languages: Json, shifts: Json, state, created_at, confirmed_at,
    proposed: maybe proposed Json
}

/// Of a technician.
macro_rules! columns {
    () => {
        "id, version, firm_id, name, phone, base_lat_e6, base_lon_e6, trades, languages, shifts, state,
         job_codes, tools, opening_tools, badge_number, key, created_at, confirmed_at,
         (SELECT p.proposed FROM technician_proposal p
          WHERE p.technician_id = technician.id AND p.state = 'waiting') AS proposed"
    };
}

/// Keeps a new technician; `Exists` when another one has his key.
pub async fn insert(tx: &mut Tx, technician: &Technician) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO technician (id, version, firm_id, name, phone, base_lat_e6, base_lon_e6, trades, languages,
                                 shifts, state, job_codes, tools, opening_tools, badge_number, key, created_at,
                                 confirmed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        technician.id,
        technician.version,
        technician.firm_id,
        &technician.name,
        &technician.phone,
        technician.base.lat_e6(),
        technician.base.lon_e6(),
        Json(&technician.trades),
        Json(&technician.languages),
        Json(&technician.shifts),
        technician.state,
        Json(&technician.job_codes),
        Json(&technician.tools),
        technician.opening_tools,
        technician.badge_number.as_deref(),
        &technician.key,
        technician.created_at,
        technician.confirmed_at
    )?;
    Ok(())
}

/// Writes a changed technician over the version that was read; `false` when it has changed meanwhile.
pub async fn update(tx: &mut Tx, technician: &Technician) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE technician SET version = version + 1, name = $3, phone = $4, base_lat_e6 = $5, base_lon_e6 = $6,
                trades = $7, languages = $8, shifts = $9, state = $10, job_codes = $11, tools = $12,
                opening_tools = $13, badge_number = $14, key = $15, confirmed_at = $16
         WHERE id = $1 AND version = $2",
        technician.id,
        technician.version,
        &technician.name,
        &technician.phone,
        technician.base.lat_e6(),
        technician.base.lon_e6(),
        Json(&technician.trades),
        Json(&technician.languages),
        Json(&technician.shifts),
        technician.state,
        Json(&technician.job_codes),
        Json(&technician.tools),
        technician.opening_tools,
        technician.badge_number.as_deref(),
        &technician.key,
        technician.confirmed_at
    )?;
    Ok(changed == 1)
}

/// The technician of an id.
pub async fn find(tx: &mut Tx, id: TechnicianId) -> Result<Option<Technician>, Error> {
    query!(
        tx,
        optional Technician,
        concat!("SELECT ", columns!(), " FROM technician WHERE id = $1"),
        id
    )
}

/// Keeps everybody else from changing this technician's roster until the transaction ends; whether there is one.
pub async fn hold(tx: &mut Tx, id: TechnicianId) -> Result<bool, Error> {
    // The version is what others have seen of the technician himself, which does not change.
    let held = query!(tx, execute, "UPDATE technician SET version = version WHERE id = $1", id)?;
    Ok(held == 1)
}

/// Others who have looked at this technician look again: what keeps them from a resident has changed.
pub async fn touch(tx: &mut Tx, id: TechnicianId) -> Result<(), Error> {
    query!(tx, execute, "UPDATE technician SET version = version + 1 WHERE id = $1", id)?;
    Ok(())
}

/// What is written with this holds only while the technician is as seen at `version`.
pub fn must_be(batch: &mut Batch, id: TechnicianId, version: i64) {
    later!(batch, one, "UPDATE technician SET version = version WHERE id = $1 AND version = $2", id, version);
}

/// The technician the office calls by this key.
pub async fn by_key(tx: &mut Tx, key: &OfficeKey) -> Result<Option<Technician>, Error> {
    let row = query!(tx, optional TechnicianId, "SELECT id FROM technician WHERE key = $1", key)?;
    match row {
        Some(id) => find(tx, id).await,
        None => Ok(None),
    }
}

/// The technicians of some ids.
pub async fn several(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = TechnicianId>,
) -> Result<Vec<Technician>, Error> {
    let ids: BTreeSet<_> = ids.into_iter().map(|id| id.0).collect();
    query!(
        tx,
        all Technician,
        {
            sqlite: concat!("SELECT ", columns!(), " FROM technician
                WHERE id IN (SELECT unhex(value) FROM json_each($1))"),
            postgres: concat!("SELECT ", columns!(), " FROM technician
                WHERE id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))")
        },
        id_list(ids)
    )
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
        all(TechnicianId, String, String),
        {
            sqlite: "SELECT t.id, t.name, f.name FROM technician t JOIN firm f ON f.id = t.firm_id
                     WHERE t.id IN (SELECT unhex(value) FROM json_each($1))",
            postgres: "SELECT t.id, t.name, f.name FROM technician t JOIN firm f ON f.id = t.firm_id
                       WHERE t.id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))"
        },
        id_list(ids)
    )?;
    Ok(rows.into_iter().map(|(id, technician, firm)| (id, (technician, firm))).collect())
}

/// The technicians after `after` within the scope, oldest first.
pub async fn list(tx: &mut Tx, scope: Scope, after: Uuid, limit: i64) -> Result<Vec<Technician>, Error> {
    let Some((firm, technician)) = limits(scope) else { return Ok(Vec::new()) };
    let search = Search::of(tx, concat!("SELECT ", columns!(), " FROM technician WHERE id > $1")).bind(after);
    let search = search.and("firm_id = $", firm).and("id = $", technician);
    search.all(tx, "ORDER BY id LIMIT $", limit).await
}
