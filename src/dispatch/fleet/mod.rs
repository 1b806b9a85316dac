//! The fleet: an in-memory snapshot of all technicians, kept by following the log, with a spatial index.
//!
//! It has one present, moved by [`Fleet::advance`] only and never backwards. The index holds exactly one point a
//! technician: where he would leave from *at the present*. A position grows stale by itself, so each fresh one is
//! watched, and `advance` moves those that have gone stale back to their base: nobody's point is ever wrong while a
//! question is answered. Answering takes `&Fleet`: many can be answered at once between two changes.

mod coverage;
mod index;
mod member;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::SubsecRound as _;

pub use self::coverage::Serving;
use self::{coverage::Coverage, index::SpatialIndex};
pub(super) use self::{index::chord_2, member::Member};
use super::{
    question::{Asked, Question, When},
    rules,
    technician::{CandidateView, Commitment, PlannedVisit, PositionFix, Shift, Standing, TechnicianProfile},
};
use crate::domain::{
    fitness::Fitness,
    ids::{OfferId, TechnicianId},
    offers::Addressee,
    place::Point,
    roster::{duty::Entry, rest_days::RestDays},
    span::Instant,
};

/// The snapshot. Memory: about 1 kB a technician plus his shifts and, shared, his firm's areas.
#[derive(Debug)]
pub struct Fleet {
    present: Instant,
    slots: Vec<Option<Member>>,
    vacant: Vec<u32>,
    /// Only looked up, never walked: its own order shows nowhere.
    slot_of: HashMap<TechnicianId, u32>,
    index: SpatialIndex,
    coverage: Coverage,
    /// When to look at whose position again: at most one entry a technician.
    watch: BTreeSet<(Instant, u32)>,
    /// The days on which holiday rules differ.
    rest_days: Arc<RestDays>,
}

/// Why the fleet did not take a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FleetError {
    /// No technician of that id.
    #[error("technician {0} is not in the fleet")]
    Unknown(TechnicianId),
    /// As many technicians as there is room for.
    #[error("the fleet holds at most {} technicians", Fleet::TECHNICIANS_MAX)]
    Full,
    /// A profile beyond its limits.
    #[error(
        "technician {0} has more than {areas} areas, {languages} languages, {codes} job codes or {licences} licensed areas",
        areas = Fleet::AREAS_MAX,
        languages = Fleet::LANGUAGES_MAX,
        codes = Fleet::JOB_CODES_MAX,
        licences = Fleet::LICENSED_AREAS_MAX
    )]
    ProfileTooLarge(TechnicianId),
    /// More planned visits than are kept.
    #[error("technician {0} has more than {max} planned visits", max = Fleet::PLANNED_MAX)]
    TooManyPlanned(TechnicianId),
    /// More dated entries than are kept.
    #[error("technician {0} has more than {max} dated entries", max = Fleet::ENTRIES_MAX)]
    TooManyEntries(TechnicianId),
}

/// What became of a batch of positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PositionsRecorded {
    /// Taken.
    pub taken: usize,
    /// Not newer than what is known: ignored.
    pub older: usize,
    /// Of technicians who are not in the fleet: ignored.
    pub unknown: usize,
}

impl Fleet {
    /// The most technicians one fleet holds.
    pub const TECHNICIANS_MAX: usize = 1_000_000;
    /// The most municipality codes of one technician: more than Japan has.
    pub const AREAS_MAX: usize = 2_000;
    /// The most languages of one technician.
    pub const LANGUAGES_MAX: usize = 50;
    /// The most job codes one technician names.
    pub const JOB_CODES_MAX: usize = 100;
    /// The most municipalities of one firm's licences.
    pub const LICENSED_AREAS_MAX: usize = 4_000;
    /// The most planned visits that are kept of one technician: the next ones.
    pub const PLANNED_MAX: usize = 64;
    /// The most dated entries of a roster that are kept of one technician: all that may be planned.
    pub const ENTRIES_MAX: usize = crate::domain::roster::entries::PLANNED_MAX;

