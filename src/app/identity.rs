//! How the identity will be checked before a door is opened (S-01 to S-04).

use super::{Command, Ctx, Error, Unit, dockets};
use crate::{
    domain::{
        events,
        identity::{IdentityPlan, Method, RuledOut},
        ids::JobId,
        jobs::Job,
    },
    store,
};

/// A plan to be made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How it will be checked.
    pub method: Method,
    /// The better methods, and why they are not possible.
    pub impossible: Vec<RuledOut>,
}

/// Plans how the identity is checked; without any way nobody is sent to open (S-04).
pub async fn plan(ctx: &Ctx, job: JobId, command: Command<Plan>) -> Result<(IdentityPlan, Job), Error> {
    let command = command.map(|plan| (job, plan));
    ctx.transact(command, |unit, (job, plan)| Box::pin(plan_in(unit, *job, plan))).await
}

async fn plan_in(unit: &mut Unit, id: JobId, plan: &Plan) -> Result<(IdentityPlan, Job), Error> {
    let missing = || Error::NotFound("job");
    let found = store::jobs::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    store::cases::guard(&mut unit.tx, found.case_id).await?.ok_or_else(missing)?;
    let mut docket = dockets::of_job(unit, id).await?;
    let planned = docket.plan_check(plan.method, plan.impossible.clone())?;
    store::identity::insert(&mut unit.tx, &planned, unit.actor.token()).await?;
    unit.emit(events::IdentityPlanned { job: id, method: planned.method });
    let job = dockets::close(unit, docket).await?.job;
    Ok((planned, job))
}
