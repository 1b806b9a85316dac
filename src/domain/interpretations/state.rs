//! Where an attempt to have an interpreter on the line is.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Where an attempt is.
    pub enum InterpretationState("interpretation state") {
        /// Asked.
        Requested = "requested",
        /// On the line.
        Joined = "joined",
        /// The interpreter line did not answer.
        NoAnswer = "no_answer",
        /// Nobody could take it.
        Refused = "refused",
        /// The line has ended, and nobody has said what came of it.
        NotSettled = "not_settled",
        /// Off the line again.
        Left = "left",
    }
}
