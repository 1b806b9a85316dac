//! The pages by role: whoever may not see a page is not shown the way to it.

use axum::http::Method;

use crate::{domain::actor::Role, http::access};

/// A place in the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Key of its name.
    pub(super) key: &'static str,
    /// Its path.
    pub(super) path: &'static str,
    /// Whether one is there.
    pub(super) here: bool,
}

/// Every place: key of its name and path.
#[rustfmt::skip] // a table is read as a table
const PLACES: &[(&str, &str)] = &[
    ("nav-board", "/"),
    ("nav-map", "/map"),
    ("nav-calls", "/calls"),
    ("nav-roster", "/roster"),
    ("nav-account", "/account"),
];

/// The places of a role.
pub(super) fn of(role: Option<Role>, here: &str) -> Vec<Entry> {
    let Some(role) = role else { return Vec::new() };
    let may = |path: &str| access::roles(&Method::GET, path).contains(&role);
    let places = PLACES.iter().filter(|(_, path)| may(path));
    places.map(|(key, path)| Entry { key, path, here: *path == here }).collect()
}

/// Where a role begins.
pub(super) fn first(role: Option<Role>) -> &'static str {
    of(role, "").first().map_or("/account", |entry| entry.path)
}
