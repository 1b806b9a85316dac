//! Pictures from the site: cleaned, written beside the database, then entered; shown to the desk and to who is on the
//! job. An upload that stops half-way leaves a file that no row stands for, which is deleted a day later.

use std::collections::BTreeSet;

use chrono::{SubsecRound as _, TimeDelta};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, seen, settlement};
use crate::{
    domain::{
        actor::{Actor, Scope},
        events,
        evidence::{
            AbsenceReason, Circumstances, Evidence, EvidenceKind, MediaType, Need, OF_JOB_MAX, Picture,
            clean, missing,
        },
        facts::{Fact, FactKind},
        ids::{EvidenceId, FirmId, JobId, TechnicianId},
        jobs::Job,
        offers::Assignment,
        refusal::{CaseRefused, EvidenceRefused, JobRefused, Refusal},
        sight::{Sight, is_own, says_the_end},
        span::Instant,
    },
    store,
};

/// How long an upload may take until its file is taken for forgotten.
const UPLOAD_MAX: TimeDelta = TimeDelta::hours(24);

/// A picture as it comes in.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its id, made by the device.
    pub id: EvidenceId,
    /// What it shows.
    pub kind: EvidenceKind,
    /// How it says it is written.
    pub media_type: MediaType,
    /// When it was taken, by the device's clock.
    pub device_time: Instant,
    /// Who has taken it; a technician sends the own ones and need not say so.
    pub technician_id: Option<TechnicianId>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A picture that is kept, and whether it was before.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The picture.
    pub evidence: Evidence,
    /// Whether the same one had come in before.
    pub known: bool,
}

/// Keeps a picture. The same one again is harmless.
pub async fn upload(ctx: &Ctx, job: JobId, command: Command<Upload>) -> Result<Kept, Error> {
    let Command { actor, body: upload, .. } = command;
    let cleaning = tokio::task::spawn_blocking(move || {
        let picture = clean(upload.media_type, &upload.bytes)?;
        Ok::<_, Refusal>((picture, Upload { bytes: Vec::new(), ..upload }))
    });
    let (Picture { media_type, bytes }, upload) =
        cleaning.await.map_err(|error| Error::Internal(error.to_string()))??;
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
    let evidence = Evidence {
        id: upload.id,
        job_id: job,
        firm_id: None,
        technician_id: upload.technician_id,
        kind: upload.kind,
        media_type,
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: hex::encode(sha256),
        device_time: upload.device_time.trunc_subsecs(6),
        received_at: ctx.now(),
        erased_at: None,
        erased_for: None,
        file: ctx.new_id(ctx.now()),
    };
    let reserving = Command::new(actor, evidence.clone());
    if let Some(known) = ctx.transact(reserving, |unit, new| Box::pin(reserve_in(unit, new))).await? {
        return Ok(Kept { evidence: known, known: true });
    }
    ctx.files().put(evidence.file, bytes).await?;
    let keeping = Command::new(actor, (evidence, sha256));
    let (evidence, known) =
        ctx.transact(keeping, |unit, (new, sha256)| Box::pin(keep_in(unit, new, sha256))).await?;
    Ok(Kept { evidence, known })
}

/// The picture if it is known; else its file is announced, so that nothing lies there that nobody knows of.
async fn reserve_in(unit: &mut Unit, new: &Evidence) -> Result<Option<Evidence>, Error> {
    let job = store::jobs::find(&mut unit.tx, new.job_id).await?.ok_or(Error::NotFound("job"))?;
    whose(unit, new).await?;
    if let Some(known) = repeated(unit, new).await? {
        return Ok(Some(known));
    }
    may_take(unit, &job).await?;
    let due = unit.now + UPLOAD_MAX;
    store::evidence::loosen(&mut unit.tx, new.file, due).await?;
    Ok(None)
}

