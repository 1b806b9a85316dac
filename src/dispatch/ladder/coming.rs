//! Looking after a job somebody has accepted: do they come?

use chrono::TimeDelta;

use super::{Asked, PAUSE_MIN, Run, Sight, Subject, ask, look_again};
use crate::{
    dispatch::{
        travel,
        watch::{self, Action, Look, Seen},
    },
    domain::{
        alarms::AlarmKind,
        docket::Docket,
        events::JobWarned,
        jobs::JobState,
        offers::{Assignment, Progress, WithdrawCode},
        place::Point,
        promises,
        reference::dispatch::Watch,
        refusal::Refusal,
        span::Instant,
    },
};

/// Nearer to the site than this counts as there: nobody stands still at the door.
const THERE_M: u32 = 300;
/// Nearer by less than this is not nearer: positions are that inexact.
const MOVED_M: u32 = 200;

/// Warns the contractor of a job that is late, or sends somebody else.
pub(super) fn look(docket: &mut Docket, sight: &mut Sight<'_>, runs: &mut Vec<Run>) -> Result<(), Refusal> {
    let watch = &sight.rules.policy(docket.job().priority).watch;
    let Some(assignment) = docket.on_it().next().cloned() else {
        if docket.job().state() == JobState::AwaitingReturn {
            // Who comes when is a person's to say: the resident must be asked.
            docket.raise(AlarmKind::ReturnDue);
            look_again(docket, docket.now() + watch.first_look(JobState::AwaitingReturn).max(PAUSE_MIN));
            return Ok(());
        }
        // Nobody is on it any more: it goes back on the ladder.
        docket.look_for_others()?;
        return ask::next(docket, sight, runs);
    };
    let seen = seen(docket, &assignment, watch, sight.site, sight.subject);
    let Look { alarms, action, again } = watch::look(watch, &seen, docket.now());
    for alarm in &alarms {
        match action {
            // As it was at the last look: whoever has acknowledged it knows.
            Action::Wait => docket.raise_once(*alarm),
            Action::Warn | Action::SendAnother => docket.raise(*alarm),
        }
    }
    if let Some(Asked::Never(why)) = sight.subject.map(|who| who.asking) {
        docket.tell_not_to_be_sent(why);
    }
    match action {
        Action::Wait => look_again(docket, again),
        Action::Warn => {
            let Assignment { firm_id: firm, technician_id: technician, .. } = assignment;
            docket.say(JobWarned { job: docket.job().id, firm, technician, alarms });
            docket.put(docket.job().clone().warned(docket.now(), again));
        }
        Action::SendAnother => {
            let is_stalled = alarms.first() == Some(&AlarmKind::Stalled);
            let code = if is_stalled { WithdrawCode::Stalled } else { WithdrawCode::NoShow };
            docket.release_all(code.into());
            docket.withdraw_accepted(code)?;
            docket.look_for_others()?;
            ask::next(docket, sight, runs)?;
        }
    }
    Ok(())
}

/// What is known of the job and of the one who goes.
fn seen(
    docket: &mut Docket,
    assignment: &Assignment,
    watch: &Watch,
    site: Point,
    who: Option<Subject>,
) -> Seen {
    let now = docket.now();
    let position = who.and_then(|who| who.position);
    let fresh = position.filter(|(_, measured_at)| now - *measured_at < watch.stalled_s.delta());
    let moved_at = match fresh {
        Some(fresh) if docket.job().state() == JobState::EnRoute => moved(docket, assignment, fresh, site),
        _ => None,
    };
    let latest = promises::latest(docket.job().priority, assignment.assigned_at, docket.window());
    let from = fresh.map(|(point, _)| point).or(who.map(|who| who.base));
    let way = from.map(|from| travel::travel_s(travel::distance_m(from, site), now));
    Seen {
        state: docket.job().state(),
        since: docket.job().state_since,
        warned_at: docket.job().warned_at(),
        current_since: assignment.current_since(),
        // A promise never moves the watch beyond what the urgency allows (G-16).
        arrival_due_at: assignment.arrival_due_at.map(|due| due.min(latest)),
        expected_at: match assignment.current_since() {
            Some(_) => expected(docket.job().state_since, site, who),
            // It waits behind another job: what was reckoned has that one in it.
            None => expected(assignment.assigned_at, site, who),
        },
        travel: way.map_or(TimeDelta::zero(), |seconds| TimeDelta::seconds(seconds.into())),
        moved_at,
    }
}

/// When whoever left at `since` is there: as it was reckoned when they were asked, or by the way from their base.
fn expected(since: Instant, site: Point, who: Option<Subject>) -> Instant {
    let Some(who) = who else { return since };
    match who.reckoned {
        Some(reckoned) => reckoned.arrival_at.max(since + reckoned.travel),
        None => {
            let way = travel::travel_s(travel::distance_m(who.base, site), since);
            since + TimeDelta::seconds(way.into())
        }
    }
}

/// Whether `point` is nearer to the site than `before`, by more than positions are inexact.
fn is_nearer(point: Point, before: Point, site: Point) -> bool {
    travel::distance_m(point, site).saturating_add(MOVED_M) <= travel::distance_m(before, site)
}

/// When the technician was last seen to come nearer; being there counts, and so does the first position seen on the way.
/// Whoever drives about, or away, does not come.
fn moved(
    docket: &mut Docket,
    assignment: &Assignment,
    (point, measured_at): (Point, Instant),
    site: Point,
) -> Option<Instant> {
    if travel::distance_m(point, site) <= THERE_M {
        return Some(docket.now());
    }
    if let Some(progress) = assignment.progress
        && !is_nearer(point, progress.point, site)
    {
        return Some(progress.at);
    }
    let progress = Progress { at: measured_at.min(docket.now()), point };
    docket.seen_at(assignment.id, progress);
    Some(progress.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_coming_nearer_is_coming() {
        // A degree of latitude is 111.2 km: a thousandth of one 111 m.
        let north = |thousandths: i64| Point::from_e6(35_000_000 + 1_000 * thousandths, 136_900_000).unwrap();
        let (site, before) = (north(0), north(50));
        assert!(is_nearer(north(40), before, site), "1.1 km nearer");
        assert!(!is_nearer(north(49), before, site), "111 m are nothing");
        assert!(!is_nearer(north(60), before, site), "1.1 km farther away");
        let round = Point::from_e6(35_050_000, 136_930_000).unwrap();
        assert!(!is_nearer(round, before, site), "round the site at the same distance, or farther");
        assert!(is_nearer(north(-40), before, site), "past the site, and nearer all the same");
    }
}
