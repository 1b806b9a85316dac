//! Where everybody is who is in service, and what he is on, in one reading.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query, positions::Position};
use crate::domain::{
    ids::{FirmId, JobId, TechnicianId},
    jobs::JobState,
    place::Point,
    span::Instant,
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

#[derive(FromRow)]
struct Row {
    id: Uuid,
    name: String,
    firm_id: Uuid,
    firm_name: String,
    trades: String,
    base_lat_e6: i64,
    base_lon_e6: i64,
    lat_e6: Option<i64>,
    lon_e6: Option<i64>,
    accuracy_m: Option<i64>,
    measured_at: Option<Instant>,
    received_at: Option<Instant>,
    offered_job_id: Option<Uuid>,
    job_id: Option<Uuid>,
    job_state: Option<String>,
    site_lat_e6: Option<i64>,
    site_lon_e6: Option<i64>,
}

fn point(table: &'static str, lat: Option<i64>, lon: Option<i64>) -> Result<Option<Point>, Error> {
    let point = lat.zip(lon).map(|(lat, lon)| Point::from_e6(lat, lon)).transpose();
    point.map_err(|error| Error::corrupt(table, "lat_e6", error))
}

impl TryFrom<Row> for InService {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let technician_id = row.id.into();
        let measured = row.measured_at.zip(row.received_at);
        let position = point("position", row.lat_e6, row.lon_e6)?.zip(measured);
        let site = point("case_place", row.site_lat_e6, row.site_lon_e6)?;
        let state = row.job_state.map(|state| state.parse()).transpose();
        let state = state.map_err(|error| Error::corrupt("job", "state", error))?;
        Ok(Self {
            technician_id,
            name: row.name,
            firm_id: row.firm_id.into(),
            firm_name: row.firm_name,
            trades: serde_json::from_str(&row.trades)
                .map_err(|error| Error::corrupt("technician", "trades", error))?,
            base: Point::from_e6(row.base_lat_e6, row.base_lon_e6)
                .map_err(|error| Error::corrupt("technician", "base_lat_e6", error))?,
            position: position.map(|(point, (measured_at, received_at))| Position {
                technician_id,
                point,
                accuracy_m: row.accuracy_m,
                measured_at,
                received_at,
            }),
            asked_for: row.offered_job_id.map(JobId::from),
            on: row.job_id.zip(state).map(|(job, state)| OnJob { job_id: job.into(), state, site }),
        })
    }
}

/// The technicians in service after `after`, in order of their ids. One has at most one open offer and one current
/// assignment, so that each stands here once.
pub async fn in_service(tx: &mut Tx, limit: i64) -> Result<Vec<InService>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT t.id, t.name, t.firm_id, f.name AS firm_name, t.trades, t.base_lat_e6, t.base_lon_e6,
                p.lat_e6, p.lon_e6, p.accuracy_m, p.measured_at, p.received_at, o.job_id AS offered_job_id,
                a.job_id, j.state AS job_state, c.lat_e6 AS site_lat_e6, c.lon_e6 AS site_lon_e6
         FROM technician t JOIN firm f ON f.id = t.firm_id
              LEFT JOIN position p ON p.technician_id = t.id
              LEFT JOIN offer o ON o.technician_id = t.id AND o.state = 'open'
              LEFT JOIN assignment a ON a.technician_id = t.id AND a.slot = 'current'
              LEFT JOIN job j ON j.id = a.job_id
              LEFT JOIN case_place c ON c.case_id = j.case_id
         WHERE t.state = 'active' AND f.state = 'active' ORDER BY t.id LIMIT $1",
        limit
    )?;
    rows.into_iter().map(InService::try_from).collect()
}
