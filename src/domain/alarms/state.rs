//! Where an alarm is.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Where an alarm is.
    pub enum AlarmState("alarm state") {
        /// Rings later.
        Waiting = "waiting",
        /// Rings until somebody acknowledges it.
        Ringing = "ringing",
        /// Somebody has it; it rings again if its cause goes on.
        Acknowledged = "acknowledged",
        /// Its cause is gone.
        Resolved = "resolved",
    }
}
