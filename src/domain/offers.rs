//! Offers of jobs, and the assignments that follow from acceptance.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{AssignmentId, DecisionId, FirmId, JobId, OfferId, TechnicianId},
    refusal::Refusal,
    span::Instant,
    text_enum::text_enum,
};

text_enum! {
    /// Where an offer is.
    pub enum OfferState("offer state") {
        /// Waiting for an answer.
        Open = "open",
        /// Accepted.
        Accepted = "accepted",
        /// Declined.
        Declined = "declined",
        /// Its deadline passed.
        Expired = "expired",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
}

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
    /// The technician asked.
    pub technician_id: TechnicianId,
    /// Rung of the ladder, from 1.
    pub rank: i64,
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
    /// Since when it is, or was, the technician's current one; absent while it waits.
    pub current_since: Option<DateTime<Utc>>,
}

impl Offer {
    /// The offer accepted.
    pub fn accept(self, now: Instant, arrival_promised_at: Option<Instant>) -> Result<Self, Refusal> {
        self.must_be_open()?;
        if self.deadline <= now {
            return Err(Refusal::state(
                "offer_expired",
                "the offer's deadline has passed; it is offered to the next",
            ));
        }
        Ok(Self { arrival_promised_at, ..self.answer(OfferState::Accepted, now) })
    }

    /// The offer declined.
    pub fn decline(self, now: Instant, code: DeclineCode) -> Result<Self, Refusal> {
        self.must_be_open()?;
        Ok(Self { decline_code: Some(code), ..self.answer(OfferState::Declined, now) })
    }

    /// The offer expired, when its deadline has passed.
    pub fn expire(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be_open()?;
        if now < self.deadline {
            return Err(Refusal::state("offer_not_due", "the offer's deadline has not passed yet"));
        }
        Ok(self.answer(OfferState::Expired, now))
    }

    /// The offer taken back.
    pub fn withdraw(self, now: Instant) -> Result<Self, Refusal> {
        match self.state {
            OfferState::Open | OfferState::Accepted => Ok(self.answer(OfferState::Withdrawn, now)),
            state => Err(Refusal::state("offer_not_open", format!("the offer is {state} already"))),
        }
    }

    fn must_be_open(&self) -> Result<(), Refusal> {
        match self.state {
            OfferState::Open => Ok(()),
            OfferState::Expired => Err(Refusal::state(
                "offer_expired",
                "the offer's deadline has passed; it is offered to the next",
            )),
            state => Err(Refusal::state("offer_not_open", format!("the offer is {state} already"))),
        }
    }

    fn answer(self, state: OfferState, now: Instant) -> Self {
        Self { state, answered_at: Some(now), ..self }
    }
}
