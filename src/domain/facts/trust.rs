//! How far a report counts by itself (domain.md section 14). What somebody reports is evidence, not truth: it counts as far
//! as its assignment, the sequence of its device and the service's clock agree. Whatever does not is kept, flagged, and
//! neither moves the job nor charges anybody.
//!
//! A verdict follows from the *set* of reports, their instants of receipt and the assignments of the job, so no order of
//! arrival changes it but by what it says about trust.

mod consents;

pub(super) use consents::moved;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::{Fact, FactKind, FlagCode, Reporter, fact::device_of, person::Told};
use crate::domain::{
    charging::WorkKind,
    ids::{FactId, TechnicianId},
    jobs::{Job, JobState},
    offers::{Assignment, ReleaseCode},
    payers::Agreement,
    perils::Perils,
    span::Instant,
};

/// Give and take at either end of an assignment, and between the reports of one device (G-01, G-04).
pub const TRUST_SLACK: TimeDelta = TimeDelta::minutes(2);
/// What is received later than this after its time does not count by itself (G-01).
pub const RECEIPT_MAX: TimeDelta = TimeDelta::hours(48);
/// Money is taken until so long after the job was completed (G-01).
pub const PAID_AFTER_MAX: TimeDelta = TimeDelta::hours(24);

/// What reports are held against: when the job was made and called off, when it was billed, who had it from when to when, and when
/// it was dangerous.
#[derive(Debug, Clone)]
pub struct Guard {
    made_at: Instant,
    called_off_at: Option<Instant>,
    billed_at: Vec<Instant>,
    agreed: Vec<Agreement>,
    terms: BTreeMap<TechnicianId, Term>,
    perils: Perils,
}

/// From when to when somebody had a job. An assignment given again to the same person continues the old one (G-03): so a
/// mistaken reassignment that is undone, or somebody who comes back, leaves no gap.
#[derive(Debug, Clone, Copy)]
struct Term {
    from: Instant,
    /// When it was over, and why; `None` while it is not.
    over: Option<(Instant, ReleaseCode)>,
}

/// What a guard makes of a set of reports.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// The reports that do not count by themselves, and why. Of the desk's they are doubts for whoever bills, and count.
    pub(super) doubts: BTreeMap<FactId, FlagCode>,
    /// The reports that say nothing any more, neither about the job nor about money.
    pub(super) idle: BTreeSet<FactId>,
    /// Consents that count only for what began after they were received (G-04).
    pub(super) from_receipt: BTreeSet<FactId>,
}

impl Guard {
    /// What the reports of a job are held against.
    #[must_use]
    pub fn of(job: &Job, assignments: &[Assignment], perils: &Perils) -> Self {
        let mut terms: BTreeMap<TechnicianId, Term> = BTreeMap::new();
        for one in assignments {
            let over = one.released_at().zip(one.release_code());
            let term = terms.entry(one.technician_id).or_insert(Term { from: one.counts_from, over });
            term.from = term.from.min(one.counts_from);
            term.over = term.over.zip(over).map(|(known, other)| known.max(other));
        }
        let called_off_at = job.closed_at().filter(|_| job.state() == JobState::Cancelled);
        Self {
            made_at: job.created_at,
            called_off_at,
            billed_at: Vec::new(),
            agreed: Vec::new(),
            terms,
            perils: perils.clone(),
        }
    }

    /// The same of a job that was settled at these instants.
    #[must_use]
    pub fn billed(self, at: impl IntoIterator<Item = Instant>) -> Self {
        Self { billed_at: at.into_iter().collect(), ..self }
    }

    /// The same where these payers have agreed to pay (G-06).
    #[must_use]
    pub fn agreed(self, agreements: impl IntoIterator<Item = Agreement>) -> Self {
        Self { agreed: agreements.into_iter().collect(), ..self }
    }

    pub(super) fn agreements(&self) -> &[Agreement] {
        &self.agreed
    }

    /// The same if this technician still had the job, or had it again.
    #[must_use]
    pub fn if_still_on_it(mut self, technician: TechnicianId) -> Self {
        if let Some(term) = self.terms.get_mut(&technician) {
            term.over = None;
        }
        self
    }

