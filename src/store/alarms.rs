//! Alarms.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::row,
    db::{One, query},
    search::Search,
};
use crate::domain::{
    alarms::{Alarm, AlarmKind, AlarmState},
    ids::{AlarmId, TokenId},
    span::Instant,
};

row! {
    Alarm: id, version, kind, subject, subject_id, state, raised_at, rings_at, rung, acknowledged_at,
    resolved_at
}

/// Of an alarm.
macro_rules! columns {
    () => {
        "id, version, kind, subject, subject_id, state, raised_at, rings_at, rung, acknowledged_at,
         resolved_at"
    };
}

/// Keeps a new alarm.
pub async fn insert(tx: &mut Tx, alarm: &Alarm) -> Result<(), Error> {
    tx.soonest_mut().alarm(alarm.rings_at);
    query!(
        tx,
        execute,
        "INSERT INTO alarm (id, version, kind, subject, subject_id, state, raised_at, rings_at, rung)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        alarm.id,
        alarm.version,
        alarm.kind,
        alarm.subject,
        alarm.subject_id,
        alarm.state,
        alarm.raised_at,
        alarm.rings_at,
        alarm.rung
    )?;
    Ok(())
}

/// The alarm, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: AlarmId) -> Result<Option<Alarm>, Error> {
    query!(
        tx,
        optional Alarm,
        concat!("UPDATE alarm SET version = version + 1 WHERE id = $1
            RETURNING ", columns!()),
        id
    )
}

/// The unresolved alarm of a kind about a thing, locked at a new version.
pub async fn lock_unresolved(tx: &mut Tx, kind: AlarmKind, subject_id: Uuid) -> Result<Option<Alarm>, Error> {
    query!(
        tx,
        optional Alarm,
        concat!("UPDATE alarm SET version = version + 1 WHERE kind = $1 AND subject_id = $2 AND state <> 'resolved'
            RETURNING ", columns!()),
        kind,
        subject_id
    )
}

/// The alarm, locked at a new version, when it is still due to ring: of several nodes one gets it.
pub async fn lock_due(tx: &mut Tx, id: AlarmId, now: Instant) -> Result<Option<Alarm>, Error> {
    query!(
        tx,
        optional Alarm,
        concat!("UPDATE alarm SET version = version + 1 WHERE id = $1 AND rings_at <= $2
            RETURNING ", columns!()),
        id,
        now
    )
}

/// Writes what may change of a locked alarm; `by` is who has acknowledged it, kept when nobody new has.
pub async fn save(tx: &mut Tx, alarm: &Alarm, by: Option<TokenId>) -> Result<(), Error> {
    tx.soonest_mut().alarm(alarm.rings_at);
    query!(
        tx,
        execute,
        "UPDATE alarm SET state = $3, rings_at = $4, rung = $5, acknowledged_at = $6,
                          acknowledged_by = COALESCE($7, acknowledged_by), resolved_at = $8
         WHERE id = $1 AND version = $2",
        alarm.id,
        alarm.version,
        alarm.state,
        alarm.rings_at,
        alarm.rung,
        alarm.acknowledged_at,
        by,
        alarm.resolved_at
    )?;
    Ok(())
}

/// Whether there is an unresolved alarm of a kind about a thing.
pub async fn is_unresolved(tx: &mut Tx, kind: AlarmKind, subject_id: Uuid) -> Result<bool, Error> {
    let row = query!(
        tx,
        optional One<i64>,
        "SELECT version FROM alarm WHERE kind = $1 AND subject_id = $2 AND state <> 'resolved'",
        kind,
        subject_id
    )?;
    Ok(row.is_some())
}

/// The alarms that are due to ring and in nobody's hands, longest due first. What another session holds on PostgreSQL is
/// passed by: it may hold it for long.
pub async fn due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<AlarmId>, Error> {
    query!(
        tx,
        all AlarmId,
        {
            sqlite: "SELECT id FROM alarm WHERE rings_at <= $1 ORDER BY rings_at, id LIMIT $2",
            postgres: "SELECT id FROM alarm WHERE rings_at <= $1 ORDER BY rings_at, id LIMIT $2
                       FOR NO KEY UPDATE SKIP LOCKED"
        },
        now,
        limit
    )
}

/// When the first alarm rings: of all, or of those that ring after an instant.
pub async fn next_due(tx: &mut Tx, after: Option<Instant>) -> Result<Option<Instant>, Error> {
    let row = query!(
        tx,
        optional One<Instant>,
        "SELECT rings_at FROM alarm WHERE rings_at > $1 ORDER BY rings_at LIMIT 1",
        after.unwrap_or(Instant::UNIX_EPOCH)
    )?;
    Ok(row.map(|(at,)| at))
}

/// Has an alarm that is due ring later, without reading it; the code of its kind, unless it is not due any more.
pub async fn put_off(
    tx: &mut Tx,
    id: AlarmId,
    now: Instant,
    until: Instant,
) -> Result<Option<String>, Error> {
    tx.soonest_mut().alarm(Some(until));
    let row = query!(
        tx,
        optional One<String>,
        "UPDATE alarm SET version = version + 1, rings_at = $3 WHERE id = $1 AND rings_at <= $2 RETURNING kind",
        id,
        now,
        until
    )?;
    Ok(row.map(|(kind,)| kind))
}

/// The unresolved alarms about a thing, oldest first.
pub async fn of_subject(tx: &mut Tx, subject_id: Uuid) -> Result<Vec<Alarm>, Error> {
    query!(
        tx,
        all Alarm,
        concat!("SELECT ", columns!(), " FROM alarm WHERE subject_id = $1 AND state <> 'resolved' ORDER BY id"),
        subject_id
    )
}

/// The alarms that ring, or that somebody has acknowledged, oldest first.
pub async fn standing(tx: &mut Tx, limit: i64) -> Result<Vec<Alarm>, Error> {
    query!(
        tx,
        all Alarm,
        concat!("SELECT ", columns!(), " FROM alarm
            WHERE state IN ('ringing', 'acknowledged') ORDER BY id LIMIT $1"),
        limit
    )
}

/// The alarms after `after`, in a state if one is given, oldest first.
pub async fn list(
    tx: &mut Tx,
    state: Option<AlarmState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Alarm>, Error> {
    let search = Search::of(tx, concat!("SELECT ", columns!(), " FROM alarm WHERE id > $1")).bind(after);
    search.and("state = $", state).all(tx, "ORDER BY id LIMIT $", limit).await
}
