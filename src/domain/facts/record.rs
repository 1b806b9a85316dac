//! The record of a job's field work: a pure fold over the set of its facts.

mod doubts;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    CONSENT_LAG_MAX, CheckedId, Consent, DeliveredPart, DeliveredWork, Fact, FactKind, Flag, FlagCode,
    FoundReferral, GivenConsent, Guard, JobOutcome, Left, NoAccess, PauseSpan, Reporter, ShortCode,
    TakenPayment, TechnicianAtSite, ToldDelay, Visit, Withdrawn, WorkSpan,
    clock::{Clocks, SKEW_IGNORED},
    flags::sequence_flags,
    person::{Attendance, Person, Told},
    refusal, trust,
    visits::visits,
};
use crate::domain::{
    charging::WorkKind,
    ids::{FactId, TechnicianId},
    jobs::JobState,
    payers::ProposedPayer,
    span::{Instant, Span},
};

/// What happened at the site, by the service's clock, as far as it is known. The same for every order in which its
/// facts came, however often each of them did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldRecord {
    /// Where the job is, as far as facts tell: `en_route`, `on_site`, `working`, `paused`, `awaiting_return` or
    /// `completed`.
    pub state: Option<JobState>,
    /// Where everybody is who has reported from it, by technician.
    pub technicians: Vec<TechnicianAtSite>,
    /// First departure.
    pub departed_at: Option<DateTime<Utc>>,
    /// First arrival.
    pub arrived_at: Option<DateTime<Utc>>,
    /// Last completion.
    pub completed_at: Option<DateTime<Utc>>,
    /// Who completed it.
    pub completed_by: Option<TechnicianId>,
    /// How it ended, by the last completion.
    pub outcome: Option<JobOutcome>,
    /// Reference of the signature on the last completion.
    pub signature: Option<ShortCode>,
    /// Visits with the work done in them, earliest first.
    pub visits: Vec<Visit>,
    /// Pauses, earliest first.
    pub pauses: Vec<PauseSpan>,
    /// Parts used up, earliest first.
    pub parts: Vec<DeliveredPart>,
    /// Special work begun, earliest first.
    pub special_works: Vec<DeliveredWork>,
    /// The payer's answers, refusals included, in the order they were recorded.
    pub consents: Vec<GivenConsent>,
    /// Payers other than the resident who are named in a yes and have not agreed themselves.
    pub proposed_payers: Vec<ProposedPayer>,
    /// Identity checks, earliest first.
    pub id_checks: Vec<CheckedId>,
    /// Attempts to get in that failed, earliest first.
    pub no_access: Vec<NoAccess>,
    /// Delays, in the order they were told.
    pub delays: Vec<ToldDelay>,
    /// Findings that it is the landlord's matter, earliest first.
    pub referral_findings: Vec<FoundReferral>,
    /// Money taken at the site, earliest first.
    #[serde(rename = "payments_told")]
    pub payments: Vec<TakenPayment>,
    /// Who left before the job was complete, earliest first.
    pub leavings: Vec<Left>,
    /// Who could not go on, earliest first.
    pub withdrawals: Vec<Withdrawn>,
    /// What a person must look at; a flagged record is not billed.
    pub flags: Vec<Flag>,
}

impl FieldRecord {
    /// Folds the facts of one job, in whichever order they came.
    #[must_use]
    pub fn of(facts: &[Fact]) -> Self {
        Self::fold(facts, None)
    }

    /// The same of those that count by themselves (domain.md section 14); the others are flagged and change nothing else.
    #[must_use]
    pub fn guarded(facts: &[Fact], guard: &Guard) -> Self {
        Self::fold(facts, Some(guard))
    }

