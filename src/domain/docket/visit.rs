//! The planned visit of a job in hand: its window is free again when the visit is over, moved, or will not happen.

use chrono::TimeDelta;

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    appointments::{Appointment, GivenUp, UnbookCode, WindowState},
    events::{JobBooked, JobUnbooked},
    fitness::Fitness,
    ids::TechnicianId,
    jobs::Action,
    offers::WithdrawCode,
    reference::dispatch::Dispatch,
    refusal::{JobRefused, Refusal},
    span::Instant,
};

/// A visit lasts at most as long as a working day.
const LENGTH_MAX: TimeDelta = TimeDelta::hours(12);
/// A shorter one is a typing error.
const LENGTH_MIN: TimeDelta = TimeDelta::minutes(15);

impl Docket {
    /// Refuses to plan a visit for the job, or one from then to then.
    pub fn may_book(&self, starts_at: Instant, ends_at: Instant, rules: &Dispatch) -> Result<(), Refusal> {
        self.may(Action::Book)?;
        if starts_at <= self.now {
            return Err(Refusal::field("starts_at", "the visit must begin in the future"));
        }
        let days = rules.booking.days_max;
        if starts_at > self.now + TimeDelta::days(i64::from(days)) {
            return Err(Refusal::field("starts_at", format!("visits are planned at most {days} days ahead")));
        }
        if !(LENGTH_MIN..=LENGTH_MAX).contains(&(ends_at - starts_at)) {
            return Err(Refusal::field("ends_at", "a visit lasts from 15 minutes to 12 hours"));
        }
        Ok(())
    }

    /// When the technician of a visit is asked.
    #[must_use]
    pub fn asks_for(&self, visit: &Appointment, rules: &Dispatch) -> Instant {
        (visit.starts_at - rules.booking.ask_before_s.delta()).max(self.now)
    }

    /// Plans a visit; what was planned before is given up, and whoever is asked now is not any more. Its technician is
    /// asked at `ask_at`. That another visit is planned then, the database says.
    pub fn book(&mut self, window: Appointment, fitness: &Fitness, ask_at: Instant) -> Result<(), Refusal> {
        self.may_be_sent_to()?;
        fitness.but_for_visits().must_allow(window.confirmation.as_ref())?;
        self.withdraw_open(WithdrawCode::Booked)?;
        self.end_visit();
        self.is.job = self.is.job.clone().booked(self.now, ask_at)?;
        self.resolve_all(super::alarms::KEPT);
        self.forget_bars();
        self.say(JobBooked::of(&window));
        self.is.windows.push(window);
        Ok(())
    }

    /// Gives the planned visit up; the job waits for another window before the ladder begins.
    pub fn unbook(&mut self, code: UnbookCode, rules: &Dispatch) -> Result<(), Refusal> {
        if self.window().is_none() {
            return Err(JobRefused::NotBooked.into());
        }
        Action::Unbook.check(self.is.job.state())?;
        self.give_visit_up(code.into());
        self.await_window(rules)
    }

    /// The job has time to be booked again before the ladder begins.
    pub(super) fn await_window(&mut self, rules: &Dispatch) -> Result<(), Refusal> {
        let wait = rules.policy(self.is.job.priority).start_after_s.delta();
        self.vacate(self.now + wait)
    }

    /// The visit is over, or planned again.
    pub fn end_visit(&mut self) {
        self.give_visit_up(GivenUp::Over);
    }

    /// The technician of the visit does not come: a person must know.
    pub(super) fn lapse(&mut self, technician: TechnicianId) {
        if self.window().is_some_and(|window| window.technician_id == technician) {
            self.give_visit_up(GivenUp::Contractor);
            self.raise(AlarmKind::AppointmentAtRisk);
        }
    }

    pub(super) fn give_visit_up(&mut self, code: GivenUp) {
        let planned = |window: &&mut Appointment| window.state == WindowState::Planned;
        let Some(window) = self.is.windows.iter_mut().find(planned) else { return };
        window.state = WindowState::Released;
        let event = JobUnbooked::of(window, code);
        self.resolve(AlarmKind::VisitOffDuty);
        self.forget_bars();
        self.say(event);
    }
}
