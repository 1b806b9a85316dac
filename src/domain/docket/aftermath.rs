//! What follows from reports of the site besides the price: who is on the job and who is off it, who comes later than
//! promised, where the job is, what a person at the desk must know.

use super::{Docket, alarms::KEPT};
use crate::domain::{
    alarms::AlarmKind,
    events::{AssignmentDelayed, FactRecorded, JobProgressed},
    facts::{Fact, FactKind, FieldRecord, FieldState, Flag, FlagCode, Guard, Reporter, ToldDelay, is_about},
    fitness::Fitness,
    ids::{AssignmentId, TechnicianId},
    jobs::JobState,
    offers::{Assignment, ReleaseCode, WithdrawCode},
    promises,
    reference::dispatch::Dispatch,
    refusal::Refusal,
};

/// What a device has told.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// The assignment it is filed under.
    pub assignment: AssignmentId,
    /// The reports that are new.
    pub recorded: &'a [Fact],
    /// What all reports of the job add up to, as far as a guard lets them count.
    pub fold: &'a dyn Fn(&Guard) -> FieldRecord,
    /// What is in the way of sending whoever tells, where they can have the job again ([`Docket::who_may_return`]); they do
    /// not, where it is not known.
    pub fitness: Option<&'a Fitness>,
}

impl Docket {
    /// Draws the consequences of new reports and answers what all of them add up to. Facts describe what happened, so no state
    /// refuses them; what does not count by itself moves nothing and rings at the desk.
    pub fn aftermath(&mut self, told: Told<'_>, rules: &Dispatch) -> Result<FieldRecord, Refusal> {
        if let Some(event) = FactRecorded::of(told.recorded) {
            self.say(event);
        }
        self.reinstate(told, rules)?;
        let record = (told.fold)(&self.guard());
        let is_own = self.is_ended_by_who_has_it(&record);
        self.catch_up(&record, rules)?;
        if !is_own {
            self.ask_about_another_end(told.recorded);
        }
        let nobody_opened = told.recorded.iter().any(|fact| matches!(fact.what, FactKind::NoAccess { .. }));
        let in_vain = record.technicians.iter().any(|told| told.state == FieldState::NoAccess);
        let is_left = matches!(self.is.job.state(), JobState::AwaitingReturn | JobState::Held);
        if nobody_opened && in_vain && is_left {
            self.raise(AlarmKind::NoAccess);
        }
        self.doubt(told.recorded, &record);
        self.tell_of_work_in_danger(told.recorded, &record);
        self.send_home(told, &record);
        Ok(record)
    }

    /// What the reports of the job are held against now.
    #[must_use]
    pub fn guard(&self) -> Guard {
        Guard::of(&self.is.job, &self.is.assignments, &self.perils())
            .billed(self.is.settled_at.iter().copied())
            .agreed(self.is.agreed.iter().copied())
    }

    /// Brings the job to where its record says that it is.
    pub fn catch_up(&mut self, record: &FieldRecord, rules: &Dispatch) -> Result<(), Refusal> {
        self.promise_again(record);
        self.let_go(record)?;
        self.progress(record, rules)?;
        self.doubt(&[], record);
        Ok(())
    }

    /// A person is told at once where somebody says that the work was done or that they are at the door, and it does not
    /// count (G-02, G-03); until somebody of whom it counts comes, and nothing is dangerous, or it is over: who was there
    /// already has not answered it. Of whoever must not come, it is enough that they are on the way.
    fn doubt(&mut self, recorded: &[Fact], record: &FieldRecord) {
        let tells = |fact: &Fact| fact.what.says_of_the_door() || self.comes_unwanted(fact);
        let doubtful = |fact: &&Fact| {
            let own = |flag: &Flag| flag.fact_id == Some(fact.id) && flag.code.keeps_out();
            fact.told_by != Reporter::Desk && tells(fact) && record.flags.iter().any(own)
        };
        let is_over = matches!(self.is.job.state(), JobState::Completed | JobState::Cancelled);
        let has_come = is_attended(self.is.job.state()) && !is_attended(self.was.job.state());
        let is_safe = self.perils().open().next().is_none();
        if recorded.iter().any(|fact| doubtful(&fact)) && !is_over {
            self.raise(AlarmKind::DoubtfulReport);
        } else if is_over || (has_come && is_safe) {
            self.resolve(AlarmKind::DoubtfulReport);
        }
    }

