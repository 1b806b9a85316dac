use uuid::Uuid;

use super::*;
use crate::{
    dispatch::{
        fleet::Fleet,
        matcher,
        question::{Named, Queueing},
        samples::{areas, at, firm_id, jis, point, question, technician, technician_id},
        technician::{Commitment, NextJob, TechnicianProfile, TechnicianState},
    },
    domain::{
        ids::OfferId,
        roster::{Roster, Weekday, WeeklyShift},
        trade::Trade,
    },
};

/// The one rejection of a fleet of one, or `None` when he is a candidate.
fn judged(
    profile: TechnicianProfile,
    change: impl FnOnce(&mut Fleet),
    question: &Question,
) -> Option<Rejection> {
    let mut fleet = Fleet::new(at(0));
    fleet.upsert_technician(profile).unwrap();
    change(&mut fleet);
    let outcome = matcher::run(&fleet, question);
    assert_eq!(outcome.candidates.len() + outcome.rejections.len(), 1);
    outcome.rejections.first().map(|rejected| rejected.rejection)
}

fn unchanged(_: &mut Fleet) {}

fn busy(next_job: NextJob) -> impl FnOnce(&mut Fleet) {
    move |fleet| {
        let commitment = Commitment { site: point(35.2, 136.9), free_at: at(1_800), next_job };
        fleet.set_commitment(technician_id(1), commitment).unwrap();
    }
}

#[test]
fn the_table_has_one_rule_for_every_reason() {
    let reasons: Vec<Reason> = RULES.iter().map(|rule| rule.reason).collect();
    assert_eq!(reasons, Reason::ALL);
}

#[test]
fn who_breaks_no_rule_can_be_sent() {
    assert_eq!(judged(technician(1), unchanged, &question()), None);
}

#[test]
fn lasting_reasons_are_given_without_an_end() {
    let only_water = [Trade::Water].into_iter().collect();
    for (profile, reason) in [
        (TechnicianProfile { state: TechnicianState::Suspended, ..technician(1) }, Reason::Suspended),
        (TechnicianProfile { trades: only_water, ..technician(1) }, Reason::Trade),
        (TechnicianProfile { areas: areas(&["23105", "13101"]), ..technician(1) }, Reason::Area),
    ] {
        assert_eq!(judged(profile, unchanged, &question()), Some(Rejection::for_good(reason)));
    }
    let excluded = Named::try_from([technician_id(1)].into_iter().collect::<std::collections::BTreeSet<_>>());
    let asked = Question { excluded: excluded.unwrap(), ..question() };
    assert_eq!(judged(technician(1), unchanged, &asked), Some(Rejection::for_good(Reason::Excluded)));
    let blocked = Named::try_from([firm_id(1_001)].into_iter().collect::<std::collections::BTreeSet<_>>());
    let asked = Question { blocked: blocked.unwrap(), ..question() };
    assert_eq!(judged(technician(1), unchanged, &asked), Some(Rejection::for_good(Reason::Blocked)));
}

#[test]
fn an_area_may_name_the_ward_or_its_city() {
    let by_city = TechnicianProfile { areas: areas(&["23100"]), ..technician(1) };
    assert_eq!(judged(by_city.clone(), unchanged, &question()), None);
    let elsewhere = Question { municipality: jis("14103"), parent_city: Some(jis("14100")), ..question() };
    assert_eq!(judged(by_city, unchanged, &elsewhere), Some(Rejection::for_good(Reason::Area)));
}

