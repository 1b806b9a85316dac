//! Settling: what follows for the money of a job is decided in one go, and carried out here, in the transaction of the
//! fact that completed it or of the decision that settled the doubt.

use std::collections::BTreeMap;

use super::{Ctx, Error, Unit, alarms, programmes, records, refunds, review_queue};
use crate::{
    domain::{
        alarms::AlarmKind,
        cooling_off::CoolingOff,
        disputes::Dispute,
        events::{self, Subject},
        facts::{FieldRecord, Flag},
        ids::{FirmId, JobId, TechnicianId},
        jobs::{CancelReason, Job, JobState},
        ledger::{LedgerLine, Priced, Settlement, Terms},
        money::Yen,
        offers::Assignment,
        payers::{Agreement, HeldItem},
        payments::Payment,
        refusal::Refusal,
        reviews::{About, Decision, Review, ReviewState, Settled},
        ruling::Grounds,
        salted::Salted,
        settling::{self, Awaited, Ending, Given, Settling},
        span::Instant,
    },
    store::{self, Tx},
};

pub(super) use settling::firms;

pub(super) mod verify;

/// Settles a locked job as far as its record allows: takes over the cash that reports tell of and that is no payment yet,
/// and writes what the ledger lacks, nothing when it says the same. Answers the settlement, and why there is none where a
/// person must look.
pub(super) async fn settle(
    unit: &mut Unit,
    job: &Job,
    record: &FieldRecord,
    assignments: &[Assignment],
) -> Result<(Option<Settlement>, Vec<Flag>), Error> {
    let terms = terms(unit, job, record).await?;
    let books = Books::load(&mut unit.tx, job, record).await?;
    let ending = books.ending(job, terms.as_ref());
    let settling = decide(unit, &books.given(job.id, ending, record, &firms(assignments), unit.now))?;
    carry_out(unit, job.id, settling).await
}

/// Settles a job anew: something else than its reports has changed, or time has passed.
pub(super) async fn again(unit: &mut Unit, id: JobId) -> Result<(), Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let record = records::of_job(&unit.ctx.clone(), &mut unit.tx, &job).await?;
    let assignments = store::assignments::of_job(&mut unit.tx, id).await?;
    settle(unit, &job, &record, &assignments).await?;
    Ok(())
}

/// A locked job with everything a decision about its money looks at.
pub(super) struct File {
    /// The job.
    pub job: Job,
    /// Its record as it was reported.
    pub record: FieldRecord,
    /// The firm of everybody who was ever on it.
    pub firms: BTreeMap<TechnicianId, FirmId>,
    /// What it is priced by.
    pub terms: Terms,
    /// What is written about its money.
    pub books: Books,
    agreed: Vec<Agreement>,
    cooling_off: CoolingOff,
    disputes: Vec<Dispute>,
}

impl File {
    pub(super) async fn load(ctx: &Ctx, tx: &mut Tx, job: Job) -> Result<Self, Error> {
        let record = records::of_job(ctx, tx, &job).await?;
        Ok(Self {
            firms: firms(&store::assignments::of_job(tx, job.id).await?),
            terms: programmes::terms_of(ctx, tx, &job).await?,
            books: Books::load(tx, &job, &record).await?,
            agreed: store::payer_authorities::agreements(tx, job.id).await?,
            cooling_off: CoolingOff::of(&store::statutory_receipts::of_job(tx, job.id).await?),
            disputes: store::disputes::of_job(tx, job.id).await?,
            record,
            job,
        })
    }

    /// What of it is held for the answer of a payer.
    pub(super) fn held(&self, now: Instant) -> Vec<HeldItem> {
        if !settling::is_complete(&self.job, &self.record) {
            return Vec::new();
        }
        let settled = Settled::of(&self.record, &self.books.decisions);
        let (priced, _) = priced(&settled, &self.terms, &self.firms, (self.job.id, now));
        priced.map(|priced| priced.held).unwrap_or_default()
    }

