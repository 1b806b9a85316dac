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

/// A way to somewhere: key of its name and path.
type Place = (&'static str, &'static str);

/// Every place.
const PLACES: &[Place] = &[
    ("nav-board", "/"),
    ("nav-map", "/map"),
    ("nav-calls", "/calls"),
    ("nav-firm", "/firm"),
    ("nav-roster", "/roster"),
    ("nav-office", OFFICE_DOOR),
    ("nav-account", "/account"),
];

/// Stands for the pages of the office: they are many, and share one place.
const OFFICE_DOOR: &str = "office";

/// The pages of the office, shown beside each other below the bar.
const OFFICE: &[Place] = &[
    ("nav-kpi", "/kpi"),
    ("nav-reviews", "/reviews"),
    ("nav-staff", "/staff"),
    ("nav-billing", "/billing"),
    ("nav-audit", "/audit"),
    ("nav-users", "/users"),
    ("nav-programmes", "/programmes"),
];

fn may(role: Role, path: &str) -> bool {
    access::may(Some(role), &Method::GET, path)
}

/// Whether a path is a place or below it.
fn is_at(here: &str, path: &str) -> bool {
    here == path || path != "/" && here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
}

fn office(role: Role, here: &str) -> Vec<Entry> {
    let places = OFFICE.iter().filter(|(_, path)| may(role, path));
    places.map(|(key, path)| Entry { key, path, here: is_at(here, path) }).collect()
}

/// The places of a role.
pub(super) fn of(role: Option<Role>, here: &str) -> Vec<Entry> {
    let Some(role) = role else { return Vec::new() };
    let mut entries = Vec::new();
    for &(key, path) in PLACES {
        if path == OFFICE_DOOR {
            let pages = office(role, here);
            match pages.first().cloned() {
                // One page needs no room of its own.
                Some(only) if pages.len() == 1 => entries.push(only),
                Some(first) => {
                    let here = pages.iter().any(|page| page.here);
                    entries.push(Entry { key, path: first.path, here });
                }
                None => {}
            }
        } else if may(role, path) {
            entries.push(Entry { key, path, here: is_at(here, path) });
        }
    }
    entries
}

/// The pages beside this one in the office; none elsewhere.
pub(super) fn beside(role: Option<Role>, here: &str) -> Vec<Entry> {
    let pages = role.map(|role| office(role, here)).unwrap_or_default();
    if pages.len() > 1 && pages.iter().any(|page| page.here) { pages } else { Vec::new() }
}

/// Where a role begins.
pub(super) fn first(role: Option<Role>) -> &'static str {
    of(role, "").first().map_or("/account", |entry| entry.path)
}
