//! Scripts, styles and pictures, from the binary. Their address names their content, so that browsers keep them for good
//! and never mix two releases.

use std::{collections::BTreeMap, io::Write as _, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/png";
const DRAWING: &str = "image/svg+xml";

/// Our own files.
macro_rules! own {
    ($kind:expr, $name:literal) => {
        ($name, $kind, include_bytes!(concat!("assets/", $name)))
    };
}

/// Files of the libraries, as npm has laid them out.
macro_rules! library {
    ($kind:expr, $name:literal, $path:literal) => {
        ($name, $kind, include_bytes!(concat!(env!("OUT_DIR"), "/browser/node_modules/", $path)))
    };
}

/// Name, kind and content.
type File = (&'static str, &'static str, &'static [u8]);

#[rustfmt::skip] // a table is read as a table
const FILES: &[File] = &[
    own!(STYLE, "console.css"),
    own!(STYLE, "office.css"),
    own!(DRAWING, "icon.svg"),
    own!(SCRIPT, "alarms.js"),
    own!(SCRIPT, "billing.js"),
    own!(SCRIPT, "board.js"),
    own!(STYLE, "intake.css"),
    own!(SCRIPT, "call-new.js"),
    own!(SCRIPT, "calls.js"),
    own!(SCRIPT, "changes.js"),
    own!(SCRIPT, "changes-worker.js"),
    own!(SCRIPT, "clocks.js"),
    own!(SCRIPT, "combobox.js"),
    own!(SCRIPT, "console.js"),
    own!(SCRIPT, "dangers.js"),
    own!(SCRIPT, "difference.js"),
    own!(SCRIPT, "draft.js"),
    own!(SCRIPT, "intake.js"),
    own!(SCRIPT, "interpreter.js"),
    own!(STYLE, "job.css"),
    own!(SCRIPT, "job.js"),
    own!(SCRIPT, "languages.js"),
    own!(SCRIPT, "pin.js"),
    own!(SCRIPT, "repeats.js"),
    own!(SCRIPT, "map.js"),
    own!(STYLE, "map.css"),
    own!(SCRIPT, "map-outlines.js"),
    own!(SCRIPT, "map-signs.js"),
    own!(SCRIPT, "roster.js"),
    own!(STYLE, "roster.css"),
    own!(SCRIPT, "roster-coverage.js"),
    own!(SCRIPT, "firm.js"),
    own!(SCRIPT, "review.js"),
    own!(SCRIPT, "rows.js"),
    own!(SCRIPT, "send.js"),
    own!(SCRIPT, "users.js"),
    library!(SCRIPT, "htmx.js", "htmx.org/dist/htmx.min.js"),
    library!(SCRIPT, "leaflet.js", "leaflet/dist/leaflet.js"),
    library!(STYLE, "leaflet.css", "leaflet/dist/leaflet.css"),
    library!(PICTURE, "marker-icon.png", "leaflet/dist/images/marker-icon.png"),
    library!(PICTURE, "marker-shadow.png", "leaflet/dist/images/marker-shadow.png"),
    library!(SCRIPT, "markercluster.js", "leaflet.markercluster/dist/leaflet.markercluster.js"),
    library!(STYLE, "markercluster.css", "leaflet.markercluster/dist/MarkerCluster.css"),
    library!(SCRIPT, "event-calendar.js", "@event-calendar/build/dist/event-calendar.min.js"),
    library!(STYLE, "event-calendar.css", "@event-calendar/build/dist/event-calendar.min.css"),
    library!(SCRIPT, "uplot.js", "uplot/dist/uPlot.iife.min.js"),
    library!(STYLE, "uplot.css", "uplot/dist/uPlot.min.css"),
];

struct Asset {
    kind: &'static str,
    plain: &'static [u8],
    packed: Vec<u8>,
}

struct Assets {
    version: String,
    files: BTreeMap<&'static str, Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for (name, _, content) in FILES {
        hasher.update(name.as_bytes());
        hasher.update((content.len() as u64).to_be_bytes());
        hasher.update(content);
    }
    let version = hex::encode(&hasher.finalize()[..8]);
    let files = FILES.iter().map(|&(name, kind, plain)| (name, Asset { kind, plain, packed: pack(plain) }));
    Assets { version, files: files.collect() }
});

fn pack(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail; what could not be packed is sent plain.
    encoder.write_all(content).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// The address of a file.
pub(super) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", ASSETS.version)
}

/// Answers a file. Another release's version gets this one's content, but is not kept.
pub(super) async fn serve(Path((version, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.files.get(name.as_str()) else { return StatusCode::NOT_FOUND.into_response() };
    let current = version == ASSETS.version;
    let etag = format!("\"{}\"", ASSETS.version);
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let takes_gzip = |value: &HeaderValue| value.to_str().is_ok_and(|list| list.contains("gzip"));
        let packed = headers.get(header::ACCEPT_ENCODING).is_some_and(takes_gzip)
            && !asset.packed.is_empty()
            && asset.packed.len() < asset.plain.len();
        let mut response =
            if packed { asset.packed.clone().into_response() } else { asset.plain.into_response() };
        if packed {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")));
    response
}
