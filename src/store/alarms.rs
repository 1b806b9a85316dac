//! Alarms.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    alarms::{Alarm, AlarmKind, AlarmState},
    ids::{AlarmId, TokenId},
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    kind: String,
    subject: String,
    subject_id: Uuid,
    state: String,
    raised_at: Instant,
    rings_at: Option<Instant>,
    rung: i64,
    acknowledged_at: Option<Instant>,
    resolved_at: Option<Instant>,
}

impl TryFrom<Row> for Alarm {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |column| move |error| Error::corrupt("alarm", column, error);
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            kind: row.kind.parse().map_err(corrupt("kind"))?,
            subject: row.subject.parse().map_err(corrupt("subject"))?,
            subject_id: row.subject_id,
            state: row.state.parse().map_err(corrupt("state"))?,
            raised_at: row.raised_at,
            rings_at: row.rings_at,
            rung: row.rung,
            acknowledged_at: row.acknowledged_at,
            resolved_at: row.resolved_at,
        })
    }
}

/// Keeps a new alarm.
pub async fn insert(tx: &mut Tx, alarm: &Alarm) -> Result<(), Error> {
    tx.soonest_mut().alarm(alarm.rings_at);
    query!(
        tx,
        execute,
        "INSERT INTO alarm (id, version, kind, subject, subject_id, state, raised_at, rings_at, rung)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        alarm.id.0,
        alarm.version,
        alarm.kind.as_str(),
        alarm.subject.as_str(),
        alarm.subject_id,
        alarm.state.as_str(),
        alarm.raised_at,
        alarm.rings_at,
        alarm.rung
    )?;
    Ok(())
}

/// The alarm, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: AlarmId) -> Result<Option<Alarm>, Error> {
    let row = query!(
        tx,
        optional Row,
        "UPDATE alarm SET version = version + 1 WHERE id = $1
         RETURNING id, version, kind, subject, subject_id, state, raised_at, rings_at, rung, acknowledged_at,
                   resolved_at",
        id.0
    )?;
    row.map(Alarm::try_from).transpose()
}

/// The unresolved alarm of a kind about a thing, locked at a new version.
pub async fn lock_unresolved(tx: &mut Tx, kind: AlarmKind, subject_id: Uuid) -> Result<Option<Alarm>, Error> {
    let row = query!(
        tx,
        optional Row,
        "UPDATE alarm SET version = version + 1 WHERE kind = $1 AND subject_id = $2 AND state <> 'resolved'
         RETURNING id, version, kind, subject, subject_id, state, raised_at, rings_at, rung, acknowledged_at,
                   resolved_at",
        kind.as_str(),
        subject_id
    )?;
    row.map(Alarm::try_from).transpose()
}

/// The alarm, locked at a new version, when it is still due to ring: of several nodes one gets it.
pub async fn lock_due(tx: &mut Tx, id: AlarmId, now: Instant) -> Result<Option<Alarm>, Error> {
    let row = query!(
        tx,
        optional Row,
        "UPDATE alarm SET version = version + 1 WHERE id = $1 AND rings_at <= $2
         RETURNING id, version, kind, subject, subject_id, state, raised_at, rings_at, rung, acknowledged_at,
                   resolved_at",
        id.0,
        now
    )?;
    row.map(Alarm::try_from).transpose()
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
        alarm.id.0,
        alarm.version,
        alarm.state.as_str(),
        alarm.rings_at,
        alarm.rung,
        alarm.acknowledged_at,
        by.map(|id| id.0),
        alarm.resolved_at
    )?;
    Ok(())
}

/// The alarms that are due to ring, longest due first.
pub async fn due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<AlarmId>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT id FROM alarm WHERE rings_at <= $1 ORDER BY rings_at, id LIMIT $2",
        now,
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// When the next alarm rings.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Instant>, Error> {
    let row = query!(
        tx,
        optional One<Instant>,
        "SELECT rings_at FROM alarm WHERE rings_at IS NOT NULL ORDER BY rings_at LIMIT 1"
    )?;
    Ok(row.map(|(at,)| at))
}

/// The unresolved alarms about a thing, oldest first.
pub async fn of_subject(tx: &mut Tx, subject_id: Uuid) -> Result<Vec<Alarm>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, kind, subject, subject_id, state, raised_at, rings_at, rung, acknowledged_at, resolved_at
         FROM alarm WHERE subject_id = $1 AND state <> 'resolved' ORDER BY id",
        subject_id
    )?;
    rows.into_iter().map(Alarm::try_from).collect()
}

/// The alarms after `after`, in a state if one is given, oldest first.
pub async fn list(
    tx: &mut Tx,
    state: Option<AlarmState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Alarm>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, kind, subject, subject_id, state, raised_at, rings_at, rung, acknowledged_at, resolved_at
         FROM alarm WHERE id > $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3",
        after,
        state.map_or("", AlarmState::as_str),
        limit
    )?;
    rows.into_iter().map(Alarm::try_from).collect()
}
