//! Swaps: one technician works a window in place of a colleague of the same firm. Both sides change, or neither.

use super::{
    Command, Ctx, Error, Unit,
    shift_entries::{has_room, overlaps},
    technicians,
    windows::{self, Gone},
};
use crate::{
    domain::{
        actor::Actor,
        events,
        firms::Technician,
        ids::{ShiftSwapId, TechnicianId},
        refusal::{Refusal, RosterRefused},
        roster::{
            duty::{Entry, ShiftEntryKind},
            entries::{self, EntryState, ShiftEntry},
            swaps::{ShiftSwap, Side, SwapState, swappable},
        },
        span::{Instant, Span},
    },
    store,
};

/// A window to be given to a colleague.
#[derive(Debug, Clone)]
pub struct New {
    /// Who gives it away.
    pub giver_id: TechnicianId,
    /// Who works it.
    pub taker_id: TechnicianId,
    /// From when.
    pub starts_at: Instant,
    /// Until when; not included.
    pub ends_at: Instant,
}

/// Gives a window to a colleague.
pub async fn make(ctx: &Ctx, command: Command<New>) -> Result<ShiftSwap, Error> {
    ctx.transact(command, |unit, new| Box::pin(make_in(unit, new))).await
}

async fn make_in(unit: &mut Unit, new: &New) -> Result<ShiftSwap, Error> {
    hold_both(unit, new.giver_id, new.taker_id).await?;
    let giver = one_of_theirs(unit, "giver_id", new.giver_id).await?;
    let taker = one_of_theirs(unit, "taker_id", new.taker_id).await?;
    if giver.id == taker.id {
        return Err(Refusal::field("taker_id", "must be somebody else").into());
    }
    if giver.firm_id != taker.firm_id {
        return Err(Refusal::field("taker_id", "must be of the giver's firm").into());
    }
    let span = entries::entered(new.starts_at, new.ends_at, unit.now)?;
    let (given, taken) = (around(unit, giver.id, span).await?, around(unit, taker.id, span).await?);
    let kind = swappable(
        Side { roster: &giver.shifts, entries: &given },
        Side { roster: &taker.shifts, entries: &taken },
        &unit.ctx.rest_days(),
        span,
    )?;
    has_room(unit, giver.id, "giver_id").await?;
    has_room(unit, taker.id, "taker_id").await?;
    let swap = ShiftSwap {
        id: unit.id(),
        version: 1,
        firm_id: giver.firm_id,
        giver_id: giver.id,
        taker_id: taker.id,
        kind,
        starts_at: span.from(),
        ends_at: span.to(),
        state: SwapState::Planned,
        created_at: unit.now,
        undone_at: None,
    };
    store::shift_entries::insert_swap(&mut unit.tx, &swap).await?;
    for (technician_id, kind) in [(giver.id, ShiftEntryKind::GivenAway), (taker.id, kind.taken())] {
        let entry = ShiftEntry {
            id: unit.id(),
            version: 1,
            technician_id,
            kind,
            starts_at: swap.starts_at,
            ends_at: swap.ends_at,
            state: EntryState::Planned,
            swap_id: Some(swap.id),
            created_at: unit.now,
        };
        store::shift_entries::insert(&mut unit.tx, &entry).await.map_err(overlaps)?;
    }
    windows::duty_changed(unit, giver.id, span, Gone::Nothing).await?;
    windows::duty_changed(unit, taker.id, span, Gone::Nothing).await?;
    unit.emit(events::ShiftsSwapped::from(&swap));
    Ok(swap)
}

/// Rosters are held in one order, so that two swaps wait for each other instead of deadlocking.
async fn hold_both(unit: &mut Unit, one: TechnicianId, other: TechnicianId) -> Result<(), Error> {
    for technician in [one.min(other), one.max(other)] {
        store::technicians::hold(&mut unit.tx, technician).await?;
    }
    Ok(())
}

async fn one_of_theirs(unit: &mut Unit, field: &str, id: TechnicianId) -> Result<Technician, Error> {
    technicians::visible(unit, id).await.map_err(|error| match error {
        Error::NotFound(_) => Refusal::field(field, "no such technician").into(),
        other => other,
    })
}

/// The entries that touch a window.
async fn around(unit: &mut Unit, technician: TechnicianId, span: Span) -> Result<Vec<Entry>, Error> {
    let found = store::shift_entries::of_technician(&mut unit.tx, technician, span.from(), span.to()).await?;
    Ok(found.iter().filter_map(ShiftEntry::entry).collect())
}

/// Undoes a swap the caller has seen at `version`; the record stays.
pub async fn undo(ctx: &Ctx, version: i64, command: Command<ShiftSwapId>) -> Result<ShiftSwap, Error> {
    let command = command.map(|id| (id, version));
    ctx.transact(command, |unit, (id, version)| Box::pin(undo_in(unit, *id, *version))).await
}

async fn undo_in(unit: &mut Unit, id: ShiftSwapId, version: i64) -> Result<ShiftSwap, Error> {
    let missing = || Error::NotFound("swap");
    let swap = store::shift_entries::find_swap(&mut unit.tx, id).await?.ok_or_else(missing)?;
    if !unit.actor.scope().covers_firm(swap.firm_id) {
        return Err(missing());
    }
    if swap.version != version {
        return Err(Error::VersionMismatch { what: "swap", current: swap.version });
    }
    let swap = swap.undo(unit.now)?;
    hold_both(unit, swap.giver_id, swap.taker_id).await?;
    let span = Span::new(swap.starts_at, swap.ends_at);
    let span = span.ok_or_else(|| Error::Internal("a swap that ends before it begins".to_owned()))?;
    let passed_on = around(unit, swap.taker_id, span).await?;
    if passed_on.iter().any(|entry| entry.kind == ShiftEntryKind::GivenAway) {
        return Err(Error::Refused(RosterRefused::SwapPassedOn.into()));
    }
    if !store::shift_entries::undo_swap(&mut unit.tx, &swap).await? {
        return Err(Error::Conflict);
    }
    store::shift_entries::cancel_of_swap(&mut unit.tx, swap.id).await?;
    windows::duty_changed(unit, swap.giver_id, span, Gone::Nothing).await?;
    let taken = Entry { kind: swap.kind.taken(), span };
    windows::duty_changed(unit, swap.taker_id, span, Gone::Entry(taken)).await?;
    unit.emit(events::ShiftSwapUndone::from(&swap));
    Ok(ShiftSwap { version: version + 1, ..swap })
}

/// The swap, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: ShiftSwapId) -> Result<ShiftSwap, Error> {
    let mut tx = ctx.db().read().await?;
    let found = store::shift_entries::find_swap(&mut tx, id).await?;
    found.filter(|swap| actor.scope().covers_firm(swap.firm_id)).ok_or(Error::NotFound("swap"))
}
