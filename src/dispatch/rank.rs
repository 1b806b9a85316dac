//! Ranked objectives in lexicographic order: arrival band, all of the work before making safe only, shift before call, language,
//! fair load, arrival, id. Never a weighted sum: each comparison of two candidates is decided by one objective that can be named.

use std::cmp::Ordering;

use chrono::{TimeDelta, serde::ts_microseconds};
use serde::{Deserialize, Serialize};

use super::{
    question::{Asked, When},
    technician::{CandidateView, OriginKind, PlannedVisit},
    travel,
};
use crate::domain::{
    docket,
    fitness::WorkScope,
    ids::TechnicianId,
    place::Point,
    span::{Instant, Span},
    text_enum::text_enum,
};

/// What is computed of one candidate for one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// What he travels from.
    pub origin: OriginKind,
    /// Where that is.
    #[serde(with = "super::e6")]
    pub origin_point: Point,
    /// Great-circle metres to the site, rounded up.
    pub distance_m: u32,
    /// When he can leave.
    #[serde(rename = "available_at_us", with = "ts_microseconds")]
    pub available_at: Instant,
    /// Whether he is on shift then, or comes from call.
    pub duty: DutyClass,
    /// Seconds on the road by the built-in model.
    pub travel_s: u32,
    /// When he would be there.
    #[serde(rename = "arrival_at_us", with = "ts_microseconds")]
    pub arrival_at: Instant,
    /// The arrival band, counted from now: 0 is the first.
    pub band: u32,
    /// Whether he may do all of the work, or only make safe.
    pub scope: WorkScope,
    /// Whether he speaks the caller's language.
    pub language: LanguageMatch,
    /// Jobs accepted in the last 24 hours.
    pub load: u32,
}

impl Figures {
    /// The figures of `view` at `distance_m` great-circle metres from the site.
    #[must_use]
    pub fn of(asked: &Asked<'_>, view: &dyn CandidateView, distance_m: u32) -> Self {
        Trip::of(asked, view, distance_m).figures(asked, view)
    }
}

fn scope(asked: &Asked<'_>, view: &dyn CandidateView) -> WorkScope {
    if asked.lacks_licence(view) { WorkScope::StopGap } else { WorkScope::Lasting }
}

text_enum! {
    /// Whether a technician is on shift when he could leave.
    pub enum DutyClass("class of duty") {
        /// On shift.
        OnShift = "on_shift",
        /// On call: asked when it is he who can be there first, and a while later on the road.
        OnCall = "on_call",
    }
}

/// The part of the figures that decides the arrival band: enough to leave out whoever is too late.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trip {
    distance_m: u32,
    available_at: Instant,
    duty: DutyClass,
    travel_s: u32,
    arrival_at: Instant,
    pub(super) band: u32,
}

impl Trip {
    pub(super) fn of(asked: &Asked<'_>, view: &dyn CandidateView, distance_m: u32) -> Self {
        let (available_at, duty) = leaves(asked, view);
        let travel_s = travel::travel_s(distance_m, available_at);
        let arrival_at =
            available_at.checked_add_signed(TimeDelta::seconds(travel_s.into())).unwrap_or(Instant::MAX_UTC);
        let wait_s = (arrival_at - asked.now).num_seconds().max(0);
        let band = u32::try_from(wait_s / i64::from(asked.question.policy.band_s())).unwrap_or(u32::MAX);
        Self { distance_m, available_at, duty, travel_s, arrival_at, band }
    }

    pub(super) fn figures(self, asked: &Asked<'_>, view: &dyn CandidateView) -> Figures {
        let (origin, origin_point) = view.standing().origin(asked.now);
        let Self { distance_m, available_at, duty, travel_s, arrival_at, band } = self;
        Figures {
            origin,
            origin_point,
            distance_m,
            available_at,
            duty,
            travel_s,
            arrival_at,
            band,
            scope: scope(asked, view),
            language: LanguageMatch::of(asked.question.language.as_deref(), view.languages()),
            load: view.accepted_24h(),
        }
    }
}

/// When he can leave, and on what duty. Whoever is called from home needs a while; whoever is on a job does not.
fn leaves(asked: &Asked<'_>, view: &dyn CandidateView) -> (Instant, DutyClass) {
    let free_at = view.standing().available_at(asked.now);
    if !view.shift(free_at).is_on_call() {
        return (free_at, DutyClass::OnShift);
    }
    let ready = match view.standing().commitment {
        Some(_) => TimeDelta::zero(),
        None => TimeDelta::seconds(asked.question.on_call_ready_s.into()),
    };
    (free_at.checked_add_signed(ready).unwrap_or(Instant::MAX_UTC), DutyClass::OnCall)
}

