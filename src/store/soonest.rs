//! When the first is due of what a use-case has written.

use crate::domain::span::Instant;

/// When the first is due of what was written: whoever looks after it need not look before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Soonest {
    /// The first job to be looked at.
    pub job: Option<Instant>,
    /// The first alarm to ring.
    pub alarm: Option<Instant>,
}

impl Soonest {
    /// Takes in a job that was written.
    pub(super) fn job(&mut self, wake_at: Option<Instant>) {
        self.job = self.job.into_iter().chain(wake_at).min();
    }

    /// Takes in an alarm that was written.
    pub(super) fn alarm(&mut self, rings_at: Option<Instant>) {
        self.alarm = self.alarm.into_iter().chain(rings_at).min();
    }

    /// Takes in what another has.
    pub(super) fn add(&mut self, other: Self) {
        self.job(other.job);
        self.alarm(other.alarm);
    }
}
