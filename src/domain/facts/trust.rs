//! How far a report counts by itself (domain.md section 14). What somebody reports is evidence, not truth: it counts as far
//! as its assignment, the sequence of its device and the service's clock agree. Whatever does not is kept, flagged, and
//! neither moves the job nor charges anybody.
//!
//! A verdict follows from the *set* of reports, their instants of receipt and the assignments of the job, so no order of
//! arrival changes it but by what it says about trust.

mod consents;
mod others;
mod overtaken;

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
    span::{Instant, Span},
};

/// Give and take at either end of an assignment, and between the reports of one device (G-01, G-04).
pub const TRUST_SLACK: TimeDelta = TimeDelta::minutes(2);
/// What is received later than this after its time does not count by itself (G-01).
pub const RECEIPT_MAX: TimeDelta = TimeDelta::hours(48);
/// A report that is missing from a bill is asked for after this long (G-04).
pub const MISSING_ASKED_AFTER: TimeDelta = TimeDelta::hours(1);
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
    /// Consents that count only for what began later than they were answered, and from when (G-04).
    pub(super) counting_from: BTreeMap<FactId, Instant>,
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

    /// Whether a technician was taken off the job, and has neither ended it nor their visit by themselves.
    pub(super) fn was_taken_off(&self, technician: TechnicianId) -> bool {
        let over = self.terms.get(&technician).and_then(|term| term.over);
        over.is_some_and(|(_, code)| !matches!(code, ReleaseCode::Completed | ReleaseCode::VisitOver))
    }

    /// Work of which time money is for that a technician has taken: of whoever was taken off, of their own assignment (G-02).
    pub(super) fn pays_for(&self, technician: TechnicianId) -> Option<Span> {
        let term = self.terms.get(&technician)?;
        let (over, _) = term.over.filter(|(_, code)| *code != ReleaseCode::Completed)?;
        Span::new(term.from - TRUST_SLACK, over + TRUST_SLACK)
    }

    /// Whether it came once it was known that whoever reports is off the job. What somebody tells who ends their own visit may
    /// come in another order than it was told in.
    fn is_heard_late(&self, fact: &Fact) -> bool {
        let term = self.terms.get(&fact.technician_id).and_then(|term| term.over);
        term.is_some_and(|(over, code)| match code {
            ReleaseCode::Completed => false,
            ReleaseCode::VisitOver => fact.received_at > over + TRUST_SLACK,
            _ => fact.received_at > over,
        })
    }

    /// Whether what a report says of its device's clock bears on reports that were heard before it: not once these were billed,
    /// nor from somebody of whom it was known by then that they are off the job.
    pub(super) fn believes_clock_of(&self, fact: &Fact) -> bool {
        self.billed_at.first().is_none_or(|billed| fact.received_at <= *billed) && !self.is_heard_late(fact)
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
        let overtaken = overtaken::of(&counts);
        idle.extend(overtaken.idle);
        doubts.extend(overtaken.doubts);
        let counts =
            counts.into_iter().filter(|told| !is_out(&doubts, told.fact) && !idle.contains(&told.fact.id));
        let counts: Vec<_> = counts.collect();
        doubts.extend(others::doubtful(&counts, |fact| self.is_heard_late(fact)));
        doubts.extend(
            counts
                .iter()
                .filter(|told| self.ends_what_others_began(told, &counts))
                .map(|told| (told.fact.id, FlagCode::OthersWork)),
        );
        let counts: Vec<_> = counts.into_iter().filter(|told| !is_out(&doubts, told.fact)).collect();
        doubts.extend(consents::doubtful(all, &counts, self.billed_at.first().copied()));
        let sure: Vec<_> = counts.into_iter().filter(|told| !doubts.contains_key(&told.fact.id)).collect();
        // What was told of the time between the end and when the end was heard of.
        let done = self.done_at(&sure);
        let is_idle = |told: &&Told<'_>| self.is_idle(**told, done);
        idle.extend(sure.iter().filter(is_idle).map(|told| told.fact.id));
        let counting_from = consents::counting_from(all, &sure);
        Verdict { doubts, idle, counting_from }
    }

    /// When the job was completed, as whoever had it then has told; they may have told it later.
    fn done_at(&self, told: &[Told<'_>]) -> Option<Instant> {
        let known = told.iter().filter(|told| ends(told.fact));
        known.filter(|told| self.completed(told.fact).is_some()).map(Told::believed).max()
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
    /// doubtful (G-04). So is what somebody who was taken off has done, and was heard of only then: the bill is another one's.
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
        let is_of_another = |fact: &Fact| {
            fact.received_at > *first && is_billable(fact) && self.pays_for(fact.technician_id).is_some()
        };
        let is_late = |fact: &&Fact| (says_more(fact) && was_missing(fact)) || is_of_another(fact);
        let filled = told.iter().map(|told| told.fact).filter(is_late);
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
        // What a device tells of may have happened before it was written down; what the desk has heard counts from then.
        let since = if fact.told_by == Reporter::Desk { at } else { at.min(told.of()) };
        if since < self.made_at - TRUST_SLACK {
            return Some(FlagCode::BeforeJob);
        }
        if fact.received_at - since > RECEIPT_MAX {
            return Some(FlagCode::TooLate);
        }
        let term = self.terms.get(&fact.technician_id)?;
        if since < term.from - TRUST_SLACK {
            return Some(FlagCode::BeforeAssignment);
        }
        let (over, code) = term.over?;
        let is_completed = code == ReleaseCode::Completed;
        let is_anothers =
            |since| !is_completed && ends(fact) && self.is_with_others(fact.technician_id, since);
        if is_anothers(fact.received_at)
            && fact.received_at > over
            && self.perils.are_open_at(fact.received_at)
        {
            // Whoever has it is in danger (G-08): a person finds out whether it is over.
            return Some(FlagCode::AfterRelease);
        }
        // With whom the job goes on, nobody else ends it (G-02).
        let slack = if is_anothers(over) { TimeDelta::zero() } else { TRUST_SLACK };
        if at <= over + slack {
            return None;
        }
        let counts = match fact.what {
            FactKind::Payment(_) => is_completed && at <= over + PAID_AFTER_MAX,
            FactKind::Pause { .. } | FactKind::Resume {} | FactKind::WorkEnd {} => {
                is_completed && busy == At::Work
            }
            _ => false,
        };
        (!counts).then_some(FlagCode::AfterRelease)
    }

    /// Whether somebody who was taken off is heard to have ended the job when others had begun on it since: they see that it is
    /// not done.
    fn ends_what_others_began(&self, end: &Told<'_>, counts: &[Told<'_>]) -> bool {
        let over = self.terms.get(&end.fact.technician_id).and_then(|term| term.over);
        let Some((over, _)) = over.filter(|_| ends(end.fact) && self.is_heard_late(end.fact)) else {
            return false;
        };
        let is_known = |told: &Told<'_>| told.fact.received_at < end.fact.received_at;
        let began =
            |told: &&Told<'_>| matches!(told.fact.what, FactKind::WorkStart { .. }) && told.at >= over;
        end.fact.told_by != Reporter::Desk
            && counts
                .iter()
                .filter(began)
                .any(|told| told.fact.technician_id != end.fact.technician_id && is_known(told))
    }

    /// Whether others had the job after an instant.
    fn is_with_others(&self, technician: TechnicianId, since: Instant) -> bool {
        let has_it = |term: &Term| term.over.is_none_or(|(over, _)| over > since);
        self.terms.iter().any(|(other, term)| *other != technician && has_it(term))
    }

    /// That it is done, that nobody could get in, that the door was not opened, that they leave: said by somebody who has
    /// neither come nor begun (G-03). Where several are on it, one of them being there is enough to complete it. Nobody puts
    /// anything in where they have never been.
    fn unattended(&self, counts: &[Told<'_>]) -> Vec<(FactId, FlagCode)> {
        let is_doubtful = |told: &&Told<'_>| match told.fact.what {
            FactKind::Completion { .. } => {
                !self.terms.keys().any(|technician| self.is_there(*technician, told, counts))
            }
            FactKind::NoAccess { .. } => !self.is_there(told.fact.technician_id, told, counts),
            // Once the job is done, who went before says nothing.
            FactKind::Leaving { .. } => {
                let is_done = |end: &Told<'_>| ends(end.fact) && end.fact.received_at < told.fact.received_at;
                !self.is_there(told.fact.technician_id, told, counts) && !counts.iter().any(is_done)
            }
            FactKind::Part { .. } | FactKind::SpecialWork { .. } => {
                let came = |other: &&Told<'_>| {
                    other.fact.technician_id == told.fact.technician_id && is_coming(other.fact)
                };
                !counts.iter().filter(came).any(|other| other.at <= told.at)
            }
            _ => false,
        };
        counts.iter().filter(is_doubtful).map(|told| (told.fact.id, FlagCode::NotArrived)).collect()
    }

    /// Whether a technician who had the job when it ended had come or begun, and not left, as far as was known when the end was
    /// heard of: what counted stays so.
    fn is_there(&self, technician: TechnicianId, end: &Told<'_>, counts: &[Told<'_>]) -> bool {
        let at = end.at;
        let has_it = self.terms.get(&technician).is_some_and(|term| {
            term.over.is_none_or(|(over, code)| code == ReleaseCode::Completed || at <= over + TRUST_SLACK)
        });
        let own = || counts.iter().filter(|told| told.fact.technician_id == technician);
        let came = own().filter(|told| told.at <= at && is_coming(told.fact)).map(|told| told.at).max();
        let is_known = |told: &&Told<'_>| told.fact.received_at <= end.fact.received_at;
        let left = own().filter(is_known).filter(|told| told.at < at && is_going(told.fact));
        let left = left.map(|told| told.at).max();
        has_it && came.is_some_and(|came| left.is_none_or(|left| left <= came))
    }

    /// Money taken by somebody who was taken off the job and did nothing that is billed, or who has not come while others did: it
    /// pays for no work of theirs (G-02). That they came is known by then, or it is asked whether they did.
    fn money_for_nothing(&self, counts: &[Told<'_>]) -> Vec<(FactId, FlagCode)> {
        let by = |is_meant: fn(&Fact) -> bool| -> BTreeSet<TechnicianId> {
            let meant = counts.iter().filter(|told| is_meant(told.fact));
            meant.map(|told| told.fact.technician_id).collect()
        };
        let worked = by(is_billable);
        let came = by(|fact| is_coming(fact) || is_billable(fact));
        let billed = self.billed_at.first();
        let in_time = counts.iter().map(|told| told.fact).filter(|fact| is_coming(fact) || is_billable(fact));
        let in_time = in_time.filter(|fact| billed.is_none_or(|billed| fact.received_at <= *billed));
        let in_time: BTreeSet<_> = in_time.map(|fact| fact.technician_id).collect();
        let is_anothers = |technician: &TechnicianId| {
            let was_taken_off = self.pays_for(*technician).is_some();
            let others_came = came.iter().any(|other| other != technician);
            (was_taken_off && !worked.contains(technician)) || (others_came && !in_time.contains(technician))
        };
        let is_doubtful = |told: &&Told<'_>| {
            matches!(told.fact.what, FactKind::Payment(_)) && is_anothers(&told.fact.technician_id)
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

/// Whether it ends the job, and so releases everybody.
fn ends(fact: &Fact) -> bool {
    matches!(fact.what, FactKind::Completion { .. })
}

fn is_billable(fact: &Fact) -> bool {
    fact.what.is_billable()
}
