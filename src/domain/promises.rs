//! How late an arrival may be promised (G-16): a contractor's word moves the watch, so it has a limit by urgency.

use chrono::{Days, TimeDelta};

use super::{
    appointments::Appointment,
    span::{Instant, tokyo, tokyo_instant},
    trade::Priority,
};

/// For whoever stands before the door, and at least for everybody else.
const URGENT: TimeDelta = TimeDelta::hours(3);

/// The latest arrival that can be promised at `now`: for P0 and P1 three hours later, for P2 the end of the day in Tokyo, for
/// P3 that of the day after, for a planned visit the end of its window.
#[must_use]
pub fn latest(priority: Priority, now: Instant, visit: Option<&Appointment>) -> Instant {
    let soon = now + URGENT;
    if let Some(visit) = visit {
        return visit.ends_at.max(soon);
    }
    let day_ends = |days: u64| {
        let date = tokyo(now).date_naive();
        date.checked_add_days(Days::new(days)).map_or(soon, |next| tokyo_instant(next, 0))
    };
    match priority {
        Priority::P0 | Priority::P1 => soon,
        Priority::P2 => day_ends(1).max(soon),
        Priority::P3 => day_ends(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        appointments::WindowState,
        ids::{JobId, TechnicianId, WindowId},
    };

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_limit_goes_by_urgency() {
        let evening = "2026-11-22T21:00:00+09:00";
        for (priority, now, limit) in [
            (Priority::P0, evening, "2026-11-23T00:00:00+09:00"),
            (Priority::P1, "2026-11-22T23:30:00+09:00", "2026-11-23T02:30:00+09:00"),
            (Priority::P2, "2026-11-22T09:00:00+09:00", "2026-11-23T00:00:00+09:00"),
            // Late in the evening the day is too short to come at all.
            (Priority::P2, "2026-11-22T22:30:00+09:00", "2026-11-23T01:30:00+09:00"),
            (Priority::P3, evening, "2026-11-24T00:00:00+09:00"),
        ] {
            assert_eq!(latest(priority, at(now), None), at(limit), "{priority} at {now}");
        }
    }

    #[test]
    fn a_planned_visit_has_its_window() {
        let visit = |ends_at: &str| Appointment {
            id: WindowId(uuid::Uuid::nil()),
            version: 1,
            technician_id: TechnicianId(uuid::Uuid::nil()),
            job_id: JobId(uuid::Uuid::nil()),
            starts_at: at("2026-11-25T10:00:00+09:00"),
            ends_at: at(ends_at),
            confirmation: None,
            state: WindowState::Planned,
        };
        let now = at("2026-11-22T21:00:00+09:00");
        let ends = "2026-11-25T12:00:00+09:00";
        assert_eq!(latest(Priority::P3, now, Some(&visit(ends))), at(ends));
        // Whoever is late for a visit may still say when they come.
        let late = at("2026-11-25T11:30:00+09:00");
        assert_eq!(latest(Priority::P3, late, Some(&visit(ends))), at("2026-11-25T14:30:00+09:00"));
    }
}
