//! `kaketsuke serve`: from an empty folder to a service that answers, and back in order.

use std::path::PathBuf;

use anyhow::Context as _;

use super::{output, service, signals::Signals};
use crate::{
    app::{self, disks::Disks, reference::load_missing},
    config::Config,
    domain::disks::Disk,
    http,
    server::Server,
    store,
};

/// Serves until told to stop; what is under way then is finished. A second signal ends the process at once.
pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let ctx = service::with_evidence(service::open_and_migrate(config).await?, config)?;
    let ctx = match &config.anchor_file {
        Some(file) => ctx.with_anchor_file(file.clone()),
        None => ctx,
    };
    ctx.watch_disks(Disks::new(places(config), config.disk_free_min));
    let loaded = match load_missing(&ctx).await {
        // Another node has started at the same moment and was faster.
        Err(app::Error::Store(store::Error::Exists(_))) => load_missing(&ctx).await,
        other => other,
    }
    .context("cannot load the reference data")?;
    if !loaded.is_empty() {
        tracing::info!(datasets = loaded.join(", "), "reference data loaded");
    }
    for gap in app::reference::gaps(&ctx) {
        tracing::warn!("{gap}");
    }
    let mut signals = Signals::hear().context("cannot hear signals")?;
    let server = Server {
        listen: config.listen,
        limits: config.limits,
        proxies: config.proxies.clone(),
        messages: config.messages.clone(),
        tiles: config.tiles.clone(),
    };
    let warming = ctx.clone();
    let mut running =
        server.start(ctx).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    output::line(format_args!("kaketsuke listens on http://{}", running.local_addr))?;
    if !http::HAS_CONSOLE {
        output::note("this build has the API only, without the dispatchers' pages (feature 'console')");
    }
    // The first dispatcher who looks a place up should not wait for the index.
    tokio::spawn(async move {
        if let Err(error) = app::places::warm(&warming).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "places are indexed at the first look-up"
            );
        }
    });
    let defect = tokio::select! {
        () = signals.next() => None,
        defect = running.defect() => Some(defect),
    };
    signals.end_at_next();
    tracing::info!("stopping: finishing what is under way");
    running.stop().await;
    tracing::info!("stopped");
    defect.map_or(Ok(()), |defect| Err(defect.into()))
}

/// What the service writes to on this machine.
fn places(config: &Config) -> Vec<(Disk, PathBuf)> {
    let database = config.database_url.file().map(|file| (Disk::Database, file.to_owned()));
    database.into_iter().chain([(Disk::Evidence, config.evidence_folder.clone())]).collect()
}
