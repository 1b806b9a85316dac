//! The ringing of alarms: those that are due, each by itself.

use super::{Command, Ctx, Error, Unit, alarms, rounds::Round, settlement};
use crate::{
    domain::{
        actor::Actor,
        alarms::AlarmKind,
        docket::consent_needed,
        events::{self, Subject},
        ids::AlarmId,
        span::Instant,
    },
    store,
};

/// Alarms rung in one round at most.
const ROUND_MAX: i64 = 100;
/// Who rings them.
const ACTOR: Actor = Actor::Service("alarms");

/// Rings every alarm that is due, each by itself; answers when the next one will be.
pub async fn ring(ctx: &Ctx) -> Result<Option<Instant>, Error> {
    let mut round = Round::new(ctx, ACTOR);
    loop {
        let now = ctx.now();
        let mut tx = ctx.db().glance().await?;
        let mut due = store::alarms::due(&mut tx, now, ROUND_MAX + round.passed()).await?;
        due.retain(|id| !round.has_passed(id.0));
        if due.is_empty() {
            let first = store::alarms::next_due(&mut tx, None).await?;
            let next = store::alarms::next_due(&mut tx, Some(now)).await?;
            return Ok(round.again(now, first, next));
        }
        drop(tx);
        for id in due {
            let rung = ctx.transact(Command::new(ACTOR, id), |unit, id| Box::pin(ring_in(unit, *id))).await;
            round.took(Subject::Alarm, id.0, rung).await?;
        }
    }
}

async fn ring_in(unit: &mut Unit, id: AlarmId) -> Result<(), Error> {
    store::jobs::lock_of_alarm(&mut unit.tx, id, AlarmKind::PayerAwaited).await?;
    let Some(alarm) = store::alarms::lock_due(&mut unit.tx, id, unit.now).await? else { return Ok(()) };
    let alarm = alarm.ring(unit.now, &unit.ctx.reference().dispatch().alarms);
    store::alarms::save(&mut unit.tx, &alarm, None).await?;
    unit.emit(events::AlarmRang::from(&alarm));
    if alarm.kind == AlarmKind::ConsentDue && alarm.rung == 1 {
        let crew = store::assignments::of_job(&mut unit.tx, alarm.subject_id.into()).await?;
        crew.iter().filter(|one| !one.is_over()).for_each(|one| unit.emit(consent_needed(one)));
    }
    if alarm.kind == AlarmKind::PayerAwaited {
        // Nobody has answered: a supervisor is asked.
        settlement::again(unit, alarm.subject_id.into()).await?;
    }
    alarms::resolve(unit, AlarmKind::CannotGoOn, id.0).await
}
