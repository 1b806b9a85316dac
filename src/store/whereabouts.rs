//! Where everybody is who is in service, and what he is on, in one reading.

use super::{
    Error, Tx,
    codec::{Json, row},
    db::query,
    positions::Position,
};
use crate::domain::{
    ids::{FirmId, JobId, TechnicianId},
    jobs::JobState,
    place::Point,
    trade::Trade,
};

/// A technician in service.
#[derive(Debug, Clone)]
pub struct InService {
    /// Who.
    pub technician_id: TechnicianId,
    /// Name as on the badge.
    pub name: String,
    /// The firm.
    pub firm_id: FirmId,
    /// The firm's name.
    pub firm_name: String,
    /// What he does.
    pub trades: Vec<Trade>,
    /// Where he starts from when nothing better is known.
    pub base: Point,
    /// His newest position.
    pub position: Option<Position>,
    /// The job he is asked for.
    pub asked_for: Option<JobId>,
    /// His present job.
    pub on: Option<OnJob>,
}

/// The present job of a technician.
#[derive(Debug, Clone, Copy)]
pub struct OnJob {
    /// Which.
    pub job_id: JobId,
    /// Where it is with it.
    pub state: JobState,
    /// Where that is; nowhere once erased.
    pub site: Option<Point>,
}

row! {
    InService: technician_id, name, firm_id, firm_name, trades: Json, base: at,
    position: maybe measured_at flat, asked_for, on: maybe job_id flat
}
row! { OnJob: job_id, state, site: maybe site_lat_e6 at }

/// The technicians in service after `after`, in order of their ids. One has at most one open offer and one current
/// assignment, so that each stands here once.
pub async fn in_service(tx: &mut Tx, limit: i64) -> Result<Vec<InService>, Error> {
    query!(
        tx,
        all InService,
        "SELECT t.id AS technician_id, t.name, t.firm_id, f.name AS firm_name, t.trades, t.base_lat_e6, t.base_lon_e6,
                p.lat_e6, p.lon_e6, p.accuracy_m, p.measured_at, p.received_at, o.job_id AS asked_for,
                a.job_id, j.state, c.lat_e6 AS site_lat_e6, c.lon_e6 AS site_lon_e6
         FROM technician t JOIN firm f ON f.id = t.firm_id
              LEFT JOIN position p ON p.technician_id = t.id
              LEFT JOIN offer o ON o.technician_id = t.id AND o.state = 'open'
              LEFT JOIN assignment a ON a.technician_id = t.id AND a.slot = 'current'
              LEFT JOIN job j ON j.id = a.job_id
              LEFT JOIN case_place c ON c.case_id = j.case_id
         WHERE t.state = 'active' AND f.state = 'active' ORDER BY t.id LIMIT $1",
        limit
    )
}
