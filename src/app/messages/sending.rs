//! Taking what is due, and writing down what became of it.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use uuid::Uuid;

use super::{
    super::{Command, Ctx, Error, Unit, referrals},
    DELIVERY,
    texts::{self, Prepared},
};
use crate::{
    domain::{
        events,
        ids::MessageId,
        messages::{AttemptCode, Next, Outcome, Outgoing, next},
        referrals::DeliveryStatus,
        span::Instant,
        webhooks::FAILURES_MIN,
    },
    store::{
        self, Tx,
        messages::{Receiver, Taken},
    },
};

/// How long a taken message is nobody else's, in seconds: longer than any attempt lasts.
const TAKEN_S: i64 = 120;
/// Receivers looked at in one round.
const RECEIVERS_MAX: i64 = 500;

/// A message taken to be sent.
#[derive(Debug, Clone)]
pub struct Claim {
    taken: Taken,
    notice: Option<referrals::Tried>,
    flight: Flight,
}

/// Whom something is being sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flight {
    /// Whom.
    pub receiver: Uuid,
    /// Whether several attempts in a row have failed there.
    pub failing: bool,
}

impl Claim {
    /// The message.
    #[must_use]
    pub fn id(&self) -> MessageId {
        self.taken.id
    }

    /// Whom it goes to.
    #[must_use]
    pub fn flight(&self) -> Flight {
        self.flight
    }
}

/// What this node may still begin to send.
#[derive(Debug, Clone, Copy)]
pub struct Room<'r> {
    /// What it is sending, and whom to.
    pub under_way: &'r HashMap<MessageId, Flight>,
    /// Sendings at once at most.
    pub at_once_max: usize,
    /// To one receiver at once at most.
    pub to_one_max: usize,
    /// To receivers that fail at once at most: the others must always find room.
    pub to_failing_max: usize,
}

/// Takes what is due and there is room for; answers it with what is to be sent, and nothing only when nothing is left to
/// be begun. What nobody needs any more is dropped.
pub async fn take(ctx: &Ctx, room: Room<'_>) -> Result<Vec<(Claim, Outgoing)>, Error> {
    loop {
        let picked = pick(ctx, room).await?;
        if picked.is_empty() {
            return Ok(Vec::new());
        }
        let now = ctx.now();
        let mut tx = ctx.db().write().await?;
        let mut taken = Vec::new();
        for (id, flight) in picked {
            let found = store::messages::take(&mut tx, id, now, now + TimeDelta::seconds(TAKEN_S)).await?;
            taken.extend(found.map(|found| (found, flight)));
        }
        tx.commit().await?;
        let ready = prepare(ctx, taken).await?;
        if !ready.is_empty() {
            return Ok(ready);
        }
    }
}

/// Says what is to be sent. One that cannot be written must not keep back the others: that was an attempt of it.
async fn prepare(ctx: &Ctx, taken: Vec<(Taken, Flight)>) -> Result<Vec<(Claim, Outgoing)>, Error> {
    let (mut ready, mut failed) = (Vec::new(), Vec::new());
    for (taken, flight) in taken {
        match texts::prepare(ctx, &taken).await {
            Ok(Some(Prepared { outgoing, notice })) => {
                ready.push((Claim { taken, notice, flight }, outgoing));
            }
            Ok(None) => drop_one(ctx, taken.id).await?,
            Err(error) => {
                let message = taken.id;
                tracing::error!(error = &error as &dyn std::error::Error, %message, "cannot write a message");
                failed.push((Claim { taken, notice: None, flight }, Outcome::of(AttemptCode::Failed)));
            }
        }
    }
    record(ctx, &failed).await?;
    Ok(ready)
}

