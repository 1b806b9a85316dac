//! What the desk has in hand: every unfinished job with what is needed to see it at a glance, in few queries.

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{
    ids::{CaseId, JobId, TechnicianId},
    jobs::JobState,
    offers::Slot,
    place::Point,
    span::Instant,
    trade::{Priority, Trade},
};

/// An unfinished job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The job.
    pub job_id: JobId,
    /// Its case.
    pub case_id: CaseId,
    /// The case's number.
    pub number: String,
    /// What is to be done.
    pub job_code: String,
    /// Which trade does it.
    pub trade: Trade,
    /// How urgent it is.
    pub priority: Priority,
    /// Where it is.
    pub state: JobState,
    /// Since when.
    pub state_since: Instant,
    /// What holds it.
    pub hold: Option<String>,
    /// When it is looked at again.
    pub wake_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// Language to speak with the resident.
    pub language: String,
    /// Municipality and town; nothing once erased.
    pub district: Option<String>,
    /// Where it is; nowhere once erased.
    pub site: Option<Point>,
    /// When the planned visit begins.
    pub starts_at: Option<Instant>,
}

row! {
    Entry: job_id, case_id, number, job_code, trade, priority, state, state_since, hold, wake_at, created_at,
    language, district, site: maybe lat_e6 flat, starts_at
}

/// The unfinished jobs, most urgent first, then oldest: an emergency that is late never sinks.
pub async fn jobs(tx: &mut Tx, limit: i64) -> Result<Vec<Entry>, Error> {
    query!(
        tx,
        all Entry,
        "SELECT j.id AS job_id, j.case_id, c.number, j.job_code, j.trade, j.priority, j.state, j.state_since, j.hold, j.wake_at,
                j.created_at, c.language, m.name || p.town AS district, p.lat_e6, p.lon_e6,
                w.starts_at
         FROM job j JOIN case_file c ON c.id = j.case_id
              LEFT JOIN case_place p ON p.case_id = j.case_id
              LEFT JOIN municipality m ON m.jis_code = p.jis_code
              LEFT JOIN planned_window w ON w.job_id = j.id AND w.state = 'planned'
         WHERE j.wake_at IS NOT NULL ORDER BY j.priority, j.created_at, j.id LIMIT $1",
        limit
    )
}

/// Who is on an unfinished job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnIt {
    /// The job.
    pub job_id: JobId,
    /// Who.
    pub technician_id: TechnicianId,
    /// Name as on the badge.
    pub technician_name: String,
    /// The firm's name.
    pub firm_name: String,
    /// Whether it is his current job or waits.
    pub slot: Slot,
    /// When he promised to be there.
    pub arrival_due_at: Option<Instant>,
}

row! { OnIt: job_id, technician_id, technician_name, firm_name, slot, arrival_due_at }

/// Everybody who is on a job.
pub async fn on_them(tx: &mut Tx, limit: i64) -> Result<Vec<OnIt>, Error> {
    query!(
        tx,
        all OnIt,
        "SELECT a.job_id, a.technician_id, t.name AS technician_name, f.name AS firm_name, a.slot, a.arrival_due_at
         FROM assignment a JOIN technician t ON t.id = a.technician_id JOIN firm f ON f.id = a.firm_id
         WHERE a.slot <> 'released' ORDER BY a.id LIMIT $1",
        limit
    )
}
