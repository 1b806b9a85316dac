//! A resident turns out not to be entitled while somebody is looked for: nobody is asked before somebody answers for it (G-14).

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    cases::Case,
    jobs::JobState,
    offers::WithdrawCode,
    refusal::Refusal,
    span::Instant,
    warrants::{Warrant, may_be_served},
};

impl Docket {
    /// Something was found out about whether the resident is entitled: the job goes on, or waits for who answers for it.
    pub fn found_out(&mut self, case: &Case, warrants: &[Warrant]) -> Result<(), Refusal> {
        if may_be_served(case, warrants).is_ok() {
            self.warranted();
            return Ok(());
        }
        self.await_warrant(self.now + self.safety.held_reminder)
    }

    /// Nobody answers for it: whoever is asked is not any more, and a person is told; the ladder looks again at `again`.
    /// Whoever has the job goes on with it, and a planned visit stays planned until it comes near.
    pub fn await_warrant(&mut self, again: Instant) -> Result<(), Refusal> {
        match self.is.job.state() {
            JobState::Offered | JobState::Accepted => {
                self.withdraw_all(WithdrawCode::Held)?;
                // Who was asked, and did not say no, is asked again.
                self.is.job = self.is.job.clone().next_round().unassigned(self.now, again)?;
            }
            JobState::Unassigned | JobState::NoCoverage | JobState::Booked => {
                let wake_at = self.is.job.wake_at().filter(|at| *at > self.now);
                self.is.job = self.is.job.clone().look_again(wake_at.unwrap_or(again));
            }
            _ => return Ok(()),
        }
        self.raise_once(AlarmKind::NotEntitled);
        Ok(())
    }

    /// Somebody answers for it, or they are entitled after all: whoever comes next is asked at once.
    pub fn warranted(&mut self) {
        if !self.is_ringing(AlarmKind::NotEntitled) {
            return;
        }
        self.resolve(AlarmKind::NotEntitled);
        if matches!(self.is.job.state(), JobState::Unassigned | JobState::NoCoverage) {
            self.is.job = self.is.job.clone().look_again(self.now);
        }
    }
}
