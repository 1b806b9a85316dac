//! How far reports count by themselves: every kind of report, under every way in which an assignment ends, at every side of
//! its ends.

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::domain::{
    ids::{AssignmentId, CaseId, JobId, OfferId},
    jobs::{Job, Order},
    offers::{Assignment, AssignmentStage, ReleaseCode},
    payers::Agreement,
    perils::Perils,
    span::Instant,
    trade::{Priority, Trade},
};

/// One assignment: whose, from when, and how it ended.
type Term = (u128, &'static str, Option<(&'static str, ReleaseCode)>);

/// A job that was made at nine, and who had it.
pub(super) fn guard(terms: &[Term]) -> Guard {
    let made: Instant = at("09:00:00");
    let order = Order { job_code: "W-TOILET-CLOG".to_owned(), trade: Trade::Water, priority: Priority::P1 };
    let job = Job::new(JobId(Uuid::from_u128(1)), CaseId(Uuid::from_u128(7)), order, made, made);
    let assignments = terms.iter().zip(1..).map(|(&(who, from, over), number)| {
        let since = at(from);
        let stage = match over {
            None => AssignmentStage::Current { since },
            Some((until, code)) => {
                AssignmentStage::Released { at: at(until), code, current_since: Some(since) }
            }
        };
        Assignment {
            id: AssignmentId(Uuid::from_u128(number)),
            version: 1,
            job_id: job.id,
            offer_id: OfferId(Uuid::from_u128(number)),
            firm_id: firm(who),
            technician_id: technician(who),
            stage,
            assigned_at: since,
            counts_from: since,
            arrival_due_at: None,
            progress: None,
            heard: crate::domain::offers::Heard::default(),
        }
    });
    Guard::of(&job, &assignments.collect::<Vec<_>>(), &Perils::default())
}

/// Every kind of report, as it would be told at this time.
pub(super) fn every_kind(time: &str) -> Vec<FactKind> {
    let yes = Asked::units(2).json(at(time));
    vec![
        simple("departure"),
        simple("position"),
        what(json!({ "kind": "delay", "arrival_at": at("11:00:00") })),
        simple("arrival"),
        what(json!({ "kind": "no_access", "reason": "nobody_there" })),
        id_check(Check::Failed),
        start("work"),
        pause(),
        simple("resume"),
        simple("work_end"),
        part(1, 480),
        what(json!({ "kind": "special_work", "item": item(2), "code": "made_up", "price_yen": 50_000 })),
        what(yes),
        finding(),
        what(json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 })),
        what(json!({ "kind": "withdrawal", "code": "breakdown" })),
        what(json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" })),
        simple("completion"),
    ]
}

/// Somebody who has come and worked for a minute.
pub(super) fn came() -> Vec<Fact> {
    let mut phone = Device::of(1);
    vec![
        phone.tell("10:01:00", simple("arrival")),
        phone.tell("10:05:00", start("work")),
        phone.tell("10:06:00", simple("work_end")),
    ]
}

pub(super) fn kept_out(record: &FieldRecord) -> Vec<FlagCode> {
    record.flags.iter().map(|flag| flag.code).filter(|code| code.keeps_out()).collect()
}

/// What would be if the report was not there, but for what is said of it.
pub(super) fn silent(record: FieldRecord) -> FieldRecord {
    FieldRecord { flags: record.flags.into_iter().filter(|flag| !flag.code.keeps_out()).collect(), ..record }
}

#[test]
fn every_kind_counts_within_its_assignment_and_not_outside_however_that_ended() {
    assert_eq!(every_kind("10:00:00").len(), FactCode::ALL.len());
    for &code in ReleaseCode::ALL {
        let guard = guard(&[(1, "10:00:00", Some(("11:00:00", code)))]);
        for (time, doubt) in [
            ("08:30:00", Some(FlagCode::BeforeJob)),
            ("09:57:59", Some(FlagCode::BeforeAssignment)),
            ("09:58:00", None),
            ("10:30:00", None),
            ("11:02:00", None),
            ("11:02:01", Some(FlagCode::AfterRelease)),
        ] {
            for kind in every_kind(time) {
                let name = kind.code().to_owned();
                let is_of_visit = matches!(
                    kind,
                    FactKind::Completion { .. }
                        | FactKind::NoAccess { .. }
                        | FactKind::Leaving { .. }
                        | FactKind::Part { .. }
                        | FactKind::SpecialWork { .. }
                );
                let doubt = match kind {
                    FactKind::Position { .. } => None,
                    // Money is taken until a day after the completion.
                    FactKind::Payment(_) if code == ReleaseCode::Completed && time > "11" => None,
                    // Who goes and comes after the completion says nothing any more.
                    _ if kind.only_moves() && code == ReleaseCode::Completed && time > "11:02:00" => None,
                    // Before the arrival nothing can end, and nothing is put in.
                    _ if is_of_visit && time == "09:58:00" => Some(FlagCode::NotArrived),
                    _ => doubt,
                };
                let told = Device::numbered(1, 1).tell(time, kind);
                let facts: Vec<_> = came().into_iter().chain([told]).collect();
                let record = FieldRecord::guarded(&facts, &guard);
                assert_eq!(kept_out(&record), Vec::from_iter(doubt), "{name} at {time}, {code}");
                let is_idle = record.flags.is_empty() && time > "11:02:00" && name != "payment";
                if doubt.is_some() || is_idle {
                    let without = FieldRecord::guarded(&came(), &guard);
                    assert_eq!(silent(record), silent(without), "{name} at {time}, {code}");
                }
            }
        }
    }
}

