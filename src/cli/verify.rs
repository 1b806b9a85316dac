//! `kaketsuke verify`: whether what is stored is still what was written.

use anyhow::{Context as _, bail};

use super::{output, service};
use crate::{
    app::verify::{CHECKS, Verdict},
    config::Config,
};

/// Runs every check, a line each; fails when anything is broken.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let ctx = service::open(config).await?;
    let mut broken = Vec::new();
    for check in CHECKS {
        let verdict = check.run(&ctx).await.with_context(|| format!("cannot check the {}", check.name))?;
        match verdict {
            Verdict::Intact(figures) => output::line(format_args!("{}: {figures}", check.name))?,
            Verdict::Broken(reason) => broken.push(format!("{}: {reason}", check.name)),
        }
    }
    ctx.db().close().await;
    if !broken.is_empty() {
        bail!("{}", broken.join("; "));
    }
    Ok(())
}
