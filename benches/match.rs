//! How long one match takes over a synthetic fleet of Japan, against looking at everybody; and how many positions a
//! second the fleet takes.
//!
//! `cargo bench --bench match -- --technicians 100000`

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{
    collections::HashMap,
    time::{Duration, Instant as Stopwatch},
};

use chrono::{NaiveDate, TimeDelta};
use kaketsuke::{
    dispatch::{
        areas::Areas,
        fleet::Fleet,
        licences::Licences,
        matcher::{self, Verdict},
        question::{MakingSafe, Named, Policy, Question, Queueing},
        technician::{Commitment, NextJob, PositionFix, TechnicianProfile, TechnicianState},
    },
    domain::{
        firms::FirmLicence,
        ids::{FirmId, JobId, TechnicianId},
        offers::Addressee,
        place::{JisCode, Point},
        reference::{JobCode, job_codes::Licence},
        roster::{Roster, Weekday, WeeklyShift},
        span::{Instant, tokyo_instant},
        tools::{OpeningAuthority, Tool, Tools},
        trade::{Priority, Trade},
    },
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use uuid::Uuid;

const MATCHES: usize = 2_000;
const EXHAUSTIVE: usize = 40;
const POSITIONS: usize = 100_000;
const POSITIONS_BATCH: usize = 1_000;

/// Prefecture capitals: municipality code, latitude and longitude in hundredths of a degree, weight in population of
/// the prefecture, hundred thousands.
const CITIES: [(&str, i32, i32, u32); 47] = [
    ("01100", 4306, 14135, 52),
    ("02201", 4082, 14074, 12),
    ("03201", 3970, 14115, 12),
    ("04100", 3827, 14087, 23),
    ("05201", 3972, 14010, 9),
    ("06201", 3826, 14034, 10),
    ("07201", 3776, 14047, 18),
    ("08201", 3637, 14047, 28),
    ("09201", 3656, 13988, 19),
    ("10201", 3639, 13906, 19),
    ("11100", 3586, 13965, 73),
    ("12100", 3561, 14011, 63),
    ("13104", 3569, 13970, 140),
    ("14100", 3544, 13964, 92),
    ("15100", 3792, 13904, 22),
    ("16201", 3670, 13721, 10),
    ("17201", 3656, 13666, 11),
    ("18201", 3606, 13622, 8),
    ("19201", 3566, 13857, 8),
    ("20201", 3665, 13818, 20),
    ("21201", 3542, 13676, 19),
    ("22100", 3498, 13838, 36),
    ("23100", 3518, 13691, 75),
    ("24201", 3472, 13651, 17),
    ("25201", 3502, 13585, 14),
    ("26100", 3501, 13577, 25),
    ("27100", 3469, 13550, 88),
    ("28100", 3469, 13520, 54),
    ("29201", 3469, 13580, 13),
    ("30201", 3423, 13517, 9),
    ("31201", 3550, 13424, 5),
    ("32201", 3547, 13305, 7),
    ("33100", 3466, 13392, 19),
    ("34100", 3439, 13246, 28),
    ("35203", 3418, 13147, 13),
    ("36201", 3407, 13456, 7),
    ("37201", 3434, 13404, 9),
    ("38201", 3384, 13277, 13),
    ("39201", 3356, 13353, 7),
    ("40130", 3359, 13040, 51),
    ("41201", 3326, 13030, 8),
    ("42201", 3275, 12988, 13),
    ("43100", 3280, 13071, 17),
    ("44201", 3324, 13161, 11),
    ("45201", 3191, 13142, 11),
    ("46201", 3160, 13056, 16),
    ("47201", 2621, 12768, 15),
];

/// About 11 km: a made-up municipality, so that areas have the size of real ones.
const CELL_E6: i64 = 100_000;

fn main() {
    let technicians = technicians_wanted();
    let mut rng = StdRng::seed_from_u64(20_261_123);
    let noon = tokyo_instant(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), 12 * 60);
    let mut cells = Cells::default();

    let firms: Vec<Firm> = (0..technicians.div_ceil(Firm::TECHNICIANS))
        .map(|number| Firm::new(number, &mut rng, &mut cells))
        .collect();
    let profiles: Vec<TechnicianProfile> =
        (0..technicians as usize).map(|number| technician(&firms[number % firms.len()], &mut rng)).collect();
    let started = Stopwatch::now();
    let mut fleet = Fleet::new(noon);
    for profile in &profiles {
        fleet.upsert_technician(profile.clone()).unwrap();
    }
    let built = started.elapsed();
    println!("{} technicians, inserted one by one in {} ms", fleet.len(), built.as_millis());

    settle_in(&mut fleet, &profiles, noon, &mut rng);
    positions(&mut fleet, &profiles, noon, &mut rng);
    let questions: Vec<Question> = (0..MATCHES).map(|_| question(&mut rng, &mut cells)).collect();
    matches(&mut fleet, &questions, "day, 12:00", noon);
    matches(&mut fleet, &questions, "night, 03:00", noon + TimeDelta::hours(15));
}

