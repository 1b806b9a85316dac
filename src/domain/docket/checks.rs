//! How the identity will be checked before the door of a job in hand is opened (S-01 to S-04).

use super::Docket;
use crate::domain::{
    identity::{IdentityPlan, Method, RuledOut, check_order},
    jobs::JobState,
    perils::PlannedCheck,
    refusal::{JobRefused, Refusal},
    trade::Trade,
};

/// Plans of one job at most.
const PLANS_MAX: i64 = 100;

impl Docket {
    /// Plans how the identity is checked; without any way nobody is sent to open (S-04).
    pub fn plan_check(&mut self, method: Method, impossible: Vec<RuledOut>) -> Result<IdentityPlan, Refusal> {
        let job = &self.is.job;
        if job.trade != Trade::Lock {
            return Err(JobRefused::NoIdentityCheck.into());
        }
        // How it was checked is told of a job that is done as well: until then its alarm rings.
        if job.state().is_final() && job.state() != JobState::Completed {
            return Err(JobRefused::NothingToPlan(job.state()).into());
        }
        check_order(method, &impossible)?;
        let last = self.is.checks.iter().map(|check| check.number).max();
        let number = last.unwrap_or_default() + 1;
        if number > PLANS_MAX {
            return Err(JobRefused::TooManyPlans.into());
        }
        let (job_id, planned_at) = (job.id, self.now);
        self.is.checks.push(PlannedCheck { number, method, planned_at });
        self.apply_holds()?;
        Ok(IdentityPlan { job_id, number, method, impossible, planned_at })
    }
}
