//! Reads the outlines of municipalities and regions, and says in which of them a point lies.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;
use geo::{BoundingRect as _, Intersects as _, MultiPolygon};
use geojson::{Feature, FeatureCollection};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use serde::Deserialize;

use super::embedded::Dataset;
use super::error::ReferenceError;
use crate::domain::place::{JisCode, Point};

/// Bytes of an unpacked file at most; the larger has 3 MB.
const BYTES_MAX: u64 = 64 << 20;
const FEATURES_MAX: usize = 20_000;

/// The code of the islands whose municipalities have no code on file: they are drawn, and no one is sent there.
const NORTHERN_TERRITORIES: &str = "hoppo";

/// An area with its outline in degrees (x east, y north). A municipality may have several, one a part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// Code as in the file: of a municipality its JIS code and two digits for the part, of a region six digits, the same for each of its parts.
    pub code: String,
    /// The municipality: of the city where its wards have no outlines of their own. None of a region.
    pub jis_code: Option<JisCode>,
    /// Japanese name.
    pub name: String,
    /// English name; some regions have none.
    pub name_en: Option<String>,
    /// The outline.
    pub shape: MultiPolygon<f64>,
}

/// Outlines with an index over their bounding boxes.
#[derive(Debug, Clone)]
pub struct Outlines {
    all: Vec<Outline>,
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl Outlines {
    /// Reads the GeoJSON text of [`Dataset::Municipalities`] or [`Dataset::Regions`].
    pub fn read(dataset: Dataset, geojson: impl Read) -> Result<Self, ReferenceError> {
        let mut text = Vec::new();
        let refuse = |message: String| ReferenceError { dataset, line: None, path: None, message };
        geojson.take(BYTES_MAX).read_to_end(&mut text).map_err(|error| refuse(error.to_string()))?;
        let mut json = serde_json::Deserializer::from_slice(&text);
        let collection: FeatureCollection = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let line = Some(error.inner().line());
            ReferenceError { dataset, line, path: Some(path), message: error.inner().to_string() }
        })?;
        let count = collection.features.len();
        if !(1..=FEATURES_MAX).contains(&count) {
            return Err(refuse(format!("{count} features; expected 1 to {FEATURES_MAX}")));
        }
        let outlines = collection.features.into_iter().enumerate().map(|(at, feature)| {
            outline(dataset, feature).map_err(|(key, message)| ReferenceError {
                dataset,
                line: None,
                path: Some(format!("features[{at}].{key}")),
                message,
            })
        });
        let all = outlines.collect::<Result<Vec<_>, _>>()?;
        if dataset == Dataset::Municipalities {
            refuse_repeats(&all)?;
        }
        Ok(Self::indexed(all))
    }

    /// Reads the GeoJSON text from a gzip file.
    pub fn read_gzip(dataset: Dataset, gzip: impl Read) -> Result<Self, ReferenceError> {
        Self::read(dataset, GzDecoder::new(gzip))
    }

    /// The municipal outlines that come with the program.
    pub fn embedded_municipalities() -> Result<Self, ReferenceError> {
        Self::read_gzip(Dataset::Municipalities, Dataset::Municipalities.embedded())
    }

    /// The regional outlines that come with the program.
    pub fn embedded_regions() -> Result<Self, ReferenceError> {
        Self::read_gzip(Dataset::Regions, Dataset::Regions.embedded())
    }

    /// The outline `point` lies in. Coasts are coarse: a point on a quay may lie in none.
    #[must_use]
    pub fn containing(&self, point: Point) -> Option<&Outline> {
        let here = geo::Point::new(point.lon(), point.lat());
        let near = self.boxes.locate_in_envelope_intersecting(AABB::from_point([point.lon(), point.lat()]));
        let inside = near.map(|entry| entry.data).filter(|at| self.all[*at].shape.intersects(&here));
        // On a shared border both match: the lower number, so that the answer does not depend on the index.
        inside.min().map(|at| &self.all[at])
    }

    /// The municipality `point` lies in: the city where its wards have no outlines of their own.
    #[must_use]
    pub fn municipality_at(&self, point: Point) -> Option<&JisCode> {
        self.containing(point)?.jis_code.as_ref()
    }

    /// Every outline, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Outline] {
        &self.all
    }

    fn indexed(all: Vec<Outline>) -> Self {
        let boxes = all.iter().enumerate().filter_map(|(at, outline)| {
            let bounds = outline.shape.bounding_rect()?;
            let (low, high) = (bounds.min(), bounds.max());
            Some(GeomWithData::new(Rectangle::from_corners([low.x, low.y], [high.x, high.y]), at))
        });
        let boxes = RTree::bulk_load(boxes.collect());
        Self { all, boxes }
    }
}

