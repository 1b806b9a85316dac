//! Late reports of somebody who was taken off the job, whatever it waits for since: what was done is done, whoever is there is heard
//! of, and nobody has it again who must not (G-01, G-08, G-17).

use serde_json::json;

use super::{
    dangers::{end, rings},
    *,
};
use crate::domain::{
    facts::{FactKind, script::what},
    fitness::{InTheWay, Reason, Weight},
    offers::Yes,
};

/// How somebody is taken off.
#[derive(Debug, Clone, Copy)]
enum Off {
    Unheard(WithdrawCode),
    Reassigned(ReassignReason),
    Withdrawn(WithdrawCode),
}

fn every_way_off() -> impl Iterator<Item = Off> {
    let unheard = [WithdrawCode::NoShow, WithdrawCode::Stalled].map(Off::Unheard).into_iter();
    let reassigned = ReassignReason::ALL.iter().copied().map(Off::Reassigned);
    unheard.chain(reassigned).chain(WithdrawCode::CONTRACTOR.iter().copied().map(Off::Withdrawn))
}

/// What becomes of the job then.
#[derive(Debug, Clone, Copy)]
enum Then {
    LookedFor,
    Uncovered,
    Asked,
    Accepted,
    Booked,
    Given,
    Held(Step),
}

const EVERY_THEN: [Then; 8] = [
    Then::LookedFor,
    Then::Uncovered,
    Then::Asked,
    Then::Accepted,
    Then::Booked,
    Then::Given,
    Then::Held(Step::Danger(2)),
    Then::Held(Step::Plan(Method::None)),
];

fn step(known: &Known, time: &str, number: u128, decide: impl FnOnce(&mut Docket)) -> Known {
    let mut docket = docket(known, at(time), number);
    decide(&mut docket);
    let after = docket.close().0;
    check(&after);
    dangers::check(known, &after);
    after
}

/// A job taken off technician 1 at eleven.
fn taken(off: Off) -> Known {
    let had = assigned().close().0;
    step(&had, "11:00:00", 20, |docket| match off {
        Off::Unheard(code) => {
            docket.release_all(code.into());
            docket.withdraw_accepted(code).unwrap();
            docket.look_for_others().unwrap();
        }
        Off::Reassigned(reason) => docket.reassign(reason).unwrap(),
        Off::Withdrawn(code) => {
            let had = docket.on_it().next().unwrap().id;
            docket.withdraw(had, code).unwrap();
        }
    })
}

/// The same, and what becomes of it.
fn gone_on(off: Off, then: Then) -> Known {
    let rules = REFERENCE.dispatch();
    step(&taken(off), "11:05:00", 21, |docket| {
        let mut take = |one: Step| decide(docket, one, &mut Vec::new()).unwrap();
        match then {
            Then::LookedFor => {}
            Then::Uncovered => {
                let job = docket.job().clone().uncovered(docket.now(), docket.now() + rules.uncovered_pause);
                docket.put(job.unwrap());
            }
            Then::Asked => take(Step::Ask(2)),
            Then::Accepted => {
                ask_of(docket, 2, Addressee::Firm).unwrap();
                let offer = docket.known().offers.last().unwrap().id;
                docket.accept(offer, Answerer::Firm, Yes::default(), &Fitness::default(), rules).unwrap();
            }
            Then::Booked => take(Step::Book(2, 120)),
            Then::Given => take(Step::Give(2)),
            Then::Held(peril) => take(peril),
        }
    })
}

/// What technician 1 tells at ten, heard of at twenty past eleven.
fn told_late(kinds: &[FactKind]) -> Vec<Fact> {
    let (mut device, heard) = (Device::of(1), at("11:20:00"));
    let told = kinds.iter().map(|kind| device.tell("10:00:00", kind.clone()));
    told.map(|fact| Fact { sent_at: heard, received_at: heard, ..fact }).collect()
}

fn hears(known: &Known, fitness: &Fitness, kinds: &[FactKind]) -> Known {
    step(known, "11:20:00", 22, |docket| {
        report_of(docket, fitness, told_late(kinds), &mut Vec::new()).unwrap();
    })
}

fn everything() -> Vec<FactKind> {
    vec![simple("arrival"), start("work"), simple("work_end"), simple("completion")]
}

#[test]
fn what_was_done_before_somebody_was_taken_off_is_done_whatever_the_job_waits_for() {
    for off in every_way_off() {
        for then in EVERY_THEN {
            let known = hears(&gone_on(off, then), &Fitness::default(), &everything());
            let case = format!("{off:?}, {then:?}");
            assert_eq!(known.job.state(), JobState::Completed, "{case}");
            assert!(!known.offers.iter().any(Offer::is_open), "{case}: somebody is asked for what is done");
            assert!(!rings(&known, AlarmKind::Held), "{case}");
            if matches!(then, Then::Given) {
                assert!(
                    rings(&known, AlarmKind::EndedByAnother),
                    "{case}: somebody is on the way to what is done"
                );
            }
            if let Then::Held(peril) = then {
                let cleared = step(&known, "11:30:00", 23, |docket| {
                    decide(docket, end(peril), &mut Vec::new()).unwrap();
                });
                assert_eq!(cleared.job.state(), JobState::Completed, "{case}: nobody is sent there again");
            }
        }
    }
}

#[test]
fn whoever_is_heard_of_at_a_held_job_rings_and_has_been_there_once_they_have_left() {
    let left = what(json!({ "kind": "leaving", "return_planned": true }));
    for off in [Off::Unheard(WithdrawCode::NoShow), Off::Reassigned(ReassignReason::NotReachable)] {
        for peril in [Step::Danger(2), Step::Plan(Method::None)] {
            let held = gone_on(off, Then::Held(peril));
            for so_far in 1..=3 {
                let known = hears(&held, &Fitness::default(), &everything()[..so_far]);
                let case = format!("{off:?}, {peril:?}, {so_far}");
                assert_eq!(known.job.state(), JobState::Held, "{case}");
                assert!(rings(&known, AlarmKind::DoubtfulReport), "{case}: somebody is there");
            }
            let known = hears(&held, &Fitness::default(), &[simple("arrival"), start("work"), left.clone()]);
            assert_eq!(known.job.state(), JobState::Held);
            let cleared = step(&known, "11:30:00", 23, |docket| {
                decide(docket, end(peril), &mut Vec::new()).unwrap();
            });
            assert_eq!(cleared.job.state(), JobState::AwaitingReturn, "{off:?}, {peril:?}");
        }
    }
}

#[test]
fn nobody_has_a_job_again_whom_nobody_may_send() {
    for &reason in Reason::ALL {
        let fitness = Fitness::of(vec![InTheWay { reason, visit: None }]);
        for then in [Then::LookedFor, Then::Uncovered, Then::Asked] {
            let before = gone_on(Off::Unheard(WithdrawCode::NoShow), then);
            let known = hears(&before, &fitness, &[simple("arrival")]);
            let case = format!("{reason}, {then:?}");
            if reason.weight() == Weight::Never {
                assert_eq!(known.job.state(), before.job.state(), "{case}");
                assert!(rings(&known, AlarmKind::DoubtfulReport), "{case}: they are at the door");
            } else {
                assert_eq!(known.job.state(), JobState::OnSite, "{case}");
            }
        }
    }
}
