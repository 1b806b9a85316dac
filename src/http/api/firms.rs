//! Firms.

use axum::{Json, extract::State, http::StatusCode};
use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        email::EmailAddress,
        firms::{Firm, FirmLicence, OfficeKey, Standing, Tier},
        ids::FirmId,
        offers::Addressee,
        phone::Phone,
        place::JisCode,
        reference::job_codes::Licence,
        registration::{CheckDigit, RegistrationNumber},
    },
    http::{
        Service,
        extract::{Caller, IfMatch, Path, Plain, Query, Submit},
        headers::{Key, Seen},
        reply::{Answer, Page, PageQuery, Versioned},
    },
};

/// What is said of a firm.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FirmProfile {
    /// Its name.
    #[garde(length(chars, min = 1, max = 100), custom(super::text))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Its telephone number.
    #[garde(skip)]
    phone: Phone,
    /// Where it is told of offers and of their end: district, kind of trouble, urgency and language only (Y-03).
    #[garde(skip)]
    email: Option<EmailAddress>,
    /// Municipalities it serves: of a ward, or of a parent city and so of all its wards.
    #[garde(length(min = 1, max = app::firms::AREAS_MAX))]
    #[schema(min_items = 1, max_items = 2000)]
    areas: Vec<JisCode>,
    /// Whether it is in service; yes, when not said.
    #[garde(skip)]
    #[serde(default = "super::active")]
    state: Standing,
    /// The rung of the ladder from which it is asked: 1 is the first, and meant when not said.
    #[garde(skip)]
    #[serde(default)]
    tier: Tier,
    /// Who of it is asked: its technicians, when not said, or the firm, which names one.
    #[garde(skip)]
    #[serde(default = "technicians")]
    offers_to: Addressee,
    /// Its licences (S-08).
    #[garde(length(max = app::firms::LICENCES_MAX), dive)]
    #[schema(max_items = 20)]
    #[serde(default)]
    licences: Vec<LicenceProfile>,
    /// Its registration number as an issuer of qualified invoices (C-30).
    #[garde(skip)]
    registration_number: Option<RegistrationNumber>,
    /// What the office itself calls it; no other firm may have the same.
    #[garde(skip)]
    key: Option<OfficeKey>,
}

/// A designation by one water utility.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct LicenceProfile {
    /// What it allows.
    #[garde(skip)]
    kind: Licence,
    /// Who gave it.
    #[garde(length(chars, min = 1, max = 100), custom(super::text))]
    #[schema(min_length = 1, max_length = 100, examples("名古屋市上下水道局"))]
    utility: String,
    /// Its number.
    #[garde(length(chars, min = 1, max = 50), custom(super::text))]
    #[schema(min_length = 1, max_length = 50)]
    number: String,
    /// Municipalities it is valid in: of a ward, or of a parent city and so of all its wards.
    #[garde(length(min = 1, max = app::firms::LICENCE_AREAS_MAX))]
    #[schema(min_items = 1, max_items = 200)]
    areas: Vec<JisCode>,
    /// The last day it is valid, in Tokyo.
    #[garde(custom(super::date))]
    valid_to: NaiveDate,
}

fn technicians() -> Addressee {
    Addressee::Technician
}

impl From<FirmProfile> for app::firms::Profile {
    fn from(profile: FirmProfile) -> Self {
        let licence = |licence: LicenceProfile| FirmLicence {
            kind: licence.kind,
            utility: licence.utility,
            number: licence.number,
            areas: licence.areas,
            valid_to: licence.valid_to,
        };
        Self {
            name: profile.name,
            phone: profile.phone,
            email: profile.email,
            areas: profile.areas,
            state: profile.state,
            tier: profile.tier,
            offers_to: profile.offers_to,
            licences: profile.licences.into_iter().map(licence).collect(),
            registration_number: profile.registration_number,
            key: profile.key,
        }
    }
}

/// A firm, and what looks wrong about it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CheckedFirm {
    /// The firm.
    #[serde(flatten)]
    firm: Firm,
    /// What somebody should look at; nothing of it is refused.
    warnings: Vec<FirmWarning>,
}

/// What looks wrong about a firm.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct FirmWarning {
    /// The field.
    field: &'static str,
    /// The rule behind it.
    rule: &'static str,
    /// What is odd about it.
    message: &'static str,
}

impl From<Firm> for CheckedFirm {
    fn from(firm: Firm) -> Self {
        let check_digit = firm.registration_number.as_ref().map(RegistrationNumber::check_digit);
        let warnings = match check_digit {
            Some(CheckDigit::Differs) => vec![FirmWarning {
                field: "registration_number",
                rule: "C-30",
                message: "the check digit is not that of a corporate number; right for a sole proprietor only",
            }],
            Some(CheckDigit::Fits) | None => Vec::new(),
        };
        Self { firm, warnings }
    }
}

/// Register a firm
#[utoipa::path(post, path = "/v1/firms", tag = "firms", params(Key), request_body = FirmProfile,
    responses((status = 201, body = CheckedFirm, headers(("ETag" = String)))))]
pub(super) async fn register(
    State(service): State<Service>,
    Submit(command): Submit<FirmProfile>,
) -> Answer<Versioned<CheckedFirm>> {
    let firm = app::firms::register(&service.ctx, command.map(Into::into)).await?;
    Ok(Versioned(StatusCode::CREATED, firm.version, firm.into()))
}

/// List firms
#[utoipa::path(get, path = "/v1/firms", tag = "firms", params(PageQuery),
    responses((status = 200, body = Page<CheckedFirm>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<CheckedFirm>>> {
    let firms = app::firms::list(&service.ctx, &actor, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, firms, |firm: &Firm| firm.id.0)))
}

/// Show a firm
#[utoipa::path(get, path = "/v1/firms/{id}", tag = "firms", params(("id" = FirmId, Path)),
    responses((status = 200, body = CheckedFirm, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<FirmId>,
) -> Answer<Versioned<CheckedFirm>> {
    let firm = app::firms::find(&service.ctx, &actor, id).await?;
    Ok(Versioned(StatusCode::OK, firm.version, firm.into()))
}

/// Change a firm
#[utoipa::path(put, path = "/v1/firms/{id}", tag = "firms", params(("id" = FirmId, Path), Seen),
    request_body = FirmProfile, responses((status = 200, body = CheckedFirm, headers(("ETag" = String)))))]
pub(super) async fn change(
    State(service): State<Service>,
    Path(id): Path<FirmId>,
    IfMatch(version): IfMatch,
    Plain(command): Plain<FirmProfile>,
) -> Answer<Versioned<CheckedFirm>> {
    let firm = app::firms::change(&service.ctx, id, version, command.map(Into::into)).await?;
    Ok(Versioned(StatusCode::OK, firm.version, firm.into()))
}
