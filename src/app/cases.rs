//! Cases: opened from a call, at a place the gazetteer knows.

use serde_json::json;

pub use super::places::Address;
use super::{Command, Ctx, Error, Unit, dangers, places, reference};
use crate::{
    domain::{
        cases::{Case, CaseState, Category, Eligibility, LiabilityFlag, Resident, Site},
        event::{Kind, Subject},
        ids::{CallId, CaseId},
        jobs::Job,
        refusal::Refusal,
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
    /// Whether the person is entitled (E-05).
    pub eligibility: Eligibility,
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
        return Err(Refusal::state("call_has_case", "this call belongs to a case already").into());
    }
    call.must_have_been_spoken_with()?;
    dangers::must_be_settled_in(unit, &call).await?;
    reference::programme_in_service(&unit.ctx, "programme", &opening.programme, unit.now)?;
    let language = match &opening.language {
        Some(given) => reference::spoken_language(&unit.ctx, "language", given)?,
        None => call.language.clone(),
    };
    let site = places::locate(unit, "place.", &opening.place).await?;
    let mut categories = opening.categories.clone();
    categories.sort();
    categories.dedup();
    let case = Case {
        id: unit.id(),
        version: 1,
        number: next_number(unit).await?,
        programme: opening.programme.clone(),
        categories,
        language,
        eligibility: opening.eligibility,
        liability_flag: opening.liability_flag,
        state: CaseState::Open,
        opened_at: unit.now,
        closed_at: None,
    };
    store::cases::insert(&mut unit.tx, &case, &opening.resident, &site).await?;
    call.case_id = Some(case.id);
    store::calls::save(&mut unit.tx, &call, None).await?;
    store::drafts::delete(&mut unit.tx, call.id).await?;
    unit.emit(Kind::CaseOpened, Subject::Case, case.id.0, json!({ "call": call.id }));
    let told = dangers::there(unit, call.id).await?;
    dangers::raise(unit, &case, call.id, told).await?;
    Ok(case)
}

/// A number short enough to be said on the telephone: the day in Tokyo and a running number.
async fn next_number(unit: &mut Unit) -> Result<String, Error> {
    let day = tokyo(unit.now).format("%y%m%d").to_string();
    let running = store::cases::next_number(&mut unit.tx, &format!("case:{day}")).await?;
    Ok(format!("{day}-{running:04}"))
}

/// A case with whom it is about, where, and its jobs.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The case.
    pub case: Case,
    /// Whom it is about; nobody once erased.
    pub resident: Option<Resident>,
    /// Where it is; nowhere once erased.
    pub site: Option<Site>,
    /// Its jobs.
    pub jobs: Vec<Job>,
}

/// The case of an id.
pub async fn find(ctx: &Ctx, id: CaseId) -> Result<Whole, Error> {
    let mut tx = ctx.db().read().await?;
    let case = store::cases::find(&mut tx, id).await?.ok_or(Error::NotFound("case"))?;
    Ok(Whole {
        resident: store::cases::resident(&mut tx, id).await?,
        site: store::cases::site(&mut tx, id).await?,
        jobs: store::jobs::of_case(&mut tx, id).await?,
        case,
    })
}
