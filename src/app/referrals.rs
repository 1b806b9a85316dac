//! Referrals: decided, told, acknowledged, followed up until their outcome is known.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, alarms, erasure};
use crate::{
    documents,
    domain::{
        alarms::AlarmKind,
        events::{self, Event, Subject},
        facts::FoundReferral,
        ids::{CaseId, JobId, ReferralId},
        jobs::Job,
        phone::Phone,
        reference::Handling,
        referrals::{
            self, ATTEMPTS_MAX, Acknowledged, After, Attempt, Component, ContactConsent, DeliveryStatus,
            FollowUp, LesseeKind, NoticeChannel, OF_CASE_MAX, Part, Progress, Recipient, RecipientKind,
            Referral, ReferralOutcome, ReferralReason, ReferralState, Stage, Texts,
            found::{self, Referred},
        },
        refusal::{CaseRefused, ReferralRefused, Refusal},
        span::Instant,
    },
    store::{self, Tx, cases::OnFile},
};

pub use crate::documents::{Language, Notice, To};

/// The desk whose number is called back.
const WORKER_LINE: &str = "000.jbr.worker_line";

/// A trouble to be referred.
#[derive(Debug, Clone)]
pub struct New {
    /// The job it comes from.
    pub job_id: Option<JobId>,
    /// What was to be done, where there is no job.
    pub job_code: Option<String>,
    /// Why.
    pub reason: ReferralReason,
    /// At the desk or on site.
    pub stage: Stage,
    /// What is broken.
    pub component: Component,
    /// Whose part it seems to be; the component's usual one, when not said.
    pub private_or_common: Option<Part>,
    /// What happens.
    pub symptom: String,
    /// Year on the equipment, year of the building.
    pub age_hint: Option<String>,
    /// The norms behind it; the component's, when not said.
    pub basis_text: Option<String>,
    /// Who rents.
    pub lessee_kind: LesseeKind,
    /// Who is told.
    pub recipients: Vec<Recipient>,
    /// Whether the centre may tell them.
    pub consent_to_contact: ContactConsent,
    /// What was done meanwhile, when, by whom.
    pub stop_gap: Option<(String, Option<Instant>, Option<String>)>,
    /// Photos and videos.
    pub evidence: Vec<Uuid>,
}

/// A referral with all that belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Whole {
    /// The referral.
    pub referral: Referral,
    /// What is said; nothing once erased.
    pub texts: Option<Texts>,
    /// Who is told; nobody once erased.
    pub recipients: Vec<Recipient>,
    /// What was tried, oldest first.
    pub attempts: Vec<Attempt>,
    /// Who has acknowledged.
    pub acknowledged: Vec<Acknowledged>,
    /// What was charged on its job so far, in yen.
    pub charges_so_far_yen: i64,
}

/// Refers a trouble.
pub async fn make(ctx: &Ctx, case: CaseId, command: Command<New>) -> Result<Whole, Error> {
    let command = command.map(|new| (case, new));
    ctx.transact(command, |unit, (case, new)| Box::pin(make_in(unit, *case, new))).await
}

