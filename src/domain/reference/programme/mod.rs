//! Reads the programmes: the one that sends people out, fully typed, and the covers, of which only what is used.

mod call_out;
mod charging;
mod cover;
mod insurance;

pub use crate::domain::charging::{AllowanceScope, CrewTime, OvertimeRounding};
pub use call_out::{
    CallCategory, CallOut, Claimant, DataSharing, DisclosureScope, Eligibility, Interpretation, Operator,
    PrintedCategory, Referral, ReferralTarget, Service, ServiceId, WhoContacts,
};
pub use charging::{
    ChargeableItem, Charging, ClockStart, FreeItem, Payer, Policy, PriceBasis, TaxRounding,
    UnconsentedOverrun,
};
pub use cover::Cover;
pub use insurance::{Exclusion, Insurer, Liability};

use super::codes::ProgrammeId;
use super::document::Document;
use super::error::ReferenceError;

/// Reads the programme that sends people out: every key it has is known.
pub(super) fn call_out(document: Document<'_>) -> Result<CallOut, Vec<ReferenceError>> {
    let programme = call_out::parse(document)?;
    named_as_its_data_set(document, &programme.id)?;
    Ok(programme)
}

/// Reads a cover.
pub(super) fn cover(document: Document<'_>) -> Result<Cover, Vec<ReferenceError>> {
    let programme = cover::parse(document)?;
    named_as_its_data_set(document, &programme.id)?;
    Ok(programme)
}

fn named_as_its_data_set(document: Document<'_>, id: &ProgrammeId) -> Result<(), Vec<ReferenceError>> {
    let name = document.dataset.name();
    if name.ends_with(id.as_str()) {
        return Ok(());
    }
    let message = format!("is '{id}' in the data set '{name}'; expected the number in its name");
    Err(vec![document.error("programme.id", message)])
}
