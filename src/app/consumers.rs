//! Billing consumers: made by an administrator, never deleted.

use uuid::Uuid;

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        actor::Actor,
        consumers::{BillingAcknowledgement, Consumer},
        events,
        ids::ConsumerId,
        refusal::MoneyRefused,
    },
    store::{self, Tx},
};

/// Makes a consumer of a name that no other has. It begins before the first line there is.
pub async fn create(ctx: &Ctx, command: Command<String>) -> Result<Consumer, Error> {
    ctx.transact(command, |unit, name| Box::pin(create_in(unit, name))).await
}

async fn create_in(unit: &mut Unit, name: &str) -> Result<Consumer, Error> {
    if store::consumers::is_named(&mut unit.tx, name).await? {
        return Err(Error::Refused(MoneyRefused::ConsumerExists.into()));
    }
    let consumer = Consumer {
        id: unit.id(),
        version: 1,
        name: name.to_owned(),
        acknowledged_pos: 0,
        created_at: unit.now,
    };
    store::consumers::insert(&mut unit.tx, &consumer).await.map_err(Error::in_the_way)?;
    unit.emit(events::ConsumerCreated { consumer: consumer.id });
    Ok(consumer)
}

/// Acknowledges everything up to a position of the feed. The same again changes nothing.
pub async fn acknowledge(
    ctx: &Ctx,
    id: ConsumerId,
    command: Command<i64>,
) -> Result<BillingAcknowledgement, Error> {
    let command = command.map(|pos| (id, pos));
    ctx.transact(command, |unit, (id, pos)| Box::pin(acknowledge_in(unit, *id, *pos))).await
}

async fn acknowledge_in(unit: &mut Unit, id: ConsumerId, pos: i64) -> Result<BillingAcknowledgement, Error> {
    let before = visible(&mut unit.tx, &unit.actor, id).await?;
    let head = store::feed::head(&mut unit.tx).await?;
    let consumer = before.clone().acknowledge(pos, head.pos)?;
    let answer =
        |consumer| BillingAcknowledgement { consumer, head_pos: head.pos, head_hash: hex::encode(head.hash) };
    if consumer == before {
        return Ok(answer(consumer));
    }
    if !store::consumers::save(&mut unit.tx, &consumer).await? {
        return Err(Error::Conflict);
    }
    unit.emit(events::ConsumerAcknowledged { consumer: id, pos });
    Ok(answer(Consumer { version: consumer.version + 1, ..consumer }))
}

/// The consumer, if it is the actor's to see.
pub(super) async fn visible(tx: &mut Tx, actor: &Actor, id: ConsumerId) -> Result<Consumer, Error> {
    let found = store::consumers::find(tx, id).await?;
    found.filter(|consumer| consumer.is_visible_to(actor)).ok_or(Error::NotFound("billing consumer"))
}

/// The consumer of an id, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: ConsumerId) -> Result<Consumer, Error> {
    let mut tx = ctx.db().read().await?;
    visible(&mut tx, actor, id).await
}

/// The consumers after `after`, oldest first.
pub async fn list(ctx: &Ctx, after: Uuid, limit: i64) -> Result<Vec<Consumer>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::consumers::list(&mut tx, after, limit).await?)
}
