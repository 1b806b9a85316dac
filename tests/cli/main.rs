//! The command line, as an operator uses it.
// A test helper that fails should panic.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod crash;
mod demo;
mod imports;
mod nodes;

const CONTENT: support::db::Content = support::db::Content::Reference;
