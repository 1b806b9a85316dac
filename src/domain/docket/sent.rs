//! Whoever is sent passes one gate, whichever way they are sent (G-17).

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    firms::Technician,
    fitness::{Confirmation, Fitness},
    refusal::{JobRefused, Refusal},
};

/// Somebody whom a person names, and all that is in the way of sending them.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Who.
    pub technician: Technician,
    /// What is in the way, by what the database says now.
    pub fitness: Fitness,
    /// What the person passes over.
    pub confirmation: Option<Confirmation>,
}

impl Docket {
    /// Refuses to send them: what holds the job is in the way of everybody.
    pub fn may_send(&self, who: &Sent) -> Result<(), Refusal> {
        self.may_be_sent_to()?;
        who.fitness.must_allow(who.confirmation.as_ref())
    }

    /// Refuses to send anybody, by whichever door, where something holds the job, whoever is on it: a danger is not passed
    /// over (section 4.1, G-08).
    pub(super) fn may_be_sent_to(&self) -> Result<(), Refusal> {
        match self.holding() {
            Some(hold) => Err(JobRefused::Held(hold).into()),
            None => Ok(()),
        }
    }

    /// Whoever was to keep the planned visit has been sent elsewhere and may not be back in time: a person must know.
    pub fn put_visit_at_risk(&mut self) {
        self.raise(AlarmKind::AppointmentAtRisk);
    }
}
