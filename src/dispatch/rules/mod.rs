//! Hard rules: who cannot be sent at all, and why. One rule a file, each with its reason code and its words.
//!
//! Rules are asked in the order of [`RULES`] and the first refusal is the reason; the cheap and lasting ones come
//! first. A rule sees the question and one technician, nothing else.

mod area;
mod blocked;
mod booked;
mod busy_until;
mod excluded;
mod job_code;
mod licence;
mod off_shift;
mod open_offer;
mod suspended;
mod tier;
mod tool;
mod trade;

use chrono::serde::ts_microseconds_option;
use serde::{Deserialize, Serialize};

use super::{
    question::{Asked, Question},
    technician::CandidateView,
    words::Words,
};
use crate::domain::{roster::duty::OffCause, span::Instant, text_enum::text_enum};

/// Every rule, in the order they are asked.
pub const RULES: [Rule; 13] = [
    suspended::RULE,
    trade::RULE,
    area::RULE,
    tier::RULE,
    job_code::RULE,
    licence::RULE,
    tool::RULE,
    excluded::RULE,
    blocked::RULE,
    open_offer::RULE,
    busy_until::RULE,
    off_shift::RULE,
    booked::RULE,
];

text_enum! {
    /// Why a technician cannot be sent.
    pub enum Reason("reason") {
        /// Not in service.
        Suspended = "suspended",
        /// Does not do this trade.
        Trade = "trade",
        /// The firm does not serve this municipality.
        Area = "area",
        /// The firm is asked on a later rung of the ladder.
        Tier = "tier",
        /// Names other kinds of trouble only.
        JobCode = "job_code",
        /// The firm lacks a licence that is valid there (S-08).
        Licence = "licence",
        /// Lacks a tool, or the authority to carry it (S-07).
        Tool = "tool",
        /// Refused this job or was withdrawn from it.
        Excluded = "excluded",
        /// The firm or technician must not be sent on this job.
        Blocked = "blocked",
        /// Has another offer open.
        OpenOffer = "open_offer",
        /// Has a job, and this one may or can not wait behind it.
        BusyUntil = "busy_until",
        /// Neither on shift nor on call when he could leave.
        OffShift = "off_shift",
        /// Could not keep a planned visit.
        Booked = "booked",
    }
}

impl Reason {
    /// The reason as a sentence, of nobody in particular.
    #[must_use]
    pub fn words(self, question: &Question) -> Words {
        Rejection::for_good(self).words(question)
    }
}

/// One refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// The rule that refused.
    pub reason: Reason,
    /// When the reason is expected to end, where the rule can tell.
    #[serde(rename = "until_us", with = "ts_microseconds_option")]
    pub until: Option<Instant>,
    /// Of who is off shift, why.
    pub off: Option<OffCause>,
}

impl Rejection {
    const fn for_good(reason: Reason) -> Self {
        Self::until(reason, None)
    }

    const fn until(reason: Reason, until: Option<Instant>) -> Self {
        Self { reason, until, off: None }
    }

    /// The reason as a sentence.
    #[must_use]
    pub fn words(&self, question: &Question) -> Words {
        // The table has a rule for every reason; a test counts them.
        RULES
            .iter()
            .find(|rule| rule.reason == self.reason)
            .map_or_else(Words::default, |rule| (rule.words)(question, self))
    }
}

/// One hard rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its code.
    pub reason: Reason,
    /// Refuses, or lets pass.
    pub check: fn(&Asked<'_>, &dyn CandidateView) -> Option<Rejection>,
    /// Says why, in Japanese and English.
    pub words: fn(&Question, &Rejection) -> Words,
}

/// The first refusal, or `None` when the technician can be sent.
#[must_use]
pub fn first_rejection(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    RULES.iter().find_map(|rule| (rule.check)(asked, view))
}

#[cfg(test)]
mod tests;
