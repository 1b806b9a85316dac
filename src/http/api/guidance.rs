//! What a dispatcher looks up: job codes with what to ask and say, the common-area aid, what is out of scope.

use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::Error,
    domain::{
        reference::{
            JobCodes, JobKind,
            common_area::{CommonArea, Component},
            job_codes::{FreeScope, JobCategory},
            out_of_scope::Topic,
        },
        refusal::Refusal,
        trade::Priority,
    },
    http::{
        Service,
        extract::{Path, Query},
        reply::Answer,
    },
};

/// What is known beforehand about a kind of trouble.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct JobGuidance {
    code: String,
    category: JobCategory,
    ja: String,
    en: String,
    /// How urgent it usually is.
    priority: Priority,
    /// Whether anybody is sent for it.
    dispatched: bool,
    /// How much of it is free.
    free_scope: FreeScope,
    /// What that means for the caller.
    free_scope_words: Words,
    /// What to ask.
    ask: Lines,
    /// What to tell the caller at once.
    guidance: Lines,
    /// What to advise afterwards.
    advise: Lines,
    /// Special work that may become necessary; quoted and agreed before it is done.
    special_work: Vec<Special>,
    /// Parts often needed, in Japanese.
    parts_typical: Vec<String>,
    /// Hazards to ask about.
    hazards: Vec<String>,
    /// Whether identity and residence are checked before opening (S-01).
    id_check: bool,
    /// Whether the landlord must consent first (S-06).
    landlord_consent_required: bool,
}

/// A sentence in both languages.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Words {
    ja: &'static str,
    en: &'static str,
}

/// Lines in both languages, the same ones in the same order.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Lines {
    ja: Vec<String>,
    en: Vec<String>,
}

/// A kind of special work.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Special {
    code: String,
    ja: String,
}

impl JobGuidance {
    pub(super) fn of(kind: &JobKind, codes: &JobCodes) -> Self {
        let special = |code: &str| codes.special_work(code).map(|work| work.ja.clone()).unwrap_or_default();
        Self {
            code: kind.code.as_str().to_owned(),
            category: kind.category,
            ja: kind.ja.clone(),
            en: kind.en.clone(),
            priority: kind.priority,
            dispatched: kind.trade().is_some(),
            free_scope: kind.free_scope,
            free_scope_words: Words { ja: kind.free_scope.words_ja(), en: kind.free_scope.words_en() },
            ask: Lines { ja: kind.ask_ja.clone(), en: kind.ask.clone() },
            guidance: Lines { ja: kind.guidance_ja.clone(), en: kind.guidance.clone() },
            advise: Lines { ja: kind.advise_ja.clone(), en: kind.advise.clone() },
            special_work: kind
                .special_if
                .iter()
                .map(|code| Special { code: code.as_str().to_owned(), ja: special(code.as_str()) })
                .collect(),
            parts_typical: kind.parts_typical.clone(),
            hazards: kind.hazards.iter().map(|hazard| hazard.as_str().to_owned()).collect(),
            id_check: kind.id_check,
            landlord_consent_required: kind.landlord_consent_required,
        }
    }
}

/// List job codes with guidance
#[utoipa::path(get, path = "/v1/job-codes", tag = "intake", responses((status = 200, body = Vec<JobGuidance>)))]
pub(super) async fn job_codes(State(service): State<Service>) -> Answer<Json<Vec<JobGuidance>>> {
    let reference = service.ctx.reference();
    let codes = reference.job_codes();
    Ok(Json(codes.all().iter().map(|kind| JobGuidance::of(kind, codes)).collect()))
}

/// Show the guidance of a job code
#[utoipa::path(get, path = "/v1/job-codes/{code}", tag = "intake", params(("code" = String, Path)),
    responses((status = 200, body = JobGuidance)))]
pub(super) async fn job_code(
    State(service): State<Service>,
    Path(code): Path<String>,
) -> Answer<Json<JobGuidance>> {
    let reference = service.ctx.reference();
    let kind = reference.job_codes().get(&code).ok_or(Error::NotFound("job code"))?;
    Ok(Json(JobGuidance::of(kind, reference.job_codes())))
}

/// Which component.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ComponentQuery {
    /// Only this component.
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[param(min_length = 1, max_length = 64, example = "stack")]
    component: Option<String>,
}

/// Show whether a component is private or common
///
/// A suggestion; it never decides who pays.
#[utoipa::path(get, path = "/v1/common-area-aid", tag = "intake", params(ComponentQuery),
    responses((status = 200, body = CommonArea)))]
pub(super) async fn common_area(
    State(service): State<Service>,
    Query(query): Query<ComponentQuery>,
) -> Answer<Json<CommonArea>> {
    let mut aid = service.ctx.reference().common_area().clone();
    if let Some(wanted) = &query.component {
        let known: Vec<Component> =
            aid.components.iter().filter(|one| one.code == *wanted).cloned().collect();
        if known.is_empty() {
            let codes: Vec<_> = aid.components.iter().map(|one| one.code.as_str()).collect();
            let message = format!("no such component; known: {}", codes.join(", "));
            return Err(Refusal::field("component", message).into());
        }
        aid.components = known;
    }
    Ok(Json(aid))
}

/// List what is out of scope, and whom to ask
#[utoipa::path(get, path = "/v1/out-of-scope", tag = "intake", responses((status = 200, body = Vec<Topic>)))]
pub(super) async fn out_of_scope(State(service): State<Service>) -> Answer<Json<Vec<Topic>>> {
    Ok(Json(service.ctx.reference().out_of_scope().all().to_vec()))
}
