//! The API, through real HTTP, on both engines.
// A test helper that fails should panic.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod appointments;
mod attributes;
mod billing;
mod blocks;
mod calls;
mod case_file;
mod case_place;
mod charging;
mod conventions;
mod dangers;
mod decisions;
mod dispatching;
mod estimate;
mod field;
mod held_commits;
mod ladder;
mod languages;
mod matching;
mod payments;
mod places;
mod pulling;
mod races;
mod referrals;
mod reviews;
mod scope;
mod visits;

const CONTENT: support::db::Content = support::db::Content::Reference;
