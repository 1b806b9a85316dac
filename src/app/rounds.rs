//! One failure stays one failure: a worker that looks at many things looks at each by itself. What somebody else holds is
//! passed by and looked at again soon, and so is what a broken connection was in the way of; what fails by itself is put off and
//! tells a person; the others go on. Only a database that cannot be asked what is due ends a round.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, alarms};
use crate::{
    domain::{
        actor::Actor,
        alarms::AlarmKind,
        events::Subject,
        ids::{AlarmId, JobId},
        span::Instant,
    },
    store,
};

/// What was passed by is looked at again after so long.
const AGAIN: TimeDelta = TimeDelta::seconds(1);
/// What fails by itself is tried again after so long.
const PUT_OFF: TimeDelta = TimeDelta::minutes(1);

/// One round over what is due.
pub(super) struct Round {
    ctx: Ctx,
    actor: Actor,
    passed: BTreeSet<Uuid>,
}

impl Round {
    pub(super) fn new(ctx: &Ctx, actor: Actor) -> Self {
        Self { ctx: ctx.clone(), actor, passed: BTreeSet::new() }
    }

    /// How many are passed by: so many more must be asked for to find others.
    pub(super) fn passed(&self) -> i64 {
        i64::try_from(self.passed.len()).unwrap_or(i64::MAX)
    }

    /// Whether this round has already passed it by.
    pub(super) fn has_passed(&self, id: Uuid) -> bool {
        self.passed.contains(&id)
    }

    /// Takes in what came of a look at one thing. An error ends the round.
    pub(super) async fn took<T>(
        &mut self,
        subject: Subject,
        id: Uuid,
        looked: Result<T, Error>,
    ) -> Result<(), Error> {
        let error = match looked {
            Ok(_) => return Ok(()),
            Err(Error::Overloaded) => return Err(Error::Overloaded),
            Err(error) => error,
        };
        self.passed.insert(id);
        // A connection that breaks, a full disk: none of it is the fault of what was looked at, and it may be gone soon.
        if matches!(error, Error::TimedOut | Error::Unavailable | Error::DiskFull) {
            return Ok(());
        }
        tracing::error!(error = &error as &dyn std::error::Error, %subject, %id, "cannot go on with it; put off");
        let command = Command::new(self.actor, (subject, id));
        let put_off =
            self.ctx.transact(command, |unit, (subject, id)| Box::pin(put_off_in(unit, *subject, *id)));
        match put_off.await {
            Err(Error::Overloaded) => Err(Error::Overloaded),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, %subject, %id, "cannot put it off");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// When to look again, after everything due at `now`: when the next one is due, or soon for what was passed by or is in
    /// somebody's hands.
    pub(super) fn again(
        self,
        now: Instant,
        first_due: Option<Instant>,
        next: Option<Instant>,
    ) -> Option<Instant> {
        let is_left = !self.passed.is_empty() || first_due.is_some_and(|due| due <= now);
        let soon = is_left.then(|| now + AGAIN);
        soon.into_iter().chain(next).min()
    }
}

/// Puts one thing off, and tells a person once that the service cannot go on with it.
async fn put_off_in(unit: &mut Unit, subject: Subject, id: Uuid) -> Result<(), Error> {
    let until = unit.now + PUT_OFF;
    match subject {
        Subject::Job => store::jobs::put_off(&mut unit.tx, JobId(id), unit.now, until).await?,
        Subject::Alarm => {
            let told = store::alarms::put_off(&mut unit.tx, AlarmId(id), unit.now, until).await?;
            if told.is_none_or(|kind| kind == AlarmKind::CannotGoOn.as_str()) {
                // The telling itself fails: telling of that would fail as well.
                return Ok(());
            }
        }
        _ => {}
    }
    alarms::raise_once(unit, AlarmKind::CannotGoOn, subject, id).await
}
