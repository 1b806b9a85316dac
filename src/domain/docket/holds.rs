//! What holds a job: a danger of its case that nobody has cleared (4.1), or no way to check the identity (S-04). It is
//! remembered while somebody is on the job, so that whoever leaves it leaves it held (G-08).

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    appointments::GivenUp,
    dangers::CaseHazard,
    events::{JobCleared, JobCreated, JobEndangered, JobHeld, JobSafe},
    ids::AssignmentId,
    jobs::{Hold, JobState},
    offers::{Assignment, Heard, ReleaseCode, WithdrawCode},
    perils::{KnownDanger, Perils, codes},
    refusal::Refusal,
    span::Instant,
    trade::Priority,
};

impl Docket {
    /// A new job begins: held, where its case is dangerous.
    pub fn begin(&mut self) -> Result<(), Refusal> {
        self.say(JobCreated::from(&self.is.job));
        self.apply_holds()
    }

    /// The dangers of the case are these now.
    pub fn know_dangers(&mut self, dangers: Vec<CaseHazard>) {
        self.is.dangers = dangers;
    }

    /// What is, or was, dangerous about the job, or unchecked.
    #[must_use]
    pub fn perils(&self) -> Perils {
        Perils::of(self.is.dangers.iter().map(KnownDanger::from), &self.is.checks, &self.safety)
    }

    /// What holds the job now, whoever is on it.
    #[must_use]
    pub fn holding(&self) -> Option<Hold> {
        self.perils().holding()
    }

    /// Holds the job or sets it free, as the dangers of its case and its identity plan are now; whoever is on it is told.
    pub fn apply_holds(&mut self) -> Result<(), Refusal> {
        self.end_alarms();
        self.await_acknowledgements();
        let state = self.is.job.state();
        if state.is_final() {
            return Ok(());
        }
        self.raise_priority();
        self.warn_crew();
        match self.holding() {
            Some(_) => self.obey_hold(),
            None if state == JobState::Held => self.free(),
            None => Ok(()),
        }
    }

    /// Holds the job where something holds it and nobody is on it.
    pub fn obey_hold(&mut self) -> Result<(), Refusal> {
        match self.holding() {
            Some(hold) if self.on_it().next().is_none() && !self.is.job.state().is_final() => self.hold(hold),
            _ => Ok(()),
        }
    }

    /// Nobody has the job: it is held where something holds it, else the ladder looks at it at `at`.
    pub(super) fn vacate(&mut self, at: Instant) -> Result<(), Refusal> {
        if self.holding().is_some() {
            return self.obey_hold();
        }
        self.is.job = self.is.job.clone().unassigned(self.now, at)?;
        Ok(())
    }

    /// What has become more urgent does not wait for a later look.
    fn raise_priority(&mut self) {
        let urgent = match (self.holding(), self.is.dangers.iter().any(|danger| danger.cleared_at.is_none()))
        {
            (Some(Hold::Hazard(_)), _) => Priority::P0,
            (_, true) => Priority::P1,
            _ => return,
        };
        let job = &mut self.is.job;
        if urgent < job.priority {
            job.priority = urgent;
            if matches!(job.state(), JobState::Unassigned | JobState::NoCoverage) {
                *job = job.clone().look_again(self.now);
            }
        }
    }

    fn hold(&mut self, hold: Hold) -> Result<(), Refusal> {
        if self.is.job.hold() == Some(&hold) {
            return Ok(());
        }
        self.withdraw_all(WithdrawCode::Held)?;
        if self.window().is_some() {
            // Whoever waits for the visit must be told that nobody comes then.
            self.give_visit_up(GivenUp::Held);
            self.raise(AlarmKind::AppointmentAtRisk);
        }
        let remind_at = self.now + self.safety.held_reminder;
        self.is.job = self.is.job.clone().held(hold.clone(), self.now, remind_at)?;
        self.say(JobHeld { job: self.is.job.id, hold: hold.into() });
        self.raise(AlarmKind::Held);
        Ok(())
    }

    fn free(&mut self) -> Result<(), Refusal> {
        // Who was asked before the hold, and did not say no, is asked again: that takes a new round.
        let round = self.is.job.round;
        let job = self.is.job.clone();
        let job =
            if self.is.offers.iter().any(|offer| offer.round == round) { job.next_round() } else { job };
        self.is.job = if self.is_between_visits() {
            job.cleared_between_visits(self.now)?
        } else {
            job.cleared(self.now)?
        };
        self.say(JobCleared { job: self.is.job.id });
        self.resolve(AlarmKind::Held);
        Ok(())
    }

    /// Whether whoever had it last has been there and left: who comes next, and when, is a person's to say.
    fn is_between_visits(&self) -> bool {
        let last = self.is.assignments.iter().max_by_key(|one| (one.released_at(), one.id));
        last.and_then(Assignment::release_code) == Some(ReleaseCode::VisitOver)
    }

    /// Whoever comes back has heard of danger as much as before.
    pub(super) fn heard_only(&mut self, id: AssignmentId, heard: Heard) {
        self.is.assignments.iter_mut().filter(|one| one.id == id).for_each(|one| one.heard = heard);
    }

    /// Whoever is on the job and has not acknowledged what is dangerous is told, and so is the desk.
    pub(super) fn warn_crew(&mut self) {
        let (job, perils) = (self.is.job.id, self.perils());
        let mut told: Vec<JobEndangered> = Vec::new();
        for one in self.on_it() {
            let dangers = codes(perils.unheard(one.heard));
            if !dangers.is_empty() {
                let Assignment { id, technician_id, firm_id, .. } = *one;
                told.push(JobEndangered {
                    job,
                    assignment: id,
                    technician: technician_id,
                    firm: firm_id,
                    dangers,
                });
            }
        }
        if told.is_empty() {
            return;
        }
        self.ring_of_danger();
        told.into_iter().for_each(|event| self.say(event));
        self.await_acknowledgements();
    }

    /// The desk is told of each kind of peril that is open.
    pub(super) fn ring_of_danger(&mut self) {
        let perils = self.perils();
        for kind in perils.open().map(|peril| alarm_of(&peril.what)) {
            self.raise(kind);
        }
    }

    /// The alarms about what is not dangerous any more end, and whoever is on the job hears of it.
    fn end_alarms(&mut self) {
        let open: Vec<_> = self.perils().open().map(|peril| alarm_of(&peril.what)).collect();
        let over = [AlarmKind::DangerOnJob, AlarmKind::IdentityOnJob].into_iter();
        let over: Vec<_> = over.filter(|kind| !open.contains(kind) && self.is_ringing(*kind)).collect();
        if over.is_empty() {
            return;
        }
        over.into_iter().for_each(|kind| self.resolve(kind));
        if open.is_empty() {
            let job = self.is.job.id;
            let safe = |one: &Assignment| JobSafe {
                job,
                assignment: one.id,
                technician: one.technician_id,
                firm: one.firm_id,
            };
            let told: Vec<_> = self.on_it().map(safe).collect();
            told.into_iter().for_each(|event| self.say(event));
        }
    }
}

/// The alarm about a peril of a job that somebody is on.
fn alarm_of(what: &Hold) -> AlarmKind {
    match what {
        Hold::Identity => AlarmKind::IdentityOnJob,
        Hold::Hazard(_) => AlarmKind::DangerOnJob,
    }
}
