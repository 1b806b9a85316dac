//! Reference data: loaded through checking code at the first start, replaced by a command; a bad file changes nothing.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use super::{Command, Ctx, Error, Unit, clock::Clock, loaded::Loaded};
use crate::{
    domain::{
        actor::Actor,
        events, languages,
        reference::{
            ConsentTexts, DATASETS, Dataset, Documents, Form, Gazetteer, Outlines, Predecessor, Reference,
            embedded_documents, gaps,
        },
        refusal::{CaseRefused, Refusal},
        retention::Kept,
        span::{Instant, tokyo},
    },
    store::{
        self,
        reference::{MunicipalityRow, ROWS_MAX, TownRow},
    },
};

/// What to put in force: files, by dataset.
pub type Files = BTreeMap<Dataset, Vec<u8>>;

/// Loads what the database does not have yet and puts the data in force on this node; answers what was loaded.
pub async fn load_missing(ctx: &Ctx) -> Result<Vec<&'static str>, Error> {
    let mut tx = ctx.db().read().await?;
    let known = store::reference::in_force(&mut tx).await?;
    drop(tx);
    let missing = DATASETS.iter().filter(|dataset| known.iter().all(|row| row.name != dataset.name()));
    let files: Files = missing.map(|dataset| (*dataset, dataset.embedded().to_vec())).collect();
    if files.is_empty() {
        // Every start but the first: what is in force was checked when it was loaded, and is read once.
        reload(ctx).await?;
        return Ok(Vec::new());
    }
    load(ctx, files).await
}

/// Checks files and puts them in force, all of them or none; answers which were new. The same file again is nothing
/// new.
pub async fn load(ctx: &Ctx, files: Files) -> Result<Vec<&'static str>, Error> {
    let command = Command::new(Actor::Service("reference"), files);
    let loaded = ctx.transact(command, |unit, files| Box::pin(load_in(unit, files))).await?;
    reload(ctx).await?;
    let is_loaded = |dataset: &&Dataset| loaded.iter().any(|name| name == dataset.name());
    Ok(DATASETS.iter().filter(is_loaded).map(|dataset| dataset.name()).collect())
}

/// What files would keep for a shorter time than what is in force: from how long to how long.
pub async fn shortened(ctx: &Ctx, files: &Files) -> Result<Vec<(Kept, TimeDelta, TimeDelta)>, Error> {
    let mut tx = ctx.db().read().await?;
    let known = store::reference::in_force(&mut tx).await?;
    drop(tx);
    let mut documents = embedded_documents();
    documents.extend(stored(&known));
    let before = Reference::from_documents(&documents).ok();
    let after = check(&known, files)?.reference;
    Ok(before.map_or_else(Vec::new, |before| before.retention().shortened_to(after.retention())))
}

async fn load_in(unit: &mut Unit, files: &Files) -> Result<Vec<String>, Error> {
    let known = store::reference::in_force(&mut unit.tx).await?;
    let version = |dataset: &Dataset| known.iter().find(|row| row.name == dataset.name());
    let is_new = |dataset: &Dataset, sha256: &[u8]| version(dataset).is_none_or(|row| row.sha256 != sha256);
    let new: BTreeMap<_, _> = files
        .iter()
        .map(|(dataset, file)| (*dataset, (file, Sha256::digest(file).to_vec())))
        .filter(|(dataset, (_, sha256))| is_new(dataset, sha256))
        .collect();
    let checked = check(&known, files)?;
    // Read before the first change: while it is read nobody waits for what is held, and no session is silent.
    let gazetteer = match new.get(&Dataset::Gazetteer) {
        Some((file, _)) => Some(Gazetteer::read_gzip(file.as_slice()).map_err(|error| refuse(&error))?),
        None => None,
    };
    for (dataset, (file, sha256)) in &new {
        let body = if *dataset == Dataset::Gazetteer { Vec::new() } else { file.to_vec() };
        let row = store::reference::Dataset {
            name: dataset.name().to_owned(),
            version: version(dataset).map_or(1, |row| row.version + 1),
            sha256: sha256.clone(),
            body,
        };
        store::reference::insert(&mut unit.tx, &row, unit.now).await?;
        let load = unit.id();
        unit.emit(events::ReferenceLoaded { load, dataset: *dataset, version: row.version });
    }
    if let Some(gazetteer) = &gazetteer {
        replace_gazetteer(unit, gazetteer).await?;
    }
    // After the gazetteer that may come with them.
    succeed(unit, &checked).await?;
    Ok(new.keys().map(|dataset| dataset.name().to_owned()).collect())
}

fn refuse(error: &dyn std::fmt::Display) -> Error {
    Error::Refused(Refusal::field("file", error.to_string()))
}

/// Refuses files that take away what is in force on this node, or name what there is not.
async fn succeed(unit: &mut Unit, checked: &Checked<'_>) -> Result<(), Error> {
    let municipalities: BTreeSet<_> = match checked.reference.dispatch().roster.lint_municipalities.is_empty()
    {
        true => BTreeSet::new(),
        false => {
            store::places::municipalities(&mut unit.tx).await?.into_iter().map(|one| one.jis_code).collect()
        }
    };
    let predecessor = Predecessor {
        holiday_years: checked.holiday_years.clone(),
        consent_texts: checked.consent_texts.as_ref(),
        is_known: &|code| municipalities.contains(code),
    };
    checked.reference.succeed(&checked.documents, &predecessor).map_err(|errors| refuse(&errors))
}

/// Files that were read together with what is in force for the rest.
struct Checked<'a> {
    reference: Reference,
    documents: Documents<'a>,
    /// The years whose holidays are in force.
    holiday_years: Option<RangeInclusive<i32>>,
    /// The texts that were issued.
    consent_texts: Option<ConsentTexts>,
}

