//! A case after it was opened: corrected, looked at with what is missing, closed when nothing is in the way.

use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, alarms, dangers, dockets, reference, settlement};
use crate::{
    domain::{
        alarms::AlarmKind,
        calls::Call,
        case_file::CaseFile,
        cases::{
            Background, Case, CaseState, Category, Eligibility, EligibilityBasis, LesseeKind, LiabilityFlag,
            Resident, Site, SpokenWithWorker,
        },
        dangers::CaseHazard,
        docket::EndOfCase,
        events::{self, Subject},
        ids::CaseId,
        intake::{self, Missing},
        jobs::Job,
        reference::{Reference, out_of_scope::Topic},
        referrals::Referral,
        refusal::{Obstacle, Refusal},
        retention::HoldReason,
        warrants::Warrant,
    },
    store::{self, Tx, cases::OnFile, job_file::Marks},
};

/// What can be corrected on a case.
#[derive(Debug, Clone)]
pub struct Correction {
    /// What the trouble is: one or more (K-01).
    pub categories: Vec<Category>,
    /// Language to speak with the person, as given.
    pub language: String,
    /// Language to write to the person, as given.
    pub reading_language: Option<String>,
    /// Whether the person is entitled (E-05).
    pub eligibility: Eligibility,
    /// How that was found out.
    pub eligibility_basis: Option<EligibilityBasis>,
    /// Whether somebody else was harmed (K-02).
    pub liability_flag: LiabilityFlag,
    /// Who rents the flat.
    pub lessee_kind: LesseeKind,
    /// Whether the worker was spoken with (K-05).
    pub spoken_with_worker: Option<SpokenWithWorker>,
    /// What a consultation is about (S-12).
    pub topic: Option<String>,
    /// What else is personal.
    pub background: Background,
}

/// Corrects a case, as the caller has seen it.
pub async fn correct(ctx: &Ctx, id: CaseId, seen: i64, command: Command<Correction>) -> Result<Case, Error> {
    let command = command.map(|correction| (id, seen, correction));
    ctx.transact(command, |unit, (id, seen, correction)| Box::pin(correct_in(unit, *id, *seen, correction)))
        .await
}

async fn correct_in(unit: &mut Unit, id: CaseId, seen: i64, with: &Correction) -> Result<Case, Error> {
    let case = store::cases::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if case.version != seen + 1 {
        return Err(Error::VersionMismatch { what: "case", current: case.version - 1 });
    }
    case.must_be_open()?;
    let reading = with.reading_language.as_deref();
    let reading = reading.map(|given| reference::read_language(&unit.ctx, "reading_language", given));
    let case = Case {
        categories: Category::distinct(with.categories.clone()),
        language: reference::spoken_language(&unit.ctx, "language", &with.language)?,
        reading_language: reading.transpose()?,
        eligibility: with.eligibility,
        eligibility_basis: with.eligibility_basis,
        liability_flag: with.liability_flag,
        lessee_kind: with.lessee_kind,
        spoken_with_worker: with.spoken_with_worker,
        topic: with.topic.clone(),
        ..case
    };
    check(unit, &case)?;
    intake::check_jobs(&case, &store::jobs::of_case(&mut unit.tx, id).await?)?;
    store::cases::save(&mut unit.tx, &case).await?;
    store::cases::save_background(&mut unit.tx, id, &with.background).await?;
    remind_of_eligibility(unit, &case).await?;
    super::warrants::found_out(unit, &case).await?;
    unit.emit(events::CaseCorrected {
        case: id,
        liability_flag: case.liability_flag,
        eligibility: case.eligibility,
    });
    Ok(case)
}

/// What was found out about whether somebody is entitled.
#[derive(Debug, Clone, Copy)]
pub struct FoundOut {
    /// Whether they are.
    pub eligibility: Eligibility,
    /// How that was found out.
    pub basis: Option<EligibilityBasis>,
}

/// Records what was found out later, also of a case that is closed (E-05). Whoever was served in good faith is charged
/// nothing for it.
pub async fn verify(ctx: &Ctx, id: CaseId, command: Command<FoundOut>) -> Result<Case, Error> {
    let command = command.map(|found| (id, found));
    ctx.transact(command, |unit, (id, found)| Box::pin(verify_in(unit, *id, *found))).await
}

