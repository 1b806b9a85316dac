//! Danger at any moment (G-08): every hazard, and an identity that cannot be checked, in every state, by every door and every
//! way in which a job is left.

use super::*;
use crate::domain::{
    events::Event,
    facts::script::{Check, id_check, pause, what},
    jobs::Hold,
    offers::Assignment,
    perils::codes,
    refusal::{JobRefused, Refused},
};

/// The dangers of the case after one was told, or all were cleared.
pub(super) fn after(docket: &Docket, step: Step) -> Vec<CaseHazard> {
    let mut known = docket.known().dangers.clone();
    let Step::Danger(at) = step else {
        for danger in known.iter_mut().filter(|danger| danger.cleared_at.is_none()) {
            danger.cleared_at = Some(docket.now());
        }
        return known;
    };
    let hazard = REFERENCE.hazards().all()[at].id.as_str().to_owned();
    if known.iter().all(|danger| danger.hazard != hazard || danger.cleared_at.is_some()) {
        known.push(CaseHazard {
            case_id: CaseId(Uuid::from_u128(7)),
            number: i64::try_from(known.len()).unwrap() + 1,
            hazard,
            call_id: CallId(Uuid::from_u128(8)),
            raised_at: docket.now(),
            cleared_at: None,
            cleared_by: None,
            note_code: None,
        });
    }
    known
}

/// The first who is on the job acknowledges everything.
pub(super) fn acknowledge(docket: &mut Docket) -> Result<(), Refusal> {
    let Some(first) = docket.on_it().next().map(|one| one.id) else { return Ok(()) };
    let named = codes(docket.perils().open());
    docket.acknowledge(first, &named).map(|_| ())
}

pub(super) fn rings(known: &Known, kind: AlarmKind) -> bool {
    known.alarms.iter().any(|alarm| alarm.kind == kind && alarm.state != AlarmState::Resolved)
}

fn perils(known: &Known) -> crate::domain::perils::Perils {
    docket(known, at("11:00:00"), 0).perils()
}

/// What must never be where there is danger.
pub(super) fn check(before: &Known, after: &Known) {
    let (state, perils) = (after.job.state(), perils(after));
    let on_it: Vec<_> = after.assignments.iter().filter(|one| !one.is_over()).collect();
    if perils.holding().is_some() && on_it.is_empty() {
        assert!(state.is_final() || state == JobState::Held, "{state} in danger with nobody on it");
        assert!(!after.offers.iter().any(Offer::is_open), "somebody is asked into danger");
    }
    if perils.holding().is_some() {
        let came = on_it.iter().filter(|one| before.assignments.iter().all(|was| was.id != one.id));
        assert_eq!(came.count(), 0, "somebody is sent into danger");
    }
    assert!(state != JobState::Held || perils.holding().is_some(), "held by nothing");
    for (kind, is_identity) in [(AlarmKind::DangerOnJob, false), (AlarmKind::IdentityOnJob, true)] {
        let open = || perils.open().filter(|peril| (peril.what == Hold::Identity) == is_identity);
        let is_called_off = is_identity && state == JobState::Cancelled;
        if rings(before, kind) && open().next().is_some() && !is_called_off {
            assert!(rings(after, kind), "{kind} ended before its clearance");
        }
        assert!(!rings(after, kind) || open().next().is_some(), "{kind} about nothing");
    }
    let is_unheard = on_it.iter().any(|one| perils.unheard(one.heard).next().is_some());
    assert_eq!(rings(after, AlarmKind::DangerUnacknowledged), is_unheard, "{state}: acknowledgements");
}

/// What is told: the hazard of a number, or that there is no way to check the identity.
pub(super) fn every_peril() -> impl Iterator<Item = Step> {
    (0..REFERENCE.hazards().all().len()).map(Step::Danger).chain([Step::Plan(Method::None)])
}

/// How it is over.
pub(super) fn end(step: Step) -> Step {
    match step {
        Step::Danger(_) => Step::Cleared,
        _ => Step::Plan(Method::CardOnPerson),
    }
}

/// Whether it holds, by the reference data.
pub(super) fn holds(step: Step) -> bool {
    match step {
        Step::Danger(at) => REFERENCE.hazards().all()[at].holds_offers,
        _ => true,
    }
}

/// Decides one thing after the other, a minute apart.
pub(super) struct Story {
    pub(super) known: Known,
    told: Vec<Fact>,
    minutes: i64,
}

