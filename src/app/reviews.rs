//! The review queue: what is doubtful is decided by a supervisor, with a reason, before it is billed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Command, Ctx, Error, Unit, programmes, records, review_queue,
    settlement::{self, File},
};
pub use crate::domain::ruling::Decide;
use crate::{
    domain::{
        cooling_off::CoolingOff,
        disputes::ToldDispute,
        events,
        facts::{Fact, FieldRecord, Flag, Guard},
        ids::{DisputeId, JobId, ReviewId},
        jobs::{Job, JobState},
        ledger::{Charge, Priced, Settlement, difference},
        money::Yen,
        perils::{Perils, SafetyRules},
        reference::Dataset,
        reviews::{About, Decision, Review, ReviewState, Settled},
        ruling::{Decider, Grounds},
        salted::Salted,
    },
    store::{self, Tx, technicians::Names},
};

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// The settlement that followed from it; absent where the ledger says the same already.
    pub settlement: Option<Settlement>,
    /// What is doubtful still.
    pub flags: Vec<Flag>,
}

/// What a job is billed, as it is and as it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// What the ledger says now.
    pub billed_yen: Yen,
    /// What it would say if it were accepted: under the decision in force, or else by the record as it was reported; unknown
    /// where that is more than one job can hold.
    pub accepted_yen: Option<Yen>,
    /// What it would say under the decision in force.
    pub decided_yen: Option<Yen>,
}

/// A review with what it is about.
#[derive(Debug, Clone)]
pub struct Item {
    /// The review.
    pub review: Review,
    /// The job.
    pub job: Job,
    /// The number of its case, to be said on the telephone.
    pub case_number: String,
    /// The figures.
    pub figures: Figures,
    /// The job's decisions, oldest first.
    pub decisions: Vec<Decision>,
    /// The record as it was reported.
    pub record: FieldRecord,
}

/// Decides a review that was seen in a version. A decided one may be decided again: the last decision counts.
pub async fn decide(ctx: &Ctx, id: ReviewId, seen: i64, command: Command<Decide>) -> Result<Decided, Error> {
    let command = command.map(|decide| (id, seen, decide));
    ctx.transact(command, |unit, (id, seen, decide)| Box::pin(decide_in(unit, *id, *seen, decide))).await
}

async fn decide_in(unit: &mut Unit, id: ReviewId, seen: i64, decide: &Decide) -> Result<Decided, Error> {
    let missing = || Error::NotFound("review");
    let of = store::reviews::find(&mut unit.tx, id).await?.ok_or_else(missing)?.job_id;
    let job = store::jobs::lock(&mut unit.tx, of).await?.ok_or_else(missing)?;
    let file = File::load(&unit.ctx.clone(), &mut unit.tx, job).await?;
    let review = file.books.reviews.iter().find(|review| review.id == id).cloned().ok_or_else(missing)?;
    if review.version != seen {
        return Err(Error::VersionMismatch { what: "review", current: review.version });
    }
    file.grounds(unit.now).must_be_last(&review)?;
    if review.state == ReviewState::Open {
        store::reviews::save(&mut unit.writes, &review.closed(ReviewState::Decided, unit.now));
        review_queue::nobody_waits(unit, id).await?;
    }
    rule(unit, file, About::Review(id), decide).await
}

/// Writes a decision about a locked job and settles the job by it.
pub(super) async fn rule(
    unit: &mut Unit,
    file: File,
    about: About,
    decide: &Decide,
) -> Result<Decided, Error> {
    let who = Decider { id: unit.id(), by: unit.actor.token() };
    let (decision, _) = file.grounds(unit.now).decide(about, decide, who)?;
    file.grounds(unit.now).must_be_in_time(decide)?;
    // Of an erased case nothing is written about anybody.
    let is_erased = store::erasure::find(&mut unit.tx, file.job.case_id).await?.is_some();
    let note = (!is_erased).then(|| Salted { text: decide.note.clone(), salt: unit.ctx.random() });
    store::reviews::decide(&mut unit.writes, &decision, note.as_ref());
    unit.emit(events::ReviewDecided {
        job: decision.job_id,
        decision: decision.id,
        number: decision.number,
        ruling: decision.ruling,
        reason: decision.reason,
        about,
    });
    let (settlement, flags) = settlement::settle_decided(unit, file, &decision).await?;
    Ok(Decided { decision, settlement, flags })
}

