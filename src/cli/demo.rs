//! `kaketsuke demo`: a night of calls on a server of its own.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use tokio::sync::oneshot;

use super::{
    flags::{Value, set},
    signals::Signals,
};
use crate::{
    config::{Config, Key, Source},
    demo::{self, Afterwards, Options, Trace},
    store::DatabaseUrl,
};

/// Plays the night.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Address and port to listen on [default: 127.0.0.1:8090]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Stop when the night is over, instead of serving on
    #[arg(long)]
    once: bool,
    /// Write out every change that the service has acknowledged
    #[arg(long)]
    trace: bool,
    /// How fast the night passes
    #[arg(long, value_enum, default_value_t = Speed::Watch)]
    speed: Speed,
}

/// How fast the night passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Speed {
    /// An hour takes an hour
    Realtime,
    /// An hour takes twelve seconds, to look on
    Watch,
    /// As fast as the machine can
    Max,
}

/// Where the demo listens unless told otherwise: not where a service would be.
const LISTEN: &str = "127.0.0.1:8090";

impl Demo {
    /// What is given of the configuration; a port of its own and quiet logs, unless flags say otherwise.
    pub(super) fn values(&self) -> Vec<Value> {
        let own = |text: &str| Some(text.to_owned());
        let listen = self.listen.clone().or_else(|| own(LISTEN));
        set([(Key::Listen, &listen), (Key::LogFilter, &own("warn"))]).collect()
    }
}

/// Plays it, on a database of its own unless a flag names one: a service's database is never played upon because a
/// file or the environment names it.
pub(super) async fn run(config: &Config, demo: Demo) -> anyhow::Result<()> {
    let by_flag = |key| config.settings.iter().any(|setting| setting.source == Source::Flag(key));
    let folder = if by_flag(Key::DatabaseUrl) { None } else { Some(Folder::make()?) };
    let options = Options {
        listen: config.listen,
        database_url: match &folder {
            Some(folder) => folder.database()?,
            None => config.database_url.clone(),
        },
        connections: config.database_connections,
        limits: config.limits,
        tiles: config.tiles.clone(),
        speed: match demo.speed {
            Speed::Realtime => demo::Speed::Realtime,
            Speed::Watch => demo::Speed::Watch,
            Speed::Max => demo::Speed::Max,
        },
        afterwards: if demo.once { Afterwards::Stop } else { Afterwards::Serve },
        trace: if demo.trace { Trace::Acknowledged } else { Trace::Off },
    };
    play(options).await
}

/// A signal ends the demo: in order when it serves on, at once when the night is not over.
async fn play(options: Options) -> anyhow::Result<()> {
    let mut signals = Signals::hear().context("cannot hear signals")?;
    let serving = AtomicBool::new(false);
    let (stop, stopped) = oneshot::channel::<()>();
    let interrupted = async {
        serving.store(true, Ordering::Relaxed);
        drop(stopped.await);
    };
    let ended = async {
        signals.next().await;
        if serving.load(Ordering::Relaxed) {
            stop.send(()).ok();
            signals.next().await;
        }
    };
    tokio::select! {
        done = demo::run(options, interrupted) => done,
        () = ended => bail!("interrupted"),
    }
}

/// A folder for one demo, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn make() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("kaketsuke-demo-{}", std::process::id()));
        // Never a folder that is there already: it is somebody else's.
        std::fs::create_dir(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }

    fn database(&self) -> anyhow::Result<DatabaseUrl> {
        let path: &Path = &self.0.join("demo.db");
        format!("sqlite:{}", path.display()).parse().context("the folder for temporary files")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed here is removed with the other temporary files.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
