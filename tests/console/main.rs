//! The pages, through real HTTP, on both engines.
// A test helper that fails should panic.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod assets;
mod board;
mod changes;
mod driver;
mod forgery;
mod screen;
mod sessions;
mod sign_in;
mod visitor;

const CONTENT: support::db::Content = support::db::Content::Reference;
