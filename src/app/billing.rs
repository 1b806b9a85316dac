//! The ledger pulled by position: the same pull twice gives the same lines, and nothing late is ever skipped.

use super::{Ctx, Error, consumers};
use crate::{
    domain::{actor::Actor, ids::ConsumerId, ledger::LedgerLine, span::Instant},
    store::{self, Tx, ledger::Settled},
};

/// Lines of a page at most; the lines of the last settlement may exceed it, because they are never torn apart.
pub const LINES_PER_PAGE_MAX: u16 = 500;

/// Settlements read in one go.
const ROUND: u16 = 500;
/// How often that is done for one page: most settlements have no lines.
const ROUNDS_MAX: usize = 20;

/// A line with its place in the feed.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Position of its settlement's event.
    pub pos: i64,
    /// When it was settled.
    pub settled_at: Instant,
    /// The line.
    pub line: LedgerLine,
}

/// A page of lines.
#[derive(Debug, Clone)]
pub struct Page {
    /// The lines, in the order of the feed, settlement by settlement.
    pub lines: Vec<Pulled>,
    /// Every line up to this position was given by this page or those before it: read on after it, or acknowledge it.
    pub pos: i64,
    /// Whether there may be more after that position.
    pub has_more: bool,
}

/// The lines settled after what the consumer has acknowledged, or after `after`; whole settlements until there are
/// `limit` lines.
pub async fn pull(
    ctx: &Ctx,
    actor: &Actor,
    id: ConsumerId,
    after: Option<i64>,
    limit: u16,
) -> Result<Page, Error> {
    // One snapshot: what has no position in it yet will get a later one.
    let mut tx = ctx.db().read().await?;
    let consumer = consumers::visible(&mut tx, actor, id).await?;
    let pos = after.unwrap_or(consumer.acknowledged_pos);
    let mut page = Page { lines: Vec::new(), pos, has_more: true };
    for _ in 0..ROUNDS_MAX {
        let settled = store::ledger::settled_after(&mut tx, page.pos, i64::from(ROUND)).await?;
        let is_last_round = settled.len() < usize::from(ROUND);
        for settled in settled {
            if page.lines.len() >= usize::from(limit) {
                return Ok(page);
            }
            take(&mut tx, &mut page, settled).await?;
        }
        if is_last_round {
            page.pos = store::feed::head(&mut tx).await?.pos;
            page.has_more = false;
            break;
        }
    }
    Ok(page)
}

/// Takes a whole settlement; most have no lines.
async fn take(tx: &mut Tx, page: &mut Page, settled: Settled) -> Result<(), Error> {
    if settled.lines > 0 {
        let lines = store::ledger::lines_of(tx, settled.settlement).await?;
        let pulled = lines.into_iter().map(|line| Pulled { pos: settled.pos, settled_at: settled.at, line });
        page.lines.extend(pulled);
    }
    page.pos = settled.pos;
    Ok(())
}
