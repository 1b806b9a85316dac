//! Who answers for it where a rule asks first: that somebody is served who is not entitled (G-14), that a landlord has agreed
//! or is passed over (S-06, G-15), that a landlord's matter is not referred (3.4). Said once, never changed.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    cases::{Case, Eligibility},
    ids::{CaseId, TokenId},
    reference::{Reference, job_codes::FreeScope},
    refusal::{CaseRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

/// Things said of one case at most.
pub const OF_CASE_MAX: usize = 50;

text_enum! {
    /// What a rule asks for.
    pub enum WarrantKind("kind of warrant") {
        /// Somebody who is not entitled is served (G-14).
        Goodwill = "goodwill",
        /// A part of the building is replaced (S-06).
        Landlord = "landlord",
        /// A landlord's matter is not referred (3.4).
        NoReferral = "no_referral",
    }
}

text_enum! {
    /// Why it is right.
    pub enum WarrantReason("reason of a warrant") {
        /// Goodwill: people would come to harm.
        Danger = "danger",
        /// Goodwill: nobody else can be reached at this hour.
        NobodyElse = "nobody_else",
        /// Goodwill: the sponsor has agreed.
        SponsorAgreed = "sponsor_agreed",
        /// Goodwill: the host company has agreed.
        HostCompanyAgreed = "host_company_agreed",
        /// Landlord: agreed in writing.
        InWriting = "in_writing",
        /// Landlord: agreed in a recorded call.
        Recorded = "recorded",
        /// Landlord: nobody was reached; whoever records it takes it on themselves.
        TakenOn = "taken_on",
        /// No referral: the landlord's side knows already.
        KnownAlready = "known_already",
        /// No referral: it turned out to be the resident's own.
        NotTheirs = "not_theirs",
        /// No referral: the trouble has gone by itself, or nobody came.
        NothingLeft = "nothing_left",
    }
}

impl WarrantReason {
    /// What it is a reason for.
    #[must_use]
    pub fn kind(self) -> WarrantKind {
        match self {
            Self::Danger | Self::NobodyElse | Self::SponsorAgreed | Self::HostCompanyAgreed => {
                WarrantKind::Goodwill
            }
            Self::InWriting | Self::Recorded | Self::TakenOn => WarrantKind::Landlord,
            Self::KnownAlready | Self::NotTheirs | Self::NothingLeft => WarrantKind::NoReferral,
        }
    }
}

/// That somebody answers for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Warrant {
    /// The case.
    pub case_id: CaseId,
    /// Its number among those of the case, from 1.
    pub number: i64,
    /// What is answered for.
    pub kind: WarrantKind,
    /// Why it is right.
    pub reason: WarrantReason,
    /// Of which job code it is said that no referral is due, or which job code or special work the landlord was asked about: of no
    /// other one.
    pub job_code: Option<String>,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Who has said it, and answers for it.
    pub recorded_by: Option<TokenId>,
}

/// What somebody wants to answer for.
#[derive(Debug, Clone)]
pub struct Word {
    /// Why it is right: it says what is answered for.
    pub reason: WarrantReason,
    /// Of which job code no referral is due, or what the landlord was asked about; the only one in question, when not said.
    pub job_code: Option<String>,
}

/// What is known of a case of which somebody answers for something.
#[derive(Debug, Clone, Copy)]
pub struct OfCase<'a> {
    /// The case.
    pub case: &'a Case,
    /// What was answered for before, first one first.
    pub warrants: &'a [Warrant],
    /// The codes of its jobs.
    pub codes: &'a [String],
    /// Those of which something was referred.
    pub referred: &'a BTreeSet<String>,
}

impl WarrantKind {
    /// Whether it bears on who is served, and so on every job of the case.
    #[must_use]
    pub fn is_of_service(self) -> bool {
        self == Self::Goodwill
    }

    /// Whether it is about the codes of jobs.
    #[must_use]
    pub fn is_of_codes(self) -> bool {
        matches!(self, Self::NoReferral | Self::Landlord)
    }
}

impl Warrant {
    /// Somebody's word, as it is kept.
    pub fn of(
        word: &Word,
        known: OfCase<'_>,
        reference: &Reference,
        at: Instant,
        by: Option<TokenId>,
    ) -> Result<Self, Refusal> {
        known.case.must_be_open()?;
        if known.warrants.len() >= OF_CASE_MAX {
            return Err(CaseRefused::TooManyWarrants.into());
        }
        Ok(Self {
            case_id: known.case.id,
            number: known.warrants.last().map_or(1, |last| last.number + 1),
            kind: word.reason.kind(),
            reason: word.reason,
            job_code: known.meant(word, reference)?,
            at,
            recorded_by: by,
        })
    }
}