async fn verify_in(unit: &mut Unit, id: CaseId, found: FoundOut) -> Result<Case, Error> {
    let case = store::cases::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if found.eligibility == Eligibility::Eligible && found.basis.is_none() {
        return Err(Refusal::field("basis", "say how it was found out").into());
    }
    let case = Case { eligibility: found.eligibility, eligibility_basis: found.basis, ..case };
    check(unit, &case)?;
    store::cases::save(&mut unit.tx, &case).await?;
    remind_of_eligibility(unit, &case).await?;
    super::warrants::found_out(unit, &case).await?;
    unit.emit(events::CaseCorrected {
        case: id,
        liability_flag: case.liability_flag,
        eligibility: case.eligibility,
    });
    Ok(case)
}

/// Whoever was served unverified is verified when the host company's desk opens (E-05, H-03).
pub(super) async fn remind_of_eligibility(unit: &mut Unit, case: &Case) -> Result<(), Error> {
    if case.eligibility != Eligibility::Unverified {
        return alarms::resolve(unit, AlarmKind::EligibilityOpen, case.id.0).await;
    }
    if store::alarms::is_unresolved(&mut unit.tx, AlarmKind::EligibilityOpen, case.id.0).await? {
        return Ok(());
    }
    let at = intake::verified_from(&unit.ctx.reference(), unit.now);
    alarms::raise_at(unit, AlarmKind::EligibilityOpen, Subject::Case, case.id.0, at).await
}

/// Checks what must fit together on a case, with the topics that are on file.
pub(super) fn check(unit: &Unit, case: &Case) -> Result<(), Refusal> {
    intake::check(case)?;
    let reference = unit.ctx.reference();
    match &case.topic {
        Some(topic) if reference.out_of_scope().get(topic).is_none() => {
            Err(Refusal::field("topic", "no such topic; see /v1/out-of-scope"))
        }
        _ => Ok(()),
    }
}

/// Closes a case.
pub async fn close(ctx: &Ctx, command: Command<CaseId>) -> Result<Case, Error> {
    ctx.transact(command, |unit, id| Box::pin(close_in(unit, *id))).await
}

async fn close_in(unit: &mut Unit, id: CaseId) -> Result<Case, Error> {
    let case = store::cases::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    let ctx = unit.ctx.clone();
    let obstacles = closing_obstacles(&ctx, &mut unit.tx, &case).await?;
    let case = case.closed(obstacles, unit.now)?;
    store::cases::save(&mut unit.tx, &case).await?;
    // Whether the person was entitled is found out later, whatever has become of the trouble (E-05).
    alarms::resolve_all(unit, id.0, &[AlarmKind::EligibilityOpen]).await?;
    end_jobs(unit, id).await?;
    unit.emit(events::CaseClosed { case: id });
    Ok(case)
}

/// What a closed case leaves: no job that waits for a firm to serve its place, and no alarm about a job.
async fn end_jobs(unit: &mut Unit, case: CaseId) -> Result<(), Error> {
    for mut docket in dockets::of_case(unit, case.0).await? {
        let end = docket.case_closed()?;
        // Whoever stands before its door does not know that.
        docket.resolve_all(&[AlarmKind::ComesInVain]);
        let job = dockets::close(unit, docket).await?.job;
        match end {
            EndOfCase::WasOver => {}
            EndOfCase::Cancelled(reason) => settlement::settle_cancelled(unit, &job, reason).await?,
            // Somebody is asked for it since it was looked at: that keeps the case open.
            EndOfCase::UnderWay => return Err(Error::Conflict),
        }
    }
    Ok(())
}

/// Everything that keeps a case from being closed.
pub(super) async fn closing_obstacles(ctx: &Ctx, tx: &mut Tx, case: &Case) -> Result<Vec<Obstacle>, Error> {
    let marks = store::job_file::marks(tx, case.id).await?;
    let jobs = store::jobs::of_case(tx, case.id).await?;
    let reference = ctx.reference();
    Ok(around(&reference, case, &marks, &jobs).obstacles(&reference))
}

/// What is known of a case.
fn around<'a>(reference: &Reference, case: &'a Case, marks: &'a Marks, jobs: &'a [Job]) -> CaseFile<'a> {
    CaseFile {
        case,
        jobs,
        hazards: &marks.hazards,
        interview: dangers::interview(reference, marks),
        checks: &marks.checks,
        warrants: &marks.warrants,
        referred: &marks.referred,
        idle: &marks.idle,
        needs: &marks.needs,
    }
}

