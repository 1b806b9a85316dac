//! Facts: what devices report from the site. Never changed.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query, scope_binds},
};
use crate::domain::{
    actor::Scope,
    facts::Fact,
    ids::{FactId, JobId, TechnicianId},
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    job_id: Uuid,
    assignment_id: Uuid,
    technician_id: Uuid,
    device: String,
    device_seq: i64,
    device_time: Instant,
    sent_at: Instant,
    received_at: Instant,
    data: String,
}

impl TryFrom<Row> for Fact {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            job_id: row.job_id.into(),
            assignment_id: row.assignment_id.into(),
            technician_id: row.technician_id.into(),
            device: row.device.try_into().map_err(|error| Error::corrupt("fact", "device", error))?,
            device_seq: row.device_seq,
            device_time: row.device_time,
            sent_at: row.sent_at,
            received_at: row.received_at,
            what: serde_json::from_str(&row.data).map_err(|error| Error::corrupt("fact", "data", error))?,
        })
    }
}

/// Keeps a new fact.
pub async fn insert(tx: &mut Tx, fact: &Fact) -> Result<(), Error> {
    let data = serde_json::to_string(&fact.what).map_err(|error| Error::corrupt("fact", "data", error))?;
    query!(
        tx,
        execute,
        "INSERT INTO fact (id, job_id, assignment_id, technician_id, device, device_seq, kind, device_time, sent_at,
                           received_at, data)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        fact.id.0,
        fact.job_id.0,
        fact.assignment_id.0,
        fact.technician_id.0,
        fact.device.as_str(),
        fact.device_seq,
        fact.what.code(),
        fact.device_time,
        fact.sent_at,
        fact.received_at,
        data
    )?;
    Ok(())
}

/// Whether a fact of this id is known, of whichever job.
pub async fn exists(tx: &mut Tx, id: FactId) -> Result<bool, Error> {
    let row = query!(tx, optional One<i64>, "SELECT device_seq FROM fact WHERE id = $1", id.0)?;
    Ok(row.is_some())
}

/// Every fact of a job. Their order means nothing.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Fact>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, job_id, assignment_id, technician_id, device, device_seq, device_time, sent_at, received_at, data
         FROM fact WHERE job_id = $1 ORDER BY id",
        job.0
    )?;
    rows.into_iter().map(Fact::try_from).collect()
}

/// The facts of a job after `after` within the scope, by id.
pub async fn list(
    tx: &mut Tx,
    job: JobId,
    scope: Scope,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Fact>, Error> {
    let (all, firm, technician) = scope_binds(scope);
    let rows = query!(
        tx,
        all Row,
        "SELECT f.id, f.job_id, f.assignment_id, f.technician_id, f.device, f.device_seq, f.device_time, f.sent_at,
                f.received_at, f.data
         FROM fact f JOIN assignment a ON a.id = f.assignment_id
         WHERE f.job_id = $1 AND f.id > $2 AND ($3 = 1 OR a.firm_id = $4 OR a.technician_id = $5)
         ORDER BY f.id LIMIT $6",
        job.0,
        after,
        all,
        firm,
        technician,
        limit
    )?;
    rows.into_iter().map(Fact::try_from).collect()
}

/// The jobs on which a technician began to work within a time, by the devices' clocks.
pub async fn jobs_worked_on(
    tx: &mut Tx,
    technician: TechnicianId,
    from: Instant,
    to: Instant,
) -> Result<Vec<JobId>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT DISTINCT job_id FROM fact
         WHERE technician_id = $1 AND kind = 'work_start' AND device_time >= $2 AND device_time <= $3
         ORDER BY job_id",
        technician.0,
        from,
        to
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}
