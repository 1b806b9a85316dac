//! Facts: what devices report from the site. Never changed.

use std::collections::BTreeMap;

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    batch::{Batch, later},
    db::{query, scope_binds},
};
use crate::domain::{
    actor::Scope,
    facts::Fact,
    ids::{JobId, TechnicianId},
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

/// Has new facts kept with the use-case.
pub fn insert(batch: &mut Batch, facts: &[Fact]) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(facts.len());
    for fact in facts {
        let data =
            serde_json::to_string(&fact.what).map_err(|error| Error::corrupt("fact", "data", error))?;
        rows.push((fact, data));
    }
    later!(
        batch,
        rows,
        "INSERT INTO fact (id, job_id, assignment_id, technician_id, device, device_seq, kind, device_time, sent_at,
                           received_at, data) VALUES",
        rows,
        |(fact, data)|
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
        data.as_str(),
    );
    Ok(())
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

/// The facts of the other jobs on which one of these technicians began to work within a time, by the devices' clocks.
pub async fn of_work_elsewhere(
    tx: &mut Tx,
    but: JobId,
    technicians: &[TechnicianId],
    from: Instant,
    to: Instant,
) -> Result<BTreeMap<JobId, Vec<Fact>>, Error> {
    let ids: Vec<_> = technicians.iter().map(|id| id.0.simple().to_string()).collect();
    let ids = serde_json::to_string(&ids).map_err(|error| Error::corrupt("technician", "id", error))?;
    let rows = query!(
        tx,
        all Row,
        {
            sqlite: "SELECT id, job_id, assignment_id, technician_id, device, device_seq, device_time, sent_at,
                            received_at, data
                     FROM fact WHERE job_id IN (
                         SELECT w.job_id FROM json_each($2) t
                         CROSS JOIN fact w ON w.technician_id = unhex(t.value) AND w.kind = 'work_start'
                         WHERE w.device_time >= $3 AND w.device_time <= $4 AND w.job_id <> $1)
                     ORDER BY job_id, id",
            postgres: "SELECT id, job_id, assignment_id, technician_id, device, device_seq, device_time, sent_at,
                              received_at, data
                       FROM fact WHERE job_id IN (
                           SELECT w.job_id FROM jsonb_array_elements_text(CAST($2 AS JSONB)) t(value)
                           JOIN fact w ON w.technician_id = CAST(t.value AS UUID) AND w.kind = 'work_start'
                           WHERE w.device_time >= $3 AND w.device_time <= $4 AND w.job_id <> $1)
                       ORDER BY job_id, id"
        },
        but.0,
        ids,
        from,
        to
    )?;
    let mut facts: BTreeMap<JobId, Vec<Fact>> = BTreeMap::new();
    for row in rows {
        let fact = Fact::try_from(row)?;
        facts.entry(fact.job_id).or_default().push(fact);
    }
    Ok(facts)
}
