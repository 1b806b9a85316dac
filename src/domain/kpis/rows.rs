//! What is read of the records.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::domain::{
    calendar::DayClass,
    calls::CallState,
    facts::SKEW_IGNORED,
    ids::{CallId, CaseId, FirmId, JobId},
    jobs::JobState,
    ledger::EntryKind,
    offers::{CrewRole, OfferState},
    referrals::ReferralReason,
    span::Instant,
    trade::{Priority, Trade},
};

/// Whether a caller's language was served when it rang.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// Japanese: nobody else is needed.
    NoNeed,
    /// An interpreter was there.
    Open,
    /// None was there, or nobody knows the hours.
    NotOpen,
}

/// A call.
#[derive(Debug, Clone)]
pub struct CallRow {
    /// Its id.
    pub id: CallId,
    /// Language spoken.
    pub language: String,
    /// Where it is.
    pub state: CallState,
    /// When it rang.
    pub offered_at: Instant,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// When nothing was left to do.
    pub wrapped_at: Option<Instant>,
    /// Whether its language was served.
    pub served: Served,
}

/// An attempt to have an interpreter on a call.
#[derive(Debug, Clone)]
pub struct InterpreterRow {
    /// The call.
    pub call_id: CallId,
    /// When the interpreter was asked.
    pub requested_at: Instant,
    /// When one joined; absent when none did.
    pub joined_at: Option<Instant>,
}

/// A danger that calls for 119, 110 or the gas company.
#[derive(Debug, Clone)]
pub struct DangerRow {
    /// The call in which it was told.
    pub call_id: CallId,
    /// Which.
    pub hazard: String,
    /// When it was told.
    pub told_at: Instant,
    /// When the instruction was given.
    pub instructed_at: Option<Instant>,
}

/// A job.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Its case.
    pub case_id: CaseId,
    /// What is to be done.
    pub job_code: String,
    /// Which trade does it.
    pub trade: Trade,
    /// How urgent it is.
    pub priority: Priority,
    /// Where it is.
    pub state: JobState,
    /// When it was made.
    pub created_at: Instant,
    /// Language of the case.
    pub language: String,
    /// The prefecture, while the place is known.
    pub prefecture: Option<String>,
    /// The class of the day it was made on.
    pub day_class: DayClass,
    /// When the last call before it was answered.
    pub answered_at: Option<Instant>,
    /// Whether a visit was planned: then it is not a matter of minutes.
    pub is_planned: bool,
    /// Whether somebody left to come back.
    pub is_left: bool,
    /// Whether another job does its work again.
    pub is_reworked: bool,
}

/// An offer of a job.
#[derive(Debug, Clone)]
pub struct OfferRow {
    /// The job.
    pub job_id: JobId,
    /// The firm.
    pub firm_id: FirmId,
    /// Its name.
    pub firm: String,
    /// The job, or a hand with it.
    pub role: CrewRole,
    /// Where it is.
    pub state: OfferState,
    /// Whether it was accepted, whatever became of it.
    pub is_accepted: bool,
    /// When, where that is known: of one that was taken back before the firm had named anybody it is not.
    pub accepted_at: Option<Instant>,
    /// For when.
    pub promised_at: Option<Instant>,
}

/// An arrival as reported.
#[derive(Debug, Clone)]
pub struct ArrivedRow {
    /// The job.
    pub job_id: JobId,
    /// By the device's clock.
    pub device_time: Instant,
    /// When it was sent, by the same clock.
    pub sent_at: Instant,
    /// When it came.
    pub received_at: Instant,
}

/// A line of the ledger that nothing has taken back.
#[derive(Debug, Clone)]
pub struct LineRow {
    /// The job.
    pub job_id: JobId,
    /// What it is.
    pub kind: EntryKind,
    /// `overtime`, a part or special work.
    pub code: String,
    /// Units or pieces.
    pub quantity: Decimal,
    /// What is billed.
    pub amount_yen: i64,
    /// Whether a consent stands behind it.
    pub is_consented: bool,
}

