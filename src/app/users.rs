//! People who sign in: added, given a password, disabled.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rand::RngExt as _;
use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, firms, passwords::SALT_BYTES, tokens};
use crate::{
    domain::{
        actor::{Actor, Role},
        consumers::Consumer,
        events,
        firms::{Firm, Standing},
        ids::{ConsumerId, FirmId, SessionId, TechnicianId, UserId},
        refusal::{OfficeRefused, Refusal},
        tokens::{Grant, LastAdministrator, Token},
        users::{Login, Password, User},
    },
    store,
};

/// Sessions looked at for how many count.
const SESSIONS_MAX: i64 = 10_000;

/// A person to be added.
#[derive(Debug, Clone)]
pub struct New {
    /// The name to sign in with.
    pub login: Login,
    /// The person's name.
    pub name: String,
    /// What the person may do.
    pub grant: Grant,
    /// The password; without one, links alone sign in.
    pub password: Option<Password>,
}

/// Adds a person.
pub async fn add(ctx: &Ctx, command: Command<New>) -> Result<User, Error> {
    let hash = match &command.body.password {
        Some(password) => Some(hash(ctx, password.clone()).await?),
        None => None,
    };
    let command = command.map(|body| (body, hash));
    ctx.transact(command, |unit, (body, hash)| Box::pin(add_in(unit, body, hash.as_deref()))).await
}

async fn add_in(unit: &mut Unit, body: &New, hash: Option<&str>) -> Result<User, Error> {
    if store::users::by_login(&mut unit.tx, &body.login).await?.is_some() {
        return Err(Refusal::field("login", "is taken already").into());
    }
    let principal = Token {
        id: unit.id(),
        name: body.name.clone(),
        grant: body.grant,
        standing: Standing::Active,
        created_at: unit.now,
        expires_at: None,
        revoked_at: None,
    };
    // Nobody ever sees the secret of this token: the person signs in.
    let unseen = tokens::digest(&tokens::secret(&unit.ctx));
    let principal = tokens::insert(unit, &principal, &unseen).await?;
    let user = User {
        id: unit.id(),
        version: 1,
        login: body.login.clone(),
        principal,
        password_changed_at: hash.map(|_| unit.now),
        created_at: unit.now,
        disabled_at: None,
    };
    store::users::insert(&mut unit.tx, &user, hash).await.map_err(Error::in_the_way)?;
    unit.emit(events::UserAdded { user: user.id, role: body.grant.role() });
    Ok(user)
}

/// A password to be set.
#[derive(Debug, Clone)]
pub struct NewPassword {
    /// Whose.
    pub user: UserId,
    /// The password.
    pub password: Password,
    /// The session that goes on; every other one of the person is over.
    pub keep: Option<SessionId>,
}

/// Sets another password: whoever was signed in with the old one is not any more.
pub async fn set_password(ctx: &Ctx, command: Command<NewPassword>) -> Result<User, Error> {
    let hash = hash(ctx, command.body.password.clone()).await?;
    let command = command.map(|body| (body.user, body.keep, hash));
    ctx.transact(command, |unit, (user, keep, hash)| Box::pin(set_in(unit, *user, *keep, hash))).await
}

async fn set_in(unit: &mut Unit, id: UserId, keep: Option<SessionId>, hash: &str) -> Result<User, Error> {
    let user = lock_live(unit, id).await?;
    store::users::save_password(&mut unit.tx, id, hash, unit.now).await?;
    store::sessions::end_all(&mut unit.tx, id, keep, unit.now).await?;
    unit.emit(events::PasswordChanged { user: id });
    Ok(User { password_changed_at: Some(unit.now), ..user })
}

/// Disables a person, at once and for good: every session is over.
pub async fn disable(ctx: &Ctx, last: LastAdministrator, command: Command<UserId>) -> Result<User, Error> {
    let command = command.map(|id| (id, last));
    ctx.transact(command, |unit, (id, last)| Box::pin(disable_in(unit, *id, *last))).await
}

async fn disable_in(unit: &mut Unit, id: UserId, last: LastAdministrator) -> Result<User, Error> {
    let user = store::users::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("user"))?;
    if user.disabled_at.is_some() {
        return Ok(user);
    }
    // Nobody locks the last door behind himself: another administrator does it.
    if unit.actor.token() == Some(user.principal.id) {
        return Err(Error::Refused(OfficeRefused::OwnAccount.into()));
    }
    store::users::save_disabled(&mut unit.tx, id, unit.now).await?;
    store::tokens::revoke(&mut unit.tx, user.principal.id, unit.now).await?;
    tokens::leave_one(unit, &user.principal, last).await?;
    store::sessions::end_all(&mut unit.tx, id, None, unit.now).await?;
    unit.emit(events::UserDisabled { user: id });
    Ok(User { disabled_at: Some(unit.now), ..user })
}

/// Ends every session of a person, who may sign in again.
pub async fn end_sessions(ctx: &Ctx, command: Command<UserId>) -> Result<User, Error> {
    ctx.transact(command, |unit, id| Box::pin(end_sessions_in(unit, *id))).await
}

