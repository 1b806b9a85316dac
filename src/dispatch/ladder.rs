//! The ladder: how long each rung lasts, and when an empty one is tried again.

use chrono::TimeDelta;

use crate::domain::trade::Priority;

/// Rungs of one job at most: nobody is asked twice, and a question names at most this many who were asked.
pub const RUNGS_MAX: usize = crate::dispatch::question::NAMED_MAX;

/// How long an offer waits for its answer (section 4.5: 5 minutes for what must go now).
#[must_use]
pub fn patience(priority: Priority) -> TimeDelta {
    match priority {
        Priority::P0 | Priority::P1 => TimeDelta::minutes(5),
        Priority::P2 => TimeDelta::minutes(15),
        Priority::P3 => TimeDelta::hours(1),
    }
}

/// How long until somebody is looked for again when nobody was free.
#[must_use]
pub fn pause(priority: Priority) -> TimeDelta {
    match priority {
        Priority::P0 | Priority::P1 => TimeDelta::minutes(1),
        Priority::P2 => TimeDelta::minutes(5),
        Priority::P3 => TimeDelta::minutes(15),
    }
}
