//! Whatever the devices send, and in whichever order it comes.

use proptest::{prelude::*, sample::Index};
use serde_json::json;

use super::{trust::guard, *};
use crate::domain::offers::ReleaseCode;

/// A report by (technician, device, second of the day after ten, kind, delay in seconds).
type Raw = (u128, u128, i64, u8, i64);

fn anything() -> impl Strategy<Value = Vec<Raw>> {
    prop::collection::vec((1..3_u128, 0..2_u128, 0..20_000_i64, 0..20_u8, 0..200_i64), 0..30)
}

fn kind(number: u8) -> FactKind {
    match number {
        0 => simple("departure"),
        1 => simple("arrival"),
        2 => id_check(Check::Passed),
        3 | 4 => start("work"),
        5 => pause(),
        6 => simple("resume"),
        7 => simple("work_end"),
        8 => part(1, 480),
        9 => what(Asked::units(3).json(at("10:00:00"))),
        10 => id_check(Check::Failed),
        11 => what(json!({"kind": "no_access", "reason": "nobody_there"})),
        12 => what(json!({"kind": "leaving", "return_planned": true})),
        13 => what(json!({"kind": "leaving", "return_planned": false})),
        14 => what(json!({"kind": "withdrawal", "code": "breakdown"})),
        15 => what(json!({"kind": "delay", "arrival_at": at("11:00:00")})),
        16 => finding(),
        17 => what(json!({"kind": "payment", "method": "cash", "amount_yen": 2_200})),
        18 => what(json!({"kind": "completion", "outcome": "refused_opening"})),
        _ => simple("completion"),
    }
}

/// Devices give their numbers in the order given, whatever the times are.
fn facts_of(raw: &[Raw]) -> Vec<Fact> {
    let mut devices: std::collections::BTreeMap<(u128, u128), Device> = std::collections::BTreeMap::new();
    let tell = |&(technician, number, second, what, delay): &Raw| {
        let device =
            devices.entry((technician, number)).or_insert_with(|| Device::numbered(technician, number));
        let mut fact = device.tell_at(at("10:00:00") + TimeDelta::seconds(second), kind(what));
        fact.received_at += TimeDelta::seconds(delay);
        fact
    };
    raw.iter().map(tell).collect()
}

