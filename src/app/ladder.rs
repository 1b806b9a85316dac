//! The ladder: every job that is due is looked at, and something is done about it: somebody is asked, a firm that does
//! not name its technician loses the job, whoever does not come is replaced, a held job reminds the desk. Runs until
//! nothing is due. A job that is not finished always has an instant at which it is looked at again: never silence.

mod ask;
mod booked;
mod watch;

use std::collections::BTreeSet;

use super::{Command, Ctx, Error, Unit, alarms, offers, windows};
use crate::{
    dispatch::question::{NAMED_MAX, Named, Policy, Question, Queueing},
    domain::{
        actor::Actor,
        alarms::AlarmKind,
        cases::Site,
        events::{self, Subject},
        ids::{FirmId, JobId, TechnicianId},
        jobs::{Job, JobState},
        offers::{Offer, OfferState, WithdrawCode},
        place::{JisCode, Point},
        reference::{
            JobCode,
            dispatch::{MayQueue, Rung},
        },
        span::Instant,
        trade::{Priority, Trade},
    },
    store::{self, Tx},
};
pub(super) use ask::record_widest;

/// Jobs looked at in one round at most.
const ROUND_MAX: i64 = 100;
/// Minutes of work to reckon with when the job's code is not known any more.
const WORK_MINUTES_DEFAULT: u16 = 60;
/// Who acts.
const ACTOR: Actor = Actor::Service("ladder");

/// Looks at every job that is due; answers when the next one will be.
pub async fn climb(ctx: &Ctx) -> Result<Option<Instant>, Error> {
    loop {
        let now = ctx.now();
        let mut tx = ctx.db().read().await?;
        let due = store::jobs::due(&mut tx, now, ROUND_MAX).await?;
        let next = store::jobs::next_due(&mut tx).await?;
        drop(tx);
        if due.is_empty() {
            return Ok(next);
        }
        for job in due {
            step(ctx, job).await?;
        }
    }
}

/// Looks at one job: of several nodes, one does.
async fn step(ctx: &Ctx, id: JobId) -> Result<(), Error> {
    let command = Command::new(ACTOR, id);
    ctx.transact(command, |unit, id| Box::pin(step_in(unit, *id))).await
}

async fn step_in(unit: &mut Unit, id: JobId) -> Result<(), Error> {
    let Some(job) = store::jobs::lock_due(&mut unit.tx, id, unit.now).await? else { return Ok(()) };
    let asked = store::offers::of_job(&mut unit.tx, id).await?;
    let job = match job.state {
        JobState::Unassigned => ask::next(unit, job, asked).await?,
        JobState::Offered => expire(unit, job, asked).await?,
        JobState::Accepted => not_named(unit, job, asked).await?,
        JobState::Booked => booked::ask(unit, job, asked).await?,
        JobState::Held => remind(unit, job).await?,
        _ => watch::look(unit, job, asked).await?,
    };
    store::jobs::save(&mut unit.tx, &job).await?;
    Ok(())
}

/// Ends the open offers whose deadline has passed; when none is left, the next ones are asked.
async fn expire(unit: &mut Unit, job: Job, mut asked: Vec<Offer>) -> Result<Job, Error> {
    for offer in asked.iter_mut().filter(|offer| offer.state == OfferState::Open) {
        if offer.deadline <= unit.now {
            *offer = offer.clone().expire(unit.now)?;
            offers::save(unit, offer).await?;
            offer.version += 1;
            unit.emit(events::OfferExpired {
                job: offer.job_id,
                offer: offer.id,
                firm: offer.firm_id,
                technician: offer.technician_id,
            });
            offers::refused_once_more(unit, job.id).await?;
            windows::lapse(unit, offer).await?;
        }
    }
    let open = asked.iter().filter(|offer| offer.state == OfferState::Open);
    match open.map(|offer| offer.deadline).min() {
        Some(deadline) => Ok(Job { wake_at: Some(deadline), ..job }),
        None => {
            let job = job.unassigned(unit.now, unit.now)?;
            ask::next(unit, job, asked).await
        }
    }
}

