//! Messages: what happened, told to those who asked for it. `spread` turns the feed into one message for each receiver;
//! `sending` takes what is due, says what is to be sent, and writes down what became of it. The sending itself is the
//! delivery worker's, outside any transaction: a receiver that is slow or dead delays nobody else.

mod sending;
mod spread;
mod texts;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        actor::{Actor, Scope},
        events::{self, Extent, Replayed},
        ids::{FirmId, JobId, MessageId, WebhookId},
        messages::{DeliveryAttempt, JobMessage, Message, MessageState},
        refusal::OfficeRefused,
    },
    store::{self, Tx, messages::Filter},
};

pub use sending::{Claim, Flight, Room, give_back, next_due, record, take};
pub use spread::{Mailing, spread};

/// The name under which the delivery acts.
const DELIVERY: Actor = Actor::Service("delivery");

/// Messages about one job at most.
const OF_JOB_MAX: i64 = 1_000;

/// A message with its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// The message.
    pub message: Message,
    /// Its attempts, oldest first.
    pub attempts: Vec<DeliveryAttempt>,
}

/// Whose messages the actor may see: everybody's or one firm's.
fn own(actor: &Actor) -> Option<Option<FirmId>> {
    match actor.scope() {
        Scope::All => Some(None),
        Scope::Firm(firm) => Some(Some(firm)),
        Scope::Technician(..) | Scope::Nothing => None,
    }
}

/// The messages after `after` that are the actor's to see, oldest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    webhook: Option<WebhookId>,
    state: Option<MessageState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    let Some(firm) = own(actor) else { return Ok(Vec::new()) };
    let mut tx = ctx.db().read().await?;
    Ok(store::messages::list(&mut tx, Filter { firm, webhook, state }, after, limit).await?)
}

/// The message, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: MessageId) -> Result<Whole, Error> {
    let firm = own(actor).ok_or(Error::NotFound("message"))?;
    let mut tx = ctx.db().read().await?;
    let message = store::messages::find(&mut tx, id, firm).await?.ok_or(Error::NotFound("message"))?;
    let attempts = store::messages::attempts(&mut tx, id).await?;
    Ok(Whole { message, attempts })
}

/// The messages about a job that are the actor's to see, oldest first; the first [`OF_JOB_MAX`].
pub async fn of_job(ctx: &Ctx, actor: &Actor, job: JobId) -> Result<Vec<JobMessage>, Error> {
    let mut tx = ctx.db().read().await?;
    super::seen::seen(&mut tx, actor, job).await?;
    about_job(&mut tx, actor, job).await
}

/// The same of a job that is the actor's to see.
pub(super) async fn about_job(tx: &mut Tx, actor: &Actor, job: JobId) -> Result<Vec<JobMessage>, Error> {
    let Some(firm) = own(actor) else { return Ok(Vec::new()) };
    Ok(store::messages::of_job(tx, job, firm, OF_JOB_MAX).await?)
}

/// Has a dead message tried anew.
pub async fn replay(ctx: &Ctx, command: Command<MessageId>) -> Result<Message, Error> {
    ctx.transact(command, |unit, id| Box::pin(replay_in(unit, *id))).await
}

async fn replay_in(unit: &mut Unit, id: MessageId) -> Result<Message, Error> {
    let missing = || Error::NotFound("message");
    let firm = own(&unit.actor).ok_or_else(missing)?;
    let before = store::messages::find(&mut unit.tx, id, firm).await?.ok_or_else(missing)?;
    if !store::messages::replay(&mut unit.tx, id, unit.now).await? {
        return Err(Error::Refused(OfficeRefused::MessageNotDead(before.state).into()));
    }
    let extent = Extent::One { webhook: before.webhook_id };
    unit.emit(events::MessageReplayed { replayed: Replayed::Message(id), extent });
    store::messages::find(&mut unit.tx, id, firm).await?.ok_or_else(missing)
}

/// Has every dead message of a webhook tried anew; how many.
pub async fn replay_all(ctx: &Ctx, command: Command<WebhookId>) -> Result<u64, Error> {
    ctx.transact(command, |unit, id| Box::pin(replay_all_in(unit, *id))).await
}

async fn replay_all_in(unit: &mut Unit, id: WebhookId) -> Result<u64, Error> {
    let found = store::webhooks::find(&mut unit.tx, id).await?;
    found.filter(|webhook| webhook.is_of(&unit.actor)).ok_or(Error::NotFound("webhook"))?;
    let count = store::messages::replay_all(&mut unit.tx, id, unit.now).await?;
    if count > 0 {
        let extent = Extent::Messages { messages: count };
        unit.emit(events::MessageReplayed { replayed: Replayed::Webhook(id), extent });
    }
    Ok(count)
}
