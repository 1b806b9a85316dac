//! Access tokens.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, id_list, query},
};
use crate::domain::{
    ids::{FirmId, TechnicianId, TokenId},
    span::Instant,
    tokens::{Grant, Token},
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    role: String,
    name: String,
    firm_id: Option<Uuid>,
    technician_id: Option<Uuid>,
    consumer_id: Option<Uuid>,
    created_at: Instant,
    expires_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

impl TryFrom<Row> for Token {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let role = row.role.parse().map_err(|error| Error::corrupt("token", "role", error))?;
        let grant = Grant::new(
            role,
            row.firm_id.map(Into::into),
            row.technician_id.map(Into::into),
            row.consumer_id.map(Into::into),
        );
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            grant: grant.map_err(|error| Error::corrupt("token", "role", error))?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        })
    }
}

/// Keeps a token and the digest of its secret.
pub async fn insert(tx: &mut Tx, token: &Token, secret_sha256: &[u8; 32]) -> Result<(), Error> {
    let (firm, technician, consumer) = match token.grant {
        Grant::Firm { firm_id } => (Some(firm_id.0), None, None),
        Grant::Technician { firm_id, technician_id } => (Some(firm_id.0), Some(technician_id.0), None),
        Grant::Billing { consumer_id } => (None, None, Some(consumer_id.0)),
        _ => (None, None, None),
    };
    query!(
        tx,
        execute,
        "INSERT INTO token (id, role, name, firm_id, technician_id, consumer_id, secret_sha256, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        token.id.0,
        token.grant.role().as_str(),
        &token.name,
        firm,
        technician,
        consumer,
        secret_sha256.as_slice(),
        token.created_at,
        token.expires_at
    )?;
    Ok(())
}

/// The token of a secret.
pub async fn by_digest(tx: &mut Tx, secret_sha256: &[u8; 32]) -> Result<Option<Token>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, role, name, firm_id, technician_id, consumer_id, created_at, expires_at, revoked_at
         FROM token WHERE secret_sha256 = $1",
        secret_sha256.as_slice()
    )?;
    row.map(Token::try_from).transpose()
}

/// The token of an id.
pub async fn find(tx: &mut Tx, id: TokenId) -> Result<Option<Token>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, role, name, firm_id, technician_id, consumer_id, created_at, expires_at, revoked_at
         FROM token WHERE id = $1",
        id.0
    )?;
    row.map(Token::try_from).transpose()
}

/// The tokens of some ids.
pub async fn several(tx: &mut Tx, ids: impl IntoIterator<Item = Uuid>) -> Result<Vec<Token>, Error> {
    let rows = query!(
        tx,
        all Row,
        {
            sqlite: "SELECT id, role, name, firm_id, technician_id, consumer_id, created_at, expires_at, revoked_at
                     FROM token WHERE id IN (SELECT unhex(value) FROM json_each($1))",
            postgres: "SELECT id, role, name, firm_id, technician_id, consumer_id, created_at, expires_at, revoked_at
                       FROM token
                       WHERE id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))"
        },
        id_list(ids)
    )?;
    rows.into_iter().map(Token::try_from).collect()
}

/// The tokens after `after`, oldest first, at most `limit`.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Token>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, role, name, firm_id, technician_id, consumer_id, created_at, expires_at, revoked_at
         FROM token WHERE id > $1 ORDER BY id LIMIT $2",
        after,
        limit
    )?;
    rows.into_iter().map(Token::try_from).collect()
}

/// Revokes a token; whether it was live until now.
pub async fn revoke(tx: &mut Tx, id: TokenId, now: Instant) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        id.0,
        now
    )?;
    Ok(changed == 1)
}

/// The firm a technician belongs to.
pub async fn firm_of(tx: &mut Tx, technician: TechnicianId) -> Result<Option<FirmId>, Error> {
    let row = query!(tx, optional One<Uuid>, "SELECT firm_id FROM technician WHERE id = $1", technician.0)?;
    Ok(row.map(|(firm,)| firm.into()))
}
