//! Several jobs in hand at once: those of a case, or those that make way for another one. A technician's two jobs may be among
//! them, so that two dockets have one row; it is written once, by the job it belongs to.

use super::{Changes, Docket, Known};
use crate::domain::offers::Assignment;

/// Ends the decisions about several jobs.
#[must_use]
pub fn close_all(mut dockets: Vec<Docket>) -> Vec<(Known, Changes)> {
    for at in 0..dockets.len() {
        for next in dockets[at].give_back() {
            match dockets.iter().position(|docket| docket.is.job.id == next.job_id) {
                Some(owner) => {
                    dockets[at].woken.remove(&next.job_id);
                    dockets[owner].take_over(&next);
                }
                None => dockets[at].keep(next),
            }
        }
    }
    dockets.into_iter().map(Docket::close).collect()
}

impl Docket {
    /// Undoes what was decided about assignments of other jobs, and answers it: all there can be is that somebody goes on to
    /// the job that waited for them.
    fn give_back(&mut self) -> Vec<Assignment> {
        let mut changed = Vec::new();
        for (one, before) in self.is.elsewhere.iter_mut().zip(&self.was.elsewhere) {
            if one != before {
                changed.push(std::mem::replace(one, before.clone()));
            }
        }
        changed
    }

    /// The other job is not in hand: what was decided about its assignment is written with this one.
    fn keep(&mut self, next: Assignment) {
        if let Some(one) = self.is.elsewhere.iter_mut().find(|one| one.id == next.id) {
            *one = next;
        }
    }

    /// Takes over what another job in hand has decided about an assignment of this one, unless it is over by now: its
    /// technician can leave for it.
    fn take_over(&mut self, next: &Assignment) {
        let own = self.is.assignments.iter_mut().find(|one| one.id == next.id && !one.is_over());
        if let Some(own) = own {
            own.stage = next.stage;
            self.is.job = self.is.job.clone().look_again(self.now);
        }
    }
}
