//! Where a call is.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Where a call is (domain rules, section 10).
    pub enum CallState("call state") {
        /// Ringing.
        Offered = "offered",
        /// A dispatcher is on it.
        Answered = "answered",
        /// Over; what it left to do is being done.
        Ended = "ended",
        /// Over, and nothing is left to do.
        Wrapped = "wrapped",
        /// The caller gave up before it was answered.
        Abandoned = "abandoned",
    }
}
