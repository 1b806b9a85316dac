//! `kaketsuke demo`: a night of calls on a server of its own.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::{
    flags::{Value, set},
    signals::Signals,
};
use crate::{
    config::{Config, Key},
    demo::{self, Afterwards, Options, Trace},
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
    /// Print every acknowledged change
    #[arg(long)]
    trace: bool,
    /// How fast the night passes
    #[arg(long, value_enum, default_value_t = Speed::Max)]
    speed: Speed,
}

/// How fast the night passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Speed {
    /// An hour takes an hour
    Realtime,
    /// As fast as the machine can
    Max,
}

/// Where the demo listens unless told otherwise: not where a service would be.
const LISTEN: &str = "127.0.0.1:8090";

impl Demo {
    /// What is given of the configuration. What is configured for a service does not count: unless a flag says
    /// otherwise, the demo has a port and a database of its own.
    pub(super) fn values(&self) -> Vec<Value> {
        let own = |text: &str| Some(text.to_owned());
        let listen = self.listen.clone().or_else(|| own(LISTEN));
        let database = own(&format!("sqlite:{}", database_file().display()));
        set([(Key::Listen, &listen), (Key::DatabaseUrl, &database), (Key::LogFilter, &own("warn"))]).collect()
    }
}

/// The demo's database when no other is given; this process's own.
fn database_file() -> PathBuf {
    std::env::temp_dir().join(format!("kaketsuke-demo-{}.db", std::process::id()))
}

/// Plays it.
pub(super) async fn run(config: &Config, demo: Demo) -> anyhow::Result<()> {
    let options = Options {
        listen: config.listen,
        database_url: config.database_url.clone(),
        connections: config.database_connections,
        limits: config.limits,
        speed: match demo.speed {
            Speed::Realtime => demo::Speed::Realtime,
            Speed::Max => demo::Speed::Max,
        },
        afterwards: if demo.once { Afterwards::Stop } else { Afterwards::Serve },
        trace: if demo.trace { Trace::Acknowledged } else { Trace::Off },
    };
    let mut signals = Signals::hear().context("cannot hear signals")?;
    let played = demo::run(options, signals.next()).await;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database_file().into_os_string();
        file.push(suffix);
        // There is none when another database was given.
        drop(std::fs::remove_file(file));
    }
    played
}
