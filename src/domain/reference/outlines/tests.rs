//! The outlines that come with the program, points inside and between them, and what is refused.

use super::*;

fn at(lat: f64, lon: f64) -> Point {
    Point::from_degrees(lat, lon).unwrap()
}

#[test]
fn every_outline_is_there() {
    let municipalities = Outlines::embedded_municipalities().unwrap();
    assert_eq!(municipalities.all().len(), 1_855);
    let without_code = municipalities.all().iter().filter(|outline| outline.jis_code.is_none());
    assert_eq!(without_code.map(|outline| outline.code.as_str()).collect::<Vec<_>>(), ["hoppo"]);
    let regions = Outlines::embedded_regions().unwrap();
    assert_eq!(regions.all().len(), 153);
    assert!(regions.all().iter().all(|outline| outline.jis_code.is_none()));
}

#[test]
fn a_point_lies_in_its_municipality() {
    let outlines = Outlines::embedded_municipalities().unwrap();
    let code = |lat, lon| outlines.municipality_at(at(lat, lon)).map(JisCode::as_str);
    assert_eq!(code(35.1815, 136.9066), Some("23100"), "Nagoya, drawn as one city");
    assert_eq!(code(35.0116, 135.7681), Some("26104"), "Kyoto, drawn ward by ward: Nakagyo");
    assert_eq!(code(35.6940, 139.7536), Some("13101"), "Chiyoda, a special ward");
    assert_eq!(code(43.0618, 141.3545), Some("01100"), "Sapporo");
    assert_eq!(code(26.2124, 127.6792), Some("47201"), "Naha");
    assert_eq!(code(34.5, 138.0), None, "the sea");
    assert_eq!(code(37.5665, 126.9780), None, "Seoul");
}

#[test]
fn every_outline_holds_its_own_points() {
    // The index may not lose any: a point of the border of each outline finds some outline.
    let outlines = Outlines::embedded_municipalities().unwrap();
    for outline in outlines.all() {
        let border = outline.shape.0[0].exterior().0[0];
        assert!(outlines.containing(at(border.y, border.x)).is_some(), "{}", outline.name);
    }
}

#[test]
fn the_lookup_agrees_with_asking_every_outline() {
    let outlines = Outlines::embedded_municipalities().unwrap();
    for step in 0..400 {
        // A diagonal from Kyushu to Hokkaido.
        let point = at(31.0 + f64::from(step) * 0.035, 130.0 + f64::from(step) * 0.035);
        let here = geo::Point::new(point.lon(), point.lat());
        let asked = outlines.all().iter().find(|outline| outline.shape.intersects(&here));
        let found = outlines.containing(point);
        assert_eq!(found.map(|outline| &outline.code), asked.map(|outline| &outline.code), "{point:?}");
    }
}

const SQUARE: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature",
"geometry":{"type":"MultiPolygon","coordinates":[[[[136.9,35.1],[137.0,35.1],[137.0,35.2],[136.9,35.1]]]]},
"properties":{"code":"2310000","name":"名古屋市","enName":"Nagoya City"}}]}"#;

#[test]
fn every_corrupted_feature_is_refused_and_named() {
    let read = |text: &str| Outlines::read(Dataset::Municipalities, text.as_bytes());
    assert_eq!(read(SQUARE).unwrap().all().len(), 1);
    for (from, to, place) in [
        ("2310000", "231000", "features[0].properties.code: '231000' is not a code of a municipality"),
        ("2310000", "23100aa", "features[0].properties.code"),
        ("\"enName\"", "\"en\"", "features[0].properties: unknown field `en`"),
        (",\"enName\":\"Nagoya City\"", "", "features[0].properties.enName: is missing"),
        ("名古屋市", " ", "features[0].properties.name: is empty"),
        ("[136.9,35.1]", "[35.1,136.9]", "features[0].geometry.coordinates: 35.1, 136.9 is not in Japan"),
        ("[137.0,35.1],[137.0,35.2],", "", "features[0].geometry.coordinates: has a ring of"),
        ("[[[[136.9,35.1],[137.0,35.1],[137.0,35.2],[136.9,35.1]]]]", "[]", "coordinates: is empty"),
        ("\"MultiPolygon\"", "\"Point\"", "municipalities line"),
        ("FeatureCollection", "Feature", "municipalities line"),
        ("]}", "", "municipalities line"),
    ] {
        let error = read(&SQUARE.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(place), "{from} -> {to}: {error}");
    }
    let twice = SQUARE.replacen("[{\"type\":\"Feature\"", "[FIRST,{\"type\":\"Feature\"", 1);
    let feature = &SQUARE[SQUARE.find("[{").unwrap() + 1..SQUARE.rfind("]}").unwrap()];
    let error = read(&twice.replace("FIRST", feature)).unwrap_err().to_string();
    assert!(error.contains("features[1].properties.code: '2310000' is there before"), "{error}");
    let error = Outlines::read(Dataset::Regions, SQUARE.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("'2310000' is not a code of a region"), "{error}");
}
