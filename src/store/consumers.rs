//! Billing consumers.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::row,
    db::{One, query},
    search::Search,
};
use crate::domain::{consumers::Consumer, ids::ConsumerId};

row! { Consumer: id, version, name, acknowledged_pos, created_at }

/// Keeps a new consumer.
pub async fn insert(tx: &mut Tx, consumer: &Consumer) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO consumer (id, version, name, acknowledged_pos, created_at) VALUES ($1, $2, $3, $4, $5)",
        consumer.id,
        consumer.version,
        &consumer.name,
        consumer.acknowledged_pos,
        consumer.created_at
    )?;
    Ok(())
}

/// Whether there is a consumer of this name.
pub async fn is_named(tx: &mut Tx, name: &str) -> Result<bool, Error> {
    let row = query!(tx, optional One<i64>, "SELECT version FROM consumer WHERE name = $1", name)?;
    Ok(row.is_some())
}

/// The consumer of an id.
pub async fn find(tx: &mut Tx, id: ConsumerId) -> Result<Option<Consumer>, Error> {
    query!(
        tx,
        optional Consumer,
        "SELECT id, version, name, acknowledged_pos, created_at FROM consumer WHERE id = $1",
        id
    )
}

/// Writes the acknowledged position over the version that was read; whether it was still that version.
pub async fn save(tx: &mut Tx, consumer: &Consumer) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE consumer SET version = version + 1, acknowledged_pos = $3 WHERE id = $1 AND version = $2",
        consumer.id,
        consumer.version,
        consumer.acknowledged_pos
    )?;
    Ok(changed == 1)
}

/// A consumer with how many settlements and payments it has not acknowledged.
#[derive(Debug, Clone)]
pub struct Behind {
    /// The consumer.
    pub consumer: Consumer,
    /// What stands in the feed after its position.
    pub waiting: i64,
}

row! { Behind: consumer: flat, waiting }

/// The consumers with what waits for them, oldest first; only `own` if given.
pub async fn behind(tx: &mut Tx, own: Option<ConsumerId>, limit: i64) -> Result<Vec<Behind>, Error> {
    let head = "SELECT c.id, c.version, c.name, c.acknowledged_pos, c.created_at,
                       (SELECT COUNT(*) FROM feed f WHERE f.topic = 'billing' AND f.pos > c.acknowledged_pos) AS waiting
                FROM consumer c WHERE c.id > $1";
    let search = Search::of(tx, head).bind(Uuid::nil()).and("c.id = $", own);
    search.all(tx, "ORDER BY c.id LIMIT $", limit).await
}

/// The consumers after `after`, oldest first.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Consumer>, Error> {
    query!(
        tx,
        all Consumer,
        "SELECT id, version, name, acknowledged_pos, created_at FROM consumer WHERE id > $1 ORDER BY id LIMIT $2",
        after,
        limit
    )
}
