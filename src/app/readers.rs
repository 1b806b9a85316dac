//! Readers of the log. One that cannot read on stops, so that nothing is passed over; it says so to whoever asks whether the
//! service is ready, and to the desk.

use super::{Command, Ctx, Error, Unit, alarms, reading::Doing};
use crate::domain::{actor::Actor, alarms::AlarmKind, events::Subject, span::Instant};

pub use crate::domain::readers::Reader;

/// A reader has read on, or could not.
pub async fn took<T>(ctx: &Ctx, reader: Reader, read: &Result<T, Error>) -> Result<(), Error> {
    let before = ctx.readers().get(&reader).copied();
    let now = match (read, before) {
        (Ok(_), _) => Doing::Reads,
        // Whatever was away comes back by itself: the database tells of that.
        (
            Err(Error::Conflict | Error::Overloaded | Error::Unavailable | Error::DiskFull | Error::TimedOut),
            _,
        ) => return Ok(()),
        (Err(_), Some(stopped @ Doing::StoppedSince(_))) => stopped,
        (Err(_), _) => Doing::StoppedSince(ctx.now()),
    };
    if now == Doing::Reads && before == Some(now) {
        return Ok(());
    }
    if now != Doing::Reads {
        // Whoever asks whether the service is ready hears of it, even where the desk cannot be told.
        ctx.readers().insert(reader, now);
    }
    let command = Command::new(Actor::Service("readers"), (reader, now));
    ctx.transact(command, |unit, (reader, now)| Box::pin(tell(unit, *reader, *now))).await?;
    // Only once the desk is told: until then it is told again.
    ctx.readers().insert(reader, now);
    Ok(())
}

async fn tell(unit: &mut Unit, reader: Reader, now: Doing) -> Result<(), Error> {
    match now {
        Doing::Reads => alarms::resolve(unit, AlarmKind::CannotGoOn, reader.alarm_id()).await,
        Doing::StoppedSince(_) => {
            alarms::raise_once(unit, AlarmKind::CannotGoOn, Subject::Log, reader.alarm_id()).await
        }
    }
}

/// Since when readers of this node cannot read on.
pub(super) fn stopped(ctx: &Ctx) -> Vec<(Reader, Instant)> {
    let readers = ctx.readers();
    let stopped = readers.iter().filter_map(|(reader, doing)| match doing {
        Doing::StoppedSince(since) => Some((*reader, *since)),
        Doing::Reads => None,
    });
    stopped.collect()
}
