//! A docket is a value: the same docket and the same decision give the same changes, each row changes once, and whatever is
//! decided in whatever order leaves nothing that must never be.

mod comeback;
mod dangers;
mod office;
mod waiting;

use std::sync::LazyLock;

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::{Answerer, Changes, Docket, Given, Known, Rows, Sent, Told, Way, needed};
use crate::domain::{
    alarms::{AlarmKind, AlarmState},
    appointments::{Appointment, Consequence, UnbookCode, WindowState},
    dangers::CaseHazard,
    facts::{
        Fact, FieldRecord, Guard,
        script::{Device, at, firm, plain_job, simple, start, technician},
    },
    firms::{Standing, Technician},
    fitness::Fitness,
    identity::Method,
    ids::{CallId, CaseId, DecisionId, JobId, OfferId},
    jobs::{Action, CancelReason, Job, JobState, Order},
    offers::{
        Addressee, Asked, AssignmentStage, CrewRole, DeclineCode, Offer, OverrideReason, ReassignReason,
        ReleaseCode, Slot, WithdrawCode, Yes,
    },
    perils::{PlannedCheck, SafetyRules},
    phone::Phone,
    place::Point,
    reference::Reference,
    refusal::Refusal,
    roster::Roster,
    span::Instant,
    tools::OpeningAuthority,
    trade::{Priority, Trade},
};

/// Read once: it takes longer than a story.
static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().unwrap());

/// Technicians of the stories.
const TECHNICIANS: u128 = 3;

fn new_job() -> Job {
    let order = Order { job_code: "W-TOILET-CLOG".to_owned(), trade: Trade::Water, priority: Priority::P1 };
    let made = at("09:00:00");
    Job::new(JobId(Uuid::from_u128(1)), CaseId(Uuid::from_u128(7)), order, made, made)
}

fn docket(known: &Known, now: Instant, step: u128) -> Docket {
    let mut next = step << 32;
    let ids = move || {
        next += 1;
        Uuid::from_u128(next)
    };
    Docket::new(known.clone(), SafetyRules::of(&REFERENCE), now, Box::new(ids))
}

fn person(number: u128) -> Technician {
    Technician {
        id: technician(number),
        version: 1,
        firm_id: firm(number),
        name: "計測 一郎".to_owned(),
        phone: Phone::try_from("+81525550111".to_owned()).unwrap(),
        base: Point::from_e6(35_170_000, 136_900_000).unwrap(),
        trades: vec![Trade::Water],
        job_codes: Vec::new(),
        tools: Vec::new(),
        opening_tools: OpeningAuthority::NotAuthorised,
        badge_number: None,
        key: None,
        languages: vec!["ja".to_owned()],
        shifts: Roster::default(),
        state: Standing::Active,
        created_at: at("00:00:00"),
        confirmed_at: Some(at("00:00:00")),
        proposed: None,
    }
}

fn given(number: u128) -> Given {
    let who = Sent { technician: person(number), fitness: Fitness::default(), confirmation: None };
    Given { who, yes: Yes::default(), decision_id: DecisionId(Uuid::from_u128(3)) }
}

