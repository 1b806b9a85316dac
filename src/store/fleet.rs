//! What the matching snapshot needs to know of technicians.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{id_list, query},
};
use crate::domain::{
    ids::{FirmId, JobId, OfferId, TechnicianId},
    offers::Slot,
    place::Point,
    span::Instant,
};

/// What a technician is doing, asked and planned for: all that changes with offers and assignments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Engaged {
    /// The unreleased assignments, the current one first.
    pub assignments: Vec<Engagement>,
    /// The offer that waits for an answer.
    pub open_offer: Option<OfferId>,
    /// The next planned visits, earliest first.
    pub planned: Vec<Visit>,
    /// How many jobs were accepted of late.
    pub accepted: u32,
}

/// A planned visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Of which job.
    pub job_id: JobId,
    /// From when.
    pub starts_at: Instant,
    /// Until when.
    pub ends_at: Instant,
}

/// A technician's unreleased assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// On what.
    pub job_id: JobId,
    /// Which of the technician's places it takes.
    pub slot: Slot,
    /// What is to be done.
    pub job_code: String,
    /// Where; nowhere once erased.
    pub site: Option<Point>,
    /// When it was accepted.
    pub assigned_at: Instant,
    /// When the technician promised to be there.
    pub arrival_due_at: Option<Instant>,
}

#[derive(FromRow)]
struct Row {
    technician_id: Uuid,
    part: i64,
    id: Option<Uuid>,
    code: Option<String>,
    lat_e6: Option<i64>,
    lon_e6: Option<i64>,
    from_at: Option<Instant>,
    to_at: Option<Instant>,
    number: i64,
}

/// The parts of the statement, as it numbers them.
mod part {
    pub(super) const CURRENT: i64 = 1;
    pub(super) const QUEUED: i64 = 2;
    pub(super) const OPEN_OFFER: i64 = 3;
    pub(super) const PLANNED: i64 = 4;
    pub(super) const ACCEPTED: i64 = 5;
}

/// What these technicians are doing: visits that end after `now`, at most `planned_max` each, and the jobs accepted since
/// `since`. One statement for all of them; those of whom there is nothing to say have nothing.
pub async fn engaged_of(
    tx: &mut Tx,
    technicians: &BTreeSet<TechnicianId>,
    now: Instant,
    since: Instant,
    planned_max: usize,
) -> Result<BTreeMap<TechnicianId, Engaged>, Error> {
    let rows = query!(tx, all Row, {
        sqlite: "
WITH wanted(id) AS MATERIALIZED (SELECT unhex(value) FROM json_each($1))
SELECT w.id AS technician_id, CASE WHEN a.slot = 'current' THEN 1 ELSE 2 END AS part, a.job_id AS id, j.job_code AS code,
       p.lat_e6, p.lon_e6, a.assigned_at AS from_at, a.arrival_due_at AS to_at, 0 AS number
FROM wanted w CROSS JOIN assignment a ON a.technician_id = w.id AND a.slot <> 'released' CROSS JOIN job j ON j.id = a.job_id
     LEFT JOIN case_place p ON p.case_id = j.case_id
UNION ALL
SELECT w.id, 3, o.id, NULL, NULL, NULL, NULL, NULL, 0
FROM wanted w CROSS JOIN offer o ON o.technician_id = w.id AND o.state = 'open'
UNION ALL
SELECT w.id, 4, v.job_id, NULL, NULL, NULL, v.starts_at, v.ends_at, 0
FROM wanted w CROSS JOIN planned_window v ON v.technician_id = w.id AND v.state = 'planned' AND v.ends_at > $2
UNION ALL
SELECT w.id, 5, NULL, NULL, NULL, NULL, NULL, NULL,
       (SELECT COUNT(*) FROM assignment a WHERE a.technician_id = w.id AND a.assigned_at > $3)
FROM wanted w
ORDER BY 1, 2, 7, 3",
        postgres: "
WITH wanted(id) AS MATERIALIZED (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)) l(value))
SELECT w.id AS technician_id, CAST(CASE WHEN a.slot = 'current' THEN 1 ELSE 2 END AS BIGINT) AS part, a.job_id AS id,
       j.job_code AS code, p.lat_e6, p.lon_e6, a.assigned_at AS from_at, a.arrival_due_at AS to_at,
       CAST(0 AS BIGINT) AS number
FROM wanted w JOIN assignment a ON a.technician_id = w.id AND a.slot <> 'released' JOIN job j ON j.id = a.job_id
     LEFT JOIN case_place p ON p.case_id = j.case_id
UNION ALL
SELECT w.id, 3, o.id, NULL, NULL, NULL, NULL, NULL, 0
FROM wanted w JOIN offer o ON o.technician_id = w.id AND o.state = 'open'
UNION ALL
SELECT w.id, 4, v.job_id, NULL, NULL, NULL, v.starts_at, v.ends_at, 0
FROM wanted w JOIN planned_window v ON v.technician_id = w.id AND v.state = 'planned' AND v.ends_at > $2
UNION ALL
SELECT w.id, 5, NULL, NULL, NULL, NULL, NULL, NULL,
       (SELECT COUNT(*) FROM assignment a WHERE a.technician_id = w.id AND a.assigned_at > $3)
FROM wanted w
ORDER BY 1, 2, 7, 3"
    }, id_list(technicians.iter().map(|id| id.0)), now, since)?;
    let mut engaged: BTreeMap<TechnicianId, Engaged> = BTreeMap::new();
    for row in rows {
        let one = engaged.entry(row.technician_id.into()).or_default();
        match row.part {
            part::CURRENT => one.assignments.push(engagement(row, Slot::Current)?),
            part::QUEUED => one.assignments.push(engagement(row, Slot::Queued)?),
            part::OPEN_OFFER => one.open_offer = row.id.map(OfferId::from),
            part::PLANNED if one.planned.len() < planned_max => one.planned.push(visit(row)?),
            part::ACCEPTED => one.accepted = u32::try_from(row.number).unwrap_or(u32::MAX),
            _ => {}
        }
    }
    Ok(engaged)
}

