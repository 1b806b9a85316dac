//! Danger first: the answers of a call, the instructions given, and the dangers of a case until they are cleared.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    dangers::{Answered, CaseHazard, ClearanceNote, ClearedBy, Given},
    ids::{CallId, CaseId},
    span::Instant,
};

#[derive(FromRow)]
struct AnswerRow {
    number: i64,
    hazard: String,
    answer: String,
    answered_at: Instant,
}

/// Keeps an answer.
pub async fn insert_answer(
    tx: &mut Tx,
    call: CallId,
    answer: &Answered,
    by: Option<Uuid>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO hazard_answer (call_id, number, hazard, answer, answered_at, answered_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        call.0,
        answer.number,
        &answer.hazard,
        answer.answer.as_str(),
        answer.answered_at,
        by
    )?;
    Ok(())
}

/// Every answer of a call, in the order in which they were given.
pub async fn answers(tx: &mut Tx, call: CallId) -> Result<Vec<Answered>, Error> {
    let rows = query!(
        tx,
        all AnswerRow,
        "SELECT number, hazard, answer, answered_at FROM hazard_answer WHERE call_id = $1 ORDER BY number",
        call.0
    )?;
    let read = |row: AnswerRow| {
        let answer = row.answer.parse().map_err(|error| Error::corrupt("hazard_answer", "answer", error))?;
        Ok(Answered { number: row.number, hazard: row.hazard, answer, answered_at: row.answered_at })
    };
    rows.into_iter().map(read).collect()
}

/// Keeps that an instruction was given.
pub async fn insert_given(tx: &mut Tx, call: CallId, given: Given, by: Option<Uuid>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO hazard_instruction (call_id, number, given_at, given_by) VALUES ($1, $2, $3, $4)",
        call.0,
        given.number,
        given.given_at,
        by
    )?;
    Ok(())
}

#[derive(FromRow)]
struct GivenRow {
    number: i64,
    given_at: Instant,
}

/// The instructions given in a call.
pub async fn given(tx: &mut Tx, call: CallId) -> Result<Vec<Given>, Error> {
    let rows = query!(
        tx,
        all GivenRow,
        "SELECT number, given_at FROM hazard_instruction WHERE call_id = $1 ORDER BY number",
        call.0
    )?;
    Ok(rows.into_iter().map(|row| Given { number: row.number, given_at: row.given_at }).collect())
}

#[derive(FromRow)]
pub(super) struct HazardRow {
    pub(super) case_id: Uuid,
    pub(super) number: i64,
    pub(super) hazard: String,
    pub(super) call_id: Uuid,
    pub(super) raised_at: Instant,
    pub(super) cleared_at: Option<Instant>,
    pub(super) cleared_by: Option<String>,
    pub(super) note_code: Option<String>,
}

impl TryFrom<HazardRow> for CaseHazard {
    type Error = Error;

    fn try_from(row: HazardRow) -> Result<Self, Error> {
        let corrupt = |column| move |error| Error::corrupt("case_hazard", column, error);
        Ok(Self {
            case_id: row.case_id.into(),
            number: row.number,
            hazard: row.hazard,
            call_id: row.call_id.into(),
            raised_at: row.raised_at,
            cleared_at: row.cleared_at,
            cleared_by: row.cleared_by.map(|code| code.parse()).transpose().map_err(corrupt("cleared_by"))?,
            note_code: row.note_code.map(|code| code.parse()).transpose().map_err(corrupt("note_code"))?,
        })
    }
}

/// Keeps a danger of a case.
pub async fn insert_hazard(tx: &mut Tx, hazard: &CaseHazard) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO case_hazard (case_id, number, hazard, call_id, raised_at) VALUES ($1, $2, $3, $4, $5)",
        hazard.case_id.0,
        hazard.number,
        &hazard.hazard,
        hazard.call_id.0,
        hazard.raised_at
    )?;
    Ok(())
}

/// Writes that a danger is cleared; says whether it was not before.
pub async fn clear_hazard(tx: &mut Tx, hazard: &CaseHazard, by: Option<Uuid>) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE case_hazard SET cleared_at = $3, cleared_by = $4, note_code = $5, recorded_by = $6
         WHERE case_id = $1 AND number = $2 AND cleared_at IS NULL",
        hazard.case_id.0,
        hazard.number,
        hazard.cleared_at,
        hazard.cleared_by.map(ClearedBy::as_str),
        hazard.note_code.map(ClearanceNote::as_str),
        by
    )?;
    Ok(changed == 1)
}

/// Every danger of a case, cleared ones too, in the order in which they were known.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<CaseHazard>, Error> {
    let rows = query!(
        tx,
        all HazardRow,
        "SELECT case_id, number, hazard, call_id, raised_at, cleared_at, cleared_by, note_code
         FROM case_hazard WHERE case_id = $1 ORDER BY number",
        case.0
    )?;
    rows.into_iter().map(CaseHazard::try_from).collect()
}