async fn drop_one(ctx: &Ctx, id: MessageId) -> Result<(), Error> {
    let mut tx = ctx.db().write().await?;
    store::messages::drop(&mut tx, id, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// What is due, as far as there is room, the same share for every receiver.
async fn pick(ctx: &Ctx, room: Room<'_>) -> Result<Vec<(MessageId, Flight)>, Error> {
    let now = ctx.now();
    let mut tx = ctx.db().glance().await?;
    let due = store::messages::due_receivers(&mut tx, now, RECEIVERS_MAX).await?;
    let mut left = room.at_once_max.saturating_sub(room.under_way.len());
    let to_failing = room.under_way.values().filter(|flight| flight.failing).count();
    let mut left_failing = room.to_failing_max.saturating_sub(to_failing);
    let mut picked = Vec::new();
    for due in due {
        let flight = Flight { receiver: due.receiver, failing: due.failing };
        let busy = room.under_way.values().filter(|flight| flight.receiver == due.receiver).count();
        let most = if due.failing { left_failing.min(1) } else { room.to_one_max };
        let free = most.saturating_sub(busy).min(left);
        if free == 0 {
            continue;
        }
        // What is under way may look due again: the clock has passed the end of its time.
        let limit = i64::try_from(free + busy).unwrap_or(i64::MAX);
        let ids = store::messages::due(&mut tx, due.receiver, now, limit).await?;
        let ids: Vec<_> = ids.into_iter().filter(|id| !room.under_way.contains_key(id)).take(free).collect();
        left -= ids.len();
        if due.failing {
            left_failing -= ids.len();
        }
        picked.extend(ids.into_iter().map(|id| (id, flight)));
    }
    Ok(picked)
}

/// When something is due next, beyond what is due now.
pub async fn next_due(ctx: &Ctx) -> Result<Option<Instant>, Error> {
    let mut tx = ctx.db().glance().await?;
    Ok(store::messages::next_due(&mut tx, ctx.now()).await?)
}

/// Gives back what was taken and not sent: the service stops.
pub async fn give_back(ctx: &Ctx, ids: impl Iterator<Item = MessageId>) -> Result<(), Error> {
    let mut tx = ctx.db().write().await?;
    for id in ids {
        store::messages::give_back(&mut tx, id, ctx.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// Writes down what became of attempts: most of them in one transaction, those that others must hear of in their own.
/// Answers which are still to be written down: what is in somebody's hands, or fails by itself, keeps back no other.
pub async fn record(ctx: &Ctx, done: &[(Claim, Outcome)]) -> Result<BTreeSet<MessageId>, Error> {
    let (mut quiet, mut told) = (Vec::new(), Vec::new());
    for (claim, outcome) in done {
        let taken = &claim.taken;
        let [random] = ctx.random();
        let next = next(*outcome, taken.attempts + 1, taken.attempts_before, ctx.now(), random);
        let is_told = next == Next::Dead || (next == Next::Sent && claim.notice.is_some());
        if is_told { &mut told } else { &mut quiet }.push((claim, *outcome, next));
    }
    let mut left = BTreeSet::new();
    for (claim, outcome, next) in told {
        let command = Command::new(DELIVERY, (claim.clone(), outcome, next));
        let settled = ctx.transact(command, |unit, (claim, outcome, next)| {
            Box::pin(settle_in(unit, claim, *outcome, *next))
        });
        if let Err(error) = by_itself(settled.await, claim.id(), &mut left)? {
            let message = claim.id();
            tracing::error!(error = &error as &dyn std::error::Error, %message, "nobody is told of an attempt");
            quiet.push((claim, outcome, next));
        }
    }
    match write_all(ctx, &quiet).await {
        Err(Error::Overloaded) => Err(Error::Overloaded),
        Ok(()) => Ok(left),
        Err(_) => {
            // One of them fails: each by itself.
            for one in &quiet {
                let message = one.0.id();
                let written = write_all(ctx, std::slice::from_ref(one)).await;
                if let Err(error) = by_itself(written, message, &mut left)? {
                    // It is due again when its time is over.
                    tracing::error!(error = &error as &dyn std::error::Error, %message, "an attempt is lost");
                }
            }
            Ok(left)
        }
    }
}

/// What came of one by itself: what was in somebody's hands is left for later.
fn by_itself(
    written: Result<(), Error>,
    id: MessageId,
    left: &mut BTreeSet<MessageId>,
) -> Result<Result<(), Error>, Error> {
    match written {
        Err(Error::Overloaded) => Err(Error::Overloaded),
        Err(Error::TimedOut) => {
            left.insert(id);
            Ok(Ok(()))
        }
        other => Ok(other),
    }
}

async fn write_all(ctx: &Ctx, all: &[(&Claim, Outcome, Next)]) -> Result<(), Error> {
    if all.is_empty() {
        return Ok(());
    }
    let now = ctx.now();
    let mut tx = ctx.db().write().await?;
    for (claim, outcome, next) in all {
        write(&mut tx, &claim.taken, *outcome, *next, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Writes one attempt and how its receiver is; whether the message had not gone on meanwhile.
async fn write(
    tx: &mut Tx,
    taken: &Taken,
    outcome: Outcome,
    next: Next,
    now: Instant,
) -> Result<bool, Error> {
    if !store::messages::tried(tx, taken, outcome, next, now).await? {
        return Ok(false);
    }
    if let Receiver::Webhook(webhook) = taken.receiver {
        match outcome.code {
            AttemptCode::Delivered => store::webhooks::succeeded(tx, webhook).await?,
            AttemptCode::Gone => store::webhooks::pause(tx, webhook).await?,
            _ => store::webhooks::failed(tx, webhook, FAILURES_MIN).await?,
        }
    }
    Ok(true)
}

async fn settle_in(unit: &mut Unit, claim: &Claim, outcome: Outcome, next: Next) -> Result<(), Error> {
    let taken = &claim.taken;
    if !write(&mut unit.tx, taken, outcome, next, unit.now).await? {
        return Ok(());
    }
    if next == Next::Dead {
        unit.emit(events::MessageDied {
            message: taken.id,
            receiver: taken.receiver.id(),
            code: outcome.code,
            attempts: taken.attempts + 1,
        });
    }
    let (Some(notice), Receiver::Referral(referral)) = (&claim.notice, taken.receiver) else { return Ok(()) };
    let delivery_status = if next == Next::Sent { DeliveryStatus::Sent } else { DeliveryStatus::Failed };
    let tried = referrals::Tried { delivery_status, ..notice.clone() };
    match referrals::attempt_in(unit, referral, &tried).await {
        // The referral was closed meanwhile: nobody waits for the attempt.
        Ok(_) | Err(Error::Refused(_) | Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
