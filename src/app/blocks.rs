//! Blocked pairs: made and ended by the desk, obeyed by the matching.

use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, standing};
use crate::{
    domain::{
        blocks::{Block, BlockReason, Blocked},
        events,
        ids::BlockId,
        phone::Phone,
        refusal::Refusal,
    },
    store,
};

/// A pair to be kept apart.
#[derive(Debug, Clone)]
pub struct New {
    /// Who is not sent.
    pub blocked: Blocked,
    /// The resident's telephone number.
    pub phone: Phone,
    /// Why.
    pub reason: BlockReason,
}

/// Keeps a pair apart from now on.
pub async fn make(ctx: &Ctx, command: Command<New>) -> Result<Block, Error> {
    ctx.transact(command, |unit, new| Box::pin(make_in(unit, new))).await
}

async fn make_in(unit: &mut Unit, new: &New) -> Result<Block, Error> {
    let (firm_id, technician_id) = match new.blocked {
        Blocked::Firm(firm) => {
            let known = store::firms::find(&mut unit.tx, firm).await?;
            known.ok_or_else(|| Refusal::field("firm_id", "no such firm"))?;
            (Some(firm), None)
        }
        Blocked::Technician(technician) => {
            let known = store::technicians::find(&mut unit.tx, technician).await?;
            known.ok_or_else(|| Refusal::field("technician_id", "no such technician"))?;
            (None, Some(technician))
        }
    };
    let block = Block {
        id: unit.id(),
        version: 1,
        firm_id,
        technician_id,
        phone: Some(new.phone.clone()),
        reason: new.reason,
        created_at: unit.now,
        ended_at: None,
    };
    store::blocks::insert(&mut unit.tx, &block, &new.phone).await?;
    touch(unit, new.blocked).await?;
    unit.emit(events::BlockMade { blocked: new.blocked, block: block.id, reason: block.reason });
    standing::blocked(unit, new.blocked).await?;
    Ok(block)
}

/// Whoever decides meanwhile by what keeps them from a resident decides again.
pub(super) async fn touch(unit: &mut Unit, blocked: Blocked) -> Result<(), Error> {
    match blocked {
        Blocked::Firm(firm) => store::firms::touch(&mut unit.tx, firm).await?,
        Blocked::Technician(technician) => store::technicians::touch(&mut unit.tx, technician).await?,
    }
    Ok(())
}

/// Ends a block the caller has seen at `version`; the record stays.
pub async fn end(ctx: &Ctx, version: i64, command: Command<BlockId>) -> Result<Block, Error> {
    let command = command.map(|id| (id, version));
    ctx.transact(command, |unit, (id, version)| Box::pin(end_in(unit, *id, *version))).await
}

async fn end_in(unit: &mut Unit, id: BlockId, version: i64) -> Result<Block, Error> {
    let block = store::blocks::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("block"))?;
    if block.version != version {
        return Err(Error::VersionMismatch { what: "block", current: block.version });
    }
    let block = block.end(unit.now)?;
    if !store::blocks::end(&mut unit.tx, &block).await? {
        return Err(Error::Conflict);
    }
    // Says who is kept away and why; never from whom.
    let blocked = Blocked::one_of(block.firm_id, block.technician_id)?;
    unit.emit(events::BlockEnded { blocked, block: block.id, reason: block.reason });
    standing::unblocked(unit, blocked).await?;
    Ok(Block { version: version + 1, ..block })
}

/// The blocks after `after`, oldest first, the ended ones too.
pub async fn list(ctx: &Ctx, after: Uuid, limit: i64) -> Result<Vec<Block>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::blocks::list(&mut tx, after, limit).await?)
}
