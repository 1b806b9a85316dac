//! The place of a job in hand was corrected: who has accepted it must be told; where nobody has, or seemed to serve it, somebody
//! is looked for again.

use super::Docket;
use crate::domain::{alarms::AlarmKind, events::JobPlaceChanged, jobs::JobState};

impl Docket {
    /// The place of the case has changed.
    pub fn place_changed(&mut self) {
        match self.is.job.state() {
            JobState::Unassigned | JobState::NoCoverage => {
                let soon = self.is.job.wake_at().map_or(self.now, |at| at.min(self.now));
                self.is.job = self.is.job.clone().look_again(soon);
            }
            // Whoever is asked, or comes again, learns where it is then.
            JobState::Held | JobState::Booked | JobState::Offered | JobState::AwaitingReturn => {}
            state if state.is_final() => {}
            _ => self.tell_contractor(),
        }
    }

    fn tell_contractor(&mut self) {
        self.raise(AlarmKind::PlaceChanged);
        let job = self.is.job.id;
        let mut told: Vec<_> = self
            .on_it()
            .map(|one| JobPlaceChanged { job, technician: Some(one.technician_id), firm: Some(one.firm_id) })
            .collect();
        if told.is_empty() {
            told.push(JobPlaceChanged { job, technician: None, firm: None });
        }
        told.into_iter().for_each(|event| self.say(event));
    }
}
