//! Offers.

use sqlx::{FromRow, Row};

use super::{
    Error, Tx,
    codec::{consistent, row},
    db::query,
};
use crate::domain::{
    ids::{JobId, OfferId, TechnicianId},
    offers::{FlatOffer, Offer},
};

row! {
    FlatOffer: id, version, job_id, decision_id, firm_id, technician_id, addressee, role, rank, round, rung, state,
    offered_at, deadline, answered_at, decline_code, arrival_promised_at, answered_via, withdraw_code, naming_due_at,
    agreed_at
}

impl<'r, R: Row> FromRow<'r, R> for Offer
where
    FlatOffer: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        consistent(FlatOffer::from_row(row)?, "state")
    }
}

/// The offer of an id.
pub async fn find(tx: &mut Tx, id: OfferId) -> Result<Option<Offer>, Error> {
    query!(
        tx,
        optional Offer,
        "SELECT id, version, job_id, decision_id, firm_id, technician_id, addressee, role, rank, round, rung, state,
                offered_at, deadline, answered_at, decline_code, arrival_promised_at, answered_via, withdraw_code,
                naming_due_at, agreed_at
         FROM offer WHERE id = $1",
        id
    )
}

/// The offers of a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Offer>, Error> {
    query!(
        tx,
        all Offer,
        "SELECT id, version, job_id, decision_id, firm_id, technician_id, addressee, role, rank, round, rung, state,
                offered_at, deadline, answered_at, decline_code, arrival_promised_at, answered_via, withdraw_code,
                naming_due_at, agreed_at
         FROM offer WHERE job_id = $1 ORDER BY rank, id",
        job
    )
}

/// The technician's open offer.
pub async fn open_of(tx: &mut Tx, technician: TechnicianId) -> Result<Option<OfferId>, Error> {
    query!(
        tx,
        optional OfferId,
        "SELECT id FROM offer WHERE technician_id = $1 AND state = 'open'",
        technician
    )
}
