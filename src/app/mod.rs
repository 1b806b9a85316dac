//! Use-cases: load, decide, save, event; one transaction each. The clock, ids and randomness are read here only.

pub mod alarms;
pub mod answers;
pub mod appointments;
pub mod billing;
pub mod blocks;
pub mod calls;
pub mod case_places;
pub mod cases;
pub mod clock;
mod comebacks;
pub mod consumers;
pub mod dangers;
pub mod decisions;
pub mod drafts;
pub mod emergencies;
pub mod facts;
pub mod feed;
pub mod firms;
pub mod health;
pub mod jobs;
pub mod ladder;
pub mod loaded;
pub mod offers;
pub mod order_notes;
pub mod overrides;
pub mod places;
pub mod positions;
pub mod programmes;
pub mod queue;
pub mod reference;
pub mod settlement;
pub mod statements;
pub mod technicians;
pub mod tokens;
pub mod verify;

mod ctx;
mod error;
mod fleet;
mod holds;
mod unit;
mod windows;

pub use ctx::Ctx;
pub use error::Error;
pub use unit::{Command, IdempotencyKey, KEY_CHARS_MAX, Unit};