    /// An empty fleet at `now`.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            present: now.trunc_subsecs(6),
            slots: Vec::new(),
            vacant: Vec::new(),
            slot_of: HashMap::new(),
            index: SpatialIndex::default(),
            coverage: Coverage::default(),
            watch: BTreeSet::new(),
            rest_days: Arc::default(),
        }
    }

    /// How many technicians it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slot_of.len()
    }

    /// Whether it holds nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slot_of.is_empty()
    }

    /// The instant questions are answered for.
    #[must_use]
    pub fn present(&self) -> Instant {
        self.present
    }

    /// Moves the present to `now`, or leaves it when `now` is earlier, and sends whoever's position has gone stale
    /// back to his base. O(log n) for each of those; nothing else is looked at.
    pub fn advance(&mut self, now: Instant) -> Instant {
        self.present = self.present.max(now.trunc_subsecs(6));
        while let Some((due, slot)) = self.watch.first().copied() {
            if due >= self.present {
                break;
            }
            self.watch.pop_first();
            if let Some(member) = self.member_mut(slot) {
                member.watched = None;
            }
            // A newer position has moved the deadline: then this only watches for it.
            self.settle(slot);
        }
        self.present
    }

    /// Adds a technician, or replaces his profile and keeps what is known of him otherwise.
    /// O(log n + areas x log n).
    pub fn upsert_technician(&mut self, profile: TechnicianProfile) -> Result<(), FleetError> {
        if profile.areas.len() > Self::AREAS_MAX
            || profile.languages.len() > Self::LANGUAGES_MAX
            || profile.job_codes.len() > Self::JOB_CODES_MAX
            || profile.licences.len() > Self::LICENSED_AREAS_MAX
        {
            return Err(FleetError::ProfileTooLarge(profile.id));
        }
        let slot = match self.slot_of.get(&profile.id) {
            Some(slot) => *slot,
            None => return self.add_technician(profile),
        };
        if let Some(member) = self.slots[slot as usize].as_mut() {
            self.coverage.remove(slot, member.profile());
            self.coverage.add(slot, &profile);
            member.set_profile(profile);
        }
        self.settle(slot);
        Ok(())
    }

    fn add_technician(&mut self, profile: TechnicianProfile) -> Result<(), FleetError> {
        if self.len() >= Self::TECHNICIANS_MAX {
            return Err(FleetError::Full);
        }
        let slot = match self.vacant.pop() {
            Some(slot) => slot,
            None => {
                let slot = u32::try_from(self.slots.len()).map_err(|_| FleetError::Full)?;
                self.slots.push(None);
                slot
            }
        };
        self.slot_of.insert(profile.id, slot);
        self.coverage.add(slot, &profile);
        self.index.insert(slot, profile.base);
        self.slots[slot as usize] = Some(Member::new(profile, self.rest_days.clone()));
        Ok(())
    }

    /// Forgets a technician and all that is known of him. O(log n + areas x log n).
    pub fn remove_technician(&mut self, technician: TechnicianId) -> Result<(), FleetError> {
        let slot = self.slot(technician)?;
        self.slot_of.remove(&technician);
        if let Some(member) = self.slots[slot as usize].take() {
            self.coverage.remove(slot, member.profile());
            self.index.remove(slot, member.indexed);
            if let Some(due) = member.watched {
                self.watch.remove(&(due, slot));
            }
            self.vacant.push(slot);
        }
        Ok(())
    }

    /// Takes positions, each if it is newer than the one known. O(log n) a position; the index is touched only when
    /// the point he would leave from has changed.
    pub fn record_positions(&mut self, positions: &[(TechnicianId, PositionFix)]) -> PositionsRecorded {
        let mut recorded = PositionsRecorded::default();
        for (technician, fix) in positions {
            let Some(slot) = self.slot_of.get(technician).copied() else {
                recorded.unknown += 1;
                continue;
            };
            let Some(member) = self.member_mut(slot) else { continue };
            if member.standing.position.is_some_and(|known| known.measured_at() >= fix.measured_at()) {
                recorded.older += 1;
                continue;
            }
            member.standing.position = Some(*fix);
            recorded.taken += 1;
            self.settle(slot);
        }
        recorded
    }

    /// Sets a technician's present job, in place of the one known. O(log n).
    pub fn set_commitment(
        &mut self,
        technician: TechnicianId,
        commitment: Commitment,
    ) -> Result<(), FleetError> {
        let free_at = commitment.free_at.trunc_subsecs(6);
        self.restand(technician, |standing| standing.commitment = Some(Commitment { free_at, ..commitment }))
    }

    /// Frees a technician of his present job. O(log n).
    pub fn clear_commitment(&mut self, technician: TechnicianId) -> Result<(), FleetError> {
        self.restand(technician, |standing| standing.commitment = None)
    }

    /// Sets the visits planned for a technician, in place of those known. O(planned).
    pub fn set_planned(
        &mut self,
        technician: TechnicianId,
        mut planned: Vec<PlannedVisit>,
    ) -> Result<(), FleetError> {
        if planned.len() > Self::PLANNED_MAX {
            return Err(FleetError::TooManyPlanned(technician));
        }
        let slot = self.slot(technician)?;
        planned.sort_unstable_by_key(|visit| (visit.starts_at, visit.job));
        if let Some(member) = self.member_mut(slot) {
            member.planned = planned.into();
        }
        Ok(())
    }

    /// Sets the dated entries of a technician's roster, in place of those known. O(entries).
    pub fn set_entries(&mut self, technician: TechnicianId, entries: Vec<Entry>) -> Result<(), FleetError> {
        if entries.len() > Self::ENTRIES_MAX {
            return Err(FleetError::TooManyEntries(technician));
        }
        let slot = self.slot(technician)?;
        if let Some(member) = self.member_mut(slot) {
            member.entries = entries.into();
        }
        Ok(())
    }

    /// Sets the days on which holiday rules differ, for everybody. O(n).
    pub fn set_rest_days(&mut self, rest_days: RestDays) {
        self.rest_days = Arc::new(rest_days);
        for member in self.slots.iter_mut().flatten() {
            member.rest_days = self.rest_days.clone();
        }
    }

    /// Notes that a technician has an offer to answer: he is given no other. O(1).
    pub fn mark_offer(&mut self, technician: TechnicianId, offer: OfferId) -> Result<(), FleetError> {
        let slot = self.slot(technician)?;
        if let Some(member) = self.member_mut(slot) {
            member.offer = Some(offer);
        }
        Ok(())
    }

    /// Sets or takes away the offer a technician has to answer, as read from the database. O(1).
    pub fn set_offer(&mut self, technician: TechnicianId, offer: Option<OfferId>) -> Result<(), FleetError> {
        let slot = self.slot(technician)?;
        if let Some(member) = self.member_mut(slot) {
            member.offer = offer;
        }
        Ok(())
    }

    /// Notes that an offer is settled. News of an earlier offer than the one marked changes nothing. O(1).
    pub fn clear_offer(&mut self, technician: TechnicianId, offer: OfferId) -> Result<(), FleetError> {
        let slot = self.slot(technician)?;
        if let Some(member) = self.member_mut(slot)
            && member.offer == Some(offer)
        {
            member.offer = None;
        }
        Ok(())
    }

    /// Sets how many jobs a technician accepted in the last 24 hours, which changes more often than his profile. O(1).
    pub fn set_accepted_24h(&mut self, technician: TechnicianId, jobs: u32) -> Result<(), FleetError> {
        let slot = self.slot(technician)?;
        if let Some(member) = self.member_mut(slot) {
            member.set_accepted_24h(jobs);
        }
        Ok(())
    }

    /// Who serves the question's municipality and trade; nobody means `no_coverage` (K-04). O(1).
    #[must_use]
    pub fn serving(&self, question: &Question) -> Serving<'_> {
        self.coverage.serving(question)
    }

    /// What the roster of a technician comes to at the present; nothing of whom the fleet does not hold.
    #[must_use]
    pub fn shift(&self, technician: TechnicianId) -> Option<Shift> {
        let slot = self.slot_of.get(&technician).copied()?;
        Some(CandidateView::shift(self.member(slot)?, self.present))
    }

    /// All that is in the way of sending a technician whom a person names (G-17); nothing of whom the fleet does not hold.
    #[must_use]
    pub fn fitness(&self, technician: TechnicianId, question: &Question, when: When) -> Option<Fitness> {
        let slot = self.slot_of.get(&technician).copied()?;
        Some(rules::fitness(&Asked { question, now: self.present, when }, self.member(slot)?))
    }

    /// Where a technician starts from when no position is known; nothing of whom the fleet does not hold.
    #[must_use]
    pub fn base(&self, technician: TechnicianId) -> Option<Point> {
        let slot = self.slot_of.get(&technician).copied()?;
        Some(self.member(slot)?.profile().base)
    }

    /// How many jobs a technician accepted in the last 24 hours, as far as is known.
    #[must_use]
    pub fn accepted_24h(&self, technician: TechnicianId) -> u32 {
        let member = self.slot_of.get(&technician).and_then(|slot| self.member(*slot));
        member.map_or(0, |member| member.profile().accepted_24h)
    }

    /// Who answers an offer to a technician.
    #[must_use]
    pub fn addressee(&self, technician: TechnicianId) -> Addressee {
        let member = self.slot_of.get(&technician).and_then(|slot| self.member(*slot));
        member.map_or(Addressee::Technician, Member::addressee)
    }

    /// Everybody, nearest first, with the squared chord on the unit sphere.
    pub(super) fn nearest(&self, site: Point) -> impl Iterator<Item = (&Member, u32, f64)> + '_ {
        self.index.nearest(site).filter_map(|(slot, chord_2)| Some((self.member(slot)?, slot, chord_2)))
    }

    /// Everybody, in no order that means anything.
    pub(super) fn everybody(&self) -> impl Iterator<Item = (&Member, u32)> + '_ {
        (0_u32..).zip(&self.slots).filter_map(|(slot, member)| Some((member.as_ref()?, slot)))
    }

    pub(super) fn member(&self, slot: u32) -> Option<&Member> {
        self.slots.get(slot as usize)?.as_ref()
    }

    fn member_mut(&mut self, slot: u32) -> Option<&mut Member> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    fn slot(&self, technician: TechnicianId) -> Result<u32, FleetError> {
        self.slot_of.get(&technician).copied().ok_or(FleetError::Unknown(technician))
    }

    fn restand(
        &mut self,
        technician: TechnicianId,
        change: impl FnOnce(&mut Standing),
    ) -> Result<(), FleetError> {
        let slot = self.slot(technician)?;
        if let Some(member) = self.member_mut(slot) {
            change(&mut member.standing);
        }
        self.settle(slot);
        Ok(())
    }

    /// Puts the index and the watch right after any change of one technician's standing.
    fn settle(&mut self, slot: u32) {
        let present = self.present;
        let Some(member) = self.slots.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        let (_, origin) = member.standing.origin(present);
        if origin != member.indexed {
            self.index.remove(slot, member.indexed);
            self.index.insert(slot, origin);
            member.indexed = origin;
        }
        // One entry is enough: it is due no later than the newest position, and then looks again.
        if let (Some(fix), None) = (member.standing.position, member.watched)
            && fix.fresh_until() >= present
        {
            member.watched = Some(fix.fresh_until());
            self.watch.insert((fix.fresh_until(), slot));
        }
    }
}

#[cfg(test)]
mod tests;