/// A case with everything around it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The case.
    pub case: Case,
    /// Whom it is about; nobody once erased.
    pub resident: Option<Resident>,
    /// What else is personal; nothing once erased.
    pub background: Option<Background>,
    /// Where it is; nowhere once erased.
    pub site: Option<Site>,
    /// Its calls.
    pub calls: Vec<Call>,
    /// Its dangers, cleared ones too.
    pub hazards: Vec<CaseHazard>,
    /// Its jobs.
    pub jobs: Vec<Job>,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// Why it cannot be closed.
    pub obstacles: Vec<Obstacle>,
    /// Whom to ask about its topic.
    pub topic: Option<Topic>,
    /// Who answers for what a rule asks first.
    pub warrants: Vec<Warrant>,
    /// Why nothing of it is erased for the time being.
    pub legal_hold: Option<HoldReason>,
}

/// The case of an id.
pub async fn find(ctx: &Ctx, id: CaseId) -> Result<Whole, Error> {
    let mut tx = ctx.db().read().await?;
    let case = store::cases::on_file(&mut tx, id).await?.ok_or(Error::NotFound("case"))?;
    let jobs = store::jobs::of_case(&mut tx, id).await?;
    let calls = store::calls::of_case(&mut tx, id).await?;
    let marks = store::job_file::marks(&mut tx, id).await?;
    Ok(whole(ctx, case, jobs, calls, marks))
}

/// What the page of a case shows, in one snapshot.
pub struct Page {
    /// The case.
    pub case: Whole,
    /// Name of its municipality; nothing once its place is erased.
    pub municipality: Option<String>,
    /// Calls that are being taken and may be about it.
    pub talking: Vec<Call>,
    /// What was referred.
    pub referrals: Vec<Referral>,
    /// Last position of the feed.
    pub pos: i64,
}

/// The page of a case.
pub async fn page(ctx: &Ctx, id: CaseId) -> Result<Page, Error> {
    let mut tx = ctx.db().read().await?;
    let case = store::cases::on_file(&mut tx, id).await?.ok_or(Error::NotFound("case"))?;
    let jobs = store::jobs::of_case(&mut tx, id).await?;
    let marks = store::job_file::marks(&mut tx, id).await?;
    page_of(ctx, &mut tx, case, jobs, marks).await
}

/// The page of a case that is on file with these jobs.
pub(super) async fn page_of(
    ctx: &Ctx,
    tx: &mut Tx,
    case: OnFile,
    jobs: Vec<Job>,
    marks: Marks,
) -> Result<Page, Error> {
    let id = case.case.id;
    let (pos, municipality) = (case.pos, case.municipality.clone());
    let about = store::calls::about(tx, id).await?;
    let (calls, talking) = about.into_iter().partition(|call| call.case_id == Some(id));
    let referrals = store::referrals::of_case(tx, id).await?;
    let case = whole(ctx, case, jobs, calls, marks);
    Ok(Page { case, municipality, talking, referrals, pos })
}

fn whole(ctx: &Ctx, on_file: OnFile, jobs: Vec<Job>, calls: Vec<Call>, marks: Marks) -> Whole {
    let OnFile { case, resident, background, site, legal_hold, .. } = on_file;
    let reference = ctx.reference();
    let topic = case.topic.as_deref().and_then(|code| reference.out_of_scope().get(code)).cloned();
    let callers: Vec<_> = calls.iter().map(|call| call.caller_role).collect();
    let file = around(&reference, &case, &marks, &jobs);
    Whole {
        missing: file.missing(resident.as_ref(), &callers, &reference),
        obstacles: match case.state() {
            CaseState::Open => file.obstacles(&reference),
            CaseState::Closed => Vec::new(),
        },
        resident,
        background,
        site,
        hazards: marks.hazards,
        topic,
        warrants: marks.warrants,
        legal_hold,
        calls,
        jobs,
        case,
    }
}

/// The cases after `after`, in a state if one is given, oldest first.
pub async fn list(ctx: &Ctx, state: Option<CaseState>, after: Uuid, limit: i64) -> Result<Vec<Case>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::cases::page(&mut tx, state, after, limit).await?)
}
