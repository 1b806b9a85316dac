use std::collections::{BTreeMap, HashSet};

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::dispatch::{
    matcher,
    samples::{areas, at, jis, point, question, technician, technician_id},
    technician::{NextJob, PositionFix, TechnicianState},
};

fn fix(place: Point, second: i64) -> PositionFix {
    PositionFix::new(place, at(second), at(second))
}

/// Where the index would find him.
fn indexed(fleet: &Fleet, number: u128) -> Point {
    let slot = fleet.slot(technician_id(number)).unwrap();
    fleet.member(slot).unwrap().indexed
}

#[test]
fn a_position_goes_stale_by_itself() {
    let (base, seen) = (point(35.17, 136.91), point(35.0, 136.0));
    let mut fleet = Fleet::new(at(0));
    fleet.upsert_technician(technician(1)).unwrap();
    fleet.record_positions(&[(technician_id(1), fix(seen, 0))]);
    assert_eq!(indexed(&fleet, 1), seen);
    fleet.advance(at(1_200));
    assert_eq!(indexed(&fleet, 1), seen, "20 minutes are not older than 20 minutes");
    fleet.advance(at(1_200) + TimeDelta::microseconds(1));
    assert_eq!(indexed(&fleet, 1), base);
    assert!(fleet.watch.is_empty());
}

#[test]
fn a_newer_position_is_watched_for_longer() {
    let mut fleet = Fleet::new(at(0));
    fleet.upsert_technician(technician(1)).unwrap();
    for second in [0, 60, 900] {
        fleet.record_positions(&[(technician_id(1), fix(point(35.0, 136.0), second))]);
    }
    assert_eq!(fleet.watch.len(), 1, "one entry a technician");
    fleet.advance(at(1_500));
    assert_eq!(indexed(&fleet, 1), point(35.0, 136.0));
    fleet.advance(at(2_101));
    assert_eq!(indexed(&fleet, 1), point(35.17, 136.91));
}

#[test]
fn only_newer_positions_count() {
    let mut fleet = Fleet::new(at(0));
    fleet.upsert_technician(technician(1)).unwrap();
    let recorded = fleet.record_positions(&[
        (technician_id(1), fix(point(35.1, 136.0), 100)),
        (technician_id(1), fix(point(35.2, 136.0), 100)),
        (technician_id(1), fix(point(35.3, 136.0), 99)),
        (technician_id(2), fix(point(35.4, 136.0), 100)),
    ]);
    assert_eq!(recorded, PositionsRecorded { taken: 1, older: 2, unknown: 1 });
    assert_eq!(indexed(&fleet, 1), point(35.1, 136.0));
}

#[test]
fn the_present_never_goes_back() {
    let mut fleet = Fleet::new(at(100));
    assert_eq!(fleet.advance(at(50)), at(100));
    assert_eq!(fleet.advance(at(150)), at(150));
}

#[test]
fn coverage_follows_profiles() {
    let serving = |fleet: &Fleet| {
        let serving = fleet.serving(&question());
        (serving.by_municipality(), serving.by_parent_city(), serving.slots().count())
    };
    let mut fleet = Fleet::new(at(0));
    assert_eq!(serving(&fleet), (0, 0, 0));
    fleet.upsert_technician(technician(1)).unwrap();
    fleet
        .upsert_technician(TechnicianProfile { areas: areas(&["23100", "23106"]), ..technician(2) })
        .unwrap();
    fleet.upsert_technician(TechnicianProfile { areas: areas(&["23100"]), ..technician(3) }).unwrap();
    assert_eq!(serving(&fleet), (2, 2, 3), "who names both codes is one technician");
    fleet
        .upsert_technician(TechnicianProfile { state: TechnicianState::Suspended, ..technician(1) })
        .unwrap();
    fleet.remove_technician(technician_id(2)).unwrap();
    assert_eq!(serving(&fleet), (0, 1, 1));
    fleet.upsert_technician(technician(1)).unwrap();
    assert_eq!(serving(&fleet), (1, 1, 2));
    let city_only = Question { municipality: jis("23100"), ..question() };
    assert_eq!(fleet.serving(&city_only).by_parent_city(), 0, "the same code is not counted twice");
}

#[test]
fn limits_and_unknown_technicians_are_refused() {
    let mut fleet = Fleet::new(at(0));
    let nobody = technician_id(1);
    assert_eq!(fleet.remove_technician(nobody), Err(FleetError::Unknown(nobody)));
    assert_eq!(fleet.clear_commitment(nobody), Err(FleetError::Unknown(nobody)));
    assert_eq!(fleet.mark_offer(nobody, OfferId(Uuid::from_u128(1))), Err(FleetError::Unknown(nobody)));
    let polyglot = TechnicianProfile { languages: vec!["ja".to_owned(); 51], ..technician(1) };
    assert_eq!(fleet.upsert_technician(polyglot), Err(FleetError::ProfileTooLarge(nobody)));
    assert!(fleet.is_empty());
}

