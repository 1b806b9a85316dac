//! What must be right on a case: who is entitled and how that is known, who was spoken with, what a consultation is
//! about; and what is still missing before it can be closed.

use serde::{Deserialize, Serialize};

use super::{
    calls::CallerRole,
    cases::{Case, Category, Eligibility, LesseeKind, LiabilityFlag},
    refusal::Refusal,
};

/// Something that is missing on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Whether somebody else was harmed (K-02).
    Liability,
    /// Whether the person is entitled (E-05).
    Eligibility,
    /// Who rents the flat.
    Lessee,
    /// Whether the worker was spoken with (K-05).
    SpokenWithWorker,
    /// Whether there is a danger that would hold everything: the caller could not tell (4.1).
    Dangers,
    /// How the identity will be checked (S-01 to S-04).
    IdentityPlan,
    /// A job for one of the categories (K-01).
    Job,
}

impl Missing {
    /// What to ask or do, in Japanese.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::Liability => "第三者に損害がないか確認してください。",
            Self::Eligibility => "対象者かどうか未確認です。対応を先に進め、後で確認してください。",
            Self::Lessee => "お部屋の契約者(本人・受入企業・受入企業所有)を確認してください。",
            Self::SpokenWithWorker => "本人と話したか、連絡がつかなかったかを記録してください。",
            Self::Dangers => "危険の有無が「分からない」のままです。もう一度確認してください。",
            Self::IdentityPlan => "開錠前の本人確認の方法を決めてください。",
            Self::Job => "出動をまだ手配していない種別があります。",
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::Liability => "Ask whether somebody else suffered damage.",
            Self::Eligibility => "Not confirmed whether the person is entitled: serve first, verify later.",
            Self::Lessee => "Ask who rents the flat: the worker, the host company, or the host owns it.",
            Self::SpokenWithWorker => "Record whether the worker was spoken with or could not be reached.",
            Self::Dangers => "Nobody could tell whether there is danger: ask again.",
            Self::IdentityPlan => "Plan how the identity is checked before the door is opened.",
            Self::Job => "A category has no job yet.",
        }
    }

    /// The rule behind it.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Liability => "K-02",
            Self::Eligibility => "E-05",
            Self::Lessee => "R-04",
            Self::SpokenWithWorker => "K-05",
            Self::Dangers => "4.1",
            Self::IdentityPlan => "S-01",
            Self::Job => "K-01",
        }
    }
}

/// Checks what must fit together on a case.
pub fn check(case: &Case) -> Result<(), Refusal> {
    if case.eligibility == Eligibility::Eligible && case.eligibility_basis.is_none() {
        let message = "E-05: say how it was found out that the person is entitled";
        return Err(Refusal::field("eligibility_basis", message));
    }
    match (case.categories.contains(&Category::Consultation), &case.topic) {
        (true, None) => {
            Err(Refusal::field("topic", "S-12: a consultation is about a topic; see /v1/out-of-scope"))
        }
        (false, Some(_)) => Err(Refusal::field("topic", "only a consultation has a topic")),
        _ => Ok(()),
    }
}

/// Whether the worker must be spoken with before somebody is sent: nobody's call so far was the worker's own (K-05).
#[must_use]
pub fn needs_the_worker(case: &Case, callers: &[CallerRole]) -> bool {
    case.spoken_with_worker.is_none() && !callers.contains(&CallerRole::Worker)
}

/// What is missing of what the case itself says.
#[must_use]
pub fn missing(case: &Case, callers: &[CallerRole]) -> Vec<Missing> {
    let mut missing = Vec::new();
    if case.liability_flag == LiabilityFlag::Unknown {
        missing.push(Missing::Liability);
    }
    if case.eligibility == Eligibility::Unverified {
        missing.push(Missing::Eligibility);
    }
    if case.lessee_kind == LesseeKind::Unknown {
        missing.push(Missing::Lessee);
    }
    if needs_the_worker(case, callers) {
        missing.push(Missing::SpokenWithWorker);
    }
    missing
}
