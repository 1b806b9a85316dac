//! The figures of the service (domain section 8): pure functions of what was recorded.
//!
//! A call counts on the day it rang, a job, a case and a referral on the day they were made, each with everything that
//! has become of it since. What there was none of has no share and no middle: unknown, never zero.

mod arrivals;
mod calls;
mod jobs;
mod measure;
mod rows;
#[cfg(test)]
mod tests;
mod times;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

pub use arrivals::{ArrivalGroup, ArrivalGrouping};
pub use calls::CallFigures;
pub use jobs::{JobFigures, OverageByCode, ReferralsByReason};
pub use measure::{Seconds, Share};
pub use rows::{
    ArrivedRow, CallRow, CaseRow, DangerRow, InterpreterRow, JobRow, LineRow, OfferRow, ReferralRow, Served,
    Told,
};
pub use times::{DayFigures, HourFigures};

use super::ids::FirmId;
use rows::Milestones;
use times::{by_day, by_hour};

/// Days of one question at most: the rows of a quarter fit in memory.
pub const DAYS_MAX: i64 = 92;
/// Answered within so many seconds is what the service level counts, when nothing else is said: the usual example.
pub const ANSWER_WITHIN_S: i64 = 20;
/// Who gives up before so many seconds is not counted as abandoned, when nothing else is said.
pub const SHORT_ABANDON_S: i64 = 5;
/// Within so long the instruction of a danger must have been given.
pub const INSTRUCTION_WITHIN_S: i64 = 60;

/// Where the lines are drawn that no rule prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KpiLimits {
    /// Answered within so many seconds is what the service level counts.
    pub answer_within_s: i64,
    /// Who gives up before so many seconds is not counted as abandoned.
    pub short_abandon_s: i64,
}

impl Default for KpiLimits {
    fn default() -> Self {
        Self { answer_within_s: ANSWER_WITHIN_S, short_abandon_s: SHORT_ABANDON_S }
    }
}

/// The figures of one language, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KpiFigures {
    /// The language (BCP 47): of a call, the one spoken; of a job, the one of its case. Absent for all together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Of the calls.
    pub calls: CallFigures,
    /// Of the jobs.
    pub jobs: JobFigures,
}

/// How one contractor answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FirmFigures {
    /// The firm.
    pub firm_id: FirmId,
    /// Its name.
    pub name: String,
    /// Accepted offers of those that were answered or ran out.
    pub acceptance: Share,
    /// Declined ones.
    pub declined: i64,
    /// Those nobody answered in time.
    pub expired: i64,
}

/// Everything about a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Kpis {
    /// First day, in Tokyo.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Where the lines are drawn.
    pub limits: KpiLimits,
    /// All languages together.
    pub all: KpiFigures,
    /// Each language by itself, by tag.
    pub languages: Vec<KpiFigures>,
    /// Day by day.
    pub days: Vec<DayFigures>,
    /// The 24 hours of the day, all days together.
    pub hours: Vec<HourFigures>,
    /// Time to arrive by trade, class of the day and prefecture.
    pub arrivals: Vec<ArrivalGroup>,
    /// How each contractor answers, by name.
    pub firms: Vec<FirmFigures>,
}

/// The figures of a span of days.
#[must_use]
pub fn kpis(told: &Told, from: NaiveDate, to: NaiveDate, limits: KpiLimits) -> Kpis {
    let spoken = told.calls.iter().map(|call| &call.language);
    let worked = told.jobs.iter().map(|job| &job.language);
    let referred = told.referrals.iter().map(|referral| &referral.language);
    let tags: BTreeSet<&String> = spoken.chain(worked).chain(referred).collect();
    let milestones = Milestones::of(told);
    let figures = |language: Option<&str>| KpiFigures {
        language: language.map(str::to_owned),
        calls: calls::figures(told, language, limits),
        jobs: jobs::figures(told, &milestones, language),
    };
    Kpis {
        from,
        to,
        limits,
        all: figures(None),
        languages: tags.into_iter().map(|tag| figures(Some(tag))).collect(),
        days: by_day(told, &milestones, from, to),
        hours: by_hour(told),
        arrivals: arrivals::groups(told, &milestones),
        firms: jobs::firm_figures(told),
    }
}

/// Whether something in one language belongs to what is asked for.
fn is_of(language: &str, asked: Option<&str>) -> bool {
    asked.is_none_or(|asked| asked == language)
}