async fn make_in(unit: &mut Unit, case: CaseId, new: &New) -> Result<Whole, Error> {
    if !store::referrals::hold_case_open(&mut unit.tx, case).await? {
        store::cases::find(&mut unit.tx, case).await?.ok_or(Error::NotFound("case"))?;
        return Err(Error::Refused(CaseRefused::Closed.into()));
    }
    erasure::must_not_be_erased(unit, case).await?;
    if store::referrals::of_case(&mut unit.tx, case).await?.len() >= OF_CASE_MAX {
        return Err(Error::Refused(ReferralRefused::TooMany.into()));
    }
    let kinds: Vec<_> = new.recipients.iter().map(|recipient| recipient.kind).collect();
    new.lessee_kind.check(&kinds)?;
    if new.stop_gap.as_ref().and_then(|(_, at, _)| *at).is_some_and(|at| at > unit.now) {
        return Err(Refusal::field("stop_gap.at", "is in the future").into());
    }
    let job_code = job_code(unit, case, new).await?;
    let due = due(unit, After::Decision, new.lessee_kind, &new.recipients, None);
    let referral = Referral {
        id: unit.id(),
        version: 1,
        case_id: case,
        job_id: new.job_id,
        job_code,
        reason: new.reason,
        stage: new.stage,
        component: new.component,
        private_or_common: new.private_or_common.unwrap_or(new.component.part()),
        lessee_kind: new.lessee_kind,
        consent_to_contact: new.consent_to_contact,
        evidence: new.evidence.clone(),
        stop_gap_at: new.stop_gap.as_ref().and_then(|(_, at, _)| *at),
        state: ReferralState::Open,
        decided_at: unit.now,
        follow_up_due: Some(due.due),
        follow_up_assumed: due.assumed,
        outcome: None,
        closed_at: None,
    };
    let texts = Texts {
        symptom: new.symptom.clone(),
        age_hint: new.age_hint.clone(),
        basis_text: new.basis_text.clone().unwrap_or_else(|| new.component.basis().to_owned()),
        stop_gap: new.stop_gap.as_ref().map(|(what, ..)| what.clone()),
        stop_gap_by: new.stop_gap.as_ref().and_then(|(.., by)| by.clone()),
    };
    keep(unit, &referral, &texts, &new.recipients).await?;
    whole(&mut unit.tx, referral).await
}

/// Writes a new referral down; somebody looks at it again when it is due.
async fn keep(
    unit: &mut Unit,
    referral: &Referral,
    texts: &Texts,
    recipients: &[Recipient],
) -> Result<(), Error> {
    let by = unit.actor.token();
    store::referrals::insert(&mut unit.tx, referral, by, texts, recipients).await?;
    if let Some(due) = referral.follow_up_due {
        alarms::move_to(unit, AlarmKind::ReferralFollowUp, Subject::Referral, referral.id.0, due).await?;
    }
    unit.emit(events::ReferralMade {
        referral: referral.id,
        case: referral.case_id,
        job: referral.job_id,
        reason: referral.reason,
        component: referral.component,
        stage: referral.stage,
        consent_to_contact: referral.consent_to_contact,
    });
    Ok(())
}

/// Opens the referrals that findings at the site ask for (3.4); none in a case that is closed.
pub(super) async fn found(unit: &mut Unit, job: &Job, found: &[&FoundReferral]) -> Result<(), Error> {
    if found.is_empty() || !store::referrals::hold_case_open(&mut unit.tx, job.case_id).await? {
        return Ok(());
    }
    let case = store::cases::find(&mut unit.tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let mut referrals = store::referrals::of_case(&mut unit.tx, case.id).await?;
    let recipients = match referrals.last() {
        Some(last) => store::referrals::recipients(&mut unit.tx, last.id).await?,
        None => Vec::new(),
    };
    let reference = unit.ctx.reference();
    for found in found {
        let so_far =
            Referred { lessee_kind: case.lessee_kind, referrals: &referrals, recipients: &recipients };
        let opened = found::opened(found, job, so_far, unit.now, reference.holidays());
        let Some((referral, texts)) = opened else { continue };
        keep(unit, &referral, &texts, &recipients).await?;
        referrals.push(referral);
    }
    Ok(())
}

/// Whom to tell of a referral, and whether the centre may.
#[derive(Debug, Clone)]
pub struct Addressing {
    /// Who rents.
    pub lessee_kind: LesseeKind,
    /// Who is told.
    pub recipients: Vec<Recipient>,
    /// Whether the centre may tell them.
    pub consent_to_contact: ContactConsent,
}

/// Says whom to tell, as long as nobody has been told: a finding at the site does not know.
pub async fn address(
    ctx: &Ctx,
    id: ReferralId,
    seen: i64,
    command: Command<Addressing>,
) -> Result<Whole, Error> {
    let command = command.map(|to| (id, seen, to));
    ctx.transact(command, |unit, (id, seen, to)| Box::pin(address_in(unit, *id, *seen, to))).await
}

async fn address_in(unit: &mut Unit, id: ReferralId, seen: i64, to: &Addressing) -> Result<Whole, Error> {
    let referral = store::referrals::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("referral"))?;
    if referral.version != seen + 1 {
        return Err(Error::VersionMismatch { what: "referral", current: referral.version - 1 });
    }
    let progress = progress(&mut unit.tx, id).await?;
    if referral.state != ReferralState::Open || progress != Progress::default() {
        return Err(Error::Refused(ReferralRefused::UnderWay.into()));
    }
    let kinds: Vec<_> = to.recipients.iter().map(|recipient| recipient.kind).collect();
    to.lessee_kind.check(&kinds)?;
    let due = due(unit, After::Decision, to.lessee_kind, &to.recipients, None);
    let referral = Referral {
        lessee_kind: to.lessee_kind,
        consent_to_contact: to.consent_to_contact,
        ..referral.attempted(due)
    };
    store::referrals::readdress(&mut unit.tx, &referral, &to.recipients).await?;
    let consent_to_contact = referral.consent_to_contact;
    let event = events::ReferralAddressed { referral: id, recipients: kinds, consent_to_contact };
    follow(unit, &referral, due, event.into()).await?;
    whole(&mut unit.tx, referral).await
}

