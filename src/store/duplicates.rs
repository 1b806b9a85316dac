//! Cases that may be the same trouble: by number, and by place.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{ids::CaseId, near, place::Point, span::Instant};

/// The cases that are open, or were opened since then, about or by somebody with this number; newest first.
pub async fn of_number(tx: &mut Tx, phone: &str, since: Instant, limit: i64) -> Result<Vec<CaseId>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT c.id FROM case_file c
         WHERE (c.state = 'open' OR c.opened_at >= $2)
           AND c.id IN (SELECT p.case_id FROM case_person p WHERE p.phone = $1
                        UNION SELECT k.case_id FROM call_person q JOIN call k ON k.id = q.call_id
                        WHERE q.phone = $1 AND k.case_id IS NOT NULL)
         ORDER BY c.opened_at DESC LIMIT $3",
        phone,
        since,
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

#[derive(FromRow)]
struct Row {
    case_id: Uuid,
    lat_e6: i64,
    lon_e6: i64,
}

/// The cases that are open, or were opened since then, in a box; newest first.
pub async fn within(
    tx: &mut Tx,
    around: near::Box,
    since: Instant,
    limit: i64,
) -> Result<Vec<(CaseId, Point)>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT p.case_id, p.lat_e6, p.lon_e6 FROM case_place p JOIN case_file c ON c.id = p.case_id
         WHERE p.lat_e6 BETWEEN $1 AND $2 AND p.lon_e6 BETWEEN $3 AND $4
           AND (c.state = 'open' OR c.opened_at >= $5)
         ORDER BY c.opened_at DESC LIMIT $6",
        around.south,
        around.north,
        around.west,
        around.east,
        since,
        limit
    )?;
    let read = |row: Row| {
        let point = Point::from_e6(row.lat_e6, row.lon_e6)
            .map_err(|error| Error::corrupt("case_place", "lat_e6", error))?;
        Ok((row.case_id.into(), point))
    };
    rows.into_iter().map(read).collect()
}
