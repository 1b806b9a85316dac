//! A case after it was opened: shown with what is missing, corrected, closed, listed.

use axum::{Json, extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::{cases::Place, guidance::JobGuidance};
use crate::{
    app,
    domain::{
        calls::Call,
        cases::{
            Background, Case, CaseState, Category, Eligibility, EligibilityBasis, LesseeKind, LiabilityFlag,
            ReopenReason, Resident, SpokenWithWorker,
        },
        dangers::CaseHazard,
        ids::CaseId,
        intake::Missing,
        jobs::Job,
        reference::out_of_scope::Topic,
        refusal::Obstacle,
        retention::HoldReason,
        warrants::Warrant,
    },
    http::{
        Service,
        extract::{IfMatch, Path, Plain, Query, Submit},
        headers::{Key, Seen},
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery, Versioned},
    },
};

/// A case with everything around it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WholeCase {
    /// The case.
    #[serde(flatten)]
    case: Case,
    /// Whom it is about; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    resident: Option<Resident>,
    /// What else is personal; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<Background>,
    /// Where it is; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    /// Its calls.
    calls: Vec<Call>,
    /// Its dangers, cleared ones too.
    hazards: Vec<CaseHazard>,
    /// Its jobs.
    jobs: Vec<Job>,
    /// What to ask and say for each job code of the case.
    guidance: Vec<JobGuidance>,
    /// What is missing.
    missing: Vec<MissingThing>,
    /// Who answers for what a rule asks first.
    warrants: Vec<Warrant>,
    /// Why nothing of it is erased for the time being; `null` where there is no legal hold.
    legal_hold: Option<HoldReason>,
    /// Why it cannot be closed.
    closing_obstacles: Vec<ClosingObstacle>,
    /// Whom to ask about the topic of the consultation.
    #[serde(skip_serializing_if = "Option::is_none")]
    out_of_scope: Option<Topic>,
}

/// Something that is missing.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MissingThing {
    code: Missing,
    /// The rule behind it.
    rule: &'static str,
    /// What to ask or do, in Japanese.
    ja: &'static str,
    /// The same in English.
    en: &'static str,
}

impl From<Missing> for MissingThing {
    fn from(code: Missing) -> Self {
        Self { code, rule: code.rule(), ja: code.ja(), en: code.en() }
    }
}

/// Why a case cannot be closed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ClosingObstacle {
    code: &'static str,
    rule: &'static str,
    message: String,
}

impl From<Obstacle> for ClosingObstacle {
    fn from(obstacle: Obstacle) -> Self {
        Self { code: obstacle.code(), rule: obstacle.rule(), message: obstacle.to_string() }
    }
}

/// Show a case
#[utoipa::path(get, path = "/v1/cases/{id}", tag = "intake", params(("id" = CaseId, Path)),
    responses((status = 200, body = WholeCase, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
) -> Answer<Versioned<WholeCase>> {
    let whole = app::case_file::find(&service.ctx, id).await?;
    let reference = service.ctx.reference();
    let codes = reference.job_codes();
    let mut used: Vec<_> = whole.jobs.iter().map(|job| job.job_code.as_str()).collect();
    used.sort_unstable();
    used.dedup();
    let known = used.into_iter().filter_map(|code| codes.get(code));
    let body = WholeCase {
        guidance: known.map(|kind| JobGuidance::of(kind, codes)).collect(),
        case: whole.case,
        resident: whole.resident,
        background: whole.background,
        place: whole.site.map(Place::from),
        calls: whole.calls,
        hazards: whole.hazards,
        jobs: whole.jobs,
        missing: whole.missing.into_iter().map(Into::into).collect(),
        warrants: whole.warrants,
        legal_hold: whole.legal_hold,
        closing_obstacles: whole.obstacles.into_iter().map(Into::into).collect(),
        out_of_scope: whole.topic,
    };
    Ok(Versioned(StatusCode::OK, body.case.version, body))
}

/// What is right now of a case: all of it, not only what has changed.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseCorrection {
    /// What the trouble is: one or more (K-01).
    #[garde(length(min = 1, max = 4))]
    #[schema(min_items = 1, max_items = 4)]
    categories: Vec<Category>,
    /// Language to speak with the person (BCP 47).
    #[garde(length(chars, min = 2, max = 35))]
    #[schema(min_length = 2, max_length = 35)]
    language: String,
    /// Language to write to the person (BCP 47): asked, never derived from a region (N-01).
    #[garde(inner(length(chars, min = 2, max = 35)))]
    #[schema(min_length = 2, max_length = 35)]
    reading_language: Option<String>,
    /// The language as the person names it (N-01).
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    language_wish: Option<String>,
    /// Whether the person is entitled (E-05).
    #[garde(skip)]
    eligibility: Eligibility,
    /// How that was found out; needed where somebody is entitled.
    #[garde(skip)]
    eligibility_basis: Option<EligibilityBasis>,
    /// Name of the host company.
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    host_company: Option<String>,
    /// Whether somebody else was harmed (K-02).
    #[garde(skip)]
    liability_flag: LiabilityFlag,
    /// Who rents the flat.
    #[garde(skip)]
    lessee_kind: LesseeKind,
    /// Whether the worker was spoken with, where somebody else has called (K-05).
    #[garde(skip)]
    spoken_with_worker: Option<SpokenWithWorker>,
    /// What a consultation is about (S-12).
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(min_length = 1, max_length = 64, examples("gas"))]
    topic: Option<String>,
}

