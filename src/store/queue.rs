//! What the desk has in hand: every unfinished job with what is needed to see it at a glance, in few queries.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    alarms::AlarmKind,
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

#[derive(FromRow)]
struct Row {
    id: Uuid,
    case_id: Uuid,
    number: String,
    job_code: String,
    trade: String,
    priority: String,
    state: String,
    state_since: Instant,
    hold: Option<String>,
    wake_at: Option<Instant>,
    created_at: Instant,
    language: String,
    municipality: Option<String>,
    town: Option<String>,
    lat_e6: Option<i64>,
    lon_e6: Option<i64>,
    starts_at: Option<Instant>,
}

impl TryFrom<Row> for Entry {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |column| move |error| Error::corrupt("job", column, error);
        let site = row.lat_e6.zip(row.lon_e6).map(|(lat, lon)| Point::from_e6(lat, lon)).transpose();
        Ok(Self {
            job_id: row.id.into(),
            case_id: row.case_id.into(),
            number: row.number,
            job_code: row.job_code,
            trade: row.trade.parse().map_err(corrupt("trade"))?,
            priority: row.priority.parse().map_err(corrupt("priority"))?,
            state: row.state.parse().map_err(corrupt("state"))?,
            state_since: row.state_since,
            hold: row.hold,
            wake_at: row.wake_at,
            created_at: row.created_at,
            language: row.language,
            district: row.municipality.zip(row.town).map(|(municipality, town)| municipality + &town),
            site: site.map_err(|error| Error::corrupt("case_place", "lat_e6", error))?,
            starts_at: row.starts_at,
        })
    }
}

/// The unfinished jobs, most urgent first, then oldest: an emergency that is late never sinks.
pub async fn jobs(tx: &mut Tx, limit: i64) -> Result<Vec<Entry>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT j.id, j.case_id, c.number, j.job_code, j.trade, j.priority, j.state, j.state_since, j.hold, j.wake_at,
                j.created_at, c.language, m.name AS municipality, p.town, p.lat_e6, p.lon_e6,
                w.starts_at
         FROM job j JOIN case_file c ON c.id = j.case_id
              LEFT JOIN case_place p ON p.case_id = j.case_id
              LEFT JOIN municipality m ON m.jis_code = p.jis_code
              LEFT JOIN planned_window w ON w.job_id = j.id AND w.state = 'planned'
         WHERE j.wake_at IS NOT NULL ORDER BY j.priority, j.created_at, j.id LIMIT $1",
        limit
    )?;
    rows.into_iter().map(Entry::try_from).collect()
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

#[derive(FromRow)]
struct OnItRow {
    job_id: Uuid,
    technician_id: Uuid,
    technician_name: String,
    firm_name: String,
    slot: String,
    arrival_due_at: Option<Instant>,
}

/// Everybody who is on a job.
pub async fn on_them(tx: &mut Tx, limit: i64) -> Result<Vec<OnIt>, Error> {
    let rows = query!(
        tx,
        all OnItRow,
        "SELECT a.job_id, a.technician_id, t.name AS technician_name, f.name AS firm_name, a.slot, a.arrival_due_at
         FROM assignment a JOIN technician t ON t.id = a.technician_id JOIN firm f ON f.id = a.firm_id
         WHERE a.slot <> 'released' ORDER BY a.id LIMIT $1",
        limit
    )?;
    let on_it = |row: OnItRow| {
        Ok(OnIt {
            job_id: row.job_id.into(),
            technician_id: row.technician_id.into(),
            technician_name: row.technician_name,
            firm_name: row.firm_name,
            slot: row.slot.parse().map_err(|error| Error::corrupt("assignment", "slot", error))?,
            arrival_due_at: row.arrival_due_at,
        })
    };
    rows.into_iter().map(on_it).collect()
}

/// The alarms that are not resolved, by what they are about.
pub async fn alarms(tx: &mut Tx, limit: i64) -> Result<Vec<(Uuid, AlarmKind)>, Error> {
    let rows = query!(
        tx,
        all(Uuid, String),
        "SELECT subject_id, kind FROM alarm WHERE state IN ('ringing', 'acknowledged') ORDER BY id LIMIT $1",
        limit
    )?;
    let kind = |(subject, kind): (Uuid, String)| {
        Ok((subject, kind.parse().map_err(|error| Error::corrupt("alarm", "kind", error))?))
    };
    rows.into_iter().map(kind).collect()
}
