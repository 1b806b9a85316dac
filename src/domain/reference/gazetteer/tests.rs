//! The gazetteer that comes with the program, its parent cities, and what is refused.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::*;
use crate::domain::reference::outlines::Outlines;

static JAPAN: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().unwrap());

const HEADER: &str = "postal_code,jis_code,prefecture,municipality,town,prefecture_kana,municipality_kana,\
                      town_kana,latitude,longitude,precision\n";

fn read(rows: &str) -> Result<Gazetteer, ReferenceError> {
    Gazetteer::read(format!("{HEADER}{rows}").as_bytes())
}

#[test]
fn every_row_is_there() {
    assert_eq!(JAPAN.towns.len(), 124_526);
    let of = |precision| JAPAN.towns.iter().filter(|town| town.precision == precision).count();
    assert_eq!(of(Precision::Town), 119_696);
    assert_eq!(of(Precision::Municipality), 4_830);
    // 1,718 cities, towns and villages, 23 special wards, and 171 wards of designated cities.
    assert_eq!(JAPAN.municipalities.len(), 1_718 + 23 + 171);
    assert_eq!(JAPAN.municipalities.iter().filter(|known| known.parent.is_some()).count(), 171);
}

#[test]
fn a_ward_belongs_to_its_city() {
    let naka = JAPAN.municipality(&"23106".parse().unwrap()).unwrap();
    assert_eq!((naka.name.as_str(), naka.prefecture.as_str()), ("名古屋市中区", "愛知県"));
    let nagoya = JAPAN.municipality(naka.parent.as_ref().unwrap()).unwrap();
    assert_eq!(nagoya.jis_code.as_str(), "23100");
    assert_eq!((nagoya.name.as_str(), nagoya.name_kana.as_str()), ("名古屋市", "ナゴヤシ"));
    assert_eq!(nagoya.parent, None);
    assert!(naka.office.metres_to(nagoya.office) < 15_000.0);
    let chiyoda = JAPAN.municipality(&"13101".parse().unwrap()).unwrap();
    assert_eq!((chiyoda.name.as_str(), &chiyoda.parent), ("千代田区", &None));
}