#[test]
fn an_offer_is_answered_before_the_next_is_made() {
    let offer = |number| OfferId(Uuid::from_u128(number));
    let marked = |fleet: &mut Fleet| fleet.mark_offer(technician_id(1), offer(7)).unwrap();
    assert_eq!(judged(technician(1), marked, &question()), Some(Rejection::for_good(Reason::OpenOffer)));
    let cleared = |fleet: &mut Fleet| {
        marked(fleet);
        fleet.clear_offer(technician_id(1), offer(7)).unwrap();
    };
    assert_eq!(judged(technician(1), cleared, &question()), None);
    let cleared_late = |fleet: &mut Fleet| {
        marked(fleet);
        fleet.clear_offer(technician_id(1), offer(6)).unwrap();
    };
    assert_eq!(
        judged(technician(1), cleared_late, &question()),
        Some(Rejection::for_good(Reason::OpenOffer))
    );
}

#[test]
fn a_job_waits_behind_one_other_at_most_and_only_if_allowed() {
    let free_only = Question { queueing: Queueing::FreeOnly, ..question() };
    let until = |until| Some(Rejection { reason: Reason::BusyUntil, until });
    assert_eq!(judged(technician(1), busy(NextJob::None), &question()), None);
    assert_eq!(judged(technician(1), busy(NextJob::None), &free_only), until(Some(at(1_800))));
    assert_eq!(judged(technician(1), busy(NextJob::Queued), &question()), until(None));
    assert_eq!(judged(technician(1), busy(NextJob::Queued), &free_only), until(None));
}

#[test]
fn the_shift_counts_when_he_could_leave() {
    // Monday noon is now; the shift ends at 12:20.
    let roster = |from, to| Roster::new(vec![WeeklyShift::new(Weekday::Monday, from, to).unwrap()]).unwrap();
    let ending = TechnicianProfile { roster: roster(540, 740), ..technician(1) };
    assert_eq!(judged(ending.clone(), unchanged, &question()), None, "also when it ends on the way");
    let next_week = at(7 * 86_400 - 3 * 3_600);
    assert_eq!(
        judged(ending, busy(NextJob::None), &question()),
        Some(Rejection { reason: Reason::OffShift, until: Some(next_week) })
    );
    let later = TechnicianProfile { roster: roster(721, 1_000), ..technician(1) };
    assert_eq!(
        judged(later.clone(), unchanged, &question()),
        Some(Rejection { reason: Reason::OffShift, until: Some(at(60)) })
    );
    assert_eq!(judged(later, busy(NextJob::None), &question()), None, "free at 12:30, on shift by then");
    let never = TechnicianProfile { roster: Roster::default(), ..technician(1) };
    assert_eq!(judged(never, unchanged, &question()), Some(Rejection::for_good(Reason::OffShift)));
}

#[test]
fn the_first_rule_of_the_table_gives_the_reason() {
    let profile = TechnicianProfile {
        state: TechnicianState::Suspended,
        areas: areas(&[]),
        roster: Roster::default(),
        ..technician(1)
    };
    assert_eq!(judged(profile, unchanged, &question()), Some(Rejection::for_good(Reason::Suspended)));
}

#[test]
fn reasons_read_in_both_languages() {
    let words = |reason, until| Rejection { reason, until }.words(&question());
    for (reason, until, ja, en) in [
        (Reason::Trade, None, "部屋の鍵のトラブルに対応していません。", "Does not do lock trouble."),
        (Reason::Area, None, "対応地域外です（市区町村コード23106）。", "Does not serve municipality 23106."),
        (
            Reason::BusyUntil,
            Some(at(1_800)),
            "11/23 12:30ごろまで別の案件に対応中です。",
            "On another job until about 11/23 12:30.",
        ),
        (
            Reason::OffShift,
            Some(at(36_000)),
            "勤務時間外です（次の勤務は11/23 22:00から）。",
            "Off shift; the next shift begins at 11/23 22:00.",
        ),
    ] {
        assert_eq!(words(reason, until), Words::new(ja, en));
    }
    let all: std::collections::BTreeSet<String> =
        Reason::ALL.iter().map(|reason| words(*reason, None).en).collect();
    assert_eq!(all.len(), Reason::ALL.len(), "each reason has its own sentence");
    assert!(Reason::ALL.iter().all(|reason| !words(*reason, None).ja.is_empty()));
}