    /// What a supervisor's decision is checked against.
    pub(super) fn grounds(&self, now: Instant) -> Grounds<'_> {
        Grounds {
            job: &self.job,
            record: &self.record,
            decisions: &self.books.decisions,
            reviews: &self.books.reviews,
            firms: &self.firms,
            terms: &self.terms,
            agreed: &self.agreed,
            cooling_off: self.cooling_off,
            disputes: &self.disputes,
            now,
        }
    }
}

/// Settles a locked job by a new decision of a supervisor, which is written with the use-case.
pub(super) async fn settle_decided(
    unit: &mut Unit,
    file: File,
    decision: &Decision,
) -> Result<(Option<Settlement>, Vec<Flag>), Error> {
    let File { job, record, firms, terms, books, .. } = file;
    let terms = settling::is_complete(&job, &record).then_some(&terms);
    let books = books.decided(decision);
    let ending = books.ending(&job, terms);
    let settling = decide(unit, &books.given(job.id, ending, &record, &firms, unit.now))?;
    carry_out(unit, job.id, settling).await
}

/// The terms a job is priced by; none before it is complete.
async fn terms(unit: &mut Unit, job: &Job, record: &FieldRecord) -> Result<Option<Terms>, Error> {
    if !settling::is_complete(job, record) {
        return Ok(None);
    }
    programmes::terms_of(&unit.ctx.clone(), &mut unit.tx, job).await.map(Some)
}

/// Settles a job that was called off: nothing is charged, and that is said (C-25).
pub(super) async fn settle_cancelled(unit: &mut Unit, job: &Job, reason: CancelReason) -> Result<(), Error> {
    let record = records::of_job(&unit.ctx.clone(), &mut unit.tx, job).await?;
    let ending = Ending::CalledOff(settling::called_off(reason));
    let books = Books::load(&mut unit.tx, job, &record).await?;
    let settling = decide(unit, &books.given(job.id, ending, &record, &BTreeMap::new(), unit.now))?;
    carry_out(unit, job.id, settling).await?;
    Ok(())
}

/// What is written about a job's money so far.
pub(super) struct Books {
    /// What supervisors decided, oldest first.
    pub decisions: Vec<Decision>,
    /// Its settlements, oldest first.
    pub settlements: Vec<Settlement>,
    /// Its ledger lines, once it is over.
    pub lines: Vec<LedgerLine>,
    /// Its payments, once it is over.
    pub payments: Vec<Payment>,
    /// Its reviews, oldest first.
    pub reviews: Vec<Review>,
}

impl Books {
    /// Lines are asked for only once the job is over, payments also where the site tells of some: most reports come before.
    async fn load(tx: &mut Tx, job: &Job, record: &FieldRecord) -> Result<Self, Error> {
        let (is_over, job) = (job.state().is_final(), job.id);
        let is_paid = is_over || !record.payments.is_empty();
        Ok(Self {
            decisions: store::reviews::decisions(tx, job).await?,
            settlements: store::ledger::settlements(tx, job).await?,
            lines: if is_over { store::ledger::lines(tx, job).await? } else { Vec::new() },
            payments: if is_paid { store::payments::of_job(tx, job).await? } else { Vec::new() },
            reviews: store::reviews::of_job(tx, job).await?,
        })
    }

    /// Where the job is: with terms once it is complete.
    fn ending<'a>(&self, job: &Job, terms: Option<&'a Terms>) -> Ending<'a> {
        match (terms, job.state(), self.settlements.last()) {
            (Some(terms), ..) => Ending::Complete(terms),
            (None, JobState::Completed, _) => Ending::Contradicted,
            (None, JobState::Cancelled, Some(last)) => Ending::CalledOff(last.basis),
            (None, ..) => Ending::UnderWay,
        }
    }

    /// The same with one decision more, which decides the review it is about.
    fn decided(mut self, decision: &Decision) -> Self {
        self.decisions.push(decision.clone());
        if let About::Review(id) = decision.about {
            let is_it = |review: &&mut Review| review.id == id && review.state == ReviewState::Open;
            if let Some(review) = self.reviews.iter_mut().find(is_it) {
                *review = review.clone().closed(ReviewState::Decided, decision.decided_at);
            }
        }
        self
    }

    fn given<'a>(
        &'a self,
        job: JobId,
        ending: Ending<'a>,
        record: &'a FieldRecord,
        firms: &'a BTreeMap<TechnicianId, FirmId>,
        now: Instant,
    ) -> Given<'a> {
        Given {
            job,
            ending,
            record,
            decisions: &self.decisions,
            firms,
            settlements: &self.settlements,
            lines: &self.lines,
            payments: &self.payments,
            reviews: &self.reviews,
            now,
        }
    }
}

