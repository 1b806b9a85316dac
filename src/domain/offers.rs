//! Offers of jobs, and the assignments that follow from acceptance.

mod codes;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{AssignmentId, DecisionId, FirmId, JobId, OfferId, TechnicianId},
    place::Point,
    refusal::{OfferRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

pub use self::codes::{OfferState, OverrideReason, ReassignReason, ReleaseCode, WithdrawCode};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
    /// Where it is.
    pub state: OfferState,
    /// When it was made.
    pub offered_at: DateTime<Utc>,
    /// Until when it can be accepted.
    pub deadline: DateTime<Utc>,
    /// When it was answered, expired or was taken back.
    pub answered_at: Option<DateTime<Utc>>,
    /// Why it was declined.
    pub decline_code: Option<DeclineCode>,
    /// When the technician promises to be there.
    pub arrival_promised_at: Option<DateTime<Utc>>,
    /// How the answer came in.
    pub answered_via: Option<Via>,
    /// Why it was taken back.
    pub withdraw_code: Option<WithdrawCode>,
    /// Until when the firm names its technician.
    pub naming_due_at: Option<DateTime<Utc>>,
}

/// Who has accepted a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Its version.
    pub version: i64,
    /// The job.
    pub job_id: JobId,
    /// The accepted offer.
    pub offer_id: OfferId,
    /// The firm.
    pub firm_id: FirmId,
    /// The technician.
    pub technician_id: TechnicianId,
    /// Which of the technician's places it takes.
    pub slot: Slot,
    /// When it was accepted.
    pub assigned_at: DateTime<Utc>,
    /// When the technician promised to be there.
    pub arrival_due_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub released_at: Option<DateTime<Utc>>,
    /// Why it was over.
    pub release_code: Option<ReleaseCode>,
    /// Since when it is, or was, the technician's current one; absent while it waits.
    pub current_since: Option<DateTime<Utc>>,
    /// The last time the technician was seen to come nearer. Not shown: a trail of positions is nobody's business.
    #[serde(skip)]
    pub progress: Option<Progress>,
}

/// Where a technician was when last seen to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// When.
    pub at: Instant,
    /// Where.
    pub point: Point,
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
            state: OfferState::Open,
            offered_at: now,
            deadline,
            answered_at: None,
            decline_code: None,
            arrival_promised_at: None,
            answered_via: None,
            withdraw_code: None,
            naming_due_at: None,
        }
    }

    /// An acceptance that was agreed on before anybody was asked.
    #[must_use]
    pub fn agreed(asked: Asked, now: Instant, via: Via, arrival: Option<Instant>) -> Self {
        Self {
            arrival_promised_at: arrival,
            answered_via: Some(via),
            ..Self::open(asked, now, now).answer(OfferState::Accepted, now)
        }
    }

    /// The offer accepted.
    pub fn accept(
        self,
        now: Instant,
        via: Via,
        arrival_promised_at: Option<Instant>,
    ) -> Result<Self, Refusal> {
        self.must_be_open()?;
        if self.deadline <= now {
            return Err(expired());
        }
        Ok(Self { arrival_promised_at, answered_via: Some(via), ..self.answer(OfferState::Accepted, now) })
    }

    /// The accepted offer of a firm that has until `due` to name its technician.
    #[must_use]
    pub fn to_be_named(self, due: Instant) -> Self {
        Self { naming_due_at: Some(due), ..self }
    }

    /// The accepted offer with the technician its firm has named.
    pub fn named(self, technician_id: TechnicianId, arrival: Option<Instant>) -> Result<Self, Refusal> {
        match (self.state, self.addressee) {
            (OfferState::Accepted, Addressee::Firm) => {
                Ok(Self { technician_id, arrival_promised_at: arrival.or(self.arrival_promised_at), ..self })
            }
            (OfferState::Accepted, Addressee::Technician) => Err(OfferRefused::NotToFirm.into()),
            (state, _) => Err(OfferRefused::NotAccepted(state).into()),
        }
    }

    /// The offer declined.
    pub fn decline(self, now: Instant, via: Via, code: DeclineCode) -> Result<Self, Refusal> {
        self.must_be_open()?;
        Ok(Self {
            decline_code: Some(code),
            answered_via: Some(via),
            ..self.answer(OfferState::Declined, now)
        })
    }

    /// The offer expired, when its deadline has passed.
    pub fn expire(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be_open()?;
        if now < self.deadline {
            return Err(OfferRefused::NotDue.into());
        }
        Ok(self.answer(OfferState::Expired, now))
    }

    /// The offer, or its acceptance, taken back.
    pub fn withdraw(self, now: Instant, code: WithdrawCode) -> Result<Self, Refusal> {
        match self.state {
            OfferState::Open | OfferState::Accepted => {
                Ok(Self { withdraw_code: Some(code), ..self.answer(OfferState::Withdrawn, now) })
            }
            state => Err(OfferRefused::NotOpen(state).into()),
        }
    }

    fn must_be_open(&self) -> Result<(), Refusal> {
        match self.state {
            OfferState::Open => Ok(()),
            OfferState::Expired => Err(expired()),
            state => Err(OfferRefused::NotOpen(state).into()),
        }
    }

    fn answer(self, state: OfferState, now: Instant) -> Self {
        Self { state, answered_at: Some(now), ..self }
    }
}

fn expired() -> Refusal {
    OfferRefused::Expired.into()
}