#[test]
fn what_is_received_more_than_48_hours_after_its_time_waits() {
    let guard = guard(&[(1, "10:00:00", None)]);
    for (minutes, codes) in [(0, vec![]), (48 * 60, vec![]), (48 * 60 + 1, vec![FlagCode::TooLate; 3])] {
        let mut facts = came();
        facts.iter_mut().for_each(|fact| fact.received_at += TimeDelta::minutes(minutes));
        // Its clock is right: it says when it was sent.
        facts.iter_mut().for_each(|fact| fact.sent_at = fact.received_at);
        assert_eq!(kept_out(&FieldRecord::guarded(&facts, &guard)), codes, "{minutes}");
    }
}

#[test]
fn an_assignment_given_again_continues_the_old_one_and_work_begun_is_finished() {
    let released = |code| Some(("10:30:00", code));
    let again = guard(&[
        (1, "09:30:00", released(ReleaseCode::NotReachable)),
        (2, "10:31:00", Some(("10:50:00", ReleaseCode::Other))),
        (1, "10:50:00", None),
    ]);
    let mut phone = Device::of(1);
    let facts = plain_job(&mut phone, &[("10:35:00", "10:45:00")]);
    assert_eq!(kept_out(&FieldRecord::guarded(&facts, &again)), []);
    let replaced = guard(&[(1, "09:30:00", released(ReleaseCode::NotReachable)), (2, "10:31:00", None)]);
    let record = FieldRecord::guarded(&facts, &replaced);
    assert_eq!(kept_out(&record), [FlagCode::AfterRelease; 3]);
    assert_eq!((record.completed_at, record.work().count()), (None, 0));
    // Two work; the one who has the job completes it while the other still has hands on.
    let both = guard(&[
        (1, "09:30:00", released(ReleaseCode::Completed)),
        (2, "09:30:00", released(ReleaseCode::Completed)),
    ]);
    let mut other = Device::of(2);
    let mut facts = plain_job(&mut phone.clone(), &[("10:00:00", "10:25:00")]);
    facts.extend([
        other.tell("10:00:00", simple("arrival")),
        other.tell("10:05:00", start("work")),
        other.tell("10:40:00", simple("work_end")),
        other.tell("10:45:00", start("work")),
        other.tell("10:50:00", simple("work_end")),
    ]);
    let record = FieldRecord::guarded(&facts, &both);
    assert_eq!(kept_out(&record), [FlagCode::AfterRelease; 2], "what began after it does not count");
}

