//! What must be right on a case: who is entitled and how that is known, who was spoken with, what a consultation is
//! about; and what is still missing before it can be closed.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    calls::CallerRole,
    cases::{Case, Category, Eligibility, LesseeKind, LiabilityFlag, Resident},
    jobs::Job,
    reference::Reference,
    refusal::Refusal,
    retention::Need,
    span::Instant,
};

/// Something that is missing on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// A number to call back: the call came without one.
    CallBackNumber,
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
    /// Why somebody is served who is not entitled (G-14).
    Goodwill,
    /// Whether the landlord agrees to a replacement (S-06).
    LandlordConsent,
    /// The referral of a landlord's matter, or why none is due (3.4).
    Referral,
    /// What was charged and is not paid, or was paid too much.
    MoneyDue,
    /// The answer of a payer (G-06).
    PayerAnswer,
    /// The decision about a dispute.
    DisputeDecision,
    /// The decision about a doubtful record.
    ReviewDecision,
}

impl Missing {
    /// What of a case is not over and does not keep it open: whoever closes it is told.
    #[must_use]
    pub fn of(need: Need) -> Option<Self> {
        match need {
            Need::JobOpen => None,
            Need::MoneyDue => Some(Self::MoneyDue),
            Need::PayerAwaited => Some(Self::PayerAnswer),
            Need::DisputeOpen => Some(Self::DisputeDecision),
            Need::ReviewOpen => Some(Self::ReviewDecision),
        }
    }

    /// Whether it outlives the closing of the case.
    #[must_use]
    pub fn is_of_money(self) -> bool {
        matches!(self, Self::MoneyDue | Self::PayerAnswer | Self::DisputeDecision | Self::ReviewDecision)
    }

    /// What to ask or do, in Japanese.
    #[must_use]
    pub fn ja(self) -> &'static str {
        match self {
            Self::CallBackNumber => "折り返しの電話番号がありません。連絡方法を聞いてください。",
            Self::Liability => "第三者に損害がないか確認してください。",
            Self::Eligibility => "対象者かどうか未確認です。対応を先に進め、後で確認してください。",
            Self::Lessee => "お部屋の契約者(本人・受入企業・受入企業所有)を確認してください。",
            Self::SpokenWithWorker => "本人と話したか、連絡がつかなかったかを記録してください。",
            Self::Dangers => "危険の有無が「分からない」のままです。もう一度確認してください。",
            Self::IdentityPlan => "開錠前の本人確認の方法を決めてください。",
            Self::Job => "出動をまだ手配していない種別があります。",
            Self::Goodwill => "対象外の方です。対応する理由を記録してください。",
            Self::LandlordConsent => "交換の前に家主の同意を確認し、記録してください。",
            Self::Referral => "家主・管理会社への取り次ぎ、または不要な理由を記録してください。",
            Self::MoneyDue => "未収または返金すべき金額があります。完了しても請求は残ります。",
            Self::PayerAnswer => "支払者の回答待ちの費用があります。完了しても回答待ちは続きます。",
            Self::DisputeDecision => "異議の申し立てが未解決です。完了しても判断が必要です。",
            Self::ReviewDecision => "記録の確認が未了です。完了しても判断が必要です。",
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::CallBackNumber => "There is no number to call back: ask how to reach the person.",
            Self::Liability => "Ask whether somebody else suffered damage.",
            Self::Eligibility => "Not confirmed whether the person is entitled: serve first, verify later.",
            Self::Lessee => "Ask who rents the flat: the worker, the host company, or the host owns it.",
            Self::SpokenWithWorker => "Record whether the worker was spoken with or could not be reached.",
            Self::Dangers => "Nobody could tell whether there is danger: ask again.",
            Self::IdentityPlan => "Plan how the identity is checked before the door is opened.",
            Self::Job => "A category has no job yet.",
            Self::Goodwill => "Not entitled: record why the person is served all the same.",
            Self::LandlordConsent => "Ask the landlord before anything is replaced, and record the answer.",
            Self::Referral => "Refer it to the landlord or management company, or record why not.",
            Self::MoneyDue => "Money is due or to be paid back: closing does not end that.",
            Self::PayerAnswer => "A payer's answer is awaited: closing does not end that.",
            Self::DisputeDecision => "A dispute is not decided: closing does not end that.",
            Self::ReviewDecision => "A doubtful record is not decided: closing does not end that.",
        }
    }

    /// The rule behind it.
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::CallBackNumber => "G-09",
            Self::Liability => "K-02",
            Self::Eligibility => "E-05",
            Self::Lessee => "R-04",
            Self::SpokenWithWorker => "K-05",
            Self::Dangers => "4.1",
            Self::IdentityPlan => "S-01",
            Self::Job => "K-01",
            Self::Goodwill => "E-02",
            Self::LandlordConsent => "S-06",
            Self::Referral => "3.4",
            Self::MoneyDue => "G-07",
            Self::PayerAnswer => "G-06",
            Self::DisputeDecision => "G-18",
            Self::ReviewDecision => "G-01",
        }
    }
}

/// The desk of the host companies (H-03).
const HOST_DESK: &str = "000.inss.host_desk";
/// When to ask where its hours are not known.
const ASKED_AFTER: TimeDelta = TimeDelta::hours(24);
/// Nobody is asked while the trouble itself is still being taken.
const LEFT_ALONE: TimeDelta = TimeDelta::hours(1);

/// From when on the host companies can be asked whether somebody is entitled (E-05).
#[must_use]
pub fn verified_from(reference: &Reference, now: Instant) -> Instant {
    let hours = reference.desks().timetable(HOST_DESK);
    let opening = hours.and_then(|hours| hours.next_opening(now, reference.holidays()).known().flatten());
    opening.unwrap_or(now + ASKED_AFTER).max(now + LEFT_ALONE)
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

/// Checks that a case is about what its jobs are about.
pub fn check_jobs(case: &Case, jobs: &[Job]) -> Result<(), Refusal> {
    match jobs.iter().find(|job| !case.categories.contains(&Category::of(job.trade))) {
        Some(job) => Err(Refusal::field("categories", format!("the case has a job about {}", job.trade))),
        None => Ok(()),
    }
}

/// Whether the worker must be spoken with before somebody is sent: nobody's call so far was the worker's own (K-05).
#[must_use]
pub fn needs_the_worker(case: &Case, callers: &[CallerRole]) -> bool {
    case.spoken_with_worker.is_none() && !callers.contains(&CallerRole::Worker)
}

/// What is missing of what the case itself says; whom it is about is nobody once erased.
#[must_use]
pub fn missing(case: &Case, resident: Option<&Resident>, callers: &[CallerRole]) -> Vec<Missing> {
    let mut missing = Vec::new();
    if resident.is_some_and(|resident| resident.phone.is_none()) {
        missing.push(Missing::CallBackNumber);
    }
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
