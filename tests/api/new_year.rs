//! A fortnight around New Year 2026/27: shifts with holiday rules, on-call time, days off and swaps, over midnight and
//! over the year. Who is offered a job, and what the roster says, is compared with a slow oracle that looks at every
//! minute of the plain data below and shares nothing with the service.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use kaketsuke::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    world,
};

/// Day, from, to, holiday rule.
type Weekly = (&'static str, &'static str, &'static str, &'static str);
/// Kind, from, to on the wall clock of Tokyo.
type Dated = (&'static str, &'static str, &'static str);

struct Plain {
    firm: usize,
    name: &'static str,
    weekly: &'static [Weekly],
    dated: &'static [Dated],
}

const ALL_NIGHTS: &[Weekly] = &[
    ("mon", "22:00", "06:00+1", "works"),
    ("tue", "22:00", "06:00+1", "works"),
    ("wed", "22:00", "06:00+1", "works"),
    ("thu", "22:00", "06:00+1", "works"),
    ("fri", "22:00", "06:00+1", "works"),
    ("sat", "22:00", "06:00+1", "works"),
    ("sun", "22:00", "06:00+1", "works"),
];
const OFFICE_DAYS: &[Weekly] = &[
    ("mon", "09:00", "18:00", "off"),
    ("tue", "09:00", "18:00", "off"),
    ("wed", "09:00", "18:00", "off"),
    ("thu", "09:00", "18:00", "off"),
    ("fri", "09:00", "18:00", "off"),
];
const NIGHTS_BUT_HOLIDAYS: &[Weekly] = &[
    ("mon", "20:00", "08:00+1", "off"),
    ("tue", "20:00", "08:00+1", "off"),
    ("wed", "20:00", "08:00+1", "off"),
    ("thu", "20:00", "08:00+1", "off"),
    ("fri", "20:00", "08:00+1", "off"),
    ("sat", "20:00", "08:00+1", "off"),
    ("sun", "20:00", "08:00+1", "off"),
];
const HOLIDAYS_ONLY: &[Weekly] = &[
    ("mon", "09:00", "21:00", "only"),
    ("tue", "09:00", "21:00", "only"),
    ("wed", "09:00", "21:00", "only"),
    ("thu", "09:00", "21:00", "only"),
    ("fri", "09:00", "21:00", "only"),
    ("sat", "09:00", "21:00", "only"),
    ("sun", "09:00", "21:00", "only"),
];
const EVERY_DAY: &[Weekly] = &[
    ("mon", "08:00", "20:00", "works"),
    ("tue", "08:00", "20:00", "works"),
    ("wed", "08:00", "20:00", "works"),
    ("thu", "08:00", "20:00", "works"),
    ("fri", "08:00", "20:00", "works"),
    ("sat", "08:00", "20:00", "works"),
    ("sun", "08:00", "20:00", "works"),
];

#[rustfmt::skip] // a table is read as a table
const PEOPLE: &[Plain] = &[
    Plain { firm: 0, name: "a1", weekly: OFFICE_DAYS, dated: &[] },
    Plain { firm: 0, name: "a2", weekly: ALL_NIGHTS, dated: &[
        ("day_off", "2026-12-31T00:00", "2027-01-01T00:00"),
    ] },
    Plain { firm: 1, name: "b1", weekly: &[("sat", "10:00", "16:00", "works"), ("sun", "10:00", "16:00", "off"),
                                           ("tue", "00:00", "24:00", "off")], dated: &[] },
    Plain { firm: 1, name: "b2", weekly: HOLIDAYS_ONLY, dated: &[] },
    Plain { firm: 2, name: "c1", weekly: &[("wed", "00:00", "24:00", "works"), ("thu", "00:00", "24:00", "works"),
                                           ("fri", "00:00", "24:00", "works")], dated: &[
        ("day_off", "2026-12-31T18:00", "2027-01-01T12:00"),
    ] },
    Plain { firm: 2, name: "c2", weekly: &[], dated: &[
        ("on_call", "2026-12-30T00:00", "2027-01-04T00:00"),
        ("extra_shift", "2027-01-02T10:00", "2027-01-02T14:00"),
    ] },
    Plain { firm: 3, name: "d1", weekly: &[("fri", "18:00", "06:00+1", "off"), ("thu", "18:00", "06:00+1", "works"),
                                           ("sun", "12:00", "12:00+1", "only")], dated: &[] },
    Plain { firm: 3, name: "d2", weekly: OFFICE_DAYS, dated: &[
        ("extra_shift", "2026-12-31T23:00", "2027-01-01T02:00"),
        ("day_off", "2026-12-28T00:00", "2026-12-29T00:00"),
    ] },
    Plain { firm: 4, name: "e1", weekly: NIGHTS_BUT_HOLIDAYS, dated: &[] },
    Plain { firm: 4, name: "e2", weekly: EVERY_DAY, dated: &[
        ("on_call", "2027-01-01T00:00", "2027-01-02T00:00"),
    ] },
    Plain { firm: 5, name: "f1", weekly: &[("mon", "00:00", "24:00", "works"), ("wed", "00:00", "24:00", "works"),
                                           ("fri", "00:00", "24:00", "works")], dated: &[] },
    Plain { firm: 5, name: "f2", weekly: &[], dated: &[
        ("on_call", "2026-12-24T18:00", "2026-12-28T08:00"), ("on_call", "2027-01-01T00:00", "2027-01-03T00:00"),
        ("day_off", "2026-12-26T12:00", "2026-12-27T00:00"),
    ] },
];

/// Giver, taker, from, to, what it is.
#[rustfmt::skip] // a table is read as a table
const SWAPS: &[(&str, &str, &str, &str, &str)] = &[
    ("e1", "e2", "2026-12-25T20:00", "2026-12-26T08:00", "shift"),
    ("e2", "e1", "2027-01-05T08:00", "2027-01-05T20:00", "shift"),
    ("f1", "f2", "2027-01-01T00:00", "2027-01-02T00:00", "shift"),
    ("f2", "f1", "2026-12-26T02:00", "2026-12-26T10:00", "on_call"),
];

/// The slow oracle.
mod oracle {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Minute {
        Shift,
        OnCall,
        Off,
    }

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    /// Public holidays, read from the file line by line, and 29 December to 3 January.
    pub(super) fn rest_days() -> BTreeSet<NaiveDate> {
        let text = std::fs::read_to_string("seeds/reference/holidays.toml").unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("date = "));
        let mut days: BTreeSet<NaiveDate> = lines.map(|date| date.trim().parse().unwrap()).collect();
        assert!(days.contains(&"2027-01-01".parse().unwrap()));
        for day in ["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03"] {
            days.insert(day.parse().unwrap());
        }
        days
    }

    fn minutes(clock: &str) -> i64 {
        let (clock, days) = match clock.strip_suffix("+1") {
            Some(clock) => (clock, 1),
            None => (clock, 0),
        };
        let (hours, minutes) = clock.split_once(':').unwrap();
        days * 1_440 + hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap()
    }

    /// What a person is at a minute on the wall clock of Tokyo.
    pub(super) fn at(person: &Plain, rest_days: &BTreeSet<NaiveDate>, now: NaiveDateTime) -> Minute {
        let within = |from: &str, to: &str| wall(from) <= now && now < wall(to);
        let entered = |kind: &str| person.dated.iter().any(|(of, from, to)| *of == kind && within(from, to));
        let given = SWAPS.iter().any(|(giver, _, from, to, _)| *giver == person.name && within(from, to));
        let taken = |kind: &str| {
            SWAPS
                .iter()
                .any(|(_, taker, from, to, of)| *taker == person.name && *of == kind && within(from, to))
        };
        if entered("day_off") || given {
            return Minute::Off;
        }
        let weekly = person.weekly.iter().any(|(day, from, to, rule)| {
            // The window belongs to the day it opens: that of this minute, or the one before.
            [now.date(), now.date() - TimeDelta::days(1)].into_iter().any(|opened| {
                let name = opened.weekday().to_string().to_lowercase();
                let rests = rest_days.contains(&opened);
                let opens = match *rule {
                    "works" => true,
                    "off" => !rests,
                    "only" => rests,
                    other => panic!("{other}"),
                };
                let passed = (now - opened.and_hms_opt(0, 0, 0).unwrap()).num_minutes();
                name == *day && opens && minutes(from) <= passed && passed < minutes(to)
            })
        });
        if weekly || entered("extra_shift") || taken("shift") {
            Minute::Shift
        } else if entered("on_call") || taken("on_call") {
            Minute::OnCall
        } else {
            Minute::Off
        }
    }
}

