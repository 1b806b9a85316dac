//! The ladder: what is done about a job that is due. Somebody is asked, a firm that does not name its technician loses the
//! job, whoever does not come is replaced, a held job reminds the desk. Pure: the fleet answers through [`Asking`].
//!
//! A job that is not finished always has an instant at which it is looked at again: never silence (K-03).

mod ask;
mod booked;
mod coming;

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::matcher::MatchOutcome;
use crate::domain::{
    alarms::AlarmKind,
    docket::{Bar, Docket},
    ids::{DecisionId, FirmId, TechnicianId},
    jobs::{Job, JobState},
    offers::{Addressee, WithdrawCode},
    place::Point,
    reference::dispatch::{Dispatch, Rung},
    refusal::Refusal,
    span::Instant,
};

/// Whom a question leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Technicians.
    pub technicians: BTreeSet<TechnicianId>,
    /// Firms that answer themselves.
    pub firms: BTreeSet<FirmId>,
}

/// The fleet's answer, and who answers for each of its candidates.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The matching run.
    pub outcome: MatchOutcome,
    /// Who is asked, of each candidate in their order.
    pub addressees: Vec<Addressee>,
}

/// Asks the fleet for a job on a rung.
pub type Asking<'a> = &'a mut (dyn FnMut(&Job, &Rung, &LeftOut) -> Answer + Send);

/// The technician a look is about: who goes, or whose visit is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Who.
    pub id: TechnicianId,
    /// Whom they work for.
    pub firm: FirmId,
    /// Who answers an offer to them.
    pub addressee: Addressee,
    /// Where they start from.
    pub base: Point,
    /// Where they were last, and when that was measured.
    pub position: Option<(Point, Instant)>,
    /// What was reckoned of their way when they were asked; nothing, where they were not found but named.
    pub reckoned: Option<Reckoned>,
    /// Whether they are asked for something else at this moment.
    pub asking: Asked,
}

/// What a matching run reckoned of somebody's way to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoned {
    /// When they would be there.
    pub arrival_at: Instant,
    /// How long the way takes.
    pub travel: TimeDelta,
}

/// Whether somebody is asked for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// They are.
    Already,
    /// They are not.
    NotNow,
    /// They may not be, whoever says so (G-17).
    Never(Bar),
    /// They may not keep their visit: something is in the way that nobody has passed over when it was planned.
    Unconfirmed,
}

/// What a look at a job goes by besides its docket.
pub struct Sight<'a> {
    /// How jobs are offered and watched.
    pub rules: &'a Dispatch,
    /// Where the job is.
    pub site: Point,
    /// Whom the look is about.
    pub subject: Option<Subject>,
    /// Whether the resident is served (G-14).
    pub is_served: bool,
    /// When the last matching run of this job was written down.
    pub recorded_at: Option<Instant>,
    /// The fleet.
    pub asking: Asking<'a>,
}

/// A matching run that is written down.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its id.
    pub id: DecisionId,
    /// What was asked and answered.
    pub outcome: MatchOutcome,
}

/// Looks at a job that is due, and does what its state asks for; answers the matching runs to be written down.
pub fn step(docket: &mut Docket, sight: &mut Sight<'_>) -> Result<Vec<Run>, Refusal> {
    let mut runs = Vec::new();
    docket.obey_hold()?;
    if sight.is_served {
        docket.resolve(AlarmKind::NotEntitled);
    } else if docket.on_it().next().is_none() && asks(docket.job().state()) {
        docket.await_warrant(docket.now() + sight.rules.held_reminder)?;
        return Ok(runs);
    }
    match docket.job().state() {
        JobState::Unassigned | JobState::NoCoverage => ask::next(docket, sight, &mut runs)?,
        JobState::Offered => expire(docket, sight, &mut runs)?,
        JobState::Accepted => not_named(docket, sight, &mut runs)?,
        JobState::Booked => booked::ask(docket, sight, &mut runs)?,
        JobState::Held => {
            docket.raise(AlarmKind::Held);
            look_again(docket, docket.now() + sight.rules.held_reminder);
        }
        _ => coming::look(docket, sight, &mut runs)?,
    }
    Ok(runs)
}

/// Whether somebody is asked, or will be.
fn asks(state: JobState) -> bool {
    matches!(
        state,
        JobState::Unassigned
            | JobState::NoCoverage
            | JobState::Offered
            | JobState::Accepted
            | JobState::Booked
    )
}

/// Ends the offers whose deadline has passed; when none is left, the next ones are asked.
fn expire(docket: &mut Docket, sight: &mut Sight<'_>, runs: &mut Vec<Run>) -> Result<(), Refusal> {
    docket.expire_due(sight.rules)?;
    let open = docket.known().offers.iter().filter(|offer| offer.is_open());
    if let Some(deadline) = open.map(|offer| offer.deadline).min() {
        look_again(docket, deadline);
        return Ok(());
    }
    docket.look_for_others()?;
    ask::next(docket, sight, runs)
}

/// A firm has accepted and not named its technician: a person is told, and the job goes on to the next.
fn not_named(docket: &mut Docket, sight: &mut Sight<'_>, runs: &mut Vec<Run>) -> Result<(), Refusal> {
    docket.withdraw_accepted(WithdrawCode::NotNamed)?;
    docket.raise(AlarmKind::NotNamed);
    docket.look_for_others()?;
    ask::next(docket, sight, runs)
}

fn look_again(docket: &mut Docket, at: Instant) {
    docket.put(docket.job().clone().look_again(at));
}

/// Shortest pause between two looks at the same thing.
const PAUSE_MIN: TimeDelta = TimeDelta::minutes(1);