    /// Whoever begins where nobody may begin is in danger: the desk is told again.
    fn tell_of_work_in_danger(&mut self, recorded: &[Fact], record: &FieldRecord) {
        let in_danger = |flag: &&Flag| flag.code == FlagCode::WorkInDanger;
        let mut flagged = record.flags.iter().filter(in_danger).filter_map(|flag| flag.fact_id);
        if flagged.any(|id| recorded.iter().any(|fact| fact.id == id)) {
            self.ring_of_danger();
        }
    }

    /// Whoever goes to a job that was called off, or that others have done since, or stands before its door, must be sent home: a
    /// person is told, until they say that they know.
    fn send_home(&mut self, told: Told<'_>, record: &FieldRecord) {
        let news = told.recorded.iter().filter(|fact| fact.told_by != Reporter::Desk);
        let news = news.filter_map(|fact| Some((fact, fact.what.is_there_or_comes()?)));
        let Some((last, true)) = news.max_by_key(|(fact, _)| fact.device_seq) else { return };
        let own = |flag: &Flag| flag.fact_id == Some(last.id) && flag.code.keeps_out();
        let in_vain = match self.is.job.state() {
            JobState::Cancelled => true,
            // What is told late of the time before is no news.
            JobState::Completed => record.flags.iter().any(own),
            _ => false,
        };
        let under = self.is.assignments.iter().find(|one| one.id == told.assignment);
        let code = under.and_then(Assignment::release_code);
        if in_vain && code.is_some_and(|code| code != ReleaseCode::Completed) {
            self.raise(AlarmKind::ComesInVain);
        }
    }

    /// Whether somebody sets out who was taken off the job because the resident refuses them, or who must not be sent there.
    fn comes_unwanted(&self, fact: &Fact) -> bool {
        let under = self.is.assignments.iter().find(|one| one.id == fact.assignment_id);
        let code = under.and_then(Assignment::release_code);
        let is_unwanted = matches!(code, Some(ReleaseCode::ResidentRefuses | ReleaseCode::NotToBeSent));
        is_unwanted && matches!(fact.what, FactKind::Departure {} | FactKind::Delay { .. })
    }

    /// The arrival is what was promised last.
    fn promise_again(&mut self, record: &FieldRecord) {
        let (now, mut told) = (self.now, Vec::new());
        let (priority, visit) = (self.is.job.priority, self.window().cloned());
        let all = self.is.assignments.clone();
        for assignment in self.is.assignments.iter_mut().filter(|one| !one.is_over()) {
            let own = |delay: &&ToldDelay| {
                delay.technician_id == assignment.technician_id && is_about(assignment, &all, delay.at)
            };
            let Some(delay) = record.delays.iter().rfind(own) else { continue };
            // However late and however often they say they come later, the watch looks no later than what could have been
            // promised when they accepted (G-16).
            let latest = promises::latest(priority, assignment.assigned_at, visit.as_ref());
            let arrival_at = delay.arrival_at.min(latest);
            if assignment.arrival_due_at != Some(arrival_at) {
                assignment.arrival_due_at = Some(arrival_at);
                told.push(AssignmentDelayed {
                    job: assignment.job_id,
                    assignment: assignment.id,
                    technician: assignment.technician_id,
                    arrival_due_at: arrival_at,
                });
            }
        }
        for event in told {
            if event.arrival_due_at > now {
                self.resolve(AlarmKind::LateArrival);
            }
            self.say(event);
        }
    }

    /// Lets everybody off the job who has left or cannot go on. When the only one cannot, the next ones are asked at once.
    fn let_go(&mut self, record: &FieldRecord) -> Result<(), Refusal> {
        let over: Vec<_> = self
            .on_it()
            .filter_map(|one| {
                let code = is_over(record, one, &self.is.assignments)?;
                Some((one.id, one.offer_id, code))
            })
            .collect();
        let mut withdrew = false;
        for (assignment, offer, code) in over {
            self.withdraw_offer(offer, code)?;
            self.release(assignment, code.into());
            withdrew |= code != WithdrawCode::VisitOver;
        }
        let goes_on = withdrew
            && self.on_it().next().is_none()
            && self.is.job.state().is_in_the_field()
            && record.completed_at.is_none();
        if goes_on {
            self.end_visit();
            self.look_for_others()?;
        }
        Ok(())
    }