/// A firm has accepted and not named its technician: a person is told, and the job goes on to the next.
async fn not_named(unit: &mut Unit, job: Job, mut asked: Vec<Offer>) -> Result<Job, Error> {
    for offer in asked.iter_mut().filter(|offer| offer.state == OfferState::Accepted) {
        *offer = offers::withdraw(unit, offer.clone(), WithdrawCode::NotNamed).await?;
    }
    alarms::raise(unit, AlarmKind::NotNamed, Subject::Job, job.id.0).await?;
    let job = job.unassigned(unit.now, unit.now)?;
    ask::next(unit, job, asked).await
}

/// A held job is never forgotten.
async fn remind(unit: &mut Unit, job: Job) -> Result<Job, Error> {
    alarms::raise(unit, AlarmKind::Held, Subject::Job, job.id.0).await?;
    let again = unit.now + unit.ctx.reference().dispatch().held_reminder;
    Ok(Job { wake_at: Some(again), ..job })
}

/// What is asked of the fleet for this job.
pub(super) async fn question(
    ctx: &Ctx,
    tx: &mut Tx,
    job: &Job,
    site: &Site,
    rung: &Rung,
    out: (BTreeSet<TechnicianId>, BTreeSet<FirmId>),
) -> Result<Question, Error> {
    let case = store::cases::find(tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let (excluded, blocked) = out;
    let (firms, technicians) = store::blocks::of_case(tx, job.case_id).await?;
    let job_code = job.job_code.parse().map_err(|_| Error::Internal("a job with no job code".to_owned()))?;
    let sought = Sought {
        job: job.id,
        job_code,
        trade: job.trade,
        priority: job.priority,
        language: Some(case.language),
        point: site.point,
        municipality: site.jis_code.clone(),
    };
    Ok(Question {
        excluded: named(excluded),
        // Whoever is kept away comes first: a block is never left out for a refusal.
        blocked: named(firms.into_iter().chain(blocked)),
        blocked_technicians: named(technicians),
        ..sought.asked_of_everybody(ctx, tx, rung).await?
    })
}

/// Who is sought, and where.
pub(super) struct Sought {
    /// For which job; nil before there is one.
    pub(super) job: JobId,
    /// To do what.
    pub(super) job_code: JobCode,
    /// Which is of this trade.
    pub(super) trade: Trade,
    /// How urgent it is.
    pub(super) priority: Priority,
    /// Language spoken with the resident.
    pub(super) language: Option<String>,
    /// Where.
    pub(super) point: Point,
    /// In which municipality.
    pub(super) municipality: JisCode,
}

impl Sought {
    /// The question that leaves nobody out.
    pub(super) async fn asked_of_everybody(
        self,
        ctx: &Ctx,
        tx: &mut Tx,
        rung: &Rung,
    ) -> Result<Question, Error> {
        let reference = ctx.reference();
        let kind = reference.job_codes().get(self.job_code.as_str());
        Ok(Question {
            job: self.job,
            site: self.point,
            parent_city: store::places::parent_of(tx, &self.municipality).await?,
            municipality: self.municipality,
            trade: self.trade,
            licence: kind.and_then(|kind| kind.licence),
            tools: kind.map(|kind| kind.tools.iter().copied().collect()).unwrap_or_default(),
            work_minutes: kind.map_or(WORK_MINUTES_DEFAULT, |kind| kind.minutes_p50),
            job_code: self.job_code,
            tier_max: rung.tier_max,
            priority: self.priority,
            language: self.language,
            queueing: match rung.queueing {
                MayQueue::FreeOnly => Queueing::FreeOnly,
                MayQueue::Allowed => Queueing::Allowed,
            },
            on_call_ready_s: reference.dispatch().roster.on_call_ready_s.seconds(),
            excluded: Named::default(),
            blocked: Named::default(),
            blocked_technicians: Named::default(),
            policy: Policy::default(),
        })
    }
}

/// At most as many as a question can name, the first of them; more were never met, and leaving out one who has refused
/// only asks him once more.
fn named<T: Ord>(ids: impl IntoIterator<Item = T>) -> Named<T> {
    let mut kept = BTreeSet::new();
    for id in ids {
        if kept.len() == NAMED_MAX {
            break;
        }
        kept.insert(id);
    }
    kept.try_into().unwrap_or_default()
}
