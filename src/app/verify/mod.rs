//! Whether what is stored is still what was written: named checks, each of which reads everything it speaks of.

mod evidence;
mod feed;
mod ledger;

use futures_util::future::BoxFuture;

use super::{Ctx, Error};

/// One check.
pub struct Check {
    /// Its name, one word.
    pub name: &'static str,
    run: for<'c> fn(&'c Ctx) -> BoxFuture<'c, Result<Verdict, Error>>,
}

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All is as it was written; with figures.
    Intact(String),
    /// Something is not; with the first place where.
    Broken(String),
}

/// Every check.
pub const CHECKS: &[Check] = &[
    Check { name: "feed", run: |ctx| Box::pin(feed::check(ctx)) },
    Check { name: "ledger", run: |ctx| Box::pin(ledger::check(ctx)) },
    Check { name: "evidence", run: |ctx| Box::pin(evidence::check(ctx)) },
];

impl Check {
    /// Runs it; fails when the database does.
    pub async fn run(&self, ctx: &Ctx) -> Result<Verdict, Error> {
        (self.run)(ctx).await
    }
}
