//! The rules of the service, pure: no database, no network, no clock, no randomness. Everything may import it;
//! it imports nothing of ours.

pub mod actor;
pub mod address;
pub mod alarms;
pub mod appointments;
pub mod calendar;
pub mod calls;
pub mod cases;
pub mod charging;
pub mod consumers;
pub mod dangers;
pub mod emergencies;
pub mod event;
pub mod facts;
pub mod firms;
pub mod handovers;
pub mod identity;
pub mod ids;
pub mod instructions;
pub mod interpretations;
pub mod jobs;
pub mod known;
pub mod ledger;
pub mod money;
pub mod offers;
pub mod phone;
pub mod place;
pub mod reference;
pub mod refusal;
pub mod roster;
pub mod span;
pub mod tokens;
pub mod trade;

pub(crate) mod text_enum;
