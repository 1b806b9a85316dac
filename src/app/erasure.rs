//! A case without its people: on request, or because its time is over. Events, decisions, facts and the ledger stay as
//! they are, and the chain over them holds.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Command, Ctx, Error, Unit, alarms, evidence};
use crate::{
    domain::{
        cases::CaseState,
        events,
        evidence::ErasedFor,
        ids::CaseId,
        refusal::{CaseRefused, Refusal},
        retention::{ErasureReason, LegalGround, check_erasure},
    },
    store,
};

/// What was taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Erased {
    /// The case.
    pub case_id: CaseId,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// Why.
    pub reason: ErasureReason,
    /// Pictures erased with it.
    pub pictures: usize,
}

/// Why a case is erased on request.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The reason.
    pub reason: ErasureReason,
    /// What demands it while something of the case is still open.
    pub despite: Option<LegalGround>,
}

/// Erases the people, the place, the texts and the pictures of a closed case, because somebody has asked.
pub async fn erase(ctx: &Ctx, case: CaseId, command: Command<Asked>) -> Result<Erased, Error> {
    let command = command.map(|asked| (case, asked));
    let erased = ctx.transact(command, |unit, (case, asked)| Box::pin(erase_in(unit, *case, *asked))).await?;
    if let Err(error) = evidence::sweep(ctx).await {
        // The retention worker deletes what is due as well.
        tracing::warn!(error = &error as &dyn std::error::Error, "erased files are deleted later");
    }
    forget(ctx).await;
    Ok(erased)
}

/// Has what was erased leave the files of the database; what stays there leaves with the next erasure.
pub(super) async fn forget(ctx: &Ctx) {
    if let Err(error) = ctx.db().forget().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "erased rows leave the files later");
    }
}

/// Refuses to write anything about the people of a case that was erased: nothing would take it away again.
pub(super) async fn must_not_be_erased(unit: &mut Unit, case: CaseId) -> Result<(), Error> {
    match store::erasure::find(&mut unit.tx, case).await? {
        Some(_) => Err(Error::Refused(CaseRefused::Erased.into())),
        None => Ok(()),
    }
}

async fn erase_in(unit: &mut Unit, id: CaseId, asked: Asked) -> Result<Erased, Error> {
    let case = store::cases::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if case.state() != CaseState::Closed {
        return Err(Error::Refused(CaseRefused::Open.into()));
    }
    if asked.reason == ErasureReason::Retention {
        return Err(Refusal::field("reason", "is for what retention erases by itself").into());
    }
    let hold = store::erasure::hold(&mut unit.tx, id).await?;
    let needs = store::erasure::needs(&mut unit.tx, id).await?;
    check_erasure(hold, needs, asked.despite)?;
    store::erasure::answers(&mut unit.tx, id).await?;
    store::erasure::blocks(&mut unit.tx, id).await?;
    store::erasure::place(&mut unit.tx, id).await?;
    // What retention has blurred before may still be erased whole; the first reason stays on file.
    take_away(unit, id, asked, ErasedFor::Request).await
}

/// Takes the people of a guarded case away because its time is over; of the place its town is left.
pub(super) async fn outlived(unit: &mut Unit, id: CaseId) -> Result<(), Error> {
    store::erasure::blur_place(&mut unit.tx, id).await?;
    let by_itself = Asked { reason: ErasureReason::Retention, despite: None };
    take_away(unit, id, by_itself, ErasedFor::Retention).await.map(|_| ())
}

async fn take_away(
    unit: &mut Unit,
    id: CaseId,
    Asked { reason, despite }: Asked,
    cause: ErasedFor,
) -> Result<Erased, Error> {
    store::erasure::people(&mut unit.tx, id).await?;
    let pictures = store::evidence::of_case(&mut unit.tx, id).await?;
    for picture in &pictures {
        store::evidence::erase(&mut unit.tx, *picture, unit.now, cause).await?;
    }
    let by = unit.actor.token();
    store::erasure::record(&mut unit.tx, id, reason, unit.now, by).await?;
    // Nobody is left to call back or to write to.
    for subject in store::erasure::subjects(&mut unit.tx, id).await? {
        alarms::resolve_all(unit, subject, &[]).await?;
    }
    unit.emit(events::CaseErased { case: id, reason, pictures: pictures.len(), despite });
    Ok(Erased { case_id: id, erased_at: unit.now, reason, pictures: pictures.len() })
}
