//! `kaketsuke user`: people who sign in. The first administrator can only come from here.

use std::io::{BufRead as _, IsTerminal as _, stdin};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use uuid::Uuid;

use super::{
    flags::{code, in_flags},
    output, service,
    token::{id, name},
};
use crate::{
    app::{self, Command, Ctx, tokens, users},
    config::Config,
    domain::{
        actor::{Actor, Role},
        ids::{ConsumerId, FirmId, TechnicianId},
        refusal::Refusal,
        tokens::LastAdministrator,
        users::{Login, Password, User as Person},
    },
};

/// People read at once.
const PAGE: i64 = 200;
/// Who acts, in the log.
const ACTOR: Actor = Actor::Service("command_line");

/// People who sign in to the pages.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a person; the password is asked for, or is the first line of standard input
    Add(Add),
    /// List the people
    List,
    /// Set another password, asked for as when adding; every session of the person is over
    Password {
        /// Login of the person
        #[arg(long, value_parser = login)]
        login: Login,
    },
    /// Disable a person, at once and for good
    Disable {
        /// Login of the person
        #[arg(long, value_parser = login)]
        login: Login,
        /// Even if no administrator gets in any more but by this command line
        #[arg(long)]
        last_administrator: bool,
    },
}

/// A person to be added.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// What the person may do
    #[arg(long, value_parser = code(Role::ALL, Role::as_str))]
    role: Role,
    /// Name to sign in with
    #[arg(long, value_parser = login)]
    login: Login,
    /// The person's name; the login, when absent
    #[arg(long, value_parser = name)]
    name: Option<String>,
    /// The firm, for the role firm
    #[arg(long, value_name = "ID", value_parser = id::<FirmId>, group = "whose")]
    firm: Option<FirmId>,
    /// The technician, for the role technician
    #[arg(long, value_name = "ID", value_parser = id::<TechnicianId>, group = "whose")]
    technician: Option<TechnicianId>,
    /// The billing consumer, for the role billing
    #[arg(long, value_name = "ID", value_parser = id::<ConsumerId>, group = "whose")]
    consumer: Option<ConsumerId>,
}

fn login(text: &str) -> Result<Login, String> {
    text.parse::<Login>().map_err(|refusal| match refusal {
        Refusal::Invalid(errors) => errors.into_iter().map(|error| error.message).collect(),
        other => other.to_string(),
    })
}

/// Does what is asked.
pub(super) async fn run(config: &Config, user: User) -> anyhow::Result<()> {
    let ctx = match user {
        User::List => service::open_to_read(config).await?,
        _ => service::open(config).await?,
    };
    match user {
        User::Add(wanted) => add(&ctx, wanted).await?,
        User::List => list(&ctx).await?,
        User::Password { login } => {
            let user = known(&ctx, &login).await?.id;
            let body = users::NewPassword { user, password: password(&login)?, keep: None };
            users::set_password(&ctx, Command::new(ACTOR, body)).await.map_err(in_flags)?;
            output::note(format_args!("set the password of {login}; its sessions are over"));
        }
        User::Disable { login, last_administrator } => {
            let user = known(&ctx, &login).await?.id;
            let last = if last_administrator { LastAdministrator::MayGo } else { LastAdministrator::Stays };
            users::disable(&ctx, last, Command::new(ACTOR, user)).await.map_err(in_flags)?;
            output::note(format_args!("disabled {login}; its sessions are over"));
        }
    }
    ctx.db().close().await;
    Ok(())
}

async fn known(ctx: &Ctx, login: &Login) -> anyhow::Result<Person> {
    users::by_login(ctx, login).await.map_err(|error| match error {
        app::Error::NotFound(_) => anyhow::anyhow!("--login: there is no {login}"),
        other => other.into(),
    })
}

async fn add(ctx: &Ctx, wanted: Add) -> anyhow::Result<()> {
    let Add { role, login, name, firm, technician, consumer } = wanted;
    let mut tx = ctx.db().read().await?;
    let grant = tokens::grant(&mut tx, role, firm, technician, consumer).await.map_err(in_flags)?;
    drop(tx);
    let password = Some(password(&login)?);
    let body = users::New { name: name.unwrap_or_else(|| login.to_string()), login, grant, password };
    let added = users::add(ctx, Command::new(ACTOR, body)).await.map_err(in_flags)?;
    output::note(format_args!("added {} for the role {role}", added.login));
    Ok(())
}

/// The password as typed: not in a flag, where everybody on this machine could read it.
fn password(login: &Login) -> anyhow::Result<Password> {
    let at_terminal = stdin().is_terminal();
    if at_terminal {
        output::note(format_args!("password of {login}, ended with Enter:"));
        terminal("-echo");
    }
    let mut line = String::new();
    let read = stdin().lock().read_line(&mut line);
    if at_terminal {
        terminal("echo");
    }
    read.context("the password cannot be read")?;
    let typed = line.trim_end_matches(['\r', '\n']);
    if typed.is_empty() {
        bail!("a password is wanted on standard input");
    }
    Password::new(typed, login).map_err(|refusal| in_flags(refusal.into()))
}

/// Has the terminal show what is typed (`echo`) or not (`-echo`). Where there is no `stty` it goes on as it was.
fn terminal(mode: &str) {
    drop(std::process::Command::new("stty").arg(mode).status());
}

async fn list(ctx: &Ctx) -> anyhow::Result<()> {
    output::line(row(["LOGIN", "ROLE", "STATE", "NAME"]))?;
    let mut after = Uuid::nil();
    loop {
        let page = users::list(ctx, after, PAGE).await?;
        for user in &page {
            let state = match user.is_live(ctx.now()) {
                false => "disabled",
                true if user.password_changed_at.is_none() => "no password",
                true => "active",
            };
            let name = output::printable(&user.principal.name);
            output::line(row([user.login.as_str(), user.principal.grant.role().as_str(), state, &name]))?;
            after = user.id.0;
        }
        if page.is_empty() {
            return Ok(());
        }
    }
}

fn row([login, role, state, name]: [&str; 4]) -> String {
    format!("{login:<24}  {role:<14}  {state:<11}  {name}")
}
