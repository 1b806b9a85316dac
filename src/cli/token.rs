//! `kaketsuke token`: the first administrator's token can only come from here.

use anyhow::{Context as _, bail};
use chrono::{DateTime, SecondsFormat, SubsecRound as _};
use clap::{Args, Subcommand};
use uuid::Uuid;

use super::{
    flags::{code, in_flags},
    output, service,
};
use crate::{
    app::{Command, Ctx, tokens},
    config::Config,
    domain::{
        actor::{Actor, Role},
        ids::{ConsumerId, FirmId, TechnicianId, TokenId},
        span::Instant,
        tokens::{Grant, LastAdministrator, Token as Listed},
        typed::{is_blank, steers},
    },
};

/// Tokens read at once.
const PAGE: i64 = 200;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 100;
/// Who acts, in the log.
const ACTOR: Actor = Actor::Service("command_line");

/// Access tokens.
#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Issue a token; its secret is printed this once, alone on standard output
    Issue(Issue),
    /// List the tokens, without secrets
    List,
    /// Revoke a token, at once and for good
    Revoke {
        /// Id of the token, as in the list
        #[arg(value_parser = id::<TokenId>)]
        id: TokenId,
        /// Even if no administrator gets in any more but by this command line
        #[arg(long)]
        last_administrator: bool,
    },
}

/// A token to be issued.
#[derive(Debug, Args)]
pub(super) struct Issue {
    /// What it may do
    #[arg(long, value_parser = code(Role::ALL, Role::as_str))]
    role: Role,
    /// Whom or what it is for
    #[arg(long, value_parser = name)]
    name: String,
    /// The firm, for the role firm
    #[arg(long, value_name = "ID", value_parser = id::<FirmId>, group = "whose")]
    firm: Option<FirmId>,
    /// The technician, for the role technician
    #[arg(long, value_name = "ID", value_parser = id::<TechnicianId>, group = "whose")]
    technician: Option<TechnicianId>,
    /// The billing consumer, for the role billing
    #[arg(long, value_name = "ID", value_parser = id::<ConsumerId>, group = "whose")]
    consumer: Option<ConsumerId>,
    /// When it stops counting, as in 2027-04-01T00:00:00+09:00; never, when absent
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    expires: Option<Instant>,
}

pub(super) fn name(text: &str) -> Result<String, String> {
    let fits = (1..=NAME_CHARS_MAX).contains(&text.chars().count()) && !text.contains(steers);
    (fits && !is_blank(text))
        .then(|| text.to_owned())
        .ok_or_else(|| format!("must be 1 to {NAME_CHARS_MAX} printable characters"))
}

pub(super) fn id<T: From<Uuid>>(text: &str) -> Result<T, String> {
    text.parse::<Uuid>().map(T::from).map_err(|error| error.to_string())
}

fn instant(text: &str) -> Result<Instant, String> {
    // What both databases keep: microseconds.
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.to_utc().trunc_subsecs(6))
        .map_err(|error| format!("{error}; expected RFC 3339 as in 2027-04-01T00:00:00+09:00"))
}

/// Does what is asked.
pub(super) async fn run(config: &Config, token: Token) -> anyhow::Result<()> {
    let ctx = match token {
        Token::List => service::open_to_read(config).await?,
        Token::Issue(_) | Token::Revoke { .. } => service::open(config).await?,
    };
    match token {
        Token::Issue(wanted) => issue(&ctx, wanted).await?,
        Token::List => list(&ctx).await?,
        Token::Revoke { id, last_administrator: false } => revoke(&ctx, id, LastAdministrator::Stays).await?,
        Token::Revoke { id, last_administrator: true } => revoke(&ctx, id, LastAdministrator::MayGo).await?,
    }
    ctx.db().close().await;
    Ok(())
}