/// What a decision would change.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What the job would cost.
    pub priced: Priced,
    /// What is billed now.
    pub billed_yen: Yen,
    /// Line by line what would be taken back and what would be new.
    pub difference: Vec<Charge>,
}

/// What a job would cost under a decision about a review; writes nothing.
pub async fn preview(ctx: &Ctx, id: ReviewId, decide: &Decide) -> Result<Preview, Error> {
    let mut tx = ctx.db().read().await?;
    let review = store::reviews::find(&mut tx, id).await?.ok_or(Error::NotFound("review"))?;
    preview_of(ctx, &mut tx, review.job_id, About::Review(id), decide).await
}

/// The same of a dispute that is upheld.
pub async fn preview_dispute(ctx: &Ctx, id: DisputeId, decide: &Decide) -> Result<Preview, Error> {
    let mut tx = ctx.db().read().await?;
    let dispute = store::disputes::find(&mut tx, id).await?.ok_or(Error::NotFound("dispute"))?;
    preview_of(ctx, &mut tx, dispute.job_id, About::Dispute(id), decide).await
}

async fn preview_of(
    ctx: &Ctx,
    tx: &mut Tx,
    job: JobId,
    about: About,
    decide: &Decide,
) -> Result<Preview, Error> {
    let job = store::jobs::find(tx, job).await?.ok_or(Error::NotFound("job"))?;
    let file = File::load(ctx, tx, job).await?;
    let who = Decider { id: Uuid::nil().into(), by: None };
    let (_, priced) = file.grounds(ctx.now()).decide(about, decide, who)?;
    let lines = &file.books.lines;
    let difference = difference(lines, priced.charges.clone());
    Ok(Preview {
        billed_yen: lines.iter().map(|line| line.charge.amount_yen).sum(),
        difference: difference.into_iter().map(|entry| entry.charge).collect(),
        priced,
    })
}

/// The review of an id.
pub async fn find(ctx: &Ctx, id: ReviewId) -> Result<(Item, Vec<ToldDispute>), Error> {
    let mut tx = ctx.db().read().await?;
    let review = store::reviews::find(&mut tx, id).await?.ok_or(Error::NotFound("review"))?;
    let items = items(ctx, &mut tx, vec![review]).await?;
    let item = items.into_iter().next().ok_or(Error::NotFound("job"))?;
    let disputes = store::disputes::told_of_job(&mut tx, item.job.id).await?;
    Ok((item, disputes))
}

/// A review as a person decides on it.
#[derive(Debug, Clone)]
pub struct ReviewPage {
    /// The review with what it is about.
    pub item: Item,
    /// Every report of the job.
    pub facts: Vec<Fact>,
    /// What somebody who is to pay does not agree with, in their own words.
    pub disputes: Vec<ToldDispute>,
    /// What everybody in it is called.
    pub names: Names,
}

/// A review with every report it is about, in one snapshot.
pub async fn page(ctx: &Ctx, id: ReviewId) -> Result<ReviewPage, Error> {
    let mut tx = ctx.db().read().await?;
    let review = store::reviews::find(&mut tx, id).await?.ok_or(Error::NotFound("review"))?;
    let items = items(ctx, &mut tx, vec![review]).await?;
    let item = items.into_iter().next().ok_or(Error::NotFound("job"))?;
    let facts = store::facts::of_job(&mut tx, item.job.id).await?;
    let people = facts.iter().map(|fact| fact.technician_id);
    let people = people.chain(item.record.work().map(|work| work.technician_id));
    // Of somebody who has reported nothing, a decision may have stated the work all the same.
    let crew = store::assignments::of_job(&mut tx, item.job.id).await?;
    let people = people.chain(crew.iter().map(|one| one.technician_id));
    let names = store::technicians::names(&mut tx, people).await?;
    let disputes = store::disputes::told_of_job(&mut tx, item.job.id).await?;
    Ok(ReviewPage { item, facts, disputes, names })
}

