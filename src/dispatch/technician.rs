//! One technician, as far as matching is concerned.

use chrono::{NaiveDate, SubsecRound as _, TimeDelta, serde::ts_microseconds};
use serde::{Deserialize, Serialize};

use super::{areas::Areas, licences::Licences};
use crate::domain::{
    ids::{FirmId, JobId, OfferId, TechnicianId},
    offers::Addressee,
    place::{JisCode, Point},
    reference::{JobCode, job_codes::Licence},
    roster::{
        Roster,
        duty::{Duty, DutyAt, OffCause},
    },
    span::{Instant, Span},
    text_enum::text_enum,
    tools::{OpeningAuthority, Tools},
    trade::Trade,
};

/// A position older than this counts as the base.
pub const FRESH: TimeDelta = TimeDelta::minutes(20);

/// What changes rarely: who, what, where, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TechnicianProfile {
    /// Who.
    pub id: TechnicianId,
    /// Whom he works for.
    pub firm: FirmId,
    /// The trades he does.
    pub trades: Trades,
    /// The only kinds of trouble he is sent for; empty: every one of his trades.
    pub job_codes: Box<[JobCode]>,
    /// The tools he carries.
    pub tools: Tools,
    /// Whether he may carry tools for opening locks (S-07).
    pub opening_tools: OpeningAuthority,
    /// The rung of the ladder from which his firm is asked.
    pub tier: u8,
    /// The municipalities his firm serves, ward or parent city; shared by the firm's technicians.
    pub areas: Areas,
    /// His firm's licences; shared by the firm's technicians.
    pub licences: Licences,
    /// Where he starts from when nothing better is known.
    pub base: Point,
    /// Languages he speaks with callers, as canonical BCP 47 tags (N-01).
    pub languages: Vec<String>,
    /// When he works, week by week; dated entries are kept beside it.
    pub roster: Roster,
    /// Whether he, and his firm, are in service.
    pub state: TechnicianState,
    /// Who answers an offer: the technician, or the firm.
    pub addressee: Addressee,
    /// Jobs he accepted in the last 24 hours: fair load.
    pub accepted_24h: u32,
}

text_enum! {
    /// Whether a technician is in service. A suspended firm suspends its technicians.
    pub enum TechnicianState("technician state") {
        /// In service.
        Active = "active",
        /// Not in service: serves nobody, covers nothing.
        Suspended = "suspended",
    }
}

/// A set of trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Trade>", into = "Vec<Trade>")]
pub struct Trades(u8);

impl Trades {
    /// Whether `trade` is among them.
    #[must_use]
    pub fn contains(self, trade: Trade) -> bool {
        self.0 & (1 << trade as u8) != 0
    }

    /// The trades in order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Trade> {
        Trade::ALL.iter().copied().filter(move |trade| self.contains(*trade))
    }
}

impl FromIterator<Trade> for Trades {
    fn from_iter<I: IntoIterator<Item = Trade>>(trades: I) -> Self {
        Self(trades.into_iter().fold(0, |bits, trade| bits | 1 << trade as u8))
    }
}

impl From<Vec<Trade>> for Trades {
    fn from(trades: Vec<Trade>) -> Self {
        trades.into_iter().collect()
    }
}

impl From<Trades> for Vec<Trade> {
    fn from(trades: Trades) -> Self {
        trades.iter().collect()
    }
}

/// Where a technician was, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PositionFix {
    /// Where.
    #[serde(with = "super::e6")]
    pub point: Point,
    /// When, never after it was received.
    #[serde(rename = "measured_at_us", with = "ts_microseconds")]
    measured_at: Instant,
}

impl PositionFix {
    /// A position measured at device time `measured_at` that reached us at `received_at`: measured then at the latest, or it
    /// would stay fresh for ever (G-13).
    #[must_use]
    pub fn new(point: Point, measured_at: Instant, received_at: Instant) -> Self {
        Self { point, measured_at: measured_at.min(received_at).trunc_subsecs(6) }
    }

