//! The rows that must never change: each is what it was when the service wrote it, none is missing, and none was written by
//! anybody else (G-12).

use std::collections::HashMap;

use super::{Ctx, Error, Verdict};
use crate::{
    domain::salted::Salted,
    store::{
        self, Tx, sealed_rows,
        seals::{Borne, FACETS, Facet, GONE, Leaves},
    },
};

/// The hash of a row, and the event that bears it.
type Kept = HashMap<(&'static str, String), (String, String)>;

/// Reads every seal, and then every row: beside a running service, all of one moment.
pub(super) async fn check(ctx: &Ctx) -> Result<Verdict, Error> {
    let mut tx = ctx.db().read().await?;
    let mut found = Vec::new();
    let mut kept = kept(&mut tx, &mut found).await?;
    let sealed = kept.len();
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
    let mut kept = Kept::new();
    sealed_rows::borne(tx, |event, seals| {
        let Ok(seals) = serde_json::from_str::<Vec<Borne>>(&seals) else {
            found.push(format!("the seals of event {event} cannot be read"));
            return;
        };
        for (name, key, hash) in seals {
            match FACETS.iter().find(|facet| facet.name == name) {
                Some(facet) if facet.leaves == Leaves::Told && hash == hex::encode(GONE) => {
                    kept.remove(&(facet.name, key));
                }
                Some(facet) => {
                    let place = (facet.name, place(facet, key, &hash));
                    match kept.insert(place, (event.clone(), hash.clone())) {
                        // What is written once is sealed once: another seal is a forged one.
                        Some((_, before)) if facet.is_written_once() && before != hash => {
                            found.push(format!("event {event} seals a row of {name} anew"));
                        }
                        _ => {}
                    }
                }
                None => found.push(format!("event {event} bears a seal of {name}, which is not sealed")),
            }
        }
    })
    .await?;
    Ok(kept)
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
