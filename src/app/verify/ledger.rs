//! The ledger: every job priced again from its facts must give the lines that are in force.

use super::Verdict;
use crate::app::{Ctx, Error, settlement};

/// Prices every job again.
pub(super) async fn check(ctx: &Ctx) -> Result<Verdict, Error> {
    let differences = settlement::verify(ctx).await?;
    Ok(Verdict::of(differences, || "every line follows from its job's facts".to_owned()))
}
