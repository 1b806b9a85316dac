//! Repeat calls: attached to the case they are about, with what the dispatcher can say now.

use super::{Command, Ctx, Error, Unit, case_reopening, dangers};
use crate::{
    domain::{
        calls::{Call, Purpose},
        events,
        ids::{CallId, CaseId, JobId},
        jobs::{Job, JobState},
        refusal::{CaseRefused, Refusal},
        span::Instant,
    },
    store::{self, Tx},
};

/// Which case, and why.
#[derive(Debug, Clone, Copy)]
pub struct Attachment {
    /// The case.
    pub case_id: CaseId,
    /// Why somebody calls again.
    pub purpose: Purpose,
}

/// Attaches a call to a case that is there; a closed one is open again, unless the caller only asks. Dangers told in the call count
/// for the case at once.
pub async fn attach(ctx: &Ctx, call: CallId, command: Command<Attachment>) -> Result<Call, Error> {
    let command = command.map(|attachment| (call, attachment));
    ctx.transact(command, |unit, (call, attachment)| Box::pin(attach_in(unit, *call, *attachment))).await
}

async fn attach_in(unit: &mut Unit, id: CallId, to: Attachment) -> Result<Call, Error> {
    let call = store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?;
    call.must_have_been_spoken_with()?;
    let call = call.attach(to.case_id, to.purpose)?;
    let missing = || Refusal::field("case_id", "no such case");
    let mut case = store::cases::guard(&mut unit.tx, to.case_id).await?.ok_or_else(missing)?;
    if store::erasure::find(&mut unit.tx, case.id).await?.is_some() {
        // Whoever calls would be kept where nothing is erased any more.
        return Err(Error::Refused(CaseRefused::Erased.into()));
    }
    if let Some(reason) = case.reopened_by(to.purpose) {
        case = case_reopening::reopen_in(unit, case.id, reason).await?;
    }
    store::calls::save(&mut unit.tx, &call, None).await?;
    store::drafts::delete(&mut unit.tx, id).await?;
    unit.emit(events::CallAttached { call: id, case: case.id, purpose: to.purpose });
    let told = dangers::there(unit, id).await?;
    dangers::raise(unit, &case, id, told).await?;
    dangers::ask_again_about(unit, case.id).await?;
    Ok(call)
}

/// Takes a call from the case it was attached to: it was about another one. A danger told in it stays with the case until it
/// is cleared there.
pub async fn detach(ctx: &Ctx, command: Command<CallId>) -> Result<Call, Error> {
    ctx.transact(command, |unit, call| Box::pin(detach_in(unit, *call))).await
}

async fn detach_in(unit: &mut Unit, id: CallId) -> Result<Call, Error> {
    let call = store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?;
    let (call, case) = call.detach()?;
    store::cases::guard(&mut unit.tx, case).await?;
    store::calls::save(&mut unit.tx, &call, None).await?;
    unit.emit(events::CallDetached { call: id, case });
    // It may have been the one that told what is known of danger there.
    dangers::ask_again_about(unit, case).await?;
    Ok(call)
}

/// What can be said about a job now.
#[derive(Debug, Clone)]
pub struct Word {
    /// The job.
    pub job_id: JobId,
    /// What is to be done.
    pub job_code: String,
    /// Where it is.
    pub state: JobState,
    /// What holds it.
    pub hold: Option<String>,
    /// Name of who comes.
    pub technician: Option<String>,
    /// When that person promised to be there.
    pub arrival_due_at: Option<Instant>,
    /// Seconds since the last position, while somebody is on the way.
    pub position_age_s: Option<i64>,
}

/// What can be said about the jobs of a case now.
pub async fn words(ctx: &Ctx, case: CaseId) -> Result<Vec<Word>, Error> {
    let mut tx = ctx.db().read().await?;
    let now = ctx.now();
    let mut words = Vec::new();
    for job in store::jobs::of_case(&mut tx, case).await? {
        words.push(word(&mut tx, job, now).await?);
    }
    Ok(words)
}

async fn word(tx: &mut Tx, job: Job, now: Instant) -> Result<Word, Error> {
    let all = store::assignments::of_job(tx, job.id).await?;
    let on_it = all.into_iter().find(|one| !one.is_over());
    let technician = match &on_it {
        Some(one) => store::technicians::find(tx, one.technician_id).await?,
        None => None,
    };
    let position = match &on_it {
        Some(one) if matches!(job.state(), JobState::Assigned | JobState::EnRoute) => {
            store::positions::find(tx, one.technician_id).await?
        }
        _ => None,
    };
    Ok(Word {
        job_id: job.id,
        state: job.state(),
        hold: job.hold().map(|hold| hold.as_str().to_owned()),
        job_code: job.job_code,
        technician: technician.map(|technician| technician.name),
        arrival_due_at: on_it.and_then(|one| one.arrival_due_at),
        position_age_s: position.map(|position| (now - position.measured_at).num_seconds().max(0)),
    })
}
