//! Dated entries of rosters, and swaps. The database refuses two of one kind that overlap for one technician.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::row,
    db::{One, id_list, query},
};
use crate::domain::{
    ids::{ShiftEntryId, ShiftSwapId, TechnicianId},
    roster::{
        entries::{EntryState, PLANNED_MAX, ShiftEntry},
        swaps::{ShiftSwap, SwapState},
    },
    span::Instant,
};

row! { ShiftEntry: id, version, technician_id, kind, starts_at, ends_at, state, swap_id, created_at }

/// Of an entry.
macro_rules! columns {
    () => {
        "id, version, technician_id, kind, starts_at, ends_at, state, swap_id, created_at"
    };
}

/// Keeps a new entry; `Exists` or `Forbidden` when it overlaps another one of its kind.
pub async fn insert(tx: &mut Tx, entry: &ShiftEntry) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO shift_entry (id, version, technician_id, kind, starts_at, ends_at, state, swap_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        entry.id,
        entry.version,
        entry.technician_id,
        entry.kind,
        entry.starts_at,
        entry.ends_at,
        entry.state,
        entry.swap_id,
        entry.created_at
    )?;
    Ok(())
}

/// Cancels an entry over the version that was read; `false` when it has changed meanwhile.
pub async fn cancel(tx: &mut Tx, entry: &ShiftEntry) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE shift_entry SET version = version + 1, state = $3 WHERE id = $1 AND version = $2",
        entry.id,
        entry.version,
        EntryState::Cancelled
    )?;
    Ok(changed == 1)
}

/// Cancels both entries of a swap.
pub async fn cancel_of_swap(tx: &mut Tx, swap: ShiftSwapId) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "UPDATE shift_entry SET version = version + 1, state = $2 WHERE swap_id = $1 AND state = 'planned'",
        swap,
        EntryState::Cancelled
    )
}

/// The entry of an id.
pub async fn find(tx: &mut Tx, id: ShiftEntryId) -> Result<Option<ShiftEntry>, Error> {
    query!(
        tx,
        optional ShiftEntry,
        concat!("SELECT ", columns!(), " FROM shift_entry WHERE id = $1"),
        id
    )
}

/// The entries of a technician after `after`, oldest first, the cancelled ones too.
pub async fn list(
    tx: &mut Tx,
    technician: TechnicianId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<ShiftEntry>, Error> {
    query!(
        tx,
        all ShiftEntry,
        concat!("SELECT ", columns!(), " FROM shift_entry WHERE technician_id = $1 AND id > $2 ORDER BY id LIMIT $3"),
        technician,
        after,
        limit
    )
}

/// The planned entries of a technician that end after `from` and begin before `to`, earliest first.
pub async fn of_technician(
    tx: &mut Tx,
    technician: TechnicianId,
    from: Instant,
    to: Instant,
) -> Result<Vec<ShiftEntry>, Error> {
    query!(
        tx,
        all ShiftEntry,
        concat!("SELECT ", columns!(), " FROM shift_entry
            WHERE technician_id = $1 AND state = 'planned' AND ends_at > $2 AND starts_at < $3
            ORDER BY starts_at, id"),
        technician,
        from,
        to
    )
}

/// The planned entries of everybody that end after `from` and begin before `to`, earliest first.
pub async fn of_everybody(tx: &mut Tx, from: Instant, to: Instant) -> Result<Vec<ShiftEntry>, Error> {
    query!(
        tx,
        all ShiftEntry,
        concat!("SELECT ", columns!(), " FROM shift_entry
            WHERE state = 'planned' AND ends_at > $1 AND starts_at < $2 ORDER BY starts_at, id"),
        from,
        to
    )
}

/// Whether a technician has as many planned entries that end after `now` as may be.
pub async fn is_full(tx: &mut Tx, technician: TechnicianId, now: Instant) -> Result<bool, Error> {
    let (count,) = query!(
        tx,
        one One<i64>,
        "SELECT CAST(COUNT(*) AS BIGINT) FROM shift_entry
         WHERE technician_id = $1 AND state = 'planned' AND ends_at > $2",
        technician,
        now
    )?;
    Ok(usize::try_from(count).is_ok_and(|count| count >= PLANNED_MAX))
}

/// The technicians with a planned entry that begins from `from` on and before `to`, and ends after `now`.
pub async fn beginning(
    tx: &mut Tx,
    from: Instant,
    to: Instant,
    now: Instant,
) -> Result<Vec<TechnicianId>, Error> {
    query!(
        tx,
        all TechnicianId,
        "SELECT DISTINCT technician_id FROM shift_entry
         WHERE state = 'planned' AND starts_at >= $1 AND starts_at < $2 AND ends_at > $3",
        from,
        to,
        now
    )
}

row! {
    ShiftSwap: id, version, firm_id, giver_id, taker_id, kind, starts_at, ends_at, state, created_at,
    undone_at
}

/// Keeps a new swap.
pub async fn insert_swap(tx: &mut Tx, swap: &ShiftSwap) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO shift_swap (id, version, firm_id, giver_id, taker_id, kind, starts_at, ends_at, state,
                                 created_at, undone_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        swap.id,
        swap.version,
        swap.firm_id,
        swap.giver_id,
        swap.taker_id,
        swap.kind,
        swap.starts_at,
        swap.ends_at,
        swap.state,
        swap.created_at,
        swap.undone_at
    )?;
    Ok(())
}

/// Undoes a swap over the version that was read; `false` when it has changed meanwhile.
pub async fn undo_swap(tx: &mut Tx, swap: &ShiftSwap) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE shift_swap SET version = version + 1, state = $3, undone_at = $4 WHERE id = $1 AND version = $2",
        swap.id,
        swap.version,
        SwapState::Undone,
        swap.undone_at
    )?;
    Ok(changed == 1)
}

/// The swap of an id.
pub async fn find_swap(tx: &mut Tx, id: ShiftSwapId) -> Result<Option<ShiftSwap>, Error> {
    query!(
        tx,
        optional ShiftSwap,
        "SELECT id, version, firm_id, giver_id, taker_id, kind, starts_at, ends_at, state, created_at, undone_at
         FROM shift_swap WHERE id = $1",
        id
    )
}

/// The planned entries of some technicians that end after `from` and begin before `to`, earliest first.
pub async fn of_technicians(
    tx: &mut Tx,
    technicians: &[TechnicianId],
    from: Instant,
    to: Instant,
) -> Result<Vec<ShiftEntry>, Error> {
    query!(
        tx,
        all ShiftEntry,
        {
            sqlite: concat!("SELECT ", columns!(), " FROM shift_entry
                WHERE technician_id IN (SELECT unhex(value) FROM json_each($1)) AND state = 'planned'
                AND ends_at > $2 AND starts_at < $3 ORDER BY starts_at, id"),
            postgres: concat!("SELECT ", columns!(), " FROM shift_entry
                WHERE technician_id IN (SELECT CAST(value AS UUID)
                                               FROM json_array_elements_text(CAST($1 AS JSON)))
                         AND state = 'planned' AND ends_at > $2 AND starts_at < $3 ORDER BY starts_at, id")
        },
        id_list(technicians.iter().map(|technician| technician.0)),
        from,
        to
    )
}
