//! Firms: registered and changed by the desk.

use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, standing};
use crate::{
    domain::{
        actor::{Actor, Scope},
        email::EmailAddress,
        events,
        firms::{Firm, FirmLicence, OfficeKey, Standing, Tier},
        ids::FirmId,
        offers::Addressee,
        phone::Phone,
        place::JisCode,
        refusal::Refusal,
        registration::RegistrationNumber,
    },
    store::{self, Tx},
};

/// Municipalities a firm may serve at most: there are 1,896 in the country.
pub const AREAS_MAX: usize = 2_000;
/// Licences of a firm at most.
pub const LICENCES_MAX: usize = 20;
/// Municipalities one licence names at most: no water utility serves as many.
pub const LICENCE_AREAS_MAX: usize = 200;

/// What is said of a firm.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its telephone number.
    pub phone: Phone,
    /// Where it is told of offers.
    pub email: Option<EmailAddress>,
    /// Municipalities it serves: of a ward, or of a parent city and so of all its wards.
    pub areas: Vec<JisCode>,
    /// Whether it is in service.
    pub state: Standing,
    /// The rung of the ladder from which it is asked.
    pub tier: Tier,
    /// Who of it is asked.
    pub offers_to: Addressee,
    /// Its licences.
    pub licences: Vec<FirmLicence>,
    /// Its registration number as an issuer of qualified invoices.
    pub registration_number: Option<RegistrationNumber>,
    /// What the office itself calls it.
    pub key: Option<OfficeKey>,
}

/// Registers a firm.
pub async fn register(ctx: &Ctx, command: Command<Profile>) -> Result<Firm, Error> {
    ctx.transact(command, |unit, profile| Box::pin(register_in(unit, profile))).await
}

pub(super) async fn register_in(unit: &mut Unit, profile: &Profile) -> Result<Firm, Error> {
    let firm = Firm {
        id: unit.id(),
        version: 1,
        name: profile.name.clone(),
        phone: profile.phone.clone(),
        email: profile.email.clone(),
        state: profile.state,
        areas: known_areas(unit, "areas", &profile.areas).await?,
        tier: profile.tier,
        offers_to: profile.offers_to,
        licences: known_licences(unit, &profile.licences).await?,
        registration_number: profile.registration_number.clone(),
        key: profile.key.clone(),
        created_at: unit.now,
    };
    store::firms::insert(&mut unit.tx, &firm).await.map_err(key_taken)?;
    unit.emit(events::FirmRegistered { firm: firm.id });
    Ok(firm)
}

/// Changes a firm the caller has seen at `version`.
pub async fn change(ctx: &Ctx, id: FirmId, version: i64, command: Command<Profile>) -> Result<Firm, Error> {
    let command = command.map(|profile| (id, version, profile));
    ctx.transact(command, |unit, (id, version, profile)| Box::pin(change_in(unit, *id, *version, profile)))
        .await
}

async fn change_in(unit: &mut Unit, id: FirmId, version: i64, profile: &Profile) -> Result<Firm, Error> {
    let before = store::firms::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("firm"))?;
    let stale = Error::VersionMismatch { what: "firm", current: before.version };
    let firm = described(unit, Firm { version, ..before.clone() }, profile).await?;
    save(unit, firm, &before, stale).await
}

/// The firm as the profile says.
pub(super) async fn described(unit: &mut Unit, firm: Firm, profile: &Profile) -> Result<Firm, Error> {
    Ok(Firm {
        name: profile.name.clone(),
        phone: profile.phone.clone(),
        email: profile.email.clone(),
        state: profile.state,
        areas: known_areas(unit, "areas", &profile.areas).await?,
        tier: profile.tier,
        offers_to: profile.offers_to,
        licences: known_licences(unit, &profile.licences).await?,
        registration_number: profile.registration_number.clone(),
        key: profile.key.clone(),
        ..firm
    })
}

/// Writes a changed firm over the version that was seen; what that means for what is under way, with it.
pub(super) async fn save(unit: &mut Unit, firm: Firm, was: &Firm, stale: Error) -> Result<Firm, Error> {
    if !store::firms::update(&mut unit.tx, &firm).await.map_err(key_taken)? {
        return Err(stale);
    }
    unit.emit(events::FirmChanged { firm: firm.id });
    standing::firm_changed(unit, was, &firm).await?;
    Ok(Firm { version: firm.version + 1, ..firm })
}

/// The areas in order, each once, all of them in the gazetteer.
async fn known_areas(unit: &mut Unit, field: &str, areas: &[JisCode]) -> Result<Vec<JisCode>, Error> {
    for (index, area) in areas.iter().enumerate() {
        if !store::places::exists(&mut unit.tx, area).await? {
            return Err(
                Refusal::field(format!("{field}[{index}]"), "no such municipality in the gazetteer").into()
            );
        }
    }
    let mut areas = areas.to_vec();
    areas.sort();
    areas.dedup();
    Ok(areas)
}

/// The licences with their areas in order, each once, all of them in the gazetteer.
async fn known_licences(unit: &mut Unit, licences: &[FirmLicence]) -> Result<Vec<FirmLicence>, Error> {
    let mut known = Vec::with_capacity(licences.len());
    for (index, licence) in licences.iter().enumerate() {
        let areas = known_areas(unit, &format!("licences[{index}].areas"), &licence.areas).await?;
        known.push(FirmLicence { areas, ..licence.clone() });
    }
    Ok(known)
}

/// Keys are the only thing of a firm that must differ from every other's.
fn key_taken(error: store::Error) -> Error {
    match error {
        store::Error::Exists(_) => Refusal::field("key", "another firm has this key").into(),
        other => other.into(),
    }
}

/// The firm, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: FirmId) -> Result<Firm, Error> {
    if !actor.scope().covers_firm(id) {
        return Err(Error::NotFound("firm"));
    }
    let mut tx = ctx.db().read().await?;
    store::firms::find(&mut tx, id).await?.ok_or(Error::NotFound("firm"))
}

/// The firms after `after` that are the actor's to see, oldest first.
pub async fn list(ctx: &Ctx, actor: &Actor, after: Uuid, limit: i64) -> Result<Vec<Firm>, Error> {
    let mut tx = ctx.db().read().await?;
    list_in(&mut tx, actor, after, limit).await
}

/// The firms that are the actor's to see, oldest first, with the last position of the feed at that moment.
pub async fn with_position(ctx: &Ctx, actor: &Actor, limit: i64) -> Result<(i64, Vec<Firm>), Error> {
    let mut tx = ctx.db().read().await?;
    let firms = list_in(&mut tx, actor, Uuid::nil(), limit).await?;
    Ok((store::feed::head(&mut tx).await?.pos, firms))
}

/// The same within a snapshot.
pub(super) async fn list_in(tx: &mut Tx, actor: &Actor, after: Uuid, limit: i64) -> Result<Vec<Firm>, Error> {
    let own = match actor.scope() {
        Scope::All => None,
        Scope::Firm(firm) | Scope::Technician(firm, _) => Some(firm),
        Scope::Nothing => return Ok(Vec::new()),
    };
    Ok(store::firms::list(tx, own, after, limit).await?)
}
