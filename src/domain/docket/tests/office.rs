//! What the office writes down about people, entitlement and cases, and what it means for a job in each state.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{
    dangers::{Story, rings, states},
    *,
};
use crate::domain::{
    blocks::{Apart, Blocked},
    cases::sample::case,
    docket::{Away, Bar, Change, EndOfCase},
    fitness::{Confirmation, InTheWay, Reason},
    identity::{Impossible, RuledOut},
    ids::{FirmId, TechnicianId},
    jobs::tests::job_but,
    warrants::{WarrantReason, tests::warrant},
};

/// What is decided about a job of a state, in the time of its story.
fn decided(story: &mut Story, decide: impl FnOnce(&mut Docket) -> Result<(), Refusal>) {
    let mut docket = story.docket();
    decide(&mut docket).unwrap();
    check(docket.known());
    story.known = docket.close().0;
}

fn lacks(reason: Reason) -> BTreeMap<TechnicianId, Fitness> {
    BTreeMap::from([(technician(1), Fitness::of(vec![InTheWay { reason, visit: None }]))])
}

fn lost(reasons: &[Reason]) -> Change {
    Change { lost: reasons.iter().copied().collect(), is_any: true }
}

/// The technician alone, and with all of the firm.
fn away(firm: Option<FirmId>) -> Away {
    Away { firm, technicians: vec![technician(1)] }
}

#[test]
fn whoever_lacks_what_was_lost_is_asked_no_more_and_told_of_where_they_are_expected() {
    for of in [None, Some(firm(1))] {
        for state in states() {
            let mut story = Story::at(state);
            let before = story.known.clone();
            let is_expected = story.docket().people().contains(&technician(1));
            // What was not lost bars nobody.
            decided(&mut story, |docket| {
                docket.changed(&away(of), &lost(&[Reason::Area]), &lacks(Reason::Tool))
            });
            assert!(!rings(&story.known, AlarmKind::NotToBeSent), "{state}");
            assert_eq!(story.known.offers, before.offers, "{state}");
            decided(&mut story, |docket| {
                docket.changed(&away(of), &lost(&[Reason::Tool]), &lacks(Reason::Tool))
            });
            assert_eq!(rings(&story.known, AlarmKind::NotToBeSent), is_expected, "{state}");
            let is_asked = match state {
                JobState::Offered => true,
                // The firm names somebody else, unless it is the firm that has lost it.
                JobState::Accepted => of.is_some(),
                _ => false,
            };
            let expected = if is_asked { JobState::Unassigned } else { state };
            assert_eq!(story.state(), expected, "{state}");
            // It is there again: nobody is in the way of anything.
            decided(&mut story, |docket| docket.changed(&away(of), &lost(&[]), &BTreeMap::new()));
            assert!(!rings(&story.known, AlarmKind::NotToBeSent), "{state}");
        }
    }
}

#[test]
fn what_a_person_has_passed_over_when_the_visit_was_planned_bars_nobody() {
    for (despite, is_told) in [(Reason::Tool, false), (Reason::Area, true)] {
        let mut story = Story::at(JobState::Booked);
        let because = OverrideReason::Other;
        let confirmation = Confirmation { despite: BTreeSet::from([despite]), because };
        story.known.windows[0].confirmation = Some(confirmation);
        decided(&mut story, |docket| {
            docket.changed(&away(None), &lost(&[Reason::Tool]), &lacks(Reason::Tool))
        });
        assert_eq!(rings(&story.known, AlarmKind::NotToBeSent), is_told, "{despite}");
    }
}

#[test]
fn a_block_that_has_ended_is_over_unless_another_one_keeps_them_apart() {
    let technicians = vec![technician(1)];
    let by_name = Apart { firms: Vec::new(), technicians: technicians.clone() };
    let by_firm = Apart { firms: vec![firm(1)], technicians: Vec::new() };
    let others = Apart { firms: vec![firm(2)], technicians: vec![technician(2)] };
    for (apart, still) in [(by_name, true), (by_firm, true), (others, false), (Apart::default(), false)] {
        let mut story = Story::at(JobState::Assigned);
        decided(&mut story, |docket| docket.keep_away(&away(None), Bar::KeptApart));
        assert!(rings(&story.known, AlarmKind::KeptApart));
        decided(&mut story, |docket| {
            docket.unblocked(&apart, &[person(1)]);
            Ok(())
        });
        assert_eq!(rings(&story.known, AlarmKind::KeptApart), still, "{apart:?}");
        let said = apart.has(Blocked::Firm(firm(1))) || apart.has(Blocked::Technician(technician(1)));
        assert_eq!((said, apart.iter().count() > 0), (still, apart != Apart::default()));
    }
}

