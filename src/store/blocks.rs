//! Blocked pairs. The resident's telephone number sits in a side table.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    blocks::Block,
    ids::{BlockId, CaseId, FirmId, TechnicianId},
    phone::Phone,
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    firm_id: Option<Uuid>,
    technician_id: Option<Uuid>,
    phone: Option<String>,
    reason: String,
    created_at: Instant,
    ended_at: Option<Instant>,
}

impl TryFrom<Row> for Block {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let phone = row.phone.map(Phone::try_from).transpose();
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            firm_id: row.firm_id.map(FirmId),
            technician_id: row.technician_id.map(TechnicianId),
            phone: phone.map_err(|error| Error::corrupt("blocked_pair_person", "phone", error))?,
            reason: row.reason.parse().map_err(|error| Error::corrupt("blocked_pair", "reason", error))?,
            created_at: row.created_at,
            ended_at: row.ended_at,
        })
    }
}

/// Keeps a new block.
pub async fn insert(tx: &mut Tx, block: &Block, phone: &Phone) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO blocked_pair (id, version, firm_id, technician_id, reason, created_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        block.id.0,
        block.version,
        block.firm_id.map(|firm| firm.0),
        block.technician_id.map(|technician| technician.0),
        block.reason.as_str(),
        block.created_at,
        block.ended_at
    )?;
    query!(
        tx,
        execute,
        "INSERT INTO blocked_pair_person (blocked_pair_id, phone) VALUES ($1, $2)",
        block.id.0,
        phone.as_str()
    )?;
    Ok(())
}

/// Ends a block over the version that was read; `false` when it has changed meanwhile.
pub async fn end(tx: &mut Tx, block: &Block) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE blocked_pair SET version = version + 1, ended_at = $3 WHERE id = $1 AND version = $2",
        block.id.0,
        block.version,
        block.ended_at
    )?;
    Ok(changed == 1)
}

/// The block of an id.
pub async fn find(tx: &mut Tx, id: BlockId) -> Result<Option<Block>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT b.id, b.version, b.firm_id, b.technician_id, p.phone, b.reason, b.created_at, b.ended_at
         FROM blocked_pair b LEFT JOIN blocked_pair_person p ON p.blocked_pair_id = b.id WHERE b.id = $1",
        id.0
    )?;
    row.map(Block::try_from).transpose()
}

/// The blocks after `after`, oldest first, the ended ones too.
pub async fn list(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Block>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT b.id, b.version, b.firm_id, b.technician_id, p.phone, b.reason, b.created_at, b.ended_at
         FROM blocked_pair b LEFT JOIN blocked_pair_person p ON p.blocked_pair_id = b.id
         WHERE b.id > $1 ORDER BY b.id LIMIT $2",
        after,
        limit
    )?;
    rows.into_iter().map(Block::try_from).collect()
}

/// Who is not sent to the resident of a case: firms and technicians.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<(Vec<FirmId>, Vec<TechnicianId>), Error> {
    let rows = query!(
        tx,
        all(Option<Uuid>, Option<Uuid>),
        "SELECT b.firm_id, b.technician_id
         FROM case_person c
         JOIN blocked_pair_person p ON p.phone = c.phone
         JOIN blocked_pair b ON b.id = p.blocked_pair_id
         WHERE c.case_id = $1 AND b.ended_at IS NULL ORDER BY b.id",
        case.0
    )?;
    let firms = rows.iter().filter_map(|(firm, _)| firm.map(FirmId)).collect();
    Ok((firms, rows.iter().filter_map(|(_, technician)| technician.map(TechnicianId)).collect()))
}
