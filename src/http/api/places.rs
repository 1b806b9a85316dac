//! Looking places up.

use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        address::{Hit, Match, QUERY_CHARS_MAX, Rest},
        place::{GeoPoint, JisCode, Place, Point, PostalCode, Precision},
        refusal::Refusal,
    },
    http::{Service, extract::Query, reply::Answer},
};

const LIMIT_MAX: u16 = 50;
const LIMIT_DEFAULT: u16 = 20;

/// Which places: by one of the two.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PlaceQuery {
    /// Postal code, with or without hyphen.
    #[garde(skip)]
    #[param(value_type = Option<String>, pattern = "^[0-9]{3}-?[0-9]{4}$", example = "460-0008")]
    postal_code: Option<PostalCode>,
    /// What is typed or heard: a postal code from its third digit on; an address or its beginning in kanji, kana or
    /// romaji, with or without prefecture and municipality, with or without block, building and room.
    #[garde(inner(length(chars, min = 1, max = QUERY_CHARS_MAX), custom(super::text)))]
    #[param(min_length = 1, max_length = 200, example = "中区栄3-15-33 栄ハイツ205号室")]
    q: Option<String>,
    /// Places at most.
    #[garde(range(min = 1, max = LIMIT_MAX))]
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: Option<u16>,
}

/// A place of the gazetteer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PlaceFound {
    postal_code: PostalCode,
    jis_code: JisCode,
    /// The city a ward belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_code: Option<JisCode>,
    prefecture: String,
    municipality: String,
    /// Empty where the code covers the whole municipality.
    town: String,
    town_kana: String,
    #[schema(value_type = GeoPoint)]
    point: Point,
    precision: Precision,
    /// How far off the point is, in words.
    precision_error: &'static str,
    /// The same: nine in ten are within so many metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    precision_error_p90_m: Option<i64>,
    /// How it was found.
    matched: Match,
    /// Block as `3-15-33`, where one was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<String>,
    /// Building, where one was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    building: Option<String>,
    /// Room, where one was said, without 号室.
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<String>,
}

impl From<Hit> for PlaceFound {
    fn from(Hit { place, matched, rest }: Hit) -> Self {
        Self {
            postal_code: place.postal_code,
            jis_code: place.jis_code,
            parent_code: place.parent_code,
            prefecture: place.prefecture,
            municipality: place.municipality,
            town: place.town,
            town_kana: place.town_kana,
            point: place.point,
            precision: place.precision,
            precision_error: place.precision.error_in_words(),
            precision_error_p90_m: place.precision.error_p90_m(),
            matched,
            block: rest.block,
            building: rest.building,
            room: rest.room,
        }
    }
}

impl From<Place> for PlaceFound {
    fn from(place: Place) -> Self {
        Hit { place, matched: Match::PostalCode, rest: Rest::default() }.into()
    }
}

/// Look up places
///
/// Best first. The address is split: prefecture, municipality, town, block, building and room are ready for a form.
#[utoipa::path(get, path = "/v1/places", tag = "intake", params(PlaceQuery),
    responses((status = 200, body = Vec<PlaceFound>)))]
pub(super) async fn search(
    State(service): State<Service>,
    Query(query): Query<PlaceQuery>,
) -> Answer<Json<Vec<PlaceFound>>> {
    let limit = usize::from(query.limit.unwrap_or(LIMIT_DEFAULT));
    match (query.postal_code, query.q) {
        (Some(code), None) => {
            let places = app::places::of_postal_code(&service.ctx, &code).await?;
            Ok(Json(places.into_iter().take(limit).map(Into::into).collect()))
        }
        (None, Some(text)) => {
            let hits = app::places::search(&service.ctx, "q", &text, limit).await?;
            Ok(Json(hits.into_iter().map(Into::into).collect()))
        }
        _ => Err(Refusal::field("q", "give either 'q' or 'postal_code'").into()),
    }
}
