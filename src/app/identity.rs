//! How the identity will be checked before a door is opened (S-01 to S-04).

use super::{Command, Ctx, Error, Unit, dockets, holds};
use crate::{
    domain::{
        events,
        identity::{IdentityPlan, Method, RuledOut, check_order},
        ids::JobId,
        jobs::{Job, JobState},
        perils::PlannedCheck,
        refusal::JobRefused,
        trade::Trade,
    },
    store,
};

/// Plans of one job at most.
const PLANS_MAX: i64 = 100;

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
    let job = docket.job();
    if job.trade != Trade::Lock {
        return Err(Error::Refused(JobRefused::NoIdentityCheck.into()));
    }
    // How it was checked is told of a job that is done as well: until then its alarm rings.
    if job.state().is_final() && job.state() != JobState::Completed {
        return Err(Error::Refused(JobRefused::NothingToPlan(job.state()).into()));
    }
    check_order(plan.method, &plan.impossible)?;
    let number = store::identity::latest(&mut unit.tx, id).await?.map_or(1, |last| last.number + 1);
    if number > PLANS_MAX {
        return Err(Error::Refused(JobRefused::TooManyPlans.into()));
    }
    let planned = IdentityPlan {
        job_id: id,
        number,
        method: plan.method,
        impossible: plan.impossible.clone(),
        planned_at: unit.now,
    };
    let impossible =
        serde_json::to_string(&planned.impossible).map_err(|error| Error::Internal(error.to_string()))?;
    let by = unit.actor.token().map(|token| token.0);
    store::identity::insert(&mut unit.tx, &planned, &impossible, by).await?;
    unit.emit(events::IdentityPlanned { job: id, method: planned.method });
    docket.know_check(PlannedCheck { number, method: planned.method, planned_at: planned.planned_at });
    let job = holds::apply(unit, docket).await?;
    Ok((planned, job))
}
