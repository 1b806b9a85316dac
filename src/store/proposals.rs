//! What firms say of their staff, until the office has decided; and after that, what it was.

use sqlx::{FromRow, Row};
use uuid::Uuid;

use super::{
    Error, Tx,
    codec::{Json, consistent, row},
    db::query,
    search::Search,
};
use crate::domain::{
    ids::{FirmId, TechnicianId, TechnicianProposalId, TokenId},
    proposals::{FlatProposal, ProposalState, Said, TechnicianProposal},
    span::Instant,
};

row! {
    FlatProposal: id, technician_id, firm_id, proposed: Json, state, reason, made_at, decided_at
}
row! { Said: technicians, waiting, lately }

impl<'r, R: Row> FromRow<'r, R> for TechnicianProposal
where
    FlatProposal: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        consistent(FlatProposal::from_row(row)?, "state")
    }
}

/// Of a proposal.
macro_rules! columns {
    () => {
        "SELECT id, technician_id, firm_id, proposed, state, reason, made_at, decided_at FROM technician_proposal "
    };
}

/// Keeps a new proposal, which waits; the technician has no other one that does.
pub async fn insert(tx: &mut Tx, made: &TechnicianProposal, by: Option<TokenId>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO technician_proposal (id, technician_id, firm_id, proposed, state, made_at, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        made.id,
        made.technician_id,
        made.firm_id,
        Json(&made.proposed),
        made.state(),
        made.made_at,
        by
    )?;
    Ok(())
}

/// Writes what became of a proposal; `false` when it does not wait any more.
pub async fn decide(tx: &mut Tx, decided: &TechnicianProposal, by: Option<TokenId>) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE technician_proposal SET state = $2, reason = $3, decided_at = $4, decided_by = $5
         WHERE id = $1 AND state = 'waiting'",
        decided.id,
        decided.state(),
        decided.reason(),
        decided.decided_at(),
        by
    )?;
    Ok(changed == 1)
}

/// The proposal of an id.
pub async fn find(tx: &mut Tx, id: TechnicianProposalId) -> Result<Option<TechnicianProposal>, Error> {
    query!(tx, optional TechnicianProposal, concat!(columns!(), "WHERE id = $1"), id)
}

/// The proposal about a technician that waits.
pub async fn waiting(tx: &mut Tx, technician: TechnicianId) -> Result<Option<TechnicianProposal>, Error> {
    query!(
        tx,
        optional TechnicianProposal,
        concat!(columns!(), "WHERE technician_id = $1 AND state = 'waiting'"),
        technician
    )
}

/// The proposals after `after`, oldest first: of one firm, in one state, where that is asked.
pub async fn list(
    tx: &mut Tx,
    firm: Option<FirmId>,
    state: Option<ProposalState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<TechnicianProposal>, Error> {
    let search = Search::of(tx, concat!(columns!(), "WHERE id > $1")).bind(after);
    search.and("firm_id = $", firm).and("state = $", state).all(tx, "ORDER BY id LIMIT $", limit).await
}

/// What a firm has said of its staff, of which `lately` counts what was said after `since`.
pub async fn said(tx: &mut Tx, firm: FirmId, since: Instant) -> Result<Said, Error> {
    query!(
        tx,
        one Said,
        "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM technician WHERE firm_id = $1) AS technicians,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM technician_proposal
                 WHERE firm_id = $1 AND state = 'waiting') AS waiting,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM technician_proposal
                 WHERE firm_id = $1 AND made_at > $2) AS lately",
        firm,
        since
    )
}
