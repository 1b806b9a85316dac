//! `kaketsuke seed`: reference data.

use std::{collections::BTreeMap, io::Read as _, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::{
    flags::{code, in_flags},
    output, service,
};
use crate::{
    app::reference::{load, load_missing},
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
}

/// Loads it; a running service takes it over by itself, within seconds.
pub(super) async fn run(config: &Config, seed: Seed) -> anyhow::Result<()> {
    let ctx = service::open(config).await?;
    let loaded = match seed.dataset.zip(seed.file) {
        Some((dataset, file)) => {
            load(&ctx, BTreeMap::from([(dataset, read(&file)?)])).await.map_err(in_flags)?
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
