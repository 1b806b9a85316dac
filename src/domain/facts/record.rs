//! The record of a job's field work: a pure fold over the set of its facts.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Consent, Fact, FactKind, Flag, FlagCode, PauseSpan, Pieces, PriceYen, ShortCode, ShortText, Visit,
    clock::{Clocks, SKEW_IGNORED},
    flags::sequence_flags,
    person::{Person, Told},
    visits::visits,
};
use crate::domain::{
    ids::{FactId, TechnicianId},
    jobs::JobState,
    reference::programme::PriceBasis,
    span::Instant,
};

/// A consent is written down while the payer is there: later than this goes to review.
pub const CONSENT_LAG_MAX: TimeDelta = TimeDelta::minutes(15);

/// What happened at the site, by the service's clock, as far as it is known. The same for every order in which its
/// facts came, however often each of them did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldRecord {
    /// Where the job is, as far as facts tell: `en_route`, `on_site`, `working`, `paused` or `completed`.
    pub state: Option<JobState>,
    /// First departure.
    pub departed_at: Option<DateTime<Utc>>,
    /// First arrival.
    pub arrived_at: Option<DateTime<Utc>>,
    /// Last completion.
    pub completed_at: Option<DateTime<Utc>>,
    /// Who completed it.
    pub completed_by: Option<TechnicianId>,
    /// Visits with the work done in them, earliest first.
    pub visits: Vec<Visit>,
    /// Pauses, earliest first.
    pub pauses: Vec<PauseSpan>,
    /// Parts used up, earliest first.
    pub parts: Vec<DeliveredPart>,
    /// Special work begun, earliest first.
    pub special_works: Vec<DeliveredWork>,
    /// The payer's answers, in the order they were recorded.
    pub consents: Vec<GivenConsent>,
    /// What a person must look at; a flagged record is not billed.
    pub flags: Vec<Flag>,
}

/// A part used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveredPart {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// The key by which a consent names it.
    pub item: Uuid,
    /// What it is called on the quote.
    pub name: ShortText,
    /// How many.
    pub quantity: Pieces,
    /// Price of one.
    pub unit_price_yen: PriceYen,
    /// Whether the price includes tax.
    pub price_basis: PriceBasis,
}

/// Special work begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveredWork {
    /// The report of it.
    pub fact_id: FactId,
    /// By whom.
    pub technician_id: TechnicianId,
    /// When.
    pub at: DateTime<Utc>,
    /// The key by which a consent names it.
    pub item: Uuid,
    /// Which special work.
    pub code: ShortCode,
    /// Lump price, tax included.
    pub price_yen: PriceYen,
}

/// A payer's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GivenConsent {
    /// The report of it.
    pub fact_id: FactId,
    /// Who asked.
    pub technician_id: TechnicianId,
    /// When it was asked, by the service's clock.
    pub asked_at: DateTime<Utc>,
    /// When it was answered, by the service's clock.
    pub answered_at: DateTime<Utc>,
    /// The consent as it was recorded.
    pub consent: Consent,
}

impl FieldRecord {
    /// Folds the facts of one job, in whichever order they came.
    #[must_use]
    pub fn of(facts: &[Fact]) -> Self {
        let set: BTreeMap<FactId, &Fact> = facts.iter().map(|fact| (fact.id, fact)).collect();
        let clocks = Clocks::of(set.values().copied());
        let told = in_order(&set, &clocks);
        let mut record = Self { flags: sequence_flags(set.values().copied()), ..Self::default() };
        record.flags.extend(clocks.flags());
        let mut persons: BTreeMap<TechnicianId, Person<'_>> = BTreeMap::new();
        for told in told {
            let technician = told.fact.technician_id;
            persons.entry(technician).or_insert_with(|| Person::new(technician)).hear(told);
            record.hear(told, &clocks);
        }
        record.conclude(persons);
        record
    }

    /// Whether it can be billed: the job is complete, nothing is missing and nothing doubtful.
    #[must_use]
    pub fn may_settle(&self) -> bool {
        self.completed_at.is_some() && self.flags.is_empty()
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
            FactKind::Completion { .. } => {
                (self.completed_at, self.completed_by) = (Some(at), Some(technician_id));
            }
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
            FactKind::SpecialWork { item, code, price_yen } => self.special_works.push(DeliveredWork {
                fact_id,
                technician_id,
                at,
                item: *item,
                code: code.clone(),
                price_yen: *price_yen,
            }),
            FactKind::Consent(consent) => self.hear_consent(fact, consent, clocks),
            FactKind::IdCheck { .. }
            | FactKind::WorkStart { .. }
            | FactKind::Pause { .. }
            | FactKind::Resume {}
            | FactKind::WorkEnd {} => {}
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
            asked_at: clocks.corrected(fact, asked_at),
            answered_at: clocks.corrected(fact, answered_at),
            consent: consent.clone(),
        });
    }

    /// Puts the persons together.
    fn conclude(&mut self, mut persons: BTreeMap<TechnicianId, Person<'_>>) {
        let mut attendances = Vec::new();
        for person in persons.values_mut() {
            if self.completed_at.is_some() {
                person.complete();
            }
            self.pauses.extend(person.all_pauses());
            self.flags.append(&mut person.flags);
            attendances.append(&mut person.attendances);
            self.state = further(self.state, person.state());
        }
        if self.completed_at.is_some() {
            self.state = Some(JobState::Completed);
        }
        self.pauses.sort();
        self.visits = visits(attendances);
        let work = self.visits.iter().flat_map(|visit| &visit.work);
        let outside = work.filter(|work| self.is_outside(work.from, work.to));
        let outside: Vec<_> =
            outside.map(|work| Flag::of(FlagCode::OutsideSite, work.technician_id)).collect();
        self.flags.extend(outside);
        self.flags.sort();
        self.flags.dedup();
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

/// Of several technicians' states the furthest on is the job's.
fn further(one: Option<JobState>, other: Option<JobState>) -> Option<JobState> {
    let rank = |state| match state {
        Some(JobState::EnRoute) => 1,
        Some(JobState::OnSite) => 2,
        Some(JobState::Paused) => 3,
        Some(JobState::Working) => 4,
        _ => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}
