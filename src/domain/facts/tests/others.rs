//! What somebody tells of a job that others have gone on with, have completed or were billed for.

use serde_json::json;

use super::{
    trust::{came, every_kind, guard, kept_out, silent},
    *,
};
use crate::domain::offers::ReleaseCode;

/// The same, heard of at another time.
fn heard(mut fact: Fact, time: &str) -> Fact {
    (fact.received_at, fact.sent_at) = (at(time), at(time));
    fact
}

fn cash() -> FactKind {
    what(json!({ "kind": "payment", "method": "cash", "amount_yen": 3_300 }))
}

#[test]
fn nobody_ends_a_job_after_their_release_that_others_have() {
    let there = Device::of(2).tell("10:30:00", simple("arrival"));
    for &code in ReleaseCode::ALL {
        let own = (1, "10:00:00", Some(("11:00:00", code)));
        for other in [None, Some(("11:00:01", ReleaseCode::Other)), Some(("11:00:00", ReleaseCode::Other))] {
            for (time, is_inside) in [("11:00:00", true), ("11:00:01", false), ("11:02:00", false)] {
                let facts = came().into_iter().chain([there.clone()]);
                let facts: Vec<_> =
                    facts.chain([Device::numbered(1, 1).tell(time, simple("completion"))]).collect();
                let record = FieldRecord::guarded(&facts, &guard(&[own, (2, "10:00:00", other)]));
                // Who was let off with everybody else has nobody after them.
                let goes_on = other.is_none_or(|(until, _)| until > "11:00:00");
                let counts = is_inside || !goes_on || code == ReleaseCode::Completed;
                assert_eq!(record.completed_at.is_some(), counts, "{code}, {other:?}, {time}");
                let record = FieldRecord::guarded(&facts, &guard(&[own]));
                assert!(record.completed_at.is_some(), "{code}, {time}: a clock may be two minutes off");
            }
        }
    }
}

#[test]
fn who_is_said_to_have_gone_once_the_job_was_complete_makes_nothing_doubtful() {
    let facts = plain_job(&mut Device::of(1), &[("10:05:00", "10:40:00"), ("10:50:00", "11:20:00")]);
    let guard = guard(&[(1, "09:30:00", Some(("11:20:00", ReleaseCode::Completed)))]);
    let before = FieldRecord::guarded(&facts, &guard);
    assert_eq!((before.flags.as_slice(), before.completed_at), (&[][..], Some(at("11:20:00"))));
    for kind in [
        json!({ "kind": "departure" }),
        json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" }),
        json!({ "kind": "leaving", "return_planned": false }),
        json!({ "kind": "withdrawal", "code": "breakdown" }),
        json!({ "kind": "no_access", "reason": "nobody_there" }),
    ] {
        let refused = kind["kind"] == "no_access";
        for time in ["10:01:00", "10:20:00", "10:45:00", "11:10:00", "11:20:00"] {
            let gone = Device::numbered(1, 1).tell(time, what(kind.clone()));
            let with = |gone: Fact| {
                let told: Vec<_> = facts.iter().cloned().chain([gone]).collect();
                FieldRecord::guarded(&told, &guard)
            };
            let mut late = with(heard(gone.clone(), "12:00:00"));
            let codes: Vec<_> = late.flags.drain(..).map(|flag| flag.code).collect();
            assert_eq!(
                codes,
                if refused { vec![FlagCode::DoubtfulOutcome] } else { vec![] },
                "{kind} {time}"
            );
            assert_eq!(late, before, "{kind} {time}");
            // Heard of in time it is asked about as ever.
            assert!(time == "11:20:00" || !with(gone).flags.is_empty(), "{kind} {time}");
        }
        let early = heard(Device::numbered(1, 1).tell("09:50:00", what(kind.clone())), "12:00:00");
        let told: Vec<_> = facts.iter().cloned().chain([early]).collect();
        let record = FieldRecord::guarded(&told, &guard);
        assert_eq!(
            (record.outcome, record.visits.len(), refused),
            (before.outcome, 1, !record.flags.is_empty())
        );
    }
}

