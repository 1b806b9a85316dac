//! The rows that must never change: each is what it was when the service wrote it, none is missing, and none was written by
//! anybody else (G-12).

use std::collections::HashMap;

use super::{Ctx, Error, Verdict, told};
use crate::{
    domain::{events::Kind, salted::Salted},
    store::{
        self, Tx, sealed_rows,
        seals::{Borne, FACETS, Facet, GONE, Goes, Leaves},
    },
};

/// What is sealed of which table, and which row.
type Place = (&'static str, String);

/// The event that bears the seal of a row, and the hash.
type Kept = HashMap<Place, (String, String)>;

/// The hashes that a row had, of what is ended or goes on.
type Before = HashMap<Place, Vec<u64>>;

/// The acts by which a sealed row may leave.
const TELLS_OF_GOING: &[&str] = &[Kind::CaseHoldLifted.as_str()];

/// Reads every seal, and then every row: beside a running service, all of one moment.
pub(super) async fn check(ctx: &Ctx) -> Result<Verdict, Error> {
    let mut tx = ctx.db().read().await?;
    let mut found = Vec::new();
    let mut kept = kept(&mut tx, &mut found).await?;
    let sealed = kept.len();
    told::check(&mut tx, |name, id| kept.contains_key(&(name, id)), &mut found).await?;
    for facet in FACETS {
        compare(&mut tx, facet, &mut kept, &mut found).await?;
    }
    words(&mut tx, &mut found).await?;
    let promised = sealed_rows::promised(&mut tx).await?;
    let mut gone: Vec<_> =
        kept.into_iter().filter(|((name, key), _)| !may_be_gone(name, key, promised.as_deref())).collect();
    gone.sort();
    for ((name, key), (event, _)) in gone {
        found.push(format!("{name} {key} is gone (event {event} bears its seal)"));
    }
    Ok(Verdict::of(found, || format!("{sealed} seals, each row as it was written")))
}

/// Words beside a row are those whose hash it holds; where they are gone, their case is erased.
async fn words(tx: &mut Tx, found: &mut Vec<String>) -> Result<(), store::Error> {
    let rows = match store::salted_words::proved(tx).await {
        Err(unreadable @ store::Error::Corrupt { .. }) => {
            found.push(unreadable.to_string());
            return Ok(());
        }
        rows => rows?,
    };
    for row in rows {
        let words = row.text.zip(row.salt.and_then(|salt| salt.try_into().ok()));
        let words = words.map(|(text, salt)| Salted { text, salt });
        match words {
            Some(words) if words.hash().as_slice() == row.hash => {}
            None if row.erased.is_some() => {}
            Some(_) => found
                .push(format!("the words beside {} {} are not those it was written with", row.what, row.id)),
            None => found.push(format!(
                "the words beside {} {} are gone, and its case is not erased",
                row.what, row.id
            )),
        }
    }
    Ok(())
}

/// The last seal of each row.
async fn kept(tx: &mut Tx, found: &mut Vec<String>) -> Result<Kept, store::Error> {
    let (mut kept, mut before) = (Kept::new(), Before::new());
    sealed_rows::borne(tx, |event, kind, seals| {
        let Ok(seals) = serde_json::from_str::<Vec<Borne>>(&seals) else {
            found.push(format!("the seals of event {event} cannot be read"));
            return;
        };
        for (name, key, hash) in seals {
            let Some(facet) = FACETS.iter().find(|facet| facet.name == name) else {
                found.push(format!("event {event} bears a seal of {name}, which is not sealed"));
                continue;
            };
            if facet.leaves == Leaves::Told && hash == hex::encode(GONE) {
                if !TELLS_OF_GOING.contains(&kind.as_str()) {
                    found
                        .push(format!("event {event} says that a row of {name} is gone, and is no such act"));
                }
                kept.remove(&(facet.name, key));
                continue;
            }
            let place = (facet.name, place(facet, key, &hash));
            if !may_follow(facet.goes, &kept, &mut before, &place, &hash) {
                found.push(format!("event {event} seals a row of {name} anew"));
            }
            kept.insert(place, (event.clone(), hash));
        }
    })
    .await?;
    Ok(kept)
}

/// Whether a seal may come after those of the same row: each is borne by one event.
fn may_follow(goes: Goes, kept: &Kept, before: &mut Before, place: &Place, hash: &str) -> bool {
    let most = match goes {
        Goes::Freely => return true,
        Goes::Nowhere => return !kept.contains_key(place),
        Goes::Once => 2,
        Goes::On => usize::MAX,
    };
    let before = before.entry(place.clone()).or_default();
    let is_new = !before.contains(&short(hash)) && before.len() < most;
    before.push(short(hash));
    is_new
}

/// Enough of a hash to tell whether it was there before: nobody gains by two that are alike.
fn short(hash: &str) -> u64 {
    u64::from_str_radix(hash.get(..16).unwrap_or_default(), 16).unwrap_or_default()
}

/// Under what a seal is looked up.
fn place(facet: &Facet, key: String, hash: &str) -> String {
    match facet.leaves {
        Leaves::Never | Leaves::Told => key,
        Leaves::WithReadLog => format!("{key} {hash}"),
    }
}

/// Holds the rows of a table to their seals; takes away the seals of those that are there.
async fn compare(
    tx: &mut Tx,
    facet: &'static Facet,
    kept: &mut Kept,
    found: &mut Vec<String>,
) -> Result<(), store::Error> {
    sealed_rows::rows(tx, facet, |row| {
        let Some(seal) = facet.seal(&row) else { return };
        let hash = hex::encode(seal.hash);
        let key = place(facet, seal.key, &hash);
        let name = sealed_rows::named(&row, "id").unwrap_or_else(|| key.clone());
        match kept.remove(&(facet.name, key)) {
            Some((_, sealed)) if sealed == hash => {}
            Some((event, _)) => {
                found.push(format!("{} {name} is not what event {event} says it was", facet.name));
            }
            None => found.push(format!("{} {name}: no event bears this row's seal", facet.name)),
        }
    })
    .await
}

fn may_be_gone(name: &str, key: &str, promised: Option<&str>) -> bool {
    let facet = FACETS.iter().find(|facet| facet.name == name);
    facet.is_some_and(|facet| facet.leaves == Leaves::WithReadLog)
        && promised.zip(key.split(' ').next()).is_some_and(|(promised, at)| at < promised)
}
