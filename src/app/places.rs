//! Looking places up: by postal code, by what people type or hear.
//!
//! The index is built at the first look-up, off the threads that serve requests, and again when a newer gazetteer is
//! in force: each look-up asks for its version, which is one row.

use std::{collections::HashSet, sync::Arc};

use super::{Ctx, Error, Unit};
use crate::{
    domain::{
        address::{Hit, PlaceIndex},
        cases::{Pin, Site},
        events,
        ids::CaseId,
        place::{JisCode, Place, PostalCode},
        refusal::Refusal,
    },
    store,
};

/// A place as a caller says it.
#[derive(Debug, Clone)]
pub struct Address {
    /// Postal code.
    pub postal_code: PostalCode,
    /// Which municipality, where the code covers several.
    pub jis_code: Option<JisCode>,
    /// Which town, where the code covers several.
    pub town: Option<String>,
    /// Block and house number.
    pub address: String,
    /// Building.
    pub building: Option<String>,
    /// Room number.
    pub room: Option<String>,
    /// How to get in.
    pub access_notes: Option<String>,
    /// Where the dispatcher has put the pin; the gazetteer's point, when not said.
    pub pin: Option<Pin>,
}

/// The places of a postal code.
pub async fn of_postal_code(ctx: &Ctx, code: &PostalCode) -> Result<Vec<Place>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(once(store::places::by_postal_code(&mut tx, code).await?))
}

/// Each place of one postal code once: the gazetteer lists some twice.
fn once(mut places: Vec<Place>) -> Vec<Place> {
    let mut seen = HashSet::new();
    places.retain(|place| seen.insert((place.jis_code.clone(), place.town.clone())));
    places
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

/// The site of an address: exactly one place of the gazetteer, whatever its pin. `within` is where in the request its
/// fields are.
pub(super) async fn locate(unit: &mut Unit, within: &str, address: &Address) -> Result<Site, Error> {
    let places = once(store::places::by_postal_code(&mut unit.tx, &address.postal_code).await?);
    let place = choose(places, within, address)?;
    Ok(Site {
        postal_code: place.postal_code,
        jis_code: place.jis_code,
        town: place.town,
        address: address.address.clone(),
        building: address.building.clone(),
        room: address.room.clone(),
        access_notes: address.access_notes.clone(),
        point: place.point,
        precision: place.precision,
    })
}

/// The site of a case at the pin that a person has put; one far from its town only with a word, which is kept (G-13).
pub(super) fn pin(unit: &mut Unit, case: CaseId, site: Site, pin: Pin) -> Result<Site, Error> {
    let (site, confirmed) = site.pinned(pin)?;
    if let Some(metres) = confirmed {
        unit.emit(events::CasePinConfirmed { case, metres });
    }
    Ok(site)
}

fn choose(places: Vec<Place>, within: &str, address: &Address) -> Result<Place, Refusal> {
    if places.is_empty() {
        return Err(Refusal::field(format!("{within}postal_code"), "no such postal code in the gazetteer"));
    }
    let fits = |place: &Place| {
        address.jis_code.as_ref().is_none_or(|code| *code == place.jis_code)
            && address.town.as_ref().is_none_or(|town| *town == place.town)
    };
    let names: Vec<_> =
        places.iter().map(|place| format!("{} {}", place.jis_code.as_str(), place.town)).collect();
    let mut fitting = places.into_iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(place), None) => Ok(place),
        (None, _) => Err(Refusal::field(
            format!("{within}town"),
            format!("this postal code covers: {}", names.join(", ")),
        )),
        (Some(_), Some(_)) => {
            let message = format!("this postal code covers several towns, say which: {}", names.join(", "));
            Err(Refusal::field(format!("{within}town"), message))
        }
    }
}

/// The name of a municipality; nothing where the gazetteer does not know it.
pub async fn municipality(ctx: &Ctx, code: &JisCode) -> Result<Option<String>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::places::name(&mut tx, code).await?)
}
