//! Whoever is on a job that has become dangerous acknowledges that they know (G-08); the desk is told louder while they have
//! not.

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    events::DangerAcknowledged,
    ids::AssignmentId,
    offers::Assignment,
    perils::codes,
    refusal::{JobRefused, OfferRefused, Refusal},
};

impl Docket {
    /// Whoever has an assignment knows of these dangers, by their codes. All that they have not acknowledged yet must be
    /// among them: what was told a moment ago is not acknowledged by who has not seen it.
    pub fn acknowledge(&mut self, id: AssignmentId, named: &[String]) -> Result<Assignment, Refusal> {
        let own = self.is.assignments.iter().find(|one| one.id == id && !one.is_over());
        let own = own.cloned().ok_or(OfferRefused::AssignmentReleased)?;
        let perils = self.perils();
        let open = codes(perils.open());
        if let Some(at) = named.iter().position(|code| !open.contains(code)) {
            let message = "is no danger of this job now; see 'dangers' of the job";
            return Err(Refusal::field(format!("dangers[{at}]"), message));
        }
        let unheard = codes(perils.unheard(own.heard));
        let missing: Vec<_> = unheard.iter().filter(|code| !named.contains(code)).cloned().collect();
        if !missing.is_empty() {
            return Err(JobRefused::DangersNotNamed(missing).into());
        }
        if unheard.is_empty() {
            return Ok(own);
        }
        let knows = Assignment { heard: perils.heard(), ..own };
        for one in self.is.assignments.iter_mut().filter(|one| one.id == id) {
            one.heard = knows.heard;
        }
        self.say(DangerAcknowledged {
            job: knows.job_id,
            assignment: id,
            technician: knows.technician_id,
            firm: knows.firm_id,
            dangers: unheard,
        });
        self.await_acknowledgements();
        Ok(knows)
    }

    /// A person is told in a while while somebody on the job has not acknowledged a danger; nothing is left to tell once all
    /// have, or are off it.
    pub(super) fn await_acknowledgements(&mut self) {
        let perils = self.perils();
        let is_awaited = self.on_it().any(|one| perils.unheard(one.heard).next().is_some());
        match (is_awaited, self.is_ringing(AlarmKind::DangerUnacknowledged)) {
            (true, false) => {
                let at = self.now + self.safety.acknowledged_within;
                self.raise_at(AlarmKind::DangerUnacknowledged, at);
            }
            (false, true) => self.resolve(AlarmKind::DangerUnacknowledged),
            _ => {}
        }
    }
}
