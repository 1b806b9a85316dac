//! Referrals to landlord or management company.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::{
        self,
        referrals::{Language, Notice, To},
    },
    domain::{
        email::EmailAddress,
        ids::{CaseId, JobId, ReferralId},
        phone::Phone,
        referrals::{
            Acknowledged, Attempt, Component, ContactConsent, DeliveryStatus, DeskHours, LesseeKind,
            NoticeChannel, Part, Recipient, RecipientKind, Referral, ReferralOutcome, ReferralReason,
            ReferralState, Stage, Texts,
        },
    },
    http::{
        Service,
        extract::{IfMatch, Path, Plain, Query, Submit},
        headers::{Key, Seen},
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery, Versioned},
    },
};

/// A trouble to be referred.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReferral {
    /// The job it comes from.
    #[garde(skip)]
    job_id: Option<JobId>,
    /// What was to be done, where there is no job.
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(min_length = 1, max_length = 64, examples("W-CEILING-LEAK"))]
    job_code: Option<String>,
    /// Why.
    #[garde(skip)]
    reason: ReferralReason,
    /// At the desk or on site.
    #[garde(skip)]
    stage: Stage,
    /// What is broken.
    #[garde(skip)]
    component: Component,
    /// Whose part it seems to be; the component's usual one, when not said.
    #[garde(skip)]
    private_or_common: Option<Part>,
    /// What happens.
    #[garde(length(chars, min = 1, max = 1000), custom(super::text))]
    #[schema(min_length = 1, max_length = 1000)]
    symptom: String,
    /// Year on the equipment, year of the building.
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    age_hint: Option<String>,
    /// The norms behind it; the component's, when not said.
    #[garde(inner(length(chars, min = 1, max = 1000), custom(super::text)))]
    #[schema(min_length = 1, max_length = 1000)]
    basis_text: Option<String>,
    /// Who rents: with `host_company` landlord and host are told; with `host_owned` the host is the landlord.
    #[garde(skip)]
    lessee_kind: LesseeKind,
    /// Who is told, each kind once.
    #[garde(length(min = 1, max = 4), dive)]
    #[schema(min_items = 1, max_items = 4)]
    recipients: Vec<RecipientGiven>,
    /// Whether the centre may tell them (script D-2).
    #[garde(skip)]
    consent_to_contact: ContactConsent,
    /// What was done meanwhile.
    #[garde(dive)]
    stop_gap: Option<StopGap>,
    /// Photos and videos.
    #[garde(length(max = 50))]
    #[schema(max_items = 50)]
    #[serde(default)]
    evidence: Vec<Uuid>,
}

/// Who is told.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RecipientGiven {
    /// What they are.
    #[garde(skip)]
    kind: RecipientKind,
    /// Name.
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Telephone number.
    #[garde(skip)]
    phone: Option<Phone>,
    /// E-mail address.
    #[garde(inner(length(chars, min = 3, max = 254), custom(mail)))]
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: Option<String>,
    /// When they can be reached, in Tokyo: windows by class of day, `"always"` or `"unspecified"` (so when not said).
    #[garde(skip)]
    #[schema(value_type = Option<serde_json::Value>)]
    hours: Option<DeskHours>,
    /// Telephone number at night.
    #[garde(skip)]
    emergency_phone: Option<Phone>,
}

/// One e-mail address.
fn mail(value: &str, _: &()) -> garde::Result {
    match EmailAddress::try_from(value.to_owned()) {
        Ok(_) => Ok(()),
        Err(error) => Err(garde::Error::new(error.to_string())),
    }
}

/// What was done meanwhile.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct StopGap {
    /// What.
    #[garde(length(chars, min = 1, max = 500), custom(super::text))]
    #[schema(min_length = 1, max_length = 500)]
    description: String,
    /// When.
    #[garde(inner(custom(super::instant)))]
    at: Option<DateTime<Utc>>,
    /// By whom.
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    by: Option<String>,
}

