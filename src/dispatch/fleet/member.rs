//! One technician inside the fleet.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::{
    dispatch::technician::{
        CandidateView, CodeFit, PlannedVisit, Shift, Standing, TechnicianProfile, TechnicianState, Trades,
    },
    domain::{
        ids::{FirmId, JobId, OfferId, TechnicianId},
        offers::Addressee,
        place::{JisCode, Point},
        reference::{JobCode, job_codes::Licence},
        roster::{
            duty::{Duty, Entry},
            rest_days::RestDays,
        },
        span::{Instant, Span},
        tools::{OpeningAuthority, Tools},
    },
};

#[derive(Debug)]
pub(in crate::dispatch) struct Member {
    profile: TechnicianProfile,
    pub(super) standing: Standing,
    pub(super) offer: Option<OfferId>,
    /// Planned visits, earliest first. Beside the standing, which stays small and is copied.
    pub(super) planned: Box<[PlannedVisit]>,
    /// The dated entries of his roster that are near enough to matter.
    pub(super) entries: Box<[Entry]>,
    /// The days on which holiday rules differ; everybody's are the same.
    pub(super) rest_days: Arc<RestDays>,
    /// The point the index holds.
    pub(super) indexed: Point,
    /// When the watch looks at his position again.
    pub(super) watched: Option<Instant>,
}

impl Member {
    pub(super) fn new(profile: TechnicianProfile, rest_days: Arc<RestDays>) -> Self {
        let standing = Standing { base: profile.base, position: None, commitment: None };
        Self {
            indexed: profile.base,
            profile,
            standing,
            offer: None,
            planned: Box::default(),
            entries: Box::default(),
            rest_days,
            watched: None,
        }
    }

    pub(super) fn addressee(&self) -> Addressee {
        self.profile.addressee
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

    fn code_fit(&self, code: &JobCode) -> CodeFit {
        match &*self.profile.job_codes {
            [] => CodeFit::Unlimited,
            codes if codes.contains(code) => CodeFit::Listed,
            _ => CodeFit::NotListed,
        }
    }

    fn tools(&self) -> Tools {
        self.profile.tools
    }

    fn opening_tools(&self) -> OpeningAuthority {
        self.profile.opening_tools
    }

    fn tier(&self) -> u8 {
        self.profile.tier
    }

    fn licence_valid_to(&self, licence: Licence, codes: &[&JisCode]) -> Option<NaiveDate> {
        self.profile.licences.valid_to(licence, codes)
    }

    fn has_plans(&self) -> bool {
        !self.planned.is_empty()
    }

    fn planned_visit(&self, job: JobId, span: Span) -> Option<PlannedVisit> {
        self.planned.iter().copied().find(|visit| visit.is_in_the_way(job, span))
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
        let Self { profile, entries, rest_days, .. } = self;
        Shift::of(Duty { roster: &profile.roster, entries, rest_days }, at)
    }

    fn languages(&self) -> &[String] {
        &self.profile.languages
    }

    fn accepted_24h(&self) -> u32 {
        self.profile.accepted_24h
    }
}
