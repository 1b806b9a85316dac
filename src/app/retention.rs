//! The retention table, applied once a day by one node: in small batches, so that no write holds the lock for long.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, TimeDelta};
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, alarms, erasure, evidence};
use crate::{
    domain::{
        actor::Actor,
        alarms::AlarmKind,
        events::{self, Subject},
        evidence::ErasedFor,
        ids::CaseId,
        retention::{Kept, Run},
        span::{Instant, tokyo, tokyo_instant},
    },
    store::{self, Tx, retention::Stretch},
};

/// Minute of the day in Tokyo at which it begins: after the busiest hours of the night.
const AT_MINUTE: i64 = 3 * 60;
/// Things taken away in one transaction at most.
const BATCH: i64 = 100;
/// Batches of one kind in one run at most; the rest follows the day after.
const BATCHES_MAX: usize = 1_000;
/// After so long without progress another node takes the run over.
const IDLE: TimeDelta = TimeDelta::hours(1);
/// Who takes away.
const ACTOR: Actor = Actor::Service("retention");
/// What an alarm is about when a run cannot be finished: every day's, so that there is one alarm.
const SUBJECT: Subject = Subject::Retention;
const EVERY_DAY: Uuid = Uuid::nil();
/// What is counted of files.
const FILES: &str = "file";

/// Applies the table if that is due and nobody else does; answers when to look again.
pub async fn apply(ctx: &Ctx) -> Result<Instant, Error> {
    let now = ctx.now();
    if let Err(error) = evidence::sweep(ctx).await {
        tracing::error!(error = &error as &dyn std::error::Error, "files without rows stay; trying again");
    }
    let today = tokyo(now).date_naive();
    let due = tokyo_instant(today, AT_MINUTE);
    let next = tokyo_instant(today.checked_add_days(Days::new(1)).unwrap_or(today), AT_MINUTE);
    let mut tx = ctx.db().read().await?;
    let begun = store::retention::of_day(&mut tx, &today.to_string()).await?;
    drop(tx);
    if begun.as_ref().is_some_and(|run| run.finished_at.is_some()) {
        return Ok(next);
    }
    if now < due {
        return Ok(due);
    }
    let command = Command::new(ACTOR, ());
    match ctx.transact(command, |unit, ()| Box::pin(claim_in(unit))).await? {
        Some(run) => run_through(ctx, run).await.map(|()| next),
        // Another node is at it; should it fail, somebody takes over.
        None => Ok(now + IDLE),
    }
}

/// The run to be done by this node, if there is one.
async fn claim_in(unit: &mut Unit) -> Result<Option<Run>, Error> {
    let (now, day) = (unit.now, tokyo(unit.now).date_naive());
    let reference = unit.ctx.reference();
    let run = Run {
        id: unit.id(),
        day,
        begun_at: now,
        finished_at: None,
        read_log_before: reference.retention().before(Kept::ReadLog, now),
        counts: BTreeMap::new(),
    };
    let begun = store::retention::begin(&mut unit.tx, &run).await.map_err(Error::in_the_way)?;
    if begun {
        return Ok(Some(run));
    }
    Ok(store::retention::take_over(&mut unit.tx, now, now - IDLE).await?)
}

/// Each kind by itself: one that fails leaves the run unfinished, so that it is tried again, and tells a person.
async fn run_through(ctx: &Ctx, mut run: Run) -> Result<(), Error> {
    let mut failed = None;
    for kept in Kept::ALL {
        if let Err(error) = through(ctx, *kept, &mut run).await {
            tracing::error!(error = &error as &dyn std::error::Error, %kept, "cannot be taken away; trying again");
            failed = Some(error);
        }
    }
    let files = evidence::sweep(ctx).await?;
    if files > 0 {
        *run.counts.entry(FILES.to_owned()).or_default() += files;
    }
    if let Some(error) = failed {
        let tell = Command::new(ACTOR, ());
        ctx.transact(tell, |unit, ()| {
            Box::pin(alarms::raise_once(unit, AlarmKind::CannotGoOn, SUBJECT, EVERY_DAY))
        })
        .await?;
        return Err(error);
    }
    if !run.counts.is_empty() {
        erasure::forget(ctx).await;
    }
    let command = Command::new(ACTOR, run);
    let (pos, hash) = ctx.transact(command, |unit, run| Box::pin(finish_in(unit, run))).await?;
    super::anchors::keep(ctx, pos, &hash).await;
    Ok(())
}

