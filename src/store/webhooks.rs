//! Webhooks and what their messages are signed with.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::{Bytes, Json, row},
    db::{One, query},
    search::Search,
};
use crate::domain::{
    ids::{FirmId, WebhookId},
    span::Instant,
    webhooks::Webhook,
};

row! { Webhook: id, version, firm_id, url, kinds: Json, state, failures, created_at }

/// Of a webhook.
macro_rules! columns {
    () => {
        "id, version, firm_id, url, kinds, state, failures, created_at"
    };
}

/// Keeps a new webhook.
pub async fn insert(tx: &mut Tx, webhook: &Webhook) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO webhook (id, version, firm_id, url, kinds, state, failures, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        webhook.id,
        webhook.version,
        webhook.firm_id,
        &webhook.url,
        Json(&webhook.kinds),
        webhook.state.as_str(),
        webhook.failures,
        webhook.created_at
    )?;
    Ok(())
}

/// Writes a changed webhook over the version that was read; whether it was still that version.
pub async fn update(tx: &mut Tx, webhook: &Webhook) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE webhook SET version = version + 1, url = $3, kinds = $4, state = $5, failures = $6
         WHERE id = $1 AND version = $2 AND state <> 'deleted'",
        webhook.id,
        webhook.version,
        &webhook.url,
        Json(&webhook.kinds),
        webhook.state.as_str(),
        webhook.failures
    )?;
    Ok(changed == 1)
}

/// The webhook, locked for this transaction at a new version; none that is deleted.
pub async fn lock(tx: &mut Tx, id: WebhookId) -> Result<Option<Webhook>, Error> {
    query!(
        tx,
        optional Webhook,
        concat!("UPDATE webhook SET version = version + 1 WHERE id = $1 AND state <> 'deleted'
            RETURNING ", columns!()),
        id
    )
}

/// The webhook of an id; none that is deleted.
pub async fn find(tx: &mut Tx, id: WebhookId) -> Result<Option<Webhook>, Error> {
    query!(
        tx,
        optional Webhook,
        concat!("SELECT ", columns!(), " FROM webhook WHERE id = $1 AND state <> 'deleted'"),
        id
    )
}

/// The webhooks after `after`, oldest first; only those of `own` if given.
pub async fn list(tx: &mut Tx, own: Option<FirmId>, after: Uuid, limit: i64) -> Result<Vec<Webhook>, Error> {
    let head = concat!("SELECT ", columns!(), " FROM webhook WHERE id > $1 AND state <> 'deleted'");
    let search = Search::of(tx, head).bind(after);
    search.and("firm_id = $", own).all(tx, "ORDER BY id LIMIT $", limit).await
}

/// Holds the owner until this transaction ends and counts its webhooks. The service itself is held by its cursor.
pub async fn hold_owner(tx: &mut Tx, firm: Option<FirmId>) -> Result<i64, Error> {
    let (count,) = match firm {
        Some(firm) => {
            query!(tx, execute, "UPDATE firm SET version = version WHERE id = $1", firm)?;
            query!(
                tx,
                one One<i64>,
                "SELECT CAST(COUNT(*) AS BIGINT) FROM webhook WHERE firm_id = $1 AND state <> 'deleted'",
                firm
            )?
        }
        None => {
            query!(tx, execute, "UPDATE message_cursor SET pos = pos WHERE name = 'messages'")?;
            query!(
                tx,
                one One<i64>,
                "SELECT CAST(COUNT(*) AS BIGINT) FROM webhook WHERE firm_id IS NULL AND state <> 'deleted'"
            )?
        }
    };
    Ok(count)
}

/// Puts a new secret in force beside the present one, which still counts until `old_until`; what was before is gone.
pub async fn add_secret(
    tx: &mut Tx,
    webhook: WebhookId,
    secret: &[u8; 32],
    now: Instant,
    old_until: Instant,
) -> Result<i64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM webhook_secret WHERE webhook_id = $1 AND expires_at IS NOT NULL",
        webhook
    )?;
    query!(
        tx,
        execute,
        "UPDATE webhook_secret SET expires_at = $2 WHERE webhook_id = $1 AND expires_at IS NULL",
        webhook,
        old_until
    )?;
    let (number,) = query!(
        tx,
        one One<i64>,
        "INSERT INTO webhook_secret (webhook_id, number, secret, created_at)
         VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM webhook_secret WHERE webhook_id = $1), $2, $3)
         RETURNING number",
        webhook,
        secret.as_slice(),
        now
    )?;
    Ok(number)
}

/// What messages are signed with now, newest first.
pub async fn secrets(tx: &mut Tx, webhook: WebhookId, now: Instant) -> Result<Vec<[u8; 32]>, Error> {
    let rows = query!(
        tx,
        all One<Bytes<[u8; 32]>>,
        "SELECT secret FROM webhook_secret WHERE webhook_id = $1 AND (expires_at IS NULL OR expires_at > $2)
         ORDER BY number DESC",
        webhook,
        now
    )?;
    Ok(rows.into_iter().map(|(Bytes(secret),)| secret).collect())
}

/// Deletes what messages were signed with.
pub async fn forget_secrets(tx: &mut Tx, webhook: WebhookId) -> Result<(), Error> {
    query!(tx, execute, "DELETE FROM webhook_secret WHERE webhook_id = $1", webhook)?;
    Ok(())
}

/// An attempt has arrived: a failing webhook is active again.
pub async fn succeeded(tx: &mut Tx, id: WebhookId) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE webhook SET failures = 0, version = version + CASE state WHEN 'failing' THEN 1 ELSE 0 END,
                state = CASE state WHEN 'failing' THEN 'active' ELSE state END
         WHERE id = $1 AND failures > 0 AND state <> 'deleted'",
        id
    )?;
    Ok(())
}

/// An attempt has failed: after so many in a row the webhook is failing.
pub async fn failed(tx: &mut Tx, id: WebhookId, failures_min: i64) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE webhook SET failures = failures + 1,
                version = version + CASE WHEN state = 'active' AND failures + 1 >= $2 THEN 1 ELSE 0 END,
                state = CASE WHEN state = 'active' AND failures + 1 >= $2 THEN 'failing' ELSE state END
         WHERE id = $1 AND state <> 'deleted'",
        id,
        failures_min
    )?;
    Ok(())
}

/// The receiver wants no more: the webhook waits until somebody makes it active again.
pub async fn pause(tx: &mut Tx, id: WebhookId) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE webhook SET state = 'paused', version = version + 1 WHERE id = $1 AND state IN ('active', 'failing')",
        id
    )?;
    Ok(())
}
