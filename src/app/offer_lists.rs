//! Offers as those see them who are asked.

use uuid::Uuid;

use super::{Ctx, Error};
use crate::{
    domain::{actor::Actor, ids::OfferId, offers::{Offer, OfferState}, trade::Priority},
    store::{self, Tx},
};

/// An offer with what may be known before it is accepted: what, how urgent, in which district, in which language.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The offer.
    pub offer: Offer,
    /// What is to be done.
    pub job_code: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Language to speak with the resident.
    pub language: String,
    /// Municipality and town; no address, no name.
    pub district: Option<String>,
}

async fn offered(tx: &mut Tx, offer: Offer) -> Result<Offered, Error> {
    let job = store::jobs::find(tx, offer.job_id).await?.ok_or(Error::NotFound("job"))?;
    let case = store::cases::find(tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let district = match store::cases::site(tx, job.case_id).await? {
        Some(site) => {
            store::places::name(tx, &site.jis_code).await?.map(|name| format!("{name}{}", site.town))
        }
        None => None,
    };
    Ok(Offered { offer, job_code: job.job_code, priority: job.priority, language: case.language, district })
}

/// The offer, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: OfferId) -> Result<Offered, Error> {
    let mut tx = ctx.db().read().await?;
    let found = store::offers::find(&mut tx, id).await?;
    let own = found.filter(|offer| actor.scope().covers(offer.firm_id, offer.technician_id));
    offered(&mut tx, own.ok_or(Error::NotFound("offer"))?).await
}

/// The accepted offers of the actor's for which a technician has still to be named.
pub async fn to_be_named(ctx: &Ctx, actor: &Actor, limit: i64) -> Result<Vec<Offered>, Error> {
    let mut tx = ctx.db().read().await?;
    let mut found = Vec::new();
    for offer in store::offers::to_be_named(&mut tx, actor.scope(), limit).await? {
        found.push(offered(&mut tx, offer).await?);
    }
    Ok(found)
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
    let mut found = Vec::new();
    for offer in store::offers::list(&mut tx, actor.scope(), state, after, limit).await? {
        found.push(offered(&mut tx, offer).await?);
    }
    Ok(found)
}
