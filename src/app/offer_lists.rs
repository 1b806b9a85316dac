//! Offers as they are listed: each with what may be known of its job before it is accepted.

use uuid::Uuid;

use super::{Ctx, Error};
use crate::{
    domain::{actor::Actor, ids::OfferId, offers::OfferState},
    store::offer_lists,
};

pub use crate::store::offer_lists::Offered;

/// The offer, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: OfferId) -> Result<Offered, Error> {
    let mut tx = ctx.db().read().await?;
    let found = offer_lists::find(&mut tx, id).await?;
    let own = found.filter(|one| actor.scope().covers(one.offer.firm_id, one.offer.technician_id));
    own.ok_or(Error::NotFound("offer"))
}

/// The offers after `after` that are the actor's to see, oldest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    state: Option<OfferState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Offered>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(offer_lists::list(&mut tx, actor.scope(), state, after, limit).await?)
}
