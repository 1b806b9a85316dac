//! What the desk can do in the script, by name: which request it is, and how it is told.

use anyhow::Context as _;

/// In the script's `by`: the landlord's or management company's desk, whose answers are recorded.
pub(super) const LANDLORD: &str = "landlord";

/// In the script's `by`: the accounting, which records what was paid.
pub(super) const BILLING: &str = "billing";

/// One thing the desk can do.
#[derive(Debug)]
pub(super) struct DeskDeed {
    /// Its name in the script.
    pub(super) name: &'static str,
    /// Where it is sent: with the things of the call in braces.
    pub(super) path: &'static str,
    /// What it is, in a few words.
    pub(super) says: &'static str,
    /// The field of its body that tells more.
    pub(super) tells: Option<&'static str>,
}

const DEEDS: &[DeskDeed] = &[
    deed("clear", "/v1/cases/{case}/clearances", "the danger is cleared", Some("hazard")),
    deed("identity_plan", "/v1/jobs/{job}/identity-plan", "identity will be checked", Some("method")),
    deed("warrant", "/v1/cases/{case}/warrants", "answered for", Some("reason")),
    deed("refer", "/v1/cases/{case}/referrals", "referred to the landlord's side", Some("reason")),
    deed("notify", "/v1/referrals/{referral}/notifications", "notice", Some("channel")),
    deed("acknowledged", "/v1/referrals/{referral}/acknowledgement", "acknowledges", Some("recipient")),
    deed("referral_outcome", "/v1/referrals/{referral}/outcome", "referral closed", Some("outcome")),
    deed("book", "/v1/jobs/{job}/appointment", "visit planned", None),
    deed("override", "/v1/jobs/{job}/override", "given by telephone", Some("reason")),
    deed("help", "/v1/jobs/{job}/helpers", "a second technician is sent", None),
    deed("reassign", "/v1/jobs/{job}/reassignment", "taken back", Some("reason")),
    deed("cancel", "/v1/jobs/{job}/cancellation", "called off", Some("reason")),
    deed("payer_agrees", "/v1/jobs/{job}/payer-authorities", "the payer agrees", Some("payer")),
    deed("payment", "/v1/jobs/{job}/payments", "paid", Some("method")),
    deed("close", "/v1/cases/{case}/closing", "case closed", None),
];

const fn deed(
    name: &'static str,
    path: &'static str,
    says: &'static str,
    tells: Option<&'static str>,
) -> DeskDeed {
    DeskDeed { name, path, says, tells }
}

/// The deed of a name.
pub(super) fn find(name: &str) -> anyhow::Result<&'static DeskDeed> {
    let known = || DEEDS.iter().map(|deed| deed.name).collect::<Vec<_>>().join(", ");
    let found = DEEDS.iter().find(|deed| deed.name == name);
    found.with_context(|| format!("the desk does not know how to '{name}'; it knows: {}", known()))
}
