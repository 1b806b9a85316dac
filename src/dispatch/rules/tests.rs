use uuid::Uuid;

use super::*;
use crate::{
    dispatch::{
        fleet::Fleet,
        matcher,
        question::{MakingSafe, Named, Queueing, When},
        samples::{areas, at, firm_id, jis, point, question, technician, technician_id},
        technician::{Commitment, NextJob, PlannedVisit, TechnicianProfile, TechnicianState},
    },
    domain::{
        firms::FirmLicence,
        ids::{JobId, OfferId},
        reference::job_codes::Licence,
        roster::{
            HolidayRule, Roster, Weekday, WeeklyShift,
            duty::{Entry, ShiftEntryKind},
            rest_days::RestDays,
        },
        span::Span,
        tools::{OpeningAuthority, Tool},
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
fn a_firm_is_asked_from_its_rung_on() {
    let third = TechnicianProfile { tier: 3, ..technician(1) };
    let rung = |tier_max| Question { tier_max, ..question() };
    assert_eq!(judged(third.clone(), unchanged, &rung(2)), Some(Rejection::for_good(Reason::Tier)));
    assert_eq!(judged(third.clone(), unchanged, &rung(3)), None);
    assert_eq!(judged(third, unchanged, &rung(9)), None);
}

#[test]
fn who_names_kinds_of_trouble_is_sent_for_no_other() {
    let naming = |codes: &[&str]| TechnicianProfile {
        job_codes: codes.iter().map(|code| code.parse().unwrap()).collect(),
        ..technician(1)
    };
    assert_eq!(judged(naming(&[]), unchanged, &question()), None);
    assert_eq!(judged(naming(&["L-KEY-LOST", "L-CYL-REPLACE"]), unchanged, &question()), None);
    let refused = judged(naming(&["L-KEY-LOST"]), unchanged, &question());
    assert_eq!(refused, Some(Rejection::for_good(Reason::JobCode)));
}

/// S-08: by municipality, and to the end of its last day in Tokyo.
#[test]
fn a_licence_counts_where_and_while_it_is_valid() {
    let licensed = |areas: &[&str], valid_to: &str| {
        let held = FirmLicence {
            kind: Licence::DesignatedWater,
            utility: "架空市水道局".to_owned(),
            number: "1".to_owned(),
            areas: areas.iter().map(|code| jis(code)).collect(),
            valid_to: valid_to.parse().unwrap(),
        };
        TechnicianProfile { licences: [held].iter().collect(), ..technician(1) }
    };
    let needed = Question { licence: Some(Licence::DesignatedWater), ..question() };
    let refused = Some(Rejection::for_good(Reason::Licence));
    assert_eq!(judged(technician(1), unchanged, &needed), refused);
    assert_eq!(judged(licensed(&["23106"], "2026-11-23"), unchanged, &needed), None, "its last day");
    assert_eq!(judged(licensed(&["23100"], "2026-11-23"), unchanged, &needed), None, "by the city");
    assert_eq!(judged(licensed(&["23105"], "2027-11-23"), unchanged, &needed), refused, "elsewhere");
    assert_eq!(judged(licensed(&["23106"], "2026-11-22"), unchanged, &needed), refused, "over");
    assert_eq!(judged(licensed(&["23106"], "2026-11-22"), unchanged, &question()), None, "not needed");
    // To make safe needs none; whoever may do all of the work comes first.
    let urgent = Question { stop_gap: MakingSafe::Allowed, ..needed.clone() };
    assert_eq!(judged(technician(1), unchanged, &urgent), None, "closes the valve");
    let visit = When::Visit(Span::new(at(24 * 3_600), at(25 * 3_600)).unwrap());
    let mut fleet = Fleet::new(at(0));
    fleet.upsert_technician(technician(1)).unwrap();
    for (when, lacks) in [(When::Now, false), (When::Called { arrival_at: None }, false), (visit, true)] {
        let fitness = fleet.fitness(technician_id(1), &urgent, when).unwrap();
        assert_eq!(fitness.has(Reason::Licence), lacks, "{when:?}: a planned visit is for lasting work");
    }
    // Free at half past midnight: that is the day that counts.
    let late = |fleet: &mut Fleet| {
        let commitment =
            Commitment { site: point(35.2, 136.9), free_at: at(12 * 3_600 + 1_800), next_job: NextJob::None };
        fleet.set_commitment(technician_id(1), commitment).unwrap();
    };
    assert_eq!(judged(licensed(&["23106"], "2026-11-23"), late, &needed), refused);
    assert_eq!(judged(licensed(&["23106"], "2026-11-24"), late, &needed), None);
}

/// S-07: opening tools need authority besides; other tools do not.
#[test]
fn a_tool_is_carried_and_opening_tools_with_authority() {
    let with = |tools: &[Tool], opening_tools| TechnicianProfile {
        tools: tools.iter().copied().collect(),
        opening_tools,
        ..technician(1)
    };
    let needs = |tools: &[Tool]| Question { tools: tools.iter().copied().collect(), ..question() };
    let (yes, no) = (OpeningAuthority::Authorised, OpeningAuthority::NotAuthorised);
    let refused = Some(Rejection::for_good(Reason::Tool));
    let forbidden = Some(Rejection::for_good(Reason::Authority));
    let opening = needs(&[Tool::OpeningTools]);
    assert_eq!(judged(with(&[Tool::OpeningTools], yes), unchanged, &opening), None);
    assert_eq!(judged(with(&[Tool::OpeningTools], no), unchanged, &opening), forbidden);
    assert_eq!(judged(with(&[], yes), unchanged, &opening), refused);
    let cleaning = needs(&[Tool::HighPressureMachine]);
    assert_eq!(judged(with(&[Tool::HighPressureMachine], no), unchanged, &cleaning), None);
    assert_eq!(judged(with(&[Tool::OpeningTools], yes), unchanged, &cleaning), refused);
    let both = needs(&[Tool::HighPressureMachine, Tool::OpeningTools]);
    assert_eq!(judged(with(&[Tool::OpeningTools], yes), unchanged, &both), refused);
    assert_eq!(judged(with(&[], no), unchanged, &question()), None);
}

#[test]
fn a_firm_that_is_kept_apart_cannot_name_somebody_else() {
    let mut fleet = Fleet::new(at(0));
    fleet.upsert_technician(technician(1)).unwrap();
    let apart = [technician(1).firm].into_iter().collect::<std::collections::BTreeSet<_>>();
    let of_firm = Question { blocked: Named::try_from(apart).unwrap(), ..question() };
    let apart = [technician_id(1)].into_iter().collect::<std::collections::BTreeSet<_>>();
    let of_technician = Question { blocked_technicians: Named::try_from(apart).unwrap(), ..question() };
    for (asked, is_mended) in [(of_firm, false), (of_technician, true), (question(), true)] {
        let fitness = fleet.fitness(technician_id(1), &asked, When::Now).unwrap();
        assert_eq!(fitness.must_not_forbid_firm().is_ok(), is_mended);
    }
}

#[test]
fn a_technician_may_be_blocked_alone() {
    let apart = Named::try_from([technician_id(1)].into_iter().collect::<std::collections::BTreeSet<_>>());
    let asked = Question { blocked_technicians: apart.unwrap(), ..question() };
    assert_eq!(judged(technician(1), unchanged, &asked), Some(Rejection::for_good(Reason::Blocked)));
    assert_eq!(judged(technician(2), unchanged, &asked), None);
}

#[test]
fn a_planned_visit_is_kept() {
    // 191 s on the road and 60 minutes of work: needed until 12:00 + 3791 s.
    let planned = |job: u128, from, to| {
        move |fleet: &mut Fleet| {
            let job = JobId(Uuid::from_u128(job));
            let visit = PlannedVisit { job, starts_at: at(from), ends_at: at(to) };
            fleet.set_planned(technician_id(1), vec![visit]).unwrap();
        }
    };
    let near = || TechnicianProfile { base: point(35.17, 136.9), ..technician(1) };
    let refused = |until| Some(Rejection::until(Reason::Booked, Some(at(until))));
    assert_eq!(judged(near(), planned(7, 3_790, 9_000), &question()), refused(9_000));
    assert_eq!(judged(near(), planned(7, 3_791, 9_000), &question()), None, "half-open");
    assert_eq!(judged(near(), planned(7, -600, 1), &question()), refused(1), "under way");
    assert_eq!(judged(near(), planned(7, -600, 0), &question()), None, "over");
    assert_eq!(judged(near(), planned(9, 0, 9_000), &question()), None, "its own");
}

#[test]
fn the_fleet_keeps_so_many_planned_visits() {
    let visits = |count: u128| {
        let visit = |job| PlannedVisit { job: JobId(Uuid::from_u128(job)), starts_at: at(0), ends_at: at(1) };
        (0..count).map(visit).collect::<Vec<_>>()
    };
    let mut fleet = Fleet::new(at(0));
    fleet.upsert_technician(technician(1)).unwrap();
    assert!(fleet.set_planned(technician_id(1), visits(64)).is_ok());
    assert!(fleet.set_planned(technician_id(1), visits(65)).is_err());
    assert!(fleet.set_planned(technician_id(2), visits(1)).is_err());
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
    let until = |until| Some(Rejection::until(Reason::BusyUntil, until));
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
        Some(Rejection { reason: Reason::OffShift, until: Some(next_week), off: Some(OffCause::NoShift) })
    );
    let later = TechnicianProfile { roster: roster(721, 1_000), ..technician(1) };
    assert_eq!(
        judged(later.clone(), unchanged, &question()),
        Some(Rejection { reason: Reason::OffShift, until: Some(at(60)), off: Some(OffCause::NoShift) })
    );
    assert_eq!(judged(later, busy(NextJob::None), &question()), None, "free at 12:30, on shift by then");
    let never = TechnicianProfile { roster: Roster::default(), ..technician(1) };
    let never = judged(never, unchanged, &question());
    assert_eq!(
        never,
        Some(Rejection { off: Some(OffCause::NoShift), ..Rejection::for_good(Reason::OffShift) })
    );
}

#[test]
fn dated_entries_decide_and_the_words_say_which() {
    let entry = |kind, from_s, to_s| Entry { kind, span: Span::new(at(from_s), at(to_s)).unwrap() };
    let judged = |roster: Roster, entries: &[Entry]| {
        let set = |fleet: &mut Fleet| fleet.set_entries(technician_id(1), entries.to_vec()).unwrap();
        judged(TechnicianProfile { roster, ..technician(1) }, set, &question())
    };
    let always = crate::dispatch::samples::round_the_clock;
    for kind in [ShiftEntryKind::OnCall, ShiftEntryKind::ExtraShift] {
        assert_eq!(judged(Roster::default(), &[entry(kind, 0, 60)]), None);
        assert!(judged(Roster::default(), &[entry(kind, -60, 0)]).is_some(), "half-open (T-07)");
    }
    let off = judged(always(), &[entry(ShiftEntryKind::DayOff, -600, 36_000)]).unwrap();
    assert_eq!(
        (off.reason, off.off, off.until),
        (Reason::OffShift, Some(OffCause::DayOff), Some(at(36_000)))
    );
    assert_eq!(
        off.words(&question()),
        Words::new(
            "休暇・欠勤です（次の勤務は11/23 22:00から）。",
            "Has a day off; the next shift begins at 11/23 22:00."
        )
    );
    let given = judged(always(), &[entry(ShiftEntryKind::GivenAway, 0, 60)]).unwrap();
    assert!(given.words(&question()).en.starts_with("Has given the shift to a colleague"));
    // Monday 2026-11-23 is a holiday in law (T-02).
    let reference = crate::domain::reference::Reference::embedded().unwrap();
    let weekdays = WeeklyShift::new(Weekday::Monday, 540, 1_080).unwrap().on_holidays(HolidayRule::Off);
    let mut fleet = Fleet::new(at(0));
    fleet.set_rest_days(RestDays::new(reference.holidays(), None));
    let roster = Roster::new(vec![weekdays]).unwrap();
    fleet.upsert_technician(TechnicianProfile { roster, ..technician(1) }).unwrap();
    let holiday = matcher::run(&fleet, &question()).rejections[0].rejection;
    assert_eq!(holiday.off, Some(OffCause::Holiday));
    assert!(holiday.words(&question()).ja.starts_with("祝日・年末年始の体制のため"));
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
    let words = |reason, until| Rejection::until(reason, until).words(&question());
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