/// A referral.
#[derive(Debug, Clone)]
pub struct ReferralRow {
    /// Its id.
    pub id: Uuid,
    /// The job that led to it, when it was found at the site.
    pub job_id: Option<JobId>,
    /// Language of the case.
    pub language: String,
    /// Why.
    pub reason: ReferralReason,
    /// When it was made.
    pub decided_at: Instant,
    /// When the first recipient acknowledged.
    pub acknowledged_at: Option<Instant>,
}

/// A case with those of the same place and category before and after it.
#[derive(Debug, Clone)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// Its language.
    pub language: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// The last one before it.
    pub before: Option<Instant>,
    /// The first one after it.
    pub after: Option<Instant>,
}

/// Everything that was told of a span of days.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The calls that rang.
    pub calls: Vec<CallRow>,
    /// The interpreters asked in them.
    pub interpreters: Vec<InterpreterRow>,
    /// The dangers told in them.
    pub dangers: Vec<DangerRow>,
    /// The jobs that were made.
    pub jobs: Vec<JobRow>,
    /// Their offers.
    pub offers: Vec<OfferRow>,
    /// The arrivals at them.
    pub arrivals: Vec<ArrivedRow>,
    /// Their lines.
    pub lines: Vec<LineRow>,
    /// The referrals that were made.
    pub referrals: Vec<ReferralRow>,
    /// The cases that were opened.
    pub cases: Vec<CaseRow>,
}

impl ArrivedRow {
    /// The time by the service's clock: what the device is off is seen by when it says it has sent.
    #[must_use]
    pub fn at(&self) -> Instant {
        let ahead = self.received_at - self.sent_at;
        if ahead.abs() < SKEW_IGNORED { self.device_time } else { self.device_time + ahead }
    }
}

/// When things happened to a job, looked up once for all figures.
pub(super) struct Milestones {
    accepted: BTreeMap<JobId, (Instant, Option<Instant>)>,
    arrived: BTreeMap<JobId, Instant>,
}

impl Milestones {
    pub(super) fn of(told: &Told) -> Self {
        let (mut accepted, mut arrived) = (BTreeMap::new(), BTreeMap::new());
        for offer in told.offers.iter().filter(|offer| offer.role == CrewRole::Lead) {
            let Some(at) = offer.accepted_at else { continue };
            let first = accepted.entry(offer.job_id).or_insert((at, offer.promised_at));
            *first = (*first).min((at, offer.promised_at));
        }
        for row in &told.arrivals {
            let first = arrived.entry(row.job_id).or_insert(row.at());
            *first = (*first).min(row.at());
        }
        Self { accepted, arrived }
    }

    /// When a job was first accepted.
    pub(super) fn accepted(&self, job: &JobRow) -> Option<Instant> {
        self.accepted.get(&job.id).map(|accepted| accepted.0)
    }

    /// For when whoever accepted first promised to be there.
    pub(super) fn promised(&self, job: &JobRow) -> Option<Instant> {
        self.accepted.get(&job.id).and_then(|accepted| accepted.1)
    }

    /// When somebody first arrived.
    pub(super) fn arrived(&self, job: &JobRow) -> Option<Instant> {
        self.arrived.get(&job.id).copied()
    }

    /// From the answered call to the acceptance; not of a planned visit, which is not a matter of minutes.
    pub(super) fn time_to_dispatch(&self, job: &JobRow) -> Option<TimeDelta> {
        if job.is_planned { None } else { Some(self.accepted(job)? - job.answered_at?) }
    }

    /// From the acceptance to the arrival; not of a planned visit.
    pub(super) fn time_to_arrive(&self, job: &JobRow) -> Option<TimeDelta> {
        if job.is_planned { None } else { Some(self.arrived(job)? - self.accepted(job)?) }
    }

    /// From the answered call to the arrival; not of a planned visit.
    pub(super) fn time_to_door(&self, job: &JobRow) -> Option<TimeDelta> {
        if job.is_planned { None } else { Some(self.arrived(job)? - job.answered_at?) }
    }
}
