//! What a person decides past the ladder: giving a job to somebody, sending a helper, taking a job back, calling it off; and
//! a contractor who cannot come after all.

use chrono::TimeDelta;

use super::{Docket, Sent};
use crate::domain::{
    alarms::AlarmKind,
    appointments::{Appointment, Consequence},
    events::{HelperAdded, JobCancelled, JobOverridden, JobReassigned},
    ids::{AssignmentId, DecisionId, TechnicianId},
    jobs::{Action, CancelReason, JobState},
    offers::{
        Addressee, Asked, Assignment, CrewRole, Offer, OverrideReason, ReassignReason, ReleaseCode, Via,
        WithdrawCode, Yes,
    },
    reference::dispatch::Dispatch,
    refusal::{JobRefused, OfferRefused, Refusal, Unfit},
    span::{Instant, Span},
    trade::Priority,
};

/// How long a technician is taken to be needed when planned visits are looked at.
const NEEDED: TimeDelta = TimeDelta::minutes(120);

/// Whom a person sends, as agreed on the telephone.
#[derive(Debug, Clone)]
pub struct Given {
    /// Who goes.
    pub who: Sent,
    /// What they have said.
    pub yes: Yes,
    /// The matching run that is passed over.
    pub decision_id: DecisionId,
}

/// The way that other jobs make for one that somebody is given.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Who is given it.
    pub of: TechnicianId,
    /// How urgent it is.
    pub by: Priority,
    /// When they are needed for it.
    pub needed: Option<Span>,
    /// What becomes of a planned visit that is in the way; it stays, and is at risk, where nothing is said.
    pub displacing: Option<Consequence>,
}

/// What becomes of a job with its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOfCase {
    /// It was over.
    WasOver,
    /// It is called off.
    Cancelled(CancelReason),
    /// It goes on: the case cannot be closed.
    UnderWay,
}

/// Until when a technician who is sent now is taken to be needed.
#[must_use]
pub fn needed(now: Instant, arrival_at: Option<Instant>) -> Option<Span> {
    Span::new(now, arrival_at.unwrap_or(now) + NEEDED)
}

impl Docket {
    /// Refuses to give the job to anybody: a danger is not overridden (section 4.1), and whoever has it keeps it until it
    /// is taken back.
    pub fn may_give(&self, yes: Yes) -> Result<(), Refusal> {
        self.may_be_sent_to()?;
        Action::Override.check(self.is.job.state())?;
        self.may_have_agreed(yes.agreed_at, CrewRole::Lead)?;
        self.may_promise(yes.arrival_at)
    }

    /// Gives the job to somebody past the ladder.
    pub fn give(
        &mut self,
        given: &Given,
        reason: OverrideReason,
        rules: &Dispatch,
    ) -> Result<Assignment, Refusal> {
        self.may_give(given.yes)?;
        self.may_send(&given.who)?;
        self.withdraw_all(WithdrawCode::Overridden)?;
        let offer = self.agreed(given, CrewRole::Lead);
        let assignment = self.assign(&offer, self.now, rules)?;
        self.say(JobOverridden {
            job: self.is.job.id,
            technician: offer.technician_id,
            firm: offer.firm_id,
            reason,
            assignment: assignment.id,
            decision: offer.decision_id,
            confirmation: given.who.confirmation.clone(),
        });
        Ok(assignment)
    }

    /// Refuses as a helper whoever is on the job already, and anybody while there is danger.
    pub fn may_help(&self, helper: TechnicianId, yes: Yes) -> Result<(), Refusal> {
        self.may_be_sent_to()?;
        if self.on_it().any(|one| one.technician_id == helper) {
            return Err(Unfit::OnItAlready.into());
        }
        self.may_have_agreed(yes.agreed_at, CrewRole::Helper)?;
        self.may_promise(yes.arrival_at)
    }

    /// Sends somebody to help whoever has the job (C-16).
    pub fn help(&mut self, given: &Given) -> Result<Assignment, Refusal> {
        self.may_help(given.who.technician.id, given.yes)?;
        self.may_send(&given.who)?;
        let offer = self.agreed(given, CrewRole::Helper);
        let assignment = self.put_on(&offer, self.now)?;
        self.say(HelperAdded {
            job: self.is.job.id,
            technician: offer.technician_id,
            firm: offer.firm_id,
            assignment: assignment.id,
            decision: offer.decision_id,
            confirmation: given.who.confirmation.clone(),
        });
        Ok(assignment)
    }

    /// The acceptance that a person's decision is.
    fn agreed(&mut self, given: &Given, role: CrewRole) -> Offer {
        let asked = Asked {
            id: self.id(),
            job_id: self.is.job.id,
            decision_id: given.decision_id,
            firm_id: given.who.technician.firm_id,
            technician_id: given.who.technician.id,
            addressee: Addressee::Technician,
            role,
            rank: self.next_rank(),
            round: self.is.job.round,
            rung: self.is.job.rung,
        };
        let offer = Offer::agreed(asked, self.now, Via::Phone, given.yes);
        self.is.offers.push(offer.clone());
        offer
    }

