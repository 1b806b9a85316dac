//! The service as the commands open it.

use anyhow::{Context as _, bail};

use crate::{
    app::{self, Ctx, clock::Clock, loaded::Loaded},
    config::Config,
    store::{self, DatabaseUrl, Db, Schema, files::Files},
};

/// Opens a database whose schema is the one of this release, to change it.
pub(super) async fn open(config: &Config) -> anyhow::Result<Ctx> {
    open_for(config, Purpose::Change).await
}

/// The same, to look at it: a copy that cannot be written to will do.
pub(super) async fn open_to_read(config: &Config) -> anyhow::Result<Ctx> {
    open_for(config, Purpose::Read).await
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Change,
    Read,
}

async fn open_for(config: &Config, purpose: Purpose) -> anyhow::Result<Ctx> {
    if config.database_url.file().is_some_and(|file| !file.exists()) {
        bail!(
            "there is no database {}, and none was made; check the path, or run 'kaketsuke migrate' to make one",
            config.database_url
        )
    }
    // A command that reads or writes everything takes as long as it takes.
    let url = config.database_url.clone();
    let patience = url.patience().without_end();
    let ctx = connect(&url.with_patience(patience), config.database_connections, purpose).await?;
    // A command that keeps no pictures makes no folder for them.
    let ctx = if config.evidence_folder.exists() { with_evidence(ctx, config)? } else { ctx };
    match store::schema_of(ctx.db()).await.context("cannot read the schema of the database")? {
        Schema::Current => Ok(ctx),
        Schema::Older => {
            bail!(
                "the database {} lacks tables of this release; run 'kaketsuke migrate'",
                config.database_url
            )
        }
        Schema::Newer => Err(newer(config)),
    }
}

fn newer(config: &Config) -> anyhow::Error {
    anyhow::anyhow!("the database {} is of a newer release; run that release", config.database_url)
}

/// Puts the reference data of the database in force.
pub(super) async fn with_reference(ctx: Ctx) -> anyhow::Result<Ctx> {
    app::reference::reload(&ctx).await.context("cannot read the reference data of the database")?;
    Ok(ctx)
}

/// Opens a database and brings its schema up to this release.
pub(super) async fn open_and_migrate(config: &Config) -> anyhow::Result<Ctx> {
    let ctx = connect(&config.database_url, config.database_connections, Purpose::Change).await?;
    if store::schema_of(ctx.db()).await.context("cannot read the schema of the database")? == Schema::Newer {
        return Err(newer(config));
    }
    ctx.db().migrate().await?;
    Ok(ctx)
}

/// Has the pictures kept in their folder, which is made when there is none.
pub(super) fn with_evidence(ctx: Ctx, config: &Config) -> anyhow::Result<Ctx> {
    let folder = &config.evidence_folder;
    let files = Files::in_folder(folder);
    Ok(ctx.with_files(
        files.with_context(|| format!("cannot use the folder for evidence, {}", folder.display()))?,
    ))
}

async fn connect(url: &DatabaseUrl, connections: u32, purpose: Purpose) -> anyhow::Result<Ctx> {
    let opened = match purpose {
        Purpose::Change => Db::connect(url, connections).await,
        Purpose::Read => Db::connect_to_read(url, connections).await,
    };
    let db = match opened {
        // Nobody has used a connection yet: it is the database that keeps silent.
        Err(store::Error::Overloaded) => bail!("cannot open the database {url}: it does not answer"),
        other => other.with_context(|| format!("cannot open the database {url}"))?,
    };
    let reference = Loaded::embedded().context("the reference data of this build cannot be read")?;
    Ok(Ctx::new(db, Clock::system(), Ctx::system_rng(), reference))
}
