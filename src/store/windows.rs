//! Planned visits. The database refuses two that overlap for one technician.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{id_list, query},
};
use crate::domain::{
    appointments::Appointment,
    ids::{JobId, TechnicianId},
    span::{Instant, Span},
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    technician_id: Uuid,
    job_id: Uuid,
    starts_at: Instant,
    ends_at: Instant,
    state: String,
}

impl TryFrom<Row> for Appointment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            technician_id: row.technician_id.into(),
            job_id: row.job_id.into(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            state: row.state.parse().map_err(|error| Error::corrupt("planned_window", "state", error))?,
        })
    }
}

/// The planned visit of a job.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Option<Appointment>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, technician_id, job_id, starts_at, ends_at, state
         FROM planned_window WHERE job_id = $1 AND state = 'planned'",
        job.0
    )?;
    row.map(Appointment::try_from).transpose()
}

/// The planned visits of a technician that share an instant with `span`, earliest first.
pub async fn overlapping(
    tx: &mut Tx,
    technician: TechnicianId,
    span: Span,
) -> Result<Vec<Appointment>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, technician_id, job_id, starts_at, ends_at, state
         FROM planned_window
         WHERE technician_id = $1 AND state = 'planned' AND starts_at < $3 AND ends_at > $2 ORDER BY starts_at",
        technician.0,
        span.from(),
        span.to()
    )?;
    rows.into_iter().map(Appointment::try_from).collect()
}

/// The planned visits of some technicians that overlap with a span, earliest first.
pub async fn of_technicians(
    tx: &mut Tx,
    technicians: &[TechnicianId],
    span: Span,
) -> Result<Vec<Appointment>, Error> {
    let rows = query!(
        tx,
        all Row,
        {
            sqlite: "SELECT id, version, technician_id, job_id, starts_at, ends_at, state
                     FROM planned_window
                     WHERE technician_id IN (SELECT unhex(value) FROM json_each($1)) AND state = 'planned'
                       AND starts_at < $3 AND ends_at > $2 ORDER BY starts_at",
            postgres: "SELECT id, version, technician_id, job_id, starts_at, ends_at, state
                       FROM planned_window
                       WHERE technician_id IN (SELECT CAST(value AS UUID)
                                               FROM json_array_elements_text(CAST($1 AS JSON)))
                         AND state = 'planned' AND starts_at < $3 AND ends_at > $2 ORDER BY starts_at"
        },
        id_list(technicians.iter().map(|technician| technician.0)),
        span.from(),
        span.to()
    )?;
    rows.into_iter().map(Appointment::try_from).collect()
}