proptest! {
    #[test]
    fn order_and_repetition_change_nothing(
        (raw, order) in anything().prop_flat_map(|raw| {
            let order: Vec<usize> = (0..raw.len()).collect();
            (Just(raw), Just(order).prop_shuffle())
        }),
        again in prop::collection::vec(any::<Index>(), 0..10),
    ) {
        let facts = facts_of(&raw);
        let mut shuffled: Vec<Fact> = order.into_iter().map(|index| facts[index].clone()).collect();
        for index in again.iter().filter(|_| !facts.is_empty()) {
            shuffled.push(index.get(&facts).clone());
        }
        let bytes = |facts: &[Fact]| serde_json::to_string(&FieldRecord::of(facts)).unwrap();
        prop_assert_eq!(bytes(&shuffled), bytes(&facts));
        // Nor does it change what is believed.
        let half = Some(("10:30:00", ReleaseCode::Completed));
        let guard = guard(&[(1, "10:05:00", half), (2, "09:00:00", None)]);
        let believed = |facts: &[Fact]| serde_json::to_string(&FieldRecord::guarded(facts, &guard)).unwrap();
        prop_assert_eq!(believed(&shuffled), believed(&facts));
    }

    #[test]
    fn a_delay_of_up_to_two_days_changes_nothing(
        raw in anything(),
        delays in prop::collection::vec(0..172_800_i64, 1..9),
        behind in -7_000..7_000_i64,
    ) {
        let behind = TimeDelta::seconds(behind);
        let by_its_clock = |fact: Fact| {
            // Its own times are by the same clock; what they are does not matter here.
            let what = match fact.what {
                FactKind::Consent(_) | FactKind::Delay { .. } => simple("arrival"),
                what => what,
            };
            let sent_at = fact.sent_at - behind;
            Fact { what, received_at: fact.sent_at, device_time: fact.device_time - behind, sent_at, ..fact }
        };
        let prompt: Vec<Fact> = facts_of(&raw).into_iter().map(by_its_clock).collect();
        // Every attempt to send is stamped anew.
        let late = prompt.iter().zip(delays.iter().cycle()).map(|(fact, delay)| Fact {
            sent_at: fact.sent_at + TimeDelta::seconds(*delay),
            received_at: fact.received_at + TimeDelta::seconds(*delay),
            ..fact.clone()
        });
        let late: Vec<Fact> = late.collect();
        let bytes = |facts: &[Fact]| serde_json::to_string(&FieldRecord::of(facts)).unwrap();
        prop_assert_eq!(bytes(&late), bytes(&prompt));
    }

    #[test]
    fn no_yes_counts_before_what_its_device_had_told(
        raw in anything(),
        lags in prop::collection::vec((0..1_200_i64, 0..3_u8), 1..30),
    ) {
        let told = facts_of(&raw).into_iter().zip(lags.iter().cycle()).map(|(fact, (lag, which))| {
            let answered = fact.device_time - TimeDelta::seconds(*lag);
            let what = if *which == 0 { what(Asked::units(3).json(answered)) } else { fact.what };
            Fact { what, received_at: fact.sent_at, ..fact }
        });
        let facts: Vec<Fact> = told.collect();
        let guard = guard(&[(1, "09:00:00", None), (2, "09:00:00", None)]);
        for given in FieldRecord::guarded(&facts, &guard).consents {
            let own = facts.iter().find(|fact| fact.id == given.fact_id).unwrap();
            let before = facts.iter().filter(|fact| {
                (fact.technician_id, &fact.device) == (own.technician_id, &own.device)
                    && fact.device_seq < own.device_seq
            });
            let before = before.map(|fact| fact.device_time).max();
            prop_assert!(before.is_none_or(|before| before <= given.answered_at), "{given:?} {before:?}");
            prop_assert!(given.said_at <= given.answered_at);
        }
    }

    #[test]
    fn no_minute_of_one_person_counts_twice(raw in anything()) {
        let record = FieldRecord::of(&facts_of(&raw));
        let mut work: Vec<WorkSpan> = record.visits.into_iter().flat_map(|visit| visit.work).collect();
        work.sort_by_key(|work| (work.technician_id, work.from));
        for pair in work.windows(2) {
            prop_assert!(pair[0].technician_id != pair[1].technician_id || pair[0].to <= pair[1].from);
        }
        for work in &work {
            prop_assert!(work.from < work.to);
        }
    }

    #[test]
    fn what_may_settle_lies_within_the_stay_and_has_no_hole(raw in anything(), lost in any::<Index>()) {
        let mut facts = facts_of(&raw);
        if !facts.is_empty() {
            let index = lost.index(facts.len());
            let last = facts.iter().filter(|fact| {
                (fact.technician_id, &fact.device) == (facts[index].technician_id, &facts[index].device)
            });
            let last = last.map(|fact| fact.device_seq).max();
            let lost = facts.remove(index);
            if last != Some(lost.device_seq) {
                prop_assert!(!FieldRecord::of(&facts).may_settle(), "a lost report must show");
            }
        }
        let record = FieldRecord::of(&facts);
        for work in record.visits.iter().flat_map(|visit| &visit.work).filter(|_| record.may_settle()) {
            prop_assert!(record.arrived_at.is_some_and(|arrived| arrived <= work.from));
            prop_assert!(record.completed_at.is_some_and(|completed| work.to <= completed));
        }
    }

    #[test]
    fn a_wrong_clock_tells_the_same_story(raw in anything(), behind in 5..7_200_i64, ahead in any::<bool>()) {
        let behind = TimeDelta::seconds(if ahead { -behind } else { behind });
        let right: Vec<Fact> =
            facts_of(&raw).into_iter().map(|fact| Fact { received_at: fact.sent_at, ..fact }).collect();
        let wrong: Vec<Fact> = right
            .iter()
            .map(|fact| match &fact.what {
                // Its own times are by the same clock; what they are does not matter here.
                FactKind::Consent(_) | FactKind::Delay { .. } => Fact { what: simple("arrival"), ..fact.clone() },
                _ => fact.clone(),
            })
            .collect();
        let shifted = wrong.iter().map(|fact| Fact {
            device_time: fact.device_time - behind,
            sent_at: fact.sent_at - behind,
            ..fact.clone()
        });
        let shifted: Vec<Fact> = shifted.collect();
        prop_assert_eq!(FieldRecord::of(&shifted), FieldRecord::of(&wrong));
    }
}
