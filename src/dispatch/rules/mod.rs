//! Hard rules: who cannot be sent at all, and why. One rule a file, each with its reason code and its words.
//!
//! Rules are asked in the order of [`RULES`] and the first refusal is the reason; the cheap and lasting ones come
//! first. A rule sees the question, when they would go, and one technician, nothing else. Whoever decides by name asks all of
//! them at once ([`fitness`]).

mod area;
mod authority;
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
    rank,
    technician::CandidateView,
    words::Words,
};
pub use crate::domain::fitness::Reason;
use crate::domain::{
    fitness::{Fitness, InTheWay, Weight},
    roster::duty::OffCause,
    span::Instant,
};

/// Every rule, in the order they are asked.
pub const RULES: [Rule; 14] = [
    suspended::RULE,
    trade::RULE,
    area::RULE,
    tier::RULE,
    job_code::RULE,
    licence::RULE,
    authority::RULE,
    tool::RULE,
    excluded::RULE,
    blocked::RULE,
    open_offer::RULE,
    busy_until::RULE,
    off_shift::RULE,
    booked::RULE,
];

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

/// All that is in the way of sending a technician whom a person names (G-17): whom the ladder would ask first is not looked
/// at.
#[must_use]
pub fn fitness(asked: &Asked<'_>, view: &dyn CandidateView) -> Fitness {
    let of_a_person = RULES.iter().filter(|rule| rule.reason.weight() != Weight::OfTheLadder);
    let refused = of_a_person.filter_map(|rule| (rule.check)(asked, view));
    let in_the_way = refused.map(|Rejection { reason, .. }| {
        let visit = (reason == Reason::Booked).then(|| rank::visit_in_the_way(asked, view)).flatten();
        InTheWay { reason, visit: visit.map(|visit| (visit.job, visit.starts_at)) }
    });
    let fitness = Fitness::of(in_the_way.collect());
    if asked.question.blocked.contains(&view.firm()) {
        fitness.and_the_firm(Reason::Blocked)
    } else {
        fitness
    }
}

#[cfg(test)]
mod tests;
