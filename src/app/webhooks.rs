//! Webhooks: made, changed, deleted, given new secrets, by the service's administrators or by a firm for itself.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        actor::{Actor, Scope},
        events::{self, Kind},
        ids::{FirmId, WebhookId},
        refusal::{OfficeRefused, Refusal},
        webhooks::{OF_OWNER_MAX, OLD_SECRET_HOURS, Webhook, WebhookState, check_kinds},
    },
    store::{self, messages::Receiver},
};

/// What a secret begins with (Standard Webhooks).
const SECRET_PREFIX: &str = "whsec_";

/// What is said of a webhook.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Where to.
    pub url: String,
    /// What is told.
    pub kinds: Vec<Kind>,
    /// Whether messages wait.
    pub state: WebhookState,
}

/// A webhook with a new secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Made {
    /// The webhook.
    pub webhook: Webhook,
    /// Its new secret, this once: it is not remembered, so a repeated request gets the webhook without it.
    #[serde(skip)]
    pub secret: Option<String>,
}

/// Makes a webhook. A firm makes its own; an administrator the service's, or a firm's for it.
pub async fn make(ctx: &Ctx, firm: Option<FirmId>, command: Command<Profile>) -> Result<Made, Error> {
    let command = command.map(|profile| (firm, profile));
    ctx.transact(command, |unit, (firm, profile)| Box::pin(make_in(unit, *firm, profile))).await
}

async fn make_in(unit: &mut Unit, firm: Option<FirmId>, profile: &Profile) -> Result<Made, Error> {
    let firm_id = match unit.actor.scope() {
        Scope::Firm(own) if firm.is_none_or(|firm| firm == own) => Some(own),
        Scope::Firm(_) => return Err(no_firm()),
        _ => firm,
    };
    if let Some(firm) = firm_id {
        store::firms::find(&mut unit.tx, firm).await?.ok_or_else(no_firm)?;
    }
    check(unit, profile)?;
    let count = store::webhooks::hold_owner(&mut unit.tx, firm_id).await?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= OF_OWNER_MAX {
        return Err(Error::Refused(OfficeRefused::TooManyWebhooks.into()));
    }
    let webhook = Webhook {
        id: unit.id(),
        version: 1,
        firm_id,
        url: profile.url.clone(),
        kinds: check_kinds(firm_id, &profile.kinds)?,
        state: profile.state,
        failures: 0,
        created_at: unit.now,
    };
    store::webhooks::insert(&mut unit.tx, &webhook).await?;
    let secret = new_secret(unit, webhook.id).await?;
    unit.emit(events::WebhookMade { webhook: webhook.id, firm: firm_id });
    Ok(Made { webhook, secret: Some(secret) })
}

fn no_firm() -> Error {
    Refusal::field("firm_id", "no such firm").into()
}

fn check(unit: &Unit, profile: &Profile) -> Result<(), Error> {
    let receivers = unit.ctx.receivers();
    receivers.check(&profile.url).map_err(|error| Refusal::field("url", error.to_string()))?;
    match profile.state {
        WebhookState::Active | WebhookState::Paused => Ok(()),
        _ => Err(Refusal::field("state", "can be set to active or paused").into()),
    }
}

async fn new_secret(unit: &mut Unit, id: WebhookId) -> Result<String, Error> {
    let secret = unit.random::<32>();
    let old_until = unit.now + TimeDelta::hours(OLD_SECRET_HOURS);
    store::webhooks::add_secret(&mut unit.tx, id, &secret, unit.now, old_until).await?;
    Ok(format!("{SECRET_PREFIX}{}", STANDARD.encode(secret)))
}

/// Changes a webhook the caller has seen at `version`. What is made active starts without failures.
pub async fn change(
    ctx: &Ctx,
    id: WebhookId,
    version: i64,
    command: Command<Profile>,
) -> Result<Webhook, Error> {
    let command = command.map(|profile| (id, version, profile));
    ctx.transact(command, |unit, (id, version, profile)| Box::pin(change_in(unit, *id, *version, profile)))
        .await
}

