//! Where an offer is, why it was taken back, why somebody is given a job past the ladder, and why somebody is off one.

use crate::domain::{jobs::CancelReason, text_enum::text_enum};

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
    /// Why an offer was taken back, or an acceptance.
    pub enum WithdrawCode("withdrawal code") {
        /// Another one said yes first.
        TakenByOther = "taken_by_other",
        /// The job was called off.
        Cancelled = "cancelled",
        /// The job is held.
        Held = "held",
        /// A visit was planned instead.
        Booked = "booked",
        /// A person gave the job to somebody else.
        Overridden = "overridden",
        /// A person took the job back to offer it anew.
        Reassigned = "reassigned",
        /// The desk took the offer back.
        Desk = "desk",
        /// The firm did not name its technician in time.
        NotNamed = "not_named",
        /// Suspended, or kept apart from the resident.
        NotToBeSent = "not_to_be_sent",
        /// Accepted, but never on the way.
        NoShow = "no_show",
        /// On the way, but no longer moving.
        Stalled = "stalled",
        /// The visit it was accepted for is over, and the job is not.
        VisitOver = "visit_over",
        /// The contractor: the vehicle broke down.
        Breakdown = "breakdown",
        /// The contractor: an accident on the way.
        Accident = "accident",
        /// The contractor: ill.
        Illness = "illness",
        /// The contractor: the job before takes longer.
        Delayed = "delayed",
        /// The contractor: something else.
        Other = "other",
    }
}

impl WithdrawCode {
    /// What a contractor may give when withdrawing after having accepted.
    pub const CONTRACTOR: &'static [Self] =
        &[Self::Breakdown, Self::Accident, Self::Illness, Self::Delayed, Self::Other];
}

text_enum! {
    /// Why a person gives a job to somebody past the ladder.
    pub enum OverrideReason("reason of an override") {
        /// The technician is there, or nearly.
        AlreadyNear = "already_near",
        /// The technician has been there before and knows it.
        KnowsTheSite = "knows_the_site",
        /// The resident asked for them.
        ResidentWish = "resident_wish",
        /// Nobody else can be had.
        NobodyElse = "nobody_else",
        /// The technician volunteered on the telephone.
        Volunteered = "volunteered",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// Why a job is taken back from who has accepted it.
    pub enum ReassignReason("reason of a reassignment") {
        /// They do not come, or far too late.
        TooLate = "too_late",
        /// They cannot be reached.
        NotReachable = "not_reachable",
        /// The work needs somebody else: another trade, licence or tool.
        WrongSkills = "wrong_skills",
        /// The resident refuses them.
        ResidentRefuses = "resident_refuses",
        /// Somebody else is nearer now.
        NearerOne = "nearer_one",
        /// Something else.
        Other = "other",
    }
}

// A list of its own, and not the three it is made of: `other` is in two of them, and what is stored does not say of which.
text_enum! {
    /// Why somebody is off a job.
    pub enum ReleaseCode("release code") {
        /// The job is done.
        Completed = "completed",
        /// Another one said yes first.
        TakenByOther = "taken_by_other",
        /// The job was called off.
        Cancelled = "cancelled",
        /// The job is held.
        Held = "held",
        /// A visit was planned instead.
        Booked = "booked",
        /// A person gave the job to somebody else.
        Overridden = "overridden",
        /// A person took the job back to offer it anew.
        Reassigned = "reassigned",
        /// The desk took the offer back.
        Desk = "desk",
        /// The firm did not name its technician in time.
        NotNamed = "not_named",
        /// Suspended, or kept apart from the resident.
        NotToBeSent = "not_to_be_sent",
        /// Accepted, but never on the way.
        NoShow = "no_show",
        /// On the way, but no longer moving.
        Stalled = "stalled",
        /// The visit it was accepted for is over, and the job is not.
        VisitOver = "visit_over",
        /// The vehicle broke down.
        Breakdown = "breakdown",
        /// An accident on the way.
        Accident = "accident",
        /// Illness.
        Illness = "illness",
        /// The job before takes longer.
        Delayed = "delayed",
        /// Something else.
        Other = "other",
        /// Called off: the resident no longer needs it.
        SolvedByItself = "solved_by_itself",
        /// Called off: the resident withdrew.
        ResidentWithdrew = "resident_withdrew",
        /// Called off: nobody opened.
        NoAccess = "no_access",
        /// Called off: it was the same trouble twice.
        Duplicate = "duplicate",
        /// Called off: it was a false alarm.
        FalseAlarm = "false_alarm",
        /// Called off: it is not for this service.
        OutOfScope = "out_of_scope",
        /// Called off: no firm serves the place.
        NoCoverage = "no_coverage",
        /// Taken back: they do not come, or far too late.
        TooLate = "too_late",
        /// Taken back: they cannot be reached.
        NotReachable = "not_reachable",
        /// Taken back: the work needs somebody else.
        WrongSkills = "wrong_skills",
        /// Taken back: the resident refuses them.
        ResidentRefuses = "resident_refuses",
        /// Taken back: somebody else is nearer now.
        NearerOne = "nearer_one",
    }
}

impl From<WithdrawCode> for ReleaseCode {
    fn from(code: WithdrawCode) -> Self {
        match code {
            WithdrawCode::TakenByOther => Self::TakenByOther,
            WithdrawCode::Cancelled => Self::Cancelled,
            WithdrawCode::Held => Self::Held,
            WithdrawCode::Booked => Self::Booked,
            WithdrawCode::Overridden => Self::Overridden,
            WithdrawCode::Reassigned => Self::Reassigned,
            WithdrawCode::Desk => Self::Desk,
            WithdrawCode::NotNamed => Self::NotNamed,
            WithdrawCode::NotToBeSent => Self::NotToBeSent,
            WithdrawCode::NoShow => Self::NoShow,
            WithdrawCode::Stalled => Self::Stalled,
            WithdrawCode::VisitOver => Self::VisitOver,
            WithdrawCode::Breakdown => Self::Breakdown,
            WithdrawCode::Accident => Self::Accident,
            WithdrawCode::Illness => Self::Illness,
            WithdrawCode::Delayed => Self::Delayed,
            WithdrawCode::Other => Self::Other,
        }
    }
}

impl From<CancelReason> for ReleaseCode {
    fn from(code: CancelReason) -> Self {
        match code {
            CancelReason::SolvedByItself => Self::SolvedByItself,
            CancelReason::ResidentWithdrew => Self::ResidentWithdrew,
            CancelReason::NoAccess => Self::NoAccess,
            CancelReason::Duplicate => Self::Duplicate,
            CancelReason::FalseAlarm => Self::FalseAlarm,
            CancelReason::OutOfScope => Self::OutOfScope,
            CancelReason::NoCoverage => Self::NoCoverage,
        }
    }
}

impl From<ReassignReason> for ReleaseCode {
    fn from(code: ReassignReason) -> Self {
        match code {
            ReassignReason::TooLate => Self::TooLate,
            ReassignReason::NotReachable => Self::NotReachable,
            ReassignReason::WrongSkills => Self::WrongSkills,
            ReassignReason::ResidentRefuses => Self::ResidentRefuses,
            ReassignReason::NearerOne => Self::NearerOne,
            ReassignReason::Other => Self::Other,
        }
    }
}
