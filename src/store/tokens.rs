//! Access tokens.

use sqlx::{FromRow, Row};
use uuid::Uuid;

use super::{
    Error, Tx,
    codec::{self, row},
    db::{id_list, query},
};
use crate::domain::{
    actor::Role,
    ids::{ConsumerId, FirmId, TechnicianId, TokenId},
    span::Instant,
    tokens::{Grant, Token},
};

row! { Token: id, name, grant: flat, standing, created_at, expires_at, revoked_at }

/// Of a token.
macro_rules! columns {
    () => {
        "id, role, name, firm_id, technician_id, consumer_id, created_at, expires_at, revoked_at,
         CASE WHEN EXISTS (SELECT 1 FROM firm f WHERE f.id = token.firm_id AND f.state = 'suspended')
                   OR EXISTS (SELECT 1 FROM technician t WHERE t.id = token.technician_id AND t.state = 'suspended')
              THEN 'suspended' ELSE 'active' END AS standing"
    };
}

#[derive(FromRow)]
struct GrantRow {
    role: Role,
    firm_id: Option<FirmId>,
    technician_id: Option<TechnicianId>,
    consumer_id: Option<ConsumerId>,
}

impl<'r, R: Row> FromRow<'r, R> for Grant
where
    GrantRow: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let GrantRow { role, firm_id, technician_id, consumer_id } = GrantRow::from_row(row)?;
        let grant = Self::new(role, firm_id, technician_id, consumer_id);
        grant.map_err(|error| codec::unreadable("role", error.to_string()))
    }
}

/// Keeps a token and the digest of its secret.
pub async fn insert(tx: &mut Tx, token: &Token, secret_sha256: &[u8; 32]) -> Result<(), Error> {
    let (firm, technician, consumer) = match token.grant {
        Grant::Firm { firm_id } => (Some(firm_id), None, None),
        Grant::Technician { firm_id, technician_id } => (Some(firm_id), Some(technician_id), None),
        Grant::Billing { consumer_id } => (None, None, Some(consumer_id)),
        _ => (None, None, None),
    };
    query!(
        tx,
        execute,
        "INSERT INTO token (id, role, name, firm_id, technician_id, consumer_id, secret_sha256, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        token.id,
        token.grant.role(),
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
    query!(
        tx,
        optional Token,
        concat!("SELECT ", columns!(), " FROM token WHERE secret_sha256 = $1"),
        secret_sha256.as_slice()
    )
}

/// The token of an id.
pub async fn find(tx: &mut Tx, id: TokenId) -> Result<Option<Token>, Error> {
    query!(
        tx,
        optional Token,
        concat!("SELECT ", columns!(), " FROM token WHERE id = $1"),
        id
    )
}

/// The tokens of some ids.
pub async fn several(tx: &mut Tx, ids: impl IntoIterator<Item = Uuid>) -> Result<Vec<Token>, Error> {
    query!(
        tx,
        all Token,
        {
            sqlite: concat!("SELECT ", columns!(), " FROM token WHERE id IN (SELECT unhex(value) FROM json_each($1))"),
            postgres: concat!("SELECT ", columns!(), " FROM token
                WHERE id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))")
        },
        id_list(ids)
    )
}

/// The tokens after `after`, oldest first, at most `limit`.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Token>, Error> {
    query!(
        tx,
        all Token,
        concat!("SELECT ", columns!(), " FROM token WHERE id > $1 ORDER BY id LIMIT $2"),
        after,
        limit
    )
}

/// Revokes a token; whether it was live until now.
pub async fn revoke(tx: &mut Tx, id: TokenId, now: Instant) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        id,
        now
    )?;
    Ok(changed == 1)
}

/// The tokens with which an administrator gets in at `now`: by its secret, or by the password of whose it is. Nobody else
/// revokes one of them until the transaction ends.
pub async fn administrators(tx: &mut Tx, now: Instant) -> Result<Vec<TokenId>, Error> {
    query!(
        tx,
        all TokenId,
        "UPDATE token SET revoked_at = revoked_at
         WHERE role = 'administrator' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
           AND NOT EXISTS (SELECT 1 FROM user_account u
                           WHERE u.token_id = token.id AND (u.disabled_at IS NOT NULL OR u.password_hash IS NULL))
         RETURNING id",
        now
    )
}

/// The firm a technician belongs to.
pub async fn firm_of(tx: &mut Tx, technician: TechnicianId) -> Result<Option<FirmId>, Error> {
    query!(tx, optional FirmId, "SELECT firm_id FROM technician WHERE id = $1", technician)
}
