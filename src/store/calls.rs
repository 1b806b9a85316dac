//! Calls, and apart from them who called.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    calls::{Call, CallPerson},
    ids::{CallId, CaseId},
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    case_id: Option<Uuid>,
    channel: String,
    language: String,
    caller_role: String,
    state: String,
    offered_at: Instant,
    answered_at: Option<Instant>,
    ended_at: Option<Instant>,
}

impl TryFrom<Row> for Call {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            case_id: row.case_id.map(Into::into),
            channel: row.channel.parse().map_err(|error| Error::corrupt("call", "channel", error))?,
            language: row.language,
            caller_role: row
                .caller_role
                .parse()
                .map_err(|error| Error::corrupt("call", "caller_role", error))?,
            state: row.state.parse().map_err(|error| Error::corrupt("call", "state", error))?,
            offered_at: row.offered_at,
            answered_at: row.answered_at,
            ended_at: row.ended_at,
        })
    }
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
        "INSERT INTO call (id, version, channel, language, caller_role, state, offered_at, answered_at, answered_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        call.id.0,
        call.version,
        call.channel.as_str(),
        &call.language,
        call.caller_role.as_str(),
        call.state.as_str(),
        call.offered_at,
        call.answered_at,
        answered_by
    )?;
    query!(
        tx,
        execute,
        "INSERT INTO call_person (call_id, phone, name) VALUES ($1, $2, $3)",
        call.id.0,
        &person.phone,
        person.name.as_deref()
    )?;
    Ok(())
}

/// The call of an id.
pub async fn find(tx: &mut Tx, id: CallId) -> Result<Option<Call>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, case_id, channel, language, caller_role, state, offered_at, answered_at, ended_at
         FROM call WHERE id = $1",
        id.0
    )?;
    row.map(Call::try_from).transpose()
}

/// The call, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: CallId) -> Result<Option<Call>, Error> {
    let row = query!(
        tx,
        optional Row,
        "UPDATE call SET version = version + 1 WHERE id = $1
         RETURNING id, version, case_id, channel, language, caller_role, state, offered_at, answered_at, ended_at",
        id.0
    )?;
    row.map(Call::try_from).transpose()
}

/// Writes what may change of a locked call.
pub async fn save(tx: &mut Tx, call: &Call) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE call SET case_id = $3, state = $4, ended_at = $5 WHERE id = $1 AND version = $2",
        call.id.0,
        call.version,
        call.case_id.map(|id| id.0),
        call.state.as_str(),
        call.ended_at
    )?;
    Ok(())
}

/// The calls of a case, oldest first.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Call>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, case_id, channel, language, caller_role, state, offered_at, answered_at, ended_at
         FROM call WHERE case_id = $1 ORDER BY id",
        case.0
    )?;
    rows.into_iter().map(Call::try_from).collect()
}
