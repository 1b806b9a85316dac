//! What the database itself forbids: every table, trigger, function, constraint and index that the migrations make is there as
//! they make it, and nothing else is: an index that is not ours can refuse what is right, a rule or a view stand in for a table.

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
    let strange = there.keys().filter(|name| !made.contains_key(*name));
    found.extend(strange.map(|name| format!("{name} is not of this release")));
    Ok(Verdict::of(found, || format!("{} guards, each in its place", made.len())))
}