fn utc(wall: &str) -> DateTime<Utc> {
    format!("{wall}:00+09:00").parse().unwrap()
}

fn wall(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc() + TimeDelta::hours(9)
}

/// The people as the service knows them: firm ids, technician ids by name.
struct Cast {
    firms: Vec<String>,
    ids: BTreeMap<&'static str, String>,
}

/// Registers everybody as the office does, and enters what is dated as the firms themselves do.
async fn cast(server: &TestServer) -> Cast {
    let administrator = server.administrator();
    let (mut firms, mut offices) = (Vec::new(), Vec::new());
    for number in 0..6 {
        let firm =
            id(&administrator.post("/v1/firms", world::firm(&format!("架空{number}"))).await.expect(201));
        let uuid: uuid::Uuid = firm.parse().unwrap();
        offices.push(server.with(Some(&server.token(Role::Firm, Some(uuid.into()), None, None).await)));
        firms.push(firm);
    }
    let mut ids = BTreeMap::new();
    for (number, person) in (0_i32..).zip(PEOPLE) {
        let base = world::point(35.11 + f64::from(number) * 0.008, 136.84 + f64::from(number % 5) * 0.02);
        let mut body = world::technician(person.name, &["water", "lock"], base);
        let shift =
            |(day, from, to, rule): &Weekly| json!({ "day": day, "from": from, "to": to, "holidays": rule });
        body["shifts"] = person.weekly.iter().map(shift).collect();
        let office = &offices[person.firm];
        let path = format!("/v1/firms/{}/technicians", firms[person.firm]);
        let technician = id(&administrator.post(&path, body).await.expect(201));
        for (kind, from, to) in person.dated {
            let entry = json!({ "kind": kind, "starts_at": utc(from), "ends_at": utc(to) });
            let path = format!("/v1/technicians/{technician}/shift-entries");
            office.post(&path, entry).await.expect(201);
        }
        ids.insert(person.name, technician);
    }
    for (giver, taker, from, to, kind) in SWAPS {
        let firm = PEOPLE.iter().find(|person| person.name == *giver).unwrap().firm;
        let swap = json!({
            "giver_id": ids[giver], "taker_id": ids[taker], "starts_at": utc(from), "ends_at": utc(to),
        });
        let made = offices[firm].post("/v1/shift-swaps", swap).await.expect(201);
        assert_eq!(made["kind"], *kind, "{giver}");
    }
    Cast { firms, ids }
}

