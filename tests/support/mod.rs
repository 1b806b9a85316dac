//! What every test binary shares: `#[path = "../support/mod.rs"] mod support;` at its root.
// A binary that needs only a part of this is no defect, and a test helper that fails should panic.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr)]

pub(crate) mod asked;
pub(crate) mod db;
pub(crate) mod pictures;
mod postgres;
pub(crate) mod proxy;
pub(crate) mod receiver;
pub(crate) mod server;
pub(crate) mod site;
pub(crate) mod smtp;
pub(crate) mod world;