async fn change_in(
    unit: &mut Unit,
    id: WebhookId,
    version: i64,
    profile: &Profile,
) -> Result<Webhook, Error> {
    let before = own(unit, id).await?;
    check(unit, profile)?;
    let kinds = check_kinds(before.firm_id, &profile.kinds)?;
    let url = profile.url.clone();
    let webhook = Webhook { version, url, kinds, state: profile.state, failures: 0, ..before.clone() };
    save(unit, &webhook, &before).await?;
    unit.emit(events::WebhookChanged { webhook: id, state: webhook.state });
    Ok(Webhook { version: version + 1, ..webhook })
}

async fn own(unit: &mut Unit, id: WebhookId) -> Result<Webhook, Error> {
    let found = store::webhooks::find(&mut unit.tx, id).await?;
    found.filter(|webhook| webhook.is_of(&unit.actor)).ok_or(Error::NotFound("webhook"))
}

async fn save(unit: &mut Unit, webhook: &Webhook, before: &Webhook) -> Result<(), Error> {
    if store::webhooks::update(&mut unit.tx, webhook).await? {
        return Ok(());
    }
    Err(Error::VersionMismatch { what: "webhook", current: before.version })
}

/// Deletes a webhook the caller has seen at `version`: what has not arrived is dropped, its secrets are gone.
pub async fn delete(ctx: &Ctx, version: i64, command: Command<WebhookId>) -> Result<Webhook, Error> {
    let command = command.map(|id| (id, version));
    ctx.transact(command, |unit, (id, version)| Box::pin(delete_in(unit, *id, *version))).await
}

async fn delete_in(unit: &mut Unit, id: WebhookId, version: i64) -> Result<Webhook, Error> {
    let before = own(unit, id).await?;
    let webhook = Webhook { version, state: WebhookState::Deleted, ..before.clone() };
    save(unit, &webhook, &before).await?;
    store::webhooks::forget_secrets(&mut unit.tx, id).await?;
    store::messages::drop_all(&mut unit.tx, Receiver::Webhook(id), unit.now).await?;
    unit.emit(events::WebhookDeleted { webhook: id });
    Ok(Webhook { version: version + 1, ..webhook })
}

/// Gives a webhook a new secret. The old one signs beside it for a day, so that the receiver can change over.
pub async fn rotate(ctx: &Ctx, command: Command<WebhookId>) -> Result<Made, Error> {
    ctx.transact(command, |unit, id| Box::pin(rotate_in(unit, *id))).await
}

async fn rotate_in(unit: &mut Unit, id: WebhookId) -> Result<Made, Error> {
    own(unit, id).await?;
    let webhook = store::webhooks::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("webhook"))?;
    let secret = new_secret(unit, id).await?;
    unit.emit(events::WebhookSecretAdded { webhook: id });
    Ok(Made { webhook, secret: Some(secret) })
}

/// The webhook, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: WebhookId) -> Result<Webhook, Error> {
    let mut tx = ctx.db().read().await?;
    let found = store::webhooks::find(&mut tx, id).await?;
    found.filter(|webhook| webhook.is_of(actor)).ok_or(Error::NotFound("webhook"))
}

/// The webhooks after `after` that are the actor's to see, oldest first.
pub async fn list(ctx: &Ctx, actor: &Actor, after: Uuid, limit: i64) -> Result<Vec<Webhook>, Error> {
    let own = match actor.scope() {
        Scope::All => None,
        Scope::Firm(firm) => Some(firm),
        Scope::Technician(..) | Scope::Nothing => return Ok(Vec::new()),
    };
    let mut tx = ctx.db().read().await?;
    Ok(store::webhooks::list(&mut tx, own, after, limit).await?)
}
