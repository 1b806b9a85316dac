//! What is printed or shown as a document: texts out of facts. Called by `app` only; knows no database.

pub mod order_note;
