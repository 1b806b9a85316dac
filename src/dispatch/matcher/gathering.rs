//! What a search holds while it runs: the best so far, the nearest refused, and counts of the rest.

use std::collections::{BTreeMap, BinaryHeap};

use super::outcome::{Candidate, Facts, MatchOutcome, Rejected, SearchEnd};
use crate::{
    dispatch::{
        fleet::{Fleet, Member},
        question::Asked,
        rank::{Figures, RankKey, Trip},
        rules::{self, Reason, Rejection},
        technician::CandidateView as _,
    },
    domain::{ids::TechnicianId, verdict::Verdict},
};

/// Rejections kept by name.
const NAMED_MAX: usize = 50;

pub(super) struct Gathering<'a> {
    asked: Asked<'a>,
    candidates_max: usize,
    /// The best so far, the worst of them on top.
    best: BinaryHeap<Eligible>,
    eligible: usize,
    looked_at: Vec<u32>,
    /// The nearest refused, the farthest of them on top.
    named: BinaryHeap<Refused>,
    rest: BTreeMap<Reason, usize>,
}

/// Whether technicians come nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    NearestFirst,
    Any,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(asked: Asked<'a>) -> Self {
        Self {
            asked,
            candidates_max: asked.question.policy.candidates_max() as usize,
            best: BinaryHeap::new(),
            eligible: 0,
            looked_at: Vec::new(),
            named: BinaryHeap::new(),
            rest: BTreeMap::new(),
        }
    }

    pub(super) fn visited(&self) -> usize {
        self.looked_at.len()
    }

    /// The slots looked at so far, sorted.
    pub(super) fn looked_at(&self) -> Vec<u32> {
        let mut slots = self.looked_at.clone();
        slots.sort_unstable();
        slots
    }

    /// The order in which the unordered rest may be taken to come: who is not looked at yet is farther away than
    /// who is, so once the walk has named as many as there is room for, none of the rest can be nearer.
    pub(super) fn order_of_the_rest(&self) -> Order {
        if self.named.len() < NAMED_MAX { Order::Any } else { Order::NearestFirst }
    }

    pub(super) fn band_s(&self) -> u32 {
        self.asked.question.policy.band_s()
    }

    /// The arrival band of the last of the best, once there are as many as were asked for.
    pub(super) fn last_band(&self) -> Option<u32> {
        (self.best.len() == self.candidates_max).then(|| self.best.peek().map(|last| last.key.band))?
    }

    pub(super) fn visit(&mut self, slot: u32, member: &Member, order: Order) {
        self.looked_at.push(slot);
        match rules::first_rejection(&self.asked, member) {
            Some(rejection) => self.refuse(slot, member, rejection, order),
            None => self.admit(slot, member),
        }
    }

    fn admit(&mut self, slot: u32, member: &Member) {
        self.eligible += 1;
        let trip = Trip::of(&self.asked, member, self.asked.distance_m(member));
        if self.last_band().is_some_and(|last| last < trip.band) {
            return;
        }
        let figures = trip.figures(&self.asked, member);
        let key = RankKey::of(member.id(), &figures);
        if self.best.len() < self.candidates_max {
            self.best.push(Eligible { key, slot, figures });
        } else if let Some(mut last) = self.best.peek_mut()
            && key < last.key
        {
            *last = Eligible { key, slot, figures };
        }
    }

    fn refuse(&mut self, slot: u32, member: &Member, rejection: Rejection, order: Order) {
        if order == Order::NearestFirst && self.named.len() == NAMED_MAX {
            *self.rest.entry(rejection.reason).or_default() += 1;
            return;
        }
        let distance_m = self.asked.distance_m(member);
        self.named.push(Refused { distance_m, technician: member.id(), slot, rejection });
        if self.named.len() > NAMED_MAX
            && let Some(farthest) = self.named.pop()
        {
            *self.rest.entry(farthest.rejection.reason).or_default() += 1;
        }
    }

    pub(super) fn finish(self, fleet: &Fleet, search: SearchEnd) -> MatchOutcome {
        let Asked { question, now, .. } = self.asked;
        let facts = |slot| Some(Facts::of(&self.asked, fleet.member(slot)?));
        let serving = fleet.serving(question);
        let (visited, eligible, rest) = (self.looked_at.len(), self.eligible, self.rest);
        let candidates: Vec<Candidate> = self
            .best
            .into_sorted_vec()
            .into_iter()
            .filter_map(|Eligible { slot, figures, .. }| Some(Candidate { facts: facts(slot)?, figures }))
            .collect();
        let rejections = self
            .named
            .into_sorted_vec()
            .into_iter()
            .filter_map(|Refused { distance_m, slot, rejection, .. }| {
                Some(Rejected { facts: facts(slot)?, distance_m, rejection })
            })
            .collect();
        let (by_municipality, by_parent_city) = (serving.by_municipality(), serving.by_parent_city());
        MatchOutcome {
            now,
            question: question.clone(),
            verdict: Verdict::of(&candidates, by_municipality + by_parent_city),
            candidates,
            rejections,
            rest,
            eligible,
            visited,
            serving_municipality: by_municipality,
            serving_parent_city: by_parent_city,
            search,
        }
    }
}

/// One who can be sent.
#[derive(Debug)]
struct Eligible {
    key: RankKey,
    slot: u32,
    figures: Figures,
}

/// One who cannot.
#[derive(Debug)]
struct Refused {
    distance_m: u32,
    technician: TechnicianId,
    slot: u32,
    rejection: Rejection,
}

impl Refused {
    fn key(&self) -> (u32, TechnicianId) {
        (self.distance_m, self.technician)
    }
}

macro_rules! ordered_by_key {
    ($type:ident, $item:ident => $key:expr) => {
        impl Ord for $type {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                let key = |$item: &Self| $key;
                key(self).cmp(&key(other))
            }
        }

        impl PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other).is_eq()
            }
        }

        impl Eq for $type {}
    };
}

ordered_by_key!(Eligible, item => item.key);
ordered_by_key!(Refused, item => item.key());
