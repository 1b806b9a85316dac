//! Reports as a device sends them: each is recorded, a duplicate, or refused by itself.

use std::collections::BTreeMap;

use chrono::{SubsecRound as _, TimeDelta};
use serde::{Deserialize, Serialize};

use super::{
    Consent, FACTS_PER_JOB_MAX, Fact, FactKind, Reporter, ShortCode,
    named::{Lack, OnRecord},
};
use crate::domain::{
    ids::{AssignmentId, FactId, JobId, TechnicianId},
    reference::Reference,
    span::Instant,
    text_enum::text_enum,
};

/// Reports of one device on one job.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Who did what is reported; a technician reports their own work and need not say so.
    pub technician_id: Option<TechnicianId>,
    /// The device, by a name of its own.
    pub device: ShortCode,
    /// When the batch is sent, by the device's clock; when it is received, where that clock is right.
    pub sent_at: Option<Instant>,
    /// The reports that can be read.
    pub reports: Vec<Report>,
    /// Those beside them that cannot.
    pub unreadable: Vec<Unreadable>,
}

/// A report of several that cannot be read: it holds up none of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its place among all that were sent, from 0.
    pub place: usize,
    /// Its id, where that can be read.
    pub id: Option<FactId>,
    /// The field that cannot be accepted, by our own name for it; empty where it is the report as a whole.
    pub field: String,
    /// SHA-256 of what was sent, in hexadecimal digits.
    pub sha256: String,
}

/// A report that is not on record, and will not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its id, where that can be read.
    pub id: Option<FactId>,
    /// Why.
    pub code: RefusalCode,
    /// The field that cannot be accepted; empty where it is the report as a whole.
    pub field: String,
    /// What makes it the same report when it is sent again.
    pub mark: String,
}

/// Rejected reports of one job kept at most: a device that goes mad fills no log.
pub const REJECTED_MAX: i64 = 100;

/// One report.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its id, made by the device.
    pub id: FactId,
    /// Running number of the device on this job, from 1.
    pub device_seq: i64,
    /// When it happened, by the device's clock.
    pub device_time: Instant,
    /// What happened.
    pub what: FactKind,
}

text_enum! {
    /// What became of a report.
    pub enum ReportOutcome("outcome") {
        /// It is on record now.
        Recorded = "recorded",
        /// It was on record already.
        Duplicate = "duplicate",
        /// It is not on record, and will not be.
        Refused = "refused",
    }
}

text_enum! {
    /// Why a report was refused.
    pub enum RefusalCode("refusal code") {
        /// Its id stands for another report of this job.
        IdReused = "id_reused",
        /// Its id stands for a report of another job.
        ForeignJob = "foreign_job",
        /// The job has as many reports as a job can have.
        TooMany = "too_many_facts",
        /// It cannot be read, or a field of it cannot be accepted.
        Invalid = "invalid",
    }
}

impl RefusalCode {
    /// The same in words.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::IdReused => "this id stands for another report of this job; make a new one",
            Self::ForeignJob => "this id stands for a report of another job",
            Self::TooMany => "the job has as many reports as a job can have",
            Self::Invalid => "this report cannot be read; send it again as another one",
        }
    }
}

/// What became of one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactOutcome {
    /// The report.
    pub id: FactId,
    /// What became of it.
    pub outcome: ReportOutcome,
    /// Why it was refused.
    pub code: Option<RefusalCode>,
}

/// Under which assignment reports are filed, and when they came.
#[derive(Debug, Clone, Copy)]
pub struct Filing {
    /// The job.
    pub job_id: JobId,
    /// The assignment.
    pub assignment_id: AssignmentId,
    /// Who did what is reported.
    pub technician_id: TechnicianId,
    /// When the reports were received.
    pub received_at: Instant,
    /// Whose word they are.
    pub told_by: Reporter,
}

/// What became of a batch.
#[derive(Debug, Clone)]
pub struct Received {
    /// What became of each report, in the order of the batch.
    pub outcomes: Vec<FactOutcome>,
    /// The reports that are new.
    pub recorded: Vec<Fact>,
    /// Every report of the job, the new ones included, by id.
    pub all: Vec<Fact>,
}

impl Batch {
    /// The reports that are not put on record: those that cannot be read, and those that were refused.
    #[must_use]
    pub fn rejected(&self, outcomes: &[FactOutcome]) -> Vec<Rejected> {
        let unreadable = self.unreadable.iter().map(|one| Rejected {
            id: one.id,
            code: RefusalCode::Invalid,
            field: one.field.clone(),
            mark: one.sha256.clone(),
        });
        let refused = outcomes.iter().filter_map(|outcome| {
            let code = outcome.code?;
            let mark = format!("{}:{code}", outcome.id);
            Some(Rejected { id: Some(outcome.id), code, field: String::new(), mark })
        });
        unreadable.chain(refused).collect()
    }

