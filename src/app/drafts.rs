//! Drafts: what was typed in a call is always kept, until it is a case.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        ids::CallId,
        refusal::{CallRefused, Refusal},
    },
    store,
};

/// Longest draft, in bytes of JSON.
pub const DRAFT_BYTES_MAX: usize = 64 * 1024;

/// A draft.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Draft {
    /// The call.
    pub call_id: CallId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// What was typed: any object.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
}

/// Saves a draft: the first one, or over the version that was seen.
pub async fn save(
    ctx: &Ctx,
    call: CallId,
    seen: Option<i64>,
    command: Command<Map<String, Value>>,
) -> Result<Draft, Error> {
    let command = command.map(|body| (call, seen, body));
    ctx.transact(command, |unit, (call, seen, body)| Box::pin(save_in(unit, *call, *seen, body))).await
}

async fn save_in(
    unit: &mut Unit,
    id: CallId,
    seen: Option<i64>,
    body: &Map<String, Value>,
) -> Result<Draft, Error> {
    let text = serde_json::to_string(body).map_err(|error| Error::Internal(error.to_string()))?;
    if text.len() > DRAFT_BYTES_MAX {
        let message = format!("is {} bytes of JSON; at most {DRAFT_BYTES_MAX}", text.len());
        return Err(Refusal::field("body", message).into());
    }
    let call = store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?;
    if call.case_id.is_some() {
        return Err(Error::Refused(CallRefused::NoDraft.into()));
    }
    let known = store::drafts::find(&mut unit.tx, id).await?.map_or(0, |draft| draft.version);
    if seen.unwrap_or(0) != known {
        return Err(Error::VersionMismatch { what: "draft", current: known });
    }
    let draft = store::drafts::Draft { version: known + 1, body: text, saved_at: unit.now };
    let by = unit.actor.token().map(|token| token.0);
    if known == 0 {
        store::drafts::insert(&mut unit.tx, id, &draft, by).await.map_err(Error::in_the_way)?;
    } else if !store::drafts::save(&mut unit.tx, id, &draft, by).await? {
        return Err(Error::Conflict);
    }
    Ok(Draft { call_id: id, version: draft.version, body: body.clone(), saved_at: draft.saved_at })
}

/// The draft of a call.
pub async fn find(ctx: &Ctx, call: CallId) -> Result<Draft, Error> {
    let mut tx = ctx.db().read().await?;
    let draft = store::drafts::find(&mut tx, call).await?.ok_or(Error::NotFound("draft"))?;
    let body = serde_json::from_str(&draft.body).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Draft { call_id: call, version: draft.version, body, saved_at: draft.saved_at })
}
