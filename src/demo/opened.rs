//! What a call has led to: the things that later deeds are about.

/// What a call has led to.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) call: String,
    pub(super) case: String,
    /// Where somebody is sent.
    pub(super) job: Option<String>,
    /// Number of the case.
    pub(super) number: String,
    pub(super) referral: Option<String>,
    /// The interpreter who is on the line from the site.
    pub(super) interpretation: Option<String>,
}
