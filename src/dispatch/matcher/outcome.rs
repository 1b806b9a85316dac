//! The answer to one question.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::{
    dispatch::{
        question::{Asked, Question},
        rank::{self, Figures},
        rules::{Reason, Rejection},
        technician::{CandidateView, CodeFit, PlannedVisit, Shift, Standing, TechnicianState, Trades},
    },
    domain::{
        ids::{FirmId, JobId, OfferId, TechnicianId},
        place::JisCode,
        reference::{JobCode, job_codes::Licence},
        span::{Instant, Span},
        text_enum::text_enum,
        tools::{OpeningAuthority, Tools},
        verdict::Verdict,
    },
};

/// What the rounding of a distance may change of an arrival, generously.
const ROUNDING: TimeDelta = TimeDelta::seconds(2);

/// The answer, with all it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchOutcome {
    /// The fleet's present it was answered for.
    pub now: Instant,
    /// What was asked.
    pub question: Question,
    /// What came of it.
    pub verdict: Verdict,
    /// The best, in order; at most as many as the policy names.
    pub candidates: Vec<Candidate>,
    /// The nearest 50 refused of those who were looked at, nearest first.
    pub rejections: Vec<Rejected>,
    /// The other refused of those who were looked at, by reason.
    pub rest: BTreeMap<Reason, usize>,
    /// How many of those who were looked at can be sent; more than the candidates when some were outranked.
    pub eligible: usize,
    /// How many were looked at. Nobody else could have changed the order: see `search`.
    pub visited: usize,
    /// Technicians in service whose firm serves the municipality by its own code, and who do the trade.
    pub serving_municipality: usize,
    /// The same by the parent city's code; one who names both codes counts in both.
    pub serving_parent_city: usize,
    /// Why the search ended.
    pub search: SearchEnd,
}

impl Verdict {
    pub(in crate::dispatch) fn of(candidates: &[Candidate], serving: usize) -> Self {
        match (candidates, serving) {
            ([], 0) => Self::NoCoverage,
            ([], _) => Self::NobodyFree,
            _ => Self::Offer,
        }
    }
}

text_enum! {
    /// Why a search ended. Each end is exact.
    pub enum SearchEnd("search end") {
        /// Whoever was not looked at arrives in a later band than the last candidate.
        Bound = "bound",
        /// Whoever was not looked at does not serve this municipality and trade.
        Serving = "serving",
        /// Everybody was looked at.
        Exhausted = "exhausted",
    }
}

/// Somebody who can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// What was known of him.
    pub facts: Facts,
    /// What was computed from it.
    pub figures: Figures,
}

/// Somebody who cannot, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejected {
    /// What was known of him.
    pub facts: Facts,
    /// Great-circle metres to the site, rounded up.
    pub distance_m: u32,
    /// Why.
    pub rejection: Rejection,
}

/// All that rules and figures may look at of one technician, at one instant: enough to judge him again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Who.
    pub technician: TechnicianId,
    /// Whom he works for.
    pub firm: FirmId,
    /// Whether he is in service.
    pub state: TechnicianState,
    /// What he does.
    pub trades: Trades,
    /// Whether he is sent for the question's kind of trouble.
    pub code_fit: CodeFit,
    /// The tools he carries.
    pub tools: Tools,
    /// Whether he may carry tools for opening locks.
    pub opening_tools: OpeningAuthority,
    /// The rung of the ladder from which his firm is asked.
    pub tier: u8,
    /// Which code of the question's municipality his firm serves.
    pub area: Option<JisCode>,
    /// The last day his firm's licence for the question is valid there; none when none is needed.
    pub licence_valid_to: Option<NaiveDate>,
    /// Where he stands.
    pub standing: Standing,
    /// The first planned visit that is in the way of the question.
    pub planned: Option<PlannedVisit>,
    /// The offer he has not answered yet.
    pub open_offer: Option<OfferId>,
    /// His shift at the instant he could leave.
    pub shift: Shift,
    /// The languages he speaks.
    pub languages: Vec<String>,
    /// Jobs accepted in the last 24 hours.
    pub accepted_24h: u32,
}

impl Facts {
    pub(super) fn of(asked: &Asked<'_>, view: &dyn CandidateView) -> Self {
        let (standing, codes) = (*view.standing(), asked.question.codes());
        Self {
            technician: view.id(),
            firm: view.firm(),
            state: view.state(),
            trades: view.trades(),
            code_fit: view.code_fit(&asked.question.job_code),
            tools: view.tools(),
            opening_tools: view.opening_tools(),
            tier: view.tier(),
            area: view.area(&codes).cloned(),
            licence_valid_to: asked
                .question
                .licence
                .and_then(|licence| view.licence_valid_to(licence, &codes)),
            standing,
            planned: rank::visit_in_the_way(asked, view),
            open_offer: view.open_offer(),
            shift: view.shift(standing.available_at(asked.now)),
            languages: view.languages().to_vec(),
            accepted_24h: view.accepted_24h(),
        }
    }
}

impl CandidateView for Facts {
    fn id(&self) -> TechnicianId {
        self.technician
    }

    fn firm(&self) -> FirmId {
        self.firm
    }

    fn state(&self) -> TechnicianState {
        self.state
    }

    fn trades(&self) -> Trades {
        self.trades
    }

    fn code_fit(&self, _: &JobCode) -> CodeFit {
        self.code_fit
    }

    fn tools(&self) -> Tools {
        self.tools
    }

    fn opening_tools(&self) -> OpeningAuthority {
        self.opening_tools
    }

    fn tier(&self) -> u8 {
        self.tier
    }

    fn licence_valid_to(&self, _: Licence, _: &[&JisCode]) -> Option<NaiveDate> {
        self.licence_valid_to
    }

    fn has_plans(&self) -> bool {
        self.planned.is_some()
    }

    /// The recorded one was in the way. Another machine may find the way there one metre, and so one second, shorter
    /// or longer: that much is forgiven.
    fn planned_visit(&self, job: JobId, span: Span) -> Option<PlannedVisit> {
        let later = span.to().checked_add_signed(ROUNDING).unwrap_or(Instant::MAX_UTC);
        let span = Span::new(span.from(), later)?;
        self.planned.filter(|visit| visit.is_in_the_way(job, span))
    }

    fn area<'a>(&self, codes: &[&'a JisCode]) -> Option<&'a JisCode> {
        codes.iter().copied().find(|code| self.area.as_ref() == Some(*code))
    }

    fn standing(&self) -> &Standing {
        &self.standing
    }

    fn open_offer(&self) -> Option<OfferId> {
        self.open_offer
    }

    /// The one instant that is recorded is the one that is asked for: when he could leave.
    fn shift(&self, _: Instant) -> Shift {
        self.shift
    }

    fn languages(&self) -> &[String] {
        &self.languages
    }

    fn accepted_24h(&self) -> u32 {
        self.accepted_24h
    }
}
