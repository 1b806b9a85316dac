//! Who signs in, and which programs have a token. What is changed here goes through the API.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{Router, extract::State, routing::get};

use super::{
    figures,
    page::{Html, Page, Visitor},
};
use crate::{
    app::{
        self,
        users::{Everybody, Names},
    },
    domain::{
        actor::Role,
        ids::{ConsumerId, FirmId, TokenId, UserId},
        tokens::{Grant, Token},
        users::{PASSWORD_CHARS_MIN, User},
    },
    http::{Service, reply::Answer},
};

/// People, tokens, firms and consumers on the page at most.
const LISTED_MAX: i64 = 1_000;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/users", get(show))
}

#[derive(Template)]
#[template(path = "console/users.html")]
struct View {
    page: Page,
    people: Vec<PersonView>,
    tokens: Vec<TokenView>,
    firms: Vec<(FirmId, String)>,
    consumers: Vec<(ConsumerId, String)>,
    roles: &'static [Role],
    password_chars_min: usize,
}

struct PersonView {
    id: UserId,
    name: String,
    login: String,
    role: String,
    bound: Option<String>,
    password_set: Option<String>,
    disabled: Option<String>,
    is_self: bool,
    sessions: usize,
}

struct TokenView {
    id: TokenId,
    name: String,
    role: String,
    bound: Option<String>,
    issued: String,
    expires: Option<String>,
    /// Code of how it stands.
    state: &'static str,
}

/// The names of what roles are bound to.
struct Bound {
    firms: BTreeMap<FirmId, String>,
    consumers: BTreeMap<ConsumerId, String>,
    technicians: Names,
}

impl Bound {
    fn name(&self, grant: &Grant) -> Option<String> {
        match grant {
            Grant::Firm { firm_id } => self.firms.get(firm_id).cloned(),
            Grant::Technician { technician_id, firm_id } => {
                let (name, _) = self.technicians.get(technician_id)?;
                let firm = self.firms.get(firm_id).map_or("", String::as_str);
                Some(format!("{name} · {firm}"))
            }
            Grant::Billing { consumer_id } => self.consumers.get(consumer_id).cloned(),
            _ => None,
        }
    }
}

async fn show(State(service): State<Service>, page: Page, visitor: Visitor) -> Answer<Html<View>> {
    let ctx = &service.ctx;
    let Everybody { people, sessions, mut tokens, firms, consumers, technicians } =
        app::users::everybody(ctx, &visitor.actor, LISTED_MAX).await?;
    // A person acts in the name of a token of his own; it is shown as the person.
    let own: BTreeSet<TokenId> = people.iter().map(|user| user.principal.id).collect();
    tokens.retain(|token| !own.contains(&token.id));
    let bound = Bound {
        firms: firms.into_iter().map(|firm| (firm.id, firm.name)).collect(),
        consumers: consumers.into_iter().map(|consumer| (consumer.id, consumer.name)).collect(),
        technicians,
    };
    let signed_in = |user: &User| {
        let count = sessions.get(&user.id).copied().filter(|_| user.disabled_at.is_none());
        count.unwrap_or_default()
    };
    let shown = people.into_iter().map(|user| person(signed_in(&user), user, &bound, &visitor, &page));
    let shown: Vec<_> = shown.collect();
    let now = ctx.now();
    let token = |token: Token| TokenView {
        id: token.id,
        role: page.code("role", token.grant.role()),
        bound: bound.name(&token.grant),
        issued: figures::minute(token.created_at),
        expires: token.expires_at.map(figures::minute),
        state: if token.revoked_at.is_some() {
            "revoked"
        } else if token.is_live(now) {
            "live"
        } else {
            "expired"
        },
        name: token.name,
    };
    Ok(Html(View {
        people: shown,
        tokens: tokens.into_iter().map(token).collect(),
        firms: bound.firms.iter().map(|(id, name)| (*id, name.clone())).collect(),
        consumers: bound.consumers.iter().map(|(id, name)| (*id, name.clone())).collect(),
        roles: Role::ALL,
        password_chars_min: PASSWORD_CHARS_MIN,
        page,
    }))
}

fn person(sessions: usize, user: User, bound: &Bound, visitor: &Visitor, page: &Page) -> PersonView {
    PersonView {
        id: user.id,
        login: user.login.to_string(),
        role: page.code("role", user.principal.grant.role()),
        bound: bound.name(&user.principal.grant),
        password_set: user.password_changed_at.map(figures::minute),
        disabled: user.disabled_at.map(figures::minute),
        is_self: user.id == visitor.user,
        sessions,
        name: user.principal.name,
    }
}
