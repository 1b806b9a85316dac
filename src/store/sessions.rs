//! Sessions in browsers.

use uuid::Uuid;

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{
    ids::{SessionId, UserId},
    span::Instant,
    users::Session,
};

row! { Session: id, user_id, created_at, seen_at, ended_at }

/// Keeps a new session and the digest of its secret.
pub async fn insert(tx: &mut Tx, session: &Session, secret_sha256: &[u8; 32]) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO session (id, user_id, secret_sha256, created_at, seen_at) VALUES ($1, $2, $3, $4, $5)",
        session.id,
        session.user_id,
        secret_sha256.as_slice(),
        session.created_at,
        session.seen_at
    )?;
    Ok(())
}

/// The session of a secret.
pub async fn by_digest(tx: &mut Tx, secret_sha256: &[u8; 32]) -> Result<Option<Session>, Error> {
    query!(
        tx,
        optional Session,
        "SELECT id, user_id, created_at, seen_at, ended_at FROM session WHERE secret_sha256 = $1",
        secret_sha256.as_slice()
    )
}

/// The sessions of a person that have not been ended, newest first, at most `limit`.
pub async fn of_user(tx: &mut Tx, user: UserId, limit: i64) -> Result<Vec<Session>, Error> {
    query!(
        tx,
        all Session,
        "SELECT id, user_id, created_at, seen_at, ended_at FROM session
         WHERE user_id = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT $2",
        user,
        limit
    )
}

/// The sessions of everybody that have not been ended, at most `limit`.
pub async fn open(tx: &mut Tx, limit: i64) -> Result<Vec<Session>, Error> {
    query!(
        tx,
        all Session,
        "SELECT id, user_id, created_at, seen_at, ended_at FROM session
         WHERE ended_at IS NULL ORDER BY id DESC LIMIT $1",
        limit
    )
}

/// Notes a sign of the browser.
pub async fn seen(tx: &mut Tx, id: SessionId, now: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE session SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL AND seen_at < $2",
        id,
        now
    )?;
    Ok(())
}

/// Ends a session of a person; whether it had not been ended before.
pub async fn end(tx: &mut Tx, user: UserId, id: SessionId, now: Instant) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE session SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
        id,
        user,
        now
    )?;
    Ok(changed == 1)
}

/// Ends every session of a person but one.
pub async fn end_all(tx: &mut Tx, user: UserId, but: Option<SessionId>, now: Instant) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "UPDATE session SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL",
        user,
        but.map_or(Uuid::nil(), |id| id.0),
        now
    )
}

/// Forgets the sessions that were last seen before `before`: they count for nothing any more.
pub async fn forget(tx: &mut Tx, before: Instant) -> Result<u64, Error> {
    query!(tx, execute, "DELETE FROM session WHERE seen_at < $1", before)
}
