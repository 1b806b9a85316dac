//! Offers.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    ids::{JobId, OfferId, TechnicianId},
    offers::{FlatOffer, Offer},
    span::Instant,
};

#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    version: i64,
    job_id: Uuid,
    decision_id: Uuid,
    firm_id: Uuid,
    technician_id: Uuid,
    addressee: String,
    role: String,
    rank: i64,
    round: i64,
    rung: i64,
    state: String,
    offered_at: Instant,
    deadline: Instant,
    answered_at: Option<Instant>,
    decline_code: Option<String>,
    arrival_promised_at: Option<Instant>,
    answered_via: Option<String>,
    withdraw_code: Option<String>,
    naming_due_at: Option<Instant>,
}

impl TryFrom<Row> for Offer {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        fn coded<T: std::str::FromStr>(column: &'static str, code: Option<String>) -> Result<Option<T>, Error>
        where
            T::Err: std::error::Error + Send + Sync + 'static,
        {
            code.map(|code| code.parse().map_err(|error| Error::corrupt("offer", column, error))).transpose()
        }
        let flat = FlatOffer {
            id: row.id.into(),
            version: row.version,
            job_id: row.job_id.into(),
            decision_id: row.decision_id.into(),
            firm_id: row.firm_id.into(),
            technician_id: row.technician_id.into(),
            addressee: row.addressee.parse().map_err(|error| Error::corrupt("offer", "addressee", error))?,
            role: row.role.parse().map_err(|error| Error::corrupt("offer", "role", error))?,
            rank: row.rank,
            round: row.round,
            rung: row.rung,
            state: row.state.parse().map_err(|error| Error::corrupt("offer", "state", error))?,
            offered_at: row.offered_at,
            deadline: row.deadline,
            answered_at: row.answered_at,
            decline_code: coded("decline_code", row.decline_code)?,
            arrival_promised_at: row.arrival_promised_at,
            answered_via: coded("answered_via", row.answered_via)?,
            withdraw_code: coded("withdraw_code", row.withdraw_code)?,
            naming_due_at: row.naming_due_at,
        };
        flat.try_into().map_err(|error| Error::corrupt("offer", "state", error))
    }
}

/// The offer of an id.
pub async fn find(tx: &mut Tx, id: OfferId) -> Result<Option<Offer>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, job_id, decision_id, firm_id, technician_id, addressee, role, rank, round, rung, state,
                offered_at, deadline, answered_at, decline_code, arrival_promised_at, answered_via, withdraw_code,
                naming_due_at
         FROM offer WHERE id = $1",
        id.0
    )?;
    row.map(Offer::try_from).transpose()
}

/// The offers of a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Offer>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, job_id, decision_id, firm_id, technician_id, addressee, role, rank, round, rung, state,
                offered_at, deadline, answered_at, decline_code, arrival_promised_at, answered_via, withdraw_code,
                naming_due_at
         FROM offer WHERE job_id = $1 ORDER BY rank, id",
        job.0
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
