//! Offers of jobs, and the assignments that follow from acceptance.

mod assignment;
mod codes;
mod flat;
mod stage;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{
    ids::{DecisionId, FirmId, JobId, OfferId, TechnicianId},
    refusal::{OfferRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

pub use self::{
    assignment::{Assignment, AssignmentStage, FlatAssignment, Heard, Progress},
    codes::{OfferState, OverrideReason, ReassignReason, ReleaseCode, WithdrawCode},
    flat::FlatOffer,
    stage::{Acceptance, OfferStage, Yes},
};

text_enum! {
    /// Why an offer was declined.
    pub enum DeclineCode("decline code") {
        /// Busy with something else.
        Busy = "busy",
        /// Too far away.
        TooFar = "too_far",
        /// Not equipped or trained for it.
        NotEquipped = "not_equipped",
        /// Vehicle trouble.
        Vehicle = "vehicle",
        /// Ill or off duty.
        OffDuty = "off_duty",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// Who is asked.
    pub enum Addressee("addressee") {
        /// The technician.
        Technician = "technician",
        /// The firm, which may name another technician of its own.
        Firm = "firm",
    }
}

text_enum! {
    /// Whether somebody has the job, or helps.
    pub enum CrewRole("role on a job") {
        /// Has the job: one at most.
        Lead = "lead",
        /// A second pair of hands (C-16).
        Helper = "helper",
    }
}

text_enum! {
    /// How an answer came in.
    pub enum Via("way of an answer") {
        /// From the one who was asked.
        Asked = "self",
        /// From a dispatcher who had him on the telephone.
        Phone = "phone",
    }
}

text_enum! {
    /// Which of a technician's places an assignment takes.
    pub enum Slot("slot") {
        /// Being done: a technician has one at most.
        Current = "current",
        /// Next: waits until the current one is done; one at most.
        Queued = "queued",
        /// Over.
        Released = "released",
    }
}

/// A job put to a technician with a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatOffer", into = "FlatOffer")]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// Its version.
    pub version: i64,
    /// The job.
    pub job_id: JobId,
    /// The matching run it follows from.
    pub decision_id: DecisionId,
    /// The technician's firm.
    pub firm_id: FirmId,
    /// The technician asked; of an offer to a firm, the one it would be.
    pub technician_id: TechnicianId,
    /// Who is asked.
    pub addressee: Addressee,
    /// Whether it is the job, or a hand with it.
    pub role: CrewRole,
    /// Running number among the offers of the job, from 1.
    pub rank: i64,
    /// Round of the ladder, from 1.
    pub round: i64,
    /// Rung of the ladder, from 0.
    pub rung: i64,
    /// When it was made.
    pub offered_at: Instant,
    /// Until when it can be accepted.
    pub deadline: Instant,
    /// Where it is.
    pub stage: OfferStage,
}

/// Who is asked for a job, and by which matching run.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The offer's id.
    pub id: OfferId,
    /// The job.
    pub job_id: JobId,
    /// The matching run it follows from, or is passed over by it.
    pub decision_id: DecisionId,
    /// The firm.
    pub firm_id: FirmId,
    /// The technician.
    pub technician_id: TechnicianId,
    /// Who answers.
    pub addressee: Addressee,
    /// Whether it is the job, or a hand with it.
    pub role: CrewRole,
    /// Running number among the offers of the job, from 1.
    pub rank: i64,
    /// Round of the ladder, from 1.
    pub round: i64,
    /// Rung of the ladder, from 0.
    pub rung: i64,
}

impl Offer {
    /// An offer that waits for its answer until `deadline`.
    #[must_use]
    pub fn open(asked: Asked, now: Instant, deadline: Instant) -> Self {
        Self {
            id: asked.id,
            version: 1,
            job_id: asked.job_id,
            decision_id: asked.decision_id,
            firm_id: asked.firm_id,
            technician_id: asked.technician_id,
            addressee: asked.addressee,
            role: asked.role,
            rank: asked.rank,
            round: asked.round,
            rung: asked.rung,
            offered_at: now,
            deadline,
            stage: OfferStage::Open,
        }
    }

    /// An acceptance that was agreed on with a technician before anybody was asked.
    #[must_use]
    pub fn agreed(asked: Asked, now: Instant, via: Via, yes: Yes) -> Self {
        let acceptance = Acceptance::of(via, yes, None);
        Self::open(asked, now, now).at(OfferStage::Accepted { at: now, acceptance })
    }

    /// The offer accepted. A firm that was asked has until `naming_due_at` to name its technician.
    pub fn accept(self, now: Instant, via: Via, yes: Yes, naming_due_at: Instant) -> Result<Self, Refusal> {
        self.must_be_open()?;
        if self.deadline <= now {
            return Err(expired());
        }
        let naming_due_at = (self.addressee == Addressee::Firm).then_some(naming_due_at);
        let acceptance = Acceptance::of(via, yes, naming_due_at);
        Ok(self.at(OfferStage::Accepted { at: now, acceptance }))
    }

    /// The accepted offer with the technician its firm has named.
    pub fn named(self, technician_id: TechnicianId, arrival: Option<Instant>) -> Result<Self, Refusal> {
        match (self.stage, self.addressee) {
            (OfferStage::Accepted { at, acceptance }, Addressee::Firm) => {
                let arrival_promised_at = arrival.or(acceptance.arrival_promised_at);
                let acceptance = Acceptance { arrival_promised_at, ..acceptance };
                Ok(Self { technician_id, ..self.at(OfferStage::Accepted { at, acceptance }) })
            }
            (OfferStage::Accepted { .. }, Addressee::Technician) => Err(OfferRefused::NotToFirm.into()),
            _ => Err(OfferRefused::NotAccepted(self.state()).into()),
        }
    }

    /// The offer declined.
    pub fn decline(self, now: Instant, via: Via, code: DeclineCode) -> Result<Self, Refusal> {
        self.must_be_open()?;
        Ok(self.at(OfferStage::Declined { at: now, via, code }))
    }

    /// The offer expired, when its deadline has passed.
    pub fn expire(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be_open()?;
        if now < self.deadline {
            return Err(OfferRefused::NotDue.into());
        }
        Ok(self.at(OfferStage::Expired { at: now }))
    }

    /// The offer, or its acceptance, taken back.
    pub fn withdraw(self, now: Instant, code: WithdrawCode) -> Result<Self, Refusal> {
        if !self.is_open() && !self.is_accepted() {
            return Err(OfferRefused::NotOpen(self.state()).into());
        }
        let acceptance = self.acceptance();
        Ok(self.at(OfferStage::Withdrawn { at: now, code, acceptance }))
    }

    fn must_be_open(&self) -> Result<(), Refusal> {
        match self.stage {
            OfferStage::Open => Ok(()),
            OfferStage::Expired { .. } => Err(expired()),
            _ => Err(OfferRefused::NotOpen(self.state()).into()),
        }
    }

    fn at(self, stage: OfferStage) -> Self {
        Self { stage, ..self }
    }
}

fn expired() -> Refusal {
    OfferRefused::Expired.into()
}