    fn fold(facts: &[Fact], guard: Option<&Guard>) -> Self {
        let set: BTreeMap<FactId, &Fact> = facts.iter().map(|fact| (fact.id, fact)).collect();
        let clocks =
            Clocks::of(set.values().copied(), |fact| guard.is_none_or(|guard| guard.believes_clock_of(fact)));
        let told = in_order(&set, &clocks);
        let mut record = Self { flags: sequence_flags(set.values().copied()), ..Self::default() };
        record.flags.extend(clocks.flags());
        let verdict = guard.map(|guard| guard.verdict(&told)).unwrap_or_default();
        let in_danger = guard.map(|guard| guard.begun_in_danger(&told)).unwrap_or_default();
        let mut persons: BTreeMap<TechnicianId, Person<'_>> = BTreeMap::new();
        let mut outcomes = Vec::new();
        for told in told.into_iter().filter(|told| !verdict.idle.contains(&told.fact.id)) {
            if let Some(code) = verdict.doubts.get(&told.fact.id) {
                record.flags.push(Flag::at(*code, told.fact));
                if told.fact.told_by != Reporter::Desk {
                    continue;
                }
            }
            let unresolved = told.fact.unresolved.map(|unresolved| Flag::at(unresolved.into(), told.fact));
            record.flags.extend(unresolved);
            if in_danger.contains(&told.fact.id) {
                record.flags.push(Flag::at(FlagCode::WorkInDanger, told.fact));
            }
            let technician = told.fact.technician_id;
            persons.entry(technician).or_insert_with(|| Person::new(technician)).hear(told);
            record.hear(told, &clocks);
            if let FactKind::Completion { outcome, .. } = told.fact.what {
                outcomes.push((outcome, technician));
            }
        }
        record.flags.extend(doubts::outcome(&record, &outcomes));
        if let Some(guard) = guard {
            record.proposed_payers = doubts::proposed_payers(&set, guard.agreements());
            for taken in &mut record.payments {
                taken.pays_for = guard.pays_for(taken.technician_id);
            }
        }
        record.conclude(persons, guard);
        record.consents = trust::moved(record.consents, &verdict.counting_from);
        record
    }

    /// Whether it can be billed: the job is complete, nothing is missing and nothing doubtful.
    #[must_use]
    pub fn may_settle(&self) -> bool {
        self.completed_at.is_some() && self.flags.is_empty()
    }

    /// Whether anything follows from it for the money: the job is complete, or somebody has taken cash.
    #[must_use]
    pub fn is_of_money(&self) -> bool {
        self.completed_at.is_some() || !self.payments.is_empty()
    }

    /// Where a technician is.
    #[must_use]
    pub fn technician(&self, id: TechnicianId) -> Option<TechnicianAtSite> {
        self.technicians.iter().copied().find(|state| state.technician_id == id)
    }

    /// Every stretch of work, earliest visit first.
    pub fn work(&self) -> impl Iterator<Item = &WorkSpan> {
        self.visits.iter().flat_map(|visit| &visit.work)
    }

    /// What of it was done and delivered in a span of time.
    #[must_use]
    pub fn within(mut self, span: Span) -> Self {
        for visit in &mut self.visits {
            visit.work.retain(|work| work.from < span.to() && span.from() < work.to);
            for work in &mut visit.work {
                (work.from, work.to) = (work.from.max(span.from()), work.to.min(span.to()));
            }
        }
        self.parts.retain(|part| span.contains(part.at));
        self.special_works.retain(|work| span.contains(work.at));
        self
    }

    /// The record of a job that puts the contractor's own fault right: its work is rework, neither charged nor counted
    /// (C-14). What was sold all the same is looked at by a person.
    #[must_use]
    pub fn as_rework(mut self) -> Self {
        for work in self.visits.iter_mut().flat_map(|visit| &mut visit.work) {
            work.work = WorkKind::Rework;
        }
        self.flags.extend(doubts::charged_on_rework(&self));
        self.flags.sort();
        self.flags.dedup();
        self
    }

    /// The record as it is when one of its technicians is told to have worked elsewhere at these times: nobody is in two
    /// places.
    #[must_use]
    pub fn beside(mut self, elsewhere: &[WorkSpan]) -> Self {
        let is_crossed = |own: &WorkSpan, other: &WorkSpan| {
            own.technician_id == other.technician_id && own.from < other.to && other.from < own.to
        };
        let crossed = self.work().filter(|own| elsewhere.iter().any(|other| is_crossed(own, other)));
        let flags: Vec<_> = crossed.map(|own| Flag::of(FlagCode::Overlap, own.technician_id)).collect();
        self.flags.extend(flags);
        self.flags.sort();
        self.flags.dedup();
        self
    }