#[test]
fn an_end_needs_a_beginning_of_the_same_visit() {
    let guard = guard(&[(1, "09:30:00", None), (2, "09:30:00", None)]);
    let leaving = || what(json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" }));
    let no_access = || what(json!({ "kind": "no_access", "reason": "nobody_there" }));
    let mut phone = Device::of(1);
    let first = [phone.tell("10:00:00", simple("arrival")), phone.tell("10:20:00", leaving())];
    for end in [simple("completion"), no_access()] {
        let ended = phone.clone().tell("12:00:00", end.clone());
        let facts: Vec<_> = first.iter().cloned().chain([ended.clone()]).collect();
        let record = FieldRecord::guarded(&facts, &guard);
        assert_eq!((kept_out(&record), record.completed_at), (vec![FlagCode::NotArrived], None));
        let back = Device::numbered(1, 1).tell("11:50:00", start("work"));
        let facts: Vec<_> = facts.into_iter().chain([back]).collect();
        assert_eq!(kept_out(&FieldRecord::guarded(&facts, &guard)), []);
        // Another one is there: that is enough to complete it, and nobody else's "nobody opened".
        let other = Device::of(2).tell("11:00:00", simple("arrival"));
        let facts: Vec<_> = first.iter().cloned().chain([ended, other]).collect();
        let is_completion = matches!(end, FactKind::Completion { .. });
        assert_eq!(kept_out(&FieldRecord::guarded(&facts, &guard)).is_empty(), is_completion);
    }
}

#[test]
fn a_yes_counts_where_its_device_agrees_and_from_its_receipt_where_a_colleague_asked() {
    let guard = guard(&[(1, "09:30:00", None), (2, "09:30:00", None)]);
    let consents = |facts: &[Fact]| {
        let record = FieldRecord::guarded(facts, &guard);
        (kept_out(&record), record.consents.iter().map(|given| given.answered_at).collect::<Vec<_>>())
    };
    let mut phone = Device::of(1);
    let mut facts = plain_job(&mut phone, &[("10:00:00", "11:20:00")]);
    // Told after the completion under a higher number.
    let late = phone.consent("10:50:00", &Asked::units(2));
    let told: Vec<_> = facts.iter().cloned().chain([late]).collect();
    assert_eq!(consents(&told), (vec![FlagCode::ConsentOutOfOrder], vec![]));
    // On a second phone, received with the rest and after it.
    let second = Device::numbered(1, 1).consent("10:50:00", &Asked::units(2));
    let with = |minutes: i64| {
        let mut second = second.clone();
        second.received_at = at("11:20:00") + TimeDelta::minutes(minutes);
        second.sent_at = second.received_at;
        facts.iter().cloned().chain([second]).collect::<Vec<_>>()
    };
    assert_eq!(consents(&with(0)), (vec![], vec![at("10:50:00")]));
    assert_eq!(consents(&with(1)), (vec![], vec![at("10:50:00")]), "before the bill");
    let billed = guard.clone().billed([at("11:20:00")]);
    assert_eq!(kept_out(&FieldRecord::guarded(&with(0), &billed)), []);
    assert_eq!(kept_out(&FieldRecord::guarded(&with(1), &billed)), [FlagCode::ConsentTooLate]);
    // A no charges nobody.
    let no = Device::numbered(1, 1).consent("11:30:00", &Asked { answer: "no", ..Asked::units(2) });
    let told: Vec<_> = facts.iter().cloned().chain([no]).collect();
    assert_eq!(consents(&told).0, []);
    // Somebody who does nothing else on the job asked: it counts for what begins after it was heard of.
    let mut colleague = Device::of(2).consent("10:50:00", &Asked::units(2));
    colleague.received_at = at("11:05:00");
    colleague.sent_at = colleague.received_at;
    facts.push(colleague);
    assert_eq!(consents(&facts), (vec![], vec![at("11:05:00")]));
    // What was said last stays said last: a no in between is not overtaken by a yes that was heard of later.
    let said = |time, asked: &Asked<'_>| {
        let mut answer = Device::numbered(1, 1).consent(time, asked);
        (answer.received_at, answer.sent_at) = (at("11:20:00"), at("11:20:00"));
        let told: Vec<_> = facts.iter().cloned().chain([answer]).collect();
        consents(&told).1
    };
    assert_eq!(said("11:00:00", &Asked { answer: "no", ..Asked::units(2) }), [at("11:00:00")]);
    assert_eq!(said("11:00:00", &Asked::units(1)), [at("11:00:00")]);
    // One before it was asked, one after it was heard of.
    assert_eq!(said("10:40:00", &Asked::units(1)), [at("10:40:00"), at("11:05:00")]);
    assert_eq!(said("11:10:00", &Asked::units(1)), [at("11:05:00"), at("11:10:00")]);
}

#[test]
fn money_pays_for_work_of_whoever_took_it() {
    let cash = |time| {
        Device::numbered(1, 1)
            .tell(time, what(json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 })))
    };
    let taken_off =
        guard(&[(1, "09:30:00", Some(("11:00:00", ReleaseCode::WrongSkills))), (2, "11:00:00", None)]);
    let codes = |facts: &[Fact], guard: &Guard| kept_out(&FieldRecord::guarded(facts, guard));
    assert_eq!(codes(&[cash("10:30:00")], &taken_off), [FlagCode::PaymentWithoutWork]);
    let worked: Vec<_> = came().into_iter().chain([cash("10:30:00")]).collect();
    assert_eq!(codes(&worked, &taken_off), []);
    assert_eq!(codes(&[cash("10:30:00")], &guard(&[(1, "09:30:00", None)])), []);
    let done = guard(&[(1, "09:30:00", Some(("11:00:00", ReleaseCode::Completed)))]);
    assert_eq!(codes(&[cash("23:00:00")], &done), []);
}