    /// Where the job is, as its facts tell; when they tell that it is done, everybody on it is free again.
    fn progress(&mut self, record: &FieldRecord, rules: &Dispatch) -> Result<(), Refusal> {
        let Some(state) = self.state_told(record) else { return Ok(()) };
        let before = self.is.job.state();
        let look_at = self.now + self.watch_from(rules).first_look(state);
        self.is.job = self.is.job.clone().told(state, record.completed_at, self.now, look_at);
        let (id, state) = (self.is.job.id, self.is.job.state());
        if state == before {
            return Ok(());
        }
        self.say(JobProgressed { job: id, from: before, to: state, outcome: record.outcome });
        if state == JobState::Completed {
            self.release_all(ReleaseCode::Completed);
            self.forget_bars();
            self.call_nobody_else(before)?;
        }
        if matches!(state, JobState::Completed | JobState::AwaitingReturn) {
            self.end_visit();
        }
        self.resolve_all(KEPT);
        self.obey_hold()
    }

    /// Whether the last visit of a technician is over, and they were not taken off.
    fn has_left(&self, technician: TechnicianId) -> bool {
        let own = self.is.assignments.iter().filter(|one| one.technician_id == technician);
        let last = own.max_by_key(|one| one.id);
        last.and_then(Assignment::release_code) == Some(ReleaseCode::VisitOver)
    }

    /// Whether who completes it had it, or has come back to it from a visit before.
    fn is_ended_by_who_has_it(&self, record: &FieldRecord) -> bool {
        let own = |one: &&Assignment| Some(one.technician_id) == record.completed_by;
        let before = self.was.assignments.iter().filter(own).max_by_key(|one| (!one.is_over(), one.id));
        let is_back = self.was.job.state() != JobState::Held && self.on_it().any(|one| own(&one));
        before.is_some_and(|one| match one.release_code() {
            None => true,
            Some(code) => code == ReleaseCode::VisitOver && is_back,
        })
    }

    /// Whoever was taken off says that it was done before: a person hears of it, and tells those who have it now to turn round
    /// (G-02), or those who were asked and wait (G-09).
    fn ask_about_another_end(&mut self, recorded: &[Fact]) {
        let is_new =
            self.was.job.state() != JobState::Completed && self.is.job.state() == JobState::Completed;
        let is_told = recorded.iter().any(|fact| fact.told_by != Reporter::Desk);
        if is_new && is_told {
            self.raise(AlarmKind::EndedByAnother);
        }
    }

    /// The work is done: nobody else who is asked for it, or has yet to say who goes, has to come.
    fn call_nobody_else(&mut self, before: JobState) -> Result<(), Refusal> {
        self.withdraw_open(WithdrawCode::TakenByOther)?;
        if before == JobState::Accepted { self.withdraw_accepted(WithdrawCode::TakenByOther) } else { Ok(()) }
    }

    /// As far on as whoever is on it, or has left it by themselves. Whoever was taken off it and goes all the same does not move
    /// it.
    fn state_told(&self, record: &FieldRecord) -> Option<JobState> {
        if record.completed_at.is_some() {
            return record.state;
        }
        if self.on_it().next().is_none() {
            let states = record.technicians.iter().filter(|told| self.has_left(told.technician_id));
            let states = states.filter_map(|told| told.state.of_job());
            return states.max_by_key(|state| state.progress());
        }
        let states = self.on_it().map(|one| {
            let told = record.technician(one.technician_id).filter(|told| told.state.is_present());
            told.and_then(|told| told.state.of_job()).unwrap_or(JobState::Assigned)
        });
        states.max_by_key(|state| state.progress())
    }
}

/// Whether somebody is there.
fn is_attended(state: JobState) -> bool {
    matches!(state, JobState::OnSite | JobState::Working | JobState::Paused)
}

/// Why the assignment is over, as its technician tells. What was told before it began is about an earlier visit.
fn is_over(record: &FieldRecord, assignment: &Assignment, all: &[Assignment]) -> Option<WithdrawCode> {
    let told = record.technician(assignment.technician_id);
    let told = told.filter(|told| is_about(assignment, all, told.since))?;
    match told.state {
        FieldState::AwaitingReturn | FieldState::NoAccess | FieldState::Left => Some(WithdrawCode::VisitOver),
        // Whoever is given it again has been spoken with since.
        FieldState::Withdrawn if told.since < assignment.assigned_at && had_it(assignment, all) => None,
        FieldState::Withdrawn => {
            let own = record.withdrawals.iter().rfind(|one| one.technician_id == assignment.technician_id);
            own.map(|withdrawn| withdrawn.code.into())
        }
        FieldState::EnRoute
        | FieldState::OnSite
        | FieldState::Working
        | FieldState::Paused
        | FieldState::Done => None,
    }
}

fn had_it(assignment: &Assignment, all: &[Assignment]) -> bool {
    all.iter().any(|one| one.technician_id == assignment.technician_id && one.id < assignment.id)
}
