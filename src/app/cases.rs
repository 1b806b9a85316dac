//! Cases: opened from a call, at a place the gazetteer knows.

pub use super::places::Address;
use super::{Command, Ctx, Error, Unit, case_file, dangers, places, reference};
use crate::{
    domain::{
        cases::{
            Background, Case, CaseStage, Category, Eligibility, EligibilityBasis, LesseeKind, LiabilityFlag,
            Resident, SpokenWithWorker,
        },
        events,
        ids::CallId,
        refusal::{CallRefused, Refusal},
        span::tokyo,
    },
    store,
};

/// A trouble to be opened as a case.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The call it was reported in.
    pub call_id: CallId,
    /// The programme that entitles the person.
    pub programme: String,
    /// What the trouble is: one or more (K-01).
    pub categories: Vec<Category>,
    /// Language to speak with the person; the call's, when not said.
    pub language: Option<String>,
    /// Language to write to the person; the call's, when not said.
    pub reading_language: Option<String>,
    /// Whether the person is entitled (E-05).
    pub eligibility: Eligibility,
    /// How that was found out.
    pub eligibility_basis: Option<EligibilityBasis>,
    /// Who rents the flat.
    pub lessee_kind: LesseeKind,
    /// Whether the worker was spoken with (K-05).
    pub spoken_with_worker: Option<SpokenWithWorker>,
    /// What a consultation is about (S-12).
    pub topic: Option<String>,
    /// What else is personal.
    pub background: Background,
    /// Whether somebody else was harmed (K-02).
    pub liability_flag: LiabilityFlag,
    /// Whom it is about.
    pub resident: Resident,
    /// Where it is.
    pub place: Address,
}

/// Opens a case.
pub async fn open(ctx: &Ctx, command: Command<Opening>) -> Result<Case, Error> {
    ctx.transact(command, |unit, opening| Box::pin(open_in(unit, opening))).await
}

async fn open_in(unit: &mut Unit, opening: &Opening) -> Result<Case, Error> {
    let missing = || Refusal::field("call_id", "no such call");
    let mut call = store::calls::lock(&mut unit.tx, opening.call_id).await?.ok_or_else(missing)?;
    if call.case_id.is_some() {
        return Err(Error::Refused(CallRefused::HasCase.into()));
    }
    call.must_have_been_spoken_with()?;
    dangers::must_be_settled_in(unit, &call).await?;
    reference::programme_in_service(&unit.ctx, "programme", &opening.programme, unit.now)?;
    let language = match &opening.language {
        Some(given) => reference::spoken_language(&unit.ctx, "language", given)?,
        None => call.language.clone(),
    };
    let reading_language = match &opening.reading_language {
        Some(given) => Some(reference::read_language(&unit.ctx, "reading_language", given)?),
        None => call.reading_language.clone(),
    };
    let site = places::locate(unit, "place.", &opening.place).await?;
    let id = unit.id();
    let site = match opening.place.pin {
        Some(pin) => places::pin(unit, id, site, pin)?,
        None => site,
    };
    let mut case = Case {
        id,
        version: 1,
        number: String::new(),
        programme: opening.programme.clone(),
        categories: Category::distinct(opening.categories.clone()),
        language,
        reading_language,
        eligibility: opening.eligibility,
        eligibility_basis: opening.eligibility_basis,
        lessee_kind: opening.lessee_kind,
        spoken_with_worker: opening.spoken_with_worker,
        topic: opening.topic.clone(),
        liability_flag: opening.liability_flag,
        opened_at: unit.now,
        stage: CaseStage::Open,
    };
    case_file::check(unit, &case)?;
    store::drafts::delete(&mut unit.tx, call.id).await?;
    let told = dangers::there(unit, call.id).await?;
    // As late as can be: a number of a case that is not opened is left out.
    case.number = next_number(unit).await?;
    store::cases::insert(&mut unit.tx, &case, &opening.resident, &opening.background, &site).await?;
    call.case_id = Some(case.id);
    store::calls::save(&mut unit.tx, &call, None).await?;
    unit.emit(events::CaseOpened { case: case.id, call: call.id });
    case_file::remind_of_eligibility(unit, &case).await?;
    dangers::raise(unit, &case, call.id, told).await?;
    Ok(case)
}

/// A number short enough to be said on the telephone: the day in Tokyo and a running number.
async fn next_number(unit: &mut Unit) -> Result<String, Error> {
    let day = tokyo(unit.now).format("%y%m%d").to_string();
    let running = unit.next_number(&format!("case:{day}")).await?;
    Ok(format!("{day}-{running:04}"))
}
