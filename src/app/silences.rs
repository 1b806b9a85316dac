//! Nothing is silent (G-09): what nobody goes on with rings at the desk, and stops ringing once somebody has.

use chrono::TimeDelta;

use super::{Command, Ctx, Error, alarms, rounds::Round};
use crate::{
    domain::{actor::Actor, alarms::AlarmKind, silence::Watched, span::Instant},
    store::{self, silences::OutOfStep},
};

/// Things of a kind looked at in one round at most.
const ROUND_MAX: i64 = 500;
/// When there are more, they are looked at after so long.
const AGAIN: TimeDelta = TimeDelta::seconds(1);
/// Who looks.
const ACTOR: Actor = Actor::Service("silences");

/// Brings alarms and what they tell of in step; answers when the next thing has been left alone for too long.
pub async fn look(ctx: &Ctx) -> Result<Option<Instant>, Error> {
    let mut round = Round::new(ctx, ACTOR);
    let mut next = None;
    for &watched in Watched::ALL {
        let due = look_at(ctx, &mut round, watched).await?;
        next = next.into_iter().chain(due).min();
    }
    go_on(ctx, &mut round).await?;
    Ok(round.again(ctx.now(), None, next))
}

/// What it could not go on with, and did not meet again in this round, has gone on or ended by itself.
async fn go_on(ctx: &Ctx, round: &mut Round) -> Result<(), Error> {
    let mut tx = ctx.db().glance().await?;
    let mut stuck = store::silences::stuck(&mut tx).await?;
    drop(tx);
    stuck.retain(|(_, id)| !round.has_passed(*id));
    for (subject, id) in stuck {
        let command = Command::new(ACTOR, id);
        let done =
            ctx.transact(command, |unit, id| Box::pin(alarms::resolve(unit, AlarmKind::CannotGoOn, *id)));
        round.took(subject, id, done.await).await?;
    }
    Ok(())
}

/// Looks at the things of one kind; answers when the next of them is due.
async fn look_at(ctx: &Ctx, round: &mut Round, watched: Watched) -> Result<Option<Instant>, Error> {
    let mut tx = ctx.db().glance().await?;
    let found = store::silences::look(&mut tx, watched, ctx.now(), ROUND_MAX).await?;
    drop(tx);
    let after = watched.after(&ctx.reference().dispatch().silence).delta();
    let is_full = i64::try_from(found.len()).is_ok_and(|count| count >= ROUND_MAX);
    for OutOfStep { id, since } in found {
        // What ends while the alarm is raised has rung this worker's bell by then: the next round resolves it.
        let done = match since.map(|since| since + after) {
            Some(due) if due > ctx.now() => return Ok(Some(due)),
            Some(_) => {
                let command = Command::new(ACTOR, (watched, id));
                ctx.transact(command, |unit, (watched, id)| {
                    Box::pin(alarms::raise_once(unit, watched.alarm(), watched.subject(), *id))
                })
                .await
            }
            None => {
                let command = Command::new(ACTOR, (watched, id));
                ctx.transact(command, |unit, (watched, id)| {
                    Box::pin(alarms::resolve(unit, watched.alarm(), *id))
                })
                .await
            }
        };
        round.took(watched.subject(), id, done).await?;
    }
    // As many again may wait behind them.
    Ok(is_full.then(|| ctx.now() + AGAIN))
}