/// Instants to ask at: both sides of every edge that matters, and pseudo-random ones between.
fn instants() -> Vec<DateTime<Utc>> {
    let mut instants = BTreeSet::new();
    for edge in [
        "2026-12-24T18:00",
        "2026-12-25T20:00",
        "2026-12-26T08:00",
        "2026-12-29T00:00",
        "2026-12-31T18:00",
        "2026-12-31T23:00",
        "2027-01-01T00:00",
        "2027-01-01T02:00",
        "2027-01-01T12:00",
        "2027-01-04T00:00",
        "2027-01-05T08:00",
    ] {
        instants.insert(utc(edge));
        instants.insert(utc(edge) - TimeDelta::microseconds(1));
    }
    let mut state: u64 = 20_261_224;
    while instants.len() < 56 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let second = i64::try_from((state >> 33) % (14 * 86_400)).unwrap();
        instants.insert(utc("2026-12-24T00:00") + TimeDelta::seconds(second));
    }
    instants.into_iter().collect()
}

/// Who the matching run of a job says can be sent, in order: technician and figures; everybody else is refused.
async fn decided(server: &TestServer, job: &str) -> (Vec<(String, Value)>, Vec<(String, Value)>) {
    let decisions = server.dispatcher().get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
    let list = |field: &str, what: &str| -> Vec<(String, Value)> {
        let all = decisions[0]["document"][field].as_array().unwrap().iter();
        all.map(|one| (one["facts"]["technician"].as_str().unwrap().to_owned(), one[what].clone())).collect()
    };
    (list("candidates", "figures"), list("rejections", "rejection"))
}

