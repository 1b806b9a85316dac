//! The exact best `k` by best-first search, and what is known of everybody else who was looked at.
//!
//! The walk takes technicians from the index, nearest first. Nobody from distance `d` on can be there before
//! `now + d / greatest speed`: once that instant lies in a later arrival band than the `k`-th best has, nobody to come
//! can displace anybody, since the band is the first objective. Until then everybody is looked at, so every band of
//! the best `k` is complete before it is ranked by the other objectives.
//!
//! A walk that finds too few (it is night, or few serve this place) would go on to the end of the country. It stops
//! when reading the list of who serves this municipality and trade is cheaper, and reads that: only they can be
//! candidates, so the answer is as exact. In all, at most `2 x max(256, serving)` technicians are looked at.

mod gathering;
mod outcome;

use self::gathering::{Gathering, Order};
pub use self::outcome::{Candidate, Facts, MatchOutcome, Rejected, SearchEnd};
use super::{
    fleet::{Fleet, chord_2},
    question::{Asked, Question},
    travel,
};
pub use crate::domain::verdict::Verdict;

/// Steps a walk may always take, however few serve the place.
const WALK_STEPS_MIN: usize = 256;

/// Steps after which every walk gives way to the list.
const WALK_STEPS_MAX: usize = 20_000;

/// Answers `question` for the fleet's present. The same fleet and question give the same answer.
#[must_use]
pub fn run(fleet: &Fleet, question: &Question) -> MatchOutcome {
    let asked = Asked::at_present(question, fleet.present());
    let serving = fleet.serving(question);
    let steps_max =
        (serving.by_municipality() + serving.by_parent_city()).clamp(WALK_STEPS_MIN, WALK_STEPS_MAX);

    let mut gathering = Gathering::new(asked);
    let mut reach = Reach::default();
    let mut end = SearchEnd::Exhausted;
    for (member, slot, chord) in fleet.nearest(question.site) {
        if reach.ends_before(chord, &gathering) {
            end = SearchEnd::Bound;
            break;
        }
        if gathering.visited() >= steps_max {
            end = SearchEnd::Serving;
            break;
        }
        gathering.visit(slot, member, Order::NearestFirst);
    }
    if end == SearchEnd::Serving {
        let (looked_at, order) = (gathering.looked_at(), gathering.order_of_the_rest());
        let others = serving.slots().filter(|slot| looked_at.binary_search(slot).is_err());
        for (slot, member) in others.filter_map(|slot| Some((slot, fleet.member(slot)?))) {
            gathering.visit(slot, member, order);
        }
    }
    gathering.finish(fleet, end)
}

/// The same answer by looking at everybody: the yardstick of tests and benches, and nothing else.
#[must_use]
pub fn run_exhaustively(fleet: &Fleet, question: &Question) -> MatchOutcome {
    let mut gathering = Gathering::new(Asked::at_present(question, fleet.present()));
    for (member, slot) in fleet.everybody() {
        gathering.visit(slot, member, Order::Any);
    }
    gathering.finish(fleet, SearchEnd::Exhausted)
}

/// How far the walk must go: recomputed only when the last band of the best `k` changes.
#[derive(Debug, Default)]
struct Reach {
    known: Option<(u32, f64)>,
}

impl Reach {
    /// Whether nobody at this squared chord or farther can be among the best `k`.
    fn ends_before(&mut self, chord: f64, gathering: &Gathering<'_>) -> bool {
        let Some(band) = gathering.last_band() else { return false };
        let limit = match self.known {
            Some((known, limit)) if known == band => limit,
            _ => {
                let seconds = (u64::from(band) + 1) * u64::from(gathering.band_s());
                let limit = chord_2(travel::reach_m(seconds));
                self.known = Some((band, limit));
                limit
            }
        };
        chord > limit
    }
}

#[cfg(test)]
mod tests;