#[test]
fn a_visit_before_the_one_that_completed_the_job_is_heard_of_late() {
    let guard = guard(&[(1, "09:30:00", Some(("12:00:00", ReleaseCode::Completed)))]);
    let (mut offline, mut phone) = (Device::numbered(1, 1), Device::of(1));
    let leaving = what(json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" }));
    let first = [
        offline.tell("10:00:00", simple("arrival")),
        offline.tell("10:05:00", start("work")),
        offline.tell("10:20:00", simple("work_end")),
        offline.tell("10:25:00", leaving),
    ];
    let second = [
        phone.tell("11:20:00", simple("departure")),
        phone.tell("11:30:00", simple("arrival")),
        phone.tell("11:35:00", start("work")),
        phone.tell("11:55:00", simple("work_end")),
        phone.tell("12:00:00", simple("completion")),
    ];
    let told: Vec<_> = second.into_iter().chain(first.map(|fact| heard(fact, "13:00:00"))).collect();
    let record = FieldRecord::guarded(&told, &guard);
    assert_eq!((record.visits.len(), record.leavings.len(), record.flags), (2, 1, vec![]));
}

#[test]
fn whoever_never_came_collects_nothing_for_those_who_did() {
    let done = Some(("11:20:00", ReleaseCode::Completed));
    let both = guard(&[(1, "09:30:00", done), (2, "09:30:00", done)]).billed([at("11:20:00")]);
    let lead = plain_job(&mut Device::of(2), &[("10:05:00", "11:20:00")]);
    let arrival = || Device::of(1).tell("10:10:00", simple("arrival"));
    for (own, is_asked) in [
        (vec![], true),
        (vec![Device::of(1).tell("09:41:00", simple("departure"))], true),
        (vec![heard(arrival(), "11:30:00")], true),
        // Who is there collects for all of them, on whichever phone; and so does a helper who worked.
        (vec![arrival()], false),
        (came(), false),
    ] {
        for time in ["11:00:00", "12:00:00"] {
            let taken = Device::numbered(1, 1).tell(time, cash());
            let told: Vec<_> = lead.iter().cloned().chain(own.clone()).chain([taken]).collect();
            let record = FieldRecord::guarded(&told, &both);
            let codes = if is_asked { vec![FlagCode::PaymentWithoutWork] } else { vec![] };
            assert_eq!((kept_out(&record), record.payments.len()), (codes, usize::from(!is_asked)), "{time}");
        }
    }
}

#[test]
fn what_was_done_by_who_was_taken_off_changes_no_bill_of_others() {
    for &code in ReleaseCode::ALL {
        let replaced = guard(&[
            (1, "09:30:00", Some(("10:50:00", code))),
            (2, "10:50:00", Some(("12:00:00", ReleaseCode::Completed))),
        ]);
        let replaced = replaced.billed([at("12:00:00")]);
        let mut facts = came();
        let mut phone = Device::of(2);
        facts.extend([
            phone.tell("11:00:00", simple("arrival")),
            phone.tell("12:00:00", simple("completion")),
        ]);
        let before = FieldRecord::guarded(&facts, &replaced);
        let is_own = code == ReleaseCode::Completed;
        for kind in every_kind("10:30:00").into_iter().filter(FactKind::is_billable) {
            let name = kind.code();
            let late = heard(Device::numbered(1, 1).tell("10:30:00", kind), "13:00:00");
            let told: Vec<_> = facts.iter().cloned().chain([late]).collect();
            let record = FieldRecord::guarded(&told, &replaced);
            let codes = if is_own { vec![] } else { vec![FlagCode::FilledLate] };
            assert_eq!(kept_out(&record), codes, "{name}, {code}");
            assert!(is_own || silent(record) == before, "{name}, {code}");
        }
    }
}

#[test]
fn money_of_who_was_taken_off_is_for_the_time_of_their_own_assignment() {
    for &code in ReleaseCode::ALL {
        let taken_off = guard(&[(1, "09:30:00", Some(("10:50:00", code))), (2, "10:50:00", None)]);
        let facts: Vec<_> =
            came().into_iter().chain([Device::numbered(1, 1).tell("10:30:00", cash())]).collect();
        let spans: Vec<_> =
            FieldRecord::guarded(&facts, &taken_off).payments.iter().map(|one| one.pays_for).collect();
        let own = crate::domain::span::Span::new(at("09:28:00"), at("10:52:00"));
        assert_eq!(spans, [own.filter(|_| code != ReleaseCode::Completed)], "{code}");
    }
}

/// What somebody who never worked tells of the payer's answers and of who the resident is.
fn answers_made_up() -> Vec<FactKind> {
    let answer = |asked: Asked<'_>| what(asked.json(at("10:30:00")));
    vec![
        answer(Asked::units(4)),
        answer(Asked { answer: "no", ..Asked::units(4) }),
        answer(Asked::items(&[(2, 50_000)])),
        answer(Asked { answer: "no", ..Asked::items(&[(2, 50_000)]) }),
        id_check(Check::Passed),
        id_check(Check::Failed),
    ]
}

#[test]
fn who_was_taken_off_neither_agrees_nor_refuses_for_the_work_of_others() {
    let mut phone = Device::of(2);
    let theirs = vec![
        phone.tell("10:55:00", simple("arrival")),
        phone.tell("11:00:00", start("work")),
        phone.tell(
            "12:20:00",
            what(json!({
                "kind": "special_work", "item": item(2), "code": "made_up", "price_yen": 50_000,
            })),
        ),
        phone.tell("12:30:00", simple("work_end")),
        phone.tell("12:30:00", simple("completion")),
    ];
    for &code in ReleaseCode::ALL {
        let replaced = guard(&[(1, "09:30:00", Some(("10:50:00", code))), (2, "10:50:00", None)]);
        let before = FieldRecord::guarded(&theirs, &replaced);
        for kind in answers_made_up() {
            let told = |time| heard(Device::numbered(1, 1).tell("10:30:00", kind.clone()), time);
            let with = |fact: Fact| {
                FieldRecord::guarded(&theirs.iter().cloned().chain([fact]).collect::<Vec<_>>(), &replaced)
            };
            for time in ["10:50:01", "10:52:00", "10:52:01", "12:00:00"] {
                // Who ends their own visit has told it all within two minutes, in whatever order.
                let is_colleague = match code {
                    ReleaseCode::Completed => true,
                    ReleaseCode::VisitOver => time <= "10:52:00",
                    _ => false,
                };
                let record = with(told(time));
                let codes = if is_colleague { vec![] } else { vec![FlagCode::OthersWork] };
                assert_eq!(kept_out(&record), codes, "{code}, {time}, {kind:?}");
                assert!(is_colleague || silent(record) == silent(before.clone()), "{code}, {time}, {kind:?}");
            }
            // What is heard of while they have it counts, and so does what the desk says.
            assert_eq!(kept_out(&with(told("10:50:00"))), vec![], "{code}, {kind:?}");
            let desk = Fact { told_by: Reporter::Desk, ..told("12:00:00") };
            assert_eq!(kept_out(&with(desk)), vec![], "{code}, {kind:?}");
        }
    }
}

#[test]
fn what_the_payer_agreed_to_counts_late_for_work_of_ones_own() {
    let off = Some(("10:50:00", ReleaseCode::NotReachable));
    let alone = guard(&[(1, "08:50:00", off)]);
    let replaced = guard(&[(1, "08:50:00", off), (2, "10:50:00", None)]);
    let mut phone = Device::of(1);
    let own = [
        phone.tell("09:05:00", simple("arrival")),
        phone.tell("09:10:00", start("work")),
        phone.tell("10:20:00", part(1, 480)),
        phone.tell("10:40:00", simple("work_end")),
    ];
    let mut others = Device::of(2);
    let there = [others.tell("11:00:00", simple("arrival")), others.tell("11:05:00", start("work"))];
    let yes = |asked: &Asked<'_>| heard(Device::numbered(1, 1).consent("10:00:00", asked), "11:30:00");
    for (asked, guard, others, counts) in [
        (Asked::units(4), &alone, &[][..], true),
        (Asked::items(&[(1, 480)]), &alone, &[][..], true),
        (Asked::items(&[(1, 480)]), &replaced, &there[..], true),
        (Asked::units(4), &replaced, &there[..1], true),
        (Asked::units(4), &replaced, &there[..], false),
        (Asked::items(&[(1, 480), (2, 900)]), &replaced, &there[..], false),
    ] {
        let facts: Vec<_> = own.iter().chain(others).cloned().chain([yes(&asked)]).collect();
        let record = FieldRecord::guarded(&facts, guard);
        let codes = if counts { vec![] } else { vec![FlagCode::OthersWork] };
        assert_eq!(
            (kept_out(&record), record.consents.len()),
            (codes, usize::from(counts)),
            "{:?}",
            asked.items
        );
    }
}

#[test]
fn who_was_taken_off_ends_nothing_that_others_have_begun_since() {
    let guard =
        guard(&[(1, "09:30:00", Some(("10:40:00", ReleaseCode::WrongSkills))), (2, "10:41:00", None)]);
    let mut other = Device::of(2);
    let others = [other.tell("11:00:00", simple("arrival")), other.tell("11:05:00", start("work"))];
    for (heard_at, begun, counts) in [
        ("11:04:00", &others[..1], true),
        ("11:06:00", &others[..1], true),
        ("11:05:00", &others[..], true),
        ("11:06:00", &others[..], false),
        ("12:00:00", &others[..], false),
    ] {
        let own = plain_job(&mut Device::of(1), &[("10:05:00", "10:35:00")]);
        let own = own.into_iter().map(|fact| heard(fact, heard_at));
        let told: Vec<_> = own.chain(begun.iter().cloned()).collect();
        let record = FieldRecord::guarded(&told, &guard);
        assert_eq!(record.completed_at.is_some(), counts, "{heard_at}");
        let is_doubted = record.flags.iter().any(|flag| flag.code == FlagCode::OthersWork);
        assert_eq!(is_doubted, !counts, "{heard_at}");
    }
}

#[test]
fn nobody_sells_anything_where_they_have_never_been() {
    let sold = [
        part(1, 480),
        what(json!({ "kind": "special_work", "item": item(1), "code": "pipe_repair", "price_yen": 30_000 })),
    ];
    for (own, over) in [
        (Some(("10:30:00", ReleaseCode::ResidentRefuses)), Some("10:31:00")),
        (Some(("10:30:00", ReleaseCode::NoShow)), Some("10:31:00")),
        (None, None),
    ] {
        for kind in sold.clone() {
            for came in [None, Some(simple("arrival")), Some(start("work"))] {
                let mut phone = Device::of(1);
                let mut told = vec![phone.consent("10:10:00", &Asked::items(&[(1, 30_000)]))];
                let has_come = came.is_some();
                told.extend(came.map(|came| phone.tell("10:15:00", came)));
                told.push(phone.tell("10:29:00", kind.clone()));
                told.extend(over.map(|since| Device::of(2).tell(since, simple("departure"))));
                let terms: Vec<_> =
                    [(1, "10:00:00", own)].into_iter().chain(over.map(|since| (2, since, None))).collect();
                let record = FieldRecord::guarded(&told, &guard(&terms));
                let is_doubted = record.flags.iter().any(|flag| flag.code == FlagCode::NotArrived);
                assert_eq!(is_doubted, !has_come, "{kind:?}");
                assert_eq!(
                    record.parts.len() + record.special_works.len(),
                    usize::from(has_come),
                    "{kind:?}"
                );
            }
        }
    }
}

#[test]
fn nobody_leaves_where_they_have_not_come() {
    let leaving = || what(json!({ "kind": "leaving", "return_planned": true, "reason": "other" }));
    let guard = guard(&[(1, "10:00:00", None)]);
    for (before, is_there) in [
        (vec![], false),
        (vec![simple("departure")], false),
        (vec![simple("arrival")], true),
        (vec![start("work")], true),
        (vec![simple("arrival"), leaving(), simple("departure")], false),
    ] {
        let mut phone = Device::of(1);
        let times = ["10:05:00", "10:10:00", "10:15:00"];
        let told = before.into_iter().zip(times).map(|(kind, time)| phone.tell(time, kind));
        let mut told: Vec<_> = told.collect();
        let state = FieldRecord::guarded(&told, &guard).state;
        told.push(phone.tell("10:20:00", leaving()));
        let record = FieldRecord::guarded(&told, &guard);
        assert_eq!(kept_out(&record), if is_there { vec![] } else { vec![FlagCode::NotArrived] });
        let expected = if is_there { Some(JobState::AwaitingReturn) } else { state };
        assert_eq!(record.state, expected);
    }
}
