//! Facts for tests, told like a story: by true time in Tokyo, through devices whose clocks may be off.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde_json::json;
use uuid::Uuid;

use super::{Fact, FactKind, Reporter};
use crate::domain::{
    ids::{AssignmentId, FactId, FirmId, JobId, TechnicianId},
    span::{Instant, tokyo_instant},
};

/// A wall-clock time of 22 November 2026 in Tokyo.
pub(crate) fn at(time: &str) -> Instant {
    let since_midnight = time.parse::<NaiveTime>().unwrap() - NaiveTime::MIN;
    tokyo_instant(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(), 0) + since_midnight
}

pub(crate) fn technician(number: u128) -> TechnicianId {
    TechnicianId(Uuid::from_u128(number))
}

pub(crate) fn firm(number: u128) -> FirmId {
    FirmId(Uuid::from_u128(0xF1 << 64 | number))
}

pub(crate) fn item(number: u128) -> Uuid {
    Uuid::from_u128(0x17E << 64 | number)
}

/// What happened, in the words of the API.
pub(crate) fn what(kind: serde_json::Value) -> FactKind {
    serde_json::from_value(kind).unwrap()
}

pub(crate) fn simple(kind: &str) -> FactKind {
    what(json!({ "kind": kind }))
}

pub(crate) fn start(work: &str) -> FactKind {
    what(json!({ "kind": "work_start", "work": work }))
}

pub(crate) fn pause() -> FactKind {
    what(json!({ "kind": "pause", "reason": "parts_fetch" }))
}

/// How an identity check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Passed,
    Failed,
}

pub(crate) fn id_check(check: Check) -> FactKind {
    what(json!({
        "kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": true, "name_ok": true,
        "address_ok": check == Check::Passed, "pledge_signed": true,
    }))
}

pub(crate) fn finding() -> FactKind {
    what(json!({ "kind": "referral_finding", "reason": "wear", "component": "toilet", "made_safe": true }))
}

pub(crate) fn part(key: u128, price: i64) -> FactKind {
    what(json!({
        "kind": "part", "item": item(key), "name": "止水栓パッキン", "quantity": "1", "unit_price_yen": price,
        "price_basis": "tax_inclusive",
    }))
}

/// One device of a technician on one job.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    technician: u128,
    number: u128,
    behind: TimeDelta,
    delay: TimeDelta,
    seq: i64,
}

impl Device {
    pub(crate) fn of(technician: u128) -> Self {
        Self::numbered(technician, 0)
    }

    pub(crate) fn numbered(technician: u128, number: u128) -> Self {
        Self { technician, number, behind: TimeDelta::zero(), delay: TimeDelta::zero(), seq: 0 }
    }

    /// Its clock shows so much less than the true time.
    pub(crate) fn behind(self, behind: TimeDelta) -> Self {
        Self { behind, ..self }
    }

    /// Its reports take so long to arrive.
    pub(crate) fn delayed(self, delay: TimeDelta) -> Self {
        Self { delay, ..self }
    }

    /// A number that never arrives.
    pub(crate) fn lose_one(&mut self) {
        self.seq += 1;
    }

    /// The number before is given again.
    pub(crate) fn repeat_number(&mut self) {
        self.seq -= 1;
    }

    /// Reports at once what happens at a true time.
    pub(crate) fn tell(&mut self, time: &str, what: FactKind) -> Fact {
        self.tell_at(at(time), what)
    }

    pub(crate) fn tell_at(&mut self, at: Instant, what: FactKind) -> Fact {
        self.seq += 1;
        let own = u128::try_from(self.seq).unwrap();
        // The kind is part of the id, so that a number given twice still makes two reports.
        let id = self.technician << 64 | self.number << 48 | own << 8 | what.code().len() as u128;
        Fact {
            id: FactId(Uuid::from_u128(id)),
            job_id: JobId(Uuid::from_u128(1)),
            assignment_id: AssignmentId(Uuid::from_u128(self.technician)),
            technician_id: technician(self.technician),
            device: format!("device-{}", self.number).try_into().unwrap(),
            device_seq: self.seq,
            device_time: at - self.behind,
            sent_at: at - self.behind,
            received_at: at + self.delay,
            told_by: Reporter::Device,
            unresolved: None,
            what,
        }
    }

    /// Reports an answer of the payer as it is given; asked five seconds before.
    pub(crate) fn consent(&mut self, time: &str, answer: &Asked<'_>) -> Fact {
        let answered_at = at(time) - self.behind;
        let what = what(answer.json(answered_at));
        self.tell(time, what)
    }
}

/// A question to the payer.
pub(crate) struct Asked<'a> {
    pub(crate) cap_units: Option<i64>,
    pub(crate) items: &'a [(u128, i64)],
    pub(crate) cap_yen: i64,
    pub(crate) payer: &'a str,
    pub(crate) answer: &'a str,
}

impl Asked<'static> {
    /// A yes of the worker to so many units.
    pub(crate) fn units(cap_units: i64) -> Self {
        Self {
            cap_units: Some(cap_units),
            items: &[],
            cap_yen: 1_100 * cap_units,
            payer: "worker",
            answer: "yes",
        }
    }
}

impl<'a> Asked<'a> {
    /// A yes of the worker to these items, each at most at its price.
    pub(crate) fn items(items: &'a [(u128, i64)]) -> Self {
        let cap_yen = items.iter().map(|(_, yen)| yen).sum();
        Self { cap_units: None, items, cap_yen, payer: "worker", answer: "yes" }
    }

    pub(crate) fn json(&self, answered_at: Instant) -> serde_json::Value {
        let units = self.cap_units.map(|cap| json!({ "kind": "overtime", "cap_units": cap }));
        let items =
            self.items.iter().map(|(key, yen)| json!({ "kind": "item", "item": item(*key), "max_yen": yen }));
        json!({
            "kind": "consent", "covers": units.into_iter().chain(items).collect::<Vec<_>>(),
            "cap_yen": self.cap_yen, "payer": self.payer, "language": "ne", "interpreter": "IP-07",
            "text_version": "1", "asked_at": answered_at - TimeDelta::seconds(5), "answered_at": answered_at,
            "answer": self.answer,
        })
    }
}

/// Arrival at ten, work in these stretches, completion at the end of the last one.
pub(crate) fn plain_job(device: &mut Device, stretches: &[(&str, &str)]) -> Vec<Fact> {
    let mut facts =
        vec![device.tell("09:40:00", simple("departure")), device.tell("10:00:00", simple("arrival"))];
    for (from, to) in stretches {
        facts.push(device.tell(from, start("work")));
        facts.push(device.tell(to, simple("work_end")));
    }
    let end = stretches.last().map_or("10:00:00", |(_, to)| to);
    facts.push(device.tell(end, simple("completion")));
    facts
}