async fn issue(ctx: &Ctx, wanted: Issue) -> anyhow::Result<()> {
    if wanted.expires.is_some_and(|end| end <= ctx.now()) {
        bail!("--expires: that time has passed");
    }
    let body = tokens::Issue {
        name: wanted.name,
        role: wanted.role,
        firm_id: wanted.firm,
        technician_id: wanted.technician,
        consumer_id: wanted.consumer,
        expires_at: wanted.expires,
    };
    let issued = tokens::issue(ctx, Command::new(ACTOR, body)).await.map_err(in_flags)?;
    let secret = issued.secret.context("the token has been issued without its secret")?;
    output::note(format_args!("issued token {} for the role {}", issued.token.id, issued.token.grant.role()));
    output::line(secret)
}

async fn list(ctx: &Ctx) -> anyhow::Result<()> {
    output::line(row(["ID", "ROLE", "STATE", "ISSUED", "EXPIRES", "FOR", "NAME"]))?;
    let mut after = Uuid::nil();
    loop {
        let page = tokens::list(ctx, after, PAGE).await?;
        for token in &page {
            output::line(listed(token, ctx.now()))?;
            after = token.id.0;
        }
        if page.is_empty() {
            return Ok(());
        }
    }
}

fn listed(token: &Listed, now: Instant) -> String {
    let time = |instant: Instant| instant.to_rfc3339_opts(SecondsFormat::Secs, true);
    let state = match token.revoked_at {
        Some(_) => "revoked",
        None if token.is_live(now) => "live",
        None => "expired",
    };
    let whose = match token.grant {
        Grant::Firm { firm_id } => firm_id.to_string(),
        Grant::Technician { technician_id, .. } => technician_id.to_string(),
        Grant::Billing { consumer_id } => consumer_id.to_string(),
        _ => "-".to_owned(),
    };
    let expires = token.expires_at.map_or_else(|| "never".to_owned(), time);
    row([
        &token.id.to_string(),
        token.grant.role().as_str(),
        state,
        &time(token.created_at),
        &expires,
        &whose,
        &output::printable(&token.name),
    ])
}

/// The name comes last: what is before it is ASCII and lines up.
fn row([id, role, state, issued, expires, whose, name]: [&str; 7]) -> String {
    format!("{id:<36}  {role:<14}  {state:<7}  {issued:<20}  {expires:<20}  {whose:<36}  {name}")
}

async fn revoke(ctx: &Ctx, id: TokenId, last: LastAdministrator) -> anyhow::Result<()> {
    tokens::revoke(ctx, last, Command::new(ACTOR, id)).await.map_err(in_flags)?;
    output::note(format_args!("revoked token {id}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::firms::Standing;

    #[test]
    fn a_token_is_listed_by_its_state() {
        let now: Instant = "2026-11-22T12:00:00Z".parse().unwrap();
        let firm_id = FirmId(Uuid::from_u128(5));
        let mut token = Listed {
            id: TokenId(Uuid::from_u128(1)),
            name: "夜間窓口\u{1b}[2J".to_owned(),
            grant: Grant::Firm { firm_id },
            standing: Standing::Active,
            created_at: now,
            expires_at: None,
            revoked_at: None,
        };
        let line = listed(&token, now);
        assert!(line.contains("  live ") && line.contains("never") && line.contains(&firm_id.to_string()));
        assert!(line.ends_with("夜間窓口\u{fffd}[2J"));
        token.expires_at = Some(now);
        assert!(listed(&token, now).contains("  expired "));
        token.revoked_at = Some(now);
        assert!(listed(&token, now).contains("  revoked "));
    }

    #[test]
    fn arguments_are_checked() {
        assert!(name("").is_err() && name(&"名".repeat(101)).is_err() && name("a\nb").is_err());
        assert!(name(&"名".repeat(100)).is_ok());
        assert_eq!(instant("2027-04-01T00:00:00+09:00"), Ok("2027-03-31T15:00:00Z".parse().unwrap()));
        assert!(instant("2027-04-01").is_err());
    }
}