/// Checks the files together with what is in force for the rest.
fn check<'a>(known: &'a [store::reference::Dataset], files: &'a Files) -> Result<Checked<'a>, Error> {
    let mut documents: Documents<'_> = embedded_documents();
    documents.extend(stored(known));
    let in_force = Reference::from_documents(&documents).ok();
    let holiday_years = in_force.as_ref().map(|in_force| in_force.holidays().years());
    let has_issued = known.iter().any(|row| row.name == Dataset::ConsentTexts.name());
    let consent_texts = in_force.filter(|_| has_issued).map(|in_force| in_force.consent_texts().clone());
    for (dataset, file) in files {
        match (dataset, dataset.form()) {
            (_, Form::Toml) => _ = documents.insert(*dataset, Cow::Borrowed(file)),
            (Dataset::Municipalities | Dataset::Regions, _) => {
                Outlines::read_gzip(*dataset, file.as_slice()).map_err(|error| refuse(&error))?;
            }
            _ => {}
        }
    }
    let reference = Reference::from_documents(&documents).map_err(|errors| refuse(&errors))?;
    Ok(Checked { reference, documents, holiday_years, consent_texts })
}

/// The stored documents that are read together.
fn stored(known: &[store::reference::Dataset]) -> impl Iterator<Item = (Dataset, Cow<'_, [u8]>)> {
    known.iter().filter_map(|row| {
        let dataset: Dataset = row.name.parse().ok()?;
        (dataset.form() == Form::Toml).then_some((dataset, Cow::Borrowed(row.body.as_slice())))
    })
}

async fn replace_gazetteer(unit: &mut Unit, gazetteer: &Gazetteer) -> Result<(), Error> {
    store::reference::clear_gazetteer(&mut unit.tx).await?;
    let municipalities: Vec<_> = gazetteer
        .municipalities
        .iter()
        .map(|row| MunicipalityRow {
            jis_code: row.jis_code.as_str(),
            prefecture: &row.prefecture,
            prefecture_kana: &row.prefecture_kana,
            name: &row.name,
            name_kana: &row.name_kana,
            parent_code: row.parent.as_ref().map(|code| code.as_str()),
            lat_e6: row.office.lat_e6(),
            lon_e6: row.office.lon_e6(),
        })
        .collect();
    for chunk in municipalities.chunks(ROWS_MAX) {
        store::reference::add_municipalities(&mut unit.tx, chunk).await?;
    }
    let towns: Vec<_> = gazetteer
        .towns
        .iter()
        .zip(1..)
        .map(|(row, id)| TownRow {
            id,
            postal_code: row.postal_code.as_str(),
            jis_code: row.jis_code.as_str(),
            name: &row.name,
            name_kana: &row.name_kana,
            lat_e6: row.point.lat_e6(),
            lon_e6: row.point.lon_e6(),
            precision: row.precision.as_str(),
        })
        .collect();
    for chunk in towns.chunks(ROWS_MAX) {
        store::reference::add_towns(&mut unit.tx, chunk).await?;
    }
    Ok(())
}

/// What the data in force leave open today.
#[must_use]
pub fn gaps(ctx: &Ctx) -> Vec<String> {
    gaps::gaps(&ctx.reference(), tokyo(ctx.now()).date_naive())
}

/// What the data that come with the program leave open today.
pub fn shipped_gaps() -> Result<Vec<String>, Error> {
    let today = tokyo(Clock::system().now()).date_naive();
    let shipped = Loaded::embedded()?;
    Ok(gaps::gaps(&shipped, today))
}

/// Puts in force on this node what the database has.
pub async fn reload(ctx: &Ctx) -> Result<(), Error> {
    let mut tx = ctx.db().read().await?;
    let known = store::reference::in_force(&mut tx).await?;
    drop(tx);
    let mut documents = embedded_documents();
    documents.extend(stored(&known));
    let reference =
        Reference::from_documents(&documents).map_err(|errors| Error::Internal(errors.to_string()))?;
    let versions = known.iter().map(|row| (row.name.clone(), row.version.to_string())).collect();
    ctx.replace_reference(Loaded::new(reference, versions));
    Ok(())
}

/// The canonical tag of a language that was spoken or asked for (N-01).
pub(super) fn spoken_language(ctx: &Ctx, field: &str, given: &str) -> Result<String, Refusal> {
    let reference = ctx.reference();
    let tag = reference.languages().canonical(given);
    tag.map(|tag| tag.as_str().to_owned())
        .map_err(|error| languages::not_served(reference.languages(), field, &error))
}

/// The tag of a language that is read: its script is asked for (N-01).
pub(super) fn read_language(ctx: &Ctx, field: &str, given: &str) -> Result<String, Refusal> {
    languages::reading(ctx.reference().languages(), field, given)
}

/// Refuses a programme that sends nobody, or does not run yet (E-04).
pub(super) fn programme_in_service(ctx: &Ctx, field: &str, id: &str, now: Instant) -> Result<(), Refusal> {
    let reference = ctx.reference();
    let call_out = reference.call_out();
    if call_out.id.as_str() != id {
        return Err(Refusal::field(
            field,
            format!("no programme '{id}' sends anybody out; known: {}", call_out.id.as_str()),
        ));
    }
    if !call_out.is_in_service(tokyo(now).date_naive()) {
        return Err(CaseRefused::ProgrammeNotInService.into());
    }
    Ok(())
}

impl Ctx {
    /// What a matching run knew: the versions of the reference data.
    pub(super) fn data_versions(&self) -> BTreeMap<String, String> {
        self.reference().versions().clone()
    }
}
