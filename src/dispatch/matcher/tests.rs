use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    dispatch::{
        decision::{Decision, replay},
        question::{MakingSafe, Named, Policy, Queueing},
        rank::RankKey,
        rules::Reason,
        samples::{areas, at, firm_id, jis, point, question, technician, technician_id},
        technician::{Commitment, NextJob, PlannedVisit, PositionFix, TechnicianProfile, TechnicianState},
    },
    domain::{
        firms::FirmLicence,
        ids::{JobId, OfferId},
        place::Point,
        reference::job_codes::Licence,
        roster::{
            Roster, Weekday, WeeklyShift,
            duty::{Duty, DutyAt, Entry, ShiftEntryKind},
            rest_days::RestDays,
        },
        span::{Instant, Span, tokyo},
        tools::{OpeningAuthority, Tool},
        trade::Trade,
    },
};

/// A technician in plain words: what the fleet is told, and what the oracle below reads.
#[derive(Debug, Clone)]
struct Person {
    number: u128,
    profile: TechnicianProfile,
    seen: Option<(Point, i64)>,
    busy: Option<(Point, i64, NextJob)>,
    offer: bool,
    /// Of his firm: municipalities and the last day, counted from the day of the tests.
    licences: Vec<(&'static str, i64)>,
    /// Number of the job, first and last second.
    planned: Vec<(u128, i64, i64)>,
    entries: Vec<Entry>,
}

/// Where people are: a few shared points in one town, all Japan, the seam and the far side of the earth.
fn place() -> impl Strategy<Value = Point> {
    prop_oneof![
        3 => (0..6_i32).prop_map(|step| point(35.165 + f64::from(step) * 0.004, 136.905)),
        4 => (35_100_000..35_250_000_i64, 136_800_000..137_000_000_i64)
            .prop_map(|(lat, lon)| Point::from_e6(lat, lon).unwrap()),
        2 => (31_000_000..45_000_000_i64, 129_000_000..145_000_000_i64)
            .prop_map(|(lat, lon)| Point::from_e6(lat, lon).unwrap()),
        1 => (-90_000_000..=90_000_000_i64, prop_oneof![Just(180_000_000_i64), Just(-180_000_000), Just(179_999_999)])
            .prop_map(|(lat, lon)| Point::from_e6(lat, lon).unwrap()),
        1 => Just(point(-35.168_7, -43.091_2)),
    ]
}

fn roster() -> impl Strategy<Value = Roster> {
    let days = |from, to| {
        let shift = move |day: &Weekday| WeeklyShift::new(*day, from, to).unwrap();
        Roster::new(Weekday::ALL.iter().map(shift).collect()).unwrap()
    };
    prop_oneof![
        4 => Just(days(0, 1_440)),
        2 => Just(days(540, 1_080)),
        2 => Just(days(1_320, 1_800)),
        1 => Just(Roster::default()),
    ]
}

fn profile() -> impl Strategy<Value = TechnicianProfile> {
    let area = prop::sample::select(vec![
        vec!["23106"],
        vec!["23100"],
        vec!["23106", "23100"],
        vec!["13101"],
        vec![],
    ]);
    let languages = prop::sample::select(vec![vec!["ja"], vec!["ja", "vi"], vec!["pt-BR"], vec![]]);
    let trades =
        prop::sample::select(vec![vec![Trade::Lock], vec![Trade::Lock, Trade::Water], vec![Trade::Water]]);
    let state = prop_oneof![9 => Just(TechnicianState::Active), 1 => Just(TechnicianState::Suspended)];
    (area, languages, trades, state, roster(), place(), 0..4_u32, 0..5_u128).prop_map(
        |(area, languages, trades, state, roster, base, accepted_24h, firm)| TechnicianProfile {
            firm: firm_id(firm),
            trades: trades.into_iter().collect(),
            areas: areas(&area),
            base,
            languages: languages.into_iter().map(str::to_owned).collect(),
            roster,
            state,
            accepted_24h,
            ..technician(0)
        },
    )
}

/// What rules about attributes look at, laid over a profile.
#[derive(Debug, Clone)]
struct Attributes {
    tier: u8,
    job_codes: Vec<&'static str>,
    tools: Vec<Tool>,
    opening_tools: OpeningAuthority,
    licences: Vec<(&'static str, i64)>,
    planned: Vec<(u128, i64, i64)>,
}

const CODES: [&str; 3] = ["L-KEY-LOST", "L-CYL-REPLACE", "W-PIPE-EXPOSED"];

fn attributes() -> impl Strategy<Value = Attributes> {
    let codes = prop_oneof![3 => Just(vec![]), 1 => prop::sample::subsequence(CODES.to_vec(), 1..=2)];
    let tools = prop_oneof![
        2 => Just(vec![Tool::OpeningTools, Tool::HighPressureMachine]),
        1 => prop::sample::subsequence(Tool::ALL.to_vec(), 0..=3),
    ];
    let authority =
        prop_oneof![4 => Just(OpeningAuthority::Authorised), 1 => Just(OpeningAuthority::NotAuthorised)];
    let licences =
        prop::collection::vec((prop::sample::select(vec!["23106", "23100", "13101"]), -2..3_i64), 0..4);
    let visit = (prop_oneof![9 => 100..200_u128, 1 => Just(9_u128)], -7_200..100_000_i64, 1..14_400_i64);
    let visit = visit.prop_map(|(job, from, length)| (job, from, from + length));
    let planned = prop_oneof![2 => Just(vec![]), 1 => prop::collection::vec(visit, 1..4)];
    (1..4_u8, codes, tools, authority, licences, planned).prop_map(
        |(tier, job_codes, tools, opening_tools, licences, planned)| Attributes {
            tier,
            job_codes,
            tools,
            opening_tools,
            licences,
            planned,
        },
    )
}

fn firm_licence((area, days): &(&'static str, i64)) -> FirmLicence {
    FirmLicence {
        kind: Licence::DesignatedWater,
        utility: "架空水道局".to_owned(),
        number: "1".to_owned(),
        areas: vec![jis(area)],
        valid_to: tokyo(at(0)).date_naive() + TimeDelta::days(*days),
    }
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let kind = prop::sample::select(ShiftEntryKind::ALL.to_vec());
    let entry = (kind, -120..240_i64, 1..360_i64).prop_map(|(kind, from, length)| Entry {
        kind,
        span: Span::new(at(from * 60), at((from + length) * 60)).unwrap(),
    });
    prop_oneof![2 => Just(vec![]), 1 => prop::collection::vec(entry, 1..3)]
}

fn person() -> impl Strategy<Value = Person> {
    let seen = prop::option::of((place(), -2_400..60_i64));
    let next_job = prop_oneof![2 => Just(NextJob::None), 1 => Just(NextJob::Queued)];
    let busy = prop::option::weighted(0.3, (place(), -3_600..7_200_i64, next_job));
    (profile(), seen, busy, prop::bool::weighted(0.1), attributes(), entries()).prop_map(
        |(profile, seen, busy, offer, own, entries)| {
            let held: Vec<_> = own.licences.iter().map(firm_licence).collect();
            let profile = TechnicianProfile {
                tier: own.tier,
                job_codes: own.job_codes.iter().map(|code| code.parse().unwrap()).collect(),
                tools: own.tools.into_iter().collect(),
                opening_tools: own.opening_tools,
                licences: held.iter().collect(),
                ..profile
            };
            let (licences, planned) = (own.licences, own.planned);
            Person { number: 0, profile, seen, busy, offer, licences, planned, entries }
        },
    )
}

fn people(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec(person(), count).prop_map(|mut people| {
        for (number, person) in (1_u128..).zip(&mut people) {
            (person.number, person.profile.id) = (number, technician_id(number));
        }
        people
    })
}

fn any_question() -> impl Strategy<Value = Question> {
    let site = prop_oneof![4 => Just(question().site), 2 => place(), 1 => Just(point(0.0, 180.0))];
    let language = prop::sample::select(vec![None, Some("vi"), Some("pt-br")]);
    let code = prop_oneof![8 => Just("23106"), 1 => Just("23107"), 1 => Just("27102")];
    (
        (site, language, code, prop::bool::ANY, prop::bool::ANY),
        (1..13_u32, prop_oneof![Just(300_u32), Just(1), 2..5_000_u32]),
        (
            prop::collection::btree_set(1..40_u128, 0..4),
            prop::collection::btree_set(0..5_u128, 0..2),
            prop::collection::btree_set(1..40_u128, 0..4),
        ),
        (prop::sample::select(CODES.to_vec()), needs(), 1..4_u8, 0..200_u16, prop::bool::ANY),
    )
        .prop_map(|(place, (wanted, band_s), (excluded, blocked, apart), what)| {
            let (
                (site, language, code, city, queue),
                (job_code, (licence, tools), tier_max, work_minutes, safe),
            ) = (place, what);
            Question {
                job_code: job_code.parse().unwrap(),
                licence,
                stop_gap: if safe { MakingSafe::Allowed } else { MakingSafe::NotAllowed },
                tools: tools.into_iter().collect(),
                tier_max,
                work_minutes,
                blocked_technicians: Named::try_from(
                    apart.into_iter().map(technician_id).collect::<BTreeSet<_>>(),
                )
                .unwrap(),
                site,
                municipality: jis(code),
                parent_city: (city && code.starts_with("231")).then(|| jis("23100")),
                language: language.map(str::to_owned),
                queueing: if queue { Queueing::Allowed } else { Queueing::FreeOnly },
                excluded: Named::try_from(excluded.into_iter().map(technician_id).collect::<BTreeSet<_>>())
                    .unwrap(),
                blocked: Named::try_from(blocked.into_iter().map(firm_id).collect::<BTreeSet<_>>()).unwrap(),
                policy: Policy::new(band_s, wanted).unwrap(),
                ..question()
            }
        })
}

/// A licence or not, and tools.
fn needs() -> impl Strategy<Value = (Option<Licence>, Vec<Tool>)> {
    let tools = prop::sample::select(vec![
        vec![],
        vec![Tool::OpeningTools],
        vec![Tool::HighPressureMachine],
        vec![Tool::OpeningTools, Tool::HighPressureMachine],
    ]);
    (prop::option::weighted(0.3, Just(Licence::DesignatedWater)), tools)
}

/// Positions and jobs are told at noon; the question is asked `later` seconds after.
fn fleet_of(people: &[Person], later: i64) -> Fleet {
    let mut fleet = Fleet::new(at(0));
    for person in people {
        let id = technician_id(person.number);
        fleet.upsert_technician(person.profile.clone()).unwrap();
        if let Some((place, offset)) = person.seen {
            fleet.record_positions(&[(id, PositionFix::new(place, at(offset), at(0)))]);
        }
        if let Some((site, free, next_job)) = person.busy {
            fleet.set_commitment(id, Commitment { site, free_at: at(free), next_job }).unwrap();
        }
        let visit = |(job, from, to): &(u128, i64, i64)| PlannedVisit {
            job: JobId(Uuid::from_u128(*job)),
            starts_at: at(*from),
            ends_at: at(*to),
        };
        fleet.set_planned(id, person.planned.iter().map(visit).collect()).unwrap();
        fleet.set_entries(id, person.entries.clone()).unwrap();
        if person.offer {
            fleet.mark_offer(id, OfferId(Uuid::from_u128(person.number))).unwrap();
        }
    }
    fleet.advance(at(later));
    fleet
}

/// Band, makes safe only, on call, not the language, load, arrival, number.
type Place = (i64, bool, bool, bool, u32, Instant, u128);

/// Some licence of the firm names the ward or its city, and its last day is not over when he leaves.
fn licensed(person: &Person, question: &Question, leaves: Instant) -> bool {
    let first_day = tokyo(at(0)).date_naive();
    let days = (tokyo(leaves).date_naive() - first_day).num_days();
    person.licences.iter().any(|(area, last)| {
        let here = *area == question.municipality.as_str()
            || question.parent_city.as_ref().is_some_and(|city| city.as_str() == *area);
        here && *last >= days
    })
}

fn lacks_a_tool(profile: &TechnicianProfile, question: &Question) -> bool {
    let needs = |tool: &&Tool| question.tools.contains(**tool);
    Tool::ALL.iter().filter(needs).any(|tool| !profile.tools.contains(*tool))
}

fn may_not_open(profile: &TechnicianProfile, question: &Question) -> bool {
    question.tools.contains(Tool::OpeningTools) && profile.opening_tools == OpeningAuthority::NotAuthorised
}

/// Another job's visit and the time from leaving to the end of the work have an instant in common.
fn is_expected_elsewhere(person: &Person, question: &Question, leaves: Instant, arrival: Instant) -> bool {
    let done = arrival + TimeDelta::minutes(question.work_minutes.into());
    let other = |job: u128| question.job != JobId(Uuid::from_u128(job));
    person.planned.iter().any(|(job, from, to)| other(*job) && leaves < at(*to) && at(*from) < done)
}

/// The rules read once more, from the plain person: his reason, or his place in the order; and his distance.
fn oracle(person: &Person, question: &Question, later: i64) -> (Result<Place, Reason>, u32) {
    let (now, profile) = (at(later), &person.profile);
    let origin = match (person.busy, person.seen) {
        (Some((site, ..)), _) => site,
        (None, Some((place, offset))) if later - if offset > 30 { 0 } else { offset } <= 1_200 => place,
        _ => profile.base,
    };
    let free = person.busy.map_or(now, |(_, free, _)| if free > later { at(free) } else { now });
    let rest_days = RestDays::default();
    let duty = Duty { roster: &profile.roster, entries: &person.entries, rest_days: &rest_days }.at(free);
    let on_call = matches!(duty, DutyAt::OnCall { .. });
    let ready = if on_call && person.busy.is_none() { question.on_call_ready_s } else { 0 };
    let leaves = free + TimeDelta::seconds(ready.into());
    let distance = question.site.metres_to(origin).ceil();
    let serves = profile.areas.contain(&question.municipality)
        || question.parent_city.as_ref().is_some_and(|city| profile.areas.contain(city));
    let waits = match (&person.busy, question.queueing) {
        (None, _) => false,
        (Some((_, _, NextJob::None)), Queueing::Allowed) => false,
        (Some(_), _) => true,
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let distance = distance as u32;
    let arrival = leaves + TimeDelta::seconds(travel::travel_s(distance, leaves).into());
    let unlicensed = question.licence.is_some() && !licensed(person, question, free);
    let broken = [
        (profile.state == TechnicianState::Suspended, Reason::Suspended),
        (!profile.trades.contains(question.trade), Reason::Trade),
        (!serves, Reason::Area),
        (profile.tier > question.tier_max, Reason::Tier),
        (!profile.job_codes.is_empty() && !profile.job_codes.contains(&question.job_code), Reason::JobCode),
        (unlicensed && question.stop_gap == MakingSafe::NotAllowed, Reason::Licence),
        (may_not_open(profile, question), Reason::Authority),
        (lacks_a_tool(profile, question), Reason::Tool),
        (question.excluded.contains(&profile.id), Reason::Excluded),
        (
            question.blocked.contains(&profile.firm) || question.blocked_technicians.contains(&profile.id),
            Reason::Blocked,
        ),
        (person.offer, Reason::OpenOffer),
        (waits, Reason::BusyUntil),
        (matches!(duty, DutyAt::Off { .. }), Reason::OffShift),
        (is_expected_elsewhere(person, question, leaves, arrival), Reason::Booked),
    ];
    if let Some((_, reason)) = broken.into_iter().find(|(broken, _)| *broken) {
        return (Err(reason), distance);
    }
    let band = (arrival - now).num_seconds() / i64::from(question.policy.band_s());
    let stranger = match &question.language {
        Some(wanted) => !profile.languages.iter().any(|tag| tag.to_lowercase() == wanted.to_lowercase()),
        None => false,
    };
    (Ok((band, unlicensed, on_call, stranger, profile.accepted_24h, arrival, person.number)), distance)
}

fn check(people: &[Person], question: &Question, later: i64) -> Result<MatchOutcome, TestCaseError> {
    let fleet = fleet_of(people, later);
    let outcome = run(&fleet, question);
    let judged: Vec<_> = people.iter().map(|person| (person, oracle(person, question, later))).collect();

    let mut places: Vec<Place> = judged.iter().filter_map(|(_, (place, _))| place.ok()).collect();
    places.sort_unstable();
    let wanted = question.policy.candidates_max() as usize;
    let expected: Vec<_> =
        places.iter().take(wanted).map(|place| (technician_id(place.6), place.5)).collect();
    let found: Vec<_> =
        outcome.candidates.iter().map(|one| (one.facts.technician, one.figures.arrival_at)).collect();
    prop_assert_eq!(found, expected);
    prop_assert_eq!(&outcome.candidates, &run_exhaustively(&fleet, question).candidates);

    let served = judged
        .iter()
        .any(|(_, (place, _))| !matches!(place, Err(Reason::Suspended | Reason::Trade | Reason::Area)));
    let verdict = match (places.is_empty(), served) {
        (false, _) => Verdict::Offer,
        (true, true) => Verdict::NobodyFree,
        (true, false) => Verdict::NoCoverage,
    };
    prop_assert_eq!(outcome.verdict, verdict);

    for refused in &outcome.rejections {
        let (_, (reason, distance)) =
            judged.iter().find(|(person, _)| person.profile.id == refused.facts.technician).unwrap();
        prop_assert_eq!(Err(refused.rejection.reason), reason.map(|_| ()));
        prop_assert_eq!(refused.distance_m, *distance);
    }
    let counted = outcome.rest.values().sum::<usize>() + outcome.rejections.len() + outcome.eligible;
    prop_assert_eq!(counted, outcome.visited);
    prop_assert!(outcome.rejections.len() == 50 || outcome.rest.is_empty());
    prop_assert!(outcome.rejections.is_sorted_by_key(|one| (one.distance_m, one.facts.technician)));
    if outcome.search != SearchEnd::Serving {
        let mut nearest: Vec<u32> =
            judged.iter().filter(|(_, (place, _))| place.is_err()).map(|(_, (_, metres))| *metres).collect();
        nearest.sort_unstable();
        let off = |(one, metres): (&Rejected, &u32)| one.distance_m.abs_diff(*metres) > 1;
        prop_assert!(!outcome.rejections.iter().zip(&nearest).any(off), "not the nearest");
    }

    let document =
        Decision::new(outcome.clone(), [("gazetteer".to_owned(), "1".to_owned())].into()).document();
    let document = document.unwrap();
    prop_assert_eq!(replay(&document).unwrap(), document);
    Ok(outcome)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_small_fleet_is_matched_exactly(
        people in people(0..60), question in any_question(), later in 0..90_000_i64,
    ) {
        check(&people, &question, later)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_large_fleet_is_matched_exactly(
        people in people(300..900), question in any_question(), later in 0..90_000_i64,
    ) {
        check(&people, &question, later)?;
    }
}

/// `count` technicians of `areas`, one every 200 m northwards from `first_m` metres off the site.
fn row(numbers: std::ops::Range<u32>, first_m: u32, codes: &[&str]) -> Vec<Person> {
    let base = |step: u32| point(35.168_7 + f64::from(first_m + step * 200) / 111_195.0, 136.908_8);
    let start = numbers.start;
    numbers
        .map(|number| Person {
            number: number.into(),
            profile: TechnicianProfile {
                base: base(number - start),
                areas: areas(codes),
                ..technician(number.into())
            },
            seen: None,
            busy: None,
            offer: false,
            licences: Vec::new(),
            planned: Vec::new(),
            entries: Vec::new(),
        })
        .collect()
}

#[test]
fn a_walk_ends_at_the_bound_long_before_the_end_of_the_fleet() {
    let people = row(1..900, 100, &["23106"]);
    let outcome = check(&people, &question(), 0).unwrap();
    assert_eq!(outcome.search, SearchEnd::Bound);
    // Ten within 2.1 km, 9 minutes: the band ends at 10 minutes, which is 10 km at 60 km/h, 50 technicians.
    assert_eq!(outcome.candidates.last().unwrap().figures.band, 1);
    assert_eq!(outcome.visited, 50);
}

#[test]
fn who_serves_is_found_behind_a_crowd_who_does_not() {
    let mut people = row(1..600, 100, &["13101"]);
    people.extend(row(600..603, 300_000, &["23100"]));
    let outcome = check(&people, &question(), 0).unwrap();
    assert_eq!((outcome.search, outcome.verdict), (SearchEnd::Serving, Verdict::Offer));
    let order: Vec<_> = outcome.candidates.iter().map(|one| one.facts.technician).collect();
    assert_eq!(order, [600, 601, 602].map(technician_id));
    assert_eq!(outcome.visited, 256 + 3);
    assert_eq!(outcome.rejections.len(), 50);
    assert_eq!(outcome.rest, [(Reason::Area, 206)].into());
}

#[test]
fn nobody_free_is_not_no_coverage() {
    let mut people = row(1..600, 100, &["13101"]);
    let outcome = check(&people, &question(), 0).unwrap();
    assert_eq!(outcome.verdict, Verdict::NoCoverage);
    people.extend(row(600..601, 800_000, &["23106"]));
    people[599].offer = true;
    let outcome = check(&people, &question(), 0).unwrap();
    assert_eq!(outcome.verdict, Verdict::NobodyFree);
    assert_eq!(outcome.rest.get(&Reason::OpenOffer), Some(&1));
}

#[test]
fn the_whole_first_band_is_ranked_by_language_before_arrival() {
    let mut people = row(1..900, 100, &["23106"]);
    // Only the 5th of the row speaks Vietnamese: 900 m off, 211 s, in the first band of five minutes.
    people[4].profile.languages.push("vi".to_owned());
    let only_one = Question { policy: Policy::new(300, 1).unwrap(), ..question() };
    let outcome = check(&people, &only_one, 0).unwrap();
    assert_eq!(outcome.candidates[0].facts.technician, technician_id(5));
    // The 6th speaks too but comes later; the 8th is in the next band and speaks: neither comes before.
    people[5].profile.languages.push("vi".to_owned());
    let outcome = check(&people, &only_one, 0).unwrap();
    assert_eq!(outcome.candidates[0].facts.technician, technician_id(5));
    let (first, second) = (&outcome.candidates[0], &check(&people, &question(), 0).unwrap().candidates[1]);
    let key = |one: &Candidate| RankKey::of(one.facts.technician, &one.figures);
    assert_eq!(second.facts.technician, technician_id(6));
    assert!(key(first) < key(second));
}

#[test]
fn an_empty_fleet_covers_nothing() {
    let outcome = run(&Fleet::new(at(0)), &question());
    assert_eq!(
        (outcome.verdict, outcome.search, outcome.visited),
        (Verdict::NoCoverage, SearchEnd::Exhausted, 0)
    );
}