/// The reviews after `after`, oldest first.
pub async fn list(
    ctx: &Ctx,
    state: Option<ReviewState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Item>, Error> {
    let mut tx = ctx.db().read().await?;
    let reviews = store::reviews::list(&mut tx, state, after, limit).await?;
    items(ctx, &mut tx, reviews).await
}

/// Reviews with what they are about, read together.
async fn items(ctx: &Ctx, tx: &mut Tx, reviews: Vec<Review>) -> Result<Vec<Item>, Error> {
    if reviews.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = reviews.iter().map(|review| review.job_id).collect();
    let jobs = store::job_lists::numbered(tx, &ids).await?;
    let mut facts: BTreeMap<JobId, Vec<Fact>> = BTreeMap::new();
    let crews = store::assignments::of_jobs(tx, &ids).await?;
    let crew = |job: &JobId| crews.get(job).map(Vec::as_slice).unwrap_or_default();
    let told = store::facts::of_jobs(tx, &ids).await?;
    for fact in records::signed(tx, told, crew).await? {
        facts.entry(fact.job_id).or_default().push(fact);
    }
    let of_job = |job: &JobId| facts.get(job).map(Vec::as_slice).unwrap_or_default();
    let rules = SafetyRules::of(&ctx.reference());
    let bills = store::reviews::bills(tx, &ids, programmes::PRICED_BY.map(Dataset::name)).await?;
    let guard = |job: &Job| {
        let settled_at = bills.settled_at.get(&job.id).into_iter().flatten().copied();
        let agreed = bills.agreed.get(&job.id).into_iter().flatten().copied();
        let dangers = bills.dangers.get(&job.id).cloned().unwrap_or_default();
        let checks = bills.checks.get(&job.id).map(Vec::as_slice).unwrap_or_default();
        let perils = Perils::of(dangers, checks, &rules);
        Guard::of(job, crew(&job.id), &perils).billed(settled_at).agreed(agreed)
    };
    let own: BTreeMap<_, _> =
        jobs.iter().map(|(job, _)| (job.id, records::own(ctx, job, &guard(job), of_job(&job.id)))).collect();
    let around: Vec<_> = own.iter().flat_map(|(job, record)| records::around(*job, record)).collect();
    let elsewhere = store::facts::elsewhere(tx, &around).await?;
    let mut items = Vec::with_capacity(reviews.len());
    for review in reviews {
        let about = jobs.iter().find(|(job, _)| job.id == review.job_id).zip(own.get(&review.job_id));
        let ((job, case_number), record) = about.ok_or(Error::NotFound("job"))?;
        let around = records::around(job.id, record);
        let record = records::besides(record.clone(), &around, &elsewhere);
        let terms = programmes::terms(ctx, tx, &programmes::in_force(&bills.versions, job)).await?;
        let decisions = bills.decisions.get(&job.id).cloned().unwrap_or_default();
        let firms = settlement::firms(crew(&job.id));
        let total = |decisions: &[Decision]| {
            if job.state() == JobState::Cancelled {
                // Whatever is told of it, it costs nothing (C-25).
                return Some(Yen::ZERO);
            }
            let (priced, _) =
                settlement::priced(&Settled::of(&record, decisions), &terms, &firms, (job.id, ctx.now()));
            priced.map(|priced| priced.charges.iter().map(|charge| charge.amount_yen).sum())
        };
        let grounds = Grounds {
            job,
            record: &record,
            decisions: &decisions,
            reviews: std::slice::from_ref(&review),
            firms: &firms,
            terms: &terms,
            agreed: bills.agreed.get(&job.id).map(Vec::as_slice).unwrap_or_default(),
            // Of what is accepted neither is asked.
            cooling_off: CoolingOff::of(&[]),
            disputes: &[],
            now: ctx.now(),
        };
        let figures = Figures {
            billed_yen: bills.billed.get(&job.id).copied().unwrap_or(Yen(0)),
            accepted_yen: grounds.accepted(review.id),
            decided_yen: total(&decisions),
        };
        let (job, case_number) = (job.clone(), case_number.clone());
        items.push(Item { review, job, case_number, figures, decisions, record });
    }
    Ok(items)
}
