//! A job in hand: everything a decision about it looks at, loaded at once, and all that follows from the decision, as one
//! value that is written once.
//!
//! A use-case loads a [`Docket`], calls the one function that decides ([`Docket::accept`], [`Docket::aftermath`], …) and
//! hands [`Docket::close`]'s [`Changes`] to the store. Nothing here reads a clock or a database: `now` and the source of
//! ids are part of the docket, so the same docket and the same decision always give the same changes. So are the rules about
//! danger: whatever is decided, nobody is sent into it.

mod acknowledging;
mod aftermath;
mod alarms;
mod answers;
mod changes;
mod checks;
mod comeback;
mod crew;
mod holds;
mod offers;
mod overrides;
mod overtime;
mod place;
mod said;
mod sent;
mod standing;
#[cfg(test)]
mod tests;
mod together;
mod visit;
mod warranted;

use std::collections::BTreeSet;

use uuid::Uuid;

pub use self::{
    aftermath::Told,
    answers::{Answerer, Naming},
    changes::{Changes, Moved, Rows, Waiting},
    overrides::{EndOfCase, Given, Way, needed},
    overtime::consent_needed,
    sent::Sent,
    standing::{Away, Bar, Change},
    together::close_all,
};
use super::{
    alarms::Alarm,
    appointments::{Appointment, WindowState},
    cases::CaseState,
    dangers::CaseHazard,
    events::Event,
    ids::{JobId, TechnicianId},
    jobs::{Action, Around, Job},
    offers::{Assignment, Offer},
    payers::Agreement,
    perils::{PlannedCheck, SafetyRules},
    reference::dispatch::Dispatch,
    refusal::Refusal,
    span::Instant,
};

/// What is known of a job, as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The job.
    pub job: Job,
    /// Everybody who was asked, in order of rank.
    pub offers: Vec<Offer>,
    /// Everybody who has had it, oldest first.
    pub assignments: Vec<Assignment>,
    /// What those who are or were asked have accepted besides, and is not over.
    pub elsewhere: Vec<Assignment>,
    /// The planned visit; once given up it is released.
    pub windows: Vec<Appointment>,
    /// The alarms about it that are not resolved, oldest first.
    pub alarms: Vec<Alarm>,
    /// The dangers of its case, cleared ones included.
    pub dangers: Vec<CaseHazard>,
    /// How the identity was to be checked, plan by plan.
    pub checks: Vec<PlannedCheck>,
    /// When it was settled, oldest first.
    pub settled_at: Vec<Instant>,
    /// Of which payers it is on record that they have agreed.
    pub agreed: Vec<Agreement>,
}

impl Known {
    /// A job of which nothing else is known yet.
    #[must_use]
    pub fn new(job: Job) -> Self {
        Self {
            job,
            offers: Vec::new(),
            assignments: Vec::new(),
            elsewhere: Vec::new(),
            windows: Vec::new(),
            alarms: Vec::new(),
            dangers: Vec::new(),
            checks: Vec::new(),
            settled_at: Vec::new(),
            agreed: Vec::new(),
        }
    }
}

/// Where new ids come from: ids drawn one after the other ascend.
pub type Ids = Box<dyn FnMut() -> Uuid + Send + Sync>;

/// A job in hand.
pub struct Docket {
    was: Known,
    is: Known,
    safety: SafetyRules,
    now: Instant,
    ids: Ids,
    events: Vec<Event>,
    woken: BTreeSet<JobId>,
    waiting: Waiting,
}

impl Docket {
    /// Takes a job in hand.
    #[must_use]
    pub fn new(known: Known, safety: SafetyRules, now: Instant, ids: Ids) -> Self {
        Self {
            was: known.clone(),
            is: known,
            safety,
            now,
            ids,
            events: Vec::new(),
            woken: BTreeSet::new(),
            waiting: Waiting::Left,
        }
    }

    /// What is known of the job now.
    #[must_use]
    pub fn known(&self) -> &Known {
        &self.is
    }

    /// The job as it is now.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.is.job
    }

    /// The instant of the decision.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The planned visit.
    #[must_use]
    pub fn window(&self) -> Option<&Appointment> {
        self.is.windows.iter().find(|window| window.state == WindowState::Planned)
    }

    /// Refuses what cannot be done with the job now; its case is open as long as it has anything to do.
    pub fn may(&self, action: Action) -> Result<(), Refusal> {
        let holding = self.holding();
        let around = Around { crew: &self.is.assignments, case: CaseState::Open, holding: holding.as_ref() };
        action.may(&self.is.job, around)
    }

    /// The assignments that are not over.
    pub fn on_it(&self) -> impl Iterator<Item = &Assignment> {
        self.is.assignments.iter().filter(|one| !one.is_over())
    }

    /// Who is asked from now on.
    pub fn asked_now(&self) -> impl Iterator<Item = TechnicianId> {
        let is_new =
            |offer: &&Offer| offer.is_open() && self.was.offers.iter().all(|before| before.id != offer.id);
        self.is.offers.iter().filter(is_new).map(|offer| offer.technician_id)
    }

    /// The job put into another state.
    pub fn put(&mut self, job: Job) {
        self.is.job = job;
    }

    /// Says that something has happened.
    pub fn say(&mut self, event: impl Into<Event>) {
        self.events.push(event.into());
    }

    /// A new id.
    pub fn id<T: From<Uuid>>(&mut self) -> T {
        (self.ids)().into()
    }

    fn watch_from<'a>(&self, rules: &'a Dispatch) -> &'a super::reference::dispatch::Watch {
        &rules.policy(self.is.job.priority).watch
    }
}
