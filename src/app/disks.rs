//! The room on the disks: figures, and an alarm while there is less than the operator wants.

pub use super::watched_disks::Disks;
use super::{Command, Ctx, Error, Unit, alarms, watched_disks::Room};
use crate::{
    domain::{actor::Actor, alarms::AlarmKind, disks::Disk, events::Subject},
    store,
};

/// Who looks.
const ACTOR: Actor = Actor::Service("disks");

/// How many bytes are free on each disk that can be looked at.
pub(super) async fn free(ctx: &Ctx) -> Result<Vec<(Disk, u64)>, Error> {
    let Some(disks) = ctx.disks() else { return Ok(Vec::new()) };
    let places = disks.places().to_vec();
    let measured = tokio::task::spawn_blocking(move || {
        let mut free = Vec::with_capacity(places.len());
        for (disk, path) in places {
            match store::disk::free_bytes(&path) {
                Ok(bytes) => free.push((disk, bytes)),
                Err(error) => tracing::warn!(%error, %disk, "nobody can tell how much room is left"),
            }
        }
        free
    });
    measured.await.map_err(|error| Error::Internal(error.to_string()))
}

/// Has a disk ring on which there is too little room, and be quiet once there is enough.
pub async fn look(ctx: &Ctx) -> Result<(), Error> {
    let Some(disks) = ctx.disks().filter(|disks| disks.free_min() > 0) else { return Ok(()) };
    for (disk, bytes) in free(ctx).await? {
        let room = if bytes < disks.free_min() { Room::Low } else { Room::Enough };
        let before = disks.known(disk);
        if room == Room::Enough && before == Some(room) {
            continue;
        }
        if room == Room::Low {
            tracing::warn!(%disk, bytes, "there is little room left");
        }
        let command = Command::new(ACTOR, (disk, room));
        ctx.transact(command, |unit, (disk, room)| Box::pin(tell(unit, *disk, *room))).await?;
        disks.seen_to(disk, room);
    }
    Ok(())
}

async fn tell(unit: &mut Unit, disk: Disk, room: Room) -> Result<(), Error> {
    match room {
        Room::Enough => alarms::resolve(unit, AlarmKind::DiskLow, disk.alarm_id()).await,
        Room::Low => alarms::raise_once(unit, AlarmKind::DiskLow, Subject::Machine, disk.alarm_id()).await,
    }
}
