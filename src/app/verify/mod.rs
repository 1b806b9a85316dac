//! Whether what is stored is still what was written: named checks, each of which reads everything it speaks of.

mod evidence;
mod feed;
mod guards;
mod ledger;
mod rows;
mod told;

use futures_util::future::BoxFuture;

use super::{Ctx, Error};
use crate::store;

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
    /// Something is not: each place where, the first [`FINDINGS_MAX`] of them.
    Broken(Vec<String>),
}

/// Findings of one check that are told.
pub const FINDINGS_MAX: usize = 100;

impl Verdict {
    /// Of findings: none leaves what was looked at intact.
    fn of(mut found: Vec<String>, intact: impl FnOnce() -> String) -> Self {
        if found.is_empty() {
            return Self::Intact(intact());
        }
        let left = found.len().saturating_sub(FINDINGS_MAX);
        if left > 0 {
            found.truncate(FINDINGS_MAX);
            found.push(format!("and {left} more"));
        }
        Self::Broken(found)
    }

    /// One finding.
    fn broken(found: impl Into<String>) -> Self {
        Self::Broken(vec![found.into()])
    }
}

/// Every check.
pub const CHECKS: &[Check] = &[
    Check { name: "feed", run: |ctx| Box::pin(feed::check(ctx)) },
    Check { name: "rows", run: |ctx| Box::pin(rows::check(ctx)) },
    Check { name: "guards", run: |ctx| Box::pin(guards::check(ctx)) },
    Check { name: "ledger", run: |ctx| Box::pin(ledger::check(ctx)) },
    Check { name: "evidence", run: |ctx| Box::pin(evidence::check(ctx)) },
];

/// Whether the log has the head that somebody has kept.
pub async fn expected(ctx: &Ctx, pos: i64, hash: [u8; 32]) -> Result<Verdict, Error> {
    let mut tx = ctx.db().read().await?;
    let has = match pos {
        // The chain before its first entry.
        0 => Some([0; 32]),
        _ => {
            let links = store::feed::chain(&mut tx, pos - 1, 1).await?;
            links.into_iter().find(|link| link.pos == pos).map(|link| link.hash)
        }
    };
    Ok(match has {
        Some(has) if has == hash => Verdict::Intact(format!("position {pos} has the hash that was kept")),
        Some(has) => Verdict::broken(format!(
            "position {pos} had the hash {} when it was kept, and has {}: the log was written anew",
            hex::encode(hash),
            hex::encode(has)
        )),
        None => {
            Verdict::broken(format!("the log has no position {pos} any more, which it had when it was kept"))
        }
    })
}

impl Check {
    /// Runs it; fails when the database does.
    pub async fn run(&self, ctx: &Ctx) -> Result<Verdict, Error> {
        (self.run)(ctx).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_told_up_to_a_hundred() {
        let found = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
        let verdict = |count| Verdict::of(found(count), || "sound".to_owned());
        assert_eq!(verdict(0), Verdict::Intact("sound".to_owned()));
        assert_eq!(verdict(1), Verdict::broken("0"));
        assert_eq!(verdict(FINDINGS_MAX), Verdict::Broken(found(FINDINGS_MAX)));
        let Verdict::Broken(told) = verdict(FINDINGS_MAX + 7) else { panic!() };
        assert_eq!(told[..FINDINGS_MAX], found(FINDINGS_MAX));
        assert_eq!(told[FINDINGS_MAX..], ["and 7 more"]);
    }
}
