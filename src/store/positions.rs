//! Where technicians are: the newest position of each. Positions are not events.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    Batch, Error, Tx,
    batch::later,
    codec::row,
    db::{One, query},
};
use crate::domain::{
    ids::{FirmId, TechnicianId},
    place::Point,
    span::Instant,
};

/// A position as a device reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Whose.
    pub technician_id: TechnicianId,
    /// Where.
    pub point: Point,
    /// How exact, in metres, when the device says so.
    pub accuracy_m: Option<i64>,
    /// When the device measured it.
    pub measured_at: Instant,
    /// When it reached the service.
    pub received_at: Instant,
}

row! { Position: technician_id, point: flat, accuracy_m, measured_at, received_at }

/// One of these who is no technician of the firm, if there is one.
pub async fn stranger(
    tx: &mut Tx,
    firm: Option<FirmId>,
    positions: &[Position],
) -> Result<Option<TechnicianId>, Error> {
    let ids: Vec<_> =
        positions.iter().map(|position| position.technician_id.0.simple().to_string()).collect();
    let ids =
        serde_json::to_string(&ids).map_err(|error| Error::corrupt("position", "technician_id", error))?;
    let row = query!(
        tx,
        optional One<String>,
        {
            sqlite: "SELECT i.value FROM json_each($1) i WHERE NOT EXISTS
                       (SELECT 1 FROM technician t WHERE t.id = unhex(i.value) AND ($2 = 1 OR t.firm_id = $3)) LIMIT 1",
            postgres: "SELECT i.value FROM json_array_elements_text(CAST($1 AS json)) i WHERE NOT EXISTS
                         (SELECT 1 FROM technician t
                          WHERE t.id = CAST(i.value AS uuid) AND ($2 = 1 OR t.firm_id = $3)) LIMIT 1"
        },
        ids,
        i64::from(firm.is_none()),
        firm.map_or(Uuid::nil(), |firm| firm.0)
    )?;
    let id = row.map(|(id,)| id.parse::<Uuid>()).transpose();
    Ok(id.map_err(|error| Error::corrupt("position", "technician_id", error))?.map(TechnicianId::from))
}

/// Keeps positions now; see [`keep`].
pub async fn record(tx: &mut Tx, positions: &[Position]) -> Result<(), Error> {
    let mut batch = Batch::of(tx);
    keep(&mut batch, positions);
    batch.run(tx).await?;
    Ok(())
}

/// Has the newest position of each of these technicians kept, unless a newer one is known. All of them are technicians.
pub fn keep(batch: &mut Batch, positions: &[Position]) {
    // One order of locking for every batch: two that share technicians wait for each other instead of deadlocking. And one
    // row each: PostgreSQL changes a row once in a statement.
    let mut newest: BTreeMap<TechnicianId, &Position> = BTreeMap::new();
    for position in positions {
        let known = newest.entry(position.technician_id).or_insert(position);
        if known.measured_at < position.measured_at {
            *known = position;
        }
    }
    let newest: Vec<_> = newest.into_values().collect();
    later!(
        batch,
        rows_unless,
        "INSERT INTO position (technician_id, lat_e6, lon_e6, accuracy_m, measured_at, received_at) VALUES",
        "ON CONFLICT (technician_id) DO UPDATE
         SET lat_e6 = excluded.lat_e6, lon_e6 = excluded.lon_e6, accuracy_m = excluded.accuracy_m,
             measured_at = excluded.measured_at, received_at = excluded.received_at
         WHERE position.measured_at < excluded.measured_at",
        newest,
        |position| position.technician_id.0,
        position.point.lat_e6(),
        position.point.lon_e6(),
        position.accuracy_m,
        position.measured_at,
        position.received_at
    );
}

/// The newest position of a technician.
pub async fn find(tx: &mut Tx, technician: TechnicianId) -> Result<Option<Position>, Error> {
    query!(
        tx,
        optional Position,
        "SELECT technician_id, lat_e6, lon_e6, accuracy_m, measured_at, received_at
         FROM position WHERE technician_id = $1",
        technician
    )
}

/// The newest positions of the technicians after `after`, in order of their ids.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Position>, Error> {
    query!(
        tx,
        all Position,
        "SELECT technician_id, lat_e6, lon_e6, accuracy_m, measured_at, received_at
         FROM position WHERE technician_id > $1 ORDER BY technician_id LIMIT $2",
        after,
        limit
    )
}