impl From<RecipientGiven> for Recipient {
    fn from(given: RecipientGiven) -> Self {
        let text = |phone: Option<Phone>| phone.map(|phone| phone.as_str().to_owned());
        Self {
            kind: given.kind,
            name: given.name,
            phone: text(given.phone),
            email: given.email,
            hours: given.hours.unwrap_or_else(DeskHours::unspecified),
            emergency_phone: text(given.emergency_phone),
        }
    }
}

impl From<NewReferral> for app::referrals::New {
    fn from(new: NewReferral) -> Self {
        Self {
            job_id: new.job_id,
            job_code: new.job_code,
            reason: new.reason,
            stage: new.stage,
            component: new.component,
            private_or_common: new.private_or_common,
            symptom: new.symptom,
            age_hint: new.age_hint,
            basis_text: new.basis_text,
            lessee_kind: new.lessee_kind,
            recipients: new.recipients.into_iter().map(Into::into).collect(),
            consent_to_contact: new.consent_to_contact,
            stop_gap: new.stop_gap.map(|done| (done.description, done.at.map(super::cut), done.by)),
            evidence: new.evidence,
        }
    }
}

/// A referral with all that belongs to it (3.3).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WholeReferral {
    /// The referral.
    #[serde(flatten)]
    referral: Referral,
    /// What is said; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Texts>,
    /// Who is told; nobody once erased.
    recipients: Vec<RecipientShown>,
    /// What was tried, oldest first.
    attempts: Vec<Attempt>,
    /// Who has acknowledged.
    acknowledged: Vec<Acknowledged>,
    /// What was charged on its job so far, in yen.
    charges_so_far_yen: i64,
}

/// Who is told.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RecipientShown {
    kind: RecipientKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[schema(value_type = serde_json::Value)]
    hours: DeskHours,
    #[serde(skip_serializing_if = "Option::is_none")]
    emergency_phone: Option<String>,
}

impl From<Recipient> for RecipientShown {
    fn from(recipient: Recipient) -> Self {
        let Recipient { kind, name, phone, email, hours, emergency_phone } = recipient;
        Self { kind, name, phone, email, hours, emergency_phone }
    }
}

fn shown(status: StatusCode, whole: app::referrals::Whole) -> Versioned<WholeReferral> {
    let version = whole.referral.version;
    let body = WholeReferral {
        referral: whole.referral,
        texts: whole.texts,
        recipients: whole.recipients.into_iter().map(Into::into).collect(),
        attempts: whole.attempts,
        acknowledged: whole.acknowledged,
        charges_so_far_yen: whole.charges_so_far_yen,
    };
    Versioned(status, version, body)
}

/// Refer a trouble to landlord or management company
#[utoipa::path(post, path = "/v1/cases/{id}/referrals", tag = "referral", params(("id" = CaseId, Path), Key),
    request_body = NewReferral, responses((status = 201, body = WholeReferral, headers(("ETag" = String)))))]
pub(super) async fn make(
    State(service): State<Service>,
    Path(case): Path<CaseId>,
    Submit(command): Submit<NewReferral>,
) -> Answer<Versioned<WholeReferral>> {
    let whole = app::referrals::make(&service.ctx, case, command.map(Into::into)).await?;
    Ok(shown(StatusCode::CREATED, whole))
}

/// Whom to tell, and whether the centre may.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReferralAddressing {
    /// Who rents.
    #[garde(skip)]
    lessee_kind: LesseeKind,
    /// Who is told, each kind once.
    #[garde(length(min = 1, max = 4), dive)]
    #[schema(min_items = 1, max_items = 4)]
    recipients: Vec<RecipientGiven>,
    /// Whether the centre may tell them (script D-2).
    #[garde(skip)]
    consent_to_contact: ContactConsent,
}

