//! The ledger pulled by position: the same pull twice gives the same lines, and nothing late is ever skipped.

use uuid::Uuid;

use super::{Ctx, Error, consumers};
use crate::{
    domain::{actor::Actor, ids::ConsumerId, ledger::LedgerLine, payments::Payment, span::Instant},
    store::{
        self, Tx,
        ledger::{Billed, BilledWhat},
    },
};

/// Lines and payments of a page at most; the lines of the last settlement may exceed it, because they are never torn
/// apart.
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

/// A payment with its place in the feed.
#[derive(Debug, Clone)]
pub struct PulledPayment {
    /// Position of its event.
    pub pos: i64,
    /// The payment.
    pub payment: Payment,
}

/// A page of lines and payments.
#[derive(Debug, Clone)]
pub struct Page {
    /// The lines, in the order of the feed, settlement by settlement.
    pub lines: Vec<Pulled>,
    /// The payments, in the order of the feed.
    pub payments: Vec<PulledPayment>,
    /// Every line and payment up to this position was given by this page or those before it: read on after it, or acknowledge it.
    pub pos: i64,
    /// Whether there may be more after that position.
    pub has_more: bool,
}

/// The lines settled and payments recorded after what the consumer has acknowledged, or after `after`; whole settlements until there are
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
    let mut page = Page { lines: Vec::new(), payments: Vec::new(), pos, has_more: true };
    for _ in 0..ROUNDS_MAX {
        let billed = store::ledger::billed_after(&mut tx, page.pos, i64::from(ROUND)).await?;
        let is_last_round = billed.len() < usize::from(ROUND);
        for billed in billed {
            if page.lines.len() + page.payments.len() >= usize::from(limit) {
                return Ok(page);
            }
            take(&mut tx, &mut page, billed).await?;
        }
        if is_last_round {
            page.pos = store::feed::head(&mut tx).await?.pos;
            page.has_more = false;
            break;
        }
    }
    Ok(page)
}

pub use store::ledger::{LineFilter, Listed};

/// The lines before `before`, newest first.
pub async fn newest(
    ctx: &Ctx,
    filter: &LineFilter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::ledger::newest(&mut tx, filter, before, limit).await?)
}

/// Takes a payment, or a whole settlement; most of those have no lines.
async fn take(tx: &mut Tx, page: &mut Page, billed: Billed) -> Result<(), Error> {
    let pos = billed.pos;
    match billed.what {
        BilledWhat::Settled(_, 0) => {}
        BilledWhat::Settled(settlement, _) => {
            let lines = store::ledger::lines_of(tx, settlement).await?;
            page.lines.extend(lines.into_iter().map(|line| Pulled { pos, settled_at: billed.at, line }));
        }
        BilledWhat::Paid(payment) => {
            let payment = store::payments::find(tx, payment).await?;
            page.payments.extend(payment.map(|payment| PulledPayment { pos, payment }));
        }
    }
    page.pos = pos;
    Ok(())
}