fn technicians_wanted() -> u32 {
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--technicians" {
            return arguments
                .next()
                .and_then(|count| count.parse().ok())
                .expect("--technicians takes a number");
        }
    }
    100_000
}

/// Half of them have a fresh position, a fifth are on a job.
fn settle_in(fleet: &mut Fleet, profiles: &[TechnicianProfile], now: Instant, rng: &mut StdRng) {
    for profile in profiles {
        if rng.random_bool(0.5) {
            let measured = now - TimeDelta::seconds(rng.random_range(0..1_100));
            let fix = PositionFix::new(near(profile.base, 60_000, rng), measured, measured);
            fleet.record_positions(&[(profile.id, fix)]);
        }
        if rng.random_bool(0.2) {
            let commitment = Commitment {
                site: near(profile.base, 60_000, rng),
                free_at: now + TimeDelta::minutes(rng.random_range(5..120)),
                next_job: if rng.random_bool(0.3) { NextJob::Queued } else { NextJob::None },
            };
            fleet.set_commitment(profile.id, commitment).unwrap();
        }
    }
}

fn positions(fleet: &mut Fleet, profiles: &[TechnicianProfile], now: Instant, rng: &mut StdRng) {
    let updates: Vec<(TechnicianId, PositionFix)> = (0..POSITIONS)
        .map(|index| {
            let profile = &profiles[rng.random_range(0..profiles.len())];
            let measured = now + TimeDelta::milliseconds(i64::try_from(index).unwrap() / 10);
            (profile.id, PositionFix::new(near(profile.base, 60_000, rng), measured, measured))
        })
        .collect();
    let started = Stopwatch::now();
    let mut taken = 0;
    for batch in updates.chunks(POSITIONS_BATCH) {
        fleet.advance(batch[0].1.measured_at());
        taken += fleet.record_positions(batch).taken;
    }
    let spent = started.elapsed();
    println!(
        "positions: {taken} taken in batches of {POSITIONS_BATCH}, {:.1} us each, {:.0} a second",
        spent.as_secs_f64() * 1e6 / taken as f64,
        taken as f64 / spent.as_secs_f64()
    );
}

fn matches(fleet: &mut Fleet, questions: &[Question], when: &str, now: Instant) {
    let started = Stopwatch::now();
    fleet.advance(now);
    println!("{when}: advancing took {} us", started.elapsed().as_micros());

    let (mut times, mut visited, mut verdicts) = (Vec::new(), Vec::new(), HashMap::<Verdict, usize>::new());
    for question in questions {
        let started = Stopwatch::now();
        let outcome = matcher::run(fleet, question);
        times.push(started.elapsed());
        visited.push(outcome.visited);
        *verdicts.entry(outcome.verdict).or_default() += 1;
    }
    times.sort_unstable();
    visited.sort_unstable();
    let mut verdicts: Vec<_> = verdicts.into_iter().collect();
    verdicts.sort_unstable();
    println!(
        "  best-first:  {}; looked at p50 {} p99 {}; {verdicts:?}",
        spread(&times),
        at(&visited, 50),
        at(&visited, 99)
    );

    let mut exhaustive = Vec::new();
    for question in questions.iter().step_by(questions.len() / EXHAUSTIVE) {
        let started = Stopwatch::now();
        let everybody = matcher::run_exhaustively(fleet, question);
        exhaustive.push(started.elapsed());
        let order = |outcome: &matcher::MatchOutcome| {
            outcome.candidates.iter().map(|one| one.facts.technician).collect::<Vec<_>>()
        };
        assert_eq!(order(&everybody), order(&matcher::run(fleet, question)), "the search is exact");
    }
    exhaustive.sort_unstable();
    println!("  everybody:   {}", spread(&exhaustive));
}

fn spread(sorted: &[Duration]) -> String {
    let micros = |percent| at(sorted, percent).as_micros();
    format!("p50 {} us, p90 {} us, p99 {} us, max {} us", micros(50), micros(90), micros(99), micros(100))
}

