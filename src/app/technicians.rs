//! Technicians: registered and changed by the office; their own firm proposes (G-10).

use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, proposals, standing};
use crate::{
    domain::{
        actor::{Actor, Scope},
        events,
        firms::{OfficeKey, Proposed, Standing, Technician},
        ids::{FirmId, TechnicianId, TechnicianProposalId},
        phone::Phone,
        place::Point,
        proposals::{TechnicianProposal, Verdict},
        reference::JobCode,
        refusal::Refusal,
        roster::Roster,
        tools::{OpeningAuthority, Tool},
        trade::Trade,
    },
    store::{self, Tx},
};

/// What is said of a technician.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Name as on the badge.
    pub name: String,
    /// Telephone number.
    pub phone: Phone,
    /// Where the technician starts from when no fresh position is known.
    pub base: Point,
    /// What the technician does.
    pub trades: Vec<Trade>,
    /// The only kinds of trouble the technician is sent for; empty: every one of the trades.
    pub job_codes: Vec<JobCode>,
    /// Tools carried that not everybody has.
    pub tools: Vec<Tool>,
    /// Whether tools for opening locks may be carried.
    pub opening_tools: OpeningAuthority,
    /// Number of the badge shown at the door.
    pub badge_number: Option<String>,
    /// What the office itself calls the technician.
    pub key: Option<OfficeKey>,
    /// Languages spoken with residents, as given.
    pub languages: Vec<String>,
    /// Weekly shifts in Asia/Tokyo.
    pub shifts: Roster,
    /// Whether the technician is in service.
    pub state: Standing,
}

/// Registers a technician of a firm.
pub async fn register(ctx: &Ctx, firm: FirmId, command: Command<Profile>) -> Result<Technician, Error> {
    if !command.actor.scope().covers_firm(firm) {
        return Err(Error::NotFound("firm"));
    }
    let command = command.map(|profile| (firm, profile));
    ctx.transact(command, |unit, (firm, profile)| Box::pin(register_in(unit, *firm, profile))).await
}

pub(super) async fn register_in(
    unit: &mut Unit,
    firm: FirmId,
    profile: &Profile,
) -> Result<Technician, Error> {
    store::firms::find(&mut unit.tx, firm).await?.ok_or(Error::NotFound("firm"))?;
    let new = Technician {
        id: unit.id(),
        version: 1,
        firm_id: firm,
        name: String::new(),
        phone: profile.phone.clone(),
        base: profile.base,
        trades: Vec::new(),
        job_codes: Vec::new(),
        tools: Vec::new(),
        opening_tools: profile.opening_tools,
        badge_number: None,
        key: None,
        languages: Vec::new(),
        shifts: Roster::default(),
        state: profile.state,
        created_at: unit.now,
        confirmed_at: None,
        proposed: None,
    };
    let said = described(unit, new, profile)?;
    let (technician, proposed) = match unit.actor.scope() {
        Scope::All => (said, None),
        _ => {
            proposals::said(unit, firm).await?.allows_technician()?;
            let (technician, proposed) = Proposed::beyond(said.clone(), said);
            (technician, Some(proposed))
        }
    };
    store::technicians::insert(&mut unit.tx, &technician).await.map_err(key_taken)?;
    unit.emit(events::TechnicianRegistered { technician: technician.id, firm });
    if let Some(proposed) = &proposed {
        proposals::put(unit, &technician, proposed.clone()).await?;
    }
    Ok(Technician { proposed, ..technician })
}

/// Changes a technician the caller has seen at `version`. What a firm says beyond that waits for the office.
pub async fn change(
    ctx: &Ctx,
    id: TechnicianId,
    version: i64,
    command: Command<Profile>,
) -> Result<Technician, Error> {
    let command = command.map(|profile| (id, version, profile));
    ctx.transact(command, |unit, (id, version, profile)| Box::pin(change_in(unit, *id, *version, profile)))
        .await
}

async fn change_in(
    unit: &mut Unit,
    id: TechnicianId,
    version: i64,
    profile: &Profile,
) -> Result<Technician, Error> {
    let before = visible(unit, id).await?;
    let stale = Error::VersionMismatch { what: "technician", current: before.version };
    let said = described(unit, Technician { version, ..before.clone() }, profile)?;
    match unit.actor.scope() {
        Scope::All => save(unit, said, &before, stale).await,
        _ => propose(unit, said, before, stale).await,
    }
}

