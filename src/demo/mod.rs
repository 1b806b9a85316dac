//! The demo: a night of calls on a server of its own, played through the public API on a clock of its own.

mod client;
mod play;
mod report;
mod script;

use std::{io::Write as _, net::SocketAddr};

use anyhow::{Context as _, bail};
use chrono::TimeDelta;

use crate::{
    app::{
        self, Command, Ctx,
        clock::{Clock, Wake},
        loaded::Loaded,
    },
    domain::{
        actor::{Actor, Role},
        span::Instant,
        tokens::Grant,
    },
    http::Limits,
    notify::Settings,
    server::{Running, Server},
    store::{DatabaseUrl, Db},
};
use client::Client;
pub use client::Trace;
use play::Stage;
use script::{Night, Roster};

/// How long the link to look around counts.
const LINK_LIFE: TimeDelta = TimeDelta::hours(1);

/// How fast the night passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// An hour takes an hour.
    Realtime,
    /// As fast as the machine can.
    Max,
}

/// What happens when the night is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// The service stops.
    Stop,
    /// The service goes on, to look around in.
    Serve,
}

/// How the demo is played.
#[derive(Debug)]
pub struct Options {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its own, empty database.
    pub database_url: DatabaseUrl,
    /// Parallel connections to it.
    pub connections: u32,
    /// What limits a request.
    pub limits: Limits,
    /// How fast it passes.
    pub speed: Speed,
    /// What happens when it is over.
    pub afterwards: Afterwards,
    /// Whether every acknowledged change is written out.
    pub trace: Trace,
}

/// Plays the demo; fails when something comes out otherwise than the script expects. `interrupted` ends the serving
/// afterwards.
pub async fn run(options: Options, interrupted: impl Future<Output = ()>) -> anyhow::Result<()> {
    let (roster, night) = (Roster::shipped()?, Night::shipped()?);
    let ctx = prepare(&options, night.start.to_utc()).await?;
    let server = Server { listen: options.listen, limits: options.limits, messages: Settings::default() };
    let running = server.start(ctx.clone()).await.context("the demo's server")?;
    say(&format!("kaketsuke demo on http://{}, database {}", running.local_addr, options.database_url))?;
    let stage = perform(&ctx, &running, &options, &roster, &night).await?;
    let rows = report::read(&stage, &night).await?;
    let lines = stage.bill().await?;
    say(&format!("\n{}\nbilling file:\n{}", report::table(&rows), report::billing(&lines)))?;
    let differences = report::differences(&rows, &night);
    if options.afterwards == Afterwards::Serve && differences.is_empty() {
        say(&format!(
            "look around: http://{0}{2}  (signs in as dispatcher, once)\n\
             the API: http://{0}/docs  (token of the dispatcher: {1})\nCtrl-C ends it",
            running.local_addr,
            stage.dispatcher_secret,
            app::users::guest_link(&ctx, Grant::Dispatcher, "見学", LINK_LIFE).await?
        ))?;
        go_on(ctx, interrupted).await;
    }
    running.stop().await;
    if !differences.is_empty() {
        bail!("the night came out otherwise than expected:\n{}", differences.join("\n"));
    }
    Ok(())
}

/// A service on the demo's database, its clock standing at the beginning of the night.
async fn prepare(options: &Options, start: Instant) -> anyhow::Result<Ctx> {
    let db = Db::connect(&options.database_url, options.connections).await.context("the demo's database")?;
    db.migrate().await.context("the demo's database")?;
    let ctx = Ctx::new(db, Clock::scenario(start), Ctx::system_rng(), Loaded::embedded()?);
    app::reference::load_missing(&ctx).await.context("the reference data")?;
    Ok(ctx)
}

/// Plays every cue at its instant.
async fn perform(
    ctx: &Ctx,
    running: &Running,
    options: &Options,
    roster: &Roster,
    night: &Night,
) -> anyhow::Result<Stage> {
    let issue = app::tokens::Issue {
        name: "demo".to_owned(),
        role: Role::Administrator,
        firm_id: None,
        technician_id: None,
        consumer_id: None,
        expires_at: None,
    };
    let issued = app::tokens::issue(ctx, Command::new(Actor::Service("demo"), issue)).await?;
    let secret = issued.secret.context("no secret")?;
    let base = format!("http://{}", running.local_addr);
    let mut stage = Stage::set(Client::new(&base, secret, options.trace), roster).await?;
    for cue in night.cues()? {
        pass(ctx, cue.at, options.speed).await;
        stage.act(night, &cue).await?;
        // Workers finish what the deed has started, before time goes on.
        ctx.clock().settle().await;
    }
    Ok(stage)
}

/// Lets time pass up to an instant of the night.
async fn pass(ctx: &Ctx, until: Instant, speed: Speed) {
    if speed == Speed::Realtime {
        let real = Clock::system();
        real.seat().wait(Some(real.now() + (until - ctx.now()))).await;
    }
    ctx.clock().advance_to(until).await;
}

/// Serves on, with a clock that goes as the real one does, until interrupted.
async fn go_on(ctx: Ctx, interrupted: impl Future<Output = ()>) {
    let real = Clock::system();
    let ticking = async {
        let mut seat = real.seat();
        let mut last = real.now();
        while seat.wait(Some(last + TimeDelta::seconds(1))).await == Wake::Work {
            let now = real.now();
            ctx.clock().advance(now - last).await;
            last = now;
        }
    };
    tokio::select! {
        () = ticking => {}
        () = interrupted => {}
    }
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
