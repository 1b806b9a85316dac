//! The demo: a night of calls on a server of its own, played through the public API on a clock of its own.

mod cast;
mod client;
mod deeds;
mod intake;
mod journal;
mod opened;
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
        span::{Instant, tokyo},
        tokens::Grant,
        users::SessionLife,
    },
    http::{Limits, Proxies, Tiles},
    notify::Settings,
    server::{Running, Server},
    store::{DatabaseUrl, Db},
};
use cast::Cast;
use client::Client;
pub use client::Trace;
use journal::Journal;
use play::Stage;
use script::{Cue, Night, Roster};

/// The journal's key of the token everybody else's come from.
const ADMINISTRATOR: &str = "administrator";

/// How long a link to look on counts: the clock runs through a night in less than a minute.
const LINK_LIFE: TimeDelta = TimeDelta::days(7);

/// Of [`Speed::Watch`]: the real time of a step, how much faster the night's clock goes, and the steps after which quiet
/// hours are over.
const WATCHED_STEP: TimeDelta = TimeDelta::milliseconds(250);
const WATCHED_PACE: i32 = 300;
const WATCHED_STEPS_MAX: usize = 12;

/// How fast the night passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// An hour takes an hour.
    Realtime,
    /// An hour takes twelve seconds, and where nothing happens less: to look on.
    Watch,
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
    /// Where map tiles come from.
    pub tiles: Option<Tiles>,
    /// How fast it passes.
    pub speed: Speed,
    /// What happens when it is over.
    pub afterwards: Afterwards,
    /// Whether every acknowledged change is written out.
    pub trace: Trace,
}

/// Plays the demo; fails when something comes out otherwise than the script expects. A demo that was interrupted on this
/// database goes on. `interrupted` ends the serving afterwards.
pub async fn run(options: Options, interrupted: impl Future<Output = ()>) -> anyhow::Result<()> {
    let (roster, night) = (Roster::shipped()?, Night::shipped()?);
    let cues = night.cues(&roster)?;
    let (ctx, mut journal) = prepare(&options, night.start.to_utc()).await?;
    let (listen, limits, tiles) = (options.listen, options.limits, options.tiles.clone());
    let server = Server { listen, limits, proxies: Proxies::default(), messages: Settings::default(), tiles };
    let running = server.start(ctx.clone()).await.context("the demo's server")?;
    say(&format!("kaketsuke demo on http://{}, database {}", running.local_addr, options.database_url))?;
    if options.afterwards == Afterwards::Serve {
        let link = app::users::guest_link(&ctx, Grant::Dispatcher, "見学", LINK_LIFE).await?;
        say(&format!(
            "the Board, with the night on it: http://{}{link}  (signs in as dispatcher, once)",
            running.local_addr
        ))?;
    }
    let stage = perform(&ctx, &running, &options, (&roster, &night, &cues), &mut journal).await?;
    let rows = report::read(&stage, &night).await?;
    let books = stage.bill().await?;
    say(&format!("\n{}\nbilling file:\n{}", report::table(&rows), report::billing(&books)))?;
    let differences = report::differences(&rows, &night);
    if options.afterwards == Afterwards::Serve && differences.is_empty() {
        let secret = journal.secret("dispatcher").unwrap_or_default();
        say(&format!(
            "look around: http://{0}{1}  (signs in as dispatcher, once)\n\
             the API: http://{0}/docs  (token of the dispatcher: {secret})\nCtrl-C ends it",
            running.local_addr,
            app::users::guest_link(&ctx, Grant::Dispatcher, "見学", LINK_LIFE).await?
        ))?;
        go_on(ctx, interrupted).await;
    }
    running.stop().await;
    journal.remove()?;
    if !differences.is_empty() {
        bail!("the night came out otherwise than expected:\n{}", differences.join("\n"));
    }
    Ok(())
}

/// A service on the demo's database. Its clock stands at the beginning of the night, or where the demo was interrupted.
async fn prepare(options: &Options, start: Instant) -> anyhow::Result<(Ctx, Journal)> {
    let url = &options.database_url;
    let db = Db::connect(url, options.connections).await.context("the demo's database")?;
    db.migrate().await.context("the demo's database")?;
    let mut journal = Journal::of(url)?;
    let last = app::feed::last_change(&db).await.context("the demo's database")?;
    match last {
        Some(last) if !journal.is_empty() => {
            let at = tokyo(last).format("%Y-%m-%d %H:%M:%S");
            say(&format!("a demo was interrupted here at {at}: it goes on"))?;
        }
        Some(_) => {
            bail!("the database {url} holds data, and no demo was interrupted on it: name an empty one")
        }
        None => journal.restart()?,
    }
    let now = last.map_or(start, |last| last.max(start));
    let ctx = Ctx::new(db, Clock::scenario(now), Ctx::system_rng(), Loaded::embedded()?)
        .with_sessions(SessionLife::LOOKING_ON);
    app::reference::load_missing(&ctx).await.context("the reference data")?;
    Ok((ctx, journal))
}

/// Plays every cue at its instant.
async fn perform(
    ctx: &Ctx,
    running: &Running,
    options: &Options,
    (roster, night, cues): (&Roster, &Night, &[Cue]),
    journal: &mut Journal,
) -> anyhow::Result<Stage> {
    let played_until = ctx.now();
    let secret = administrator(ctx, journal).await?;
    let base = format!("http://{}", running.local_addr);
    let administrator = Client::new(&base, secret, options.trace);
    administrator.get("/v1/me").await.context("the demo that was interrupted here had another database")?;
    let cast = Cast::assemble(administrator, journal, roster, cues).await?;
    let technicians: usize = roster.firms.iter().map(|firm| firm.technicians.len()).sum();
    say(&format!("{} firms with {technicians} technicians are registered\n", roster.firms.len()))?;
    let mut stage = Stage::set(cast, played_until);
    for cue in cues {
        pass(ctx, cue.at, options.speed).await;
        stage.act(night, cue).await?;
        // Workers finish what the deed has started, before time goes on.
        ctx.clock().settle().await;
    }
    Ok(stage)
}

/// The token everybody else's come from, as an operator issues it on the command line.
async fn administrator(ctx: &Ctx, journal: &mut Journal) -> anyhow::Result<String> {
    if let Some(secret) = journal.secret(ADMINISTRATOR) {
        return Ok(secret.to_owned());
    }
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
    journal.keep(ADMINISTRATOR, &secret)?;
    Ok(secret)
}

/// Lets time pass up to an instant of the night.
async fn pass(ctx: &Ctx, until: Instant, speed: Speed) {
    let real = Clock::system();
    match speed {
        Speed::Realtime => _ = real.seat().wait(Some(real.now() + (until - ctx.now()))).await,
        Speed::Watch => {
            let mut seat = real.seat();
            for _ in 0..WATCHED_STEPS_MAX {
                let left = until - ctx.now();
                if left <= TimeDelta::zero() {
                    break;
                }
                seat.wait(Some(real.now() + WATCHED_STEP)).await;
                ctx.clock().advance(left.min(WATCHED_STEP * WATCHED_PACE)).await;
            }
        }
        Speed::Max => {}
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
