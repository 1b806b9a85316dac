//! How calls are answered.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    INSTRUCTION_WITHIN_S, KpiLimits, Seconds, Share, is_of,
    rows::{CallRow, DangerRow, Served, Told},
};
use crate::domain::{calls::CallState, ids::CallId};

/// Of the calls of one language, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CallFigures {
    /// Calls that rang.
    pub offered: i64,
    /// Answered ones of those that rang.
    pub answered: Share,
    /// Those that gave up, of those that rang; without those that gave up at once.
    pub abandoned: Share,
    /// Those answered within the limit, of those that rang.
    pub service_level: Share,
    /// From ringing to the answer (ASA).
    pub answer: Seconds,
    /// From the answer until nothing was left to do: talk, hold and wrap-up (AHT).
    pub handling: Seconds,
    /// The same of calls an interpreter joined.
    pub handling_with_interpreter: Seconds,
    /// The same of calls none joined.
    pub handling_without_interpreter: Seconds,
    /// From asking an interpreter until one joined (I-06).
    pub interpreter_wait: Seconds,
    /// Foreign-language calls whose language was closed or not configured when they rang (I-05).
    pub language_not_served: Share,
    /// Calls with a danger that calls for 119, 110 or the gas company, all of whose instructions were given in time
    /// (P0).
    pub danger_instructed: Share,
}

pub(super) fn figures(told: &Told, language: Option<&str>, limits: KpiLimits) -> CallFigures {
    let calls: Vec<&CallRow> = told.calls.iter().filter(|call| is_of(&call.language, language)).collect();
    let ids: BTreeSet<CallId> = calls.iter().map(|call| call.id).collect();
    let interpreters = || told.interpreters.iter().filter(|row| ids.contains(&row.call_id));
    let joined: BTreeSet<CallId> =
        interpreters().filter(|row| row.joined_at.is_some()).map(|row| row.call_id).collect();
    let handled = |with: Option<bool>| {
        let chosen = calls.iter().filter(|call| with.is_none_or(|with| joined.contains(&call.id) == with));
        Seconds::of(chosen.filter_map(|call| Some(call.wrapped_at? - call.answered_at?)))
    };
    let lasting = |call: &CallRow| {
        let gave_up = (call.state == CallState::Abandoned).then_some(call.ended_at).flatten();
        gave_up.is_none_or(|at| (at - call.offered_at).num_seconds() >= limits.short_abandon_s)
    };
    let waited = |call: &CallRow| call.answered_at.map(|at| at - call.offered_at);
    let within = |call: &CallRow| {
        waited(call).is_some_and(|waited| waited.num_milliseconds() <= limits.answer_within_s * 1000)
    };
    CallFigures {
        offered: i64::try_from(calls.len()).unwrap_or(i64::MAX),
        answered: Share::among(&calls, |call| call.answered_at.is_some()),
        abandoned: Share::among(calls.iter().filter(|call| lasting(call)), |call| {
            call.state == CallState::Abandoned
        }),
        service_level: Share::among(&calls, |call| within(call)),
        answer: Seconds::of(calls.iter().filter_map(|call| waited(call))),
        handling: handled(None),
        handling_with_interpreter: handled(Some(true)),
        handling_without_interpreter: handled(Some(false)),
        interpreter_wait: Seconds::of(
            interpreters().filter_map(|row| row.joined_at.map(|at| at - row.requested_at)),
        ),
        language_not_served: Share::among(
            calls.iter().filter(|call| call.served != Served::NoNeed),
            |call| call.served == Served::NotOpen,
        ),
        danger_instructed: instructed(told.dangers.iter().filter(|row| ids.contains(&row.call_id))),
    }
}

/// A call is instructed in time when each of its dangers is, from when it was first told.
fn instructed<'a>(dangers: impl Iterator<Item = &'a DangerRow>) -> Share {
    let mut first: BTreeMap<(CallId, &str), (_, Option<_>)> = BTreeMap::new();
    for row in dangers {
        let (told_at, given_at) = first.entry((row.call_id, &row.hazard)).or_insert((row.told_at, None));
        *told_at = row.told_at.min(*told_at);
        *given_at = [*given_at, row.instructed_at].into_iter().flatten().min();
    }
    let mut calls: BTreeMap<CallId, bool> = BTreeMap::new();
    for ((call, _), (told_at, given_at)) in first {
        let in_time = given_at.is_some_and(|at| (at - told_at).num_seconds() < INSTRUCTION_WITHIN_S);
        *calls.entry(call).or_insert(true) &= in_time;
    }
    Share::among(calls.values(), |in_time| **in_time)
}
