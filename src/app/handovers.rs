//! A shift handed over with what is open, and taken over by somebody else.

use serde_json::{Map, Value, json};

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        actor::Scope,
        alarms::AlarmState,
        calls::CallBackState,
        events,
        handovers::ShiftHandover,
        ids::ShiftHandoverId,
        jobs::JobState,
        refusal::{Refusal, RosterRefused},
    },
    store::{self, Tx},
};

/// Things of one kind in a snapshot at most; more is said to be more.
const THINGS_MAX: i64 = 500;

/// Hands the shift over: what is open now is written down.
pub async fn give(ctx: &Ctx, command: Command<Option<String>>) -> Result<ShiftHandover, Error> {
    ctx.transact(command, |unit, note| Box::pin(give_in(unit, note.as_deref()))).await
}

async fn give_in(unit: &mut Unit, note: Option<&str>) -> Result<ShiftHandover, Error> {
    let missing = || Refusal::from(RosterRefused::NoGiver);
    let handover = ShiftHandover {
        id: unit.id(),
        given_at: unit.now,
        given_by: unit.actor.token().ok_or_else(missing)?,
        snapshot: snapshot(&mut unit.tx).await?,
        accepted_at: None,
        accepted_by: None,
    };
    store::handovers::insert(&mut unit.tx, &handover, note).await?;
    unit.emit(events::ShiftGiven { shift: handover.id });
    Ok(handover)
}

/// What is open: ids and codes only.
async fn snapshot(tx: &mut Tx) -> Result<Value, Error> {
    let (start, fetch) = (uuid::Uuid::nil(), THINGS_MAX + 1);
    let mut alarms = Vec::new();
    for state in [AlarmState::Ringing, AlarmState::Acknowledged, AlarmState::Waiting] {
        for alarm in store::alarms::list(tx, Some(state), start, fetch).await? {
            alarms.push(json!({
                "id": alarm.id, "kind": alarm.kind, "subject": alarm.subject, "subject_id": alarm.subject_id,
                "state": alarm.state, "rings_at": alarm.rings_at,
            }));
        }
    }
    let mut jobs = Map::new();
    for state in JobState::ALL.iter().filter(|state| !state.is_final()) {
        let found = store::job_lists::list(tx, Scope::All, Some(*state), start, fetch).await?;
        let found =
            found.iter().map(|job| json!({ "id": job.id, "case_id": job.case_id, "job_code": job.job_code }));
        let found: Vec<_> = found.collect();
        if !found.is_empty() {
            jobs.insert(state.as_str().to_owned(), part(found));
        }
    }
    let due = store::calls::list(tx, None, Some(CallBackState::Due), start, fetch).await?;
    let due = due.iter().map(|call| json!({ "id": call.id, "offered_at": call.offered_at })).collect();
    let drafts = store::drafts::calls(tx, fetch).await?;
    let drafts = drafts.iter().map(|call| json!({ "call_id": call })).collect();
    Ok(json!({ "alarms": part(alarms), "jobs": jobs, "call_backs_due": part(due), "drafts": part(drafts) }))
}

/// As many as are kept, and whether there were more.
fn part(mut things: Vec<Value>) -> Value {
    let most = usize::try_from(THINGS_MAX).unwrap_or(usize::MAX);
    let more = things.len() > most;
    things.truncate(most);
    json!({ "items": things, "more": more })
}

/// Takes a shift over: somebody else than who gave it.
pub async fn accept(ctx: &Ctx, command: Command<ShiftHandoverId>) -> Result<ShiftHandover, Error> {
    ctx.transact(command, |unit, id| Box::pin(accept_in(unit, *id))).await
}

async fn accept_in(unit: &mut Unit, id: ShiftHandoverId) -> Result<ShiftHandover, Error> {
    let handover =
        store::handovers::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("hand-over of a shift"))?;
    let missing = || Refusal::from(RosterRefused::NoTaker);
    let handover = handover.accepted(unit.actor.token().ok_or_else(missing)?, unit.now)?;
    if !store::handovers::accept(&mut unit.tx, &handover).await? {
        return Err(Error::Conflict);
    }
    unit.emit(events::ShiftAccepted { shift: id });
    Ok(handover)
}

/// A shift handed over, with what the giver wrote.
pub async fn find(ctx: &Ctx, id: ShiftHandoverId) -> Result<(ShiftHandover, Option<String>), Error> {
    let mut tx = ctx.db().read().await?;
    let found = store::handovers::find(&mut tx, id).await?.ok_or(Error::NotFound("hand-over of a shift"))?;
    Ok((found, store::handovers::note(&mut tx, id).await?))
}
