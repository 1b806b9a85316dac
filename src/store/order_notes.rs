//! Order notes: the number and the terms of an assignment. Never changed.

use sqlx::FromRow;

use super::{Batch, Error, Tx, batch::later, db::query};
use crate::domain::{ids::AssignmentId, span::Instant};

/// The kept part of an order note.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OrderNote {
    /// Its number.
    pub number: String,
    /// The terms in force when it was issued.
    pub terms_version: String,
    /// When it was issued.
    pub issued_at: Instant,
}

/// Has the order note of an assignment kept with the use-case.
pub fn insert(batch: &mut Batch, assignment: AssignmentId, note: &OrderNote) {
    later!(
        batch,
        one,
        "INSERT INTO order_note (assignment_id, number, terms_version, issued_at) VALUES ($1, $2, $3, $4)",
        assignment,
        &note.number,
        &note.terms_version,
        note.issued_at
    );
}

/// The order note of an assignment.
pub async fn find(tx: &mut Tx, assignment: AssignmentId) -> Result<Option<OrderNote>, Error> {
    query!(
        tx,
        optional OrderNote,
        "SELECT number, terms_version, issued_at FROM order_note WHERE assignment_id = $1",
        assignment
    )
}
