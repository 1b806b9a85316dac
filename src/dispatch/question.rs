//! What is asked of the fleet: who can be at this site first, for this job.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{technician::CandidateView, travel};
use crate::domain::{
    ids::{FirmId, JobId, TechnicianId},
    place::{JisCode, Point},
    reference::{JobCode, job_codes::Licence},
    span::{Instant, Span, tokyo},
    text_enum::text_enum,
    tools::Tools,
    trade::{Priority, Trade},
};

/// One question. The time is not part of it: the fleet has one present, and the answer says which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The job to be offered.
    pub job: JobId,
    /// Where to be.
    #[serde(with = "super::e6")]
    pub site: Point,
    /// The site's municipality: the ward's code where there are wards.
    pub municipality: JisCode,
    /// The ward's parent city; areas may name either.
    pub parent_city: Option<JisCode>,
    /// The trade it takes.
    pub trade: Trade,
    /// What is to be done.
    pub job_code: JobCode,
    /// The licence it needs (S-08).
    pub licence: Option<Licence>,
    /// Whether somebody without that licence may be sent to make safe.
    pub stop_gap: MakingSafe,
    /// The tools it needs.
    pub tools: Tools,
    /// Minutes of work to reckon with: half of such jobs take no longer.
    pub work_minutes: u16,
    /// Firms up to this tier are asked.
    pub tier_max: u8,
    /// Urgency; recorded, it changes nothing in the order.
    pub priority: Priority,
    /// The caller's spoken language as a canonical BCP 47 tag (N-01), when known. Compared with the languages of
    /// technicians and used for nothing else (Y-04).
    pub language: Option<String>,
    /// Whether the job may wait behind a technician's present one.
    pub queueing: Queueing,
    /// How long whoever is on call, and not on a job, needs before he leaves.
    pub on_call_ready_s: u32,
    /// Technicians who refused this job or were withdrawn from it.
    pub excluded: Named<TechnicianId>,
    /// Firms that must not be sent on this job.
    pub blocked: Named<FirmId>,
    /// Technicians that must not be sent to this resident.
    pub blocked_technicians: Named<TechnicianId>,
    /// How to rank and how many to name.
    pub policy: Policy,
}

impl Question {
    /// The codes an area may name: the ward's before the city's; the same one twice where there is no city.
    #[must_use]
    pub fn codes(&self) -> [&JisCode; 2] {
        [&self.municipality, self.parent_city.as_ref().unwrap_or(&self.municipality)]
    }
}

text_enum! {
    /// Whether a job may wait for a busy technician.
    pub enum Queueing("queueing") {
        /// It may be accepted as the next job.
        Allowed = "allowed",
        /// Only who is free now.
        FreeOnly = "free_only",
    }
}

text_enum! {
    /// Whether only lasting work needs the licence. Closing a valve is no work on the supply system (S-08).
    pub enum MakingSafe("making safe") {
        /// Whoever is sent may make safe without it.
        Allowed = "allowed",
        /// Whoever is sent needs it.
        NotAllowed = "not_allowed",
    }
}

/// When somebody would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// As soon as they can leave.
    Now,
    /// At a person's word: needed from now until some time after the arrival that they promise.
    Called {
        /// When they promise to be there.
        arrival_at: Option<Instant>,
    },
    /// To a planned visit.
    Visit(Span),
}

/// A question at an instant: what rules and figures look at.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What is asked.
    pub question: &'a Question,
    /// The fleet's present.
    pub now: Instant,
    /// When they would go.
    pub when: When,
}

impl<'a> Asked<'a> {
    /// Who can go now?
    #[must_use]
    pub fn at_present(question: &'a Question, now: Instant) -> Self {
        Self { question, now, when: When::Now }
    }

    /// The instant that counts for duty and licences: when `view` would leave, is promised there, or the visit begins.
    #[must_use]
    pub fn counts_at(&self, view: &dyn CandidateView) -> Instant {
        match self.when {
            When::Now => view.standing().available_at(self.now),
            When::Called { arrival_at } => {
                arrival_at.unwrap_or_else(|| view.standing().available_at(self.now))
            }
            When::Visit(span) => span.from(),
        }
    }

    /// Whether all of the work needs a licence that the firm of `view` does not have there on that day (S-08).
    #[must_use]
    pub fn lacks_licence(&self, view: &dyn CandidateView) -> bool {
        let Some(licence) = self.question.licence else { return false };
        let valid_to = view.licence_valid_to(licence, &self.question.codes());
        valid_to.is_none_or(|last| last < tokyo(self.counts_at(view)).date_naive())
    }

