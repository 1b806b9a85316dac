//! What happened at the site: facts as devices report them, and the record they add up to.
//!
//! A fact is never wrong to report: late, repeated and out-of-order facts are normal. The record is a pure fold over
//! the *set* of a job's facts, so every order of arrival gives the same record and the same price. What is doubtful is
//! flagged, and a flagged record is looked at by a person before it is billed.

mod about;
mod clock;
mod codes;
mod consent;
mod fact;
mod flags;
mod forms;
mod named;
mod person;
mod record;
mod refusal;
pub mod reports;
#[cfg(test)]
pub(crate) mod script;
#[cfg(test)]
mod tests;
mod told;
mod trust;
mod visits;
mod words;
mod worked;

pub use about::is_about;
pub use clock::{SKEW_IGNORED, SKEW_MAX, SKEW_SPREAD_MAX};
pub use codes::{
    FactCode, Hindrance, IdKind, IdWay, JobOutcome, NoAccessReason, PauseReason, Reporter, ReturnReason,
    TakenMethod, Understood, Unresolved,
};
pub use consent::{Consent, ConsentCover};
pub use fact::{Fact, FactKind};
pub use flags::{Flag, FlagCode, MissingReports};
pub use forms::{EVIDENCE_MAX, Finding, IdCheck, SitePayment};
pub use named::{Lack, OnRecord};
pub use person::{FieldState, PauseSpan, TechnicianAtSite, WORK_INTERVAL_MAX, WorkSpan};
pub use record::FieldRecord;
pub use told::{
    CONSENT_LAG_MAX, CheckedId, DeliveredPart, DeliveredWork, FoundReferral, GivenConsent, Left, NoAccess,
    TakenPayment, ToldDelay, Withdrawn,
};
pub use trust::{Guard, MISSING_ASKED_AFTER, PAID_AFTER_MAX, RECEIPT_MAX, TRUST_SLACK};
pub use visits::Visit;
pub use words::{Pieces, PriceYen, ShortCode, ShortText};
pub use worked::worked_until;

/// Facts in one batch at most.
pub const BATCH_MAX: usize = 500;
/// Facts of one job at most: ten times what a hard job over several visits needs.
pub const FACTS_PER_JOB_MAX: usize = 2_000;
/// Highest sequence number of a device on one job.
pub const DEVICE_SEQ_MAX: i64 = 1_000_000;
