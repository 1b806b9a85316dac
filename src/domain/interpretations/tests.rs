//! An interpreter is asked once at a time, is on the line for a time of its own, and leaves with the line.

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::domain::{facts::script::at, flat::rows};

const AT: &str = "2026-11-22T12:00:00Z";

fn row() -> Value {
    let id = Uuid::from_u128(1);
    json!({
        "id": id, "job_id": id, "language": "ne", "interpreter": "int-07", "state": "requested", "requested_at": AT,
        "settled_at": null, "left_at": null,
    })
}

#[test]
fn interpretations_read_back() {
    rows::come_back::<Interpretation>(
        &row(),
        &[
            json!({}),
            json!({"state": "joined", "settled_at": AT}),
            json!({"state": "no_answer", "settled_at": AT}),
            json!({"state": "refused", "settled_at": AT}),
            json!({"state": "not_settled", "settled_at": AT}),
            json!({"state": "left", "settled_at": AT, "left_at": AT}),
        ],
    );
    let of_a_call = json!({"id": Uuid::from_u128(1), "call_id": Uuid::from_u128(1), "language": "ne",
        "interpreter": "int-07", "state": "requested", "requested_at": AT, "settled_at": null, "left_at": null});
    rows::come_back::<Interpretation>(&of_a_call, &[json!({})]);
}

#[test]
fn interpretations_that_contradict_themselves_are_refused() {
    let mut all = vec![
        json!({"job_id": null}),
        json!({"call_id": Uuid::from_u128(2)}),
        json!({"settled_at": AT}),
        json!({"left_at": AT}),
        json!({"state": "left", "settled_at": AT}),
        json!({"state": "left", "left_at": AT}),
        json!({"state": "left"}),
    ];
    for state in ["joined", "no_answer", "refused", "not_settled"] {
        all.push(json!({ "state": state }));
        all.push(json!({ "state": state, "settled_at": AT, "left_at": AT }));
    }
    rows::contradict::<Interpretation>(&row(), &all);
}

fn asked(before: &[Interpretation]) -> Result<Interpretation, Refusal> {
    let line = Line::Job(JobId(Uuid::from_u128(1)));
    let asking = Asking { line, language: "ne".to_owned(), interpreter: "int-07".to_owned() };
    Interpretation::asked(InterpretationId(Uuid::from_u128(2)), asking, before, at("10:00:00"))
}

/// Each stage an attempt can be in, and what the end of the line makes of it at eleven.
fn stages() -> [(InterpretationStage, InterpretationState); 6] {
    let (ten, half) = (at("10:00:00"), at("10:30:00"));
    let not_joined = |why| InterpretationStage::NotJoined { at: half, why };
    [
        (InterpretationStage::Requested, InterpretationState::NotSettled),
        (InterpretationStage::Joined { at: half }, InterpretationState::Left),
        (not_joined(NotJoined::NoAnswer), InterpretationState::NoAnswer),
        (not_joined(NotJoined::Refused), InterpretationState::Refused),
        (not_joined(NotJoined::NotSettled), InterpretationState::NotSettled),
        (InterpretationStage::Left { joined_at: ten, at: half }, InterpretationState::Left),
    ]
}

fn in_stage(stage: InterpretationStage) -> Interpretation {
    Interpretation { stage, ..asked(&[]).unwrap() }
}

#[test]
fn one_interpreter_is_asked_at_a_time_and_thirty_at_most() {
    for (stage, _) in stages() {
        let before = in_stage(stage);
        let is_free = !matches!(stage, InterpretationStage::Requested | InterpretationStage::Joined { .. });
        assert_eq!(asked(std::slice::from_ref(&before)).is_ok(), is_free, "{stage:?}");
        assert_eq!(asked(&vec![before.clone(); 29]).is_ok(), is_free, "{stage:?}");
        assert!(asked(&vec![before; 30]).is_err(), "{stage:?}");
    }
}

#[test]
fn each_step_is_taken_from_the_stage_before_it() {
    for (stage, _) in stages() {
        let is = |state| in_stage(stage).state() == state;
        for &outcome in InterpretationOutcome::ALL {
            let settled = in_stage(stage).settled(outcome, at("11:00:00"));
            assert_eq!(settled.is_ok(), is(InterpretationState::Requested), "{stage:?}: {outcome}");
            let code = settled.map(|one| one.state().as_str());
            assert!(code.is_err() || code == Ok(outcome.as_str()), "{stage:?}: {outcome}");
        }
        let left = in_stage(stage).left(at("11:00:00"));
        assert_eq!(left.is_ok(), is(InterpretationState::Joined), "{stage:?}");
    }
}

#[test]
fn nobody_stays_on_a_line_that_has_ended() {
    let all: Vec<_> = stages().iter().map(|(stage, _)| in_stage(*stage)).collect();
    let ended = end_of_line(all.clone(), at("11:00:00"));
    let was: Vec<_> = ended.iter().map(|(was, _)| *was).collect();
    assert_eq!(was, [InterpretationState::Requested, InterpretationState::Joined]);
    for (before, (_, expected)) in all.into_iter().zip(stages()) {
        let after = before.clone().line_ended(at("11:00:00"));
        assert_eq!(after.state(), expected);
        assert!(!after.is_under_way());
        assert!(after == before || before.is_under_way(), "what is over stays as it was");
    }
}

#[test]
fn a_clock_that_was_set_back_turns_nothing_round() {
    let early = at("09:00:00");
    let joined = in_stage(InterpretationStage::Requested).settled(InterpretationOutcome::Joined, early);
    let joined = joined.unwrap();
    assert_eq!(joined.on_the_line(), Some((at("10:00:00"), None)));
    assert_eq!(joined.left(early).unwrap().on_the_line(), Some((at("10:00:00"), Some(at("10:00:00")))));
}
