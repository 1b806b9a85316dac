//! Pictures from the site.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, Command},
    domain::{
        evidence::{AbsenceReason, Evidence, EvidenceKind, MediaType, Wanted},
        ids::{EvidenceId, JobId, TechnicianId},
    },
    http::{
        Service,
        extract::{Caller, Path, Query, Submit, read_bytes},
        headers::Key,
        problem::Problem,
        reply::{Answer, Created},
    },
};

/// What a picture is.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PictureQuery {
    /// Made by the device; the same for every attempt to send this picture.
    #[garde(custom(not_nil))]
    id: EvidenceId,
    /// What it shows. There is no kind for a card: residence cards are never photographed (Y-06, Y-07).
    #[garde(skip)]
    kind: EvidenceKind,
    /// When it was taken, by the device's clock.
    #[garde(custom(super::instant))]
    device_time: DateTime<Utc>,
    /// Who has taken it; a technician sends the own ones and need not say so.
    #[garde(skip)]
    technician_id: Option<TechnicianId>,
}

/// The nil id stands for no picture.
fn not_nil(value: &EvidenceId, _: &()) -> garde::Result {
    if value.0.is_nil() { Err(garde::Error::new("must not be the nil UUID")) } else { Ok(()) }
}

/// The declared kind of picture.
fn declared(headers: &HeaderMap) -> Result<MediaType, Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media.parse().map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-a-picture",
            "The request is not a picture",
            "send the bytes of the picture with 'Content-Type: image/jpeg', 'image/png' or 'image/webp'",
        )
    })
}

/// Send a picture from the site
///
/// The body is the picture itself: JPEG, PNG or WebP, 10 MiB at most, 60 of a job. By the technician, the firm, or the
/// desk. Repeated under the same id it is harmless, so no Idempotency-Key is needed: 201 the first time, 200 after that.
/// Where and with what it was taken, comments and whatever hangs behind the picture are cut off before it is kept; which
/// way is up stays. 在留カード・マイナンバーカードは撮影しないでください(本人確認は目視のみ)。 Never photograph a
/// residence card or a My Number card: identity is checked by eye (Y-06, Y-07).
#[utoipa::path(post, path = "/v1/jobs/{id}/evidence", tag = "field", params(("id" = JobId, Path), PictureQuery),
    request_body(content((String = "image/jpeg"), (String = "image/png"), (String = "image/webp"))),
    responses((status = 201, body = Evidence), (status = 200, body = Evidence, description = "It had come in before")))]
pub(super) async fn upload(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(job): Path<JobId>,
    Query(query): Query<PictureQuery>,
    request: Request,
) -> Answer<Response> {
    let media_type = declared(request.headers())?;
    let _place = service.uploads.begin(actor.token()).ok_or_else(Problem::overloaded)?;
    let bytes = read_bytes(request, &service).await?;
    let upload = app::evidence::Upload {
        id: query.id,
        kind: query.kind,
        media_type,
        device_time: super::cut(query.device_time),
        technician_id: query.technician_id,
        bytes: bytes.to_vec(),
    };
    let kept = app::evidence::upload(&service.ctx, job, Command::new(actor, upload)).await?;
    let status = if kept.known { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(kept.evidence)).into_response())
}

/// Something that should be on file and is not.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MissingEvidence {
    /// What.
    what: Wanted,
    /// The kinds of picture by which it is there.
    by: Vec<EvidenceKind>,
    /// In Japanese.
    ja: String,
    /// In English.
    en: String,
}

/// The pictures of a job.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct EvidenceOfJob {
    /// The pictures, in the order of their ids; erased ones too. A contractor sees those of the own firm.
    items: Vec<Evidence>,
    /// What should be there by now and is not (S-10, 3.3). It blocks nothing.
    missing: Vec<MissingEvidence>,
    /// Why nobody has signed, where that is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature_absence: Option<AbsenceReason>,
    /// What is never photographed (Y-06, Y-07).
    never: Never,
}

/// What is never photographed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Never {
    /// In Japanese.
    ja: String,
    /// In English.
    en: String,
}

/// List the pictures of a job, and what is missing
#[utoipa::path(get, path = "/v1/jobs/{id}/evidence", tag = "field", params(("id" = JobId, Path)),
    responses((status = 200, body = EvidenceOfJob)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(job): Path<JobId>,
) -> Answer<Json<EvidenceOfJob>> {
    let listed = app::evidence::of_job(&service.ctx, &actor, job).await?;
    let reference = service.ctx.reference();
    let wanted = reference.evidence();
    let missing = listed.missing.into_iter();
    Ok(Json(EvidenceOfJob {
        items: listed.items,
        missing: missing
            .map(|need| MissingEvidence { what: need.what, by: need.by, ja: need.ja, en: need.en })
            .collect(),
        signature_absence: listed.signature_absence,
        never: Never { ja: wanted.never_ja.clone(), en: wanted.never_en.clone() },
    }))
}

/// Show a picture
///
/// Its bytes, to be saved: never a page. For the desk, and for the firm whose it is while the job is its own or once it
/// has done it. What was erased is there no more.
#[utoipa::path(get, path = "/v1/evidence/{id}", tag = "field", params(("id" = EvidenceId, Path)),
    responses((status = 200, body = String, content_type = "image/jpeg", description = "The picture, as it is kept",
        headers(("Content-Disposition" = String), ("X-Content-Type-Options" = String), ("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<EvidenceId>,
) -> Answer<Response> {
    let (evidence, bytes) = app::evidence::read(&service.ctx, &actor, id).await?;
    let name = format!("attachment; filename=\"{id}.{}\"", evidence.media_type.ending());
    let text = |value: String| HeaderValue::from_str(&value).map_err(|_| Problem::internal());
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(evidence.media_type.as_str()));
    headers.insert(header::CONTENT_DISPOSITION, text(name)?);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::ETAG, text(format!("\"{}\"", evidence.sha256))?);
    Ok(response)
}

/// Why nobody has signed.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatureAbsence {
    /// The reason.
    #[garde(skip)]
    reason: AbsenceReason,
}

/// Why nobody has signed, as it is written down.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RecordedAbsence {
    /// The job.
    job_id: JobId,
    /// The reason.
    reason: AbsenceReason,
}

/// Write down why nobody has signed
///
/// Instead of a signature at the end of a job; once.
#[utoipa::path(post, path = "/v1/jobs/{id}/signature-absence", tag = "field", params(("id" = JobId, Path), Key),
    request_body = SignatureAbsence, responses((status = 201, body = RecordedAbsence)))]
pub(super) async fn sign_nothing(
    State(service): State<Service>,
    Path(job): Path<JobId>,
    Submit(command): Submit<SignatureAbsence>,
) -> Answer<Created<RecordedAbsence>> {
    let reason = app::evidence::sign_nothing(&service.ctx, job, command.map(|body| body.reason)).await?;
    Ok(Created(RecordedAbsence { job_id: job, reason }))
}
