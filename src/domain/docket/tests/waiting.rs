//! What a job has waited for is not forgotten: through a hold, and when its place is corrected.

use serde_json::json;

use super::{
    dangers::{Story, end, every_peril, holds, rings, states},
    *,
};
use crate::domain::facts::script::what;

/// Another visit of technician 1, or somebody else, is planned.
fn return_visit() -> Story {
    let mut story = Story::at(JobState::AwaitingReturn);
    story.take(Step::Book(2, 120));
    story
}

#[test]
fn a_hold_that_is_over_leaves_the_job_where_it_was() {
    for told in every_peril().filter(|told| holds(*told)) {
        for state in states().filter(|state| !state.is_final() && *state != JobState::Held) {
            let mut story = Story::at(state);
            story.take(told);
            if story.state() != JobState::Held {
                // Somebody is on it.
                continue;
            }
            let is_at_risk = rings(&story.known, AlarmKind::AppointmentAtRisk);
            assert_eq!(is_at_risk, state == JobState::Booked, "{told:?} in {state}");
            story.take(end(told));
            let expected = match state {
                JobState::AwaitingReturn => state,
                _ => JobState::Unassigned,
            };
            assert_eq!(story.state(), expected, "{told:?} in {state}");
            let looked_at = story.known.job.wake_at();
            assert_eq!(
                looked_at,
                Some(story.known.job.state_since),
                "{told:?} in {state}: looked at at once"
            );
        }
        let mut story = return_visit();
        story.take(told);
        assert!(rings(&story.known, AlarmKind::AppointmentAtRisk), "{told:?}");
        story.take(end(told));
        assert_eq!(story.state(), JobState::AwaitingReturn, "{told:?}: a person says who comes next");
    }
}

/// The place of the case is corrected.
fn corrected(story: &mut Story) {
    let mut docket = story.docket();
    docket.place_changed();
    story.known = docket.close().0;
}

#[test]
fn a_corrected_place_is_told_to_whoever_goes_and_looked_at_where_nobody_does() {
    for state in states() {
        let mut story = Story::at(state);
        let wakes = story.known.job.wake_at();
        corrected(&mut story);
        let is_taken =
            state.is_in_the_field() && state != JobState::AwaitingReturn || state == JobState::Accepted;
        assert_eq!(rings(&story.known, AlarmKind::PlaceChanged), is_taken, "{state}");
        let now = story.docket().now() - TimeDelta::minutes(1);
        match state {
            JobState::Unassigned | JobState::NoCoverage => {
                assert!(story.known.job.wake_at().unwrap() <= now, "{state}: looked at again");
            }
            _ => assert_eq!(story.known.job.wake_at(), wakes, "{state}"),
        }
    }
}

#[test]
fn a_corrected_place_rings_as_long_as_somebody_may_go_to_the_wrong_one() {
    let leaving = what(json!({ "kind": "leaving", "return_planned": true }));
    for ends in [vec![simple("completion")], vec![leaving]] {
        let mut story = Story::at(JobState::Working);
        corrected(&mut story);
        story.tell(vec![simple("work_end")]);
        assert!(rings(&story.known, AlarmKind::PlaceChanged));
        story.tell(ends);
        assert!(!rings(&story.known, AlarmKind::PlaceChanged), "{}", story.state());
    }
    for step in [Step::Reassign, Step::Withdraw, Step::NoShow, Step::Cancel] {
        let mut story = Story::at(JobState::Assigned);
        corrected(&mut story);
        story.take(step);
        assert!(!rings(&story.known, AlarmKind::PlaceChanged), "{step:?}");
    }
    let mut story = Story::at(JobState::Accepted);
    corrected(&mut story);
    let mut docket = story.docket();
    let offer = docket.known().offers[0].id;
    let naming = super::super::Naming { who: given(1).who, arrival_at: None };
    docket.name(offer, Answerer::Firm, &naming, REFERENCE.dispatch()).unwrap();
    assert!(!rings(docket.known(), AlarmKind::PlaceChanged), "whoever is named is told where it is");
}
