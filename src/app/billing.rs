//! The ledger pulled by position: the same pull twice gives the same lines, and nothing late is ever skipped.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Ctx, Error, consumers};
use crate::{
    domain::{
        actor::Actor,
        disputes::DisputeState,
        ids::{ConsumerId, PaymentId, SettlementId},
        ledger::LedgerLine,
        payments::Payment,
        span::Instant,
    },
    store::{
        self, Tx,
        ledger::{Billed, BilledWhat},
    },
};

/// Lines and payments of a page at most; the lines of the last settlement may exceed it, because they are never torn
/// apart.
pub const LINES_PER_PAGE_MAX: u16 = 500;

/// Settlements and payments looked at for one page, in one go after the other: most settlements have no lines, so that
/// the first go mostly fills it.
const ROUNDS: [u16; 2] = [500, 9_500];

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
    let (mut taken, mut count) = (Taken::default(), 0);
    let (mut last, mut has_more) = (pos, true);
    'rounds: for round in ROUNDS {
        let billed = store::ledger::billed_after(&mut tx, last, i64::from(round)).await?;
        let is_last_round = billed.len() < usize::from(round);
        for billed in billed {
            if count >= usize::from(limit) {
                break 'rounds;
            }
            count += taken.take(billed);
            last = billed.pos;
        }
        if is_last_round {
            last = store::feed::head(&mut tx).await?.pos;
            has_more = false;
            break;
        }
    }
    let (lines, payments) = taken.read(&mut tx).await?;
    Ok(Page { lines, payments, pos: last, has_more })
}

pub use store::{
    consumers::Behind,
    ledger::{LineFilter, Listed},
};

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

/// What the office of billing looks at, all of one moment.
#[derive(Debug)]
pub struct Office {
    /// The lines asked for, newest first.
    pub lines: Vec<Listed>,
    /// The newest disputes that are open.
    pub disputes: Vec<store::disputes::Listed>,
    /// The newest payments.
    pub payments: Vec<store::payments::Listed>,
    /// The consumers that are the actor's to see: of the role billing its own.
    pub consumers: Vec<Behind>,
}

/// The lines before `before`, at most `lines`, and what stands beside them, of each at most `beside`.
pub async fn office(
    ctx: &Ctx,
    actor: &Actor,
    filter: &LineFilter,
    before: Option<Uuid>,
    (lines, beside): (i64, i64),
) -> Result<Office, Error> {
    let own = match actor {
        Actor::Billing(_, own) => Some(*own),
        _ => None,
    };
    let mut tx = ctx.db().read().await?;
    Ok(Office {
        lines: store::ledger::newest(&mut tx, filter, before, lines).await?,
        disputes: store::disputes::newest(&mut tx, Some(DisputeState::Open), None, beside).await?,
        payments: store::payments::newest(&mut tx, None, beside).await?,
        consumers: store::consumers::behind(&mut tx, own, beside).await?,
    })
}

/// What a page gives, before it is read.
#[derive(Default)]
struct Taken {
    settled: Vec<(Billed, SettlementId)>,
    paid: Vec<(Billed, PaymentId)>,
}

impl Taken {
    /// Takes a payment, or a whole settlement, most of which have no lines; how much that is.
    fn take(&mut self, billed: Billed) -> usize {
        match billed.what {
            BilledWhat::Settled(_, 0) | BilledWhat::Strange => 0,
            BilledWhat::Settled(settlement, lines) => {
                self.settled.push((billed, settlement));
                lines
            }
            BilledWhat::Paid(payment) => {
                self.paid.push((billed, payment));
                1
            }
        }
    }

    /// Reads all of it together.
    async fn read(self, tx: &mut Tx) -> Result<(Vec<Pulled>, Vec<PulledPayment>), Error> {
        let ids: Vec<_> = self.settled.iter().map(|(_, settlement)| *settlement).collect();
        let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for line in store::ledger::lines_of(tx, &ids).await? {
            lines.entry(line.settlement_id).or_default().push(line);
        }
        let pulled = self.settled.into_iter().flat_map(|(billed, settlement)| {
            let of_it = lines.remove(&settlement).unwrap_or_default();
            let of_it = of_it.into_iter().filter(move |line| line.job_id == billed.job);
            of_it.map(move |line| Pulled { pos: billed.pos, settled_at: billed.at, line })
        });
        let lines = pulled.collect();
        let ids: Vec<_> = self.paid.iter().map(|(_, payment)| *payment).collect();
        let payments = store::payments::several(tx, &ids).await?;
        let mut payments: BTreeMap<_, _> =
            payments.into_iter().map(|payment| (payment.id, payment)).collect();
        let paid = self.paid.into_iter().filter_map(|(billed, payment)| {
            let payment = payments.remove(&payment).filter(|payment| payment.job_id == billed.job);
            payment.map(|payment| PulledPayment { pos: billed.pos, payment })
        });
        Ok((lines, paid.collect()))
    }
}
