//! Where technicians are: the newest position of each. Positions are not events.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    batch::{Batch, later},
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

#[derive(FromRow)]
struct Row {
    technician_id: Uuid,
    lat_e6: i64,
    lon_e6: i64,
    accuracy_m: Option<i64>,
    measured_at: Instant,
    received_at: Instant,
}

impl TryFrom<Row> for Position {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            technician_id: row.technician_id.into(),
            point: Point::from_e6(row.lat_e6, row.lon_e6)
                .map_err(|error| Error::corrupt("position", "lat_e6", error))?,
            accuracy_m: row.accuracy_m,
            measured_at: row.measured_at,
            received_at: row.received_at,
        })
    }
}

/// Keeps a position of a technician of the firm, unless a newer one is known; whether there is such a technician.
pub async fn record(tx: &mut Tx, firm: Option<FirmId>, position: &Position) -> Result<bool, Error> {
    let known = query!(
        tx,
        optional One<Uuid>,
        "SELECT id FROM technician WHERE id = $1 AND ($2 = 1 OR firm_id = $3)",
        position.technician_id.0,
        i64::from(firm.is_none()),
        firm.map_or(Uuid::nil(), |firm| firm.0)
    )?;
    if known.is_none() {
        return Ok(false);
    }
    query!(
        tx,
        execute,
        "INSERT INTO position (technician_id, lat_e6, lon_e6, accuracy_m, measured_at, received_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (technician_id) DO UPDATE
         SET lat_e6 = excluded.lat_e6, lon_e6 = excluded.lon_e6, accuracy_m = excluded.accuracy_m,
             measured_at = excluded.measured_at, received_at = excluded.received_at
         WHERE position.measured_at < excluded.measured_at",
        position.technician_id.0,
        position.point.lat_e6(),
        position.point.lon_e6(),
        position.accuracy_m,
        position.measured_at,
        position.received_at
    )?;
    Ok(true)
}

/// The same with the use-case, for a technician who is known.
pub fn record_later(batch: &mut Batch, position: &Position) {
    later!(
        batch,
        any,
        "INSERT INTO position (technician_id, lat_e6, lon_e6, accuracy_m, measured_at, received_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (technician_id) DO UPDATE
         SET lat_e6 = excluded.lat_e6, lon_e6 = excluded.lon_e6, accuracy_m = excluded.accuracy_m,
             measured_at = excluded.measured_at, received_at = excluded.received_at
         WHERE position.measured_at < excluded.measured_at",
        position.technician_id.0,
        position.point.lat_e6(),
        position.point.lon_e6(),
        position.accuracy_m,
        position.measured_at,
        position.received_at,
    );
}

/// The newest position of a technician.
pub async fn find(tx: &mut Tx, technician: TechnicianId) -> Result<Option<Position>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT technician_id, lat_e6, lon_e6, accuracy_m, measured_at, received_at
         FROM position WHERE technician_id = $1",
        technician.0
    )?;
    row.map(Position::try_from).transpose()
}

/// The newest positions of the technicians after `after`, in order of their ids.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Position>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT technician_id, lat_e6, lon_e6, accuracy_m, measured_at, received_at
         FROM position WHERE technician_id > $1 ORDER BY technician_id LIMIT $2",
        after,
        limit
    )?;
    rows.into_iter().map(Position::try_from).collect()
}
