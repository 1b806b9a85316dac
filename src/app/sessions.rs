//! Sessions in browsers: opened by password or link, recognised by a secret in a cookie, ended by time or by hand.

use std::net::IpAddr;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Command, Ctx, Error, Unit, tokens};
use crate::{
    domain::{
        actor::Actor,
        attempts::Origin,
        events,
        ids::{SessionId, UserId},
        span::Instant,
        users::{Login, Password, Session, User},
    },
    store,
};

/// Sessions of a person shown at most.
const SHOWN_MAX: i64 = 50;
/// How long what no longer counts is kept, so that a late request is told apart from a forged one, and the browser is known.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The session.
    pub session: Session,
    /// The person.
    pub user: User,
}

/// A session just opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// Who is signed in.
    pub user: User,
    /// Its secret, for the cookie, this once.
    #[serde(skip)]
    pub secret: String,
}

impl Opened {
    /// What the browser keeps of it, long after: it tells where somebody was signed in, and opens nothing.
    #[must_use]
    pub fn browser(&self) -> [u8; 32] {
        tokens::digest(&self.secret)
    }
}

/// An attempt to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The login.
    pub login: Login,
    /// The password.
    pub password: Password,
    /// Where it comes from.
    pub address: IpAddr,
    /// What the browser keeps of the last time somebody signed in with it ([`Opened::browser`]).
    pub browser: Option<[u8; 32]>,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum Outcome<T> {
    /// Login and password are right.
    Right(T),
    /// Login or password is wrong, or the person may not sign in: the three are not told apart.
    Wrong,
    /// Too many attempts have failed: nothing was tried, and nothing will be before this instant.
    TooEarly(Instant),
}

/// A person whose password was right, with what it was compared with.
#[derive(Debug)]
pub struct Confirmed {
    user: User,
    hash: Option<String>,
}

/// Compares a password, unless it comes too early.
pub async fn confirm(ctx: &Ctx, attempt: Attempt) -> Result<Outcome<Confirmed>, Error> {
    let from = origin(ctx, &attempt).await?;
    let Attempt { login, password, address, .. } = attempt;
    if let Err(due) = ctx.attempts().begin(&login, from, ctx.now()) {
        return Ok(Outcome::TooEarly(due));
    }
    let compared = compare(ctx, &login, password).await;
    let Compared { user, hash, right } = compared.inspect_err(|_| ctx.attempts().not_made(&login, from))?;
    let Some(user) = user.filter(|user| right && user.is_live(ctx.now())) else {
        let failures = ctx.attempts().to_tell(&login);
        if let Some(failures) = failures {
            tracing::warn!(failures, %address, "one login is guessed at");
        }
        return Ok(Outcome::Wrong);
    };
    ctx.attempts().succeeded(&login, from);
    Ok(Outcome::Right(Confirmed { user, hash }))
}

/// Where an attempt comes from: a browser is known to the login that was signed in with it last.
async fn origin(ctx: &Ctx, attempt: &Attempt) -> Result<Origin, Error> {
    let address = Origin::Address(attempt.address);
    let Some(digest) = attempt.browser else { return Ok(address) };
    let mut tx = ctx.db().read().await?;
    let session = store::sessions::by_digest(&mut tx, &digest).await?;
    let user = store::users::by_login(&mut tx, &attempt.login).await?;
    let known = session.zip(user).filter(|(session, user)| session.user_id == user.id);
    Ok(known.map_or(address, |(session, _)| Origin::Browser(session.id)))
}

/// Who has a login, and whether the password is theirs.
struct Compared {
    user: Option<User>,
    hash: Option<String>,
    right: bool,
}

async fn compare(ctx: &Ctx, login: &Login, password: Password) -> Result<Compared, Error> {
    let mut tx = ctx.db().read().await?;
    let user = store::users::by_login(&mut tx, login).await?;
    let hash = match &user {
        Some(user) => store::users::password_hash(&mut tx, user.id).await?,
        None => None,
    };
    drop(tx);
    let right = ctx.hashing().verify(password, hash.clone()).await?;
    Ok(Compared { user, hash, right })
}

/// Signs in by password.
pub async fn sign_in(ctx: &Ctx, attempt: Attempt) -> Result<Outcome<Opened>, Error> {
    let Confirmed { user, hash } = match confirm(ctx, attempt).await? {
        Outcome::Right(confirmed) => confirmed,
        Outcome::Wrong => return Ok(Outcome::Wrong),
        Outcome::TooEarly(due) => return Ok(Outcome::TooEarly(due)),
    };
    // The password may have been changed while it was compared.
    let opened = open(ctx, user.actor(), Proof::Password(user.id, hash)).await?;
    Ok(opened.map_or(Outcome::Wrong, Outcome::Right))
}

