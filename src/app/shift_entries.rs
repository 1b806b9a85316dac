//! Dated entries of rosters: on call, extra shifts, days off. Made and cancelled by the office or by the firm.

use uuid::Uuid;

use super::{
    Command, Ctx, Error, Unit, technicians,
    windows::{self, Gone},
};
use crate::{
    domain::{
        actor::Actor,
        events,
        ids::{ShiftEntryId, TechnicianId},
        refusal::{Refusal, RosterRefused},
        roster::{
            duty::ShiftEntryKind,
            entries::{self, EntryState, PLANNED_MAX, ShiftEntry},
        },
        span::{Instant, Span},
    },
    store,
};

/// An entry to be made.
#[derive(Debug, Clone)]
pub struct New {
    /// What it is.
    pub kind: ShiftEntryKind,
    /// From when.
    pub starts_at: Instant,
    /// Until when; not included.
    pub ends_at: Instant,
}

/// Makes an entry in a technician's roster.
pub async fn make(ctx: &Ctx, technician: TechnicianId, command: Command<New>) -> Result<ShiftEntry, Error> {
    let command = command.map(|new| (technician, new));
    ctx.transact(command, |unit, (technician, new)| Box::pin(make_in(unit, *technician, new))).await
}

async fn make_in(unit: &mut Unit, technician: TechnicianId, new: &New) -> Result<ShiftEntry, Error> {
    store::technicians::hold(&mut unit.tx, technician).await?;
    let technician = technicians::visible(unit, technician).await?;
    if !ShiftEntryKind::ENTERED.contains(&new.kind) {
        return Err(Refusal::field("kind", "comes from a swap only").into());
    }
    let span = entries::entered(new.starts_at, new.ends_at, unit.now)?;
    has_room(unit, technician.id, "starts_at").await?;
    must_be_theirs(unit, technician.id, new.kind, span).await?;
    let entry = ShiftEntry {
        id: unit.id(),
        version: 1,
        technician_id: technician.id,
        kind: new.kind,
        starts_at: span.from(),
        ends_at: span.to(),
        state: EntryState::Planned,
        swap_id: None,
        created_at: unit.now,
    };
    store::shift_entries::insert(&mut unit.tx, &entry).await.map_err(overlaps)?;
    windows::duty_changed(unit, technician.id, span, Gone::Nothing).await?;
    unit.emit(events::ShiftEntryMade {
        technician: technician.id,
        entry: entry.id,
        kind: entry.kind,
        starts_at: entry.starts_at,
        ends_at: entry.ends_at,
    });
    Ok(entry)
}

/// Whoever has given a window to a colleague does not work in it: an entry that counts for nothing is not taken.
async fn must_be_theirs(
    unit: &mut Unit,
    technician: TechnicianId,
    kind: ShiftEntryKind,
    span: Span,
) -> Result<(), Error> {
    if kind.takes_away() {
        return Ok(());
    }
    let around =
        store::shift_entries::of_technician(&mut unit.tx, technician, span.from(), span.to()).await?;
    if around.iter().any(|entry| entry.kind == ShiftEntryKind::GivenAway) {
        return Err(Error::Refused(RosterRefused::WindowGivenAway.into()));
    }
    Ok(())
}

/// What is planned of one technician has a limit: all of it is kept at hand.
pub(super) async fn has_room(unit: &mut Unit, technician: TechnicianId, field: &str) -> Result<(), Error> {
    if store::shift_entries::is_full(&mut unit.tx, technician, unit.now).await? {
        let message = format!("the technician has {PLANNED_MAX} planned entries already");
        return Err(Refusal::field(field, message).into());
    }
    Ok(())
}

/// The database has refused it: there is an entry of this kind then.
pub(super) fn overlaps(error: store::Error) -> Error {
    match error {
        store::Error::Exists(_) | store::Error::Forbidden(_) => {
            Error::Refused(RosterRefused::EntryOverlaps.into())
        }
        other => other.into(),
    }
}

/// Cancels an entry the caller has seen at `version`; the record stays.
pub async fn cancel(ctx: &Ctx, version: i64, command: Command<ShiftEntryId>) -> Result<ShiftEntry, Error> {
    let command = command.map(|id| (id, version));
    ctx.transact(command, |unit, (id, version)| Box::pin(cancel_in(unit, *id, *version))).await
}

async fn cancel_in(unit: &mut Unit, id: ShiftEntryId, version: i64) -> Result<ShiftEntry, Error> {
    let missing = || Error::NotFound("shift entry");
    let entry = store::shift_entries::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    technicians::visible(unit, entry.technician_id).await.map_err(|error| match error {
        Error::NotFound(_) => missing(),
        other => other,
    })?;
    if entry.version != version {
        return Err(Error::VersionMismatch { what: "shift entry", current: entry.version });
    }
    store::technicians::hold(&mut unit.tx, entry.technician_id).await?;
    let entry = entry.cancel()?;
    if !store::shift_entries::cancel(&mut unit.tx, &entry).await? {
        return Err(Error::Conflict);
    }
    if let Some(gone) = entry.entry() {
        windows::duty_changed(unit, entry.technician_id, gone.span, Gone::Entry(gone)).await?;
    }
    unit.emit(events::ShiftEntryCancelled {
        technician: entry.technician_id,
        entry: entry.id,
        kind: entry.kind,
    });
    Ok(ShiftEntry { version: version + 1, ..entry })
}

/// The entries of a technician after `after` that are the actor's to see, oldest first, the cancelled ones too.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    technician: TechnicianId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<ShiftEntry>, Error> {
    let mut tx = ctx.db().read().await?;
    let technician = technicians::find_in(&mut tx, actor, technician).await?;
    Ok(store::shift_entries::list(&mut tx, technician.id, after, limit).await?)
}
