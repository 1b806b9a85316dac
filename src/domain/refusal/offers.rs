//! What offers and acceptances refuse.

use super::family::refusals;
use crate::domain::offers::OfferState;

refusals! {
    /// Why an offer or an acceptance does not allow it.
    pub enum OfferRefused {
        /// It was answered or taken back.
        NotOpen(OfferState) = "offer_not_open",
        /// Only an open one is taken back; an acceptance needs a reassignment.
        NotToTakeBack(OfferState) = "offer_not_open",
        /// Its deadline has passed.
        Expired = "offer_expired",
        /// Its deadline has not passed.
        NotDue = "offer_not_due",
        /// A technician is named for an accepted offer only.
        NotAccepted(OfferState) = "offer_not_accepted",
        /// The firm was asked, and the technician answers.
        ToFirm = "offer_to_firm",
        /// The technician was asked, and the firm names somebody.
        NotToFirm = "offer_not_to_firm",
        /// The technician has a current and a next job.
        TechnicianBusy = "technician_busy",
        /// The assignment is over.
        AssignmentReleased = "assignment_released",
    }
}
