//! Late reports of somebody who was taken off the job, whatever it waits for since: what was done is done, whoever is there is heard
//! of, and nobody has it again who must not (G-01, G-08, G-17).

use serde_json::json;

use super::{
    dangers::{end, rings},
    *,
};
use crate::domain::{
    facts::{
        FactKind,
        script::{Asked, Check, finding, id_check, part, pause, what},
    },
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
            assert!(rings(&known, AlarmKind::EndedByAnother), "{case}: nobody would know that it is done");
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

/// What else is told, beside what was told before.
fn tells(known: &Known, time: &str, number: u128, told: &mut Vec<Fact>, facts: Vec<Fact>) -> Known {
    step(known, time, number, |docket| report(docket, facts, told).unwrap())
}

#[test]
fn nobody_who_was_taken_off_ends_the_job_of_who_is_in_danger() {
    for off in every_way_off() {
        for peril in dangers::every_peril() {
            for is_there in [false, true] {
                let case = format!("{off:?}, {peril:?}, {is_there}");
                let (mut told, mut phone) = (Vec::new(), Device::of(2));
                let arrival = phone.tell("11:10:00", simple("arrival"));
                let mut known = gone_on(off, Then::Given);
                if is_there {
                    known = tells(&known, "11:10:00", 30, &mut told, vec![arrival]);
                }
                known =
                    step(&known, "11:12:00", 31, |docket| decide(docket, peril, &mut Vec::new()).unwrap());
                let before = known.job.state();
                known = tells(&known, "11:20:00", 32, &mut told, told_late(&everything()));
                known = tells(
                    &known,
                    "11:22:00",
                    33,
                    &mut told,
                    vec![phone.tell("11:21:00", simple("position"))],
                );
                assert_eq!(known.job.state(), before, "{case}");
                let live: Vec<_> = known.assignments.iter().filter(|one| !one.is_over()).collect();
                assert_eq!((live.len(), live[0].technician_id), (1, technician(2)), "{case}");
                for kind in [AlarmKind::DangerUnacknowledged, AlarmKind::DoubtfulReport] {
                    assert!(rings(&known, kind), "{case}: {kind}");
                }
                // That it is safe again makes no end of it; whoever has it ends it.
                known = step(&known, "11:30:00", 34, |docket| {
                    decide(docket, end(peril), &mut Vec::new()).unwrap()
                });
                let ended = [start("work"), simple("work_end")].map(|kind| phone.tell("11:31:00", kind));
                known = tells(&known, "11:31:00", 35, &mut told, ended.into());
                assert_eq!(known.job.state(), JobState::OnSite, "{case}");
                known = tells(
                    &known,
                    "11:40:00",
                    36,
                    &mut told,
                    vec![phone.tell("11:40:00", simple("completion"))],
                );
                assert_eq!(known.job.state(), JobState::Completed, "{case}");
                assert!(!rings(&known, AlarmKind::EndedByAnother), "{case}");
            }
        }
    }
}

#[test]
fn an_end_told_by_who_was_taken_off_rings_and_ends_nothing_where_another_one_is_at_work() {
    for off in every_way_off() {
        for ended in [everything(), vec![simple("arrival"), simple("completion")]] {
            let (mut told, mut phone) = (Vec::new(), Device::of(2));
            let there =
                vec![phone.tell("11:10:00", simple("arrival")), phone.tell("11:11:00", start("work"))];
            let known = tells(&gone_on(off, Then::Given), "11:11:00", 30, &mut told, there);
            let known = tells(&known, "11:20:00", 31, &mut told, told_late(&ended));
            assert_eq!(known.job.state(), JobState::Working, "{off:?}");
            assert!(rings(&known, AlarmKind::DoubtfulReport), "{off:?}");
            assert!(!rings(&known, AlarmKind::EndedByAnother), "{off:?}");
        }
    }
}

#[test]
fn a_return_visit_that_is_heard_of_as_a_whole_rings_nobody() {
    let left = what(json!({ "kind": "leaving", "return_planned": true }));
    let (mut told, mut phone) = (Vec::new(), Device::of(1));
    let first = vec![phone.tell("10:00:00", simple("arrival")), phone.tell("10:20:00", left)];
    let known = tells(&assigned().close().0, "11:00:00", 30, &mut told, first);
    assert_eq!(known.job.state(), JobState::AwaitingReturn);
    let second = everything().into_iter().map(|kind| phone.tell("11:10:00", kind)).collect();
    let known = tells(&known, "11:20:00", 31, &mut told, second);
    assert_eq!(known.job.state(), JobState::Completed);
    assert!(!rings(&known, AlarmKind::EndedByAnother));
}

/// Every kind of report.
fn every_kind() -> Vec<FactKind> {
    let item = "00000000-0000-4000-8000-000000000480";
    let yes = Asked::units(2).json(at("10:00:00"));
    let leaving = |planned: bool| json!({ "kind": "leaving", "return_planned": planned });
    let mut kinds: Vec<_> =
        ["departure", "position", "arrival", "resume", "work_end", "completion"].map(simple).into();
    kinds.extend([start("work"), pause(), part(1, 480), id_check(Check::Passed), finding(), what(yes)]);
    kinds.extend([
        what(json!({ "kind": "delay", "arrival_at": at("11:40:00") })),
        what(json!({ "kind": "no_access", "reason": "nobody_there" })),
        what(json!({ "kind": "special_work", "item": item, "code": "made_up", "price_yen": 50_000 })),
        what(json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 })),
        what(json!({ "kind": "withdrawal", "code": "breakdown" })),
        what(leaving(true)),
        what(leaving(false)),
    ]);
    kinds
}

