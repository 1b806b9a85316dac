//! Alarms: raised by use-cases, rung by a worker (`app::ringing`), acknowledged by a person, resolved when their cause is gone.

use uuid::Uuid;

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        alarms::{Alarm, AlarmKind, AlarmState},
        events::{self, Subject},
        ids::AlarmId,
        span::Instant,
    },
    store,
};

/// Raises an alarm that rings at once. The same cause raises one alarm, however often it is noticed.
pub(super) async fn raise(
    unit: &mut Unit,
    kind: AlarmKind,
    subject: Subject,
    subject_id: impl Into<Uuid>,
) -> Result<(), Error> {
    let now = unit.now;
    raise_at(unit, kind, subject, subject_id, now).await
}

/// Raises an alarm that rings at `at`: a reminder, when that is later. An acknowledged one rings again then.
pub(super) async fn raise_at(
    unit: &mut Unit,
    kind: AlarmKind,
    subject: Subject,
    subject_id: impl Into<Uuid>,
    at: Instant,
) -> Result<(), Error> {
    let subject_id = subject_id.into();
    if let Some(known) = store::alarms::lock_unresolved(&mut unit.tx, kind, subject_id).await? {
        return Ok(store::alarms::save(&mut unit.tx, &known.raised_again(at), None).await?);
    }
    let alarm = Alarm {
        id: unit.id(),
        version: 1,
        kind,
        subject,
        subject_id,
        state: AlarmState::Waiting,
        raised_at: unit.now,
        rings_at: Some(at),
        rung: 0,
        acknowledged_at: None,
        resolved_at: None,
    };
    store::alarms::insert(&mut unit.tx, &alarm).await.map_err(Error::in_the_way)?;
    unit.emit(events::AlarmRaised::from(&alarm));
    Ok(())
}

/// Raises an alarm that rings at once, unless a person has been told already: neither its pauses nor the quiet of whoever
/// has it are cut short.
pub(super) async fn raise_once(
    unit: &mut Unit,
    kind: AlarmKind,
    subject: Subject,
    subject_id: impl Into<Uuid>,
) -> Result<(), Error> {
    let subject_id = subject_id.into();
    match store::alarms::is_unresolved(&mut unit.tx, kind, subject_id).await? {
        true => Ok(()),
        false => raise(unit, kind, subject, subject_id).await,
    }
}

/// Moves the alarm to `at`, raising it when there is none: a reminder put off.
pub(super) async fn move_to(
    unit: &mut Unit,
    kind: AlarmKind,
    subject: Subject,
    subject_id: impl Into<Uuid>,
    at: Instant,
) -> Result<(), Error> {
    let subject_id = subject_id.into();
    match store::alarms::lock_unresolved(&mut unit.tx, kind, subject_id).await? {
        Some(known) => Ok(store::alarms::save(&mut unit.tx, &known.moved(at), None).await?),
        None => raise_at(unit, kind, subject, subject_id, at).await,
    }
}

/// The cause is gone; nothing happens when there is no such alarm.
pub(super) async fn resolve(
    unit: &mut Unit,
    kind: AlarmKind,
    subject_id: impl Into<Uuid>,
) -> Result<(), Error> {
    let Some(alarm) = store::alarms::lock_unresolved(&mut unit.tx, kind, subject_id.into()).await? else {
        return Ok(());
    };
    let alarm = alarm.resolve(unit.now);
    store::alarms::save(&mut unit.tx, &alarm, None).await?;
    unit.emit(events::AlarmResolved::from(&alarm));
    Ok(())
}

/// The causes of all alarms about a thing are gone, but for those of the kinds to keep.
pub(super) async fn resolve_all(
    unit: &mut Unit,
    subject_id: impl Into<Uuid>,
    keep: &[AlarmKind],
) -> Result<(), Error> {
    let subject_id = subject_id.into();
    for alarm in store::alarms::of_subject(&mut unit.tx, subject_id).await? {
        if !keep.contains(&alarm.kind) {
            resolve(unit, alarm.kind, subject_id).await?;
        }
    }
    Ok(())
}

/// Somebody takes care of an alarm: it keeps quiet for a while, and for good once its cause is gone.
pub async fn acknowledge(ctx: &Ctx, command: Command<AlarmId>) -> Result<Alarm, Error> {
    ctx.transact(command, |unit, id| Box::pin(acknowledge_in(unit, *id))).await
}

async fn acknowledge_in(unit: &mut Unit, id: AlarmId) -> Result<Alarm, Error> {
    let alarm = store::alarms::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("alarm"))?;
    let alarm = alarm.acknowledge(unit.now, &unit.ctx.reference().dispatch().alarms)?;
    let by = unit.actor.token();
    store::alarms::save(&mut unit.tx, &alarm, by).await?;
    unit.emit(events::AlarmAcknowledged::from(&alarm));
    if alarm.state == AlarmState::Resolved {
        unit.emit(events::AlarmResolved::from(&alarm));
    }
    Ok(alarm)
}

/// The alarms after `after`, oldest first.
pub async fn list(
    ctx: &Ctx,
    state: Option<AlarmState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Alarm>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::alarms::list(&mut tx, state, after, limit).await?)
}