impl Story {
    fn new() -> Self {
        Self { known: Known::new(new_job()), told: Vec::new(), minutes: 0 }
    }

    pub(super) fn docket(&mut self) -> Docket {
        self.minutes += 1;
        let step = u128::try_from(self.minutes).unwrap();
        docket(&self.known, at("09:30:00") + TimeDelta::minutes(self.minutes), step)
    }

    fn attempt(&mut self, step: Step) -> Result<Vec<Event>, Refusal> {
        let (mut docket, mut told) = (self.docket(), self.told.clone());
        decide(&mut docket, step, &mut told)?;
        let (known, changes) = docket.close();
        super::check(&known);
        check(&self.known, &known);
        (self.known, self.told) = (known, told);
        Ok(changes.events)
    }

    pub(super) fn take(&mut self, step: Step) -> Vec<Event> {
        self.attempt(step).unwrap_or_else(|refusal| panic!("{step:?} in {}: {refusal}", self.state()))
    }

    pub(super) fn state(&self) -> JobState {
        self.known.job.state()
    }

    /// The first technician tells these, the first an hour after nine.
    pub(super) fn tell(&mut self, kinds: Vec<crate::domain::facts::FactKind>) {
        let mut device = Device::numbered(1, u128::try_from(self.minutes).unwrap());
        let mut docket = self.docket();
        let now = docket.now();
        let facts = kinds.into_iter().map(|kind| device.tell_at(now, kind)).collect();
        report(&mut docket, facts, &mut self.told).unwrap();
        let known = docket.close().0;
        super::check(&known);
        check(&self.known, &known);
        self.known = known;
    }

    /// A job that has come so far.
    pub(super) fn at(state: JobState) -> Self {
        let mut story = Self::new();
        let (departure, arrival) = (simple("departure"), simple("arrival"));
        let done = [simple("work_end"), what(serde_json::json!({ "kind": "completion", "signature": null }))];
        let leaving = what(serde_json::json!({ "kind": "leaving", "return_planned": true }));
        match state {
            JobState::Unassigned => return story,
            JobState::NoCoverage => {
                let (mut docket, pause) = (story.docket(), REFERENCE.dispatch().uncovered_pause);
                let job = docket.job().clone().uncovered(docket.now(), docket.now() + pause);
                docket.put(job.unwrap());
                story.known = docket.close().0;
                return story;
            }
            JobState::Booked => {
                story.take(Step::Book(1, 120));
                return story;
            }
            JobState::Held => {
                story.take(Step::Danger(2));
                return story;
            }
            JobState::Cancelled => {
                story.take(Step::Cancel);
                return story;
            }
            JobState::Accepted => {
                let mut docket = story.docket();
                ask_of(&mut docket, 1, Addressee::Firm).unwrap();
                let offer = docket.known().offers[0].id;
                docket
                    .accept(offer, Answerer::Firm, Yes::default(), &Fitness::default(), REFERENCE.dispatch())
                    .unwrap();
                story.known = docket.close().0;
                return story;
            }
            _ => {}
        }
        story.take(Step::Ask(1));
        if state == JobState::Offered {
            return story;
        }
        story.take(Step::Accept);
        match state {
            JobState::EnRoute => story.tell(vec![departure]),
            JobState::OnSite => story.tell(vec![arrival]),
            JobState::Working => story.tell(vec![arrival, start("work")]),
            JobState::Paused => story.tell(vec![arrival, start("work"), pause()]),
            JobState::AwaitingReturn => story.tell(vec![arrival, leaving]),
            JobState::Completed => {
                story.tell(vec![arrival, id_check(Check::Passed), start("work")]);
                story.tell(done.into());
            }
            _ => {}
        }
        story
    }
}

/// Every state.
pub(super) fn states() -> impl Iterator<Item = JobState> {
    JobState::ALL.iter().copied()
}