#[test]
fn the_twenty_designated_cities_have_their_codes() {
    // JIS X 0402. The outlines draw eighteen of them whole, under the same codes: see the outlines' tests.
    let expected = [
        ("01100", "札幌市", "サッポロシ", 10),
        ("04100", "仙台市", "センダイシ", 5),
        ("11100", "さいたま市", "サイタマシ", 10),
        ("12100", "千葉市", "チバシ", 6),
        ("14100", "横浜市", "ヨコハマシ", 18),
        ("14130", "川崎市", "カワサキシ", 7),
        ("14150", "相模原市", "サガミハラシ", 3),
        ("15100", "新潟市", "ニイガタシ", 8),
        ("22100", "静岡市", "シズオカシ", 3),
        ("22130", "浜松市", "ハママツシ", 3),
        ("23100", "名古屋市", "ナゴヤシ", 16),
        ("26100", "京都市", "キョウトシ", 11),
        ("27100", "大阪市", "オオサカシ", 24),
        ("27140", "堺市", "サカイシ", 7),
        ("28100", "神戸市", "コウベシ", 9),
        ("33100", "岡山市", "オカヤマシ", 4),
        ("34100", "広島市", "ヒロシマシ", 8),
        ("40100", "北九州市", "キタキュウシュウシ", 7),
        ("40130", "福岡市", "フクオカシ", 7),
        ("43100", "熊本市", "クマモトシ", 5),
    ];
    let mut wards: BTreeMap<&JisCode, usize> = BTreeMap::new();
    for parent in JAPAN.municipalities.iter().filter_map(|known| known.parent.as_ref()) {
        *wards.entry(parent).or_default() += 1;
    }
    let found: Vec<_> = wards
        .into_iter()
        .map(|(code, count)| {
            let city = JAPAN.municipality(code).unwrap();
            (code.as_str(), city.name.as_str(), city.name_kana.as_str(), count)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_outlines_have_the_same_municipalities_under_the_same_names() {
    let outlines = Outlines::embedded_municipalities().unwrap();
    let mut drawn: BTreeMap<&JisCode, Vec<&str>> = BTreeMap::new();
    for outline in outlines.all() {
        if let Some(code) = &outline.jis_code {
            drawn.entry(code).or_default().push(&outline.name);
        }
    }
    let mut differing = Vec::new();
    for (code, names) in &drawn {
        let known = JAPAN.municipality(code).unwrap_or_else(|| panic!("{code:?} {names:?} is not on file"));
        // 石狩郡当別町 is drawn as 当別町, 仙台市 in two parts as 仙台市東部 and 仙台市西部.
        let same = |drawn: &&str| known.name.ends_with(*drawn) || drawn.starts_with(bare(&known.name));
        if !names.iter().all(same) {
            differing.push((known.name.as_str(), names.clone()));
        }
    }
    assert_eq!(differing, [("糟屋郡須惠町", vec!["須恵町"])], "only 惠 is written otherwise");
    let not_drawn = JAPAN.municipalities.iter().filter(|known| {
        let parent_is_drawn = known.parent.as_ref().is_some_and(|parent| drawn.contains_key(parent));
        !drawn.contains_key(&known.jis_code) && !parent_is_drawn
    });
    // These two cities are drawn ward by ward.
    assert_eq!(not_drawn.map(|known| known.name.as_str()).collect::<Vec<_>>(), ["京都市", "広島市"]);
}

/// The name without its district: 当別町 of 石狩郡当別町. Only towns and villages have one; 郡山市 is a city.
fn bare(name: &str) -> &str {
    if name.ends_with(['町', '村']) { name.split_once('郡').map_or(name, |(_, bare)| bare) } else { name }
}

#[test]
fn towns_lie_in_the_municipality_they_belong_to() {
    // Two sources that know nothing of each other: codes and coordinates are joined rightly, or they part here.
    let outlines = Outlines::embedded_municipalities().unwrap();
    let sample: Vec<_> =
        JAPAN.towns.iter().filter(|town| town.precision == Precision::Town).step_by(10).collect();
    let at_home = sample.iter().filter(|town| {
        let parent = JAPAN.municipality(&town.jis_code).unwrap().parent.as_ref();
        outlines
            .municipality_at(town.point)
            .is_some_and(|code| *code == town.jis_code || Some(code) == parent)
    });
    let (at_home, all) = (at_home.count(), sample.len());
    assert!(at_home * 1000 >= all * 990, "{at_home} of {all}; the rest are quays, islets and border streets");
}

#[test]
fn rows_agree_with_each_other() {
    const OFFICE: &str =
        "0010000,01102,北海道,札幌市北区,,ホッカイドウ,サッポロシキタク,,43.0908,141.3409,municipality\n";
    assert_eq!(read(OFFICE).unwrap().municipalities.len(), 2, "the ward and its city");
    for (row, place) in [
        (OFFICE.replace("札幌市北区", "札幌市東区"), "municipality: 01102 is"),
        (OFFICE.replace("43.0908", "43.0909"), "latitude: 01102 has its office elsewhere"),
    ] {
        let error = read(&format!("{OFFICE}{row}")).unwrap_err().to_string();
        assert!(error.starts_with("gazetteer line 3 ") && error.contains(place), "{error}");
    }
    // A city of its own under the code that the ward's city must have.
    let row = "0600000,01100,北海道,札幌市,,ホッカイドウ,サッポロシ,,43.0621,141.3544,municipality\n";
    let error = read(&format!("{OFFICE}{row}")).unwrap_err().to_string();
    assert!(error.contains("01100 would be both 札幌市 and 札幌市"), "{error}");
}

#[test]
fn every_corrupted_field_is_refused_and_named() {
    const ROW: &str =
        "4600008,23106,愛知県,名古屋市中区,栄,アイチケン,ナゴヤシナカク,サカエ,35.1683,136.9085,town\n";
    assert!(read(ROW).is_ok());
    for (from, to, place) in [
        ("4600008", "460008", "line 2 postal_code: '460008'"),
        ("23106", "2310", "line 2 jis_code: '2310'"),
        ("23106", "48106", "line 2 prefecture: 48106 begins with no prefecture"),
        ("23106", "27106", "line 2 prefecture: '愛知県', but 27106 is in 大阪府"),
        ("23106", "23206", "line 2 municipality: '名古屋市中区' with 23206"),
        ("愛知県", "", "line 2 prefecture: is empty"),
        ("名古屋市中区", "名古屋市", "line 2 municipality: '名古屋市' with 23106"),
        ("ナゴヤシナカク", "", "line 2 municipality_kana: is empty"),
        ("サカエ", "", "line 2 town_kana: expected a reading"),
        (",栄,", ",,", "line 2 town_kana: expected a reading"),
        (",栄,", ", 栄,", "line 2 town: expected at most"),
        ("35.1683", "3.51683e1", "line 2 latitude: '3.51683e1' is not a coordinate"),
        ("35.1683", "nan", "line 2 latitude: 'nan' is not a coordinate"),
        ("136.9085", "", "line 2 longitude: '' is not a coordinate"),
        ("35.1683,136.9085", "136.9085,35.1683", "line 2 latitude: latitude must be"),
        ("35.1683,136.9085", "35.1683,35.1683", "line 2 latitude: 35.1683, 35.1683 is not in Japan"),
        (",town", ",pin", "line 2 precision: only a dispatcher"),
        (",town", ",exact", "line 2 precision: 'exact' is not a known precision"),
        (",town\n", ",town,more\n", "CSV error"),
        ("栄,アイチケン", "栄", "CSV error"),
    ] {
        let error = read(&ROW.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.starts_with("gazetteer ") && error.contains(place), "{from} -> {to}: {error}");
    }
}

#[test]
fn the_file_itself_is_checked() {
    let error = Gazetteer::read("postal_code,jis_code\n".as_bytes()).unwrap_err();
    assert!(error.message.contains("expected postal_code,jis_code,prefecture"), "{error}");
    assert!(read("").unwrap_err().message.contains("no row"));
    assert!(Gazetteer::read_gzip("not gzip".as_bytes()).is_err());
    let cut = Dataset::Gazetteer.embedded();
    assert!(Gazetteer::read_gzip(&cut[..cut.len() / 2]).is_err(), "half a file is not half of Japan");
}