/// The code of what was to be done: the job's, or one of the list.
async fn job_code(unit: &mut Unit, case: CaseId, new: &New) -> Result<Option<String>, Error> {
    if let Some(id) = new.job_id {
        let job = store::jobs::find(&mut unit.tx, id).await?.filter(|job| job.case_id == case);
        let job = job.ok_or_else(|| Refusal::field("job_id", "no such job of this case"))?;
        if new.job_code.as_ref().is_some_and(|code| *code != job.job_code) {
            return Err(Refusal::field("job_code", "is not the code of the job").into());
        }
        return Ok(Some(job.job_code));
    }
    let reference = unit.ctx.reference();
    match &new.job_code {
        Some(code) if reference.job_codes().get(code).is_none() => {
            Err(Refusal::field("job_code", "no such job code").into())
        }
        code => Ok(code.clone()),
    }
}

/// When to follow up, by the holidays in force.
fn due(
    unit: &Unit,
    after: After,
    lessee: LesseeKind,
    recipients: &[Recipient],
    told: Option<(&Referral, &Progress)>,
) -> FollowUp {
    referrals::due(after, lessee, recipients, told, unit.now, unit.ctx.reference().holidays())
}

/// An attempt to tell somebody.
#[derive(Debug, Clone)]
pub struct Tried {
    /// Whom.
    pub recipient: Option<RecipientKind>,
    /// By what.
    pub channel: NoticeChannel,
    /// In which language.
    pub language: String,
    /// Version of the template.
    pub template_version: String,
    /// What became of it.
    pub delivery_status: DeliveryStatus,
}

/// Logs an attempt; the follow-up moves on.
pub async fn attempt(ctx: &Ctx, id: ReferralId, command: Command<Tried>) -> Result<Whole, Error> {
    let command = command.map(|tried| (id, tried));
    ctx.transact(command, |unit, (id, tried)| Box::pin(attempt_in(unit, *id, tried))).await
}

