//! What tests of this layer are made of. All names and places are invented or public.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{
    areas::Areas,
    licences::Licences,
    question::{MakingSafe, Named, Policy, Question, Queueing},
    technician::{TechnicianProfile, TechnicianState, Trades},
};
use crate::domain::{
    ids::{FirmId, JobId, TechnicianId},
    offers::Addressee,
    place::{JisCode, Point},
    roster::{Roster, Weekday, WeeklyShift},
    span::{Instant, tokyo_instant},
    tools::{OpeningAuthority, Tools},
    trade::{Priority, Trade},
};

/// Seconds from Monday 2026-11-23 12:00 in Tokyo.
pub(super) fn at(seconds: i64) -> Instant {
    tokyo_instant(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), 12 * 60) + TimeDelta::seconds(seconds)
}

pub(super) fn point(lat: f64, lon: f64) -> Point {
    Point::from_degrees(lat, lon).unwrap()
}

pub(super) fn technician_id(number: u128) -> TechnicianId {
    TechnicianId(Uuid::from_u128(number))
}

pub(super) fn firm_id(number: u128) -> FirmId {
    FirmId(Uuid::from_u128(number))
}

pub(super) fn jis(code: &str) -> JisCode {
    code.parse().unwrap()
}

pub(super) fn areas(codes: &[&str]) -> Areas {
    codes.iter().map(|code| jis(code)).collect()
}

pub(super) fn round_the_clock() -> Roster {
    let day = |day: &Weekday| WeeklyShift::new(*day, 0, 1_440).unwrap();
    Roster::new(Weekday::ALL.iter().map(day).collect()).unwrap()
}

/// In service round the clock for both trades in Naka ward, Nagoya, and based near its office.
pub(super) fn technician(number: u128) -> TechnicianProfile {
    TechnicianProfile {
        id: technician_id(number),
        firm: firm_id(1_000 + number),
        trades: Trade::ALL.iter().copied().collect::<Trades>(),
        job_codes: Box::default(),
        tools: Tools::default(),
        opening_tools: OpeningAuthority::NotAuthorised,
        tier: 1,
        areas: areas(&["23106"]),
        licences: Licences::default(),
        base: point(35.17, 136.91),
        languages: vec!["ja".to_owned()],
        roster: round_the_clock(),
        state: TechnicianState::Active,
        addressee: Addressee::Technician,
        accepted_24h: 0,
    }
}

/// A lock job in Naka ward, Nagoya, for a Vietnamese speaker.
pub(super) fn question() -> Question {
    Question {
        job: JobId(Uuid::from_u128(9)),
        site: point(35.168_7, 136.908_8),
        municipality: jis("23106"),
        parent_city: Some(jis("23100")),
        trade: Trade::Lock,
        job_code: "L-CYL-REPLACE".parse().unwrap(),
        licence: None,
        stop_gap: MakingSafe::NotAllowed,
        tools: Tools::default(),
        work_minutes: 60,
        tier_max: 9,
        priority: Priority::P1,
        language: Some("vi".to_owned()),
        queueing: Queueing::Allowed,
        on_call_ready_s: 900,
        excluded: Named::default(),
        blocked: Named::default(),
        blocked_technicians: Named::default(),
        policy: Policy::default(),
    }
}
