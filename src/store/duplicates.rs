//! Cases that may be the same trouble: by number, and by place.

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{ids::CaseId, near, phone::Phone, place::Point, span::Instant};

/// The cases that are open, or were opened since then, about or by somebody with this number; newest first.
pub async fn of_number(tx: &mut Tx, phone: &Phone, since: Instant, limit: i64) -> Result<Vec<CaseId>, Error> {
    query!(
        tx,
        all CaseId,
        "SELECT c.id FROM case_file c
         WHERE (c.state = 'open' OR c.opened_at >= $2)
           AND c.id IN (SELECT p.case_id FROM case_person p WHERE p.phone = $1
                        UNION SELECT k.case_id FROM call_person q JOIN call k ON k.id = q.call_id
                        WHERE q.phone = $1 AND k.case_id IS NOT NULL)
         ORDER BY c.opened_at DESC LIMIT $3",
        phone,
        since,
        limit
    )
}

/// A case and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Nearby {
    /// The case.
    pub case_id: CaseId,
    /// Where it is.
    pub point: Point,
}

row! { Nearby: case_id, point: flat }

/// The cases that are open, or were opened since then, in a box; newest first.
pub async fn within(
    tx: &mut Tx,
    around: near::Box,
    since: Instant,
    limit: i64,
) -> Result<Vec<Nearby>, Error> {
    query!(
        tx,
        all Nearby,
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
    )
}