fn engagement(row: Row, slot: Slot) -> Result<Engagement, Error> {
    let site = row.lat_e6.zip(row.lon_e6).map(|(lat, lon)| Point::from_e6(lat, lon)).transpose();
    Ok(Engagement {
        job_id: there("job_id", row.id)?.into(),
        slot,
        job_code: there("job_code", row.code)?,
        site: site.map_err(|error| Error::corrupt("case_place", "lat_e6", error))?,
        assigned_at: there("assigned_at", row.from_at)?,
        arrival_due_at: row.to_at,
    })
}

fn visit(row: Row) -> Result<Visit, Error> {
    Ok(Visit {
        job_id: there("job_id", row.id)?.into(),
        starts_at: there("starts_at", row.from_at)?,
        ends_at: there("ends_at", row.to_at)?,
    })
}

fn there<T>(column: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::corrupt("assignment", column, "nothing"))
}

/// The technicians of a firm.
pub async fn of_firm(tx: &mut Tx, firm: FirmId) -> Result<Vec<TechnicianId>, Error> {
    query!(tx, all TechnicianId, "SELECT id FROM technician WHERE firm_id = $1", firm)
}

/// The technicians with an open offer, an unreleased assignment or a planned visit that ends after `now`.
pub async fn engaged(tx: &mut Tx, now: Instant) -> Result<Vec<TechnicianId>, Error> {
    query!(
        tx,
        all TechnicianId,
        "SELECT technician_id FROM assignment WHERE slot <> 'released'
         UNION SELECT technician_id FROM offer WHERE state = 'open'
         UNION SELECT technician_id FROM planned_window WHERE state = 'planned' AND ends_at > $1",
        now
    )
}

/// How many jobs each technician has accepted since `since`; those with none are left out.
pub async fn accepted_counts(tx: &mut Tx, since: Instant) -> Result<Vec<(TechnicianId, i64)>, Error> {
    query!(
        tx,
        all(TechnicianId, i64),
        "SELECT technician_id, CAST(COUNT(*) AS BIGINT) FROM assignment WHERE assigned_at > $1 GROUP BY technician_id",
        since
    )
}
