//! Firms and the municipalities they serve.

use uuid::Uuid;

use super::{
    Batch, Error, Tx,
    batch::later,
    codec::{Json, List, Whole, row},
    db::{id_list, query},
    search::Search,
};
use crate::domain::{
    email::EmailAddress,
    firms::{Firm, OfficeKey},
    ids::FirmId,
    registration::RegistrationNumber,
};

row! {
    Firm: id, version, name, phone, email, state, areas: List, tier: Whole, offers_to, licences: Json,
    registration_number, key, created_at
}

/// Of a firm, with its areas in order, apart by commas.
macro_rules! columns {
    () => {
        "SELECT f.id, f.version, f.name, f.phone, f.email, f.state, f.tier, f.offers_to, f.licences,
                f.registration_number, f.key, f.created_at,
                COALESCE((SELECT string_agg(a.jis_code, ',' ORDER BY a.jis_code) FROM firm_area a
                          WHERE a.firm_id = f.id), '') AS areas
         FROM firm f "
    };
}

/// Keeps a new firm and its areas; `Exists` when another one has its key.
pub async fn insert(tx: &mut Tx, firm: &Firm) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO firm (id, version, name, phone, state, tier, offers_to, licences, registration_number, key,
                           created_at, email)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        firm.id,
        firm.version,
        &firm.name,
        &firm.phone,
        firm.state,
        i64::from(firm.tier),
        firm.offers_to,
        Json(&firm.licences),
        firm.registration_number.as_ref().map(RegistrationNumber::as_str),
        firm.key.as_ref().map(OfficeKey::as_str),
        firm.created_at,
        firm.email.as_ref().map(EmailAddress::as_str)
    )?;
    insert_areas(tx, firm).await
}

async fn insert_areas(tx: &mut Tx, firm: &Firm) -> Result<(), Error> {
    for area in &firm.areas {
        query!(tx, execute, "INSERT INTO firm_area (firm_id, jis_code) VALUES ($1, $2)", firm.id, &area)?;
    }
    Ok(())
}

/// Writes a changed firm over the version that was read; `false` when it has changed meanwhile.
pub async fn update(tx: &mut Tx, firm: &Firm) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE firm SET version = version + 1, name = $3, phone = $4, state = $5, tier = $6, offers_to = $7,
                licences = $8, registration_number = $9, key = $10, email = $11
         WHERE id = $1 AND version = $2",
        firm.id,
        firm.version,
        &firm.name,
        &firm.phone,
        firm.state,
        i64::from(firm.tier),
        firm.offers_to,
        Json(&firm.licences),
        firm.registration_number.as_ref().map(RegistrationNumber::as_str),
        firm.key.as_ref().map(OfficeKey::as_str),
        firm.email.as_ref().map(EmailAddress::as_str)
    )?;
    if changed == 0 {
        return Ok(false);
    }
    query!(tx, execute, "DELETE FROM firm_area WHERE firm_id = $1", firm.id)?;
    insert_areas(tx, firm).await?;
    Ok(true)
}

/// Others who have looked at this firm look again: what keeps it from a resident has changed.
pub async fn touch(tx: &mut Tx, id: FirmId) -> Result<(), Error> {
    query!(tx, execute, "UPDATE firm SET version = version + 1 WHERE id = $1", id)?;
    Ok(())
}

/// What is written with this holds only while the firm is as seen at `version`.
pub fn must_be(batch: &mut Batch, id: FirmId, version: i64) {
    later!(batch, one, "UPDATE firm SET version = version WHERE id = $1 AND version = $2", id, version);
}

/// The firm of an id.
pub async fn find(tx: &mut Tx, id: FirmId) -> Result<Option<Firm>, Error> {
    query!(tx, optional Firm, concat!(columns!(), "WHERE f.id = $1"), id)
}

/// Keeps everybody else from saying more of this firm's staff until the transaction ends.
pub async fn hold(tx: &mut Tx, id: FirmId) -> Result<(), Error> {
    // The version is what others have seen of the firm itself, which does not change.
    query!(tx, execute, "UPDATE firm SET version = version WHERE id = $1", id)?;
    Ok(())
}

/// Names and registration numbers of some firms, oldest first.
pub async fn issuers(
    tx: &mut Tx,
    ids: &[FirmId],
) -> Result<Vec<(String, Option<RegistrationNumber>)>, Error> {
    query!(
        tx,
        all(String, Option<RegistrationNumber>),
        {
            sqlite: "SELECT name, registration_number FROM firm
                     WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
            postgres: "SELECT name, registration_number FROM firm
                       WHERE id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))
                       ORDER BY id"
        },
        id_list(ids.iter().map(|id| id.0))
    )
}

/// The firm the office calls by this key.
pub async fn by_key(tx: &mut Tx, key: &OfficeKey) -> Result<Option<Firm>, Error> {
    let row = query!(tx, optional FirmId, "SELECT id FROM firm WHERE key = $1", key)?;
    match row {
        Some(id) => find(tx, id).await,
        None => Ok(None),
    }
}

/// The firms after `after`, oldest first; only `own` if given.
pub async fn list(tx: &mut Tx, own: Option<FirmId>, after: Uuid, limit: i64) -> Result<Vec<Firm>, Error> {
    let search = Search::of(tx, concat!(columns!(), "WHERE f.id > $1")).bind(after);
    search.and("f.id = $", own).all(tx, "ORDER BY f.id LIMIT $", limit).await
}
