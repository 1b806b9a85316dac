//! Kaketsuke (駆けつけ): takes lock and plumbing calls round the clock, finds the contractor who can be there
//! first, keeps the record of the job and proves every yen of what is billable.

/// Use-cases: load, decide, save, event; one transaction each.
pub mod app;
/// The command line: one file a command.
pub mod cli;
/// What the operator sets: file, environment, flags.
pub mod config;
/// A night of calls on a server of its own.
pub mod demo;
/// Who can be there first, and why: pure matching.
pub mod dispatch;
/// What is printed or shown as a document.
pub mod documents;
/// The rules of the service, pure.
pub mod domain;
/// The JSON API and the pages of the staff.
pub mod http;
/// Texts of the pages, in Japanese and English.
pub mod i18n;
/// Firms, technicians and shifts from CSV files.
pub mod import;
/// How messages leave: webhook, e-mail.
pub mod notify;
/// The running service: listener, API and workers.
pub mod server;
/// The only SQL.
pub mod store;
/// What runs by itself: the feed's sequencer, expiring offers, messages, the fleet.
pub mod worker;