async fn keep_in(unit: &mut Unit, new: &Evidence, sha256: &[u8; 32]) -> Result<(Evidence, bool), Error> {
    let job = store::jobs::lock(&mut unit.tx, new.job_id).await?.ok_or(Error::NotFound("job"))?;
    let (firm_id, technician_id) = whose(unit, new).await?;
    if let Some(known) = repeated(unit, new).await? {
        return Ok((known, true));
    }
    may_take(unit, &job).await?;
    if !store::evidence::settle(&mut unit.tx, new.file).await? {
        return Err(Error::Refused(EvidenceRefused::UploadTooSlow.into()));
    }
    let evidence = Evidence { firm_id, technician_id, received_at: unit.now, ..new.clone() };
    let by = unit.actor.token();
    store::evidence::insert(&mut unit.tx, &evidence, sha256, by).await.map_err(Error::in_the_way)?;
    unit.emit(events::EvidenceKept {
        job: job.id,
        evidence: evidence.id,
        kind: evidence.kind,
        technician: technician_id,
    });
    if evidence.kind == EvidenceKind::Signature {
        let facts = store::facts::of_job(&mut unit.tx, job.id).await?;
        // A consent named it before it was there (C-19).
        if facts.iter().any(|fact| fact.awaits_signature() == Some(evidence.id)) {
            settlement::again(unit, job.id).await?;
        }
    }
    Ok((evidence, false))
}

/// Whose picture it is: of somebody who is or was on the job; the desk may have one of nobody.
async fn whose(unit: &mut Unit, new: &Evidence) -> Result<(Option<FirmId>, Option<TechnicianId>), Error> {
    let assignments = store::assignments::of_job(&mut unit.tx, new.job_id).await?;
    let scope = unit.actor.scope();
    let actor = unit.actor;
    let own: Vec<_> = assignments.iter().filter(|one| is_own(&actor, one)).collect();
    if own.is_empty() && scope != Scope::All {
        return Err(Error::NotFound("job"));
    }
    let said = match (new.technician_id, scope) {
        (Some(said), _) | (None, Scope::Technician(_, said)) => said,
        (None, Scope::Firm(firm)) => return Ok((Some(firm), None)),
        (None, _) => return Ok((None, None)),
    };
    let one = own.into_iter().find(|one| one.technician_id == said);
    let one =
        one.ok_or_else(|| Refusal::field("technician_id", "this technician has no assignment on this job"))?;
    Ok((Some(one.firm_id), Some(one.technician_id)))
}

/// The picture of this id, if it is the same one; an id that stands for another one is refused.
async fn repeated(unit: &mut Unit, new: &Evidence) -> Result<Option<Evidence>, Error> {
    let Some(known) = store::evidence::find(&mut unit.tx, new.id).await? else { return Ok(None) };
    if (known.job_id, known.kind, &known.sha256) != (new.job_id, new.kind, &new.sha256) {
        return Err(Error::Refused(EvidenceRefused::IdReused.into()));
    }
    Ok(Some(known))
}

async fn may_take(unit: &mut Unit, job: &Job) -> Result<(), Error> {
    if store::evidence::of_job(&mut unit.tx, job.id).await?.len() >= OF_JOB_MAX {
        return Err(Error::Refused(EvidenceRefused::TooManyPictures(OF_JOB_MAX).into()));
    }
    if store::erasure::find(&mut unit.tx, job.case_id).await?.is_some() {
        return Err(Error::Refused(CaseRefused::Erased.into()));
    }
    Ok(())
}

/// The pictures of a job, and what is missing.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The pictures that are the actor's to see, erased ones too.
    pub items: Vec<Evidence>,
    /// What should be there and is not.
    pub missing: Vec<Need>,
    /// Why nobody has signed, where that is written down.
    pub signature_absence: Option<AbsenceReason>,
}

