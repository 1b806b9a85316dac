//! Outlines to draw a map with where there is no internet: the country by its regions, a prefecture by its
//! municipalities. They are those that are part of the program.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use super::{Ctx, Error};
use crate::{
    domain::{
        place::JisCode,
        reference::{Outline, Outlines, ReferenceError},
    },
    store,
};

/// Read once, when the first map asks.
static REGIONS: LazyLock<Result<Outlines, ReferenceError>> = LazyLock::new(Outlines::embedded_regions);
static MUNICIPALITIES: LazyLock<Result<Outlines, ReferenceError>> =
    LazyLock::new(Outlines::embedded_municipalities);

/// An outline with the municipalities that lie in it: the city's own code, and those of its wards.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The outline.
    pub outline: &'static Outline,
    /// The municipalities; none of a region.
    pub jis_codes: BTreeSet<JisCode>,
}

/// The regions of the country.
pub async fn country() -> Result<Vec<Drawn>, Error> {
    let drawn = |outline| Drawn { outline, jis_codes: BTreeSet::new() };
    Ok(read(&REGIONS).await?.all().iter().map(drawn).collect())
}

/// The municipalities of a prefecture, by the two digits its codes begin with.
pub async fn prefecture(ctx: &Ctx, prefecture: &str) -> Result<Vec<Drawn>, Error> {
    let mut tx = ctx.db().read().await?;
    let mut wards: BTreeMap<JisCode, Vec<JisCode>> = BTreeMap::new();
    for place in store::places::municipalities(&mut tx).await? {
        if let Some(city) = place.parent_code {
            wards.entry(city).or_default().push(place.jis_code);
        }
    }
    drop(tx);
    let outlines = read(&MUNICIPALITIES).await?.all().iter();
    let drawn = |outline: &'static Outline| {
        let city = outline.jis_code.clone()?;
        let of_city = wards.get(&city).into_iter().flatten().cloned();
        let jis_codes = of_city.chain([city.clone()]).collect();
        city.as_str().starts_with(prefecture).then_some(Drawn { outline, jis_codes })
    };
    Ok(outlines.filter_map(drawn).collect())
}

/// Reading takes a moment: not on a thread that answers others.
async fn read(
    outlines: &'static LazyLock<Result<Outlines, ReferenceError>>,
) -> Result<&'static Outlines, Error> {
    let read = tokio::task::spawn_blocking(|| LazyLock::force(outlines)).await;
    let read = read.map_err(|error| Error::Internal(error.to_string()))?;
    read.as_ref().map_err(|error| Error::Internal(error.to_string()))
}
