//! Why somebody cannot be sent, and how much it weighs.

use crate::domain::{ids::JobId, span::Instant, text_enum::text_enum};

text_enum! {
    /// Why a technician cannot be sent.
    pub enum Reason("reason") {
        /// Not in service.
        Suspended = "suspended",
        /// Does not do this trade.
        Trade = "trade",
        /// The firm does not serve this municipality.
        Area = "area",
        /// The firm is asked on a later rung of the ladder.
        Tier = "tier",
        /// Names other kinds of trouble only.
        JobCode = "job_code",
        /// The firm lacks a licence that is valid there (S-08).
        Licence = "licence",
        /// May not carry the tools that open locks (S-07).
        Authority = "authority",
        /// Lacks a tool.
        Tool = "tool",
        /// Refused this job or was withdrawn from it.
        Excluded = "excluded",
        /// The firm or technician must not be sent on this job.
        Blocked = "blocked",
        /// Has another offer open.
        OpenOffer = "open_offer",
        /// Has a job, and this one may or can not wait behind it.
        BusyUntil = "busy_until",
        /// Neither on shift nor on call when he could leave.
        OffShift = "off_shift",
        /// Could not keep a planned visit.
        Booked = "booked",
    }
}

/// How much a reason weighs for who decides by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Nobody passes over it.
    Never,
    /// A person may pass over it, by name and reason.
    Confirmable,
    /// It only says whom the ladder asks.
    OfTheLadder,
}

impl Reason {
    /// How much it weighs (G-17).
    #[must_use]
    pub const fn weight(self) -> Weight {
        match self {
            Self::Suspended | Self::Trade | Self::Licence | Self::Authority | Self::Blocked => Weight::Never,
            Self::Area | Self::JobCode | Self::Tool | Self::OffShift | Self::Booked => Weight::Confirmable,
            // A technician with two jobs is refused by their places, whoever decides.
            Self::Tier | Self::Excluded | Self::OpenOffer | Self::BusyUntil => Weight::OfTheLadder,
        }
    }

    /// Whether it is what somebody is, may do or carries: it stays until the office says otherwise, at whatever hour they come.
    #[must_use]
    pub const fn is_of_standing(self) -> bool {
        match self {
            Self::Suspended
            | Self::Trade
            | Self::Area
            | Self::JobCode
            | Self::Licence
            | Self::Authority
            | Self::Tool => true,
            Self::Tier
            | Self::Excluded
            | Self::Blocked
            | Self::OpenOffer
            | Self::BusyUntil
            | Self::OffShift
            | Self::Booked => false,
        }
    }
}

/// One thing that is in the way of sending somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InTheWay {
    /// Why.
    pub reason: Reason,
    /// The planned visit, where it is one: its job, and when it begins.
    pub visit: Option<(JobId, Instant)>,
}

text_enum! {
    /// How much of the work a technician may do.
    pub enum WorkScope("scope of work") {
        /// All of it.
        Lasting = "lasting",
        /// Making safe: lasting work needs a licence that his firm does not have there (S-08).
        StopGap = "stop_gap",
    }
}
