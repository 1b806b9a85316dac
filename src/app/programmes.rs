//! Programmes and their charging terms.

use std::borrow::Cow;

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

/// The terms a job is priced by: those in force when it was made, so that newer terms never change what was agreed.
pub(super) async fn terms_of(ctx: &Ctx, tx: &mut Tx, job: &Job) -> Result<Terms, Error> {
    let loaded = ctx.reference();
    let (version, then) = then(&loaded, tx, Dataset::Programme000, job).await?;
    let call_out = then.as_ref().map_or(loaded.call_out(), Reference::call_out);
    let policy = policy(&call_out.charging)?;
    let (_, then) = self::then(&loaded, tx, Dataset::JobCodes, job).await?;
    let codes = then.as_ref().map_or(loaded.job_codes(), Reference::job_codes);
    let names = codes.special_works().iter().map(|work| (work.code.to_string(), work.names()));
    Ok(Terms { version, policy, special_works: names.collect() })
}

/// A dataset as it was when the job was made: its version, and the data unless it is that of now.
async fn then(
    loaded: &Loaded,
    tx: &mut Tx,
    dataset: Dataset,
    job: &Job,
) -> Result<(i64, Option<Reference>), Error> {
    let Some((version, file)) = store::ledger::terms_at(tx, dataset.name(), job.created_at).await? else {
        return Ok((0, None));
    };
    if is_loaded(loaded, dataset, version) {
        return Ok((version, None));
    }
    let mut documents = embedded_documents();
    documents.insert(dataset, Cow::Owned(file));
    let then = Reference::from_documents(&documents)
        .map_err(|errors| Error::Internal(format!("{} of version {version}: {errors}", dataset.name())))?;
    Ok((version, Some(then)))
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