    /// When it was measured.
    #[must_use]
    pub fn measured_at(&self) -> Instant {
        self.measured_at
    }

    /// The last instant it is fresh.
    #[must_use]
    pub fn fresh_until(&self) -> Instant {
        self.measured_at.checked_add_signed(FRESH).unwrap_or(Instant::MAX_UTC)
    }
}

/// The present job of a technician.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Where it is: he leaves from there.
    #[serde(with = "super::e6")]
    pub site: Point,
    /// When he is expected to be done.
    #[serde(rename = "free_at_us", with = "ts_microseconds")]
    pub free_at: Instant,
    /// Whether another job already waits behind it.
    pub next_job: NextJob,
}

/// A visit planned for a technician: he is not sent elsewhere then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedVisit {
    /// Of which job.
    pub job: JobId,
    /// From when.
    #[serde(rename = "starts_at_us", with = "ts_microseconds")]
    pub starts_at: Instant,
    /// Until when; not included.
    #[serde(rename = "ends_at_us", with = "ts_microseconds")]
    pub ends_at: Instant,
}

impl PlannedVisit {
    /// Whether it keeps a technician from being on `job` during `span`: it is not that job's own, and the two share
    /// an instant.
    #[must_use]
    pub fn is_in_the_way(&self, job: JobId, span: Span) -> bool {
        self.job != job && self.starts_at < span.to() && span.from() < self.ends_at
    }
}

text_enum! {
    /// Whether a technician is sent for a kind of trouble.
    pub enum CodeFit("job-code fit") {
        /// He names none: he is sent for all of his trades.
        Unlimited = "unlimited",
        /// He names it.
        Listed = "listed",
        /// He names others only.
        NotListed = "not_listed",
    }
}

text_enum! {
    /// The place behind a technician's present job.
    pub enum NextJob("next job") {
        /// Nothing waits.
        None = "none",
        /// An accepted job waits.
        Queued = "queued",
    }
}

/// Where a technician stands: all that decides from where and when he can leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// His base.
    #[serde(with = "super::e6")]
    pub base: Point,
    /// His last known position.
    pub position: Option<PositionFix>,
    /// His present job.
    pub commitment: Option<Commitment>,
}

text_enum! {
    /// What a technician travels from.
    pub enum OriginKind("origin") {
        /// The site of the present job.
        JobSite = "job_site",
        /// A fresh position.
        Position = "position",
        /// The base.
        Base = "base",
    }
}

impl Standing {
    /// From where he would leave: the site of the present job, else a position at most 20 minutes old, else the
    /// base.
    #[must_use]
    pub fn origin(&self, now: Instant) -> (OriginKind, Point) {
        match (self.commitment, self.position) {
            (Some(commitment), _) => (OriginKind::JobSite, commitment.site),
            (None, Some(fix)) if now <= fix.fresh_until() => (OriginKind::Position, fix.point),
            (None, _) => (OriginKind::Base, self.base),
        }
    }

    /// When he can leave: now, or once the present job is done.
    #[must_use]
    pub fn available_at(&self, now: Instant) -> Instant {
        self.commitment.map_or(now, |commitment| commitment.free_at.max(now))
    }
}

/// A technician's shift at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Shift {
    /// On shift.
    On {
        /// Its end.
        #[serde(rename = "until_us", with = "ts_microseconds")]
        until: Instant,
    },
    /// Not on shift, but on call.
    OnCall {
        /// Its end.
        #[serde(rename = "until_us", with = "ts_microseconds")]
        until: Instant,
    },
    /// Off shift.
    Off {
        /// Why.
        cause: OffCause,
        /// The next opening, when there is one.
        #[serde(rename = "next_us", with = "chrono::serde::ts_microseconds_option")]
        next: Option<Instant>,
    },
}

