//! Whether somebody who has accepted really comes: what is due in each state, and what is done when it is overdue.
//! A warning first; when it changes nothing, somebody else is sent. What only a person can judge raises an alarm.

use chrono::TimeDelta;

use crate::domain::{alarms::AlarmKind, jobs::JobState, reference::dispatch::Watch, span::Instant};

/// What is known of a job somebody has accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Where the job is.
    pub state: JobState,
    /// Since when.
    pub since: Instant,
    /// When its contractor was warned in this state.
    pub warned_at: Option<Instant>,
    /// Since when it is the technician's current job; absent while it waits behind another one.
    pub current_since: Option<Instant>,
    /// When the technician promised to be there.
    pub arrival_due_at: Option<Instant>,
    /// When they are reckoned to be there, on the way or behind another job: what counts where nothing was promised.
    pub expected_at: Instant,
    /// How long the way takes from where the technician is.
    pub travel: TimeDelta,
    /// The last time the technician was seen to come nearer, or to be there; absent when nothing fresh is known.
    pub moved_at: Option<Instant>,
}

/// What is done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Alarms that are raised.
    pub alarms: Vec<AlarmKind>,
    /// What happens.
    pub action: Action,
    /// When to look again.
    pub again: Instant,
}

/// What happens to a job that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Wait,
    /// The contractor is warned.
    Warn,
    /// The assignment is released, and somebody else is asked.
    SendAnother,
}

/// Looks at a job at `now`.
#[must_use]
pub fn look(watch: &Watch, seen: &Seen, now: Instant) -> Look {
    match (seen.state, seen.current_since) {
        (JobState::Assigned, None) => waiting_behind(watch, seen, now),
        (JobState::Assigned, Some(current)) => not_departed(watch, seen, current, now),
        (JobState::EnRoute, _) => on_the_way(watch, seen, now),
        (JobState::OnSite, _) => overdue(watch, seen, AlarmKind::WaitingOnSite, now),
        _ => overdue(watch, seen, AlarmKind::Overlong, now),
    }
}

/// The job waits behind another one: nobody has to depart for it, but the resident counts on an arrival all the same.
fn waiting_behind(watch: &Watch, seen: &Seen, now: Instant) -> Look {
    or_late(wait_until(now + watch.departure_s.delta()), watch, seen, now)
}

/// The same look, and whether the arrival is late: as it was promised, or else as it was reckoned.
fn or_late(mut look: Look, watch: &Watch, seen: &Seen, now: Instant) -> Look {
    let late_at = seen.arrival_due_at.unwrap_or(seen.expected_at) + watch.late_s.delta();
    if late_at <= now {
        look.alarms.push(AlarmKind::LateArrival);
    } else {
        look.again = look.again.min(late_at);
    }
    look
}

/// Accepted: whoever promised a later arrival may leave later, in time for the way.
fn not_departed(watch: &Watch, seen: &Seen, current: Instant, now: Instant) -> Look {
    let by_promise = seen.arrival_due_at.map_or(current, |due| due - seen.travel);
    let due = (current.max(seen.since) + watch.departure_s.delta()).max(by_promise);
    warn_then_send(due, watch.departure_grace_s.delta(), AlarmKind::NotDeparted, seen.warned_at, now)
}

fn on_the_way(watch: &Watch, seen: &Seen, now: Instant) -> Look {
    let step = now + watch.stalled_s.delta() / 3;
    let mut look = match seen.moved_at {
        Some(moved) => warn_then_send(
            moved.max(seen.since) + watch.stalled_s.delta(),
            watch.stalled_grace_s.delta(),
            AlarmKind::Stalled,
            seen.warned_at,
            now,
        ),
        None => wait_until(step),
    };
    look.again = look.again.min(step);
    or_late(look, watch, seen, now)
}

/// Nobody is sent away from a site by a machine: a person is told.
fn overdue(watch: &Watch, seen: &Seen, alarm: AlarmKind, now: Instant) -> Look {
    let patience = watch.first_look(seen.state);
    if now < seen.since + patience {
        return wait_until(seen.since + patience);
    }
    Look { alarms: vec![alarm], action: Action::Wait, again: now + patience.max(TimeDelta::minutes(1)) }
}

fn warn_then_send(
    due: Instant,
    grace: TimeDelta,
    alarm: AlarmKind,
    warned_at: Option<Instant>,
    now: Instant,
) -> Look {
    match warned_at {
        _ if now < due => wait_until(due),
        None => Look { alarms: vec![alarm], action: Action::Warn, again: now + grace },
        Some(warned) if now < warned + grace => wait_until(warned + grace),
        Some(_) => Look { alarms: vec![alarm], action: Action::SendAnother, again: now },
    }
}

