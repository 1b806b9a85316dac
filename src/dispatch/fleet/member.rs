//! One technician inside the fleet.

use crate::{
    dispatch::{
        question::Question,
        technician::{CandidateView, Shift, Standing, TechnicianProfile, TechnicianState, Trades},
    },
    domain::{
        ids::{FirmId, OfferId, TechnicianId},
        place::{JisCode, Point},
        span::Instant,
    },
};

#[derive(Debug)]
pub(in crate::dispatch) struct Member {
    pub(super) profile: TechnicianProfile,
    pub(super) standing: Standing,
    pub(super) offer: Option<OfferId>,
    /// The point the index holds.
    pub(super) indexed: Point,
    /// When the watch looks at his position again.
    pub(super) watched: Option<Instant>,
}

impl Member {
    pub(super) fn new(profile: TechnicianProfile) -> Self {
        let standing = Standing { base: profile.base, position: None, commitment: None };
        Self { indexed: profile.base, profile, standing, offer: None, watched: None }
    }
}

impl CandidateView for Member {
    fn id(&self) -> TechnicianId {
        self.profile.id
    }

    fn firm(&self) -> FirmId {
        self.profile.firm
    }

    fn state(&self) -> TechnicianState {
        self.profile.state
    }

    fn trades(&self) -> Trades {
        self.profile.trades
    }

    fn area(&self, question: &Question) -> Option<&JisCode> {
        let areas = &self.profile.areas;
        areas
            .get(&question.municipality)
            .or_else(|| question.parent_city.as_ref().and_then(|city| areas.get(city)))
    }

    fn standing(&self) -> &Standing {
        &self.standing
    }

    fn open_offer(&self) -> Option<OfferId> {
        self.offer
    }

    fn shift(&self, at: Instant) -> Shift {
        Shift::of(&self.profile.roster, at)
    }

    fn languages(&self) -> &[String] {
        &self.profile.languages
    }

    fn accepted_24h(&self) -> u32 {
        self.profile.accepted_24h
    }
}
