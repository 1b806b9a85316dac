//! Use-cases: load, decide, save, event; one transaction each. The clock, ids and randomness are read here only.

pub mod clock;
pub mod feed;
pub mod health;
pub mod tokens;

mod ctx;
mod error;
mod unit;

pub use ctx::Ctx;
pub use error::Error;
pub use unit::{Command, IdempotencyKey, KEY_CHARS_MAX, Unit};
