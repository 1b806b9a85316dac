//! What somebody at the desk or at the site does next, by where the job is.

use super::{
    facts::FieldState,
    jobs::{
        Hold,
        JobState::{self, *},
    },
    offers::Heard,
    perils::Perils,
};

/// The reports that make sense from where somebody is on a job; others are taken all the same.
#[must_use]
pub fn reports(state: JobState, own: Option<FieldState>) -> &'static [&'static str] {
    match (state, own) {
        (Assigned, None) | (EnRoute | OnSite | Working | Paused, None) => {
            &["departure", "position", "delay", "withdrawal"]
        }
        (_, Some(FieldState::EnRoute)) => &["position", "delay", "arrival", "no_access", "withdrawal"],
        (_, Some(FieldState::OnSite)) => &[
            "id_check",
            "work_start",
            "part",
            "special_work",
            "consent",
            "referral_finding",
            "payment",
            "no_access",
            "leaving",
            "withdrawal",
            "completion",
        ],
        (_, Some(FieldState::Working)) => {
            &["pause", "work_end", "part", "special_work", "consent", "referral_finding", "id_check"]
        }
        (_, Some(FieldState::Paused)) => &[
            "resume",
            "work_end",
            "part",
            "special_work",
            "consent",
            "referral_finding",
            "id_check",
            "leaving",
        ],
        (
            AwaitingReturn | Assigned,
            Some(FieldState::AwaitingReturn | FieldState::NoAccess | FieldState::Left),
        ) => &["departure", "payment"],
        (Completed, Some(_)) => &["payment"],
        _ => &[],
    }
}

/// What is to be done next in a state, for who looks at the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Guidance {
    /// In Japanese.
    pub ja: &'static str,
    /// In English.
    pub en: &'static str,
}

/// What comes before whatever else is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caution {
    /// Nothing.
    None,
    /// Somebody on the job has a danger to acknowledge.
    Acknowledge,
    /// The identity cannot be checked: the door stays shut (S-04).
    KeepShut,
    /// Nothing is begun but to make safe (G-08).
    MakeSafeOnly,
}

impl Caution {
    /// The caution of a job whose crew has heard as much.
    #[must_use]
    pub fn of(perils: &Perils, crew: impl IntoIterator<Item = Heard>) -> Self {
        let mut crew = crew.into_iter().peekable();
        if crew.peek().is_none() {
            return Self::None;
        }
        match perils.holding() {
            Some(Hold::Hazard(_)) => Self::MakeSafeOnly,
            Some(Hold::Identity) => Self::KeepShut,
            None if crew.any(|heard| perils.unheard(heard).next().is_some()) => Self::Acknowledge,
            None => Self::None,
        }
    }

    fn guidance(self) -> Option<Guidance> {
        let (ja, en) = match self {
            Self::None => return None,
            Self::Acknowledge => (
                "危険が知らされました。内容を確認し、確認済みの返答をしてください。",
                "A danger was told: read what it is and acknowledge it.",
            ),
            Self::KeepShut => (
                "本人確認の方法がありません。開錠しないでください。内容を確認し、確認済みの返答をしてください。",
                "There is no way to check the identity: do not open the door. Read this and acknowledge it.",
            ),
            Self::MakeSafeOnly => (
                "危険があります。安全が確認されるまで、安全確保のほかは作業を始めないでください。内容を確認し、確認済みの返答をしてください。",
                "There is danger: until it is cleared begin nothing but to make safe. Read what it is and acknowledge it.",
            ),
        };
        Some(Guidance { ja, en })
    }
}

/// The guidance of a state, danger first.
#[must_use]
pub fn guidance(state: JobState, caution: Caution) -> Guidance {
    caution.guidance().unwrap_or_else(|| of_state(state))
}

fn of_state(state: JobState) -> Guidance {
    let (ja, en) = match state {
        Unassigned => ("手配先を探しています。", "Somebody is being looked for."),
        Held => (
            "保留中です。危険または本人確認の問題を解消してください。",
            "On hold: clear the danger or the identity question.",
        ),
        Booked => ("訪問予定が入っています。", "A visit is planned."),
        Offered => ("協力会社の回答を待っています。", "Waiting for an answer to the offer."),
        Accepted => (
            "会社が受諾しました。担当者の指名待ちです。",
            "A firm has accepted and has to name its technician.",
        ),
        Assigned => {
            ("担当者が決まりました。出発の報告を待っています。", "Somebody has accepted and has to depart.")
        }
        EnRoute => ("現場へ向かっています。", "On the way to the site."),
        OnSite => (
            "現場に到着しました。解錠の前に本人確認と誓約書の署名が必要です。",
            "At the site. Before opening a lock: identity check and signed pledge.",
        ),
        Working => (
            "作業中です。50分経過時に超過料金の同意を確認してください。",
            "Working. At minute 50 ask for consent to overtime.",
        ),
        Paused => (
            "作業を中断しています。中断時間は作業時間に含みません。",
            "Paused; a pause does not count as work.",
        ),
        AwaitingReturn => (
            "再訪問待ちです。入居者と日時を決めて予約するか、取り消してください。",
            "Waiting for another visit: agree a time with the resident and book it, or call the job off.",
        ),
        Completed => ("作業は終了しました。", "The job is over."),
        Cancelled => ("取り消されました。料金はかかりません。", "Called off; it costs nothing."),
        NoCoverage => (
            "対応できる協力会社がない地域です。入居者に代わりの相談先を案内してください。",
            "No firm serves this place: advise the resident where else to turn.",
        ),
    };
    Guidance { ja, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kinds of report, as the table of facts lists them.
    fn kinds() -> Vec<String> {
        let migration = include_str!("../../migrations/sqlite/0005_jobs.sql");
        let list = migration.split("CHECK (kind IN (").nth(1).unwrap().split("))").next().unwrap();
        list.split(',').map(|kind| kind.trim().trim_matches('\'').to_owned()).collect()
    }

    #[test]
    fn what_is_listed_is_known_and_every_kind_is_listed_somewhere() {
        let kinds = kinds();
        assert_eq!(kinds.len(), 18);
        let states = FieldState::ALL.iter().copied().map(Some).chain([None]);
        let mut listed: Vec<_> =
            states.flat_map(|own| JobState::ALL.iter().flat_map(move |state| reports(*state, own))).collect();
        listed.sort();
        listed.dedup();
        for kind in &listed {
            assert!(kinds.iter().any(|known| known == *kind), "{kind}");
        }
        assert_eq!(listed.len(), kinds.len());
    }

    #[test]
    fn every_state_says_what_is_next_in_both_languages() {
        for state in JobState::ALL {
            for caution in [Caution::None, Caution::Acknowledge, Caution::KeepShut, Caution::MakeSafeOnly] {
                let Guidance { ja, en } = guidance(*state, caution);
                assert!(ja.ends_with('。') && (en.ends_with('.')), "{state}");
            }
        }
    }
}
