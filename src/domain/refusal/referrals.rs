//! What referrals refuse.

use super::family::refusals;
use crate::domain::referrals::RecipientKind;

refusals! {
    /// Why a referral does not allow it.
    pub enum ReferralRefused {
        /// It is closed.
        Closed = "referral_closed",
        /// Somebody has been told of it.
        UnderWay = "referral_under_way",
        /// The worker has not consented to the centre telling anybody.
        NoConsent = "no_consent_to_contact" by "Y-03",
        /// None of these has acknowledged; so many more attempts would do.
        NotAcknowledged(&'static [RecipientKind], usize) = "referral_not_settled" by "R-09",
        /// The worker, who tells them himself, has not confirmed; so many more call-backs would do.
        NotConfirmed(usize) = "referral_not_settled" by "R-09",
        /// This recipient has acknowledged.
        AcknowledgedAlready = "acknowledged_already",
        /// The case has as many as a case can have.
        TooMany = "too_many_referrals",
        /// As many attempts are logged as can be.
        TooManyAttempts = "too_many_attempts",
    }
}
