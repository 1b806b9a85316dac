//! Whether somebody who has accepted really comes: what is due in each state, what is done when it is overdue.

use chrono::TimeDelta;

use crate::domain::{jobs::JobState, reference::dispatch::Watch};

/// How long after it has entered `state` a job is looked at.
#[must_use]
pub fn first_look(watch: &Watch, state: JobState) -> TimeDelta {
    match state {
        JobState::EnRoute => watch.stalled_s.delta(),
        JobState::OnSite => watch.on_site_s.delta(),
        JobState::Working => watch.working_s.delta(),
        JobState::Paused => watch.paused_s.delta(),
        JobState::AwaitingReturn => watch.return_s.delta(),
        _ => watch.departure_s.delta(),
    }
}
