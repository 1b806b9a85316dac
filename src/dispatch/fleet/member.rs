//! One technician inside the fleet.

use crate::{
    dispatch::technician::{CandidateView, Shift, Standing, TechnicianProfile, TechnicianState, Trades},
    domain::{
        ids::{FirmId, OfferId, TechnicianId},
        place::{JisCode, Point},
        span::Instant,
    },
};

#[derive(Debug)]
pub(in crate::dispatch) struct Member {
    profile: TechnicianProfile,
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

    pub(super) fn profile(&self) -> &TechnicianProfile {
        &self.profile
    }

    pub(super) fn set_profile(&mut self, profile: TechnicianProfile) {
        self.standing.base = profile.base;
        self.profile = profile;
    }

    pub(super) fn set_accepted_24h(&mut self, jobs: u32) {
        self.profile.accepted_24h = jobs;
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

    fn area<'a>(&self, codes: &[&'a JisCode]) -> Option<&'a JisCode> {
        codes.iter().copied().find(|code| self.profile.areas.contain(code))
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