#[test]
fn every_danger_in_every_state_holds_what_nobody_is_on_and_tells_whoever_is() {
    for state in states() {
        for told in every_peril() {
            let mut story = Story::at(state);
            assert_eq!(story.state(), state);
            let on_it: Vec<_> =
                story.known.assignments.iter().filter(|one| !one.is_over()).cloned().collect();
            let events = story.take(told);
            let warned = events.iter().filter(|event| matches!(event, Event::JobEndangered(_))).count();
            assert_eq!(warned, on_it.len(), "{told:?} in {state}");
            let expected = match (state.is_final(), on_it.is_empty(), holds(told)) {
                (false, true, true) => JobState::Held,
                _ => state,
            };
            assert_eq!(story.state(), expected, "{told:?} in {state}");
            let kind =
                if matches!(told, Step::Plan(_)) { AlarmKind::IdentityOnJob } else { AlarmKind::DangerOnJob };
            assert_eq!(rings(&story.known, kind), !on_it.is_empty(), "{told:?} in {state}");
        }
    }
}

#[test]
fn no_door_is_open_into_a_danger_that_holds() {
    let rules = REFERENCE.dispatch();
    for told in every_peril().filter(|told| holds(*told)) {
        for state in states().filter(|state| !state.is_final()) {
            // What was asked and answered before the danger, answered after it.
            let mut story = Story::at(state);
            story.take(told);
            let held = |refused: Result<(), Refusal>, door: &str| {
                let refused = refused.expect_err(door);
                let is_held = matches!(refused, Refusal::State(Refused::Job(JobRefused::Held(_))));
                assert!(is_held, "{door} of a job that was {state}: {refused}");
            };
            for offer in story.known.offers.clone() {
                let accepted = story.docket().accept(
                    offer.id,
                    Answerer::Desk,
                    Yes::default(),
                    &Fitness::default(),
                    rules,
                );
                held(accepted.map(|_| ()), "accept");
                let naming = super::super::Naming { who: given(1).who, arrival_at: None };
                held(story.docket().name(offer.id, Answerer::Desk, &naming, rules).map(|_| ()), "name");
            }
            held(story.docket().give(&given(3), OverrideReason::Other, rules).map(|_| ()), "override");
            held(story.docket().help(&given(3)).map(|_| ()), "helper");
            let mut docket = story.docket();
            let now = docket.now();
            let window = visit(&mut docket, 3, now);
            held(docket.book(window, &Fitness::default(), now), "book");
        }
    }
}

/// Every way in which the only technician leaves a job before its work is done.
fn leavings(state: JobState) -> Vec<Leaving> {
    let mut all: Vec<_> = ReassignReason::ALL.iter().copied().map(Leaving::Reassigned).collect();
    all.push(Leaving::NoShow);
    if Action::Withdraw.check(state).is_ok() {
        all.extend(WithdrawCode::CONTRACTOR.iter().copied().map(Leaving::Withdrawn));
    }
    for code in ["breakdown", "accident", "illness", "delayed", "other"] {
        all.push(Leaving::Told(serde_json::json!({ "kind": "withdrawal", "code": code })));
    }
    if !matches!(state, JobState::Assigned | JobState::EnRoute) {
        for planned in [true, false] {
            all.push(Leaving::Told(serde_json::json!({ "kind": "leaving", "return_planned": planned })));
        }
        all.push(Leaving::Told(serde_json::json!({ "kind": "no_access", "reason": "entry_refused" })));
    }
    all
}

#[derive(Debug, Clone)]
enum Leaving {
    Withdrawn(WithdrawCode),
    Reassigned(ReassignReason),
    NoShow,
    Told(serde_json::Value),
}

#[test]
fn whoever_leaves_a_dangerous_job_leaves_it_held_until_it_is_cleared() {
    use JobState::{Assigned, EnRoute, OnSite, Paused, Working};
    for told in every_peril() {
        for state in [Assigned, EnRoute, OnSite, Working, Paused] {
            for leaving in leavings(state) {
                let mut story = Story::at(state);
                story.take(told);
                let case = format!("{told:?}, {state}, {leaving:?}");
                match leaving {
                    Leaving::NoShow => _ = story.take(Step::NoShow),
                    Leaving::Told(kind) => story.tell(vec![what(kind)]),
                    Leaving::Withdrawn(code) => {
                        let mut docket = story.docket();
                        let first = docket.on_it().next().unwrap().id;
                        docket.withdraw(first, code).unwrap();
                        story.known = docket.close().0;
                    }
                    Leaving::Reassigned(reason) => {
                        let mut docket = story.docket();
                        docket.reassign(reason).unwrap();
                        story.known = docket.close().0;
                    }
                }
                assert_eq!(story.known.assignments.iter().filter(|one| !one.is_over()).count(), 0, "{case}");
                let is_held = story.state() == JobState::Held;
                assert_eq!(is_held, holds(told), "{case}: {}", story.state());
                story.take(end(told));
                // Whoever has been there and left is followed by whom the desk and the resident agree on.
                let left = story.known.assignments.last().and_then(Assignment::release_code);
                let is_between = left == Some(ReleaseCode::VisitOver);
                let expected = if is_between { JobState::AwaitingReturn } else { JobState::Unassigned };
                assert_eq!(story.state(), expected, "{case}");
                assert!(!rings(&story.known, AlarmKind::DangerOnJob), "{case}");
            }
        }
    }
}