/// Makes a job now and compares who is considered, and who is asked, with the oracle.
async fn check_now(server: &TestServer, cast: &Cast, rest_days: &BTreeSet<NaiveDate>) -> usize {
    let now = server.ctx.now();
    let job = world::job(server).await;
    let (candidates, refused) = decided(server, &job).await;
    assert_eq!(candidates.len() + refused.len(), PEOPLE.len(), "{now}");
    let duty: BTreeMap<&str, oracle::Minute> = PEOPLE
        .iter()
        .map(|person| (cast.ids[person.name].as_str(), oracle::at(person, rest_days, wall(now))))
        .collect();
    for (technician, figures) in &candidates {
        let (expected, ready_us) = match duty[technician.as_str()] {
            oracle::Minute::Shift => ("on_shift", 0),
            oracle::Minute::OnCall => ("on_call", 900_000_000),
            oracle::Minute::Off => panic!("{now}: {technician} is off"),
        };
        assert_eq!(figures["duty"], expected, "{now} {technician}");
        assert_eq!(figures["available_at_us"], now.timestamp_micros() + ready_us, "{now} {technician}");
    }
    for (technician, rejection) in &refused {
        assert_eq!(duty[technician.as_str()], oracle::Minute::Off, "{now} {technician}");
        assert_eq!(rejection["reason"], "off_shift", "{now} {technician}");
    }
    for pair in candidates.windows(2).filter(|pair| pair[0].1["band"] == pair[1].1["band"]) {
        assert!(
            pair[0].1["duty"] == "on_shift" || pair[1].1["duty"] == "on_call",
            "{now}: call before shift"
        );
    }
    let open = server.dispatcher().get("/v1/offers?state=open").await.expect(200);
    let asked: Vec<_> =
        open["items"].as_array().unwrap().iter().map(|one| one["technician_id"].clone()).collect();
    let first: Vec<_> = candidates.iter().take(1).map(|(technician, _)| json!(technician)).collect();
    assert_eq!(asked, first, "{now}");
    let cancel = format!("/v1/jobs/{job}/cancellation");
    server.dispatcher().post(&cancel, json!({ "reason": "solved_by_itself" })).await.expect(200);
    world::wrap_up(server, &job).await;
    candidates.len()
}

/// Compares what the roster says with the oracle, minute by minute.
async fn check_rosters(server: &TestServer, cast: &Cast, rest_days: &BTreeSet<NaiveDate>) {
    for (number, firm) in cast.firms.iter().enumerate() {
        let path = format!("/v1/firms/{firm}/roster?from=2026-12-24&to=2027-01-08");
        let shown = server.dispatcher().get(&path).await.expect(200);
        let people: Vec<_> = PEOPLE.iter().filter(|person| person.firm == number).collect();
        assert_eq!(shown["items"].as_array().unwrap().len(), people.len());
        for person in people {
            let all = shown["items"].as_array().unwrap();
            let own = all.iter().find(|one| one["technician_id"] == cast.ids[person.name]).unwrap();
            let windows: Vec<(oracle::Minute, DateTime<Utc>, DateTime<Utc>)> = own["windows"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|window| {
                    let kind = match window["kind"].as_str().unwrap() {
                        "shift" => oracle::Minute::Shift,
                        "on_call" => oracle::Minute::OnCall,
                        _ => return None,
                    };
                    let at = |field: &str| window[field].as_str().unwrap().parse().unwrap();
                    Some((kind, at("starts_at"), at("ends_at")))
                })
                .collect();
            let mut now = utc("2026-12-24T00:00");
            while now < utc("2027-01-08T00:00") {
                let said = windows.iter().find(|(_, from, to)| *from <= now && now < *to);
                let said = said.map_or(oracle::Minute::Off, |(kind, ..)| *kind);
                assert_eq!(said, oracle::at(person, rest_days, wall(now)), "{} {now}", person.name);
                now += TimeDelta::minutes(1);
            }
        }
    }
}

on_both_engines! {
    async fn a_fortnight_around_new_year_follows_the_rosters(db: TestDb) {
        let server = TestServer::start_at(&db, utc("2026-12-23T21:00")).await;
        let (cast, rest_days) = (cast(&server).await, oracle::rest_days());
        check_rosters(&server, &cast, &rest_days).await;
        let (mut considered, mut nobody) = (BTreeSet::new(), 0);
        for instant in instants() {
            server.ctx.clock().advance_to(instant).await;
            assert_eq!(server.ctx.now(), instant);
            let count = check_now(&server, &cast, &rest_days).await;
            considered.insert(count);
            nobody += usize::from(count == 0);
        }
        assert!(considered.len() >= 4, "the rosters differ enough to tell: {considered:?}, {nobody} with nobody");
        server.stop().await;
    }
}
