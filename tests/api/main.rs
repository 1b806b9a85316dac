//! The API, through real HTTP, on both engines.
// A test helper that fails should panic.
// Whether something is so is what many of these helpers set up; a story is told in one piece.
#![allow(clippy::unwrap_used, clippy::fn_params_excessive_bools, clippy::too_many_lines)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod actions;
mod agreements;
mod alone;
mod appointments;
mod attributes;
mod bad_input;
mod billing;
mod blocks;
mod calls;
mod candidates;
mod case_file;
mod case_place;
mod charging;
mod coming_back;
mod consents;
mod conventions;
mod cooling_off;
mod coverage;
mod crews;
mod dangers;
mod decisions;
mod dispatching;
mod endangered;
mod erasing;
mod estimate;
mod evidence;
mod field;
mod fitness;
mod goodwill;
mod guarding;
mod held_commits;
mod hostile;
mod kpis;
mod ladder;
mod languages;
mod late_reports;
mod ledger;
mod lines;
mod mail;
mod matching;
mod messages;
mod new_year;
mod numbers;
mod onsite;
mod orders;
mod others_jobs;
mod outages;
mod payers;
mod payments;
mod places;
mod positions;
mod privacy;
mod promises;
mod proof;
mod proposals;
mod pulling;
mod races;
mod reads;
mod referrals;
mod rejected;
mod reopening;
mod retention;
mod reviews;
mod rosters;
mod scope;
mod scrubbing;
mod sight;
mod silence;
mod standing;
mod statements;
mod stories;
mod suspended;
mod taken_off;
mod users;
mod visits;
mod warrants;
mod webhooks;
mod whereabouts;

const CONTENT: support::db::Content = support::db::Content::Reference;
