//! Order notes: the number and the terms of an assignment. Never changed.

use sqlx::FromRow;

use super::{Error, Tx, db::query};
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

/// Keeps the order note of an assignment.
pub async fn insert(tx: &mut Tx, assignment: AssignmentId, note: &OrderNote) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO order_note (assignment_id, number, terms_version, issued_at) VALUES ($1, $2, $3, $4)",
        assignment.0,
        &note.number,
        &note.terms_version,
        note.issued_at
    )?;
    Ok(())
}

/// The order note of an assignment.
pub async fn find(tx: &mut Tx, assignment: AssignmentId) -> Result<Option<OrderNote>, Error> {
    query!(
        tx,
        optional OrderNote,
        "SELECT number, terms_version, issued_at FROM order_note WHERE assignment_id = $1",
        assignment.0
    )
}