/// The pictures of a job; a contractor sees those of the own firm while the job is his, and for a while once he has done it
/// (G-11).
pub async fn of_job(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<Listed, Error> {
    let mut tx = ctx.db().read().await?;
    let (job, crew) = seen::seen(&mut tx, actor, id).await?;
    let about = AboutPictures {
        all: store::evidence::of_job(&mut tx, id).await?,
        absence: store::evidence::absence(&mut tx, id).await?,
        is_referred: store::evidence::referred_on_site(&mut tx, id).await?,
    };
    let facts = store::facts::of_job(&mut tx, id).await?;
    Ok(listed(ctx, actor, &job, &crew, &facts, about))
}

/// What is on record about the pictures of a job.
pub(super) struct AboutPictures {
    pub(super) all: Vec<Evidence>,
    pub(super) absence: Option<AbsenceReason>,
    /// Whether a referral was made on site.
    pub(super) is_referred: bool,
}

/// The pictures of a job that are the actor's to see; `crew` is everybody who is or was on it.
pub(super) fn listed(
    ctx: &Ctx,
    actor: &Actor,
    job: &Job,
    crew: &[Assignment],
    facts: &[Fact],
    about: AboutPictures,
) -> Listed {
    let AboutPictures { all, absence, is_referred } = about;
    let circumstances = Circumstances {
        trade: job.trade,
        state: job.state(),
        referred_on_site: is_referred
            || facts.iter().any(|fact| matches!(fact.what, FactKind::ReferralFinding(_))),
        signature_settled: absence.is_some(),
    };
    let proves = all.iter().filter(|evidence| evidence.proves(crew));
    let there: BTreeSet<_> = proves.map(|evidence| evidence.kind).collect();
    let reference = ctx.reference();
    let missing = missing(&reference.evidence().needs, circumstances, &there).into_iter().cloned().collect();
    let sight = Sight::of(actor, crew, ctx.now());
    let items = all.into_iter().filter(|evidence| is_shown(actor, evidence, sight)).collect();
    Listed { items, missing, signature_absence: absence }
}

/// A picture shows somebody's home: it goes out of sight with whose it is (G-11).
fn is_shown(actor: &Actor, evidence: &Evidence, sight: Sight) -> bool {
    let scope = actor.scope();
    let is_own = scope == Scope::All || evidence.firm_id.is_some_and(|firm| scope.covers_firm(firm));
    is_own && sight >= Sight::Invoice
}

/// A picture with its bytes, if it is the actor's to see and not erased.
pub async fn read(ctx: &Ctx, actor: &Actor, id: EvidenceId) -> Result<(Evidence, Vec<u8>), Error> {
    let missing = || Error::NotFound("evidence");
    let mut tx = ctx.db().read().await?;
    let evidence = store::evidence::find(&mut tx, id).await?.ok_or_else(missing)?;
    let crew = store::assignments::of_job(&mut tx, evidence.job_id).await?;
    drop(tx);
    let sight = Sight::of(actor, &crew, ctx.now());
    if evidence.erased_at.is_some() || !is_shown(actor, &evidence, sight) {
        return Err(missing());
    }
    let bytes = ctx.files().get(evidence.file).await?;
    let lost = || Error::Internal(format!("the file of evidence {id} is not there"));
    Ok((evidence, bytes.ok_or_else(lost)?))
}

/// Writes down why nobody has signed at the end of a job.
pub async fn sign_nothing(
    ctx: &Ctx,
    job: JobId,
    command: Command<AbsenceReason>,
) -> Result<AbsenceReason, Error> {
    let command = command.map(|reason| (job, reason));
    ctx.transact(command, |unit, (job, reason)| Box::pin(sign_nothing_in(unit, *job, *reason))).await
}

async fn sign_nothing_in(unit: &mut Unit, id: JobId, reason: AbsenceReason) -> Result<AbsenceReason, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let (actor, crew) = (unit.actor, store::assignments::of_job(&mut unit.tx, id).await?);
    seen::must_see(&actor, &crew)?;
    if actor.scope() != Scope::All && !crew.iter().any(|one| says_the_end(&actor, one)) {
        return Err(Error::Refused(JobRefused::NobodyOnIt.into()));
    }
    let by = unit.actor.token();
    if !store::evidence::insert_absence(&mut unit.tx, id, reason, unit.now, by).await? {
        return Err(Error::Refused(EvidenceRefused::AbsenceKnown.into()));
    }
    unit.emit(events::SignatureMissed { job: job.id, reason });
    Ok(reason)
}

/// Deletes the files that are due; answers how many.
pub(super) async fn sweep(ctx: &Ctx) -> Result<u64, Error> {
    let mut deleted = 0;
    loop {
        let mut tx = ctx.db().write().await?;
        let Some(file) = store::evidence::claim_loose(&mut tx, ctx.now()).await? else { return Ok(deleted) };
        delete(ctx, file).await?;
        tx.commit().await?;
        deleted += 1;
    }
}

/// Before the row that asks for it is gone: a deletion that fails is tried again.
async fn delete(ctx: &Ctx, file: Uuid) -> Result<(), Error> {
    Ok(ctx.files().delete(file).await?)
}