#[test]
fn a_danger_rings_until_it_is_cleared_whatever_is_reported() {
    for told in every_peril() {
        let kind =
            if matches!(told, Step::Plan(_)) { AlarmKind::IdentityOnJob } else { AlarmKind::DangerOnJob };
        let mut story = Story::at(JobState::Assigned);
        story.take(told);
        let reports = [simple("departure"), simple("arrival"), start("make_safe"), simple("work_end")];
        for report in reports {
            story.tell(vec![report]);
            assert!(rings(&story.known, kind), "{told:?} in {}", story.state());
        }
        story.tell(vec![what(serde_json::json!({ "kind": "completion", "signature": null }))]);
        assert_eq!((story.state(), rings(&story.known, kind)), (JobState::Completed, true), "{told:?}");
        story.take(end(told));
        assert!(!rings(&story.known, kind), "{told:?} is cleared");
    }
}

#[test]
fn who_has_not_seen_a_danger_cannot_acknowledge_it() {
    let mut story = Story::at(JobState::Assigned);
    story.take(Step::Danger(2));
    let known = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    let first = story.known.assignments[0].id;
    assert!(story.docket().acknowledge(first, &known(&["H-GAS", "H-CRIME"])).is_err(), "no such danger now");
    story.take(Step::Danger(5));
    let refused = story.docket().acknowledge(first, &known(&["H-GAS"])).unwrap_err();
    assert_eq!(refused, JobRefused::DangersNotNamed(known(&["H-CRIME"])).into());
    story.take(Step::Acknowledge);
    assert!(
        !rings(&story.known, AlarmKind::DangerUnacknowledged) && rings(&story.known, AlarmKind::DangerOnJob)
    );
    let events = story.take(Step::Danger(0));
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::JobEndangered(told) if told.dangers == ["H-TRAPPED"]))
    );
    let events = story.take(Step::Cleared);
    assert!(
        events.iter().any(|event| matches!(event, Event::JobSafe(_))),
        "whoever is on it hears that it is safe"
    );
}

#[test]
fn two_jobs_of_one_technician_write_each_row_once() {
    let first = Story::at(JobState::Assigned).known;
    let mut second = Story::at(JobState::Assigned).known;
    second.job.id = JobId(Uuid::from_u128(2));
    let own = &mut second.assignments[0];
    (own.id, own.job_id) = (crate::domain::ids::AssignmentId(Uuid::from_u128(77)), second.job.id);
    own.stage = AssignmentStage::Queued;
    let second_own = own.clone();
    second.elsewhere = first.assignments.clone();
    let first = Known { elsewhere: vec![second_own], ..first };
    for order in [false, true] {
        let (now, mut dockets) = (at("12:00:00"), Vec::new());
        for known in [&first, &second] {
            let mut docket = docket(known, now, 90 + u128::try_from(dockets.len()).unwrap());
            docket.know_dangers(after(&docket, Step::Danger(2)));
            docket.apply_holds().unwrap();
            dockets.push(docket);
        }
        // The first job is left; its technician goes on to the second one, where there is danger as well.
        acknowledge(&mut dockets[1]).unwrap();
        dockets[0].reassign(ReassignReason::TooLate).unwrap();
        if order {
            dockets.reverse();
        }
        let closed = super::super::close_all(dockets);
        let mut written: Vec<_> = closed
            .iter()
            .flat_map(|(_, changes)| changes.assignments.changed.iter())
            .map(|one| (one.id, one.version, one.slot(), one.heard.danger))
            .collect();
        written.sort();
        let mut expected = vec![
            (first.assignments[0].id, first.assignments[0].version + 1, Slot::Released, 0),
            (second.assignments[0].id, second.assignments[0].version + 1, Slot::Current, 1),
        ];
        expected.sort();
        assert_eq!(written, expected);
    }
}
