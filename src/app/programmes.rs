//! Programmes and their charging terms.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use super::{Ctx, Error, loaded::Loaded};
use crate::{
    domain::{
        charging::{ChargePolicy, ChargingTerms},
        jobs::Job,
        ledger::Terms,
        reference::{CallOut, Dataset, Reference, embedded_documents, programme::Charging},
        span::Instant,
    },
    store::{self, Tx},
};

/// A programme by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its Japanese name.
    pub name_ja: String,
    /// Its English name, where it has one.
    pub name_en: Option<String>,
}

/// A programme with its charging terms, if it sends people out.
#[derive(Debug, Clone)]
pub struct Programme {
    /// Its names.
    pub named: Named,
    /// What is charged; nothing where nobody is sent.
    pub charging: Option<(Charging, ChargePolicy)>,
}

/// Every programme, by id.
#[must_use]
pub fn list(ctx: &Ctx) -> Vec<Named> {
    let reference = ctx.reference();
    let mut all = vec![call_out_named(reference.call_out())];
    all.extend(reference.covers().iter().map(|cover| Named {
        id: cover.id.to_string(),
        name_ja: cover.name_ja.clone(),
        name_en: cover.name_en.clone(),
    }));
    all.sort_by(|one, other| one.id.cmp(&other.id));
    all
}

/// A version of a dataset, with when it came into force: what was agreed before is priced by the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The dataset.
    pub dataset: String,
    /// Its version, from 1.
    pub version: i64,
    /// When it came into force.
    pub in_force_from: Instant,
}

/// Every version of every dataset, newest first within a dataset.
pub async fn history(ctx: &Ctx) -> Result<Vec<Version>, Error> {
    let mut tx = ctx.db().read().await?;
    let known = store::reference::history(&mut tx, VERSIONS_MAX).await?;
    let version = |(dataset, version, in_force_from)| Version { dataset, version, in_force_from };
    Ok(known.into_iter().map(version).collect())
}

/// Versions told of at most.
const VERSIONS_MAX: i64 = 500;

fn call_out_named(call_out: &CallOut) -> Named {
    Named {
        id: call_out.id.to_string(),
        name_ja: call_out.name_ja.clone(),
        name_en: Some(call_out.name_en.clone()),
    }
}

/// The programme of an id, as it is in force.
pub fn find(ctx: &Ctx, id: &str) -> Result<Programme, Error> {
    let named = list(ctx).into_iter().find(|named| named.id == id).ok_or(Error::NotFound("programme"))?;
    let reference = ctx.reference();
    let call_out = reference.call_out();
    let charging = (call_out.id.as_str() == id).then_some(&call_out.charging);
    let charging = charging.map(|charging| Ok::<_, Error>((charging.clone(), policy(charging)?)));
    Ok(Programme { named, charging: charging.transpose()? })
}

/// The arithmetic of a programme's terms, as they are in force.
pub fn charge_policy(ctx: &Ctx, id: &str) -> Result<ChargePolicy, Error> {
    let (_, policy) = find(ctx, id)?.charging.ok_or(Error::NotFound("charging policy"))?;
    Ok(policy)
}

/// What the price of a job follows from.
pub(super) const PRICED_BY: [Dataset; 2] = [Dataset::Programme000, Dataset::JobCodes];

/// The terms a job is priced by: those in force when it was made, so that newer terms never change what was agreed.
pub(super) async fn terms_of(ctx: &Ctx, tx: &mut Tx, job: &Job) -> Result<Terms, Error> {
    let history = store::reference::versions(tx, PRICED_BY.map(Dataset::name)).await?;
    terms(ctx, tx, &in_force(&history, job)).await
}

/// The versions in force when a job was made, of all versions with when each came into force.
pub(super) fn in_force(history: &[(String, i64, Instant)], job: &Job) -> BTreeMap<String, i64> {
    let mut versions = BTreeMap::new();
    for (name, version, _) in history.iter().filter(|(_, _, from)| *from <= job.created_at) {
        let last = versions.entry(name.clone()).or_insert(*version);
        *last = (*last).max(*version);
    }
    versions
}

/// The terms of these versions of the datasets in [`PRICED_BY`].
pub(super) async fn terms(ctx: &Ctx, tx: &mut Tx, versions: &BTreeMap<String, i64>) -> Result<Terms, Error> {
    let loaded = ctx.reference();
    let [programme, codes] = PRICED_BY;
    let version = versions.get(programme.name()).copied().unwrap_or(0);
    let then = self::then(&loaded, tx, programme, versions).await?;
    let call_out = then.as_deref().map_or(loaded.call_out(), Reference::call_out);
    let policy = policy(&call_out.charging)?;
    let then = self::then(&loaded, tx, codes, versions).await?;
    let codes = then.as_deref().map_or(loaded.job_codes(), Reference::job_codes);
    let names = codes.special_works().iter().map(|work| (work.code.to_string(), work.names()));
    Ok(Terms { version, policy, special_works: names.collect() })
}

/// A dataset of such a version, unless it is that of now. One of an earlier version is read once on each node.
async fn then(
    loaded: &Loaded,
    tx: &mut Tx,
    dataset: Dataset,
    versions: &BTreeMap<String, i64>,
) -> Result<Option<Arc<Reference>>, Error> {
    let Some(version) = versions.get(dataset.name()).copied() else { return Ok(None) };
    if is_loaded(loaded, dataset, version) {
        return Ok(None);
    }
    if let Some(known) = loaded.earlier(dataset, version) {
        return Ok(Some(known));
    }
    let file = store::reference::body(tx, dataset.name(), version).await?;
    let file = file.ok_or_else(|| Error::Internal(format!("no {} of version {version}", dataset.name())))?;
    let mut documents = embedded_documents();
    documents.insert(dataset, Cow::Owned(file));
    let then = Reference::from_documents(&documents)
        .map_err(|errors| Error::Internal(format!("{} of version {version}: {errors}", dataset.name())))?;
    Ok(Some(loaded.keep_earlier(dataset, version, then)))
}

fn is_loaded(loaded: &Loaded, dataset: Dataset, version: i64) -> bool {
    loaded.versions().get(dataset.name()).is_some_and(|known| *known == version.to_string())
}

/// The arithmetic of the terms. The document's keys and the engine's are the same on purpose.
fn policy(charging: &Charging) -> Result<ChargePolicy, Error> {
    let unreadable = |error: serde_json::Error| Error::Internal(format!("charging terms: {error}"));
    let terms = serde_json::to_value(charging).map_err(unreadable)?;
    let terms: ChargingTerms = serde_json::from_value(terms).map_err(unreadable)?;
    ChargePolicy::from_terms(&terms).map_err(|refusal| Error::Internal(format!("charging terms: {refusal}")))
}
