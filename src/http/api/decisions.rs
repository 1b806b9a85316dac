//! Why a job was offered to whom, and why not to somebody else.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, decisions::Considered},
    domain::ids::{DecisionId, JobId, TechnicianId},
    http::{
        Service,
        extract::{Path, Query},
        reply::Answer,
    },
};

/// Whom to explain.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DecisionQuery {
    /// Only this technician, in every decision: why, or why not.
    #[garde(skip)]
    technician: Option<TechnicianId>,
}

/// One matching run.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct DecisionRecord {
    /// Its id.
    id: DecisionId,
    /// When it was made.
    decided_at: DateTime<Utc>,
    /// What it decided, in Japanese.
    summary_ja: String,
    /// What it decided, in English.
    summary_en: String,
    /// The candidates in order, then the nearest who were refused; or the one who was asked for.
    technicians: Vec<ExplainedTechnician>,
    /// The other refused, by reason; absent when somebody was asked for.
    rest: Vec<CountedReason>,
    /// The whole record: the question, each candidate with figures, the nearest rejections by name with reason, the
    /// others by count.
    #[schema(value_type = Object)]
    document: serde_json::Value,
}

/// A technician in a matching run.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ExplainedTechnician {
    /// Who.
    technician_id: TechnicianId,
    /// Name as on the badge.
    technician_name: String,
    /// Name of the firm.
    firm_name: String,
    /// What became of him.
    standing: Considered,
    /// Why, in Japanese.
    why_ja: String,
    /// Why, in English.
    why_en: String,
}

/// Technicians who were refused and are not named.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CountedReason {
    /// The reason.
    reason: &'static str,
    /// How many.
    count: usize,
    /// The reason in Japanese.
    why_ja: String,
    /// The reason in English.
    why_en: String,
}

/// Show why a job was offered to whom
#[utoipa::path(get, path = "/v1/jobs/{id}/decisions", tag = "dispatch",
    params(("id" = JobId, Path), DecisionQuery), responses((status = 200, body = Vec<DecisionRecord>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Query(query): Query<DecisionQuery>,
) -> Answer<Json<Vec<DecisionRecord>>> {
    let decisions = app::decisions::of_job(&service.ctx, id, query.technician).await?;
    Ok(Json(decisions.into_iter().map(DecisionRecord::from).collect()))
}

impl From<app::decisions::Record> for DecisionRecord {
    fn from(record: app::decisions::Record) -> Self {
        Self {
            id: record.id,
            decided_at: record.decided_at,
            summary_ja: record.summary.ja,
            summary_en: record.summary.en,
            technicians: record.people.into_iter().map(ExplainedTechnician::from).collect(),
            rest: record.rest.into_iter().map(CountedReason::from).collect(),
            document: record.document,
        }
    }
}

impl From<app::decisions::Explained> for ExplainedTechnician {
    fn from(explained: app::decisions::Explained) -> Self {
        Self {
            technician_id: explained.technician_id,
            technician_name: explained.technician_name,
            firm_name: explained.firm_name,
            standing: explained.standing,
            why_ja: explained.why.ja,
            why_en: explained.why.en,
        }
    }
}

impl From<app::decisions::Counted> for CountedReason {
    fn from(counted: app::decisions::Counted) -> Self {
        Self {
            reason: counted.reason.as_str(),
            count: counted.count,
            why_ja: counted.words.ja,
            why_en: counted.words.en,
        }
    }
}
