//! The only SQL. One text for both engines, a transaction in, domain types out; decides nothing.

mod db;
mod error;
mod release;

pub mod alarms;
pub mod assignments;
pub mod blocks;
pub mod calls;
pub mod case_places;
pub mod cases;
pub mod consumers;
pub mod dangers;
pub mod decisions;
pub mod drafts;
pub mod duplicates;
pub mod emergencies;
pub mod events;
pub mod facts;
pub mod feed;
pub mod firms;
pub mod fleet;
pub mod handovers;
pub mod idempotency;
pub mod identity;
pub mod interpretations;
pub mod jobs;
pub mod ledger;
pub mod offers;
pub mod order_notes;
pub mod places;
pub mod positions;
pub mod queue;
pub mod reference;
pub mod referrals;
pub mod schema;
pub mod sessions;
pub mod technicians;
pub mod tokens;
pub mod users;
pub mod windows;

pub use db::{DatabaseUrl, Db, Tx};
pub use error::Error;
pub use release::{Schema, schema_of};
