//! The pages, through real HTTP, on both engines.
// A test helper that fails should panic.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::print_stdout)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod api_calls;
mod assets;
mod axe;
mod board;
mod calling;
mod cases;
mod changes;
mod driver;
mod firm;
mod forgery;
mod job;
mod map;
mod office;
mod roster;
mod rulings;
mod screen;
mod sessions;
mod sign_in;
mod statements;
mod visitor;

const CONTENT: support::db::Content = support::db::Content::Reference;