    /// Judges reports that are in the order of their time.
    pub(super) fn verdict(&self, told: &[Told<'_>]) -> Verdict {
        let is_out = |doubts: &BTreeMap<FactId, FlagCode>, fact: &Fact| {
            fact.told_by != Reporter::Desk && doubts.contains_key(&fact.id)
        };
        let is_idle = |told: &&Told<'_>| self.is_idle(**told, None);
        let mut idle: BTreeSet<_> = told.iter().filter(is_idle).map(|told| told.fact.id).collect();
        let all = told;
        let told: Vec<_> = told.iter().filter(|told| !idle.contains(&told.fact.id)).copied().collect();
        let mut doubts = self.filled_late(all, &told);
        let mut begun = BTreeSet::new();
        for told in &told {
            let technician = told.fact.technician_id;
            let at = if begun.contains(&technician) { At::Work } else { At::Nothing };
            doubts.extend(self.outside(*told, at).map(|code| (told.fact.id, code)));
            match told.fact.what {
                _ if is_out(&doubts, told.fact) => {}
                FactKind::WorkStart { .. } => _ = begun.insert(technician),
                FactKind::WorkEnd {} => _ = begun.remove(&technician),
                _ => {}
            }
        }
        let counts: Vec<_> = told.iter().filter(|told| !is_out(&doubts, told.fact)).copied().collect();
        let mut others = self.unattended(&counts);
        others.extend(self.money_for_nothing(&counts));
        // The first doubt about a report stays.
        others.into_iter().for_each(|(fact, code)| _ = doubts.entry(fact).or_insert(code));
        let counts: Vec<_> = told.iter().filter(|told| !is_out(&doubts, told.fact)).copied().collect();
        doubts.extend(consents::doubtful(all, &counts, self.billed_at.first().copied()));
        let sure: Vec<_> = counts.into_iter().filter(|told| !doubts.contains_key(&told.fact.id)).collect();
        // What was told of the time between the end and when the end was heard of.
        let done = self.done_at(&sure);
        let is_idle = |told: &&Told<'_>| self.is_idle(**told, done);
        idle.extend(sure.iter().filter(is_idle).map(|told| told.fact.id));
        let from_receipt = consents::from_receipt(&sure);
        Verdict { doubts, idle, from_receipt }
    }

    /// When the job was completed, as whoever had it then has told; they may have told it later.
    fn done_at(&self, told: &[Told<'_>]) -> Option<Instant> {
        let ends = told.iter().filter(|told| matches!(told.fact.what, FactKind::Completion { .. }));
        ends.filter(|told| self.completed(told.fact).is_some()).map(Told::believed).max()
    }

    /// When whoever reports was released because the job was complete.
    fn completed(&self, fact: &Fact) -> Option<Instant> {
        let over = self.terms.get(&fact.technician_id).and_then(|term| term.over);
        over.filter(|(_, code)| *code == ReleaseCode::Completed).map(|(at, _)| at)
    }

    /// Whether it says nothing any more: once the job is complete, that somebody is on the way, late, at the door or away.
    fn is_idle(&self, told: Told<'_>, done: Option<Instant>) -> bool {
        let over = self.completed(told.fact).map(|over| done.map_or(over, |done| over.min(done)));
        told.fact.what.only_moves() && over.is_some_and(|over| told.believed() > over + TRUST_SLACK)
    }

    /// Numbers that were missing when the job was billed, and were closed by whoever decided that: what fills one later is
    /// doubtful (G-04).
    fn filled_late(&self, all: &[Told<'_>], told: &[Told<'_>]) -> BTreeMap<FactId, FlagCode> {
        let Some(first) = self.billed_at.first() else { return BTreeMap::new() };
        let was_missing = |fact: &Fact| {
            let higher = all
                .iter()
                .map(|other| other.fact)
                .filter(|other| device_of(other) == device_of(fact) && other.device_seq > fact.device_seq);
            let heard = higher.map(|other| other.received_at).min();
            let is_between =
                |billed: &Instant| fact.received_at > *billed && heard.is_some_and(|heard| heard <= *billed);
            fact.received_at > *first && self.billed_at.iter().any(is_between)
        };
        let says_more = |fact: &Fact| !matches!(fact.what, FactKind::Position { .. });
        let filled = told.iter().map(|told| told.fact).filter(|fact| says_more(fact) && was_missing(fact));
        filled.map(|fact| (fact.id, FlagCode::FilledLate)).collect()
    }

    /// The reports that hands were put on where nobody may begin but to make safe (G-08). They count: it has happened, and a
    /// person judges it.
    pub(super) fn begun_in_danger(&self, told: &[Told<'_>]) -> BTreeSet<FactId> {
        let mut making_safe = BTreeSet::new();
        let mut begun = BTreeSet::new();
        for told in told {
            let technician = told.fact.technician_id;
            let begins = match told.fact.what {
                FactKind::WorkStart { work: WorkKind::MakeSafe } => {
                    making_safe.insert(technician);
                    false
                }
                FactKind::WorkStart { .. } => {
                    making_safe.remove(&technician);
                    true
                }
                FactKind::Resume {} => !making_safe.contains(&technician),
                FactKind::SpecialWork { .. } => true,
                _ => false,
            };
            if begins && self.perils.forbid_work_at(told.at) {
                begun.insert(told.fact.id);
            }
        }
        begun
    }

    /// Why a report lies outside of its assignment, if it does (G-01, G-02).
    fn outside(&self, told: Told<'_>, busy: At) -> Option<FlagCode> {
        let fact = told.fact;
        if let FactKind::Position { .. } = fact.what {
            // Where somebody was says nothing about the job.
            return None;
        }
        if fact.told_by == Reporter::Suspended {
            return Some(FlagCode::ReporterSuspended);
        }
        if self.called_off_at.is_some_and(|at| fact.received_at > at) && fact.what.is_of_the_bill() {
            return Some(FlagCode::AfterCancellation);
        }
        let at = told.believed();
        if at < self.made_at - TRUST_SLACK {
            return Some(FlagCode::BeforeJob);
        }
        if fact.received_at - at > RECEIPT_MAX {
            return Some(FlagCode::TooLate);
        }
        let term = self.terms.get(&fact.technician_id)?;
        if at < term.from - TRUST_SLACK {
            return Some(FlagCode::BeforeAssignment);
        }
        let (over, code) = term.over.filter(|(over, _)| at > *over + TRUST_SLACK)?;
        let is_completed = code == ReleaseCode::Completed;
        let counts = match fact.what {
            FactKind::Payment(_) => is_completed && at <= over + PAID_AFTER_MAX,
            FactKind::Pause { .. } | FactKind::Resume {} | FactKind::WorkEnd {} => {
                is_completed && busy == At::Work
            }
            _ => false,
        };
        (!counts).then_some(FlagCode::AfterRelease)
    }

    /// That it is done, that nobody could get in, that the door was not opened: said by somebody who has neither come nor
    /// begun (G-03). Where several are on it, one of them being there is enough to complete it.
    fn unattended(&self, counts: &[Told<'_>]) -> Vec<(FactId, FlagCode)> {
        let is_doubtful = |told: &&Told<'_>| match told.fact.what {
            FactKind::Completion { .. } => {
                !self.terms.keys().any(|technician| self.is_there(*technician, told.at, counts))
            }
            FactKind::NoAccess { .. } => !self.is_there(told.fact.technician_id, told.at, counts),
            _ => false,
        };
        counts.iter().filter(is_doubtful).map(|told| (told.fact.id, FlagCode::NotArrived)).collect()
    }

    /// Whether a technician who had the job at an instant had come or begun, and not left.
    fn is_there(&self, technician: TechnicianId, at: Instant, counts: &[Told<'_>]) -> bool {
        let has_it = self.terms.get(&technician).is_some_and(|term| {
            term.over.is_none_or(|(over, code)| code == ReleaseCode::Completed || at <= over + TRUST_SLACK)
        });
        let own = || counts.iter().filter(|told| told.fact.technician_id == technician);
        let came = own().filter(|told| told.at <= at && is_coming(told.fact)).map(|told| told.at).max();
        let left = own().filter(|told| told.at < at && is_going(told.fact)).map(|told| told.at).max();
        has_it && came.is_some_and(|came| left.is_none_or(|left| left <= came))
    }

    /// Money taken by somebody who was taken off the job and did nothing that is billed: it pays for no work of theirs (G-02).
    fn money_for_nothing(&self, counts: &[Told<'_>]) -> Vec<(FactId, FlagCode)> {
        let worked: BTreeSet<_> =
            counts.iter().filter(|told| is_billable(told.fact)).map(|told| told.fact.technician_id).collect();
        let was_taken_off = |technician: &TechnicianId| {
            self.terms
                .get(technician)
                .and_then(|term| term.over)
                .is_some_and(|(_, code)| code != ReleaseCode::Completed)
        };
        let is_doubtful = |told: &&Told<'_>| {
            let technician = told.fact.technician_id;
            matches!(told.fact.what, FactKind::Payment(_))
                && was_taken_off(&technician)
                && !worked.contains(&technician)
        };
        counts.iter().filter(is_doubtful).map(|told| (told.fact.id, FlagCode::PaymentWithoutWork)).collect()
    }
}

/// What a technician is at when something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Work that has begun within the assignment.
    Work,
    /// Nothing.
    Nothing,
}

fn is_coming(fact: &Fact) -> bool {
    matches!(fact.what, FactKind::Arrival {} | FactKind::WorkStart { .. })
}

fn is_going(fact: &Fact) -> bool {
    matches!(fact.what, FactKind::Leaving { .. } | FactKind::NoAccess { .. } | FactKind::Withdrawal { .. })
}

fn is_billable(fact: &Fact) -> bool {
    fact.what.is_billable()
}
