//! What holds a job: a danger of its case that nobody has cleared (4.1), or no way to check the identity (S-04).

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    dangers::CaseHazard,
    events::{JobCleared, JobHeld},
    identity::Method,
    jobs::{Hold, JobState},
    offers::WithdrawCode,
    reference::{dispatch::Dispatch, hazards::Hazards},
    refusal::Refusal,
    trade::Priority,
};

impl Docket {
    /// The dangers of the case are these now.
    pub fn know_dangers(&mut self, dangers: Vec<CaseHazard>) {
        self.is.dangers = dangers;
    }

    /// The identity will be checked so.
    pub fn know_identity(&mut self, method: Method) {
        self.is.identity = Some(method);
    }

    /// Holds the job or sets it free, as the dangers of its case and its identity plan are now.
    pub fn apply_holds(&mut self, hazards: &Hazards, rules: &Dispatch) -> Result<(), Refusal> {
        if self.is.job.state().is_final() {
            return Ok(());
        }
        let open: Vec<_> = self.is.dangers.iter().filter(|danger| danger.cleared_at.is_none()).collect();
        // A hazard that the reference data no longer knows holds: nobody knows that it is harmless.
        let holds = |code: &str| hazards.get(code).is_none_or(|hazard| hazard.holds_offers);
        let holding = open.iter().find(|danger| holds(&danger.hazard)).map(|danger| danger.hazard.clone());
        let urgent = match (&holding, open.is_empty()) {
            (Some(_), _) => Priority::P0,
            (None, false) => Priority::P1,
            (None, true) => self.is.job.priority,
        };
        self.raise_priority(urgent);
        let nobody_on_it = matches!(
            self.is.job.state(),
            JobState::Unassigned
                | JobState::NoCoverage
                | JobState::Held
                | JobState::Booked
                | JobState::Offered
        );
        match (holding, nobody_on_it) {
            (Some(code), true) => self.hold(Hold::Hazard(code), rules),
            (Some(_), false) => {
                self.raise(AlarmKind::DangerOnJob);
                Ok(())
            }
            (None, true) if self.is.identity == Some(Method::None) => self.hold(Hold::Identity, rules),
            (None, _) => self.free(),
        }
    }

    /// What has become more urgent does not wait for a later look.
    fn raise_priority(&mut self, urgent: Priority) {
        let job = &mut self.is.job;
        if urgent < job.priority {
            job.priority = urgent;
            if job.state() == JobState::Unassigned {
                *job = job.clone().look_again(self.now);
            }
        }
    }

    fn hold(&mut self, hold: Hold, rules: &Dispatch) -> Result<(), Refusal> {
        if self.is.job.hold() == Some(&hold) {
            return Ok(());
        }
        self.withdraw_open(WithdrawCode::Held)?;
        self.end_visit();
        let remind_at = self.now + rules.held_reminder;
        self.is.job = self.is.job.clone().held(hold.clone(), self.now, remind_at)?;
        self.say(JobHeld { job: self.is.job.id, hold: hold.into() });
        self.raise(AlarmKind::Held);
        Ok(())
    }

    fn free(&mut self) -> Result<(), Refusal> {
        self.resolve(AlarmKind::DangerOnJob);
        if self.is.job.state() != JobState::Held {
            return Ok(());
        }
        // Who was asked before the hold, and did not say no, is asked again: that takes a new round.
        let round = self.is.job.round;
        let job = self.is.job.clone();
        let job =
            if self.is.offers.iter().any(|offer| offer.round == round) { job.next_round() } else { job };
        self.is.job = job.cleared(self.now)?;
        self.say(JobCleared { job: self.is.job.id });
        self.resolve(AlarmKind::Held);
        Ok(())
    }
}
