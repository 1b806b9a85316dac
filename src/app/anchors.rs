//! The head of the feed, kept outside (G-12): whoever holds an old position with its hash can tell a log that was written
//! anew from the one that was. Each night it is told by `log.anchored` to the webhooks that ask for it, mailed to whoever
//! keeps it, and written to a file where there is one; each acknowledgement of bills carries it.

use tokio::io::AsyncWriteExt as _;

use super::Ctx;

/// Appends the head to the file, where there is one, as `verify --expect` takes it. What cannot be written is logged: the
/// next night writes a head that covers this one.
pub(super) async fn keep(ctx: &Ctx, pos: i64, hash: &str) {
    let Some(file) = ctx.anchor_file() else { return };
    let line = format!("{} {pos}:{hash}\n", ctx.now().format("%Y-%m-%dT%H:%M:%SZ"));
    let appended = async {
        let mut file = tokio::fs::OpenOptions::new().create(true).append(true).open(file).await?;
        file.write_all(line.as_bytes()).await?;
        file.sync_all().await
    };
    if let Err(error) = appended.await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "the head of the feed cannot be written to {}", file.display());
    }
}
