//! Who serves where: for each municipality code and trade, the technicians in service whose firm serves it. It
//! tells "no firm serves this municipality" (K-04) from "nobody is free" exactly, without a search.

use std::collections::{BTreeSet, HashMap};

use crate::{
    dispatch::{
        areas,
        question::Question,
        technician::{TechnicianProfile, TechnicianState},
    },
    domain::{place::JisCode, trade::Trade},
};

/// Slots by municipality code and trade. Only looked up, never walked: its own order shows nowhere.
#[derive(Debug, Default)]
pub(super) struct Coverage(HashMap<u32, [BTreeSet<u32>; Trade::ALL.len()]>);

impl Coverage {
    /// O(areas x trades x log n). A suspended technician covers nothing.
    pub(super) fn add(&mut self, slot: u32, profile: &TechnicianProfile) {
        if profile.state == TechnicianState::Suspended {
            return;
        }
        for code in profile.areas.numbers() {
            let trades = self.0.entry(code).or_default();
            for trade in profile.trades.iter() {
                trades[trade as usize].insert(slot);
            }
        }
    }

    /// Undoes [`Coverage::add`] of the same profile.
    pub(super) fn remove(&mut self, slot: u32, profile: &TechnicianProfile) {
        for code in profile.areas.numbers() {
            let Some(trades) = self.0.get_mut(&code) else { continue };
            for trade in profile.trades.iter() {
                trades[trade as usize].remove(&slot);
            }
            if trades.iter().all(BTreeSet::is_empty) {
                self.0.remove(&code);
            }
        }
    }

    /// Who serves the question's municipality and trade.
    pub(super) fn serving(&self, question: &Question) -> Serving<'_> {
        let slots =
            |code: &JisCode| self.0.get(&areas::number(code)).map(|trades| &trades[question.trade as usize]);
        Serving {
            by_municipality: slots(&question.municipality),
            by_parent_city: question
                .parent_city
                .as_ref()
                .filter(|city| **city != question.municipality)
                .and_then(slots),
        }
    }
}

/// The technicians in service whose firm serves a municipality and who do a trade.
#[derive(Debug, Clone, Copy)]
pub struct Serving<'a> {
    by_municipality: Option<&'a BTreeSet<u32>>,
    by_parent_city: Option<&'a BTreeSet<u32>>,
}

impl Serving<'_> {
    /// How many name the municipality's own code. O(1).
    #[must_use]
    pub fn by_municipality(&self) -> usize {
        self.by_municipality.map_or(0, BTreeSet::len)
    }

    /// How many name the parent city's code; some may name both. O(1).
    #[must_use]
    pub fn by_parent_city(&self) -> usize {
        self.by_parent_city.map_or(0, BTreeSet::len)
    }

    /// Each of them once.
    pub(in crate::dispatch) fn slots(&self) -> impl Iterator<Item = u32> {
        let ward = self.by_municipality.into_iter().flatten().copied();
        let both = self.by_municipality;
        let city = self.by_parent_city.into_iter().flatten().copied();
        ward.chain(city.filter(move |slot| both.is_none_or(|ward| !ward.contains(slot))))
    }
}