    /// The record as it is where a door was opened: without an identity check that passed a person must look (S-01).
    #[must_use]
    pub fn opened(mut self) -> Self {
        let is_done = self.completed_at.is_some() && !self.outcome.is_some_and(JobOutcome::is_stopped);
        let is_checked = self.id_checks.iter().any(|check| check.passed);
        if is_done && !is_checked && self.work().next().is_some() {
            self.flags.push(Flag::whole(FlagCode::MissingIdCheck));
            self.flags.sort();
        }
        self
    }

    /// Takes what concerns the job and not one person's hands.
    fn hear(&mut self, told: Told<'_>, clocks: &Clocks<'_>) {
        let Told { at, fact } = told;
        let (fact_id, technician_id) = (fact.id, fact.technician_id);
        if fact.device_time > fact.sent_at + SKEW_IGNORED {
            self.flags.push(Flag::at(FlagCode::ImplausibleTime, fact));
        }
        match &fact.what {
            FactKind::Departure {} => _ = self.departed_at.get_or_insert(at),
            FactKind::Arrival {} => _ = self.arrived_at.get_or_insert(at),
            FactKind::Completion { signature, outcome } => {
                (self.completed_at, self.completed_by) = (Some(at), Some(technician_id));
                (self.outcome, self.signature) = (Some(*outcome), signature.clone());
            }
            FactKind::Part { .. } | FactKind::SpecialWork { .. } | FactKind::Payment(_) => {
                self.hear_money(told)
            }
            FactKind::Consent(consent) => self.hear_consent(fact, consent, clocks),
            FactKind::IdCheck(check) => {
                let passed = check.passed();
                self.id_checks.push(CheckedId { fact_id, technician_id, at, check: *check, passed });
            }
            FactKind::NoAccess { reason } => {
                self.no_access.push(NoAccess { fact_id, technician_id, at, reason: *reason });
            }
            FactKind::Delay { arrival_at } => {
                let arrival_at = clocks.corrected(fact, *arrival_at);
                self.delays.push(ToldDelay { fact_id, technician_id, at, arrival_at });
            }
            FactKind::ReferralFinding(finding) => {
                self.referral_findings.push(FoundReferral {
                    fact_id,
                    technician_id,
                    at,
                    finding: finding.clone(),
                });
            }
            FactKind::Leaving { return_planned, reason } => {
                let (return_planned, reason) = (*return_planned, *reason);
                self.leavings.push(Left { fact_id, technician_id, at, return_planned, reason });
            }
            FactKind::Withdrawal { code } => {
                self.withdrawals.push(Withdrawn { fact_id, technician_id, at, code: *code });
            }
            FactKind::Position { .. }
            | FactKind::WorkStart { .. }
            | FactKind::Pause { .. }
            | FactKind::Resume {}
            | FactKind::WorkEnd {} => {}
        }
    }

    /// What has a price, and what was paid.
    fn hear_money(&mut self, Told { at, fact }: Told<'_>) {
        let (fact_id, technician_id) = (fact.id, fact.technician_id);
        match &fact.what {
            FactKind::Part { item, name, quantity, unit_price_yen, price_basis } => {
                self.parts.push(DeliveredPart {
                    fact_id,
                    technician_id,
                    at,
                    item: *item,
                    name: name.clone(),
                    quantity: *quantity,
                    unit_price_yen: *unit_price_yen,
                    price_basis: *price_basis,
                });
            }
            FactKind::SpecialWork { item, code, price_yen, quote } => {
                self.special_works.push(DeliveredWork {
                    fact_id,
                    technician_id,
                    at,
                    item: *item,
                    code: code.clone(),
                    price_yen: *price_yen,
                    quote: quote.clone(),
                })
            }
            FactKind::Payment(payment) => self.payments.push(TakenPayment {
                fact_id,
                technician_id,
                at,
                method: payment.method,
                amount_yen: payment.amount_yen,
                payer: payment.payer,
                pays_for: None,
            }),
            _ => {}
        }
    }