fn decide(unit: &Unit, given: &Given<'_>) -> Result<Settling, Error> {
    settling::settle(given, &mut || unit.ctx.new_id(unit.now))
        .map_err(|error| Error::Internal(error.to_string()))
}

/// Writes down all that follows. Nothing is decided here.
pub(super) async fn carry_out(
    unit: &mut Unit,
    job: JobId,
    settling: Settling,
) -> Result<(Option<Settlement>, Vec<Flag>), Error> {
    for payment in &settling.payments {
        keep_payment(unit, payment);
    }
    if let Some(refusal) = &settling.over_limits {
        note_over_limits(job, refusal);
    }
    if let Some(change) = settling.review {
        review_queue::carry_out(unit, change).await?;
    }
    if let Some(due) = settling.due {
        refunds::tell(unit, job, due).await?;
    }
    match settling.awaited {
        Awaited::Nobody => {}
        Awaited::Until(at) => {
            alarms::move_to(unit, AlarmKind::PayerAwaited, Subject::Job, job.0, at).await?;
        }
        Awaited::NoMore => alarms::resolve(unit, AlarmKind::PayerAwaited, job.0).await?,
    }
    let Some((settlement, lines)) = settling.settlement else { return Ok((None, settling.flags)) };
    store::ledger::insert(&mut unit.writes, &settlement, &lines);
    unit.emit(events::JobSettled {
        job,
        settlement: settlement.id,
        number: settlement.number,
        lines: lines.len(),
        basis: settlement.basis,
    });
    Ok((Some(settlement), settling.flags))
}

/// What a job costs by its record; unknown while it is not over.
pub(super) fn owed(job: &Job, record: &FieldRecord, priced: Option<&Priced>) -> Option<Yen> {
    match job.state() {
        JobState::Cancelled => Some(Yen::ZERO),
        _ if settling::is_complete(job, record) => priced.map(Priced::owed),
        _ => None,
    }
}

/// What the record costs, and what of it is doubtful and not decided.
pub(super) fn priced(
    settled: &Settled,
    terms: &Terms,
    firms: &BTreeMap<TechnicianId, FirmId>,
    (job, now): (JobId, Instant),
) -> (Option<Priced>, Vec<Flag>) {
    let (priced, open) = settling::priced(settled, terms, firms, now);
    (priced.map_err(|refusal| note_over_limits(job, &refusal)).ok(), open)
}

fn note_over_limits(job: JobId, refusal: &Refusal) {
    tracing::warn!(%job, %refusal, "a record is beyond what can be billed unseen");
}

/// Has a payment written down, and tells of it.
pub(super) fn keep_payment(unit: &mut Unit, payment: &Payment) {
    let by = unit.actor.token();
    let salted = |text: &String| Salted { text: text.clone(), salt: unit.ctx.random() };
    let reference = payment.reference.as_ref().map(salted);
    store::payments::insert(&mut unit.writes, payment, reference.as_ref(), by);
    unit.emit(events::PaymentRecorded {
        job: payment.job_id,
        payment: payment.id,
        kind: payment.kind,
        method: payment.method,
    });
}

/// Prices every settled job anew; see [`verify::verify`].
pub async fn verify(ctx: &Ctx) -> Result<Vec<String>, Error> {
    verify::verify(ctx).await
}

/// What a job's facts and decisions add up to now.
pub(super) async fn settled(ctx: &Ctx, tx: &mut Tx, job: &Job) -> Result<Settled, Error> {
    let record = records::of_job(ctx, tx, job).await?;
    let decisions = store::reviews::decisions(tx, job.id).await?;
    Ok(Settled::of(&record, &decisions))
}