    /// Great-circle metres, rounded up, from where `view` would leave to the site.
    #[must_use]
    pub fn distance_m(&self, view: &dyn CandidateView) -> u32 {
        let (_, from) = view.standing().origin(self.now);
        travel::distance_m(from, self.question.site)
    }
}

/// How to rank and how many to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PolicyRecord", into = "PolicyRecord")]
pub struct Policy {
    band_s: u32,
    candidates_max: u32,
}

/// A policy outside its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    /// Arrival bands from one second to one day.
    #[error("an arrival band lasts from 1 to 86400 seconds, not {0}")]
    Band(u32),
    /// From one to [`Policy::CANDIDATES_MAX`] candidates.
    #[error("between 1 and {max} candidates can be named, not {0}", max = Policy::CANDIDATES_MAX)]
    Candidates(u32),
}

impl Policy {
    /// The most candidates one answer names.
    pub const CANDIDATES_MAX: u32 = 100;

    /// Arrivals within the same `band_s` seconds count as equally early; the best `candidates_max` are named.
    pub fn new(band_s: u32, candidates_max: u32) -> Result<Self, BadPolicy> {
        if !(1..=86_400).contains(&band_s) {
            return Err(BadPolicy::Band(band_s));
        }
        if !(1..=Self::CANDIDATES_MAX).contains(&candidates_max) {
            return Err(BadPolicy::Candidates(candidates_max));
        }
        Ok(Self { band_s, candidates_max })
    }

    /// Length of an arrival band, seconds.
    #[must_use]
    pub fn band_s(&self) -> u32 {
        self.band_s
    }

    /// How many candidates are named at most.
    #[must_use]
    pub fn candidates_max(&self) -> u32 {
        self.candidates_max
    }
}

impl Default for Policy {
    /// Bands of five minutes, ten candidates.
    fn default() -> Self {
        Self { band_s: 300, candidates_max: 10 }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyRecord {
    band_s: u32,
    candidates_max: u32,
}

impl TryFrom<PolicyRecord> for Policy {
    type Error = BadPolicy;

    fn try_from(record: PolicyRecord) -> Result<Self, BadPolicy> {
        Self::new(record.band_s, record.candidates_max)
    }
}

impl From<Policy> for PolicyRecord {
    fn from(policy: Policy) -> Self {
        Self { band_s: policy.band_s, candidates_max: policy.candidates_max }
    }
}

/// At most [`NAMED_MAX`] ids, in order, each once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeSet<T>", into = "BTreeSet<T>", bound(deserialize = "T: Ord + Deserialize<'de>"))]
#[serde(bound(serialize = "T: Ord + Clone + Serialize"))]
pub struct Named<T>(BTreeSet<T>);

/// The most ids a question names in one list.
pub const NAMED_MAX: usize = 500;

/// More ids than a question may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a question names at most {NAMED_MAX} ids in one list; {given} were given")]
pub struct TooManyNamed {
    given: usize,
}

impl<T: Ord> Named<T> {
    /// Who is named, in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    /// Whether `id` is named.
    #[must_use]
    pub fn contains(&self, id: &T) -> bool {
        self.0.contains(id)
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<T> TryFrom<BTreeSet<T>> for Named<T> {
    type Error = TooManyNamed;

    fn try_from(ids: BTreeSet<T>) -> Result<Self, TooManyNamed> {
        if ids.len() > NAMED_MAX { Err(TooManyNamed { given: ids.len() }) } else { Ok(Self(ids)) }
    }
}

impl<T> From<Named<T>> for BTreeSet<T> {
    fn from(named: Named<T>) -> Self {
        named.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::samples;

    #[test]
    fn a_policy_has_limits() {
        assert!(Policy::new(300, 10).is_ok());
        assert_eq!(Policy::new(0, 10), Err(BadPolicy::Band(0)));
        assert_eq!(Policy::new(86_401, 10), Err(BadPolicy::Band(86_401)));
        assert_eq!(Policy::new(300, 0), Err(BadPolicy::Candidates(0)));
        assert_eq!(Policy::new(300, 101), Err(BadPolicy::Candidates(101)));
    }

    #[test]
    fn the_lists_of_a_question_have_a_limit() {
        let ids = |count: u128| (0..count).map(samples::technician_id).collect::<BTreeSet<_>>();
        assert!(Named::try_from(ids(500)).is_ok());
        assert_eq!(Named::try_from(ids(501)), Err(TooManyNamed { given: 501 }));
        let json = serde_json::to_string(&ids(501)).unwrap();
        assert!(serde_json::from_str::<Named<TechnicianId>>(&json).is_err());
    }
}