pub(super) async fn attempt_in(unit: &mut Unit, id: ReferralId, tried: &Tried) -> Result<Whole, Error> {
    let referral = store::referrals::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("referral"))?;
    let recipients = store::referrals::recipients(&mut unit.tx, id).await?;
    let kinds: Vec<_> = recipients.iter().map(|recipient| recipient.kind).collect();
    referral.check_attempt(tried.channel, tried.delivery_status, tried.recipient, &kinds)?;
    let mut progress = progress(&mut unit.tx, id).await?;
    if progress.attempts.len() >= ATTEMPTS_MAX {
        return Err(Error::Refused(ReferralRefused::TooManyAttempts.into()));
    }
    let attempt = Attempt {
        at: unit.now,
        recipient: tried.recipient,
        channel: tried.channel,
        language: tried.language.clone(),
        template_version: tried.template_version.clone(),
        delivery_status: tried.delivery_status,
    };
    let (row, by) = (unit.id(), unit.actor.token());
    store::referrals::insert_attempt(&mut unit.tx, row, id, &attempt, by).await?;
    let event = events::ReferralAttempted {
        referral: id,
        recipient: attempt.recipient,
        channel: attempt.channel,
        delivery_status: attempt.delivery_status,
        template_version: attempt.template_version.clone(),
    };
    progress.attempts.push(attempt);
    let due = due(unit, After::Attempt, referral.lessee_kind, &recipients, Some((&referral, &progress)));
    let referral = referral.attempted(due);
    follow(unit, &referral, due, event.into()).await?;
    whole(&mut unit.tx, referral).await
}

/// A notice to be sent by e-mail.
#[derive(Debug, Clone, Copy)]
pub struct MailTo {
    /// Whom to.
    pub recipient: RecipientKind,
    /// In which language.
    pub language: Language,
}

/// Has the notice sent to a recipient by e-mail. That it was sent, or could not be, is logged as an attempt once it is
/// known.
pub async fn mail(ctx: &Ctx, id: ReferralId, command: Command<MailTo>) -> Result<Whole, Error> {
    let command = command.map(|to| (id, to));
    ctx.transact(command, |unit, (id, to)| Box::pin(mail_in(unit, *id, *to))).await
}

async fn mail_in(unit: &mut Unit, id: ReferralId, to: MailTo) -> Result<Whole, Error> {
    let referral = store::referrals::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("referral"))?;
    let recipients = store::referrals::recipients(&mut unit.tx, id).await?;
    let kinds: Vec<_> = recipients.iter().map(|recipient| recipient.kind).collect();
    referral.check_attempt(NoticeChannel::Email, DeliveryStatus::Sent, Some(to.recipient), &kinds)?;
    let known = recipients.iter().find(|recipient| recipient.kind == to.recipient);
    if known.is_none_or(|recipient| recipient.email.is_none()) {
        return Err(Refusal::field("recipient", "has no e-mail address").into());
    }
    if progress(&mut unit.tx, id).await?.attempts.len() >= ATTEMPTS_MAX {
        return Err(Error::Refused(ReferralRefused::TooManyAttempts.into()));
    }
    unit.emit(events::ReferralMailRequested { referral: id, recipient: to.recipient, language: to.language });
    whole(&mut unit.tx, referral).await
}

/// Keeps that a recipient has acknowledged; the first time counts.
pub async fn acknowledge(ctx: &Ctx, id: ReferralId, command: Command<RecipientKind>) -> Result<Whole, Error> {
    let command = command.map(|recipient| (id, recipient));
    ctx.transact(command, |unit, (id, recipient)| Box::pin(acknowledge_in(unit, *id, *recipient))).await
}

async fn acknowledge_in(unit: &mut Unit, id: ReferralId, recipient: RecipientKind) -> Result<Whole, Error> {
    let referral = store::referrals::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("referral"))?;
    let recipients = store::referrals::recipients(&mut unit.tx, id).await?;
    if recipients.iter().all(|known| known.kind != recipient) {
        return Err(Refusal::field("recipient", "is none of the recipients of this referral").into());
    }
    let mut progress = progress(&mut unit.tx, id).await?;
    if progress.acknowledged.iter().any(|known| known.recipient == recipient) {
        return Err(Error::Refused(ReferralRefused::AcknowledgedAlready.into()));
    }
    let acknowledged = Acknowledged { recipient, at: unit.now };
    progress.acknowledged.push(acknowledged);
    let all = referral.lessee_kind.sides().iter().all(|side| referral.is_settled(side, &progress));
    let after = if all { After::Acknowledgement } else { After::Decision };
    let due = due(unit, after, referral.lessee_kind, &recipients, Some((&referral, &progress)));
    let referral = referral.acknowledge(&progress, due)?;
    let by = unit.actor.token();
    store::referrals::acknowledge(&mut unit.tx, id, acknowledged, by).await?;
    follow(unit, &referral, due, events::ReferralAcknowledged { referral: id, recipient }.into()).await?;
    whole(&mut unit.tx, referral).await
}

