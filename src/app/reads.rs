//! The read log (Y-02): noted while answering, written a moment later by a worker, so that no reader waits for the
//! writer. What is noted and not yet written is lost when the process is killed; when the queue is full, what does not
//! fit is counted.

use uuid::Uuid;

use super::{Ctx, Error, clock::Bell};
use crate::{
    domain::{
        actor::Actor,
        reads::{Part, Read, ReadSubject, purpose},
        retention::Run,
    },
    store::{self, Batch},
};

pub use crate::store::reads::{Entry, Filter};

/// Reads written in one transaction at most.
const BATCH_MAX: usize = 500;

impl Ctx {
    /// Notes that an actor has read personal data: by method and route, of a thing if the page is about one.
    pub fn note_read(&self, actor: &Actor, route: String, part: Part, subject: Option<(ReadSubject, Uuid)>) {
        let Some(role) = actor.role() else { return };
        let now = self.now();
        let read = Read {
            id: self.new_id(now).into(),
            at: now,
            actor: actor.name().to_owned(),
            actor_id: actor.token(),
            route,
            purpose: purpose(role, part),
            subject: subject.map(|(subject, _)| subject),
            subject_id: subject.map(|(_, id)| id),
            case_id: None,
        };
        self.reads().push(read);
    }

    /// Has this bell rung when the first read waits, and again when many do.
    pub fn ring_on_reads(&self, bell: Bell) {
        self.reads().ring(bell);
    }

    /// How many reads wait to be written, and how many did not fit since the start.
    #[must_use]
    pub fn reads_waiting(&self) -> (usize, u64) {
        self.reads().figures()
    }
}

/// Writes what waits before somebody looks. What others have read is not the looker's to be counted with.
async fn write_first(ctx: &Ctx) -> Result<(), Error> {
    store::counting::counted(write(ctx)).await.0
}

/// Writes what waits. What cannot be written waits on.
pub async fn write(ctx: &Ctx) -> Result<(), Error> {
    loop {
        let batch = ctx.reads().take(BATCH_MAX);
        if batch.is_empty() {
            return Ok(());
        }
        if let Err(error) = append(ctx, &batch).await {
            // Where only the answer was lost, they are there.
            let missing = missing(ctx, &batch).await.unwrap_or(batch);
            ctx.reads().put_back(missing);
            return Err(error);
        }
    }
}

async fn missing(ctx: &Ctx, batch: &[Read]) -> Result<Vec<Read>, Error> {
    let mut tx = ctx.db().glance().await?;
    let written = store::reads::written(&mut tx, batch.iter().map(|read| read.id)).await?;
    Ok(batch.iter().filter(|read| !written.contains(&read.id)).cloned().collect())
}

async fn append(ctx: &Ctx, batch: &[Read]) -> Result<(), Error> {
    let mut tx = ctx.db().write().await?;
    for read in batch {
        store::reads::insert(&mut tx, read).await?;
    }
    // Not a use-case that has changed something for anybody: all that is kept in mind of the desk stays as it is.
    let now = ctx.now();
    let sealed = (ctx.new_id(now), ctx.rows_sealed(now).into());
    let mut writes = Batch::of(&tx);
    writes.take_over(&mut tx);
    store::events::append(&mut writes, now, &Actor::Service("reads"), &[sealed]);
    writes.commit(tx).await?;
    ctx.rows_were_sealed();
    Ok(())
}

/// The reads after `after`, oldest first, those that wait to be written included.
pub async fn list(ctx: &Ctx, filter: &Filter, after: Uuid, limit: i64) -> Result<Vec<Entry>, Error> {
    write_first(ctx).await?;
    let mut tx = ctx.db().read().await?;
    Ok(store::reads::list(&mut tx, filter, after, limit).await?)
}

/// The reads before `before`, newest first, and the runs of retention, oldest first: what the audit looks at, all of one
/// moment.
pub async fn audit(
    ctx: &Ctx,
    filter: &Filter,
    before: Uuid,
    (reads, runs): (i64, i64),
) -> Result<(Vec<Entry>, Vec<Run>), Error> {
    write_first(ctx).await?;
    let mut tx = ctx.db().read().await?;
    let reads = store::reads::newest(&mut tx, filter, before, reads).await?;
    Ok((reads, store::retention::list(&mut tx, Uuid::nil(), runs).await?))
}

/// The reads before `before`, newest first, those that wait to be written included; before nil, the newest.
pub async fn newest(ctx: &Ctx, filter: &Filter, before: Uuid, limit: i64) -> Result<Vec<Entry>, Error> {
    write_first(ctx).await?;
    let mut tx = ctx.db().read().await?;
    Ok(store::reads::newest(&mut tx, filter, before, limit).await?)
}