/// What a firm says of its technician: what takes something away counts at once, the rest waits for the office (G-10).
async fn propose(
    unit: &mut Unit,
    said: Technician,
    before: Technician,
    stale: Error,
) -> Result<Technician, Error> {
    let (was, waits) = (before.clone(), before.proposed.clone());
    let (technician, proposed) = Proposed::beyond(Technician { version: said.version, ..before }, said);
    let proposed = Some(proposed).filter(|proposed| !proposed.is_empty());
    if proposed.is_some() && proposed != waits {
        proposals::said(unit, technician.firm_id).await?.allows_proposal(waits.as_ref())?;
    }
    let technician = write(unit, Technician { proposed: None, ..technician }, &was, stale).await?;
    proposals::put(unit, &technician, proposed.clone().unwrap_or_default()).await?;
    Ok(Technician { proposed, ..technician })
}

/// Writes a technician as the office says. What a firm has said meanwhile is settled where the office has written the same, or
/// has confirmed somebody new in its own words.
pub(super) async fn save(
    unit: &mut Unit,
    technician: Technician,
    before: &Technician,
    stale: Error,
) -> Result<Technician, Error> {
    let is_said = |waits: &Proposed| before.confirmed_at.is_none() || waits.is_of(&technician);
    let is_settled = technician.confirmed_at.is_some() && before.proposed.as_ref().is_some_and(is_said);
    let proposed = before.proposed.clone().filter(|_| !is_settled);
    let technician = write(unit, Technician { proposed, ..technician }, before, stale).await?;
    if is_settled {
        proposals::taken_over(unit, &technician).await?;
    }
    Ok(technician)
}

/// Writes a changed technician over the version that was seen; what that means for what is under way, with it.
pub(super) async fn write(
    unit: &mut Unit,
    technician: Technician,
    was: &Technician,
    stale: Error,
) -> Result<Technician, Error> {
    if !store::technicians::update(&mut unit.tx, &technician).await.map_err(key_taken)? {
        return Err(stale);
    }
    unit.emit(events::TechnicianChanged { technician: technician.id, firm: technician.firm_id });
    standing::technician_changed(unit, was, &technician).await?;
    Ok(Technician { version: technician.version + 1, ..technician })
}

/// Confirms or refuses what a firm has proposed, all of it (G-10).
pub async fn decide(
    ctx: &Ctx,
    id: TechnicianProposalId,
    command: Command<Verdict>,
) -> Result<TechnicianProposal, Error> {
    let command = command.map(|verdict| (id, verdict));
    ctx.transact(command, |unit, (id, verdict)| Box::pin(decide_in(unit, *id, *verdict))).await
}

async fn decide_in(
    unit: &mut Unit,
    id: TechnicianProposalId,
    verdict: Verdict,
) -> Result<TechnicianProposal, Error> {
    let found = store::proposals::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("proposal"))?;
    let decided = found.decided(verdict, unit.now)?;
    let now = visible(unit, decided.technician_id).await?;
    let was = now.clone();
    let technician = match verdict {
        Verdict::Confirm => {
            let technician = decided.proposed.clone().confirmed(now, unit.now);
            // The trades may have become fewer since it was said.
            known_codes(unit, &technician.trades, &technician.job_codes)?;
            technician
        }
        Verdict::Refuse(_) => Technician { proposed: None, ..now },
    };
    write(unit, technician, &was, Error::Conflict).await?;
    proposals::keep(unit, decided.clone()).await?;
    Ok(decided)
}

