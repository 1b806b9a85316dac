//! Planned visits: a window of a technician's day that a job has.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    fitness::Confirmation,
    ids::{JobId, TechnicianId, WindowId},
    span::Span,
    text_enum::text_enum,
};

text_enum! {
    /// Whether a planned visit still holds its window.
    pub enum WindowState("window state") {
        /// It does.
        Planned = "planned",
        /// Given up, made way, or over.
        Released = "released",
    }
}

text_enum! {
    /// What happens to the visit that makes way for an emergency. Somebody must have thought of it before it does.
    pub enum Consequence("consequence") {
        /// The resident is called and chooses another window.
        Rebook = "rebook",
        /// Somebody else goes at the promised time; the ladder asks at once.
        OtherTechnician = "other_technician",
    }
}

text_enum! {
    /// Why a planned visit was given up.
    pub enum UnbookCode("reason for giving up a visit") {
        /// The resident wants another time, or none.
        Resident = "resident",
        /// The contractor cannot.
        Contractor = "contractor",
        /// The desk decided so.
        Desk = "desk",
    }
}

text_enum! {
    /// Why a window is free again.
    pub enum GivenUp("reason for a window that is free again") {
        /// The visit is over, or the job is.
        Over = "over",
        /// The resident wants another time, or none.
        Resident = "resident",
        /// The contractor cannot, or does not answer.
        Contractor = "contractor",
        /// The desk decided so.
        Desk = "desk",
        /// The job is held: nobody goes before that is cleared.
        Held = "held",
        /// It made way for an emergency, and the resident chooses another window.
        Rebook = "rebook",
        /// It made way for an emergency, and somebody else goes at the promised time.
        OtherTechnician = "other_technician",
    }
}

impl From<UnbookCode> for GivenUp {
    fn from(code: UnbookCode) -> Self {
        match code {
            UnbookCode::Resident => Self::Resident,
            UnbookCode::Contractor => Self::Contractor,
            UnbookCode::Desk => Self::Desk,
        }
    }
}

impl From<Consequence> for GivenUp {
    fn from(consequence: Consequence) -> Self {
        match consequence {
            Consequence::Rebook => Self::Rebook,
            Consequence::OtherTechnician => Self::OtherTechnician,
        }
    }
}

/// A planned visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Appointment {
    /// Its id.
    pub id: WindowId,
    /// Its version.
    pub version: i64,
    /// Whose day it is in.
    pub technician_id: TechnicianId,
    /// The job.
    pub job_id: JobId,
    /// From when.
    pub starts_at: DateTime<Utc>,
    /// Until when; not included.
    pub ends_at: DateTime<Utc>,
    /// Whether it still holds its window.
    pub state: WindowState,
    /// What a person has passed over when it was planned (G-17).
    pub confirmation: Option<Confirmation>,
}

impl Appointment {
    /// Whether it shares an instant with a span.
    #[must_use]
    pub fn overlaps(&self, span: Span) -> bool {
        self.starts_at < span.to() && self.ends_at > span.from()
    }
}
