//! Looking after a job somebody has accepted: do they come?

use chrono::TimeDelta;

use super::{PAUSE_MIN, Run, Sight, Subject, ask, look_again};
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
        reference::dispatch::Watch,
        refusal::Refusal,
        span::Instant,
    },
};

/// Nearer to the site than this counts as there: nobody stands still at the door.
const THERE_M: u32 = 300;
/// Movement of less than this is none: positions are that inexact.
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
        docket.raise(*alarm);
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
    let from = fresh.map(|(point, _)| point).or(who.map(|who| who.base));
    let way = from.map(|from| travel::travel_s(travel::distance_m(from, site), now));
    Seen {
        state: docket.job().state(),
        since: docket.job().state_since,
        warned_at: docket.job().warned_at(),
        current_since: assignment.current_since(),
        arrival_due_at: assignment.arrival_due_at,
        travel: way.map_or(TimeDelta::zero(), |seconds| TimeDelta::seconds(seconds.into())),
        moved_at,
    }
}

/// When the technician was last seen to move; being there counts. The first position seen on the way is a movement.
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
        && travel::distance_m(progress.point, point) < MOVED_M
    {
        return Some(progress.at);
    }
    let progress = Progress { at: measured_at.min(docket.now()), point };
    docket.seen_at(assignment.id, progress);
    Some(progress.at)
}
