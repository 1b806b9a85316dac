//! `kaketsuke seed`: reference data.

use std::{collections::BTreeMap, io::Read as _, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::{
    flags::{code, in_flags},
    output, service,
};
use crate::{
    app::reference::{load, load_missing, shortened},
    config::Config,
    domain::reference::{DATASETS, Dataset},
};

/// Longest file, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Loads what is built in and not in force yet, or one dataset from a file.
#[derive(Debug, Args)]
pub(super) struct Seed {
    /// Dataset to replace
    #[arg(long, value_name = "NAME", requires = "file", value_parser = code(DATASETS, Dataset::name))]
    dataset: Option<Dataset>,
    /// File that holds it: TOML, or gzip for the places
    #[arg(long, value_name = "PATH", requires = "dataset")]
    file: Option<PathBuf>,
    /// Also what keeps people's data for a shorter time: what is older then is taken away
    #[arg(long, requires = "dataset")]
    yes: bool,
}

/// Loads it; a running service takes it over by itself, within seconds.
pub(super) async fn run(config: &Config, seed: Seed) -> anyhow::Result<()> {
    let ctx = service::open(config).await?;
    let loaded = match seed.dataset.zip(seed.file) {
        Some((dataset, file)) => {
            let files = BTreeMap::from([(dataset, read(&file)?)]);
            let shortened = shortened(&ctx, &files).await.map_err(in_flags)?;
            if !shortened.is_empty() && !seed.yes {
                let days = shortened.iter().map(|(kept, from, to)| {
                    format!("{kept}: {} days instead of {}", to.num_days(), from.num_days())
                });
                bail!(
                    "nothing was changed: what is older than this is taken away in the next night and does not come back; \
                     say --yes to do it\n{}",
                    days.collect::<Vec<_>>().join("\n")
                )
            }
            load(&ctx, files).await.map_err(in_flags)?
        }
        None => load_missing(&ctx).await?,
    };
    ctx.db().close().await;
    match loaded.as_slice() {
        [] => output::line("nothing new: this reference data is in force already"),
        names => output::line(format_args!("in force now: {}", names.join(", "))),
    }
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file =
        std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    file.with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        bail!("{} is longer than {FILE_BYTES_MAX} bytes", path.display());
    }
    Ok(bytes)
}
