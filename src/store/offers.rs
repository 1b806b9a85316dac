//! Offers.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query, scope_binds},
};
use crate::domain::{
    actor::Scope,
    ids::{JobId, OfferId, TechnicianId},
    offers::{Offer, OfferState},
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    job_id: Uuid,
    decision_id: Uuid,
    firm_id: Uuid,
    technician_id: Uuid,
    rank: i64,
    state: String,
    offered_at: Instant,
    deadline: Instant,
    answered_at: Option<Instant>,
    decline_code: Option<String>,
    arrival_promised_at: Option<Instant>,
}

impl TryFrom<Row> for Offer {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let code = row.decline_code.map(|code| code.parse()).transpose();
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            job_id: row.job_id.into(),
            decision_id: row.decision_id.into(),
            firm_id: row.firm_id.into(),
            technician_id: row.technician_id.into(),
            rank: row.rank,
            state: row.state.parse().map_err(|error| Error::corrupt("offer", "state", error))?,
            offered_at: row.offered_at,
            deadline: row.deadline,
            answered_at: row.answered_at,
            decline_code: code.map_err(|error| Error::corrupt("offer", "decline_code", error))?,
            arrival_promised_at: row.arrival_promised_at,
        })
    }
}

/// Keeps a new offer.
pub async fn insert(tx: &mut Tx, offer: &Offer) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO offer (id, version, job_id, decision_id, firm_id, technician_id, rank, state, offered_at, deadline)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        offer.id.0,
        offer.version,
        offer.job_id.0,
        offer.decision_id.0,
        offer.firm_id.0,
        offer.technician_id.0,
        offer.rank,
        offer.state.as_str(),
        offer.offered_at,
        offer.deadline
    )?;
    Ok(())
}

/// The offer of an id.
pub async fn find(tx: &mut Tx, id: OfferId) -> Result<Option<Offer>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, job_id, decision_id, firm_id, technician_id, rank, state, offered_at, deadline,
                answered_at, decline_code, arrival_promised_at
         FROM offer WHERE id = $1",
        id.0
    )?;
    row.map(Offer::try_from).transpose()
}

/// Writes an answered offer over the open or accepted one; whether it was still as it had been read.
pub async fn save(tx: &mut Tx, offer: &Offer) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE offer SET version = version + 1, state = $3, answered_at = $4, decline_code = $5,
                          arrival_promised_at = $6
         WHERE id = $1 AND version = $2",
        offer.id.0,
        offer.version,
        offer.state.as_str(),
        offer.answered_at,
        offer.decline_code.map(crate::domain::offers::DeclineCode::as_str),
        offer.arrival_promised_at
    )?;
    Ok(changed == 1)
}

/// The offers of a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Offer>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, job_id, decision_id, firm_id, technician_id, rank, state, offered_at, deadline,
                answered_at, decline_code, arrival_promised_at
         FROM offer WHERE job_id = $1 ORDER BY rank, id",
        job.0
    )?;
    rows.into_iter().map(Offer::try_from).collect()
}

/// The offers after `after` within the scope, in a state if one is given, oldest first.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    state: Option<OfferState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Offer>, Error> {
    let (all, firm, technician) = scope_binds(scope);
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, job_id, decision_id, firm_id, technician_id, rank, state, offered_at, deadline,
                answered_at, decline_code, arrival_promised_at
         FROM offer
         WHERE id > $1 AND ($2 = 1 OR firm_id = $3 OR technician_id = $4) AND ($5 = '' OR state = $5)
         ORDER BY id LIMIT $6",
        after,
        all,
        firm,
        technician,
        state.map_or("", OfferState::as_str),
        limit
    )?;
    rows.into_iter().map(Offer::try_from).collect()
}

/// Whether the technician has an open offer.
pub async fn has_open(tx: &mut Tx, technician: TechnicianId) -> Result<bool, Error> {
    let row = query!(
        tx,
        optional One<i64>,
        "SELECT rank FROM offer WHERE technician_id = $1 AND state = 'open'",
        technician.0
    )?;
    Ok(row.is_some())
}