async fn end_sessions_in(unit: &mut Unit, id: UserId) -> Result<User, Error> {
    let user = store::users::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("user"))?;
    if store::sessions::end_all(&mut unit.tx, id, None, unit.now).await? > 0 {
        unit.emit(events::SessionEnded { user: id, session: None });
    }
    Ok(user)
}

/// A role with what it is bound to; a technician's firm is looked up.
pub async fn grant(
    ctx: &Ctx,
    role: Role,
    firm_id: Option<FirmId>,
    technician_id: Option<TechnicianId>,
    consumer_id: Option<ConsumerId>,
) -> Result<Grant, Error> {
    let mut tx = ctx.db().read().await?;
    tokens::grant(&mut tx, role, firm_id, technician_id, consumer_id).await
}

/// A link that signs somebody in, once.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whom.
    pub user: UserId,
    /// How long it counts.
    pub life: TimeDelta,
}

/// Makes a link that signs a person in once; answers its path, this once.
pub async fn link(ctx: &Ctx, actor: Actor, link: NewLink) -> Result<String, Error> {
    let secret = tokens::secret(ctx);
    let command = Command::new(actor, (link, tokens::digest(&secret)));
    ctx.transact(command, |unit, (link, digest)| {
        Box::pin(async move {
            lock_live(unit, link.user).await?;
            let expires_at = unit.now + link.life;
            Ok(store::users::insert_link(&mut unit.tx, digest, link.user, unit.now, expires_at).await?)
        })
    })
    .await?;
    Ok(format!("/sign-in/link/{secret}"))
}

/// A person of a role without a password, and the path of a link that signs one in as that person once: for a look
/// around on a service of one's own.
pub async fn guest_link(ctx: &Ctx, grant: Grant, name: &str, life: TimeDelta) -> Result<String, Error> {
    const ACTOR: Actor = Actor::Service("guest");
    let number: u32 = ctx.rng().random_range(100_000..1_000_000);
    let login = format!("{}-{number}", grant.role()).parse()?;
    let new = New { login, name: name.to_owned(), grant, password: None };
    let user = add(ctx, Command::new(ACTOR, new)).await?;
    link(ctx, ACTOR, NewLink { user: user.id, life }).await
}

async fn lock_live(unit: &mut Unit, id: UserId) -> Result<User, Error> {
    let user = store::users::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("user"))?;
    if user.is_live(unit.now) {
        return Ok(user);
    }
    Err(Error::Refused(OfficeRefused::UserDisabled.into()))
}

async fn hash(ctx: &Ctx, password: Password) -> Result<String, Error> {
    let salt = ctx.random::<SALT_BYTES>();
    ctx.hashing().hash(password, salt).await
}

/// The person of a login.
pub async fn by_login(ctx: &Ctx, login: &Login) -> Result<User, Error> {
    let mut tx = ctx.db().read().await?;
    store::users::by_login(&mut tx, login).await?.ok_or(Error::NotFound("user"))
}

/// The person of an id.
pub async fn find(ctx: &Ctx, id: UserId) -> Result<User, Error> {
    let mut tx = ctx.db().read().await?;
    store::users::find(&mut tx, id).await?.ok_or(Error::NotFound("user"))
}

pub use crate::store::technicians::Names;

/// Who signs in and which programs have a token, and the names of what they are bound to; all of one moment.
#[derive(Debug)]
pub struct Everybody {
    /// The people, oldest first.
    pub people: Vec<User>,
    /// In how many browsers each of them is signed in.
    pub sessions: BTreeMap<UserId, usize>,
    /// Every token, oldest first, those in whose names people act too.
    pub tokens: Vec<Token>,
    /// The firms that are the actor's to see.
    pub firms: Vec<Firm>,
    /// The consumers.
    pub consumers: Vec<Consumer>,
    /// The technicians that somebody acts as.
    pub technicians: Names,
}

/// Everybody there is, of each kind at most `limit`.
pub async fn everybody(ctx: &Ctx, actor: &Actor, limit: i64) -> Result<Everybody, Error> {
    let (mut tx, start) = (ctx.db().read().await?, Uuid::nil());
    let mut sessions = BTreeMap::new();
    for session in store::sessions::open(&mut tx, SESSIONS_MAX).await? {
        if session.is_live(ctx.now(), ctx.session_life()) {
            *sessions.entry(session.user_id).or_default() += 1;
        }
    }
    let tokens = store::tokens::list(&mut tx, start, limit).await?;
    let people = store::users::list(&mut tx, start, limit).await?;
    let grants =
        people.iter().map(|user| &user.principal.grant).chain(tokens.iter().map(|token| &token.grant));
    let technicians = grants.filter_map(|grant| match grant {
        Grant::Technician { technician_id, .. } => Some(*technician_id),
        _ => None,
    });
    let technicians: Vec<_> = technicians.collect();
    Ok(Everybody {
        technicians: store::technicians::names(&mut tx, technicians).await?,
        firms: firms::list_in(&mut tx, actor, start, limit).await?,
        consumers: store::consumers::list(&mut tx, start, limit).await?,
        people,
        sessions,
        tokens,
    })
}

/// The people after `after`, oldest first.
pub async fn list(ctx: &Ctx, after: Uuid, limit: i64) -> Result<Vec<User>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::users::list(&mut tx, after, limit).await?)
}
