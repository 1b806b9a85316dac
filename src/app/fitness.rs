//! Whether somebody may be sent (G-17), by what the database says of them in this use-case. One rule answers
//! (`dispatch::rules`), the docket decides, and what was looked at must still be so when the decision is written.

use super::{Error, Unit, dockets, fleet::Alone, questions, warrants};
use crate::{
    dispatch::question::{Question, When},
    domain::{
        docket::Sent,
        firms::{Standing, Technician},
        fitness::{Confirmation, Fitness, Reason},
        ids::{FirmId, TechnicianId},
        jobs::Job,
        refusal::{CaseRefused, Refusal},
    },
    store,
};

/// Somebody as the database knows them.
pub(super) struct Known {
    technician: Technician,
    alone: Alone,
}

/// The same, with what is in the way of sending them.
pub(super) struct Looked {
    /// Who.
    pub(super) technician: Technician,
    /// What is in the way.
    pub(super) fitness: Fitness,
    /// They alone.
    pub(super) alone: Alone,
}

/// What is asked of everybody for a job, where somebody is sent at all (G-14).
pub(super) async fn question(unit: &mut Unit, job: &Job) -> Result<Question, Error> {
    warrants::must_be_served(unit, job.case_id).await?;
    let Some(site) = store::cases::site(&mut unit.tx, job.case_id).await? else {
        return Err(Error::Refused(CaseRefused::PlaceErased.into()));
    };
    questions::of_job(&unit.ctx, &mut unit.tx, job, &site).await
}

/// Reads somebody; nothing, where there is no such technician. They are read before what is asked of them: whoever changes
/// what keeps them from a resident changes their version, and so is never missed.
pub(super) async fn find(unit: &mut Unit, id: TechnicianId) -> Result<Option<Known>, Error> {
    let Some(technician) = store::technicians::find(&mut unit.tx, id).await? else { return Ok(None) };
    let alone = unit.ctx.clone().alone(&mut unit.tx, technician.clone(), unit.now).await?;
    Ok(Some(Known { technician, alone }))
}

/// Reads somebody whom a person names.
pub(super) async fn named(unit: &mut Unit, id: TechnicianId) -> Result<Known, Error> {
    let known = find(unit, id).await?;
    Ok(known.ok_or_else(|| Refusal::field("technician_id", "no such technician"))?)
}

impl Known {
    /// What is in the way of sending them.
    pub(super) fn asked(self, question: &Question, when: When) -> Result<Looked, Error> {
        let Self { technician, alone } = self;
        let unknown = || Error::Internal("somebody was looked at in a fleet without them".to_owned());
        let fitness = alone.fleet.fitness(technician.id, question, when).ok_or_else(unknown)?;
        let fitness = match alone.firm_state {
            Standing::Suspended => fitness.and_the_firm(Reason::Suspended),
            Standing::Active => fitness,
        };
        Ok(Looked { technician, fitness, alone })
    }
}

/// The versions that were looked at.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    technician: (TechnicianId, i64),
    firm: (FirmId, i64),
}

impl Seen {
    /// What was looked at must be so still when the decision is written, which is written before this.
    pub(super) fn must_hold(self, unit: &mut Unit) {
        let Self { technician: (technician, version), firm: (firm, firm_version) } = self;
        store::technicians::must_be(&mut unit.writes, technician, version);
        store::firms::must_be(&mut unit.writes, firm, firm_version);
    }
}

impl Looked {
    /// The versions that were looked at.
    pub(super) fn seen(&self) -> Seen {
        let Technician { id, version, firm_id, .. } = self.technician;
        Seen { technician: (id, version), firm: (firm_id, self.alone.firm_version) }
    }

    /// The same as the docket decides by it.
    pub(super) fn sent(self, confirmation: Option<Confirmation>) -> Sent {
        Sent { technician: self.technician, fitness: self.fitness, confirmation }
    }
}

/// Whoever has been sent may not keep these planned visits: a person must know of each.
pub(super) async fn put_visits_at_risk(unit: &mut Unit, fitness: &Fitness) -> Result<(), Error> {
    for job in fitness.visits() {
        let mut docket = dockets::of_job(unit, job).await?;
        docket.put_visit_at_risk();
        dockets::close(unit, docket).await?;
    }
    Ok(())
}
