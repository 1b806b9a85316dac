//! The pictures: each that is not erased lies where it was put, to the byte.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Verdict;
use crate::{
    app::{Ctx, Error},
    store,
};

/// Pictures looked up at once.
const PAGE: i64 = 200;

/// Reads every file.
pub(super) async fn check(ctx: &Ctx) -> Result<Verdict, Error> {
    let (mut after, mut count, mut found) = (Uuid::nil(), 0_u64, Vec::new());
    loop {
        let mut tx = ctx.db().read().await?;
        let page = store::evidence::kept(&mut tx, after, PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else {
            return Ok(Verdict::of(found, || format!("{count} pictures, each as it was kept")));
        };
        after = last.id.0;
        for evidence in &page {
            match ctx.files().get(evidence.file).await? {
                None => found.push(format!("the file of picture {} is missing", evidence.id)),
                Some(bytes) if hex::encode(Sha256::digest(&bytes)) != evidence.sha256 => {
                    found.push(format!("picture {} is not what was kept", evidence.id));
                }
                Some(_) => count += 1,
            }
        }
    }
}
