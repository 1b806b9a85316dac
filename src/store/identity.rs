//! How the identity will be checked before a door is opened.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{identity::IdentityPlan, ids::JobId, span::Instant};

#[derive(FromRow)]
struct Row {
    job_id: Uuid,
    number: i64,
    method: String,
    impossible: String,
    planned_at: Instant,
}

impl TryFrom<Row> for IdentityPlan {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            job_id: row.job_id.into(),
            number: row.number,
            method: row.method.parse().map_err(|error| Error::corrupt("identity_plan", "method", error))?,
            impossible: serde_json::from_str(&row.impossible)
                .map_err(|error| Error::corrupt("identity_plan", "impossible", error))?,
            planned_at: row.planned_at,
        })
    }
}

/// Keeps a plan; `impossible` is its list as JSON.
pub async fn insert(
    tx: &mut Tx,
    plan: &IdentityPlan,
    impossible: &str,
    by: Option<Uuid>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO identity_plan (job_id, number, method, impossible, planned_at, planned_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        plan.job_id.0,
        plan.number,
        plan.method.as_str(),
        impossible,
        plan.planned_at,
        by
    )?;
    Ok(())
}

/// The plan that counts: the last one.
pub async fn latest(tx: &mut Tx, job: JobId) -> Result<Option<IdentityPlan>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT job_id, number, method, impossible, planned_at FROM identity_plan
         WHERE job_id = $1 ORDER BY number DESC LIMIT 1",
        job.0
    )?;
    row.map(IdentityPlan::try_from).transpose()
}