/// The technician as the profile says; languages in their canonical form, each thing once.
pub(super) fn described(unit: &Unit, technician: Technician, profile: &Profile) -> Result<Technician, Error> {
    let reference = unit.ctx.reference();
    let mut languages = Vec::with_capacity(profile.languages.len());
    for (index, given) in profile.languages.iter().enumerate() {
        let tag = reference.languages().canonical(given);
        let tag = tag.map_err(|error| Refusal::field(format!("languages[{index}]"), error.to_string()))?;
        languages.push(tag.as_str().to_owned());
    }
    languages.sort();
    languages.dedup();
    let mut trades = profile.trades.clone();
    trades.sort();
    trades.dedup();
    let mut tools = profile.tools.clone();
    tools.sort();
    tools.dedup();
    let job_codes = known_codes(unit, &trades, &profile.job_codes)?;
    let key = given_key(unit, &technician, profile)?;
    let confirmed_at = match unit.actor.scope() {
        Scope::All => technician.confirmed_at.or(Some(unit.now)),
        _ => technician.confirmed_at,
    };
    Ok(Technician {
        name: profile.name.clone(),
        phone: profile.phone.clone(),
        base: profile.base,
        trades,
        job_codes,
        tools,
        opening_tools: profile.opening_tools,
        badge_number: profile.badge_number.clone(),
        key,
        languages,
        shifts: profile.shifts.clone(),
        state: profile.state,
        confirmed_at,
        ..technician
    })
}

/// The job codes in order, each once, all of them known and of the technician's trades.
fn known_codes(unit: &Unit, trades: &[Trade], codes: &[JobCode]) -> Result<Vec<JobCode>, Error> {
    let reference = unit.ctx.reference();
    for (index, code) in codes.iter().enumerate() {
        let trade = reference.job_codes().get(code.as_str()).map(|kind| kind.trade());
        let problem = match trade {
            None => Some("no such job code".to_owned()),
            Some(None) => Some("nobody is ever sent for this job code".to_owned()),
            Some(Some(trade)) if !trades.contains(&trade) => {
                Some(format!("is of the trade {trade}, which the technician does not do"))
            }
            Some(Some(_)) => None,
        };
        if let Some(problem) = problem {
            return Err(Refusal::field(format!("job_codes[{index}]"), problem).into());
        }
    }
    let mut codes = codes.to_vec();
    codes.sort();
    codes.dedup();
    Ok(codes)
}

/// The office's own key: a firm neither sees whether another one has it nor changes it.
fn given_key(unit: &Unit, technician: &Technician, profile: &Profile) -> Result<Option<OfficeKey>, Error> {
    match (unit.actor.scope(), &profile.key) {
        (Scope::All, key) => Ok(key.clone()),
        (_, Some(key)) if technician.key.as_ref() != Some(key) => {
            Err(Refusal::field("key", "only the office gives keys").into())
        }
        _ => Ok(technician.key.clone()),
    }
}

/// Keys are the only thing of a technician that must differ from every other's.
fn key_taken(error: store::Error) -> Error {
    match error {
        store::Error::Exists(_) => Refusal::field("key", "another technician has this key").into(),
        other => other.into(),
    }
}

/// The technician, if it is the actor's to touch.
pub(super) async fn visible(unit: &mut Unit, id: TechnicianId) -> Result<Technician, Error> {
    let found = store::technicians::find(&mut unit.tx, id).await?;
    found
        .filter(|technician| unit.actor.scope().covers(technician.firm_id, technician.id))
        .ok_or(Error::NotFound("technician"))
}

/// The technician, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: TechnicianId) -> Result<Technician, Error> {
    let mut tx = ctx.db().read().await?;
    find_in(&mut tx, actor, id).await
}

/// The same within a snapshot.
pub(super) async fn find_in(tx: &mut Tx, actor: &Actor, id: TechnicianId) -> Result<Technician, Error> {
    let found = store::technicians::find(tx, id).await?;
    found
        .filter(|technician| actor.scope().covers(technician.firm_id, technician.id))
        .ok_or(Error::NotFound("technician"))
}

/// The technicians of a firm after `after` that are the actor's to see, oldest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    firm: FirmId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Technician>, Error> {
    let mut tx = ctx.db().read().await?;
    of_firm(&mut tx, actor, firm, after, limit).await
}

/// The same within a snapshot.
pub(super) async fn of_firm(
    tx: &mut Tx,
    actor: &Actor,
    firm: FirmId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Technician>, Error> {
    let known = store::firms::find(tx, firm).await?.is_some();
    let scope = match actor.scope() {
        scope if !known || !scope.covers_firm(firm) => return Err(Error::NotFound("firm")),
        Scope::All => Scope::Firm(firm),
        scope => scope,
    };
    Ok(store::technicians::list(tx, scope, after, limit).await?)
}
