//! Firms and the municipalities they serve.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, id_list, query},
};
use crate::domain::{
    email::EmailAddress,
    firms::{Firm, OfficeKey},
    ids::FirmId,
    phone::Phone,
    place::JisCode,
    registration::RegistrationNumber,
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    name: String,
    phone: String,
    email: Option<String>,
    state: String,
    tier: i64,
    offers_to: String,
    licences: String,
    registration_number: Option<String>,
    key: Option<String>,
    created_at: Instant,
    areas: String,
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

impl TryFrom<Row> for Firm {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let registration_number = row.registration_number.map(RegistrationNumber::try_from).transpose();
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            name: row.name,
            phone: Phone::try_from(row.phone).map_err(|error| Error::corrupt("firm", "phone", error))?,
            email: row
                .email
                .map(EmailAddress::try_from)
                .transpose()
                .map_err(|error| Error::corrupt("firm", "email", error))?,
            state: row.state.parse().map_err(|error| Error::corrupt("firm", "state", error))?,
            areas: areas(&row.areas)?,
            tier: row.tier.try_into().map_err(|error| Error::corrupt("firm", "tier", error))?,
            offers_to: row.offers_to.parse().map_err(|error| Error::corrupt("firm", "offers_to", error))?,
            licences: serde_json::from_str(&row.licences)
                .map_err(|error| Error::corrupt("firm", "licences", error))?,
            registration_number: registration_number
                .map_err(|error| Error::corrupt("firm", "registration_number", error))?,
            key: row
                .key
                .map(OfficeKey::try_from)
                .transpose()
                .map_err(|error| Error::corrupt("firm", "key", error))?,
            created_at: row.created_at,
        })
    }
}

fn areas(codes: &str) -> Result<Vec<JisCode>, Error> {
    let codes = codes.split(',').filter(|code| !code.is_empty());
    codes.map(|code| code.parse().map_err(|error| Error::corrupt("firm_area", "jis_code", error))).collect()
}

fn licences(firm: &Firm) -> Result<String, Error> {
    serde_json::to_string(&firm.licences).map_err(|error| Error::corrupt("firm", "licences", error))
}

/// Keeps a new firm and its areas; `Exists` when another one has its key.
pub async fn insert(tx: &mut Tx, firm: &Firm) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO firm (id, version, name, phone, state, tier, offers_to, licences, registration_number, key,
                           created_at, email)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        firm.id.0,
        firm.version,
        &firm.name,
        firm.phone.as_str(),
        firm.state.as_str(),
        i64::from(firm.tier),
        firm.offers_to.as_str(),
        licences(firm)?,
        firm.registration_number.as_ref().map(RegistrationNumber::as_str),
        firm.key.as_ref().map(OfficeKey::as_str),
        firm.created_at,
        firm.email.as_ref().map(EmailAddress::as_str)
    )?;
    insert_areas(tx, firm).await
}

async fn insert_areas(tx: &mut Tx, firm: &Firm) -> Result<(), Error> {
    for area in &firm.areas {
        query!(
            tx,
            execute,
            "INSERT INTO firm_area (firm_id, jis_code) VALUES ($1, $2)",
            firm.id.0,
            area.as_str()
        )?;
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
        firm.id.0,
        firm.version,
        &firm.name,
        firm.phone.as_str(),
        firm.state.as_str(),
        i64::from(firm.tier),
        firm.offers_to.as_str(),
        licences(firm)?,
        firm.registration_number.as_ref().map(RegistrationNumber::as_str),
        firm.key.as_ref().map(OfficeKey::as_str),
        firm.email.as_ref().map(EmailAddress::as_str)
    )?;
    if changed == 0 {
        return Ok(false);
    }
    query!(tx, execute, "DELETE FROM firm_area WHERE firm_id = $1", firm.id.0)?;
    insert_areas(tx, firm).await?;
    Ok(true)
}

/// The firm of an id.
pub async fn find(tx: &mut Tx, id: FirmId) -> Result<Option<Firm>, Error> {
    let row = query!(tx, optional Row, concat!(columns!(), "WHERE f.id = $1"), id.0)?;
    row.map(Firm::try_from).transpose()
}

/// Names and registration numbers of some firms, oldest first.
pub async fn issuers(
    tx: &mut Tx,
    ids: &[FirmId],
) -> Result<Vec<(String, Option<RegistrationNumber>)>, Error> {
    let rows = query!(
        tx,
        all(String, Option<String>),
        {
            sqlite: "SELECT name, registration_number FROM firm
                     WHERE id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id",
            postgres: "SELECT name, registration_number FROM firm
                       WHERE id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))
                       ORDER BY id"
        },
        id_list(ids.iter().map(|id| id.0))
    )?;
    let read = |(name, number): (String, Option<String>)| {
        let number = number.map(RegistrationNumber::try_from).transpose();
        Ok((name, number.map_err(|error| Error::corrupt("firm", "registration_number", error))?))
    };
    rows.into_iter().map(read).collect()
}

/// The firm the office calls by this key.
pub async fn by_key(tx: &mut Tx, key: &OfficeKey) -> Result<Option<Firm>, Error> {
    let row = query!(tx, optional One<Uuid>, "SELECT id FROM firm WHERE key = $1", key.as_str())?;
    match row {
        Some((id,)) => find(tx, id.into()).await,
        None => Ok(None),
    }
}

/// The firms after `after`, oldest first; only `own` if given.
pub async fn list(tx: &mut Tx, own: Option<FirmId>, after: Uuid, limit: i64) -> Result<Vec<Firm>, Error> {
    let rows = match own {
        None => query!(
            tx,
            all Row,
            concat!(columns!(), "WHERE f.id > $1 ORDER BY f.id LIMIT $2"),
            after,
            limit
        )?,
        Some(own) => query!(
            tx,
            all Row,
            concat!(columns!(), "WHERE f.id = $1 AND f.id > $2 LIMIT $3"),
            own.0,
            after,
            limit
        )?,
    };
    rows.into_iter().map(Firm::try_from).collect()
}
