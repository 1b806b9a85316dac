//! The only SQL. One text for both engines, a transaction in, domain types out; decides nothing.

mod db;
mod error;

pub mod events;
pub mod feed;
pub mod idempotency;
pub mod schema;
pub mod tokens;

pub use db::{DatabaseUrl, Db, Tx};
pub use error::Error;
