//! What can be done with a job now: by its state, by who is on it, by its case and by what holds it. One place says so, for
//! what is shown and for what is done.

use super::{Action, Hold, Job};
use crate::domain::{
    cases::CaseState,
    offers::{Assignment, ReleaseCode},
    refusal::{CaseRefused, JobRefused, Refusal},
    trade::Priority,
};

/// Technicians on one job at most.
pub const CREW_MAX: usize = 6;

/// What is looked at besides the job.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Everybody who is or was on it.
    pub crew: &'a [Assignment],
    /// Where its case is.
    pub case: CaseState,
    /// What holds it, whoever is on it.
    pub holding: Option<&'a Hold>,
}

impl Action {
    /// Refuses what cannot be done with a job now.
    pub fn may(self, job: &Job, around: Around<'_>) -> Result<(), Refusal> {
        let Around { crew, case, holding } = around;
        self.check(job.state())?;
        if let Some(hold) = holding.filter(|_| self.sends()) {
            return Err(JobRefused::Held(hold.clone()).into());
        }
        let on_it = crew.iter().filter(|one| !one.is_over()).count();
        let was_there = crew.iter().any(|one| one.release_code() == Some(ReleaseCode::VisitOver));
        match self {
            // Whoever comes back does so at an agreed time, however urgent the first visit was.
            Self::Book if matches!(job.priority, Priority::P0 | Priority::P1) && !was_there => {
                Err(JobRefused::Urgent(job.priority).into())
            }
            Self::AddHelper if on_it >= CREW_MAX => Err(JobRefused::CrewFull(CREW_MAX).into()),
            Self::Withdraw if on_it == 0 => Err(JobRefused::NobodyOnIt.into()),
            Self::Rework if case == CaseState::Closed => Err(CaseRefused::Closed.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::domain::jobs::{JobState, tests::job_but};

    const AT: &str = "2026-11-22T12:00:00Z";

    fn one(slot: &str, code: Option<ReleaseCode>) -> Assignment {
        let id = Uuid::from_u128(1);
        let released_at = code.map(|_| AT);
        let row = json!({
            "id": id, "version": 1, "job_id": id, "offer_id": id, "firm_id": id, "technician_id": id, "slot": slot,
            "assigned_at": AT, "counts_from": AT, "arrival_due_at": null, "released_at": released_at,
            "release_code": code, "current_since": AT, "heard_danger": 0, "heard_check": 0,
        });
        serde_json::from_value(row).unwrap()
    }

    fn job(state: JobState, priority: Priority) -> Job {
        let hold = (state == JobState::Held).then_some("H-GAS");
        let (wake_at, closed_at) = if state.is_final() { (None, Some(AT)) } else { (Some(AT), None) };
        let fields = json!({ "state": state, "priority": priority, "hold": hold, "wake_at": wake_at, "closed_at": closed_at });
        job_but(&fields)
    }

    /// Every action in every state, with every crew, urgency, case and hold.
    #[test]
    fn what_can_be_done_is_what_the_state_the_crew_the_case_and_the_hold_allow() {
        let on_it = |many: usize| vec![one("current", None); many];
        let over = |code| vec![one("released", Some(code))];
        // Whoever is on it, and whether somebody's visit is over.
        let crews = [
            (on_it(0), 0, false),
            (on_it(1), 1, false),
            (on_it(CREW_MAX - 1), CREW_MAX - 1, false),
            (on_it(CREW_MAX), CREW_MAX, false),
            (over(ReleaseCode::VisitOver), 0, true),
            (over(ReleaseCode::NoShow), 0, false),
            ([over(ReleaseCode::VisitOver), on_it(1)].concat(), 1, true),
        ];
        let gas = Hold::Hazard("H-GAS".to_owned());
        for &action in Action::ALL {
            for (crew, number, was_there) in &crews {
                for &state in JobState::ALL {
                    for &priority in Priority::ALL {
                        for &case in CaseState::ALL {
                            for holding in [None, Some(&gas)] {
                                let is_urgent = matches!(priority, Priority::P0 | Priority::P1);
                                let is_possible = match action {
                                    Action::Book => holding.is_none() && (*was_there || !is_urgent),
                                    Action::AddHelper => holding.is_none() && *number < CREW_MAX,
                                    Action::Override => holding.is_none(),
                                    Action::Withdraw => *number > 0,
                                    Action::Rework => case == CaseState::Open,
                                    Action::Unbook | Action::Reassign | Action::Cancel => true,
                                };
                                let around = Around { crew, case, holding };
                                let may = action.may(&job(state, priority), around).is_ok();
                                let expected = is_possible && action.states().contains(&state);
                                assert_eq!(
                                    may, expected,
                                    "{action} in {state}, {priority}, {number} on it, {holding:?}"
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}
