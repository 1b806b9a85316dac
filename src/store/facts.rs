//! Facts: what devices report from the site. Never changed.

use uuid::Uuid;

use super::{
    Error, Tx,
    batch::{Batch, later},
    codec::{Json, row},
    db::{id_list, instant_text, query},
    search::{Search, limits},
};
use crate::domain::{
    actor::Scope,
    facts::{Fact, reports::REJECTED_MAX},
    ids::{JobId, TechnicianId},
    span::Instant,
};

row! {
    Fact: id, job_id, assignment_id, technician_id, device, device_seq, device_time, sent_at, received_at,
    told_by, unresolved, what: Json
}

/// Of a fact.
macro_rules! columns {
    () => {
        "f.id, f.job_id, f.assignment_id, f.technician_id, f.device, f.device_seq, f.device_time, f.sent_at,
         f.received_at, f.told_by, f.unresolved, f.data AS what"
    };
}

/// Has new facts kept with the use-case.
pub fn insert(batch: &mut Batch, facts: &[Fact]) {
    later!(
        batch,
        rows,
        "INSERT INTO fact (id, job_id, assignment_id, technician_id, device, device_seq, kind, device_time, sent_at,
                           received_at, told_by, unresolved, data) VALUES",
        facts,
        |fact|
        fact.id,
        fact.job_id,
        fact.assignment_id,
        fact.technician_id,
        &fact.device,
        fact.device_seq,
        fact.what.code(),
        fact.device_time,
        fact.sent_at,
        fact.received_at,
        fact.told_by,
        fact.unresolved,
        Json(&fact.what),
    );
}

/// Notes that a report was refused; `false` when that was noted before, or the job has as many as are noted.
pub async fn reject(tx: &mut Tx, job: JobId, mark: &str) -> Result<bool, Error> {
    let made = query!(
        tx,
        execute,
        "INSERT INTO fact_rejection (job_id, mark)
         SELECT $1, $2 WHERE (SELECT COUNT(*) FROM fact_rejection WHERE job_id = $1) < $3
         ON CONFLICT DO NOTHING",
        job,
        mark,
        REJECTED_MAX
    )?;
    Ok(made == 1)
}

/// Every fact of a job. Their order means nothing.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Fact>, Error> {
    query!(
        tx,
        all Fact,
        concat!("SELECT ", columns!(), " FROM fact f WHERE f.job_id = $1 ORDER BY f.id"),
        job
    )
}

/// The facts of a job after `after` within the scope, by id.
pub async fn list(
    tx: &mut Tx,
    job: JobId,
    scope: Scope,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Fact>, Error> {
    let Some((firm, technician)) = limits(scope) else { return Ok(Vec::new()) };
    let head = concat!(
        "SELECT ",
        columns!(),
        " FROM fact f JOIN assignment a ON a.id = f.assignment_id WHERE f.job_id = $1 AND f.id > $2"
    );
    let search = Search::of(tx, head).bind(job).bind(after);
    let search = search.and("a.firm_id = $", firm).and("a.technician_id = $", technician);
    search.all(tx, "ORDER BY f.id LIMIT $", limit).await
}

/// Every fact of several jobs. Their order means nothing.
pub async fn of_jobs(tx: &mut Tx, jobs: &[JobId]) -> Result<Vec<Fact>, Error> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    query!(
        tx,
        all Fact,
        {
            sqlite: concat!("SELECT ", columns!(), " FROM fact f
                WHERE f.job_id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY f.id"),
            postgres: concat!("SELECT ", columns!(), " FROM fact f WHERE f.job_id IN (SELECT CAST(value AS UUID)
                                                  FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY f.id")
        },
        id_list(jobs.iter().map(|job| job.0))
    )
}

/// When a technician was on a job, and around which of that time he may have been on others.
#[derive(Debug, Clone, Copy)]
pub struct Around {
    /// That job.
    pub job: JobId,
    /// Who.
    pub technician: TechnicianId,
    /// From when, by the devices' clocks.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
}

impl Around {
    /// Whether a fact says that the technician began to work on another job within this time.
    #[must_use]
    pub fn begins(&self, fact: &Fact) -> bool {
        fact.job_id != self.job
            && fact.technician_id == self.technician
            && fact.what.code() == "work_start"
            && (self.from..=self.to).contains(&fact.device_time)
    }
}

/// Every fact of the other jobs on which one of these technicians began to work within that one's time.
pub async fn elsewhere(tx: &mut Tx, around: &[Around]) -> Result<Vec<Fact>, Error> {
    if around.is_empty() {
        return Ok(Vec::new());
    }
    let listed = around.iter().map(|one| {
        let (from, to) = (instant_text(one.from), instant_text(one.to));
        let (job, technician) = (one.job.0.simple().to_string(), one.technician.0.simple().to_string());
        serde_json::json!({ "job": job, "technician": technician, "from_at": from, "to_at": to })
    });
    let listed = serde_json::Value::from_iter(listed).to_string();
    query!(
        tx,
        all Fact,
        {
            sqlite: concat!("SELECT ", columns!(), " FROM fact f WHERE f.job_id IN (
                SELECT w.job_id FROM json_each($1) r JOIN fact w
                ON w.technician_id = unhex(r.value ->> 'technician') AND w.kind = 'work_start'
                AND w.device_time >= r.value ->> 'from_at' AND w.device_time <= r.value ->> 'to_at'
                WHERE w.job_id <> unhex(r.value ->> 'job'))
                     ORDER BY f.id"),
            postgres: concat!("SELECT ", columns!(), " FROM fact f WHERE f.job_id IN (
                SELECT w.job_id
                FROM json_to_recordset(CAST($1 AS JSON))
                                    AS r (job UUID, technician UUID, from_at TIMESTAMPTZ, to_at TIMESTAMPTZ)
                                JOIN fact w ON w.technician_id = r.technician AND w.kind = 'work_start'
                                               AND w.device_time >= r.from_at AND w.device_time <= r.to_at
                           WHERE w.job_id <> r.job)
                       ORDER BY f.id")
        },
        listed
    )
}
