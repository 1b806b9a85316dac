//! Where a case is, corrected.

use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::cases::Place;
use crate::{
    app::{
        self,
        case_places::{Corrected, PinMove},
    },
    domain::{
        ids::CaseId,
        place::{GeoPoint, JisCode, PinWord, Point, PostalCode},
    },
    http::{
        Service,
        extract::{IfMatch, Path, Plain},
        headers::Seen,
        reply::{Answer, Versioned},
    },
};

/// Where the pin goes.
#[derive(Debug, Clone, Copy)]
enum PinGiven {
    At(Point),
    Lookup,
}

impl<'de> Deserialize<'de> for PinGiven {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        if value == "lookup" {
            return Ok(Self::Lookup);
        }
        let refuse = |error| D::Error::custom(format!("must be a GeoJSON point or \"lookup\": {error}"));
        serde_json::from_value(value).map(Self::At).map_err(refuse)
    }
}

/// Where a case really is. The whole of it: what is left out is gone, but for a pin.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceCorrection {
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
    /// Where a person has put the pin, or `"lookup"` to give a pin up. Left out, a pin stays where it is,
    /// as long as the place stays in its municipality; in another one it is dropped.
    #[garde(skip)]
    #[schema(value_type = Option<GeoPoint>)]
    pin: Option<PinGiven>,
    /// Confirms a pin that is further from its town than a town reaches.
    #[garde(skip)]
    pin_confirmed: Option<PinWord>,
}

/// A case's place after a correction.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CorrectedPlace {
    /// The version of the case.
    case_version: i64,
    /// Where it is now.
    place: Place,
    /// Whether it is in another municipality than before: other firms may serve it.
    municipality_changed: bool,
    /// The municipality it was in, when it is another one now.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_from: Option<String>,
    /// Whether the old pin was dropped, because the place is in another municipality now.
    pin_dropped: bool,
    /// Metres from the pin, which was kept, to the point the gazetteer has for the new address.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_pin_off_m: Option<i64>,
}

impl From<Corrected> for CorrectedPlace {
    fn from(corrected: Corrected) -> Self {
        Self {
            case_version: corrected.version,
            place: corrected.site.into(),
            municipality_changed: corrected.moved_from.is_some(),
            moved_from: corrected.moved_from.map(String::from),
            pin_dropped: corrected.pin_dropped,
            kept_pin_off_m: corrected.kept_pin_off_m,
        }
    }
}

impl From<PlaceCorrection> for app::case_places::Correction {
    fn from(given: PlaceCorrection) -> Self {
        let pin = given.pin.map_or(PinMove::Keep, |pin| match pin {
            PinGiven::At(point) => PinMove::At(point),
            PinGiven::Lookup => PinMove::Lookup,
        });
        let address = app::places::Address {
            postal_code: given.postal_code,
            jis_code: given.jis_code,
            town: given.town,
            address: given.address,
            building: given.building,
            room: given.room,
            access_notes: given.access_notes,
            pin: None,
        };
        Self { address, pin, word: given.pin_confirmed }
    }
}

/// Correct where a case is
///
/// Who has accepted a job there must be told: an alarm says so. Jobs nobody has accepted are looked at again at once;
/// who is being asked keeps the offer.
#[utoipa::path(put, path = "/v1/cases/{id}/place", tag = "intake", params(("id" = CaseId, Path), Seen),
    request_body = PlaceCorrection,
    responses((status = 200, body = CorrectedPlace, headers(("ETag" = String)))))]
pub(super) async fn correct(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Plain(command): Plain<PlaceCorrection>,
) -> Answer<Versioned<CorrectedPlace>> {
    let corrected = app::case_places::correct(&service.ctx, id, version, command.map(Into::into)).await?;
    Ok(Versioned(StatusCode::OK, corrected.version, corrected.into()))
}