/// Whether a coordinate lies between the outermost islands of Japan; the coarse outlines overshoot them a little.
pub(super) fn is_in_japan(lat: f64, lon: f64) -> bool {
    (20.0..46.0).contains(&lat) && (122.0..155.0).contains(&lon)
}

/// Each part of a municipality has its own code; the parts of a region share one.
fn refuse_repeats(all: &[Outline]) -> Result<(), ReferenceError> {
    let mut seen = BTreeSet::new();
    let Some(at) = all.iter().position(|outline| !seen.insert(&outline.code)) else { return Ok(()) };
    Err(ReferenceError {
        dataset: Dataset::Municipalities,
        line: None,
        path: Some(format!("features[{at}].properties.code")),
        message: format!("'{}' is there before; each may appear once", all[at].code),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties {
    code: String,
    name: String,
    #[serde(rename = "enName")]
    name_en: Option<String>,
    // A hint of the source how to draw small islands; read so that it is no unknown key.
    #[serde(rename = "islandBold", default)]
    _island_bold: bool,
}

/// Reads one feature; an error names the key inside it.
fn outline(dataset: Dataset, feature: Feature) -> Result<Outline, (&'static str, String)> {
    let wrong = |key: &'static str| move |message: String| (key, message);
    let properties = serde_json::Value::Object(feature.properties.unwrap_or_default());
    let Properties { code, name, name_en, .. } =
        serde_json::from_value(properties).map_err(|error| ("properties", error.to_string()))?;
    let jis_code = jis_code(dataset, &code).map_err(wrong("properties.code"))?;
    let is_blank = |name: &str| name.trim().is_empty();
    if is_blank(&name) || name_en.as_deref().is_some_and(is_blank) {
        return Err(("properties.name", "is empty; expected a name".to_owned()));
    }
    if jis_code.is_some() && name_en.is_none() {
        return Err(("properties.enName", "is missing; expected the name of a municipality".to_owned()));
    }
    let geometry = feature.geometry.ok_or(("geometry", "is missing; expected a MultiPolygon".to_owned()))?;
    let shape = MultiPolygon::<f64>::try_from(geometry)
        .map_err(|error| ("geometry", format!("{error}; expected a MultiPolygon")))?;
    check_shape(&shape).map_err(wrong("geometry.coordinates"))?;
    Ok(Outline { code, jis_code, name, name_en, shape })
}

fn jis_code(dataset: Dataset, code: &str) -> Result<Option<JisCode>, String> {
    let is_digits = code.bytes().all(|byte| byte.is_ascii_digit());
    match dataset {
        _ if code == NORTHERN_TERRITORIES => Ok(None),
        Dataset::Municipalities if is_digits && code.len() == 7 => {
            code[..5].parse().map(Some).map_err(|error| format!("{error}"))
        }
        Dataset::Municipalities => {
            Err(format!("'{code}' is not a code of a municipality; expected seven digits"))
        }
        _ if is_digits && code.len() == 6 => Ok(None),
        _ => Err(format!("'{code}' is not a code of a region; expected six digits")),
    }
}

fn check_shape(shape: &MultiPolygon<f64>) -> Result<(), String> {
    if shape.0.is_empty() {
        return Err("is empty; expected at least one polygon".to_owned());
    }
    for polygon in shape {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            if ring.0.len() < 4 {
                return Err(format!("has a ring of {} points; expected four or more", ring.0.len()));
            }
            if let Some(point) = ring.0.iter().find(|point| !is_in_japan(point.y, point.x)) {
                return Err(format!(
                    "{}, {} is not in Japan; expected longitude, latitude",
                    point.x, point.y
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
