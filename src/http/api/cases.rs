//! Cases, and the places they are at.

use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        cases::{
            Background, Case, Category, Eligibility, EligibilityBasis, LesseeKind, LiabilityFlag, Pin,
            Resident, Site, SpokenWithWorker,
        },
        ids::CallId,
        phone::Phone,
        place::{GeoPoint, JisCode, PinWord, Point, PostalCode, Precision},
    },
    http::{
        Service,
        extract::Submit,
        headers::Key,
        reply::{Answer, Versioned},
    },
};

/// A trouble to be opened as a case.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCase {
    /// The call it was reported in.
    #[garde(skip)]
    call_id: CallId,
    /// The programme that entitles the person.
    #[garde(length(chars, min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20, examples("000"))]
    programme: String,
    /// What the trouble is: one or more (K-01).
    #[garde(length(min = 1, max = 4))]
    #[schema(min_items = 1, max_items = 4)]
    categories: Vec<Category>,
    /// Language to speak with the person; the call's, when not said.
    #[garde(inner(length(chars, min = 2, max = 35)))]
    #[schema(min_length = 2, max_length = 35)]
    language: Option<String>,
    /// Language to write to the person (BCP 47), asked (N-01); the call's, when not said.
    #[garde(inner(length(chars, min = 2, max = 35)))]
    #[schema(min_length = 2, max_length = 35)]
    reading_language: Option<String>,
    /// The language as the person names it (N-01).
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    language_wish: Option<String>,
    /// Whether the person is entitled; the unverified are served (E-05).
    #[garde(skip)]
    eligibility: Eligibility,
    /// How that was found out; needed where somebody is entitled.
    #[garde(skip)]
    eligibility_basis: Option<EligibilityBasis>,
    /// Name of the host company.
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    host_company: Option<String>,
    /// Who rents the flat.
    #[serde(default = "unknown")]
    #[garde(skip)]
    lessee_kind: LesseeKind,
    /// Whether the worker was spoken with, where somebody else has called (K-05).
    #[garde(skip)]
    spoken_with_worker: Option<SpokenWithWorker>,
    /// What a consultation is about (S-12).
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(min_length = 1, max_length = 64, examples("gas"))]
    topic: Option<String>,
    /// Whether somebody else was harmed (K-02).
    #[garde(skip)]
    liability_flag: LiabilityFlag,
    /// Whom it is about.
    #[garde(dive)]
    resident: NewResident,
    /// Where it is.
    #[garde(dive)]
    place: Address,
}

fn unknown() -> LesseeKind {
    LesseeKind::Unknown
}

/// Whom a case is about.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewResident {
    /// Name as on the card, Latin letters (N-03).
    #[garde(length(chars, min = 1, max = 100), custom(super::text))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The name in kana, for reading aloud (N-03).
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    name_kana: Option<String>,
    /// Telephone number; `null` where there is none, and `missing` asks for one later.
    #[garde(skip)]
    #[serde(deserialize_with = "super::said_or_null")]
    #[schema(required = true)]
    phone: Option<Phone>,
}

/// A place as a caller says it.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Address {
    /// Postal code.
    #[garde(skip)]
    postal_code: PostalCode,
    /// Which municipality, where the code covers several.
    #[garde(skip)]
    jis_code: Option<JisCode>,
    /// Which town, where the code covers several.
    #[garde(inner(length(chars, max = 100), custom(super::text)))]
    #[schema(max_length = 100)]
    town: Option<String>,
    /// Block and house number.
    #[garde(length(chars, min = 1, max = 200), custom(super::text))]
    #[schema(min_length = 1, max_length = 200, examples("3-15-27"))]
    address: String,
    /// Building.
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    building: Option<String>,
    /// Room number, apart from the address.
    #[garde(inner(length(chars, min = 1, max = 20), custom(super::text)))]
    #[schema(min_length = 1, max_length = 20, examples("205"))]
    room: Option<String>,
    /// How to get in: auto-lock, parking, dog.
    #[garde(inner(length(chars, min = 1, max = 500), custom(super::text)))]
    #[schema(min_length = 1, max_length = 500)]
    access_notes: Option<String>,
    /// Where the dispatcher has put the pin; the gazetteer's point, when not said.
    #[garde(skip)]
    #[schema(value_type = Option<GeoPoint>)]
    pin: Option<Point>,
    /// Confirms a pin that is further from its town than a town reaches.
    #[garde(skip)]
    pin_confirmed: Option<PinWord>,
}

impl From<NewCase> for app::cases::Opening {
    fn from(new: NewCase) -> Self {
        let NewCase { resident, place, .. } = new;
        Self {
            call_id: new.call_id,
            programme: new.programme,
            categories: new.categories,
            language: new.language,
            eligibility: new.eligibility,
            liability_flag: new.liability_flag,
            reading_language: new.reading_language,
            eligibility_basis: new.eligibility_basis,
            lessee_kind: new.lessee_kind,
            spoken_with_worker: new.spoken_with_worker,
            topic: new.topic,
            background: Background { host_company: new.host_company, language_wish: new.language_wish },
            resident: Resident { name: resident.name, name_kana: resident.name_kana, phone: resident.phone },
            place: app::cases::Address {
                postal_code: place.postal_code,
                jis_code: place.jis_code,
                town: place.town,
                address: place.address,
                building: place.building,
                room: place.room,
                access_notes: place.access_notes,
                pin: place.pin.map(|at| Pin { at, word: place.pin_confirmed }),
            },
        }
    }
}

/// Open a case
#[utoipa::path(post, path = "/v1/cases", tag = "intake", params(Key), request_body = NewCase,
    responses((status = 201, body = Case, headers(("ETag" = String)))))]
pub(super) async fn open(
    State(service): State<Service>,
    Submit(command): Submit<NewCase>,
) -> Answer<Versioned<Case>> {
    let case = app::cases::open(&service.ctx, command.map(Into::into)).await?;
    Ok(Versioned(StatusCode::CREATED, case.version, case))
}

/// Where a case is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Place {
    postal_code: PostalCode,
    jis_code: JisCode,
    town: String,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    building: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_notes: Option<String>,
    #[schema(value_type = GeoPoint)]
    point: Point,
    precision: Precision,
}

impl From<Site> for Place {
    fn from(site: Site) -> Self {
        Self {
            postal_code: site.postal_code,
            jis_code: site.jis_code,
            town: site.town,
            address: site.address,
            building: site.building,
            room: site.room,
            access_notes: site.access_notes,
            point: site.point,
            precision: site.precision,
        }
    }
}
