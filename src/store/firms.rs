//! Firms and the municipalities they serve.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
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
}

impl Row {
    fn into_firm(self, areas: Vec<JisCode>) -> Result<Firm, Error> {
        let registration_number = self.registration_number.map(RegistrationNumber::try_from).transpose();
        Ok(Firm {
            id: self.id.into(),
            version: self.version,
            name: self.name,
            phone: Phone::try_from(self.phone).map_err(|error| Error::corrupt("firm", "phone", error))?,
            email: self
                .email
                .map(EmailAddress::try_from)
                .transpose()
                .map_err(|error| Error::corrupt("firm", "email", error))?,
            state: self.state.parse().map_err(|error| Error::corrupt("firm", "state", error))?,
            areas,
            tier: self.tier.try_into().map_err(|error| Error::corrupt("firm", "tier", error))?,
            offers_to: self.offers_to.parse().map_err(|error| Error::corrupt("firm", "offers_to", error))?,
            licences: serde_json::from_str(&self.licences)
                .map_err(|error| Error::corrupt("firm", "licences", error))?,
            registration_number: registration_number
                .map_err(|error| Error::corrupt("firm", "registration_number", error))?,
            key: self
                .key
                .map(OfficeKey::try_from)
                .transpose()
                .map_err(|error| Error::corrupt("firm", "key", error))?,
            created_at: self.created_at,
        })
    }
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
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, name, phone, email, state, tier, offers_to, licences, registration_number, key, created_at
         FROM firm WHERE id = $1",
        id.0
    )?;
    let Some(row) = row else { return Ok(None) };
    let areas = areas(tx, id).await?;
    row.into_firm(areas).map(Some)
}

/// The firm the office calls by this key.
pub async fn by_key(tx: &mut Tx, key: &OfficeKey) -> Result<Option<Firm>, Error> {
    let row = query!(tx, optional One<Uuid>, "SELECT id FROM firm WHERE key = $1", key.as_str())?;
    match row {
        Some((id,)) => find(tx, id.into()).await,
        None => Ok(None),
    }
}

async fn areas(tx: &mut Tx, id: FirmId) -> Result<Vec<JisCode>, Error> {
    let rows = query!(
        tx,
        all One<String>,
        "SELECT jis_code FROM firm_area WHERE firm_id = $1 ORDER BY jis_code",
        id.0
    )?;
    rows.into_iter()
        .map(|(code,)| code.parse().map_err(|error| Error::corrupt("firm_area", "jis_code", error)))
        .collect()
}

/// The firms after `after`, oldest first; only `own` if given.
pub async fn list(tx: &mut Tx, own: Option<FirmId>, after: Uuid, limit: i64) -> Result<Vec<Firm>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, name, phone, email, state, tier, offers_to, licences, registration_number, key, created_at
         FROM firm WHERE id > $1 AND ($2 = 1 OR id = $3) ORDER BY id LIMIT $4",
        after,
        i64::from(own.is_none()),
        own.map_or(Uuid::nil(), |firm| firm.0),
        limit
    )?;
    let mut firms = Vec::with_capacity(rows.len());
    for row in rows {
        let areas = areas(tx, row.id.into()).await?;
        firms.push(row.into_firm(areas)?);
    }
    Ok(firms)
}
