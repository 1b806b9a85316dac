//! The flat form of a case.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Case, CaseStage, CaseState, Category, Eligibility, EligibilityBasis, LesseeKind, LiabilityFlag,
    SpokenWithWorker,
};
use crate::domain::{
    flat::{Contradiction, described_by},
    ids::CaseId,
};

/// A case. Who it is about and where are kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Case)]
pub struct FlatCase {
    /// Its id.
    pub id: CaseId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// Its number, to be said on the telephone: day in Tokyo and running number, as in `261122-0007`.
    pub number: String,
    /// The programme that entitles the person.
    pub programme: String,
    /// What the trouble is.
    pub categories: Vec<Category>,
    /// Language to speak with the person (BCP 47).
    pub language: String,
    /// Language to write to the person (BCP 47): asked, never derived from a region (N-01).
    pub reading_language: Option<String>,
    /// Whether the person is entitled.
    pub eligibility: Eligibility,
    /// How that was found out (E-05).
    pub eligibility_basis: Option<EligibilityBasis>,
    /// Who rents the flat.
    pub lessee_kind: LesseeKind,
    /// Whether the worker was spoken with, where somebody else has called (K-05).
    pub spoken_with_worker: Option<SpokenWithWorker>,
    /// What a consultation is about (S-12).
    pub topic: Option<String>,
    /// Whether somebody else was harmed.
    pub liability_flag: LiabilityFlag,
    /// Where the case is.
    pub state: CaseState,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

described_by!(Case, FlatCase);

impl From<Case> for FlatCase {
    fn from(case: Case) -> Self {
        Self {
            state: case.state(),
            closed_at: case.closed_at(),
            id: case.id,
            version: case.version,
            number: case.number,
            programme: case.programme,
            categories: case.categories,
            language: case.language,
            reading_language: case.reading_language,
            eligibility: case.eligibility,
            eligibility_basis: case.eligibility_basis,
            lessee_kind: case.lessee_kind,
            spoken_with_worker: case.spoken_with_worker,
            topic: case.topic,
            liability_flag: case.liability_flag,
            opened_at: case.opened_at,
        }
    }
}

impl TryFrom<FlatCase> for Case {
    type Error = Contradiction;

    fn try_from(flat: FlatCase) -> Result<Self, Contradiction> {
        let stage = match (flat.state, flat.closed_at) {
            (CaseState::Open, None) => CaseStage::Open,
            (CaseState::Closed, Some(at)) => CaseStage::Closed { at },
            (state, _) => return Err(Contradiction { what: "a case", state: state.as_str() }),
        };
        Ok(Self {
            stage,
            id: flat.id,
            version: flat.version,
            number: flat.number,
            programme: flat.programme,
            categories: flat.categories,
            language: flat.language,
            reading_language: flat.reading_language,
            eligibility: flat.eligibility,
            eligibility_basis: flat.eligibility_basis,
            lessee_kind: flat.lessee_kind,
            spoken_with_worker: flat.spoken_with_worker,
            topic: flat.topic,
            liability_flag: flat.liability_flag,
            opened_at: flat.opened_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{cases::sample::case, flat::rows};

    #[test]
    fn a_case_is_open_or_closed_at_some_time() {
        let row = serde_json::to_value(case(&json!({}))).unwrap();
        let at = json!("2026-11-22T12:00:00Z");
        rows::come_back::<Case>(&row, &[json!({}), json!({ "state": "closed", "closed_at": at })]);
        rows::contradict::<Case>(&row, &[json!({ "state": "closed" }), json!({ "closed_at": at })]);
    }
}
