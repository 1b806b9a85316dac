//! People who sign in, and the links that sign one in. Name and role stand with the person's token.

use std::collections::BTreeMap;

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
    tokens,
};
use crate::domain::{
    ids::{TokenId, UserId},
    span::Instant,
    tokens::Token,
    users::{Login, User},
};

/// Of a person.
macro_rules! columns {
    () => {
        "id, version, token_id, login, password_changed_at, created_at, disabled_at"
    };
}
#[derive(FromRow)]
struct Row {
    id: UserId,
    version: i64,
    token_id: TokenId,
    login: Login,
    password_changed_at: Option<Instant>,
    created_at: Instant,
    disabled_at: Option<Instant>,
}

/// The person with the token of its row.
async fn complete(tx: &mut Tx, row: Row) -> Result<User, Error> {
    let principal = tokens::find(tx, row.token_id).await?;
    person(row, principal)
}

fn person(row: Row, principal: Option<Token>) -> Result<User, Error> {
    Ok(User {
        id: row.id,
        version: row.version,
        login: row.login,
        principal: principal.ok_or_else(|| Error::corrupt("user_account", "token_id", "no such token"))?,
        password_changed_at: row.password_changed_at,
        created_at: row.created_at,
        disabled_at: row.disabled_at,
    })
}

/// Keeps a new person; the token is there already.
pub async fn insert(tx: &mut Tx, user: &User, password_hash: Option<&str>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO user_account (id, version, token_id, login, password_hash, password_changed_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        user.id,
        user.version,
        user.principal.id,
        &user.login,
        password_hash,
        user.password_changed_at,
        user.created_at
    )?;
    Ok(())
}

/// The person of an id.
pub async fn find(tx: &mut Tx, id: UserId) -> Result<Option<User>, Error> {
    let row = query!(
        tx,
        optional Row,
        concat!("SELECT ", columns!(), " FROM user_account WHERE id = $1"),
        id
    )?;
    match row {
        Some(row) => complete(tx, row).await.map(Some),
        None => Ok(None),
    }
}

/// The person of a login.
pub async fn by_login(tx: &mut Tx, login: &Login) -> Result<Option<User>, Error> {
    let row = query!(tx, optional UserId, "SELECT id FROM user_account WHERE login = $1", login)?;
    match row {
        Some(id) => find(tx, id).await,
        None => Ok(None),
    }
}

/// The person, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: UserId) -> Result<Option<User>, Error> {
    let row = query!(
        tx,
        optional Row,
        concat!("UPDATE user_account SET version = version + 1 WHERE id = $1
            RETURNING ", columns!()),
        id
    )?;
    match row {
        Some(row) => complete(tx, row).await.map(Some),
        None => Ok(None),
    }
}

/// What the password of a person was hashed to.
pub async fn password_hash(tx: &mut Tx, id: UserId) -> Result<Option<String>, Error> {
    let row =
        query!(tx, optional One<Option<String>>, "SELECT password_hash FROM user_account WHERE id = $1", id)?;
    Ok(row.and_then(|(hash,)| hash))
}

/// Writes another password of a locked person.
pub async fn save_password(tx: &mut Tx, id: UserId, hash: &str, now: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE user_account SET password_hash = $2, password_changed_at = $3 WHERE id = $1",
        id,
        hash,
        now
    )?;
    Ok(())
}

/// Writes that a locked person may not sign in any more.
pub async fn save_disabled(tx: &mut Tx, id: UserId, now: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE user_account SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL",
        id,
        now
    )?;
    Ok(())
}

/// The people after `after`, oldest first, at most `limit`.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<User>, Error> {
    let rows = query!(
        tx,
        all Row,
        concat!("SELECT ", columns!(), " FROM user_account WHERE id > $1 ORDER BY id LIMIT $2"),
        after,
        limit
    )?;
    let principals = tokens::several(tx, rows.iter().map(|row| row.token_id.0)).await?;
    let mut principals: BTreeMap<_, _> = principals.into_iter().map(|token| (token.id, token)).collect();
    let person = |row: Row| {
        let principal = principals.remove(&row.token_id);
        person(row, principal)
    };
    rows.into_iter().map(person).collect()
}

/// Keeps the digest of a link that signs a person in once.
pub async fn insert_link(
    tx: &mut Tx,
    secret_sha256: &[u8; 32],
    user: UserId,
    now: Instant,
    expires_at: Instant,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO sign_in_link (secret_sha256, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        secret_sha256.as_slice(),
        user,
        now,
        expires_at
    )?;
    Ok(())
}

/// Uses a link up, if it still counts; answers whom it signs in.
pub async fn use_link(tx: &mut Tx, secret_sha256: &[u8; 32], now: Instant) -> Result<Option<UserId>, Error> {
    query!(
        tx,
        optional UserId,
        "UPDATE sign_in_link SET used_at = $2 WHERE secret_sha256 = $1 AND used_at IS NULL AND expires_at > $2
         RETURNING user_id",
        secret_sha256.as_slice(),
        now
    )
}

/// Forgets the links that ran out before `before`.
pub async fn forget_links(tx: &mut Tx, before: Instant) -> Result<u64, Error> {
    query!(tx, execute, "DELETE FROM sign_in_link WHERE expires_at < $1", before)
}
