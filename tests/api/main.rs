//! The API, through real HTTP, on both engines.
// A test helper that fails should panic.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod billing;
mod conventions;
mod dispatching;
mod field;
mod scope;

const CONTENT: support::db::Content = support::db::Content::Reference;
