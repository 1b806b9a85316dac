//! Calls, and apart from them who called.

use uuid::Uuid;

use super::{Error, Tx, codec::row, db::query, search::Search};
use crate::domain::{
    calls::{Call, CallBack, CallBackState, CallPerson, CallState},
    ids::{CallId, CaseId},
    phone::Phone,
};

row! {
    Call: id, version, case_id, purpose, channel, language, reading_language, caller_role, state, offered_at,
    answered_at, ended_at, wrapped_at, call_back
}

/// Of a call.
macro_rules! columns {
    () => {
        "id, version, case_id, purpose, channel, language, reading_language, caller_role, state, offered_at,
         answered_at, ended_at, wrapped_at, call_back"
    };
}

/// Keeps a new call and who called.
pub async fn insert(
    tx: &mut Tx,
    call: &Call,
    person: &CallPerson,
    answered_by: Option<Uuid>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO call (id, version, channel, language, reading_language, caller_role, state, offered_at, answered_at,
                           answered_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        call.id,
        call.version,
        call.channel,
        &call.language,
        call.reading_language.as_deref(),
        call.caller_role,
        call.state,
        call.offered_at,
        call.answered_at,
        answered_by
    )?;
    query!(
        tx,
        execute,
        "INSERT INTO call_person (call_id, phone, no_number, name, language_wish) VALUES ($1, $2, $3, $4, $5)",
        call.id,
        person.phone.as_ref(),
        person.no_number,
        person.name.as_deref(),
        person.language_wish.as_deref()
    )?;
    Ok(())
}

/// The call of an id.
pub async fn find(tx: &mut Tx, id: CallId) -> Result<Option<Call>, Error> {
    query!(
        tx,
        optional Call,
        concat!("SELECT ", columns!(), " FROM call WHERE id = $1"),
        id
    )
}

/// The call, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: CallId) -> Result<Option<Call>, Error> {
    query!(
        tx,
        optional Call,
        concat!("UPDATE call SET version = version + 1 WHERE id = $1
            RETURNING ", columns!()),
        id
    )
}

/// Writes what may change of a locked call; `answered_by` is kept once it is there.
pub async fn save(tx: &mut Tx, call: &Call, answered_by: Option<Uuid>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE call SET case_id = $3, purpose = $4, state = $5, answered_at = $6, ended_at = $7, wrapped_at = $8,
                         call_back = $9, answered_by = COALESCE(answered_by, $10)
         WHERE id = $1 AND version = $2",
        call.id,
        call.version,
        call.case_id,
        call.purpose,
        call.state,
        call.answered_at,
        call.ended_at,
        call.wrapped_at,
        call.call_back,
        answered_by
    )?;
    Ok(())
}

/// Who called; nobody once erased.
pub async fn person(tx: &mut Tx, id: CallId) -> Result<Option<CallPerson>, Error> {
    query!(
        tx,
        optional CallPerson,
        "SELECT phone, no_number, name, language_wish FROM call_person WHERE call_id = $1",
        id
    )
}

row! { CallPerson: phone, no_number, name, language_wish }

/// The calls after `after`, in a state or with a call-back in a state if one is given, oldest first.
pub async fn list(
    tx: &mut Tx,
    state: Option<CallState>,
    call_back: Option<CallBackState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Call>, Error> {
    let search = Search::of(tx, concat!("SELECT ", columns!(), " FROM call WHERE id > $1")).bind(after);
    let search = search.and("state = $", state).and("call_back = $", call_back);
    search.all(tx, "ORDER BY id LIMIT $", limit).await
}

/// The calls from this number that somebody has to call back, oldest first.
pub async fn due_of_number(tx: &mut Tx, phone: &Phone, limit: i64) -> Result<Vec<CallId>, Error> {
    query!(
        tx,
        all CallId,
        "SELECT c.id FROM call_person p JOIN call c ON c.id = p.call_id
         WHERE p.phone = $1 AND c.call_back = 'due' ORDER BY c.id LIMIT $2",
        phone,
        limit
    )
}

row! { CallBack: number, outcome, at }

/// Keeps an attempt to call back.
pub async fn insert_call_back(
    tx: &mut Tx,
    call: CallId,
    attempt: &CallBack,
    by: Option<Uuid>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO call_back (call_id, number, outcome, at, recorded_by) VALUES ($1, $2, $3, $4, $5)",
        call,
        attempt.number,
        attempt.outcome,
        attempt.at,
        by
    )?;
    Ok(())
}

/// The attempts to call back, first one first.
pub async fn call_backs(tx: &mut Tx, call: CallId) -> Result<Vec<CallBack>, Error> {
    query!(
        tx,
        all CallBack,
        "SELECT number, outcome, at FROM call_back WHERE call_id = $1 ORDER BY number",
        call
    )
}

/// The calls of a case, oldest first.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Call>, Error> {
    query!(
        tx,
        all Call,
        concat!("SELECT ", columns!(), " FROM call WHERE case_id = $1 ORDER BY id"),
        case
    )
}

/// Answered calls looked through at most for those without a case.
pub const BEING_TAKEN_MAX: i64 = 500;

/// The calls of a case, and those that are being taken and have no case yet; oldest first.
pub async fn about(tx: &mut Tx, case: CaseId) -> Result<Vec<Call>, Error> {
    query!(
        tx,
        all Call,
        concat!("SELECT ", columns!(), " FROM call
            WHERE case_id = $1 OR id IN (SELECT k.id FROM call k WHERE k.state = 'answered' AND k.case_id IS NULL
            ORDER BY k.id LIMIT $2)
         ORDER BY id"),
        case,
        BEING_TAKEN_MAX
    )
}
