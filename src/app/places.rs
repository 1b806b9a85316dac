//! Looking places up: by postal code, by what people type or hear.
//!
//! The index is built at the first look-up, off the threads that serve requests, and again when a newer gazetteer is
//! in force: each look-up asks for its version, which is one row.

use std::sync::Arc;

use super::{Ctx, Error};
use crate::{
    domain::{
        address::{Hit, PlaceIndex},
        place::{Place, PostalCode},
    },
    store,
};

/// The places of a postal code.
pub async fn of_postal_code(ctx: &Ctx, code: &PostalCode) -> Result<Vec<Place>, Error> {
    let mut tx = ctx.db().read().await?;
    let mut places = store::places::by_postal_code(&mut tx, code).await?;
    // The gazetteer lists some places twice.
    let mut seen = std::collections::HashSet::new();
    places.retain(|place| seen.insert((place.jis_code.clone(), place.town.clone())));
    Ok(places)
}

/// The places that fit what was typed into `field`, best first.
pub async fn search(ctx: &Ctx, field: &'static str, text: &str, limit: usize) -> Result<Vec<Hit>, Error> {
    let index = index(ctx).await?;
    Ok(index.search(field, text, limit)?)
}

/// Builds the index before the first caller needs it.
pub async fn warm(ctx: &Ctx) -> Result<(), Error> {
    index(ctx).await.map(|_| ())
}

async fn index(ctx: &Ctx) -> Result<Arc<PlaceIndex>, Error> {
    let mut tx = ctx.db().read().await?;
    let version = store::places::version(&mut tx).await?;
    let mut built = ctx.places().await;
    if let Some((_, index)) = built.as_ref().filter(|(of, _)| *of == version) {
        return Ok(index.clone());
    }
    let municipalities = store::places::municipalities(&mut tx).await?;
    let towns = store::places::all(&mut tx).await?;
    drop(tx);
    let index = tokio::task::spawn_blocking(move || PlaceIndex::new(municipalities, towns)).await;
    let index = Arc::new(index.map_err(|error| Error::Internal(error.to_string()))?);
    *built = Some((version, index.clone()));
    Ok(index)
}
