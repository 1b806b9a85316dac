//! Why somebody is not sent (G-17).

use super::family::refusals;
use crate::domain::fitness::InTheWay;

refusals! {
    /// Why somebody is not sent to a job.
    pub enum FitnessRefused {
        /// The technician or the firm is not in service.
        Suspended = "technician_suspended" by "G-17",
        /// The technician does not do the trade.
        Trade = "wrong_trade" by "G-17",
        /// The firm has no licence that is valid there on that day.
        Licence = "licence_missing" by "S-08",
        /// The technician may not carry the tools that open locks.
        Authority = "authority_missing" by "S-07",
        /// The technician or the firm is kept apart from the resident.
        Blocked = "blocked_pair" by "G-17",
        /// All this is in the way, and a person may pass over it by name and reason.
        Unconfirmed(Vec<InTheWay>) = "to_be_confirmed" by "G-17",
    }
}
