//! Whether a job is in a state that allows a command.

use super::{Action, JobState};
use crate::domain::refusal::{JobRefused, Refusal};

impl Action {
    /// Refuses what cannot be done in this state.
    pub fn check(self, state: JobState) -> Result<(), Refusal> {
        if self.states().contains(&state) { Ok(()) } else { Err(JobRefused::Cannot(self, state).into()) }
    }
}
