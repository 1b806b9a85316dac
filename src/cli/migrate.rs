//! `kaketsuke migrate`.

use super::{output, service};
use crate::config::Config;

/// Brings the schema up to this release.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let ctx = service::open_and_migrate(config).await?;
    ctx.db().close().await;
    output::line(format_args!("{}: the schema is that of this release", config.database_url))
}
