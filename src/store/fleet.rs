//! What the matching snapshot needs to know of technicians.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    ids::{FirmId, JobId, OfferId, TechnicianId},
    place::Point,
    span::Instant,
};

/// A technician's unreleased assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// Whose.
    pub technician_id: TechnicianId,
    /// On what.
    pub job_id: JobId,
    /// `current` or `queued`.
    pub slot: String,
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
struct EngagementRow {
    technician_id: Uuid,
    job_id: Uuid,
    slot: String,
    job_code: String,
    lat_e6: Option<i64>,
    lon_e6: Option<i64>,
    assigned_at: Instant,
    arrival_due_at: Option<Instant>,
}

impl TryFrom<EngagementRow> for Engagement {
    type Error = Error;

    fn try_from(row: EngagementRow) -> Result<Self, Error> {
        let site = row.lat_e6.zip(row.lon_e6).map(|(lat, lon)| Point::from_e6(lat, lon)).transpose();
        Ok(Self {
            technician_id: row.technician_id.into(),
            job_id: row.job_id.into(),
            slot: row.slot,
            job_code: row.job_code,
            site: site.map_err(|error| Error::corrupt("case_place", "lat_e6", error))?,
            assigned_at: row.assigned_at,
            arrival_due_at: row.arrival_due_at,
        })
    }
}

/// The unreleased assignments of a technician.
pub async fn engagements(tx: &mut Tx, technician: TechnicianId) -> Result<Vec<Engagement>, Error> {
    let rows = query!(
        tx,
        all EngagementRow,
        "SELECT a.technician_id, a.job_id, a.slot, j.job_code, p.lat_e6, p.lon_e6, a.assigned_at, a.arrival_due_at
         FROM assignment a JOIN job j ON j.id = a.job_id LEFT JOIN case_place p ON p.case_id = j.case_id
         WHERE a.technician_id = $1 AND a.slot <> 'released' ORDER BY a.slot",
        technician.0
    )?;
    rows.into_iter().map(Engagement::try_from).collect()
}

/// The technician's open offer.
pub async fn open_offer(tx: &mut Tx, technician: TechnicianId) -> Result<Option<OfferId>, Error> {
    let row = query!(
        tx,
        optional One<Uuid>,
        "SELECT id FROM offer WHERE technician_id = $1 AND state = 'open'",
        technician.0
    )?;
    Ok(row.map(|(id,)| id.into()))
}

/// How many jobs the technician has accepted since `since`.
pub async fn accepted_since(tx: &mut Tx, technician: TechnicianId, since: Instant) -> Result<i64, Error> {
    let (count,) = query!(
        tx,
        one One<i64>,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM assignment WHERE technician_id = $1 AND assigned_at > $2",
        technician.0,
        since
    )?;
    Ok(count)
}

/// The technicians of a firm.
pub async fn of_firm(tx: &mut Tx, firm: FirmId) -> Result<Vec<TechnicianId>, Error> {
    let rows = query!(tx, all One<Uuid>, "SELECT id FROM technician WHERE firm_id = $1", firm.0)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// The next planned visits of a technician that end after `now`, earliest first: job, from, to.
pub async fn planned(
    tx: &mut Tx,
    technician: TechnicianId,
    now: Instant,
    limit: i64,
) -> Result<Vec<(JobId, Instant, Instant)>, Error> {
    let rows = query!(
        tx,
        all(Uuid, Instant, Instant),
        "SELECT job_id, starts_at, ends_at FROM planned_window
         WHERE technician_id = $1 AND state = 'planned' AND ends_at > $2 ORDER BY starts_at LIMIT $3",
        technician.0,
        now,
        limit
    )?;
    Ok(rows.into_iter().map(|(job, from, to)| (job.into(), from, to)).collect())
}

/// The technicians with an open offer, an unreleased assignment or a planned visit that ends after `now`.
pub async fn engaged(tx: &mut Tx, now: Instant) -> Result<Vec<TechnicianId>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT technician_id FROM assignment WHERE slot <> 'released'
         UNION SELECT technician_id FROM offer WHERE state = 'open'
         UNION SELECT technician_id FROM planned_window WHERE state = 'planned' AND ends_at > $1",
        now
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// How many jobs each technician has accepted since `since`; those with none are left out.
pub async fn accepted_counts(tx: &mut Tx, since: Instant) -> Result<Vec<(TechnicianId, i64)>, Error> {
    let rows = query!(
        tx,
        all(Uuid, i64),
        "SELECT technician_id, CAST(COUNT(*) AS BIGINT) FROM assignment WHERE assigned_at > $1 GROUP BY technician_id",
        since
    )?;
    Ok(rows.into_iter().map(|(id, count)| (id.into(), count)).collect())
}
