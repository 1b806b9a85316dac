//! What is printed or shown as a document: texts out of facts. Called by `app` only; knows no database.

pub mod anchor_mail;
pub mod danger_mail;
pub mod notices;
pub mod offer_mail;
pub mod order_note;
pub mod phrases;
pub mod statement;

pub use crate::domain::referrals::Language;
pub use notices::{Facts, Notice, To, notice};