impl OfCase<'_> {
    /// Which job code or special work is answered for: what is said of one landlord's matter is not said of another one (R-07,
    /// S-06).
    fn meant(&self, word: &Word, reference: &Reference) -> Result<Option<String>, Refusal> {
        let refused = |why: &str| Err(Refusal::field("job_code", why));
        match word.reason.kind() {
            WarrantKind::Goodwill if word.job_code.is_some() => return refused("is not said of goodwill"),
            WarrantKind::Goodwill => return Ok(None),
            WarrantKind::Landlord => {
                return match self.replaced(word, reference) {
                    Some(code) => Ok(Some(code)),
                    None => refused(
                        "S-06: say what the landlord was asked about: the job code, or the special work, that replaces something",
                    ),
                };
            }
            WarrantKind::NoReferral => {}
        }
        let mut codes = self.codes.iter().map(String::as_str);
        if let Some(code) = &word.job_code {
            return match codes.any(|one| one == code && is_theirs(reference, code)) {
                true => Ok(Some(code.clone())),
                false => refused("no job of this case is the landlord's matter by this code"),
            };
        }
        let due = unreferred(reference, codes, self.referred, self.warrants);
        match due.len() {
            1 => Ok(due.first().map(|code| (*code).to_owned())),
            0 => refused("no job of this case waits for a referral"),
            _ => refused("more than one job of this case waits for a referral: say which"),
        }
    }

    /// What the landlord was asked about: what is said, or the only thing that may have to be replaced on the jobs of the case.
    fn replaced(&self, word: &Word, reference: &Reference) -> Option<String> {
        if let Some(said) = &word.job_code {
            return is_replacement(reference, said).then(|| said.clone());
        }
        let all: BTreeSet<_> = self.codes.iter().flat_map(|code| replacements(reference, code)).collect();
        all.first().filter(|_| all.len() == 1).cloned()
    }
}

/// Whether somebody answers for it.
#[must_use]
pub fn is_answered_for(kind: WarrantKind, warrants: &[Warrant]) -> bool {
    warrants.iter().any(|warrant| warrant.kind == kind)
}

/// The codes of these that are the landlord's matter, while they are not referred and nobody has said why not (3.4, R-07): each
/// for itself.
#[must_use]
pub fn unreferred<'a>(
    reference: &Reference,
    codes: impl IntoIterator<Item = &'a str>,
    referred: &BTreeSet<String>,
    warrants: &[Warrant],
) -> BTreeSet<&'a str> {
    let is_due = |code: &&str| {
        let is_answered = |warrant: &Warrant| {
            warrant.kind == WarrantKind::NoReferral && warrant.job_code.as_deref() == Some(code)
        };
        is_theirs(reference, code) && !referred.contains(*code) && !warrants.iter().any(is_answered)
    };
    codes.into_iter().filter(is_due).collect()
}

/// Whether a job code is the landlord's matter.
#[must_use]
pub fn is_theirs(reference: &Reference, code: &str) -> bool {
    reference.job_codes().get(code).is_some_and(|kind| kind.free_scope == FreeScope::Refer)
}

/// Whether a code is that of a job or special work that replaces something of the landlord's (S-06).
#[must_use]
pub fn is_replacement(reference: &Reference, code: &str) -> bool {
    let codes = reference.job_codes();
    codes.get(code).is_some_and(|kind| kind.landlord_consent_required)
        || codes.special_work(code).is_some_and(|work| work.landlord_consent_required)
}

/// What of the landlord's may have to be replaced on a job of this code: the job is asked about as a whole where it is for that,
/// else each special work by itself.
#[must_use]
pub fn replacements(reference: &Reference, job_code: &str) -> Vec<String> {
    let Some(kind) = reference.job_codes().get(job_code) else { return Vec::new() };
    if kind.landlord_consent_required {
        return vec![job_code.to_owned()];
    }
    let works = kind.special_if.iter().map(|work| work.as_str());
    works.filter(|work| is_replacement(reference, work)).map(str::to_owned).collect()
}

/// Whether the landlord was asked about what was done on a job of this code, the job itself or a special work, or somebody answers
/// for that they were not. What they were asked about otherwise says nothing of it (S-06).
#[must_use]
pub fn landlord_was_asked(reference: &Reference, done: &str, job_code: &str, warrants: &[Warrant]) -> bool {
    let is_of_job = |work: &str| {
        let kind = reference.job_codes().get(job_code);
        kind.is_some_and(|kind| {
            kind.landlord_consent_required && kind.special_if.iter().any(|one| one.as_str() == work)
        })
    };
    let asked = warrants.iter().filter(|warrant| warrant.kind == WarrantKind::Landlord);
    asked.filter_map(|warrant| warrant.job_code.as_deref()).any(|about| {
        about == done || (about == job_code && is_of_job(done)) || (done == job_code && is_of_job(about))
    })
}

/// Nobody is asked for a person who is not entitled before somebody has said why (G-14).
pub fn may_be_served(case: &Case, warrants: &[Warrant]) -> Result<(), Refusal> {
    let is_served = case.eligibility != Eligibility::NotEligible;
    if is_served || is_answered_for(WarrantKind::Goodwill, warrants) {
        return Ok(());
    }
    Err(CaseRefused::NotEntitled.into())
}
