//! How the identity will be checked before a door is opened.

use super::{Error, Tx, codec::Json, db::query};
use crate::domain::{identity::IdentityPlan, ids::TokenId};

/// Keeps a plan.
pub async fn insert(tx: &mut Tx, plan: &IdentityPlan, by: Option<TokenId>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO identity_plan (job_id, number, method, impossible, planned_at, planned_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        plan.job_id,
        plan.number,
        plan.method,
        Json(&plan.impossible),
        plan.planned_at,
        by
    )?;
    Ok(())
}