    /// Files the reports beside those that are known of the job; `foreign` are those that another job has.
    #[must_use]
    pub fn received(
        &self,
        known: Vec<Fact>,
        foreign: &[FactId],
        filing: Filing,
        on_record: &OnRecord<'_>,
    ) -> Received {
        let mut all: BTreeMap<FactId, Fact> = known.into_iter().map(|fact| (fact.id, fact)).collect();
        let (mut outcomes, mut recorded) = (Vec::with_capacity(self.reports.len()), Vec::new());
        for report in &self.reports {
            let fact = self.fact(report, filing, on_record);
            let (outcome, code) = match all.get(&fact.id) {
                Some(earlier) if earlier.repeats(&fact) => (ReportOutcome::Duplicate, None),
                Some(_) => (ReportOutcome::Refused, Some(RefusalCode::IdReused)),
                None if all.len() >= FACTS_PER_JOB_MAX => {
                    (ReportOutcome::Refused, Some(RefusalCode::TooMany))
                }
                None if foreign.contains(&fact.id) => (ReportOutcome::Refused, Some(RefusalCode::ForeignJob)),
                None => {
                    recorded.push(fact.clone());
                    all.insert(fact.id, fact);
                    (ReportOutcome::Recorded, None)
                }
            };
            outcomes.push(FactOutcome { id: report.id, outcome, code });
        }
        Received { outcomes, recorded, all: all.into_values().collect() }
    }

    /// The first report that names what nobody has on record, by its place among all that were sent.
    #[must_use]
    pub fn first_unresolved(&self, on_record: &OnRecord<'_>, received_at: Instant) -> Option<(usize, Lack)> {
        let behind = self.behind(received_at);
        let lacks = self.reports.iter().map(|report| on_record.lacks(&report.what, behind));
        lacks.enumerate().find_map(|(at, lack)| Some((self.place_of(at), lack?)))
    }

    /// The place of a readable report among all that were sent.
    fn place_of(&self, at: usize) -> usize {
        self.unreadable.iter().fold(at, |place, one| place + usize::from(one.place <= place))
    }

    /// The consents among the reports.
    pub fn consents(&self) -> impl Iterator<Item = &Consent> {
        self.reports.iter().filter_map(|report| match &report.what {
            FactKind::Consent(consent) => Some(consent),
            _ => None,
        })
    }

    /// Whether something is among the reports for which somebody may have to answer first.
    #[must_use]
    pub fn may_need_a_warrant(&self) -> bool {
        let may =
            |what: &FactKind| matches!(what, FactKind::SpecialWork { .. } | FactKind::Completion { .. });
        self.reports.iter().any(|report| may(&report.what))
    }

    /// When something that takes a licence was done first, by the device's clock (S-08).
    #[must_use]
    pub fn licensed_since(&self, reference: &Reference, job_code: &str) -> Option<Instant> {
        let codes = reference.job_codes();
        let takes = |what: &FactKind| match what {
            FactKind::SpecialWork { code, .. } => codes.special_work(code.as_str())?.licence,
            FactKind::Completion { .. } => codes.lasting_licence(codes.get(job_code)?),
            _ => None,
        };
        let licensed = self.reports.iter().filter(|report| takes(&report.what).is_some());
        licensed.map(|report| report.device_time).min()
    }

    /// How far the device's clock is behind, as far as this batch tells.
    fn behind(&self, received_at: Instant) -> TimeDelta {
        self.sent_at.map_or(TimeDelta::zero(), |sent_at| received_at - sent_at)
    }

    /// Times are cut to what both engines keep.
    fn fact(&self, report: &Report, filing: Filing, on_record: &OnRecord<'_>) -> Fact {
        let named = on_record.lacks(&report.what, self.behind(filing.received_at));
        Fact {
            id: report.id,
            job_id: filing.job_id,
            assignment_id: filing.assignment_id,
            technician_id: filing.technician_id,
            device: self.device.clone(),
            device_seq: report.device_seq,
            device_time: report.device_time.trunc_subsecs(6),
            sent_at: self.sent_at.map_or(filing.received_at, |at| at.trunc_subsecs(6)),
            received_at: filing.received_at,
            told_by: filing.told_by,
            unresolved: named.map(|lack| lack.unresolved),
            what: report.what.kept(),
        }
    }
}
