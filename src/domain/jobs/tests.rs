//! What is stored of a job reads back to itself; what contradicts itself is refused. Facts never are.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::domain::{facts::script::at, flat::rows};

const AT: &str = "2026-11-22T12:00:00Z";

fn row() -> Value {
    let id = Uuid::from_u128(1);
    json!({
        "id": id, "version": 1, "case_id": id, "job_code": "W-TOILET-CLOG", "trade": "water", "priority": "P1",
        "state": "unassigned", "state_since": AT, "hold": null, "wake_at": AT, "warned_at": null, "round": 1,
        "rung": 0, "created_at": AT, "closed_at": null, "rework_of": null,
    })
}

fn job() -> Job {
    job_but(&json!({}))
}

/// A job of which some is changed.
pub(crate) fn job_but(fields: &Value) -> Job {
    serde_json::from_value(rows::with(row(), fields)).unwrap()
}

#[test]
fn jobs_read_back() {
    let mut all = vec![
        json!({"state": "held", "hold": "H-GAS"}),
        json!({"state": "held", "hold": "identity"}),
        json!({"state": "assigned", "warned_at": AT}),
        json!({"state": "en_route", "warned_at": AT}),
    ];
    for state in JobState::ALL.iter().filter(|state| **state != JobState::Held) {
        all.push(match state.is_final() {
            true => json!({"state": state, "wake_at": null, "closed_at": AT}),
            false => json!({"state": state}),
        });
    }
    rows::come_back::<Job>(&row(), &all);
}

#[test]
fn jobs_that_contradict_themselves_are_refused() {
    let mut all = vec![
        json!({"state": "held"}),
        json!({"state": "held", "hold": "H-GAS", "wake_at": null}),
        json!({"state": "held", "hold": "H-GAS", "warned_at": AT}),
        json!({"state": "held", "hold": "H-GAS", "closed_at": AT}),
    ];
    for state in JobState::ALL {
        if *state != JobState::Held {
            all.push(json!({"state": state, "hold": "H-GAS"}));
        }
        if !matches!(state, JobState::Assigned | JobState::EnRoute) {
            all.push(json!({"state": state, "warned_at": AT}));
        }
        // Neither looked at again nor over, and both.
        all.push(json!({"state": state, "wake_at": null}));
        all.push(json!({"state": state, "closed_at": AT}));
        all.push(match state.is_final() {
            true => json!({"state": state}),
            false => json!({"state": state, "wake_at": null, "closed_at": AT}),
        });
    }
    rows::contradict::<Job>(&row(), &all);
}

/// Some instant.
fn instant() -> impl Strategy<Value = Instant> {
    (0_i64..86_400).prop_map(|seconds| at("00:00:00") + chrono::TimeDelta::seconds(seconds))
}

fn stage() -> impl Strategy<Value = JobStage> {
    let plain = JobState::ALL.iter().filter_map(|state| Step::plain(*state)).collect::<Vec<_>>();
    let endings = vec![Ending::Completed, Ending::Cancelled];
    let step = prop_oneof![
        prop::sample::select(plain),
        Just(Step::Held(Hold::Identity)),
        Just(Step::Held(Hold::Hazard("H-GAS".to_owned()))),
        prop::option::of(instant()).prop_map(|warned_at| Step::Assigned { warned_at }),
        prop::option::of(instant()).prop_map(|warned_at| Step::EnRoute { warned_at }),
    ];
    prop_oneof![
        (step, instant()).prop_map(|(step, wake_at)| JobStage::InHand { step, wake_at }),
        (prop::sample::select(endings), instant())
            .prop_map(|(ending, closed_at)| JobStage::Over { ending, closed_at }),
    ]
}

proptest! {
    #[test]
    fn every_job_reads_back_to_itself(stage in stage()) {
        let job = Job { stage, ..job() };
        let text = serde_json::to_string(&job).unwrap();
        prop_assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job.clone());
        prop_assert_eq!(Job::try_from(FlatJob::from(job.clone())), Ok(job));
    }

    #[test]
    fn what_is_looked_at_again_is_as_it_was_besides(stage in stage(), again in instant()) {
        let before = Job { stage, ..job() };
        let after = before.clone().look_again(again);
        prop_assert_eq!(after.wake_at(), before.wake_at().map(|_| again));
        prop_assert_eq!((after.state(), after.hold(), after.warned_at(), after.closed_at()),
                        (before.state(), before.hold(), before.warned_at(), before.closed_at()));
    }
}

#[test]
fn a_warning_is_noted_while_somebody_is_expected_and_gone_in_the_next_state() {
    let [now, again, later] = ["12:00:00", "12:05:00", "12:06:00"].map(at);
    let assigned = job().offered(now, again).unwrap().assigned(now, again).unwrap();
    let warned = assigned.clone().warned(now, later);
    assert_eq!((warned.warned_at(), warned.wake_at(), warned.state_since), (Some(now), Some(later), now));
    let going = warned.told(JobState::EnRoute, None, later, later);
    assert_eq!((going.state(), going.warned_at()), (JobState::EnRoute, None));
    let there = assigned.told(JobState::OnSite, None, later, later).warned(later, again);
    assert_eq!((there.warned_at(), there.wake_at()), (None, Some(again)));
}

#[test]
fn a_job_was_over_when_its_facts_say_and_stays_over() {
    let [done, earlier, now, later] = ["12:00:00", "11:00:00", "12:10:00", "12:30:00"].map(at);
    let working = job().offered(earlier, now).unwrap().assigned(earlier, now).unwrap();
    let over = working.told(JobState::Completed, Some(done), now, later);
    assert_eq!((over.state(), over.wake_at(), over.closed_at()), (JobState::Completed, None, Some(done)));
    let told_again = over.clone().told(JobState::Completed, Some(earlier), later, later);
    assert_eq!((told_again.closed_at(), told_again.state_since), (Some(earlier), now));
    // Its end may turn out to be doubtful; that is asked for the bill, and nobody is sent again.
    assert_eq!(over.clone().told(JobState::Paused, None, later, later), over);
}