/// Say whom to tell of a referral
///
/// As long as nobody has been told. A finding at the site opens a referral that does not know yet.
#[utoipa::path(put, path = "/v1/referrals/{id}/recipients", tag = "referral",
    params(("id" = ReferralId, Path), Seen), request_body = ReferralAddressing,
    responses((status = 200, body = WholeReferral, headers(("ETag" = String)))))]
pub(super) async fn address(
    State(service): State<Service>,
    Path(id): Path<ReferralId>,
    IfMatch(version): IfMatch,
    Plain(command): Plain<ReferralAddressing>,
) -> Answer<Versioned<WholeReferral>> {
    let to = command.map(|body| app::referrals::Addressing {
        lessee_kind: body.lessee_kind,
        recipients: body.recipients.into_iter().map(Into::into).collect(),
        consent_to_contact: body.consent_to_contact,
    });
    Ok(shown(StatusCode::OK, app::referrals::address(&service.ctx, id, version, to).await?))
}

/// The referrals of a case.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ReferralsOfCase {
    /// The referrals, oldest first.
    items: Vec<Referral>,
    /// Codes of jobs that are the landlord's matter and not referred yet.
    wanted: Vec<String>,
}

/// List the referrals of a case, and those still wanted
#[utoipa::path(get, path = "/v1/cases/{id}/referrals", tag = "referral", params(("id" = CaseId, Path)),
    responses((status = 200, body = ReferralsOfCase)))]
pub(super) async fn of_case(
    State(service): State<Service>,
    Path(case): Path<CaseId>,
) -> Answer<Json<ReferralsOfCase>> {
    let (items, wanted) = app::referrals::of_case(&service.ctx, case).await?;
    Ok(Json(ReferralsOfCase { items, wanted }))
}

/// Which referrals.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReferralQuery {
    /// Only referrals in this state.
    #[garde(skip)]
    state: Option<ReferralState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// List referrals
#[utoipa::path(get, path = "/v1/referrals", tag = "referral", params(ReferralQuery),
    responses((status = 200, body = Page<Referral>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(filter): Query<ReferralQuery>,
) -> Answer<Json<Page<Referral>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let found = app::referrals::list(&service.ctx, filter.state, page.after(), page.fetch()).await?;
    Ok(Json(Page::new(&page, found, |referral| referral.id.0)))
}

/// Show a referral
#[utoipa::path(get, path = "/v1/referrals/{id}", tag = "referral", params(("id" = ReferralId, Path)),
    responses((status = 200, body = WholeReferral, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Path(id): Path<ReferralId>,
) -> Answer<Versioned<WholeReferral>> {
    Ok(shown(StatusCode::OK, app::referrals::find(&service.ctx, id).await?))
}

/// Which notice.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NoticeQuery {
    /// In which language.
    #[garde(skip)]
    #[param(inline)]
    language: Language,
    /// For whom.
    #[garde(skip)]
    #[param(inline)]
    to: To,
}

/// Write the notice of a referral
///
/// Without the worker's consent it is written as his own.
#[utoipa::path(get, path = "/v1/referrals/{id}/notices", tag = "referral",
    params(("id" = ReferralId, Path), NoticeQuery), responses((status = 200, body = Notice)))]
pub(super) async fn notice(
    State(service): State<Service>,
    Path(id): Path<ReferralId>,
    Query(query): Query<NoticeQuery>,
) -> Answer<Json<Notice>> {
    Ok(Json(app::referrals::notice(&service.ctx, id, query.to, query.language).await?))
}

/// An attempt to tell somebody, or a call-back to the worker who tells them himself.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAttempt {
    /// Whom; left out where the worker tells them himself.
    #[garde(skip)]
    recipient: Option<RecipientKind>,
    /// By what.
    #[garde(skip)]
    channel: NoticeChannel,
    /// Language of the notice (BCP 47).
    #[garde(skip)]
    language: Language,
    /// Version of its template.
    #[garde(length(chars, min = 1, max = 64), custom(super::text))]
    #[schema(min_length = 1, max_length = 64, examples("referral-landlord-ja/1"))]
    template_version: String,
    /// What became of it.
    #[garde(skip)]
    delivery_status: DeliveryStatus,
}

