//! Outlines to draw a map with.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, outlines::Drawn},
    domain::place::JisCode,
    http::{Service, extract::Query, reply::Answer},
};

/// Which outlines.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OutlineQuery {
    /// The municipalities of this prefecture, `01` to `47`; when not said, the regions of the country.
    #[garde(inner(custom(known_prefecture)))]
    #[param(pattern = "^(0[1-9]|[1-3][0-9]|4[0-7])$", example = "23")]
    prefecture: Option<String>,
}

fn known_prefecture(code: &str, _: &()) -> garde::Result {
    let known = code.len() == 2 && code.parse::<u8>().is_ok_and(|number| (1..=47).contains(&number));
    if known { Ok(()) } else { Err(garde::Error::new("must be from 01 to 47")) }
}

/// A GeoJSON collection (RFC 7946).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OutlineCollection {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    kind: &'static str,
    /// The outlines.
    features: Vec<OutlineFeature>,
}

/// One outline.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OutlineFeature {
    /// Always `Feature`.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    kind: &'static str,
    /// What it is.
    properties: OutlineProperties,
    /// Its shape.
    geometry: OutlineShape,
}

/// What an outline is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OutlineProperties {
    /// Its code; a municipality may have several outlines.
    code: String,
    /// Japanese name.
    name: String,
    /// English name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_en: Option<String>,
    /// The municipalities in it: of a city, its wards too. Empty of a region.
    jis_codes: Vec<JisCode>,
}

/// The shape of an outline.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OutlineShape {
    /// Always `MultiPolygon`.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    kind: &'static str,
    /// Polygons, rings, positions: longitude and latitude in degrees (WGS 84).
    #[schema(value_type = Vec<Vec<Vec<Vec<f64>>>>)]
    coordinates: Vec<Vec<Vec<[f64; 2]>>>,
}

/// How many digits of a degree are told: of a country a hundred metres do.
const COUNTRY_STEPS: f64 = 1e3;
const PREFECTURE_STEPS: f64 = 1e4;

impl OutlineFeature {
    fn of(drawn: Drawn, steps: f64) -> Self {
        let rounded = |degrees: f64| (degrees * steps).round() / steps;
        let ring = |ring: &geo::LineString<f64>| {
            let mut points: Vec<_> =
                ring.coords().map(|point| [rounded(point.x), rounded(point.y)]).collect();
            points.dedup();
            points
        };
        let polygon = |polygon: &geo::Polygon<f64>| {
            let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring);
            rings.filter(|ring| ring.len() >= 4).collect::<Vec<_>>()
        };
        let outline = drawn.outline;
        let polygons = outline.shape.iter().map(polygon);
        Self {
            kind: "Feature",
            properties: OutlineProperties {
                code: outline.code.clone(),
                name: outline.name.clone(),
                name_en: outline.name_en.clone(),
                jis_codes: drawn.jis_codes.into_iter().collect(),
            },
            geometry: OutlineShape {
                kind: "MultiPolygon",
                coordinates: polygons.filter(|rings| !rings.is_empty()).collect(),
            },
        }
    }
}

/// Show outlines of regions or municipalities
///
/// GeoJSON. Without a prefecture the coarse regions of the whole country; with one its municipalities. They change with
/// the release only, so that a browser may keep them for a day.
#[utoipa::path(get, path = "/v1/outlines", tag = "firms", params(OutlineQuery),
    responses((status = 200, body = OutlineCollection)))]
pub(super) async fn show(
    State(service): State<Service>,
    Query(query): Query<OutlineQuery>,
) -> Answer<Response> {
    let (drawn, steps) = match &query.prefecture {
        None => (app::outlines::country().await?, COUNTRY_STEPS),
        Some(code) => (app::outlines::prefecture(&service.ctx, code).await?, PREFECTURE_STEPS),
    };
    let features = drawn.into_iter().map(|drawn| OutlineFeature::of(drawn, steps)).collect();
    let body = Json(OutlineCollection { kind: "FeatureCollection", features });
    let keep = HeaderValue::from_static("private, max-age=86400");
    Ok(([(header::CACHE_CONTROL, keep)], body).into_response())
}
