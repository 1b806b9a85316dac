//! What comes of looking for somebody to send.

use super::text_enum::text_enum;

text_enum! {
    /// What came of a question.
    pub enum Verdict("verdict") {
        /// There is somebody to offer the job to.
        Offer = "offer",
        /// No firm serves this municipality and trade (K-04): advise the caller, do not queue.
        NoCoverage = "no_coverage",
        /// Somebody serves it, but nobody can be sent now: alarm a human.
        NobodyFree = "nobody_free",
    }
}
