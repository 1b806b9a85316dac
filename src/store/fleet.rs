//! What the matching snapshot needs to know of technicians.

use super::{
    Error, Tx,
    codec::row,
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

row! {
    Engagement: technician_id, job_id, slot, job_code, site: maybe lat_e6 flat, assigned_at, arrival_due_at
}

/// The unreleased assignments of a technician.
pub async fn engagements(tx: &mut Tx, technician: TechnicianId) -> Result<Vec<Engagement>, Error> {
    query!(
        tx,
        all Engagement,
        "SELECT a.technician_id, a.job_id, a.slot, j.job_code, p.lat_e6, p.lon_e6, a.assigned_at, a.arrival_due_at
         FROM assignment a JOIN job j ON j.id = a.job_id LEFT JOIN case_place p ON p.case_id = j.case_id
         WHERE a.technician_id = $1 AND a.slot <> 'released' ORDER BY a.slot",
        technician
    )
}

/// The technician's open offer.
pub async fn open_offer(tx: &mut Tx, technician: TechnicianId) -> Result<Option<OfferId>, Error> {
    query!(
        tx,
        optional OfferId,
        "SELECT id FROM offer WHERE technician_id = $1 AND state = 'open'",
        technician
    )
}

/// How many jobs the technician has accepted since `since`.
pub async fn accepted_since(tx: &mut Tx, technician: TechnicianId, since: Instant) -> Result<i64, Error> {
    let (count,) = query!(
        tx,
        one One<i64>,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM assignment WHERE technician_id = $1 AND assigned_at > $2",
        technician,
        since
    )?;
    Ok(count)
}

/// The technicians of a firm.
pub async fn of_firm(tx: &mut Tx, firm: FirmId) -> Result<Vec<TechnicianId>, Error> {
    query!(tx, all TechnicianId, "SELECT id FROM technician WHERE firm_id = $1", firm)
}

/// The next planned visits of a technician that end after `now`, earliest first: job, from, to.
pub async fn planned(
    tx: &mut Tx,
    technician: TechnicianId,
    now: Instant,
    limit: i64,
) -> Result<Vec<(JobId, Instant, Instant)>, Error> {
    query!(
        tx,
        all(JobId, Instant, Instant),
        "SELECT job_id, starts_at, ends_at FROM planned_window
         WHERE technician_id = $1 AND state = 'planned' AND ends_at > $2 ORDER BY starts_at LIMIT $3",
        technician,
        now,
        limit
    )
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
