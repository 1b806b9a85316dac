//! How jobs go, and what they cost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Serialize;

use super::{
    FirmFigures, Seconds, Share, is_of,
    rows::{CaseRow, JobRow, LineRow, Milestones, OfferRow, Told},
};
use crate::domain::{
    charging::LineKind,
    ids::{CaseId, FirmId, JobId},
    jobs::JobState,
    ledger::EntryKind,
    money::Yen,
    offers::OfferState,
    referrals::ReferralReason,
    trade::Priority,
};

/// Of the jobs of one language, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct JobFigures {
    /// Jobs that were made.
    pub made: i64,
    /// Completed ones of those made.
    pub completed: Share,
    /// Cancelled ones of those made (C-25).
    pub cancelled: Share,
    /// From the answered call to the acceptance; of jobs without a planned visit.
    pub time_to_dispatch: Seconds,
    /// The same of P0 and P1 alone.
    pub time_to_dispatch_urgent: Seconds,
    /// From the acceptance to the arrival.
    pub time_to_arrive: Seconds,
    /// From the answered call to the arrival.
    pub time_to_door: Seconds,
    /// The arrival less the promise that was accepted: negative when early.
    pub arrival_error: Seconds,
    /// Accepted offers of those that were answered or ran out.
    pub acceptance: Share,
    /// Jobs completed in one attendance, without rework and without a repeat within 30 days, of those completed;
    /// without referred ones.
    pub first_time_fix: Share,
    /// Cases with one of the same place and category in the 7 days before.
    pub repeat_7_days: Share,
    /// The same in the 30 days before.
    pub repeat_30_days: Share,
    /// Completed jobs with a billable unit of overtime (C-02).
    pub overage: Share,
    /// What is billed of the jobs, tax included.
    pub billed_yen: Yen,
    /// What is billed by job code, and of how many jobs; most first.
    pub billed_by_code: Vec<OverageByCode>,
    /// Billed lines with a consent behind them (C-18): must be all.
    pub consented: Share,
    /// Units of overtime written off, of all units worked (C-20).
    pub written_off_units: Share,
    /// Referred ones of those referred or completed.
    pub referred: Share,
    /// Referrals by reason.
    pub referrals_by_reason: Vec<ReferralsByReason>,
    /// From the referral until its first recipient has acknowledged.
    pub referral_acknowledged: Seconds,
}

/// What is billed of one kind of job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OverageByCode {
    /// The job code.
    pub job_code: String,
    /// Completed jobs of it.
    pub jobs: i64,
    /// What is billed of them.
    pub billed_yen: Yen,
}

/// Referrals of one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ReferralsByReason {
    /// Why.
    pub reason: ReferralReason,
    /// How many.
    pub count: i64,
}

pub(super) fn figures(told: &Told, milestones: &Milestones, language: Option<&str>) -> JobFigures {
    let jobs: Vec<&JobRow> = told.jobs.iter().filter(|job| is_of(&job.language, language)).collect();
    let ids: BTreeSet<JobId> = jobs.iter().map(|job| job.id).collect();
    let times =
        |time: &dyn Fn(&JobRow) -> Option<TimeDelta>| Seconds::of(jobs.iter().filter_map(|job| time(job)));
    let urgent = |job: &JobRow| matches!(job.priority, Priority::P0 | Priority::P1);
    let lines: Vec<&LineRow> = told.lines.iter().filter(|line| ids.contains(&line.job_id)).collect();
    let referrals = || told.referrals.iter().filter(|referral| is_of(&referral.language, language));
    let referred_jobs: BTreeSet<JobId> = referrals().filter_map(|referral| referral.job_id).collect();
    let done = |job: &JobRow| job.state == JobState::Completed;
    let mended: Vec<_> = jobs.iter().filter(|job| done(job) && !referred_jobs.contains(&job.id)).collect();
    let repeats = Repeats::of(told, language);
    let referred = i64::try_from(referrals().count()).unwrap_or(i64::MAX);
    let completed = i64::try_from(mended.len()).unwrap_or(i64::MAX);
    JobFigures {
        made: i64::try_from(jobs.len()).unwrap_or(i64::MAX),
        completed: Share::among(&jobs, |job| done(job)),
        cancelled: Share::among(&jobs, |job| job.state == JobState::Cancelled),
        time_to_dispatch: times(&|job| milestones.time_to_dispatch(job)),
        time_to_dispatch_urgent: times(&|job| milestones.time_to_dispatch(job).filter(|_| urgent(job))),
        time_to_arrive: times(&|job| milestones.time_to_arrive(job)),
        time_to_door: times(&|job| milestones.time_to_door(job)),
        arrival_error: times(&|job| Some(milestones.arrived(job)? - milestones.promised(job)?)),
        acceptance: acceptance(told.offers.iter().filter(|offer| ids.contains(&offer.job_id))),
        first_time_fix: Share::among(&mended, |job| {
            !job.is_left && !job.is_reworked && !repeats.followed.contains(&job.case_id)
        }),
        repeat_7_days: repeats.within(7),
        repeat_30_days: repeats.within(REPEAT_DAYS),
        overage: overage(jobs.iter().filter(|job| done(job)), &lines),
        billed_yen: lines.iter().map(|line| Yen(line.amount_yen)).sum(),
        billed_by_code: by_code(jobs.iter().filter(|job| done(job)), &lines),
        consented: Share::among(lines.iter().filter(|line| line.amount_yen > 0), |line| line.is_consented),
        written_off_units: written_off(&lines),
        referred: Share::of(referred, referred + completed),
        referrals_by_reason: by_reason(referrals().map(|referral| referral.reason)),
        referral_acknowledged: Seconds::of(
            referrals().filter_map(|referral| Some(referral.acknowledged_at? - referral.decided_at)),
        ),
    }
}