impl Shift {
    /// What a technician's roster comes to at an instant.
    #[must_use]
    pub fn of(duty: Duty<'_>, at: Instant) -> Self {
        match duty.at(at) {
            DutyAt::OnShift { until } => Self::On { until },
            DutyAt::OnCall { until } => Self::OnCall { until },
            DutyAt::Off { cause, next } => Self::Off { cause, next },
        }
    }

    /// Whether he would be sent from call.
    #[must_use]
    pub fn is_on_call(&self) -> bool {
        matches!(self, Self::OnCall { .. })
    }
}

/// A technician as rules and figures see him: live in the fleet, or read back from a decision.
pub trait CandidateView {
    /// Who.
    fn id(&self) -> TechnicianId;
    /// Whom he works for.
    fn firm(&self) -> FirmId;
    /// Whether he is in service.
    fn state(&self) -> TechnicianState;
    /// What he does.
    fn trades(&self) -> Trades;
    /// Whether he is sent for this kind of trouble.
    fn code_fit(&self, code: &JobCode) -> CodeFit;
    /// The tools he carries.
    fn tools(&self) -> Tools;
    /// Whether he may carry tools for opening locks.
    fn opening_tools(&self) -> OpeningAuthority;
    /// The rung of the ladder from which his firm is asked.
    fn tier(&self) -> u8;
    /// The first of these codes that his firm serves.
    fn area<'a>(&self, codes: &[&'a JisCode]) -> Option<&'a JisCode>;
    /// The last day any of his firm's licences of this kind is valid in one of these municipalities.
    fn licence_valid_to(&self, licence: Licence, codes: &[&JisCode]) -> Option<NaiveDate>;
    /// Whether any visit is planned for him: most have none.
    fn has_plans(&self) -> bool;
    /// The first planned visit that keeps him from being on `job` during `span`.
    fn planned_visit(&self, job: JobId, span: Span) -> Option<PlannedVisit>;
    /// Where he stands.
    fn standing(&self) -> &Standing;
    /// The offer he has not answered yet.
    fn open_offer(&self) -> Option<OfferId>;
    /// His shift at the instant he could leave.
    fn shift(&self, at: Instant) -> Shift;
    /// The languages he speaks.
    fn languages(&self) -> &[String];
    /// Jobs accepted in the last 24 hours.
    fn accepted_24h(&self) -> u32;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::samples::{at, point};

    #[test]
    fn trades_are_a_set() {
        let trades: Trades = [Trade::Lock, Trade::Lock].into_iter().collect();
        assert!(trades.contains(Trade::Lock) && !trades.contains(Trade::Water));
        assert_eq!(serde_json::to_string(&Trades::from(Trade::ALL.to_vec())).unwrap(), r#"["water","lock"]"#);
    }

    #[test]
    fn the_origin_is_the_site_then_a_fresh_position_then_the_base() {
        let fix = PositionFix::new(point(35.1, 136.1), at(0), at(0));
        let free = Standing { base: point(35.0, 136.0), position: Some(fix), commitment: None };
        let twenty = at(20 * 60);
        assert_eq!(free.origin(twenty), (OriginKind::Position, point(35.1, 136.1)));
        assert_eq!(
            free.origin(twenty + TimeDelta::microseconds(1)),
            (OriginKind::Base, point(35.0, 136.0)),
            "older than 20 minutes"
        );
        let commitment = Commitment { site: point(35.2, 136.2), free_at: at(900), next_job: NextJob::None };
        let busy = Standing { commitment: Some(commitment), ..free };
        assert_eq!(busy.origin(at(0)), (OriginKind::JobSite, point(35.2, 136.2)));
        assert_eq!((busy.available_at(at(0)), busy.available_at(at(1_000))), (at(900), at(1_000)));
    }

    #[test]
    fn a_clock_that_runs_ahead_is_not_believed() {
        let fix = |ahead_s| PositionFix::new(point(35.0, 136.0), at(ahead_s), at(0)).measured_at();
        assert_eq!(fix(1), at(0));
        assert_eq!(fix(86_400), at(0));
        assert_eq!(fix(-600), at(-600));
    }
}