/// Signs in by a link, which is used up by it; nothing when it does not count.
pub async fn sign_in_by_link(ctx: &Ctx, secret: &str) -> Result<Option<Opened>, Error> {
    open(ctx, Actor::Service("link"), Proof::Link(tokens::digest(secret))).await
}

/// Why somebody may sign in.
enum Proof {
    Password(UserId, Option<String>),
    Link([u8; 32]),
}

async fn open(ctx: &Ctx, actor: Actor, proof: Proof) -> Result<Option<Opened>, Error> {
    let secret = tokens::secret(ctx);
    let command = Command::new(actor, (proof, tokens::digest(&secret)));
    let opened =
        ctx.transact(command, |unit, (proof, digest)| Box::pin(open_in(unit, proof, digest))).await?;
    Ok(opened.map(|opened| Opened { secret, ..opened }))
}

async fn open_in(unit: &mut Unit, proof: &Proof, digest: &[u8; 32]) -> Result<Option<Opened>, Error> {
    let id = match proof {
        Proof::Password(id, _) => Some(*id),
        Proof::Link(link) => store::users::use_link(&mut unit.tx, link, unit.now).await?,
    };
    let Some(id) = id else { return Ok(None) };
    let user = store::users::lock(&mut unit.tx, id).await?.filter(|user| user.is_live(unit.now));
    let Some(user) = user else { return Ok(None) };
    if let Proof::Password(_, compared) = proof
        && store::users::password_hash(&mut unit.tx, id).await? != *compared
    {
        return Ok(None);
    }
    let session =
        Session { id: unit.id(), user_id: id, created_at: unit.now, seen_at: unit.now, ended_at: None };
    store::sessions::insert(&mut unit.tx, &session, digest).await?;
    unit.actor = user.actor();
    unit.emit(events::SessionOpened { user: id, session: session.id });
    Ok(Some(Opened { session, user, secret: String::new() }))
}

/// Who a secret belongs to; nobody when it is unknown, or its session is over. Notes the sign of the browser.
pub async fn recognise(ctx: &Ctx, secret: &str) -> Result<Option<Signed>, Error> {
    let signed = look_up(ctx, secret).await?;
    if let Some(signed) = &signed
        && signed.session.is_stale(ctx.now())
    {
        let mut tx = ctx.db().write().await?;
        store::sessions::seen(&mut tx, signed.session.id, ctx.now()).await?;
        tx.commit().await?;
    }
    Ok(signed)
}

async fn look_up(ctx: &Ctx, secret: &str) -> Result<Option<Signed>, Error> {
    let mut tx = ctx.db().read().await?;
    let session = store::sessions::by_digest(&mut tx, &tokens::digest(secret)).await?;
    let Some(session) = session.filter(|session| session.is_live(ctx.now(), ctx.session_life())) else {
        return Ok(None);
    };
    let user = store::users::find(&mut tx, session.user_id).await?;
    Ok(user.filter(|user| user.is_live(ctx.now())).map(|user| Signed { session, user }))
}

/// Ends one session of a person: signing out, or taking a lost browser's access away.
pub async fn end(ctx: &Ctx, command: Command<(UserId, SessionId)>) -> Result<(), Error> {
    ctx.transact(command, |unit, (user, session)| Box::pin(end_in(unit, *user, *session))).await
}

async fn end_in(unit: &mut Unit, user: UserId, session: SessionId) -> Result<(), Error> {
    if store::sessions::end(&mut unit.tx, user, session, unit.now).await? {
        unit.emit(events::SessionEnded { user, session: Some(session) });
    }
    Ok(())
}

/// The sessions of a person that count, newest first.
pub async fn of_user(ctx: &Ctx, user: UserId) -> Result<Vec<Session>, Error> {
    let mut tx = ctx.db().read().await?;
    let mut sessions = store::sessions::of_user(&mut tx, user, SHOWN_MAX).await?;
    sessions.retain(|session| session.is_live(ctx.now(), ctx.session_life()));
    Ok(sessions)
}

/// Forgets sessions and links that have not counted for long.
pub async fn forget(ctx: &Ctx) -> Result<(), Error> {
    let before = ctx.now() - ctx.session_life().whole_max - KEPT;
    let mut tx = ctx.db().write().await?;
    store::sessions::forget(&mut tx, before).await?;
    store::users::forget_links(&mut tx, before).await?;
    Ok(tx.commit().await?)
}