fn wait_until(again: Instant) -> Look {
    Look { alarms: Vec::new(), action: Action::Wait, again }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dispatch::samples::at,
        domain::{reference::Reference, trade::Priority},
    };

    fn watch() -> Watch {
        Reference::embedded().unwrap().dispatch().policy(Priority::P1).watch.clone()
    }

    fn accepted() -> Seen {
        Seen {
            state: JobState::Assigned,
            since: at(0),
            warned_at: None,
            current_since: Some(at(0)),
            arrival_due_at: None,
            expected_at: at(1_200),
            travel: TimeDelta::minutes(20),
            moved_at: None,
        }
    }

    #[test]
    fn who_does_not_leave_is_warned_and_then_replaced() {
        let (watch, seen) = (watch(), accepted());
        assert_eq!(look(&watch, &seen, at(599)), wait_until(at(600)));
        let warned = look(&watch, &seen, at(600));
        assert_eq!((warned.action, warned.again), (Action::Warn, at(900)));
        assert_eq!(warned.alarms, [AlarmKind::NotDeparted]);
        let seen = Seen { warned_at: Some(at(600)), ..seen };
        assert_eq!(look(&watch, &seen, at(899)), wait_until(at(900)));
        assert_eq!(look(&watch, &seen, at(900)).action, Action::SendAnother);
    }

    #[test]
    fn a_promised_arrival_leaves_time_until_the_way_must_begin() {
        let seen = Seen { arrival_due_at: Some(at(3_600)), ..accepted() };
        assert_eq!(look(&watch(), &seen, at(600)), wait_until(at(2_400)), "3600 s less 20 minutes of way");
    }

    #[test]
    fn a_waiting_job_is_no_no_show_and_late_as_it_was_promised_or_reckoned() {
        let waiting = Seen { current_since: None, ..accepted() };
        let reckoned = Seen { expected_at: at(4_000), ..waiting };
        let promised = Seen { arrival_due_at: Some(at(3_000)), ..reckoned };
        let later = Seen { expected_at: at(3_000), arrival_due_at: Some(at(4_000)), ..waiting };
        for (seen, due) in [(reckoned, 4_000), (promised, 3_000), (later, 4_000)] {
            // Five minutes of patience (`late_s`); looked at every ten (`departure_s`), and when it is late.
            assert_eq!(look(&watch(), &seen, at(1_000)), wait_until(at(1_600)), "{seen:?}");
            assert_eq!(look(&watch(), &seen, at(due + 299)), wait_until(at(due + 300)), "{seen:?}");
            let late = look(&watch(), &seen, at(due + 300));
            assert_eq!((late.alarms, late.action), (vec![AlarmKind::LateArrival], Action::Wait), "{seen:?}");
        }
    }

    #[test]
    fn who_stands_still_is_warned_and_then_replaced_and_an_unknown_position_is_not_standing_still() {
        let watch = watch();
        let going = Seen { state: JobState::EnRoute, moved_at: Some(at(100)), ..accepted() };
        assert_eq!(look(&watch, &going, at(700)), wait_until(at(1_000)));
        assert_eq!(look(&watch, &going, at(1_000)).action, Action::Warn);
        let warned = Seen { warned_at: Some(at(1_000)), ..going };
        assert_eq!(look(&watch, &warned, at(1_300)).action, Action::SendAnother);
        let moved = Seen { moved_at: Some(at(1_200)), ..warned };
        assert_eq!(look(&watch, &moved, at(1_300)).action, Action::Wait, "moved after the warning");
        let unknown = Seen { moved_at: None, ..going };
        assert_eq!(look(&watch, &unknown, at(2_000)).action, Action::Wait);
        // Reckoned for 1200 s, and five minutes of patience.
        assert!(look(&watch, &unknown, at(1_499)).alarms.is_empty());
        assert_eq!(look(&watch, &unknown, at(1_500)).alarms, [AlarmKind::LateArrival]);
        let promised = Seen { arrival_due_at: Some(at(3_600)), ..unknown };
        assert!(look(&watch, &promised, at(1_500)).alarms.is_empty(), "a promise goes before the reckoning");
    }

    #[test]
    fn what_lasts_too_long_at_the_site_is_told_to_a_person() {
        let seen = Seen { state: JobState::OnSite, ..accepted() };
        assert_eq!(look(&watch(), &seen, at(1_799)), wait_until(at(1_800)));
        let told = look(&watch(), &seen, at(1_800));
        assert_eq!((told.alarms, told.action), (vec![AlarmKind::WaitingOnSite], Action::Wait));
        let working = Seen { state: JobState::Working, ..accepted() };
        assert_eq!(look(&watch(), &working, at(14_400)).alarms, [AlarmKind::Overlong]);
    }
}
