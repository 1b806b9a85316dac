//! What becomes of what a firm says of its staff, in codes.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// What became of a proposal.
    pub enum ProposalState("proposal state") {
        /// Waits for the office.
        Waiting = "waiting",
        /// The office has confirmed all of it.
        Confirmed = "confirmed",
        /// The office has refused all of it.
        Refused = "refused",
        /// The firm has said more, or something else: another one has taken its place.
        Replaced = "replaced",
    }
}

text_enum! {
    /// Why the office refuses a proposal.
    pub enum ProposalRefusal("reason to refuse a proposal") {
        /// Nobody of that name is known to be with the firm.
        NotEmployed = "not_employed",
        /// No proof of the licence, authority or badge.
        NotProven = "not_proven",
        /// It cannot be right, or is registered already.
        Wrong = "wrong",
        /// The reason of the suspension goes on.
        StaysSuspended = "stays_suspended",
        /// Something else.
        Other = "other",
    }
}
