//! Who could be sent, while the call is still being taken.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, candidates::Previewed},
    domain::{
        ids::{FirmId, TechnicianId},
        place::{JisCode, Point},
        refusal::Refusal,
        trade::Priority,
    },
    http::{Service, extract::Query, reply::Answer},
};

/// Candidates named at most.
const LIMIT_MAX: u16 = 20;
/// Candidates named when not said.
const LIMIT_DEFAULT: u16 = 5;

/// Who is sought, and where.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CandidateQuery {
    /// What is to be done.
    #[garde(length(chars, min = 1, max = 40))]
    #[param(min_length = 1, max_length = 40, example = "W-TOILET-CLOG")]
    job_code: String,
    /// How urgent it is; the job code's own, when not said.
    #[garde(skip)]
    priority: Option<Priority>,
    /// Longitude in degrees.
    #[garde(range(min = 122.0, max = 154.0))]
    #[param(minimum = 122, maximum = 154, example = 136.9066)]
    lon: f64,
    /// Latitude in degrees.
    #[garde(range(min = 20.0, max = 46.0))]
    #[param(minimum = 20, maximum = 46, example = 35.1815)]
    lat: f64,
    /// Municipality: the ward's code where there are wards.
    #[garde(skip)]
    jis_code: JisCode,
    /// Language spoken with the resident (BCP 47).
    #[garde(inner(length(chars, min = 2, max = 35)))]
    #[param(min_length = 2, max_length = 35, example = "ne")]
    language: Option<String>,
    /// Candidates named at most.
    #[garde(range(min = 1, max = LIMIT_MAX))]
    #[param(minimum = 1, maximum = 20, default = 5)]
    limit: Option<u16>,
}

/// Who could be sent now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CandidatePreview {
    /// What came of it: `offer`, `nobody_free` or `no_coverage`.
    #[schema(examples("offer"))]
    verdict: &'static str,
    /// The same in Japanese.
    summary_ja: String,
    /// The same in English.
    summary_en: String,
    /// How many could be sent.
    eligible: usize,
    /// The best of them, in order.
    candidates: Vec<CandidateFound>,
}

/// One who could be sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CandidateFound {
    technician_id: TechnicianId,
    /// Name as on the badge.
    technician_name: String,
    firm_id: FirmId,
    /// Name of the firm.
    firm_name: String,
    /// When he would be there.
    arrival_at: DateTime<Utc>,
    /// Seconds on the road.
    travel_s: u32,
    /// Metres as the crow flies.
    distance_m: u32,
    /// Whether he speaks the resident's language: `speaks`, `interpreter` or `unknown`.
    #[schema(examples("interpreter"))]
    language: &'static str,
    /// Why he has this place in the order, in Japanese.
    why_ja: String,
    /// The same in English.
    why_en: String,
}

impl From<Previewed> for CandidateFound {
    fn from(previewed: Previewed) -> Self {
        Self {
            technician_id: previewed.technician_id,
            technician_name: previewed.technician_name,
            firm_id: previewed.firm_id,
            firm_name: previewed.firm_name,
            arrival_at: previewed.arrival_at,
            travel_s: previewed.travel_s,
            distance_m: previewed.distance_m,
            language: previewed.language,
            why_ja: previewed.why.ja,
            why_en: previewed.why.en,
        }
    }
}

/// Preview who could be sent
///
/// Asks nobody and is not recorded: for the time before there is a job.
#[utoipa::path(get, path = "/v1/candidates", tag = "intake", params(CandidateQuery),
    responses((status = 200, body = CandidatePreview)))]
pub(super) async fn preview(
    State(service): State<Service>,
    Query(query): Query<CandidateQuery>,
) -> Answer<Json<CandidatePreview>> {
    let job_code = query.job_code.parse().map_err(|_| Refusal::field("job_code", "is not a job code"))?;
    let point =
        Point::in_japan(query.lat, query.lon).map_err(|error| Refusal::field("lat", error.to_string()))?;
    let wanted = app::candidates::Wanted {
        job_code,
        priority: query.priority,
        point,
        jis_code: query.jis_code,
        language: query.language,
    };
    let limit = usize::from(query.limit.unwrap_or(LIMIT_DEFAULT));
    let preview = app::candidates::preview(&service.ctx, wanted, limit).await?;
    Ok(Json(CandidatePreview {
        verdict: preview.verdict,
        summary_ja: preview.summary.ja,
        summary_en: preview.summary.en,
        eligible: preview.eligible,
        candidates: preview.candidates.into_iter().map(CandidateFound::from).collect(),
    }))
}