/// Something that is decided, or told.
#[derive(Debug, Clone, Copy)]
enum Step {
    Ask(u128),
    Accept,
    Decline,
    TakeBack,
    Give(u128),
    Help(u128),
    /// A visit is planned so many minutes from now.
    Book(u128, i64),
    Unbook,
    /// Somebody is given another job.
    MakeWay(u128, Option<Consequence>),
    Reassign,
    Withdraw,
    Cancel,
    /// The hazard of a number is told.
    Danger(usize),
    /// Every danger is cleared.
    Cleared,
    /// How the identity is checked is planned.
    Plan(Method),
    /// Whoever is on the job acknowledges what is dangerous.
    Acknowledge,
    /// Whoever does not come is let off by the watch.
    NoShow,
    /// A technician reports as much of a job as this.
    Report(u128, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 1..=TECHNICIANS;
    let consequence = proptest::sample::select(Consequence::ALL);
    let one = prop_oneof![
        6 => who.clone().prop_map(Step::Ask),
        6 => Just(Step::Accept),
        2 => Just(Step::Decline),
        1 => Just(Step::TakeBack),
        2 => who.clone().prop_map(Step::Give),
        1 => who.clone().prop_map(Step::Help),
        2 => (who.clone(), 0_i64..180).prop_map(|(who, minutes)| Step::Book(who, minutes)),
        1 => Just(Step::Unbook),
        3 => (who.clone(), proptest::option::of(consequence)).prop_map(|(who, what)| Step::MakeWay(who, what)),
        2 => Just(Step::Reassign),
        2 => Just(Step::Withdraw),
        1 => Just(Step::Cancel),
        2 => (0_usize..9).prop_map(Step::Danger),
        1 => Just(Step::Cleared),
        1 => proptest::sample::select(vec![Method::CardOnPerson, Method::None]).prop_map(Step::Plan),
        1 => Just(Step::Acknowledge),
        1 => Just(Step::NoShow),
        5 => (who, 1_usize..=5).prop_map(|(who, count)| Step::Report(who, count)),
    ];
    proptest::collection::vec(one, 1..24)
}

/// What a technician has told so far of a job.
fn told(number: u128, count: usize) -> Vec<Fact> {
    let mut facts = plain_job(&mut Device::of(number), &[("10:05:00", "10:40:00")]);
    facts.truncate(count);
    facts
}

fn decide(docket: &mut Docket, step: Step, reports: &mut Vec<Fact>) -> Result<(), Refusal> {
    let reference = &*REFERENCE;
    let rules = reference.dispatch();
    let open = docket.known().offers.iter().find(|offer| offer.is_open()).map(|one| one.id);
    let open = open.unwrap_or(OfferId(Uuid::nil()));
    match step {
        Step::Ask(number) => ask(docket, number),
        Step::Accept => {
            docket.accept(open, Answerer::Technician, Yes::default(), &Fitness::default(), rules).map(|_| ())
        }
        Step::Decline => docket.decline(open, Answerer::Technician, DeclineCode::Busy, rules),
        Step::TakeBack => docket.take_back(open),
        Step::Give(number) => docket.give(&given(number), OverrideReason::AlreadyNear, rules).map(|_| ()),
        // The one place that says when a helper can be sent is the list of actions.
        Step::Help(number) if docket.job().state().is_in_the_field() && docket.on_it().count() > 0 => {
            docket.help(&given(number)).map(|_| ())
        }
        Step::Help(_) => Ok(()),
        // As above.
        Step::Book(..) if Action::Book.check(docket.job().state()).is_err() => Ok(()),
        Step::Book(number, minutes) => {
            let window = visit(docket, number, docket.now() + TimeDelta::minutes(minutes));
            docket.book(window, &Fitness::default(), docket.now())
        }
        Step::Unbook => docket.unbook(UnbookCode::Resident, rules),
        Step::MakeWay(number, displacing) => {
            let (of, needed) = (technician(number), needed(docket.now(), None));
            docket.make_way(Way { of, by: Priority::P1, needed, displacing }, rules)
        }
        Step::Reassign => docket.reassign(ReassignReason::NotReachable),
        Step::Withdraw => {
            let first = docket.on_it().next().map(|one| one.id);
            first.map_or(Ok(()), |id| docket.withdraw(id, WithdrawCode::Breakdown))
        }
        Step::Cancel => docket.cancel(CancelReason::FalseAlarm),
        Step::Danger(_) | Step::Cleared => {
            docket.know_dangers(dangers::after(docket, step));
            docket.apply_holds()
        }
        Step::Plan(method) => {
            let number = i64::try_from(docket.known().checks.len()).unwrap() + 1;
            docket.is.checks.push(PlannedCheck { number, method, planned_at: docket.now() });
            docket.apply_holds()
        }
        Step::Acknowledge => dangers::acknowledge(docket),
        Step::NoShow if docket.on_it().next().is_none() => Ok(()),
        Step::NoShow => {
            docket.release_all(ReleaseCode::NoShow);
            docket.withdraw_accepted(WithdrawCode::NoShow)?;
            docket.look_for_others()
        }
        Step::Report(number, count) => report(docket, told(number, count), reports),
    }
}

fn visit(docket: &mut Docket, number: u128, starts_at: Instant) -> Appointment {
    Appointment {
        id: docket.id(),
        version: 1,
        technician_id: technician(number),
        job_id: docket.job().id,
        starts_at,
        ends_at: starts_at + TimeDelta::hours(1),
        state: WindowState::Planned,
        confirmation: None,
    }
}

fn ask(docket: &mut Docket, number: u128) -> Result<(), Refusal> {
    ask_of(docket, number, Addressee::Technician)
}

fn ask_of(docket: &mut Docket, number: u128, addressee: Addressee) -> Result<(), Refusal> {
    if docket.job().state() != JobState::Unassigned {
        return Ok(());
    }
    let asked = Asked {
        id: docket.id(),
        job_id: docket.job().id,
        decision_id: DecisionId(Uuid::from_u128(3)),
        firm_id: firm(number),
        technician_id: technician(number),
        addressee,
        role: CrewRole::Lead,
        rank: docket.next_rank(),
        round: docket.job().round,
        rung: 0,
    };
    let deadline = docket.now() + TimeDelta::hours(5);
    docket.ask(Offer::open(asked, docket.now(), deadline));
    let job = docket.job().clone().offered(docket.now(), deadline)?;
    docket.put(job);
    Ok(())
}

/// Reports of somebody who has, or has had, the job.
fn report(docket: &mut Docket, facts: Vec<Fact>, reports: &mut Vec<Fact>) -> Result<(), Refusal> {
    report_of(docket, &Fitness::default(), facts, reports)
}

/// The same of somebody in whose way these things are.
fn report_of(
    docket: &mut Docket,
    fitness: &Fitness,
    facts: Vec<Fact>,
    reports: &mut Vec<Fact>,
) -> Result<(), Refusal> {
    let who = facts[0].technician_id;
    let own = docket.known().assignments.iter().rfind(|one| one.technician_id == who);
    let Some(assignment) = own.map(|one| one.id) else { return Ok(()) };
    let mut recorded = facts;
    recorded.retain(|fact| reports.iter().all(|known| known.id != fact.id));
    recorded.iter_mut().for_each(|fact| fact.assignment_id = assignment);
    reports.extend(recorded.iter().cloned());
    let fold = |guard: &Guard| FieldRecord::guarded(reports, guard);
    let told = Told { assignment, recorded: &recorded, fold: &fold, fitness: Some(fitness) };
    docket.aftermath(told, REFERENCE.dispatch())?;
    Ok(())
}

/// What must never be.
fn check(known: &Known) {
    let job = &known.job;
    let accepted = known.offers.iter().filter(|offer| offer.is_accepted() && offer.role == CrewRole::Lead);
    assert!(accepted.count() <= 1, "two winners");
    let open = known.offers.iter().any(Offer::is_open);
    assert_eq!(open, job.state() == JobState::Offered, "{}: open offers", job.state());
    let live: Vec<_> = known.assignments.iter().filter(|one| !one.is_over()).collect();
    let is_going = job.state().is_in_the_field() && job.state() != JobState::AwaitingReturn;
    assert_eq!(!live.is_empty(), is_going, "{}: {} on it", job.state(), live.len());
    let mut who: Vec<_> = live.iter().map(|one| one.technician_id).collect();
    who.dedup();
    assert_eq!(who.len(), live.len(), "twice on one job");
    assert_eq!(job.wake_at().is_none(), job.state().is_final(), "{}: looked at again", job.state());
    assert_eq!(job.hold().is_some(), job.state() == JobState::Held);
    let planned = known.windows.iter().filter(|window| window.state == WindowState::Planned).count();
    assert!(planned <= 1, "two visits");
    assert!(planned == 1 || job.state() != JobState::Booked, "booked without a visit");
    assert!(planned == 0 || !job.state().is_final(), "a visit of a job that is over");
}

/// Each row that is written was read at the version before, and none is written twice.
fn written_once<T, K: Ord + Copy + std::fmt::Debug>(
    rows: &Rows<T>,
    before: &[T],
    key: impl Fn(&T) -> (K, i64),
) {
    let mut keys: Vec<_> = rows.new.iter().chain(&rows.changed).map(|row| key(row).0).collect();
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count, "a row written twice");
    for row in &rows.changed {
        let (id, version) = key(row);
        let was = before.iter().map(&key).find(|(known, _)| *known == id);
        assert_eq!(was, Some((id, version - 1)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_decision_leaves_what_must_never_be(steps in steps()) {
        let (mut known, mut reports) = (Known::new(new_job()), Vec::new());
        for (number, step) in (1_u128..).zip(steps) {
            let now = at("11:00:00") + TimeDelta::minutes(i64::try_from(number).unwrap());
            let told = reports.clone();
            let once = |reports: &mut Vec<Fact>| -> Option<(Known, Changes)> {
                let mut docket = docket(&known, now, number);
                decide(&mut docket, step, reports).ok()?;
                Some(docket.close())
            };
            let Some((after, changes)) = once(&mut reports) else {
                // Refused: nothing half-done stays, reports included.
                reports = told;
                continue;
            };
            let (again, same) = once(&mut told.clone()).unwrap();
            prop_assert_eq!((&after, &changes), (&again, &same), "the same decision twice");
            check(&after);
            dangers::check(&known, &after);
            written_once(&changes.offers, &known.offers, |offer| (offer.id, offer.version));
            written_once(&changes.assignments, &known.assignments, |one| (one.id, one.version));
            written_once(&changes.alarms, &known.alarms, |alarm| (alarm.id, alarm.version));
            // Dangers are written by whoever tells of them.
            let untouched =
                Known { dangers: after.dangers.clone(), checks: after.checks.clone(), ..known.clone() };
            prop_assert_eq!(changes.is_empty(), after == untouched);
            known = after;
        }
    }

    #[test]
    fn the_order_of_reports_changes_nothing(shuffled in Just(told(1, 5)).prop_shuffle()) {
        let changes = |facts: Vec<Fact>| {
            let mut docket = assigned();
            report(&mut docket, facts, &mut Vec::new()).unwrap();
            let (known, mut changes) = docket.close();
            (known.job.state(), changes.assignments, changes.offers, changes.events.split_off(1))
        };
        prop_assert_eq!(changes(told(1, 5)), changes(shuffled));
    }
}

/// A job that technician 1 has accepted, at eleven.
fn assigned() -> Docket {
    let mut first = docket(&Known::new(new_job()), at("09:00:00"), 1);
    let mut none = Vec::new();
    decide(&mut first, Step::Ask(1), &mut none).unwrap();
    decide(&mut first, Step::Accept, &mut none).unwrap();
    docket(&first.close().0, at("11:00:00"), 2)
}

#[test]
fn a_docket_nobody_has_touched_writes_nothing() {
    let known = assigned().close().0;
    let (after, changes) = docket(&known, at("12:00:00"), 9).close();
    assert!(changes.is_empty());
    assert_eq!(after, known);
}

#[test]
fn who_ends_a_job_goes_on_to_the_one_behind_it() {
    let mut known = assigned().close().0;
    let mut next = known.assignments[0].clone();
    (next.id, next.job_id) =
        (crate::domain::ids::AssignmentId(Uuid::from_u128(55)), JobId(Uuid::from_u128(2)));
    next.stage = AssignmentStage::Queued;
    known.elsewhere.push(next);
    let mut docket = docket(&known, at("12:00:00"), 9);
    docket.reassign(ReassignReason::TooLate).unwrap();
    let (_, changes) = docket.close();
    let promoted = changes.assignments.changed.iter().find(|one| one.job_id == JobId(Uuid::from_u128(2)));
    assert_eq!(
        promoted.map(|one| (one.slot(), one.current_since())),
        Some((Slot::Current, Some(at("12:00:00"))))
    );
    assert_eq!(changes.woken, [JobId(Uuid::from_u128(2))]);
}

#[test]
fn work_at_the_site_brings_back_who_was_given_up() {
    let mut docket = assigned();
    docket.reassign(ReassignReason::NotReachable).unwrap();
    let known = docket.close().0;
    let mut back = super::tests::docket(&known, at("11:30:00"), 9);
    let mut device = Device::of(1);
    let facts = vec![device.tell("10:00:00", simple("arrival")), device.tell("10:05:00", start("work"))];
    report(&mut back, facts, &mut Vec::new()).unwrap();
    let known = back.close().0;
    assert_eq!((known.job.state(), known.assignments.len()), (JobState::Working, 2));
    check(&known);
}

/// A job that technician 1 had by telephone from 09:05 to 09:30 and has again since 10:30, by telephone too.
fn given_again(reason: ReassignReason) -> Known {
    let mut first = docket(&Known::new(new_job()), at("09:05:00"), 1);
    decide(&mut first, Step::Give(1), &mut Vec::new()).unwrap();
    let mut taken = docket(&first.close().0, at("09:30:00"), 2);
    taken.reassign(reason).unwrap();
    taken.give(&given(2), OverrideReason::NobodyElse, REFERENCE.dispatch()).unwrap();
    let mut back = docket(&taken.close().0, at("10:30:00"), 3);
    back.reassign(ReassignReason::Other).unwrap();
    back.give(&given(1), OverrideReason::NobodyElse, REFERENCE.dispatch()).unwrap();
    back.close().0
}

#[test]
fn a_visit_that_was_over_before_the_desk_wrote_it_down_is_over() {
    use crate::domain::facts::script::what;
    use serde_json::json;
    for end in [
        json!({ "kind": "no_access", "reason": "nobody_there" }),
        json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" }),
        json!({ "kind": "leaving", "return_planned": false }),
    ] {
        let mut device = Device::of(1);
        let facts =
            vec![device.tell("09:40:00", simple("arrival")), device.tell("09:50:00", what(end.clone()))];
        // Agreed by telephone at half past nine, written down at ten.
        let mut written = docket(&Known::new(new_job()), at("10:00:00"), 1);
        decide(&mut written, Step::Give(1), &mut Vec::new()).unwrap();
        let mut later = docket(&written.close().0, at("10:05:00"), 2);
        report(&mut later, facts.clone(), &mut Vec::new()).unwrap();
        assert_eq!(later.job().state(), JobState::AwaitingReturn, "{end}");
        check(&later.close().0);
        // The same of a mistaken reassignment that was undone, whatever its reason.
        for reason in [ReassignReason::NotReachable, ReassignReason::Other, ReassignReason::WrongSkills] {
            let mut undone = docket(&given_again(reason), at("10:35:00"), 4);
            report(&mut undone, facts.clone(), &mut Vec::new()).unwrap();
            assert_eq!(undone.job().state(), JobState::AwaitingReturn, "{end}, {reason}");
            check(&undone.close().0);
        }
        // Given again after that visit was over, it is another visit.
        let mut over = docket(&given_again(ReassignReason::Other), at("10:35:00"), 4);
        let mut told = Vec::new();
        report(&mut over, facts, &mut told).unwrap();
        let mut again = docket(&over.close().0, at("11:00:00"), 5);
        decide(&mut again, Step::Give(1), &mut Vec::new()).unwrap();
        again.catch_up(&FieldRecord::guarded(&told, &again.guard()), REFERENCE.dispatch()).unwrap();
        assert_eq!(again.job().state(), JobState::Assigned, "{end}");
    }
}

#[test]
fn a_helper_by_telephone_counts_from_the_making_of_the_job_whoever_had_it() {
    let mut first = docket(&Known::new(new_job()), at("09:05:00"), 1);
    decide(&mut first, Step::Give(1), &mut Vec::new()).unwrap();
    let mut taken = docket(&first.close().0, at("09:30:00"), 2);
    taken.reassign(ReassignReason::TooLate).unwrap();
    let second = taken.give(&given(2), OverrideReason::NobodyElse, REFERENCE.dispatch()).unwrap();
    assert_eq!(second.counts_from, at("09:30:00"));
    let helper = taken.help(&given(3)).unwrap();
    assert_eq!(helper.counts_from, at("09:00:00"), "nobody had that place before");
    let mut gone = docket(&taken.close().0, at("09:45:00"), 3);
    gone.withdraw(helper.id, WithdrawCode::Breakdown).unwrap();
    let mut next = docket(&gone.close().0, at("10:00:00"), 4);
    assert_eq!(next.help(&given(1)).unwrap().counts_from, at("09:45:00"), "another helper had it");
}