/// Correct a case
#[utoipa::path(put, path = "/v1/cases/{id}", tag = "intake", params(("id" = CaseId, Path), Seen),
    request_body = CaseCorrection, responses((status = 200, body = Case, headers(("ETag" = String)))))]
pub(super) async fn change(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Plain(command): Plain<CaseCorrection>,
) -> Answer<Versioned<Case>> {
    let command = command.map(|body| app::case_file::Correction {
        categories: body.categories,
        language: body.language,
        reading_language: body.reading_language,
        eligibility: body.eligibility,
        eligibility_basis: body.eligibility_basis,
        liability_flag: body.liability_flag,
        lessee_kind: body.lessee_kind,
        spoken_with_worker: body.spoken_with_worker,
        topic: body.topic,
        background: Background { host_company: body.host_company, language_wish: body.language_wish },
    });
    let case = app::case_file::correct(&service.ctx, id, version, command).await?;
    Ok(Versioned(StatusCode::OK, case.version, case))
}

/// What was found out.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EligibilityFound {
    /// Whether the person is entitled.
    #[garde(skip)]
    eligibility: Found,
    /// How that was found out; needed where somebody is entitled.
    #[garde(skip)]
    basis: Option<EligibilityBasis>,
}

/// What it can be found out to be.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Found {
    /// They are entitled.
    Eligible,
    /// They are not.
    NotEligible,
}

impl From<Found> for Eligibility {
    fn from(found: Found) -> Self {
        match found {
            Found::Eligible => Self::Eligible,
            Found::NotEligible => Self::NotEligible,
        }
    }
}

/// Record whether somebody is entitled
///
/// Also of a case that is closed: who was served unverified is verified later (E-05). Changes no charge.
#[utoipa::path(post, path = "/v1/cases/{id}/eligibility", tag = "intake", params(("id" = CaseId, Path), Key),
    request_body = EligibilityFound, responses((status = 200, body = Case, headers(("ETag" = String)))))]
pub(super) async fn verify_eligibility(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    Submit(command): Submit<EligibilityFound>,
) -> Answer<Versioned<Case>> {
    let command = command
        .map(|body| app::case_file::FoundOut { eligibility: body.eligibility.into(), basis: body.basis });
    let case = app::case_file::verify(&service.ctx, id, command).await?;
    Ok(Versioned(StatusCode::OK, case.version, case))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseClosing {}

/// Close a case
///
/// Refused with the rule while anything is in the way: the liability question, an unfinished job, a danger.
#[utoipa::path(post, path = "/v1/cases/{id}/closing", tag = "intake", params(("id" = CaseId, Path), Key),
    request_body = CaseClosing, responses((status = 200, body = Case, headers(("ETag" = String)))))]
pub(super) async fn close(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    Submit(command): Submit<CaseClosing>,
) -> Answer<Versioned<Case>> {
    let case = app::case_file::close(&service.ctx, command.map(|_| id)).await?;
    Ok(Versioned(StatusCode::OK, case.version, case))
}

/// Why a case is opened again.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseReopening {
    /// The reason.
    #[garde(skip)]
    reason: ReopenReason,
}

/// Open a closed case again
///
/// For a caller to whom it is not over: then jobs, rework and corrections are possible as before.
#[utoipa::path(post, path = "/v1/cases/{id}/reopening", tag = "intake", params(("id" = CaseId, Path), Key),
    request_body = CaseReopening, responses((status = 200, body = Case, headers(("ETag" = String)))))]
pub(super) async fn reopen(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    Submit(command): Submit<CaseReopening>,
) -> Answer<Versioned<Case>> {
    let case = app::case_reopening::reopen(&service.ctx, id, command.map(|body| body.reason)).await?;
    Ok(Versioned(StatusCode::OK, case.version, case))
}

/// Which cases.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CaseQuery {
    /// Only cases in this state.
    #[garde(skip)]
    state: Option<CaseState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// List cases
#[utoipa::path(get, path = "/v1/cases", tag = "intake", params(CaseQuery),
    responses((status = 200, body = Page<Case>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(filter): Query<CaseQuery>,
) -> Answer<Json<Page<Case>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let cases = app::case_file::list(&service.ctx, filter.state, page.after(), page.fetch()).await?;
    Ok(Json(Page::new(&page, cases, |case| case.id.0)))
}
