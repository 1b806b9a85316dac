//! `kaketsuke check-config`: what is in force, and where it is from.

use super::output;
use crate::{app, config::Config};

/// Prints every value, then what is doubtful.
pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    for setting in &config.settings {
        let (key, shown) = (setting.key, output::printable(&setting.shown));
        output::line(format_args!("{key} = {shown}  ({})", setting.source))?;
    }
    for warning in &config.warnings {
        output::note(format_args!("warning: {warning}"));
    }
    for gap in app::reference::shipped_gaps()? {
        output::note(format_args!("warning: as shipped: {gap}"));
    }
    Ok(())
}
