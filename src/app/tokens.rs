//! Access tokens: 256 random bits, shown once, stored as SHA-256.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        actor::{Actor, Role},
        events,
        firms::Standing,
        ids::{ConsumerId, FirmId, TechnicianId, TokenId},
        refusal::Refusal,
        span::Instant,
        tokens::{Grant, LastAdministrator, Token},
    },
    store,
};

/// What makes a secret of ours recognisable to scanners for leaked secrets.
const PREFIX: &str = "kkt_";

/// A token just issued.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Issued {
    /// The token.
    pub token: Token,
    /// Its secret, this once: it is not remembered, so a repeated request gets the token without it.
    #[serde(skip)]
    pub secret: Option<String>,
}

/// A token to be issued.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Whom or what it is for.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// For the role firm.
    pub firm_id: Option<FirmId>,
    /// For the role technician; the firm follows from it.
    pub technician_id: Option<TechnicianId>,
    /// For the role billing.
    pub consumer_id: Option<ConsumerId>,
    /// When it stops counting.
    pub expires_at: Option<Instant>,
}

/// Issues a token.
pub async fn issue(ctx: &Ctx, command: Command<Issue>) -> Result<Issued, Error> {
    ctx.transact(command, |unit, body| Box::pin(issue_in(unit, body))).await
}

async fn issue_in(unit: &mut Unit, body: &Issue) -> Result<Issued, Error> {
    let Issue { role, firm_id, technician_id, consumer_id, .. } = *body;
    let grant = grant(&mut unit.tx, role, firm_id, technician_id, consumer_id).await?;
    let secret = secret(&unit.ctx);
    let token = Token {
        id: unit.id(),
        name: body.name.clone(),
        grant,
        standing: Standing::Active,
        created_at: unit.now,
        expires_at: body.expires_at,
        revoked_at: None,
    };
    let token = insert(unit, &token, &digest(&secret)).await?;
    unit.emit(events::TokenIssued { token: token.id, role: body.role });
    Ok(Issued { token, secret: Some(secret) })
}

/// Keeps a token and reads it again, with how whom it is bound to stands; refuses one that is bound to what is not there.
pub(super) async fn insert(unit: &mut Unit, token: &Token, digest: &[u8; 32]) -> Result<Token, Error> {
    store::tokens::insert(&mut unit.tx, token, digest).await.map_err(|error| match error {
        store::Error::Missing(_) => match token.grant {
            Grant::Billing { .. } => Refusal::field("consumer_id", "no such billing consumer").into(),
            _ => Refusal::field("firm_id", "no such firm").into(),
        },
        other => Error::from(other),
    })?;
    store::tokens::find(&mut unit.tx, token.id).await?.ok_or(Error::NotFound("token"))
}

/// The role with what it is bound to; a technician's firm is looked up.
pub async fn grant(
    tx: &mut store::Tx,
    role: Role,
    firm_id: Option<FirmId>,
    technician_id: Option<TechnicianId>,
    consumer_id: Option<ConsumerId>,
) -> Result<Grant, Error> {
    let firm_id = match (firm_id, technician_id) {
        (None, Some(technician)) => Some(
            store::tokens::firm_of(tx, technician)
                .await?
                .ok_or_else(|| Refusal::field("technician_id", "no such technician"))?,
        ),
        (firm_id, _) => firm_id,
    };
    Ok(Grant::new(role, firm_id, technician_id, consumer_id)?)
}

/// Revokes a token, at once and for good. Revoking it again changes nothing.
pub async fn revoke(ctx: &Ctx, last: LastAdministrator, command: Command<TokenId>) -> Result<Token, Error> {
    let command = command.map(|id| (id, last));
    ctx.transact(command, |unit, (id, last)| Box::pin(revoke_in(unit, *id, *last))).await
}

async fn revoke_in(unit: &mut Unit, id: TokenId, last: LastAdministrator) -> Result<Token, Error> {
    let is_new = store::tokens::revoke(&mut unit.tx, id, unit.now).await?;
    let token = store::tokens::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("token"))?;
    if is_new {
        leave_one(unit, &token, last).await?;
        unit.emit(events::TokenRevoked { token: id });
    }
    Ok(token)
}

/// Takes back what has closed the last way in of an administrator, unless that is meant. Looked at after the token is
/// revoked: of two who close the last two, one has to wait for the other.
pub(super) async fn leave_one(unit: &mut Unit, taken: &Token, last: LastAdministrator) -> Result<(), Error> {
    let left = store::tokens::administrators(&mut unit.tx, unit.now).await?;
    Ok(last.allows(taken, &left)?)
}

/// The tokens after `after`, oldest first.
pub async fn list(ctx: &Ctx, after: Uuid, limit: i64) -> Result<Vec<Token>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::tokens::list(&mut tx, after, limit).await?)
}

/// Who a secret belongs to; nobody when it is unknown, revoked or expired.
pub async fn authenticate(ctx: &Ctx, secret: &str) -> Result<Option<Actor>, Error> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let mut tx = ctx.db().glance().await?;
    let token = store::tokens::by_digest(&mut tx, &digest(secret)).await?;
    Ok(token.filter(|token| token.is_live(ctx.now())).map(|token| token.actor()))
}

/// A fresh secret.
pub(super) fn secret(ctx: &Ctx) -> String {
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(ctx.random::<32>()))
}

/// A fast hash is right here: the secret is 256 random bits, not a password somebody chose.
pub(super) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
