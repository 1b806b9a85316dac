//! A second pair of hands: somebody who helps whoever has the job (C-16). One job, one lead, and as many assignments as
//! there are technicians.

use super::{Command, Ctx, Error, Unit, overrides};
use crate::domain::{
    fitness::Confirmation,
    ids::{JobId, TechnicianId},
    jobs::Action,
    offers::{Assignment, Yes},
};

/// Who helps.
#[derive(Debug, Clone)]
pub struct Helper {
    /// Who.
    pub technician_id: TechnicianId,
    /// What they have said.
    pub yes: Yes,
    /// What is passed over.
    pub confirmation: Option<Confirmation>,
}

/// Sends somebody to help on a job somebody has, as agreed on the telephone.
pub async fn add(ctx: &Ctx, job: JobId, command: Command<Helper>) -> Result<Assignment, Error> {
    let command = command.map(|helper| (job, helper));
    ctx.transact(command, |unit, (job, helper)| Box::pin(add_in(unit, *job, helper))).await
}

async fn add_in(unit: &mut Unit, id: JobId, helper: &Helper) -> Result<Assignment, Error> {
    let mut sending = overrides::sending(unit, id, helper.technician_id, helper.yes).await?;
    sending.docket.may(Action::AddHelper)?;
    sending.docket.may_help(helper.technician_id, helper.yes)?;
    let agreed = overrides::agreed(unit, &mut sending, None, helper.confirmation.clone()).await?;
    let assignment = sending.docket.help(&agreed)?;
    overrides::close_all(unit, sending).await?;
    Ok(assignment)
}
