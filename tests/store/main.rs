//! What the databases themselves forbid, and that both engines are built alike.
// A test helper that fails should panic.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod commits;
mod copies;
mod feed;
mod invariants;
mod plans;
mod rows;
mod schema;
mod script;
mod texts;
mod world;

const CONTENT: support::db::Content = support::db::Content::Schema;