/// Days within which the same trouble is a repeat.
const REPEAT_DAYS: i64 = 30;

struct Repeats<'a> {
    cases: Vec<&'a CaseRow>,
    followed: BTreeSet<CaseId>,
}

impl<'a> Repeats<'a> {
    fn of(told: &'a Told, language: Option<&str>) -> Self {
        let soon = |row: &CaseRow| {
            row.after.is_some_and(|after| after - row.opened_at <= TimeDelta::days(REPEAT_DAYS))
        };
        Self {
            cases: told.cases.iter().filter(|row| is_of(&row.language, language)).collect(),
            followed: told.cases.iter().filter(|row| soon(row)).map(|row| row.id).collect(),
        }
    }

    fn within(&self, days: i64) -> Share {
        Share::among(&self.cases, |row| {
            row.before.is_some_and(|before| row.opened_at - before <= TimeDelta::days(days))
        })
    }
}

/// What was withdrawn before anybody answered was nobody's to accept.
fn acceptance<'a>(offers: impl Iterator<Item = &'a OfferRow>) -> Share {
    let told = offers.filter(|offer| is_answered(offer));
    Share::among(told, |offer| offer.is_accepted)
}

fn is_answered(offer: &OfferRow) -> bool {
    offer.is_accepted || matches!(offer.state, OfferState::Declined | OfferState::Expired)
}

fn overage<'a>(done: impl Iterator<Item = &'a &'a JobRow>, lines: &[&LineRow]) -> Share {
    let over: BTreeSet<JobId> = lines
        .iter()
        .filter(|line| line.kind == EntryKind::Overtime && line.amount_yen > 0)
        .map(|line| line.job_id)
        .collect();
    Share::among(done, |job| over.contains(&job.id))
}

fn by_code<'a>(done: impl Iterator<Item = &'a &'a JobRow>, lines: &[&LineRow]) -> Vec<OverageByCode> {
    let mut billed: BTreeMap<JobId, i64> = BTreeMap::new();
    for line in lines {
        *billed.entry(line.job_id).or_default() += line.amount_yen;
    }
    let mut codes: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for job in done {
        let (jobs, yen) = codes.entry(&job.job_code).or_default();
        *jobs += 1;
        *yen += billed.get(&job.id).copied().unwrap_or_default();
    }
    let mut codes: Vec<_> = codes
        .into_iter()
        .map(|(code, (jobs, yen))| OverageByCode { job_code: code.to_owned(), jobs, billed_yen: Yen(yen) })
        .collect();
    codes.sort_by(|one, other| other.billed_yen.cmp(&one.billed_yen).then(one.job_code.cmp(&other.job_code)));
    codes
}

fn written_off(lines: &[&LineRow]) -> Share {
    let units = |kind: EntryKind| -> i64 {
        let of_kind =
            lines.iter().filter(|line| line.kind == kind && line.code == LineKind::Overtime.as_str());
        of_kind.filter_map(|line| line.quantity.to_i64()).sum()
    };
    let (billed, off) = (units(EntryKind::Overtime), units(EntryKind::WriteOff));
    Share::of(off, billed + off)
}

fn by_reason(reasons: impl Iterator<Item = ReferralReason>) -> Vec<ReferralsByReason> {
    let mut counts: BTreeMap<ReferralReason, i64> = BTreeMap::new();
    for reason in reasons {
        *counts.entry(reason).or_default() += 1;
    }
    counts.into_iter().map(|(reason, count)| ReferralsByReason { reason, count }).collect()
}

/// How each contractor answers, by name.
pub(super) fn firm_figures(told: &Told) -> Vec<FirmFigures> {
    let mut firms: BTreeMap<(&str, FirmId), Vec<&OfferRow>> = BTreeMap::new();
    for offer in told.offers.iter().filter(|offer| is_answered(offer)) {
        firms.entry((&offer.firm, offer.firm_id)).or_default().push(offer);
    }
    let count = |offers: &[&OfferRow], state| {
        i64::try_from(offers.iter().filter(|offer| offer.state == state).count()).unwrap_or(i64::MAX)
    };
    let figures = firms.into_iter().map(|((name, firm_id), offers)| FirmFigures {
        firm_id,
        name: name.to_owned(),
        acceptance: acceptance(offers.iter().copied()),
        declined: count(&offers, OfferState::Declined),
        expired: count(&offers, OfferState::Expired),
    });
    figures.collect()
}