#[test]
fn what_the_desk_tells_counts_and_stays_a_question_for_whoever_bills() {
    let replaced =
        guard(&[(1, "09:30:00", Some(("09:50:00", ReleaseCode::NotReachable))), (2, "09:50:00", None)]);
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:20:00")]);
    facts.push(Device::numbered(1, 1).consent("10:50:00", &Asked::units(2)));
    facts.iter_mut().for_each(|fact| fact.told_by = Reporter::Desk);
    let record = FieldRecord::guarded(&facts, &replaced);
    assert_eq!((record.completed_at, record.work().count()), (Some(at("11:20:00")), 1));
    assert_eq!(record.consents.len(), 1);
    // But the departure, which was within; and a question is asked once of each.
    assert_eq!(kept_out(&record), [FlagCode::AfterRelease; 5]);
    // What the desk has heard within the assignment counts by the service's clock.
    let open = guard(&[(1, "09:30:00", None)]);
    let consent = facts.last_mut().unwrap();
    consent.received_at = at("11:00:00");
    consent.sent_at = at("11:00:00");
    let record = FieldRecord::guarded(&facts, &open);
    assert_eq!((kept_out(&record), record.consents[0].answered_at), (vec![], at("11:00:00")));
    // Whom it names as payer is bound by a yes of their own only (G-06), whoever tells of it.
    for payer in ["worker", "host_company", "landlord", "programme"] {
        let mut asked = Device::numbered(1, 2).consent("10:50:00", &Asked { payer, ..Asked::units(2) });
        let proposed = |fact: &Fact, guard: &Guard| {
            let told: Vec<_> = came().into_iter().chain([fact.clone()]).collect();
            FieldRecord::guarded(&told, guard).proposed_payers.len()
        };
        let agreement = |time| Agreement { payer: payer.parse().unwrap(), at: at(time) };
        let agreed = open.clone().agreed([agreement("23:00:00")]);
        let before = open.clone().agreed([agreement("10:00:00")]);
        for told_by in [Reporter::Device, Reporter::Desk] {
            asked.told_by = told_by;
            assert_eq!(proposed(&asked, &open), usize::from(payer != "worker"), "{payer} by {told_by}");
            assert_eq!(proposed(&asked, &agreed), 0, "{payer} by {told_by}");
            assert_eq!(
                proposed(&asked, &before),
                usize::from(payer != "worker"),
                "heard of afterwards: {payer} by {told_by}"
            );
        }
    }
}

#[test]
fn what_fills_a_number_that_was_missing_when_it_was_billed_is_doubtful() {
    let mut phone = Device::of(1);
    let mut facts = plain_job(&mut phone, &[("10:00:00", "11:20:00")]);
    let lost = facts.remove(1);
    let fills = |minutes: i64, billed: &[&str]| {
        let mut late = lost.clone();
        late.received_at = at("11:20:00") + TimeDelta::minutes(minutes);
        late.sent_at = late.received_at;
        let told: Vec<_> = facts.iter().cloned().chain([late]).collect();
        let guard = guard(&[(1, "09:30:00", None)]).billed(billed.iter().map(|time| at(time)));
        kept_out(&FieldRecord::guarded(&told, &guard)).contains(&FlagCode::FilledLate)
    };
    assert!(!fills(10, &[]), "nothing was billed");
    assert!(!fills(10, &["11:31:00"]), "it came before");
    assert!(fills(10, &["11:25:00"]));
    assert!(!fills(10, &["09:50:00"]), "the higher numbers came after the bill, and so did this one");
    assert!(fills(10, &["09:50:00", "11:25:00"]));
}

#[test]
fn of_a_job_that_was_called_off_what_says_it_was_done_or_paid_is_asked_about() {
    let order = Order { job_code: "W-TOILET-CLOG".to_owned(), trade: Trade::Water, priority: Priority::P1 };
    let (id, case, made) = (JobId(Uuid::from_u128(1)), CaseId(Uuid::from_u128(7)), at("09:00:00"));
    let job = Job::new(id, case, order, made, made).cancelled(at("11:00:00")).unwrap();
    for time in ["10:30:00", "11:30:00"] {
        for kind in every_kind(time) {
            let (name, is_asked) = (kind.code().to_owned(), kind.is_of_the_bill());
            let mut told = Device::of(1).tell(time, kind);
            (told.received_at, told.sent_at) = (at("11:30:00"), at("11:30:00"));
            let record = FieldRecord::guarded(&[told.clone()], &Guard::of(&job, &[], &Perils::default()));
            let codes = kept_out(&record);
            assert_eq!(codes.contains(&FlagCode::AfterCancellation), is_asked, "{name} at {time}");
            (told.received_at, told.sent_at) = (at("10:59:00"), at("10:59:00"));
            let record = FieldRecord::guarded(&[told], &Guard::of(&job, &[], &Perils::default()));
            assert!(!kept_out(&record).contains(&FlagCode::AfterCancellation), "{name}, known before");
        }
    }
}