    /// Makes way for a job that one of those who are asked or planned for this one is given: they are asked no more, and
    /// the next ones are; what becomes of their planned visit has been said before it is moved.
    pub fn make_way(&mut self, way: Way, rules: &Dispatch) -> Result<(), Refusal> {
        self.give_way_of_visit(way, rules)?;
        let theirs = |offer: &Offer| offer.is_open() && offer.technician_id == way.of;
        if !self.is.offers.iter().any(theirs) {
            return Ok(());
        }
        self.withdraw_those(WithdrawCode::Overridden, theirs)?;
        self.back_on_the_ladder()
    }

    fn give_way_of_visit(&mut self, way: Way, rules: &Dispatch) -> Result<(), Refusal> {
        let is_in_the_way = |window: &&Appointment| {
            window.technician_id == way.of && way.needed.is_some_and(|span| window.overlaps(span))
        };
        if self.window().filter(is_in_the_way).is_none() {
            return Ok(());
        }
        let Some(consequence) = way.displacing else {
            self.put_visit_at_risk();
            return Ok(());
        };
        if !matches!(way.by, Priority::P0 | Priority::P1) {
            return Err(JobRefused::VisitStays(way.by).into());
        }
        self.give_visit_up(consequence.into());
        self.raise(AlarmKind::Displaced);
        if self.is.job.state() != JobState::Booked {
            return Ok(());
        }
        match consequence {
            Consequence::Rebook => self.await_window(rules),
            Consequence::OtherTechnician => self.look_for_others(),
        }
    }

    /// Takes the job back from whoever has accepted it; the next ones are asked at once, they are not.
    pub fn reassign(&mut self, reason: ReassignReason) -> Result<(), Refusal> {
        Action::Reassign.check(self.is.job.state())?;
        self.clear_crew(WithdrawCode::Reassigned, reason.into())?;
        self.say(JobReassigned { job: self.is.job.id, reason });
        self.look_for_others()
    }

    /// A contractor who has accepted cannot come after all: the next ones are asked at once, unless others stay.
    pub fn withdraw(&mut self, id: AssignmentId, code: WithdrawCode) -> Result<(), Refusal> {
        if !WithdrawCode::CONTRACTOR.contains(&code) {
            return Err(Unfit::CodeNotAmong(WithdrawCode::CONTRACTOR).into());
        }
        let own = self.is.assignments.iter().find(|one| one.id == id);
        let Some(own) = own.filter(|one| !one.is_over()) else {
            return Err(OfferRefused::AssignmentReleased.into());
        };
        Action::Withdraw.check(self.is.job.state())?;
        if self.on_it().any(|one| one.id != id) {
            self.withdraw_offer(own.offer_id, code)?;
            self.release(id, code.into());
            return Ok(());
        }
        self.clear_crew(code, code.into())?;
        self.look_for_others()
    }

    /// Calls the job off: whoever was asked or had accepted is free again.
    pub fn cancel(&mut self, reason: CancelReason) -> Result<(), Refusal> {
        let job = self.is.job.clone().cancelled(self.now)?;
        self.withdraw_open(WithdrawCode::Cancelled)?;
        self.withdraw_accepted(WithdrawCode::Cancelled)?;
        self.release_all(reason.into());
        self.end_visit();
        self.resolve_all(&[]);
        // No door is opened any more.
        self.resolve(AlarmKind::IdentityOnJob);
        self.is.job = job;
        self.say(JobCancelled { job: self.is.job.id, reason });
        Ok(())
    }

    /// The case is closed: a job that nobody can be found for waits no longer, and no alarm about a job outlives its case.
    pub fn case_closed(&mut self) -> Result<EndOfCase, Refusal> {
        if self.is.job.keeps_its_case_open() {
            return Ok(EndOfCase::UnderWay);
        }
        let end = match self.is.job.state() {
            JobState::NoCoverage => {
                self.cancel(CancelReason::NoCoverage)?;
                EndOfCase::Cancelled(CancelReason::NoCoverage)
            }
            _ => EndOfCase::WasOver,
        };
        self.resolve_all(&[]);
        Ok(end)
    }

    fn clear_crew(&mut self, code: WithdrawCode, released: ReleaseCode) -> Result<(), Refusal> {
        self.withdraw_all(code)?;
        self.release_all(released);
        self.end_visit();
        // Nobody is at work who could ask.
        self.resolve(AlarmKind::ConsentDue);
        Ok(())
    }

    /// Nobody has the job: the ladder looks for somebody now, unless something holds it.
    pub fn look_for_others(&mut self) -> Result<(), Refusal> {
        self.vacate(self.now)
    }
}