    fn hear_consent(&mut self, fact: &Fact, consent: &Consent, clocks: &Clocks<'_>) {
        let (asked_at, answered_at) = (consent.asked_at(), consent.answered_at());
        if answered_at > fact.device_time + SKEW_IGNORED {
            self.flags.push(Flag::at(FlagCode::ImplausibleTime, fact));
        }
        if fact.device_time - answered_at > CONSENT_LAG_MAX {
            self.flags.push(Flag::at(FlagCode::ConsentRecordedLate, fact));
        }
        self.consents.push(GivenConsent {
            fact_id: fact.id,
            technician_id: fact.technician_id,
            told_by: fact.told_by,
            asked_at: clocks.corrected(fact, asked_at),
            said_at: clocks.corrected(fact, answered_at),
            answered_at: clocks.corrected(fact, answered_at),
            consent: consent.clone(),
        });
    }

    /// Puts the persons together.
    fn conclude(&mut self, mut persons: BTreeMap<TechnicianId, Person<'_>>, guard: Option<&Guard>) {
        let mut attendances = Vec::new();
        for person in persons.values_mut() {
            if self.completed_at.is_some() {
                person.complete();
            }
            self.technicians.extend(person.state(self.completed_at));
            self.pauses.extend(person.all_pauses());
            self.flags.append(&mut person.flags);
            attendances.append(&mut person.attendances);
        }
        // Where whoever was taken off is, or was, says nothing about those who have it (G-02).
        let has_it =
            |told: &&TechnicianAtSite| guard.is_none_or(|guard| !guard.was_taken_off(told.technician_id));
        let states = self.technicians.iter().filter(has_it).filter_map(|told| told.state.of_job());
        self.state = states.max_by_key(|state| rank(*state));
        if self.completed_at.is_some() {
            self.state = Some(JobState::Completed);
        }
        self.withhold(&mut attendances);
        self.pauses.sort();
        self.visits = visits(attendances);
        let outside = self.work().filter(|work| self.is_outside(work.from, work.to));
        let outside: Vec<_> =
            outside.map(|work| Flag::of(FlagCode::OutsideSite, work.technician_id)).collect();
        self.flags.extend(outside);
        self.flags.extend(doubts::charged_after_finding(self));
        self.flags.sort();
        self.flags.dedup();
    }

    /// Takes away what does not count because an identity check had failed.
    fn withhold(&mut self, attendances: &mut [Attendance]) {
        let refused = refusal::refused(&self.id_checks);
        for attendance in attendances {
            let counts: Vec<_> =
                attendance.work.iter().flat_map(|work| refusal::without(work, &refused)).collect();
            if let Some(work) = attendance.work.first().filter(|_| counts != attendance.work) {
                self.flags.push(Flag::of(FlagCode::WorkAfterFailedCheck, work.technician_id));
            }
            attendance.work = counts;
        }
    }

    fn is_outside(&self, from: Instant, to: Instant) -> bool {
        self.arrived_at.is_none_or(|arrived| from < arrived)
            || self.completed_at.is_some_and(|completed| completed < to)
    }
}

/// The facts by corrected time; in one instant by technician, the device's number and id.
fn in_order<'a>(set: &BTreeMap<FactId, &'a Fact>, clocks: &Clocks<'_>) -> Vec<Told<'a>> {
    let told = set.values().map(|&fact| Told { at: clocks.corrected(fact, fact.device_time), fact });
    let mut told: Vec<_> = told.collect();
    told.sort_by_key(|told| (told.at, told.fact.technician_id, told.fact.device_seq, told.fact.id));
    told
}

/// Of several technicians' states the furthest on is the job's; it waits for a return only when nobody is on it.
fn rank(state: JobState) -> u8 {
    match state {
        JobState::AwaitingReturn => 1,
        JobState::EnRoute => 2,
        JobState::OnSite => 3,
        JobState::Paused => 4,
        JobState::Working => 5,
        _ => 0,
    }
}