async fn follow(unit: &mut Unit, referral: &Referral, due: FollowUp, event: Event) -> Result<(), Error> {
    store::referrals::save(&mut unit.tx, referral).await?;
    alarms::move_to(unit, AlarmKind::ReferralFollowUp, Subject::Referral, referral.id.0, due.due).await?;
    unit.emit(event);
    Ok(())
}

/// Closes a referral with its outcome, when R-09 allows.
pub async fn close(ctx: &Ctx, id: ReferralId, command: Command<ReferralOutcome>) -> Result<Whole, Error> {
    let command = command.map(|outcome| (id, outcome));
    ctx.transact(command, |unit, (id, outcome)| Box::pin(close_in(unit, *id, *outcome))).await
}

async fn close_in(unit: &mut Unit, id: ReferralId, outcome: ReferralOutcome) -> Result<Whole, Error> {
    let referral = store::referrals::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("referral"))?;
    let progress = progress(&mut unit.tx, id).await?;
    let referral = referral.close(outcome, &progress, unit.now)?;
    store::referrals::save(&mut unit.tx, &referral).await?;
    alarms::resolve(unit, AlarmKind::ReferralFollowUp, id.0).await?;
    unit.emit(events::ReferralClosed { referral: id, outcome });
    whole(&mut unit.tx, referral).await
}

async fn progress(tx: &mut Tx, id: ReferralId) -> Result<Progress, Error> {
    Ok(Progress {
        attempts: store::referrals::attempts(tx, id).await?,
        acknowledged: store::referrals::acknowledged(tx, id).await?,
    })
}

async fn whole(tx: &mut Tx, referral: Referral) -> Result<Whole, Error> {
    let id = referral.id;
    let lines = match referral.job_id {
        Some(job) => store::ledger::lines(tx, job).await?,
        None => Vec::new(),
    };
    let Progress { attempts, acknowledged } = progress(tx, id).await?;
    Ok(Whole {
        texts: store::referrals::texts(tx, id).await?,
        recipients: store::referrals::recipients(tx, id).await?,
        attempts,
        acknowledged,
        charges_so_far_yen: lines.iter().map(|line| line.charge.amount_yen.0).sum(),
        referral,
    })
}

/// The referral of an id.
pub async fn find(ctx: &Ctx, id: ReferralId) -> Result<Whole, Error> {
    let mut tx = ctx.db().read().await?;
    let referral = store::referrals::find(&mut tx, id).await?.ok_or(Error::NotFound("referral"))?;
    whole(&mut tx, referral).await
}

/// The referrals after `after`, oldest first, without what is personal.
pub async fn list(
    ctx: &Ctx,
    state: Option<ReferralState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Referral>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::referrals::list(&mut tx, state, after, limit).await?)
}