#[test]
fn g_14_nobody_is_asked_for_whom_nobody_answers_and_the_ladder_goes_on_once_somebody_does() {
    let not_entitled = case(&json!({ "eligibility": "not_eligible" }));
    let answered = [warrant(WarrantReason::Danger, None)];
    for state in states() {
        let mut story = Story::at(state);
        decided(&mut story, |docket| docket.found_out(&not_entitled, &[]));
        let waits = [
            JobState::Unassigned,
            JobState::NoCoverage,
            JobState::Booked,
            JobState::Offered,
            JobState::Accepted,
        ];
        assert_eq!(rings(&story.known, AlarmKind::NotEntitled), waits.contains(&state), "{state}");
        let is_asked = matches!(state, JobState::Offered | JobState::Accepted);
        assert_eq!(story.state(), if is_asked { JobState::Unassigned } else { state }, "{state}");
        decided(&mut story, |docket| docket.found_out(&not_entitled, &answered));
        assert!(!rings(&story.known, AlarmKind::NotEntitled), "{state}");
        let now = story.docket().now() - TimeDelta::minutes(1);
        if is_asked || matches!(state, JobState::Unassigned | JobState::NoCoverage) {
            assert_eq!(story.known.job.wake_at(), Some(now), "{state}: looked at at once");
        }
        // Whoever is entitled needs nobody's word.
        let mut story = Story::at(state);
        let before = story.known.clone();
        decided(&mut story, |docket| docket.found_out(&case(&json!({})), &[]));
        assert_eq!(story.known, before, "{state}");
    }
}

#[test]
fn a_job_goes_with_its_case_when_nothing_is_left_of_it_to_do() {
    for state in states() {
        let mut story = Story::at(state);
        let mut end = None;
        decided(&mut story, |docket| {
            docket.raise(AlarmKind::CannotGoOn);
            end = Some(docket.case_closed()?);
            Ok(())
        });
        let (expected, after) = match state {
            JobState::Completed | JobState::Cancelled => (EndOfCase::WasOver, state),
            JobState::NoCoverage => (EndOfCase::Cancelled(CancelReason::NoCoverage), JobState::Cancelled),
            _ => (EndOfCase::UnderWay, state),
        };
        assert_eq!((end, story.state()), (Some(expected), after), "{state}");
        let rings = rings(&story.known, AlarmKind::CannotGoOn);
        assert_eq!(rings, expected == EndOfCase::UnderWay, "{state}");
    }
}

/// A job of a lock, with so many plans for the check.
fn lock(fields: &serde_json::Value, plans: i64) -> Docket {
    let mut known = Known::new(job_but(fields));
    known.checks = (1..=plans)
        .map(|number| PlannedCheck { number, method: Method::CardOnPerson, planned_at: at("09:00:00") })
        .collect();
    docket(&known, at("10:00:00"), 1)
}

#[test]
fn s_01_a_check_is_planned_of_a_lock_that_is_or_was_to_be_opened() {
    let trade = json!({ "trade": "lock" });
    let over = |state: &str| json!({ "trade": "lock", "state": state, "wake_at": null, "closed_at": "2026-11-22T09:30:00Z" });
    for (fields, plans, number) in [
        (trade.clone(), 0, Some(1)),
        (trade.clone(), 4, Some(5)),
        (trade.clone(), 99, Some(100)),
        (trade.clone(), 100, None),
        (over("completed"), 1, Some(2)),
        (over("cancelled"), 1, None),
        (json!({ "trade": "water" }), 0, None),
    ] {
        let mut docket = lock(&fields, plans);
        let planned = docket.plan_check(Method::CardOnPerson, Vec::new()).ok();
        assert_eq!(planned.map(|plan| plan.number), number, "{fields}, {plans}");
        let kept = docket.known().checks.last().map(|check| check.number);
        assert_eq!(kept, number.or((plans > 0).then_some(plans)), "{fields}, {plans}");
    }
    let refused = lock(&trade, 0).plan_check(Method::PolicePresent, Vec::new());
    assert!(refused.is_err(), "S-03: the better methods come first");
}

#[test]
fn s_04_without_any_way_to_check_the_job_is_held_until_there_is_one() {
    let mut docket = lock(&json!({ "trade": "lock" }), 0);
    let ruled_out = |method| RuledOut { method, reason: Impossible::NoAnswer };
    let better = Method::ALL.iter().copied().filter(|method| *method != Method::None);
    docket.plan_check(Method::None, better.map(ruled_out).collect()).unwrap();
    assert_eq!(docket.job().state(), JobState::Held);
    docket.plan_check(Method::CardOnPerson, Vec::new()).unwrap();
    assert_eq!(docket.job().state(), JobState::Unassigned);
}

#[test]
fn a_visit_is_planned_ahead_for_a_while_of_a_working_day() {
    let rules = REFERENCE.dispatch();
    let days = TimeDelta::days(i64::from(rules.booking.days_max));
    let docket = docket(&Known::new(job_but(&json!({ "priority": "P2" }))), at("10:00:00"), 1);
    let now = docket.now();
    let second = TimeDelta::seconds(1);
    let (quarter, day) = (TimeDelta::minutes(15), TimeDelta::hours(12));
    for (starts_in, length, may) in [
        (second, quarter, true),
        (second, day, true),
        (TimeDelta::zero(), quarter, false),
        (-second, quarter, false),
        (second, quarter - second, false),
        (second, day + second, false),
        (second, -quarter, false),
        (days, quarter, true),
        (days + second, quarter, false),
    ] {
        let starts_at = now + starts_in;
        let told = docket.may_book(starts_at, starts_at + length, rules);
        assert_eq!(told.is_ok(), may, "in {starts_in} for {length}: {told:?}");
    }
    let urgent = super::docket(&Known::new(new_job()), now, 1);
    assert!(urgent.may_book(now + second, now + second + quarter, rules).is_err(), "it cannot wait");
}
