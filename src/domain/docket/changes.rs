//! What has to be written of a job in hand: each row once.

use super::{Docket, Known};
use crate::domain::{
    alarms::Alarm,
    appointments::Appointment,
    events::Event,
    ids::JobId,
    jobs::Job,
    offers::{Assignment, Offer},
};

/// All that follows from a decision about a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The job at its new version; it was read at the one before. Absent where nothing follows at all.
    pub job: Option<Job>,
    /// What of the job itself is another.
    pub moved: Moved,
    /// Offers made and answered.
    pub offers: Rows<Offer>,
    /// Assignments begun and changed, those of the job that the technicians go on to included.
    pub assignments: Rows<Assignment>,
    /// Visits planned and given up.
    pub windows: Rows<Appointment>,
    /// Alarms raised and changed.
    pub alarms: Rows<Alarm>,
    /// Other jobs that are looked at at once, because their technician can leave for them now.
    pub woken: Vec<JobId>,
    /// What becomes of the jobs nobody could be found for.
    pub waiting: Waiting,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// Rows of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// Rows that were not there.
    pub new: Vec<T>,
    /// Rows that were, at their new version: each was read at the one before.
    pub changed: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { new: Vec::new(), changed: Vec::new() }
    }
}

impl Changes {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.job.is_none()
    }

    /// Whether somebody was let off the job, and nobody who was on it before is on it still: nobody is left of those who
    /// speak from the site.
    #[must_use]
    pub fn has_changed_hands(&self, known: &Known) -> bool {
        let released =
            |event: &Event| matches!(event, Event::AssignmentReleased(it) if it.job == known.job.id);
        let is_new = |one: &Assignment| self.assignments.new.iter().any(|new| new.id == one.id);
        self.events.iter().any(released) && known.assignments.iter().all(|one| one.is_over() || is_new(one))
    }
}

impl<T> Rows<T> {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty()
    }
}

/// What of a job has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// At most when it is looked at again, and how far it has been offered.
    Ladder,
    /// Where it stands.
    State,
}

impl Moved {
    fn between(was: &Job, is: &Job) -> Self {
        let stands = |job: &Job| (job.state(), job.state_since, job.closed_at(), job.priority);
        if stands(was) == stands(is) && was.hold() == is.hold() { Self::Ladder } else { Self::State }
    }
}

/// What becomes of the jobs nobody could be found for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Each is looked at when its time has come.
    Left,
    /// Somebody is free again: the most urgent ones are looked at now.
    LookedAt,
}

/// A row with an id and a version.
trait Row: Clone + PartialEq {
    type Id: PartialEq;
    fn key(&self) -> Self::Id;
    fn version(&mut self) -> &mut i64;
}

macro_rules! rows {
    ($($row:ty => $id:ty),+ $(,)?) => {$(
        impl Row for $row {
            type Id = $id;
            fn key(&self) -> $id { self.id }
            fn version(&mut self) -> &mut i64 { &mut self.version }
        }
    )+};
}

rows! {
    Offer => crate::domain::ids::OfferId,
    Assignment => crate::domain::ids::AssignmentId,
    Appointment => crate::domain::ids::WindowId,
    Alarm => crate::domain::ids::AlarmId,
}

/// Tells new and changed rows from those that are as they were, and raises the version of the changed ones.
fn differing<'a, T: Row + 'a>(was: &[T], is: impl IntoIterator<Item = &'a mut T>) -> Rows<T> {
    let mut rows = Rows::default();
    for row in is {
        match was.iter().find(|before| before.key() == row.key()) {
            None => rows.new.push(row.clone()),
            Some(before) if before == row => {}
            Some(_) => {
                *row.version() += 1;
                rows.changed.push(row.clone());
            }
        }
    }
    rows
}

impl Docket {
    /// Ends the decision: what has to be written, and the job as it is once that is written.
    #[must_use]
    pub fn close(self) -> (Known, Changes) {
        let Self { was, mut is, events, woken, waiting, .. } = self;
        let before: Vec<_> = was.assignments.into_iter().chain(was.elsewhere).collect();
        let mut changes = Changes {
            job: None,
            moved: Moved::between(&was.job, &is.job),
            offers: differing(&was.offers, &mut is.offers),
            assignments: differing(&before, is.assignments.iter_mut().chain(&mut is.elsewhere)),
            windows: differing(&was.windows, &mut is.windows),
            alarms: differing(&was.alarms, &mut is.alarms),
            woken: woken.into_iter().collect(),
            waiting,
            events,
        };
        let is_same = is.job == was.job
            && changes.offers.is_empty()
            && changes.assignments.is_empty()
            && changes.windows.is_empty()
            && changes.alarms.is_empty()
            && changes.events.is_empty();
        if !is_same {
            is.job.version += 1;
            changes.job = Some(is.job.clone());
        }
        (is, changes)
    }
}