async fn through(ctx: &Ctx, kept: Kept, run: &mut Run) -> Result<(), Error> {
    match Cases::of(ctx, kept, run) {
        Some(cases) => cases.through(ctx, run).await,
        None => batches(ctx, kept, run).await,
    }
}

async fn batches(ctx: &Ctx, kept: Kept, run: &mut Run) -> Result<(), Error> {
    for _ in 0..BATCHES_MAX {
        let command = Command::new(ACTOR, (kept, run.clone()));
        let batch = ctx.transact(command, |unit, (kept, run)| Box::pin(batch_in(unit, *kept, run)));
        let taken = batch.await?;
        if taken > 0 {
            *run.counts.entry(kept.as_str().to_owned()).or_default() += taken;
        }
        if taken < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(())
}

/// Takes one batch away and writes the count down with it.
async fn batch_in(unit: &mut Unit, kept: Kept, run: &Run) -> Result<u64, Error> {
    let taken = take_away(unit, kept, run).await?;
    if taken > 0 {
        note(unit, kept, run, taken).await?;
    }
    Ok(taken)
}

/// Writes down with what was taken away how much it was.
async fn note(unit: &mut Unit, kept: Kept, run: &Run, taken: u64) -> Result<(), Error> {
    let mut run = run.clone();
    *run.counts.entry(kept.as_str().to_owned()).or_default() += taken;
    Ok(store::retention::progress(&mut unit.tx, &run, unit.now).await?)
}

/// Cases of one kind that go when their time is over.
#[derive(Debug, Clone, Copy)]
struct Cases {
    kept: Kept,
    before: Instant,
    charged_before: Instant,
}

impl Cases {
    fn of(ctx: &Ctx, kept: Kept, run: &Run) -> Option<Self> {
        let reference = ctx.reference();
        let before = |kept| reference.retention().before(kept, run.begun_at);
        let is_case = matches!(kept, Kept::Case | Kept::ChargedCase | Kept::LiabilityCase);
        let charged_before = before(Kept::ChargedCase);
        is_case.then(|| Self { kept, before: before(kept), charged_before })
    }

    /// Each case by itself: one that fails is passed by, so that the others go all the same.
    async fn through(self, ctx: &Ctx, run: &mut Run) -> Result<(), Error> {
        let (mut after, mut failed) = (Uuid::nil(), None);
        for _ in 0..BATCHES_MAX {
            let mut tx = ctx.db().read().await?;
            let due = self.over(&mut tx, Stretch::after(after, BATCH)).await?;
            drop(tx);
            let Some(last) = due.last() else { break };
            after = last.0;
            for case in due {
                let command = Command::new(ACTOR, (self, case, run.clone()));
                let gone = ctx.transact(command, |unit, (cases, case, run)| {
                    Box::pin(case_in(unit, *cases, *case, run))
                });
                match gone.await {
                    Ok(taken) if taken > 0 => {
                        *run.counts.entry(self.kept.as_str().to_owned()).or_default() += taken;
                    }
                    Ok(_) => {}
                    Err(error @ (Error::Overloaded | Error::Unavailable | Error::DiskFull)) => {
                        return Err(error);
                    }
                    Err(error) => {
                        tracing::error!(error = &error as &dyn std::error::Error, %case, "a case cannot be erased");
                        failed = Some(error);
                    }
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn over(self, tx: &mut Tx, stretch: Stretch) -> Result<Vec<CaseId>, Error> {
        Ok(match self.kept {
            Kept::LiabilityCase => {
                store::retention::liability_cases(tx, self.before, self.charged_before, stretch).await?
            }
            Kept::ChargedCase => store::retention::charged_cases(tx, self.before, stretch).await?,
            _ => store::retention::cases(tx, self.before, stretch).await?,
        })
    }
}

/// Takes the people of one case away, unless somebody has held or reopened it meanwhile, or something of it is not over; answers how
/// many cases that were.
async fn case_in(unit: &mut Unit, cases: Cases, id: CaseId, run: &Run) -> Result<u64, Error> {
    // What is read from now on, nobody changes before it is gone.
    store::cases::guard(&mut unit.tx, id).await?;
    let is_over = cases.over(&mut unit.tx, Stretch::of(id)).await?.contains(&id);
    if !is_over || !store::erasure::needs(&mut unit.tx, id).await?.is_empty() {
        return Ok(0);
    }
    erasure::outlived(unit, id).await?;
    note(unit, cases.kept, run, 1).await?;
    Ok(1)
}

async fn take_away(unit: &mut Unit, kept: Kept, run: &Run) -> Result<u64, Error> {
    let reference = unit.ctx.reference();
    let before = reference.retention().before(kept, run.begun_at);
    let tx = &mut unit.tx;
    Ok(match kept {
        Kept::HandOverNote => store::retention::hand_over_notes(tx, before, BATCH).await?,
        Kept::CallDraft => store::retention::drafts(tx, before, BATCH).await?,
        Kept::CallerWithoutCase => store::retention::callers_without_case(tx, before, BATCH).await?,
        Kept::Position => store::retention::positions(tx, before, BATCH).await?,
        Kept::EndedBlock => store::retention::ended_blocks(tx, before, BATCH).await?,
        Kept::Message => store::messages::forget(tx, before, BATCH).await?,
        // The run has said before which instant: the database lets nothing younger go.
        Kept::ReadLog => store::reads::forget(tx, run.read_log_before, BATCH).await?,
        Kept::Photo => photos(unit, before).await?,
        // Each by itself, see `Cases`.
        Kept::Case | Kept::ChargedCase | Kept::LiabilityCase => 0,
    })
}

async fn photos(unit: &mut Unit, before: Instant) -> Result<u64, Error> {
    let due = store::evidence::outlived(&mut unit.tx, before, BATCH).await?;
    let cases: BTreeSet<_> = due.iter().map(|(.., case)| *case).collect();
    for case in &cases {
        store::cases::guard(&mut unit.tx, *case).await?;
    }
    // Read again: somebody may have held a case meanwhile, or referred it.
    let due = store::evidence::outlived(&mut unit.tx, before, BATCH).await?;
    let due = due.into_iter().filter(|(.., case)| cases.contains(case));
    let mut taken = 0;
    for (id, file, _) in due {
        store::evidence::erase(&mut unit.tx, (id, file), unit.now, ErasedFor::Retention).await?;
        taken += 1;
    }
    Ok(taken)
}

/// Ends the run; answers the head of the feed, which is told to those who keep it elsewhere.
async fn finish_in(unit: &mut Unit, run: &Run) -> Result<(i64, String), Error> {
    let head = store::feed::head(&mut unit.tx).await?;
    let run = Run { finished_at: Some(unit.now), ..run.clone() };
    store::retention::progress(&mut unit.tx, &run, unit.now).await?;
    alarms::resolve(unit, AlarmKind::CannotGoOn, EVERY_DAY).await?;
    // A day on which nothing was due is in the runs, not in everybody's log.
    if !run.counts.is_empty() {
        unit.emit(events::RetentionApplied { run: run.id, day: run.day, counts: run.counts });
    }
    let hash = hex::encode(head.hash);
    unit.emit(events::LogAnchored { run: run.id, pos: head.pos, hash: hash.clone() });
    Ok((head.pos, hash))
}

/// The runs after `after`, oldest first.
pub async fn list(ctx: &Ctx, after: Uuid, limit: i64) -> Result<Vec<Run>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::retention::list(&mut tx, after, limit).await?)
}
