//! The log: appended by use-cases, copied into the feed by the sequencer.

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Batch, Error, Tx,
    batch::later,
    db::{One, query},
    seals,
};
use crate::domain::{
    actor::Actor,
    events::{Event, Kind, Subject, Unreadable},
    span::Instant,
    text_enum::UnknownCode,
};

/// An event as its row has it, its data unread: what the chain of the feed hashes.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Order of insertion; not gapless, not a cursor.
    pub ord: i64,
    /// Its id.
    pub id: Uuid,
    /// When the use-case ran.
    pub at: Instant,
    /// Role or part of the service that acted.
    pub actor: String,
    /// Token that acted.
    pub actor_id: Option<Uuid>,
    /// What it is about.
    pub subject: Subject,
    /// Which one.
    pub subject_id: Uuid,
    /// What happened.
    pub kind: Kind,
    /// The rest, exactly as stored: the chain hashes these bytes.
    pub data: String,
    /// What rows written with it were, exactly as stored ([`super::seals`]).
    pub seals: String,
}

impl Stored {
    /// What happened, or why its data cannot be read.
    pub fn event(&self) -> Result<Event, Unreadable> {
        Event::read(self.kind, self.subject, self.subject_id, &self.data)
    }
}

/// An event of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    /// Order of insertion; not gapless, not a cursor.
    pub ord: i64,
    /// Its id.
    pub id: Uuid,
    /// When the use-case ran.
    pub at: Instant,
    /// Role or part of the service that acted.
    pub actor: String,
    /// What happened.
    pub event: Event,
}

#[derive(FromRow)]
pub(super) struct Row {
    ord: i64,
    id: Uuid,
    at: Instant,
    actor: String,
    actor_id: Option<Uuid>,
    subject: String,
    subject_id: Uuid,
    kind: String,
    data: String,
    seals: String,
}

impl TryFrom<Row> for Stored {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |column, error| Error::corrupt("event", column, format!("event {}: {error}", row.id));
        Ok(Self {
            ord: row.ord,
            id: row.id,
            at: row.at,
            actor: row.actor,
            actor_id: row.actor_id,
            subject: row.subject.parse().map_err(|error: UnknownCode| corrupt("subject", error))?,
            subject_id: row.subject_id,
            kind: row.kind.parse().map_err(|error: UnknownCode| corrupt("kind", error))?,
            data: row.data,
            seals: row.seals,
        })
    }
}

impl TryFrom<Row> for Logged {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let stored = Stored::try_from(row)?;
        let unreadable = |error| Error::corrupt("event", "data", format!("event {}: {error}", stored.id));
        let event = stored.event().map_err(unreadable)?;
        Ok(Self { ord: stored.ord, id: stored.id, at: stored.at, actor: stored.actor, event })
    }
}

/// Appends what happened in this transaction, in order. The last one bears the seals of the rows that the batch knows of; of
/// very many, the last ones.
pub fn append(batch: &mut Batch, now: Instant, actor: &Actor, events: &[(Uuid, Event)]) {
    if events.is_empty() {
        return;
    }
    let borne = seals::spread(&batch.take_seals(), events.len());
    let rows: Vec<_> = events.iter().zip(&borne).collect();
    later!(
        batch,
        rows,
        "INSERT INTO event (id, at, actor, actor_id, subject, subject_id, kind, data, seals) VALUES",
        rows,
        |((id, event), seals)| *id,
        now,
        actor.name(),
        actor.token().map(|token| token.0),
        event.subject().0.as_str(),
        event.subject().1,
        event.kind().as_str(),
        Value::Object(event.data()).to_string(),
        seals.as_str()
    );
}

/// When the last event was written that is not about reference data.
pub async fn last_change(tx: &mut Tx) -> Result<Option<Instant>, Error> {
    let row = query!(
        tx,
        optional One<Instant>,
        "SELECT at FROM event WHERE subject NOT IN ('reference', 'log') ORDER BY ord DESC LIMIT 1"
    )?;
    Ok(row.map(|(at,)| at))
}

/// What happened to a thing, oldest first.
pub async fn about(tx: &mut Tx, subject: Uuid, limit: i64) -> Result<Vec<Logged>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT ord, id, at, actor, actor_id, subject, subject_id, kind, data, seals FROM event
         WHERE subject_id = $1 ORDER BY ord LIMIT $2",
        subject,
        limit
    )?;
    rows.into_iter().map(Logged::try_from).collect()
}
