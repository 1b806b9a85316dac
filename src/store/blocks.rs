//! Blocked pairs. The resident's telephone number sits in a side table.

use uuid::Uuid;

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{
    blocks::{Apart, Block},
    ids::{BlockId, CaseId, FirmId, TechnicianId},
    phone::Phone,
};

row! { Block: id, version, firm_id, technician_id, phone, reason, created_at, ended_at }

/// Keeps a new block.
pub async fn insert(tx: &mut Tx, block: &Block, phone: &Phone) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO blocked_pair (id, version, firm_id, technician_id, reason, created_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        block.id,
        block.version,
        block.firm_id,
        block.technician_id,
        block.reason,
        block.created_at,
        block.ended_at
    )?;
    query!(
        tx,
        execute,
        "INSERT INTO blocked_pair_person (blocked_pair_id, phone) VALUES ($1, $2)",
        block.id,
        &phone
    )?;
    Ok(())
}

/// Ends a block over the version that was read; `false` when it has changed meanwhile.
pub async fn end(tx: &mut Tx, block: &Block) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE blocked_pair SET version = version + 1, ended_at = $3 WHERE id = $1 AND version = $2",
        block.id,
        block.version,
        block.ended_at
    )?;
    Ok(changed == 1)
}

/// The block of an id.
pub async fn find(tx: &mut Tx, id: BlockId) -> Result<Option<Block>, Error> {
    query!(
        tx,
        optional Block,
        "SELECT b.id, b.version, b.firm_id, b.technician_id, p.phone, b.reason, b.created_at, b.ended_at
         FROM blocked_pair b LEFT JOIN blocked_pair_person p ON p.blocked_pair_id = b.id WHERE b.id = $1",
        id
    )
}

/// The blocks after `after`, oldest first, the ended ones too.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Block>, Error> {
    query!(
        tx,
        all Block,
        "SELECT b.id, b.version, b.firm_id, b.technician_id, p.phone, b.reason, b.created_at, b.ended_at
         FROM blocked_pair b LEFT JOIN blocked_pair_person p ON p.blocked_pair_id = b.id
         WHERE b.id > $1 ORDER BY b.id LIMIT $2",
        after,
        limit
    )
}

/// Who is not sent to the resident of a case.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Apart, Error> {
    let rows = query!(
        tx,
        all(Option<FirmId>, Option<TechnicianId>),
        "SELECT b.firm_id, b.technician_id
         FROM case_person c
         JOIN blocked_pair_person p ON p.phone = c.phone
         JOIN blocked_pair b ON b.id = p.blocked_pair_id
         WHERE c.case_id = $1 AND b.ended_at IS NULL ORDER BY b.id",
        case
    )?;
    let firms = rows.iter().filter_map(|(firm, _)| *firm).collect();
    Ok(Apart { firms, technicians: rows.iter().filter_map(|(_, technician)| *technician).collect() })
}