fn at<T: Copy>(sorted: &[T], percent: usize) -> T {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

/// A city by weight, and a point around it: three in four within about 15 km, the others within about 60.
fn somewhere(rng: &mut StdRng) -> Point {
    let total: u32 = CITIES.iter().map(|city| city.3).sum();
    let mut draw = rng.random_range(0..total);
    let city = CITIES
        .iter()
        .find(|city| match draw.checked_sub(city.3) {
            Some(rest) => {
                draw = rest;
                false
            }
            None => true,
        })
        .unwrap();
    let centre = Point::from_e6(i64::from(city.1) * 10_000, i64::from(city.2) * 10_000).unwrap();
    let spread_e6 = if rng.random_bool(0.75) { 140_000 } else { 560_000 };
    near(centre, spread_e6, rng)
}

/// Within `spread_e6` microdegrees, denser in the middle.
fn near(centre: Point, spread_e6: i64, rng: &mut StdRng) -> Point {
    let mut offset =
        || (rng.random_range(-spread_e6..=spread_e6) + rng.random_range(-spread_e6..=spread_e6)) / 2;
    Point::from_e6(centre.lat_e6() + offset(), centre.lon_e6() + offset()).unwrap()
}

/// Municipality codes by cell, numbered as they are met.
#[derive(Default)]
struct Cells(HashMap<(i64, i64), JisCode>);

impl Cells {
    fn code(&mut self, point: Point, (north, east): (i64, i64)) -> JisCode {
        let cell = (point.lat_e6() / CELL_E6 + north, point.lon_e6() / CELL_E6 + east);
        let next = self.0.len();
        self.0.entry(cell).or_insert_with(|| format!("{next:05}").parse().unwrap()).clone()
    }
}

struct Firm {
    id: FirmId,
    office: Point,
    areas: Areas,
    licences: Licences,
}

impl Firm {
    const TECHNICIANS: u32 = 5;

    fn new(number: u32, rng: &mut StdRng, cells: &mut Cells) -> Self {
        let office = somewhere(rng);
        // The cells around the office: 9 or 25 municipalities.
        let reach = if rng.random_bool(0.5) { 1 } else { 2 };
        let areas: Vec<JisCode> = (-reach..=reach)
            .flat_map(|north| (-reach..=reach).map(move |east| (north, east)))
            .map(|step| cells.code(office, step))
            .collect();
        // Four firms in five are designated wherever they work.
        let licence = rng.random_bool(0.8).then(|| FirmLicence {
            kind: Licence::DesignatedWater,
            utility: "架空水道局".to_owned(),
            number: "1".to_owned(),
            areas: areas.clone(),
            valid_to: NaiveDate::from_ymd_opt(2030, 3, 31).unwrap(),
        });
        let licences = licence.iter().collect();
        Self {
            id: FirmId(Uuid::from_u128(number.into())),
            office,
            areas: areas.into_iter().collect(),
            licences,
        }
    }
}

fn technician(firm: &Firm, rng: &mut StdRng) -> TechnicianProfile {
    let (from, to) = [(0, 1_440), (480, 1_200), (540, 1_080), (1_200, 1_920)][rng.random_range(0..4)];
    let shifts = Weekday::ALL.iter().map(|day| WeeklyShift::new(*day, from, to).unwrap()).collect();
    let trades = [vec![Trade::Water], vec![Trade::Lock], Trade::ALL.to_vec()][rng.random_range(0..3)].clone();
    let mut languages = vec!["ja".to_owned()];
    if rng.random_bool(0.1) {
        languages.push(["vi", "en", "zh", "id"][rng.random_range(0..4)].to_owned());
    }
    TechnicianProfile {
        id: TechnicianId(Uuid::from_u128(rng.random())),
        firm: firm.id,
        trades: trades.into_iter().collect(),
        job_codes: Box::default(),
        tools: Tool::ALL.iter().copied().filter(|_| rng.random_bool(0.8)).collect(),
        opening_tools: OpeningAuthority::Authorised,
        tier: rng.random_range(1..4),
        areas: firm.areas.clone(),
        licences: firm.licences.clone(),
        base: near(firm.office, 100_000, rng),
        languages,
        roster: Roster::new(shifts).unwrap(),
        state: TechnicianState::Active,
        addressee: Addressee::Technician,
        accepted_24h: rng.random_range(0..5),
    }
}

fn question(rng: &mut StdRng, cells: &mut Cells) -> Question {
    let site = somewhere(rng);
    let trade = Trade::ALL[rng.random_range(0..2)];
    let (code, licence, tools): (&str, _, &[Tool]) = match trade {
        Trade::Water => ("W-PIPE-EXPOSED", Some(Licence::DesignatedWater), &[]),
        Trade::Lock => ("L-KEY-LOST", None, &[Tool::OpeningTools]),
    };
    Question {
        job: JobId(Uuid::from_u128(rng.random())),
        site,
        municipality: cells.code(site, (0, 0)),
        parent_city: None,
        trade,
        job_code: code.parse::<JobCode>().unwrap(),
        licence,
        stop_gap: MakingSafe::NotAllowed,
        tools: tools.iter().copied().collect::<Tools>(),
        work_minutes: 30,
        tier_max: 3,
        priority: Priority::P1,
        language: rng.random_bool(0.9).then(|| ["vi", "en", "zh", "id"][rng.random_range(0..4)].to_owned()),
        queueing: Queueing::Allowed,
        on_call_ready_s: 900,
        excluded: Named::default(),
        blocked: Named::default(),
        blocked_technicians: Named::default(),
        policy: Policy::default(),
    }
}