#[test]
fn fair_load_follows_what_was_accepted() {
    let mut fleet = Fleet::new(at(0));
    for number in [1, 2] {
        fleet.upsert_technician(technician(number)).unwrap();
    }
    let first = |fleet: &Fleet| matcher::run(fleet, &question()).candidates[0].facts.technician;
    assert_eq!(first(&fleet), technician_id(1), "equal in everything: the smaller id");
    fleet.set_accepted_24h(technician_id(1), 1).unwrap();
    assert_eq!(first(&fleet), technician_id(2));
}

#[derive(Debug, Clone)]
enum Change {
    Upsert(u128, Point),
    Remove(u128),
    Position(u128, Point, i64),
    Busy(u128, Point),
    Free(u128),
    Advance(i64),
}

fn any_change() -> impl Strategy<Value = Change> {
    let who = || 0..6_u128;
    // Few places, so that technicians share points and positions equal bases.
    let place = || (0..4_i32).prop_map(|step| point(35.0 + f64::from(step), 136.0));
    prop_oneof![
        2 => (who(), place()).prop_map(|(who, base)| Change::Upsert(who, base)),
        1 => who().prop_map(Change::Remove),
        4 => (who(), place(), -1_500..60_i64).prop_map(|(who, at, ago)| Change::Position(who, at, ago)),
        1 => (who(), place()).prop_map(|(who, site)| Change::Busy(who, site)),
        1 => who().prop_map(Change::Free),
        3 => (0..900_i64).prop_map(Change::Advance),
    ]
}

/// The plain reading: nothing lazy, nothing indexed.
#[derive(Debug, Clone, Copy)]
struct Plain {
    base: Point,
    seen: Option<(Point, i64)>,
    site: Option<Point>,
}

proptest! {
    #[test]
    fn the_index_holds_where_each_would_leave_from(changes in prop::collection::vec(any_change(), 1..80)) {
        let (mut fleet, mut plain, mut now) = (Fleet::new(at(0)), BTreeMap::<u128, Plain>::new(), 0);
        for change in changes {
            match change {
                Change::Upsert(who, base) => {
                    fleet.upsert_technician(TechnicianProfile { base, ..technician(who) }).unwrap();
                    plain.entry(who).or_insert(Plain { base, seen: None, site: None }).base = base;
                }
                Change::Remove(who) => {
                    prop_assert_eq!(fleet.remove_technician(technician_id(who)).is_ok(), plain.remove(&who).is_some());
                }
                Change::Position(who, place, offset) => {
                    let measured = now + offset;
                    // Received now: nothing is measured later.
                    let believed = measured.min(now);
                    fleet.record_positions(&[(technician_id(who), PositionFix::new(place, at(measured), at(now)))]);
                    if let Some(known) = plain.get_mut(&who) && known.seen.is_none_or(|(_, at)| at < believed) {
                        known.seen = Some((place, believed));
                    }
                }
                Change::Busy(who, site) => {
                    let commitment = Commitment { site, free_at: at(now), next_job: NextJob::None };
                    if fleet.set_commitment(technician_id(who), commitment).is_ok() {
                        plain.get_mut(&who).unwrap().site = Some(site);
                    }
                }
                Change::Free(who) => {
                    if fleet.clear_commitment(technician_id(who)).is_ok() {
                        plain.get_mut(&who).unwrap().site = None;
                    }
                }
                Change::Advance(seconds) => {
                    now += seconds;
                    fleet.advance(at(now));
                }
            }
            check(&fleet, &plain, now)?;
        }
    }
}

fn check(fleet: &Fleet, plain: &BTreeMap<u128, Plain>, now: i64) -> Result<(), TestCaseError> {
    let from = point(34.0, 135.0);
    let found: Vec<_> =
        fleet.nearest(from).map(|(member, slot, chord)| (member.profile().id, slot, chord)).collect();
    prop_assert_eq!(found.len(), plain.len());
    prop_assert_eq!(found.iter().map(|(_, slot, _)| slot).collect::<HashSet<_>>().len(), plain.len());
    for (who, known) in plain {
        let origin = match (known.site, known.seen) {
            (Some(site), _) => site,
            (None, Some((place, measured))) if now - measured <= 1_200 => place,
            _ => known.base,
        };
        let (_, _, chord) = found.iter().find(|(id, _, _)| *id == technician_id(*who)).unwrap();
        let metres = from.metres_to(origin);
        prop_assert!(chord_2(metres - 1.0) < *chord && *chord < chord_2(metres + 1.0), "technician {}", who);
    }
    prop_assert!(fleet.watch.len() <= plain.len());
    Ok(())
}
