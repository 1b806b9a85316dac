//! How long what is kept (7.2), and what was taken away.

mod needs;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::RetentionRunId,
    refusal::{CaseRefused, Refusal},
    text_enum::text_enum,
};

pub use self::needs::Need;

text_enum! {
    /// What has a time of its own.
    pub enum Kept("kind of data") {
        /// What the giver of a shift wrote.
        HandOverNote = "hand_over_note",
        /// What was typed before there was a case.
        CallDraft = "call_draft",
        /// Who called, where no case came of it.
        CallerWithoutCase = "caller_without_case",
        /// Name, phone, room of a case that cost nothing.
        Case = "case",
        /// The same of a case with a charge or a consent to one.
        ChargedCase = "charged_case",
        /// The same of a liability case.
        LiabilityCase = "liability_case",
        /// Pictures of rooms; evidence of a referral or a liability case stays with the case.
        Photo = "photo",
        /// Where technicians are.
        Position = "position",
        /// Whom an ended block was about.
        EndedBlock = "ended_block",
        /// Messages that have arrived, were dropped or are dead, with their attempts.
        Message = "message",
        /// Who has read personal data.
        ReadLog = "read_log",
    }
}

/// How long everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention(pub BTreeMap<Kept, TimeDelta>);

impl Retention {
    /// What is older than this is taken away. The reader has seen to it that every kind has a time.
    #[must_use]
    pub fn before(&self, kept: Kept, now: DateTime<Utc>) -> DateTime<Utc> {
        self.0.get(&kept).map_or(DateTime::UNIX_EPOCH, |time| now - *time)
    }

    /// What others would keep for a shorter time: from how long to how long.
    #[must_use]
    pub fn shortened_to(&self, other: &Self) -> Vec<(Kept, TimeDelta, TimeDelta)> {
        let both = self.0.iter().filter_map(|(kept, time)| Some((*kept, *time, *other.0.get(kept)?)));
        both.filter(|(_, time, shorter)| shorter < time).collect()
    }
}

text_enum! {
    /// Why the people and the place of a case are known no more.
    pub enum ErasureReason("reason of an erasure") {
        /// Their time was over.
        Retention = "retention",
        /// The person has asked.
        PersonAsked = "person_asked",
        /// The person has taken the consent back.
        ConsentWithdrawn = "consent_withdrawn",
        /// Nobody needs it.
        NotNeeded = "not_needed",
        /// It should not have been kept.
        Unlawful = "unlawful",
    }
}

text_enum! {
    /// What demands an erasure while something of the case is still open.
    pub enum LegalGround("legal ground") {
        /// A court has ordered it.
        CourtOrder = "court_order",
        /// The authority for data protection has ordered it.
        AuthorityOrder = "authority_order",
        /// It must never have been collected.
        UnlawfulCollection = "unlawful_collection",
    }
}

text_enum! {
    /// Why nothing of a case is erased for the time being.
    pub enum HoldReason("reason of a legal hold") {
        /// A court has it, or may.
        Litigation = "litigation",
        /// An authority asks about it.
        Authority = "authority",
        /// An insurer asks about it.
        Insurer = "insurer",
        /// What happened is being looked into.
        Investigation = "investigation",
    }
}

/// Whether a case may be erased on request.
pub fn check_erasure(
    hold: Option<HoldReason>,
    needs: Vec<Need>,
    despite: Option<LegalGround>,
) -> Result<(), Refusal> {
    if hold.is_some() {
        return Err(CaseRefused::OnHold.into());
    }
    if !needs.is_empty() && despite.is_none() {
        return Err(CaseRefused::StillNeeded(needs).into());
    }
    Ok(())
}

/// One application of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Run {
    /// Its id.
    pub id: RetentionRunId,
    /// The day in Tokyo.
    pub day: NaiveDate,
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// When it was through; absent while it goes on.
    pub finished_at: Option<DateTime<Utc>>,
    /// The read log of before this instant is taken away.
    pub read_log_before: DateTime<Utc>,
    /// How much was taken away, by kind of data; `file` counts deleted files.
    pub counts: BTreeMap<String, u64>,
}
