//! A case with everything around it: what is missing on it, and what keeps it from being closed.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    calls::CallerRole,
    cases::{Case, Category, Eligibility, LiabilityFlag, Resident},
    dangers::{CaseHazard, Interview},
    ids::JobId,
    intake::{self, Missing},
    jobs::Job,
    perils::PlannedCheck,
    reference::{Reference, job_codes::JobKind},
    refusal::Obstacle,
    retention::Need,
    warrants::{self, Warrant, WarrantKind},
};

/// What is known of a case.
#[derive(Debug, Clone)]
pub struct CaseFile<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its jobs, oldest first.
    pub jobs: &'a [Job],
    /// Its dangers, cleared ones too.
    pub hazards: &'a [CaseHazard],
    /// What its calls have told of danger.
    pub interview: Interview,
    /// How the identity will be checked, by job.
    pub checks: &'a BTreeMap<JobId, Vec<PlannedCheck>>,
    /// What somebody answers for.
    pub warrants: &'a [Warrant],
    /// The job codes that were referred.
    pub referred: &'a BTreeSet<String>,
    /// The jobs that see to nothing any more.
    pub idle: &'a BTreeSet<JobId>,
    /// What of it is not over.
    pub needs: &'a BTreeSet<Need>,
}

impl CaseFile<'_> {
    /// Everything that keeps the case from being closed.
    #[must_use]
    pub fn obstacles(&self, reference: &Reference) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        if self.case.liability_flag == LiabilityFlag::Unknown {
            obstacles.push(Obstacle::LiabilityUnknown);
        }
        let open = self.hazards.iter().filter(|hazard| hazard.cleared_at.is_none());
        obstacles.extend(open.map(|hazard| Obstacle::HazardOpen(hazard.hazard.clone())));
        let untold = self.interview.lacks_instruction();
        obstacles.extend(untold.map(|danger| Obstacle::InstructionNotGiven(danger.hazard.clone())));
        let under_way = self.jobs.iter().filter(|job| job.keeps_its_case_open());
        obstacles.extend(under_way.map(|job| Obstacle::JobNotFinal(job.job_code.clone(), job.state())));
        let due = self.unreferred(reference).into_iter();
        obstacles.extend(due.map(|code| Obstacle::ReferralDue(code.to_owned())));
        obstacles
    }

    /// Everything that is missing; whom it is about is nobody once erased.
    #[must_use]
    pub fn missing(
        &self,
        resident: Option<&Resident>,
        callers: &[CallerRole],
        reference: &Reference,
    ) -> Vec<Missing> {
        let holds = |hazard: &str| reference.hazards().get(hazard).is_some_and(|kind| kind.holds_offers);
        let is_sent_for = |category: &&Category| matches!(category, Category::Water | Category::Lock);
        let sees_to = |job: &&Job| !self.idle.contains(&job.id);
        let has_no_job = |category: &Category| {
            !self.jobs.iter().filter(sees_to).any(|job| Category::of(job.trade) == *category)
        };
        let lacks = |kind| !warrants::is_answered_for(kind, self.warrants);
        let is_unplanned = |job: &Job| !self.checks.contains_key(&job.id);
        let found = [
            (self.interview.leaves_open(holds), Missing::Dangers),
            (self.case.categories.iter().filter(is_sent_for).any(has_no_job), Missing::Job),
            (
                self.any_under_way(reference, |job, kind| kind.id_check && is_unplanned(job)),
                Missing::IdentityPlan,
            ),
            (
                self.case.eligibility == Eligibility::NotEligible && lacks(WarrantKind::Goodwill),
                Missing::Goodwill,
            ),
            (
                self.any_under_way(reference, |job, kind| {
                    kind.landlord_consent_required && !self.landlord_was_asked(job, reference)
                }),
                Missing::LandlordConsent,
            ),
            (!self.unreferred(reference).is_empty(), Missing::Referral),
        ];
        let mut missing = intake::missing(self.case, resident, callers);
        missing.extend(found.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, what)| what));
        missing.extend(self.needs.iter().filter_map(|need| Missing::of(*need)));
        missing
    }

    fn landlord_was_asked(&self, job: &Job, reference: &Reference) -> bool {
        warrants::landlord_was_asked(reference, &job.job_code, &job.job_code, self.warrants)
    }

    fn any_under_way(&self, reference: &Reference, is_meant: impl Fn(&Job, &JobKind) -> bool) -> bool {
        let is_one = |job: &Job| {
            let kind = reference.job_codes().get(&job.job_code);
            !job.state().is_final() && kind.is_some_and(|kind| is_meant(job, kind))
        };
        self.jobs.iter().any(is_one)
    }

    /// What of the jobs is the landlord's matter, not referred, and nobody has said why not (3.4, R-07).
    fn unreferred(&self, reference: &Reference) -> BTreeSet<&str> {
        let codes = self.jobs.iter().map(|job| job.job_code.as_str());
        warrants::unreferred(reference, codes, self.referred, self.warrants)
    }
}
