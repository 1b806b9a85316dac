//! What must never happen cannot happen: shown by going round the application with a raw connection, on both
//! engines. Every refusal stands beside a neighbour that is allowed, so that it is the rule that refuses and not a
//! slip in the statement.

mod access;
mod alarms;
mod assignments;
mod columns;
mod feed;
mod immutable;
mod jobs;
mod ledger;
mod limits;
mod messages;
mod money;
mod offers;
mod privacy;
mod sessions;
mod shift_entries;
mod windows;