/// Log an attempt to tell somebody
#[utoipa::path(post, path = "/v1/referrals/{id}/notifications", tag = "referral",
    params(("id" = ReferralId, Path), Key), request_body = NewAttempt,
    responses((status = 201, body = WholeReferral, headers(("ETag" = String)))))]
pub(super) async fn attempt(
    State(service): State<Service>,
    Path(id): Path<ReferralId>,
    Submit(command): Submit<NewAttempt>,
) -> Answer<Versioned<WholeReferral>> {
    let command = command.map(|body| app::referrals::Tried {
        recipient: body.recipient,
        channel: body.channel,
        language: body.language.as_str().to_owned(),
        template_version: body.template_version,
        delivery_status: body.delivery_status,
    });
    Ok(shown(StatusCode::CREATED, app::referrals::attempt(&service.ctx, id, command).await?))
}

/// A notice to be sent by e-mail.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMail {
    /// Whom to: one of the recipients, with an e-mail address.
    #[garde(skip)]
    recipient: RecipientKind,
    /// In which language.
    #[garde(skip)]
    language: Language,
}

/// Send the notice of a referral by e-mail
///
/// It is sent at once, and again if the mail server does not take it. That it was sent, or could not be, is logged as an
/// attempt once it is known.
#[utoipa::path(post, path = "/v1/referrals/{id}/mails", tag = "referral", params(("id" = ReferralId, Path), Key),
    request_body = NewMail, responses((status = 202, body = WholeReferral, headers(("ETag" = String)))))]
pub(super) async fn mail_notice(
    State(service): State<Service>,
    Path(id): Path<ReferralId>,
    Submit(command): Submit<NewMail>,
) -> Answer<Versioned<WholeReferral>> {
    let command =
        command.map(|body| app::referrals::MailTo { recipient: body.recipient, language: body.language });
    Ok(shown(StatusCode::ACCEPTED, app::referrals::mail(&service.ctx, id, command).await?))
}

/// Who has acknowledged.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReferralAcknowledgement {
    /// Who.
    #[garde(skip)]
    recipient: RecipientKind,
}

/// Record that a recipient has acknowledged
#[utoipa::path(post, path = "/v1/referrals/{id}/acknowledgement", tag = "referral",
    params(("id" = ReferralId, Path), Key), request_body = ReferralAcknowledgement,
    responses((status = 200, body = WholeReferral, headers(("ETag" = String)))))]
pub(super) async fn acknowledge(
    State(service): State<Service>,
    Path(id): Path<ReferralId>,
    Submit(command): Submit<ReferralAcknowledgement>,
) -> Answer<Versioned<WholeReferral>> {
    let command = command.map(|body| body.recipient);
    Ok(shown(StatusCode::OK, app::referrals::acknowledge(&service.ctx, id, command).await?))
}

/// What came of a referral.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReferralClosing {
    /// What.
    #[garde(skip)]
    outcome: ReferralOutcome,
}

/// Close a referral with its outcome
///
/// Only when everybody who must know has acknowledged or was tried three times; where the worker tells them himself,
/// when he has confirmed or was called back three times.
#[utoipa::path(post, path = "/v1/referrals/{id}/outcome", tag = "referral", params(("id" = ReferralId, Path), Key),
    request_body = ReferralClosing,
    responses((status = 200, body = WholeReferral, headers(("ETag" = String)))))]
pub(super) async fn close(
    State(service): State<Service>,
    Path(id): Path<ReferralId>,
    Submit(command): Submit<ReferralClosing>,
) -> Answer<Versioned<WholeReferral>> {
    let command = command.map(|body| body.outcome);
    Ok(shown(StatusCode::OK, app::referrals::close(&service.ctx, id, command).await?))
}
