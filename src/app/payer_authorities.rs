//! That payers other than the resident have agreed: the desk has spoken with them, or has it in writing (G-06, C-23).

use super::{Command, Ctx, Error, Unit, erasure, records, settlement};
use crate::{
    domain::{
        events,
        facts::ShortCode,
        ids::{JobId, ReferralId},
        jobs::Job,
        payers::{self, NamedAuthority, PayerAuthority},
        reference::programme::Payer,
        salted::Salted,
    },
    store,
};

/// Who has agreed to pay.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// Who pays.
    pub payer: Payer,
    /// Who has said so, by name.
    pub person: String,
    /// Number of the letter or recording.
    pub evidence: Option<ShortCode>,
}

/// Records that a payer has agreed; what was held for it is billed.
pub async fn record(ctx: &Ctx, job: JobId, command: Command<Agreed>) -> Result<PayerAuthority, Error> {
    let command = command.map(|agreed| (job, agreed));
    ctx.transact(command, |unit, (job, agreed)| Box::pin(record_in(unit, *job, agreed))).await
}

async fn record_in(unit: &mut Unit, id: JobId, agreed: &Agreed) -> Result<PayerAuthority, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    erasure::must_not_be_erased(unit, job.case_id).await?;
    let referral_id = referral(unit, &job, agreed.payer).await?;
    payers::check(agreed.payer, agreed.evidence.as_ref(), referral_id)?;
    let known = store::payer_authorities::agreements(&mut unit.tx, id).await?;
    // What was heard of in their name since they have agreed waits for another yes of theirs.
    let record = records::of_job(&unit.ctx.clone(), &mut unit.tx, &job).await?;
    payers::not_yet(agreed.payer, &known, &record.proposed_payers)?;
    let authority = PayerAuthority {
        id: unit.id(),
        job_id: id,
        payer: agreed.payer,
        referral_id,
        evidence: agreed.evidence.clone(),
        recorded_at: unit.now,
    };
    let by = unit.actor.token();
    let person = Salted { text: agreed.person.clone(), salt: unit.ctx.random() };
    store::payer_authorities::insert(&mut unit.tx, &authority, &person, by).await?;
    unit.emit(events::PayerAuthorityRecorded { job: id, authority: authority.id, payer: authority.payer });
    settlement::again(unit, id).await?;
    Ok(authority)
}

/// The referral on which the landlord of a job is told: the job's own, else the last one of its case.
async fn referral(unit: &mut Unit, job: &Job, payer: Payer) -> Result<Option<ReferralId>, Error> {
    if payer != Payer::Landlord {
        return Ok(None);
    }
    let all = store::referrals::of_case(&mut unit.tx, job.case_id).await?;
    let last = all.iter().max_by_key(|referral| (referral.job_id == Some(job.id), referral.id));
    Ok(last.map(|referral| referral.id))
}

/// The payers who have agreed to pay for a job, in the order it was recorded, with who has said so.
pub async fn of_job(ctx: &Ctx, job: JobId) -> Result<Vec<NamedAuthority>, Error> {
    let mut tx = ctx.db().read().await?;
    store::jobs::find(&mut tx, job).await?.ok_or(Error::NotFound("job"))?;
    Ok(store::payer_authorities::of_job(&mut tx, job).await?)
}
