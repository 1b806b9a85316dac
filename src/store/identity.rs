//! How the identity will be checked before a door is opened.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::{Json, row},
    db::query,
};
use crate::domain::{identity::IdentityPlan, ids::JobId};

row! { IdentityPlan: job_id, number, method, impossible: Json, planned_at }

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
        plan.job_id,
        plan.number,
        plan.method,
        impossible,
        plan.planned_at,
        by
    )?;
    Ok(())
}

/// The plan that counts: the last one.
pub async fn latest(tx: &mut Tx, job: JobId) -> Result<Option<IdentityPlan>, Error> {
    query!(
        tx,
        optional IdentityPlan,
        "SELECT job_id, number, method, impossible, planned_at FROM identity_plan
         WHERE job_id = $1 ORDER BY number DESC LIMIT 1",
        job
    )
}
