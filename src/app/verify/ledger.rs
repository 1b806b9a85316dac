//! The ledger: every job priced again from its facts must give the lines that are in force.

use super::Verdict;
use crate::app::{Ctx, Error, settlement};

/// Prices every job again.
pub(super) async fn check(ctx: &Ctx) -> Result<Verdict, Error> {
    let differences = settlement::verify(ctx).await?;
    Ok(match differences.first() {
        None => Verdict::Intact("every line follows from its job's facts".to_owned()),
        Some(first) if differences.len() == 1 => Verdict::Broken(first.clone()),
        Some(first) => Verdict::Broken(format!("{first} (and {} more)", differences.len() - 1)),
    })
}