#[test]
fn only_what_is_new_and_says_that_they_came_gives_the_job_again() {
    let kinds = every_kind();
    let all: std::collections::BTreeSet<_> = kinds.iter().map(FactKind::kind).collect();
    assert_eq!(all.len(), crate::domain::facts::FactCode::ALL.len());
    for known_before in [vec![simple("departure")], vec![simple("arrival"), start("work")]] {
        let was_there = known_before.len() == 2;
        for kind in &kinds {
            for then in [Then::LookedFor, Then::Uncovered, Then::Asked] {
                let case = format!("{known_before:?}, {}, {then:?}", kind.code());
                let mut device = Device::of(1);
                let mut told: Vec<_> =
                    known_before.iter().map(|kind| device.tell("09:30:00", kind.clone())).collect();
                let before = gone_on(Off::Reassigned(ReassignReason::NotReachable), then);
                told.iter_mut().for_each(|fact| fact.assignment_id = before.assignments[0].id);
                let new = Device::numbered(1, 1).tell("10:00:00", kind.clone());
                let heard = at("11:20:00");
                let new = Fact { sent_at: heard, received_at: heard, ..new };
                let known = tells(&before, "11:20:00", 30, &mut told, vec![new]);
                let says = match kind.code() {
                    "departure" | "arrival" | "work_start" => true,
                    "no_access" | "pause" | "resume" | "work_end" => was_there,
                    _ => false,
                };
                assert_eq!(known.assignments.len() == 2, says, "{case}");
                let is_done = kind.code() == "completion" && was_there;
                assert_eq!(known.job.state() == JobState::Completed, is_done, "{case}");
                assert_eq!(known.job.state() == before.job.state(), !says && !is_done, "{case}");
            }
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

#[test]
fn what_is_doubtful_rings_until_somebody_comes_or_it_is_over() {
    // Of after their release, so that it does not count.
    let claims = |phone: &mut Device| {
        let own = ["arrival", "completion"].map(|kind| phone.tell("11:25:00", simple(kind)));
        own.map(|fact| Fact { received_at: at("11:30:00"), ..fact }).to_vec()
    };
    for is_there in [false, true] {
        let (mut told, mut theirs, mut own) = (Vec::new(), Device::of(2), Device::of(1));
        let arrival = theirs.tell("11:10:00", simple("arrival"));
        let mut known = gone_on(Off::Reassigned(ReassignReason::ResidentRefuses), Then::Given);
        if is_there {
            known = tells(&known, "11:10:00", 30, &mut told, vec![arrival.clone()]);
        }
        known = tells(&known, "11:30:00", 31, &mut told, claims(&mut own));
        assert!(rings(&known, AlarmKind::DoubtfulReport), "{is_there}");
        let next = [(&mut own, "11:31:00"), (&mut theirs, "11:32:00")];
        for ((phone, time), number) in next.into_iter().zip(32..) {
            let position = phone.tell(time, simple("position"));
            known = tells(&known, time, number, &mut told, vec![position]);
            assert!(rings(&known, AlarmKind::DoubtfulReport), "{is_there}, {time}");
        }
        let then = if is_there { "completion" } else { "arrival" };
        known = tells(&known, "11:40:00", 34, &mut told, vec![theirs.tell("11:40:00", simple(then))]);
        assert!(!rings(&known, AlarmKind::DoubtfulReport), "{is_there}");
    }
}

#[test]
fn a_job_that_is_held_is_not_ended_by_what_is_told_of_the_time_since_however_it_is_cut() {
    let kinds = [
        ["arrival", "completion"].map(simple).to_vec(),
        everything(),
        vec![simple("arrival"), what(json!({ "kind": "no_access", "reason": "nobody_there" }))],
        vec![simple("arrival"), what(json!({ "kind": "leaving", "return_planned": true }))],
    ];
    for off in every_way_off() {
        for peril in [Step::Danger(2), Step::Plan(Method::None)] {
            for kinds in &kinds {
                let mut phone = Device::of(1);
                let facts: Vec<_> = kinds.iter().map(|kind| phone.tell("11:20:00", kind.clone())).collect();
                let held = gone_on(off, Then::Held(peril));
                let mut told = Vec::new();
                let at_once = tells(&held, "11:20:00", 30, &mut told, facts.clone());
                let (mut one_by_one, mut told) = (held.clone(), Vec::new());
                for (fact, number) in facts.into_iter().zip(30..) {
                    one_by_one = tells(&one_by_one, "11:20:00", number, &mut told, vec![fact]);
                }
                for known in [&at_once, &one_by_one] {
                    let case = format!("{off:?}, {peril:?}, {kinds:?}");
                    assert_eq!(known.job.state(), JobState::Held, "{case}");
                    assert_eq!(known.assignments.len(), held.assignments.len(), "{case}");
                    assert!(
                        rings(known, AlarmKind::Held) && rings(known, AlarmKind::DoubtfulReport),
                        "{case}"
                    );
                }
            }
        }
    }
}

#[test]
fn who_was_taken_off_leaves_nothing_of_theirs_to_a_job_that_waits_for_its_next_visit() {
    let left = what(json!({ "kind": "leaving", "return_planned": true }));
    for off in every_way_off() {
        // They had come before they were taken off; whoever has it then leaves.
        let mut told = Vec::new();
        let known = gone_on(off, Then::Given);
        let mut theirs = Device::of(2);
        let visit = [("11:10:00", simple("arrival")), ("11:12:00", left.clone())];
        let mut own = told_late(&[simple("arrival")]);
        own.iter_mut().for_each(|fact| fact.received_at = at("10:00:00"));
        told.extend(own);
        let visit = visit.map(|(time, kind)| theirs.tell(time, kind)).to_vec();
        let known = tells(&known, "11:12:00", 30, &mut told, visit);
        assert_eq!(known.job.state(), JobState::AwaitingReturn, "{off:?}");
        let late = Device::numbered(1, 1).tell("10:05:00", start("work"));
        let late = Fact { received_at: at("11:20:00"), sent_at: at("11:20:00"), ..late };
        let known = tells(&known, "11:20:00", 31, &mut told, vec![late]);
        let is_theirs = known.assignments.iter().any(|one| !one.is_over());
        assert!(is_theirs || known.job.state() == JobState::AwaitingReturn, "{off:?}");
    }
}