/// The referrals of a case, and the codes of its jobs that are the landlord's matter and not referred yet.
pub async fn of_case(ctx: &Ctx, case: CaseId) -> Result<(Vec<Referral>, Vec<String>), Error> {
    let mut tx = ctx.db().read().await?;
    store::cases::find(&mut tx, case).await?.ok_or(Error::NotFound("case"))?;
    let referrals = store::referrals::of_case(&mut tx, case).await?;
    let reference = ctx.reference();
    let is_wanted = |job: &Job| {
        let kind = reference.job_codes().get(&job.job_code);
        let handling = kind.map(|kind| kind.handling(job.priority));
        matches!(handling, Some(Handling::Refer | Handling::DispatchAndRefer(_)))
            && referrals.iter().all(|referral| referral.job_code.as_ref() != Some(&job.job_code))
    };
    let jobs = store::jobs::of_case(&mut tx, case).await?;
    let mut wanted: Vec<_> = jobs.into_iter().filter(is_wanted).map(|job| job.job_code).collect();
    wanted.sort();
    wanted.dedup();
    Ok((referrals, wanted))
}

/// The referrals of a case that keep it from being closed.
pub async fn open_of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<ReferralId>, Error> {
    let referrals = store::referrals::of_case(tx, case).await?;
    let open = referrals.into_iter().filter(|referral| referral.state != ReferralState::Closed);
    Ok(open.map(|referral| referral.id).collect())
}

/// The notice of a referral for a reader, in a language. Without consent the resident writes it himself.
pub async fn notice(ctx: &Ctx, id: ReferralId, to: To, language: Language) -> Result<Notice, Error> {
    let mut tx = ctx.db().read().await?;
    let referral = store::referrals::find(&mut tx, id).await?.ok_or(Error::NotFound("referral"))?;
    let whole = whole(&mut tx, referral).await?;
    let on_file = store::cases::on_file(&mut tx, whole.referral.case_id).await?;
    let OnFile { case, resident, site, municipality, .. } = on_file.ok_or(Error::NotFound("case"))?;
    let address = site.as_ref().map(|site| {
        let municipality = municipality.as_deref().unwrap_or_default();
        format!("{municipality}{}{}", site.town, site.address)
    });
    drop(tx);
    let reference = ctx.reference();
    let desk = reference.desks().get(WORKER_LINE);
    let (texts, referral) = (whole.texts.as_ref(), &whole.referral);
    let tongue = spoken(&reference, &case.language, language);
    let stop_gap = texts.and_then(|texts| {
        Some((texts.stop_gap.as_deref()?, referral.stop_gap_at, texts.stop_gap_by.as_deref()))
    });
    let facts = documents::Facts {
        case_no: &case.number,
        by_centre: referral.consent_to_contact == ContactConsent::Yes,
        resident: resident.as_ref().map(|resident| resident.name.as_str()),
        resident_phone: resident.as_ref().and_then(|resident| resident.phone.as_ref()).map(Phone::as_str),
        language: &tongue,
        property: site.as_ref().and_then(|site| site.building.as_deref()),
        room: site.as_ref().and_then(|site| site.room.as_deref()),
        address: address.as_deref(),
        noticed_at: case.opened_at,
        written_at: ctx.now(),
        component: referral.component,
        part: referral.private_or_common,
        reason: referral.reason,
        symptom: texts.map(|texts| texts.symptom.as_str()),
        stop_gap,
        lessee_kind: referral.lessee_kind,
        recipients: &whole.recipients,
        photos: referral.evidence.len(),
        centre: desk.map_or(("", ""), |desk| (&desk.operator_ja, desk.phone.as_deref().unwrap_or_default())),
        charges_yen: whole.charges_so_far_yen,
    };
    documents::notice(to, language, &facts).map_err(|error| Error::Internal(error.to_string()))
}

/// The name of the resident's language, in the language of the notice.
pub(super) fn spoken(
    reference: &crate::domain::reference::Reference,
    tag: &str,
    language: Language,
) -> String {
    let known = reference.languages().foreign().iter().find(|known| known.tag.as_str() == tag);
    match (known, language) {
        (Some(known), Language::En) => known.en.clone(),
        (Some(known), _) => known.ja.clone(),
        (None, Language::En) if tag.starts_with("ja") => "Japanese".to_owned(),
        (None, _) if tag.starts_with("ja") => "日本語".to_owned(),
        (None, _) => tag.to_owned(),
    }
}
