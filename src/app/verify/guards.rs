//! What the database itself forbids: every trigger, function, constraint and index that the migrations make is there as they
//! make it.

use super::{Ctx, Error, Verdict};
use crate::store;

/// Builds what the migrations make beside what is there, and compares.
pub(super) async fn check(ctx: &Ctx) -> Result<Verdict, Error> {
    let (made, there) = store::guards::both(ctx.db()).await?;
    let mut found = Vec::new();
    for (name, definition) in &made {
        match there.get(name) {
            None => found.push(format!("{name} is missing")),
            Some(other) if other != definition => found.push(format!("{name} is not that of this release")),
            Some(_) => {}
        }
    }
    let strange = there.keys().filter(|name| name.starts_with("trigger ") && !made.contains_key(*name));
    found.extend(strange.map(|name| format!("{name} is not of this release")));
    Ok(match found.as_slice() {
        [] => Verdict::Intact(format!("{} guards, each in its place", made.len())),
        [first] => Verdict::Broken(first.clone()),
        [first, ..] => Verdict::Broken(format!("{first} (and {} more)", found.len() - 1)),
    })
}