/// The first planned visit that `view` could not keep if he were sent. Costs a distance only for those who have plans.
pub(super) fn visit_in_the_way(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<PlannedVisit> {
    if !view.has_plans() {
        return None;
    }
    let needed = match asked.when {
        When::Now => trip(asked, view)?,
        When::Called { arrival_at } => docket::needed(asked.now, arrival_at)?,
        When::Visit(span) => span,
    };
    view.planned_visit(asked.question.job, needed)
}

/// From when he can leave until the work is likely done.
fn trip(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Span> {
    let trip = Trip::of(asked, view, asked.distance_m(view));
    let work = TimeDelta::minutes(asked.question.work_minutes.into());
    let done = trip.arrival_at.checked_add_signed(work).unwrap_or(Instant::MAX_UTC);
    Span::new(trip.available_at, done)
}

text_enum! {
    /// The only use of language in the order (Y-04): does the technician speak the caller's?
    pub enum LanguageMatch("language match") {
        /// He does.
        Speaks = "speaks",
        /// He does not: an interpreter is needed at the site.
        Interpreter = "interpreter",
        /// The caller's language is not known: everybody is equal.
        Unknown = "unknown",
    }
}

impl LanguageMatch {
    /// Compares canonical tags; BCP 47 tags ignore the case of letters.
    #[must_use]
    pub fn of(wanted: Option<&str>, spoken: &[String]) -> Self {
        match wanted {
            None => Self::Unknown,
            Some(wanted) if spoken.iter().any(|tag| tag.eq_ignore_ascii_case(wanted)) => Self::Speaks,
            Some(_) => Self::Interpreter,
        }
    }
}

text_enum! {
    /// What decides between two candidates, in the order it is looked at.
    pub enum Objective("objective") {
        /// The earlier arrival band.
        ArrivalBand = "arrival_band",
        /// Being allowed to do all of the work.
        Scope = "scope",
        /// Being on shift, not on call.
        Duty = "duty",
        /// Speaking the caller's language.
        Language = "language",
        /// Fewer jobs accepted in the last 24 hours.
        FairLoad = "fair_load",
        /// The earlier arrival inside the band.
        Arrival = "arrival",
        /// The smaller id: an arbitrary but fixed order.
        Id = "id",
    }
}

/// A place in the order: smaller is better, no two technicians are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankKey {
    /// The arrival band.
    pub band: u32,
    scope: WorkScope,
    duty: DutyClass,
    language: LanguageMatch,
    load: u32,
    arrival_at: Instant,
    technician: TechnicianId,
}

impl RankKey {
    /// The place of a technician with these figures.
    #[must_use]
    pub fn of(technician: TechnicianId, figures: &Figures) -> Self {
        let Figures { band, scope, duty, language, load, arrival_at, .. } = *figures;
        Self { band, scope, duty, language, load, arrival_at, technician }
    }

    /// Who comes first, and the objective that decides it.
    #[must_use]
    pub fn compare(&self, other: &Self) -> (Ordering, Objective) {
        // Within one question either all languages are unknown or none is, so the declared order is right.
        [
            (self.band.cmp(&other.band), Objective::ArrivalBand),
            (self.scope.cmp(&other.scope), Objective::Scope),
            (self.duty.cmp(&other.duty), Objective::Duty),
            (self.language.cmp(&other.language), Objective::Language),
            (self.load.cmp(&other.load), Objective::FairLoad),
            (self.arrival_at.cmp(&other.arrival_at), Objective::Arrival),
        ]
        .into_iter()
        .find(|(ordering, _)| ordering.is_ne())
        .unwrap_or((self.technician.cmp(&other.technician), Objective::Id))
    }
}

impl Ord for RankKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other).0
    }
}

impl PartialOrd for RankKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::samples::{at, technician_id};

    #[test]
    fn each_objective_decides_only_when_those_before_it_are_equal() {
        let base = RankKey {
            band: 1,
            scope: WorkScope::Lasting,
            duty: DutyClass::OnShift,
            language: LanguageMatch::Speaks,
            load: 2,
            arrival_at: at(400),
            technician: technician_id(5),
        };
        let other = LanguageMatch::Interpreter;
        for (worse, objective) in [
            (
                RankKey {
                    band: 2,
                    scope: WorkScope::Lasting,
                    duty: DutyClass::OnShift,
                    language: LanguageMatch::Speaks,
                    load: 0,
                    arrival_at: at(0),
                    technician: technician_id(1),
                },
                Objective::ArrivalBand,
            ),
            (
                RankKey {
                    scope: WorkScope::StopGap,
                    load: 0,
                    arrival_at: at(0),
                    technician: technician_id(1),
                    ..base
                },
                Objective::Scope,
            ),
            (
                RankKey {
                    duty: DutyClass::OnCall,
                    load: 0,
                    arrival_at: at(0),
                    technician: technician_id(1),
                    ..base
                },
                Objective::Duty,
            ),
            (
                RankKey { language: other, load: 0, arrival_at: at(0), technician: technician_id(1), ..base },
                Objective::Language,
            ),
            (
                RankKey { load: 3, arrival_at: at(0), technician: technician_id(1), ..base },
                Objective::FairLoad,
            ),
            (RankKey { arrival_at: at(401), technician: technician_id(1), ..base }, Objective::Arrival),
            (RankKey { technician: technician_id(6), ..base }, Objective::Id),
        ] {
            assert_eq!(base.compare(&worse), (Ordering::Less, objective));
            assert_eq!(worse.compare(&base), (Ordering::Greater, objective));
        }
        assert_eq!(base.cmp(&base), Ordering::Equal);
    }

    #[test]
    fn language_counts_as_a_match_only() {
        let spoken = ["ja".to_owned(), "pt-BR".to_owned()];
        assert_eq!(LanguageMatch::of(Some("pt-br"), &spoken), LanguageMatch::Speaks);
        assert_eq!(LanguageMatch::of(Some("vi"), &spoken), LanguageMatch::Interpreter);
        assert_eq!(LanguageMatch::of(None, &spoken), LanguageMatch::Unknown);
    }
}
