//! Looking up and splitting, over the places of Japan.

use std::{collections::BTreeSet, sync::LazyLock};

use proptest::prelude::*;

use super::{Hit, Match, MunicipalityName, PlaceIndex, Rest, numerals};
use crate::domain::{place::Place, reference::Gazetteer};

static GAZETTEER: LazyLock<Vec<Place>> = LazyLock::new(|| places(&Gazetteer::embedded().unwrap()));
static INDEX: LazyLock<PlaceIndex> = LazyLock::new(|| {
    let gazetteer = Gazetteer::embedded().unwrap();
    let names = gazetteer.municipalities.iter().map(|municipality| MunicipalityName {
        jis_code: municipality.jis_code.clone(),
        parent_code: municipality.parent.clone(),
        prefecture: municipality.prefecture.clone(),
        prefecture_kana: municipality.prefecture_kana.clone(),
        name: municipality.name.clone(),
        name_kana: municipality.name_kana.clone(),
    });
    PlaceIndex::new(names.collect(), GAZETTEER.iter().cloned())
});

fn places(gazetteer: &Gazetteer) -> Vec<Place> {
    let place = |town: &crate::domain::reference::Town| {
        let municipality = gazetteer.municipality(&town.jis_code)?;
        Some(Place {
            postal_code: town.postal_code.clone(),
            jis_code: town.jis_code.clone(),
            parent_code: municipality.parent.clone(),
            prefecture: municipality.prefecture.clone(),
            municipality: municipality.name.clone(),
            town: town.name.clone(),
            town_kana: town.name_kana.clone(),
            point: town.point,
            precision: town.precision,
        })
    };
    gazetteer.towns.iter().filter_map(place).collect()
}

fn find(text: &str) -> Vec<Hit> {
    INDEX.search("q", text, 20).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
}

#[track_caller]
fn first(text: &str) -> (String, String, Match) {
    let hit = find(text).into_iter().next().unwrap_or_else(|| panic!("nothing for {text}"));
    (hit.place.municipality, hit.place.town, hit.matched)
}

#[track_caller]
fn is_sakae(text: &str) {
    let (municipality, town, _) = first(text);
    assert_eq!((municipality.as_str(), town.as_str()), ("名古屋市中区", "栄"), "{text}");
}

#[test]
fn sakae_is_found_however_it_is_said() {
    for text in [
        "4600008",
        "460-0008",
        "〒460-0008",
        "４６０ー０００８",
        "460-0008 3-15-33",
        "中区栄",
        "名古屋市中区栄",
        "名古屋中区栄",
        "愛知県名古屋市中区栄",
        "愛知県 名古屋市 中区 栄",
        "名古屋市中区栄3-15-33 栄ハイツ205号室",
        "愛知県名古屋市中区栄三丁目15番33号 栄ハイツ205号室",
        "なかくさかえ",
        "ナカクサカエ",
        "ﾅｶｸｻｶｴ",
        "なごやしなかくさかえ",
        "なごや なかく さかえ",
        "nagoya naka-ku sakae",
        "Nagoya-shi Naka-ku Sakae",
        "aichi nagoya nakaku sakae",
        "Aichi-ken Nagoya-shi Naka-ku Sakae 3-15-33",
        "NAGOYA NAKAKU SAKA",
    ] {
        is_sakae(text);
    }
}

#[test]
fn a_town_alone_is_found_everywhere_and_exact_ones_come_first() {
    for text in ["sakae", "さかえ", "栄"] {
        let hits = INDEX.search("q", text, 50).unwrap();
        assert_eq!(hits.len(), 50, "{text}");
        assert!(hits.iter().any(|hit| hit.place.town == "栄"), "{text}");
    }
    let kinds: Vec<_> = find("栄").iter().map(|hit| hit.matched).collect();
    assert!(kinds.iter().all(|kind| *kind == Match::Town), "{kinds:?}");
    let every = |text: &str| -> BTreeSet<_> {
        let hits = INDEX.search("q", text, 500).unwrap().into_iter();
        hits.map(|hit| (hit.place.postal_code, hit.place.town)).collect()
    };
    assert_eq!(every("自由ヶ丘"), every("自由が丘"));
    assert_eq!(first("自由が丘").1, "自由が丘");
}

#[test]
fn of_two_names_that_fold_alike_the_one_that_is_typed_comes_first() {
    for town in ["西枇杷島町日の出", "西枇杷島町日之出"] {
        for line in [format!("愛知県清須市{town}1-1-1"), format!("清須市{town}"), town.to_owned()] {
            let hits = find(&line);
            assert_eq!(hits[0].place.town, town, "{line}");
            assert_eq!(hits[1].place.jis_code.as_str(), "23233", "{line}");
        }
    }
}

#[test]
fn a_long_vowel_is_heard_however_it_is_written() {
    let found = |text: &str| {
        let hits = INDEX.search("q", text, 50).unwrap();
        hits.into_iter().map(|hit| (hit.place.postal_code, hit.place.town)).collect::<Vec<_>>()
    };
    let osaka = found("Osaka");
    assert!(osaka.len() >= 24);
    for text in ["Ōsaka", "Oosaka", "OSAKA", "おおさか", "ｵｵｻｶ", "Ohsaka"] {
        assert_eq!(found(text), osaka, "{text}");
    }
    assert_eq!(found("sinzyuku"), found("Shinjuku"));
    // Where one name ends with the vowel the next begins with.
    for text in ["ちばあおば", "chiba aoba", "Chiba-shi Aoba"] {
        let found = found(text);
        assert!(found.iter().any(|(_, town)| town == "青葉町"), "{text}: {found:?}");
    }
}

#[test]
fn a_city_finds_its_wards() {
    let mut cities: Vec<_> =
        INDEX.municipalities.iter().filter_map(|known| known.parent_code.clone()).collect();
    cities.sort();
    cities.dedup();
    assert_eq!(cities.len(), 20);
    for city in cities {
        let wards: Vec<_> =
            INDEX.municipalities.iter().filter(|known| known.parent_code.as_ref() == Some(&city)).collect();
        let name = INDEX.municipalities.iter().find(|known| known.jis_code == city).unwrap();
        for text in [&name.name, &name.name_kana, &format!("{}{}", name.prefecture, name.name)] {
            let hits = INDEX.search("q", text, 50).unwrap();
            for ward in &wards {
                let hit = hits.iter().find(|hit| hit.place.jis_code == ward.jis_code);
                let hit = hit.unwrap_or_else(|| panic!("{text} does not find {}", ward.name));
                assert_eq!(hit.place.parent_code.as_ref(), Some(&city));
            }
        }
    }
}

#[test]
fn a_postal_code_is_found_from_its_third_digit_on() {
    assert_eq!(find("460").len(), 20);
    assert!(find("460").iter().all(|hit| hit.place.postal_code.as_str().starts_with("460")));
    assert!(find("４６０−０００").iter().all(|hit| hit.matched == Match::PostalPrefix));
    assert_eq!(find("460-0008").len(), 1);
    assert!(find("9999999").is_empty());
    let several = find("0070030");
    assert!(several.iter().all(|hit| hit.place.postal_code.as_str() == "0070030"));
    // Listed twice in the gazetteer.
    assert_eq!(find("0741273").len(), 1);
}

#[test]
fn what_is_too_short_is_refused_by_name() {
    for text in ["", " ", "〒", "4", "46", "12345678", "s", "-", "。"] {
        let refusal = INDEX.search("q", text, 20).unwrap_err().to_string();
        assert!(refusal.starts_with("q: "), "{text}: {refusal}");
    }
    assert!(INDEX.search("q", &"栄".repeat(201), 20).is_err());
    assert!(INDEX.search("q", &"栄".repeat(200), 20).unwrap().is_empty());
    assert!(find("qwxyqw").is_empty());
    assert!(find("龘龘").is_empty());
}

#[test]
fn names_keep_their_numerals() {
    for (line, municipality, town, block) in [
        ("東京都港区三田3-5-1", "港区", "三田", "3-5-1"),
        ("三重県四日市市諏訪町1番5号", "四日市市", "諏訪町", "1-5"),
        ("東京都品川区五反田1-2", "品川区", "", ""),
        ("東京都品川区東五反田一丁目2番3号", "品川区", "東五反田", "1-2-3"),
        ("東京都千代田区一番町3-4", "千代田区", "一番町", "3-4"),
        ("青森県八戸市八日町12", "八戸市", "八日町", "12"),
        ("北海道札幌市北区北10条西3-1", "札幌市北区", "北十条西", "3-1"),
        ("北海道札幌市北区北十条西三丁目1番", "札幌市北区", "北十条西", "3-1"),
    ] {
        let hit = INDEX.parse(line);
        if town.is_empty() {
            assert!(hit.is_none_or(|hit| hit.place.town.is_empty()), "{line}");
            continue;
        }
        let hit = hit.unwrap_or_else(|| panic!("{line}"));
        let found = (hit.place.municipality.as_str(), hit.place.town.as_str(), hit.rest.block.as_deref());
        assert_eq!(found, (municipality, town, Some(block)), "{line}");
    }
}

/// Ranges and notes of the list of postal codes, which nobody says in an address.
fn is_name(town: &str) -> bool {
    !town.contains(['〜', '、', '−']) && !town.contains("場合")
}

/// How a line is written.
#[derive(Debug, Clone, Copy)]
enum Style {
    Hyphens,
    Wide,
    Words,
    Kanji,
}

fn compose(place: &Place, block: &[u32; 3], building: &str, room: u32, style: Style) -> String {
    let [chome, ban, go] = block;
    let head = format!("{}{}{}", place.prefecture, place.municipality, place.town);
    let kanji = |number: &u32| numerals::in_kanji(&number.to_string());
    match style {
        Style::Hyphens => format!("{head}{chome}-{ban}-{go} {building}{room}号室"),
        Style::Wide => {
            let tail = format!("{chome}-{ban}-{go} {building} {room}");
            let wide = tail.chars().map(|char| match char {
                '!'..='~' => char::from_u32(u32::from(char) + 0xFEE0).unwrap_or(char),
                ' ' => '\u{3000}',
                other => other,
            });
            head + &wide.collect::<String>()
        }
        Style::Words => format!("{head} {chome}丁目{ban}番{go}号 {building} #{room}"),
        Style::Kanji => {
            format!("{head} {}丁目{}番{}号{building}{room}号", kanji(chome), kanji(ban), kanji(go))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_composed_is_split_into_the_same_parts(
        at in any::<prop::sample::Index>(),
        block in [1_u32..40, 1_u32..200, 1_u32..60],
        building in prop::sample::select(vec!["栄ハイツ", "三協ビル", "コーポ五反田", "Sakae Heights", "第2メゾン"]),
        room in 101_u32..1999,
        style in prop::sample::select(vec![Style::Hyphens, Style::Wide, Style::Words, Style::Kanji]),
    ) {
        let place = at.get(&GAZETTEER[..]);
        prop_assume!(is_name(&place.town));
        // サンシャイン６０ and 1-1-1, written together, are 601-1-1 to anybody.
        prop_assume!(!place.town.ends_with(|last: char| last.is_numeric() && !last.is_alphabetic()));
        let line = compose(place, &block, building, room, style);
        // 稲荷町 and 一丁目 are 稲荷町一丁目 where there is such a town: the line itself is ambiguous.
        let line_key = super::name::fold(&line).into_key();
        let longer = |other: &Place| {
            other.jis_code == place.jis_code
                && other.town.chars().count() > place.town.chars().count()
                && line_key.contains(super::name::fold(&other.town).key())
        };
        prop_assume!(!GAZETTEER.iter().any(longer));
        let hit = INDEX.parse(&line);
        let hit = hit.ok_or_else(|| TestCaseError::fail(format!("{line}: nothing")))?;
        let found = (hit.place.jis_code.clone(), hit.place.town.clone(), hit.rest.clone());
        let rest = Rest {
            block: Some(block.map(|number| number.to_string()).join("-")),
            building: Some(building.to_owned()),
            room: Some(room.to_string()),
        };
        prop_assert_eq!(found, (place.jis_code.clone(), place.town.clone(), rest), "{}", line);
    }

    #[test]
    fn nothing_typed_is_too_much(text in "\\PC{0,40}") {
        let found = INDEX.search("q", &text, 20);
        prop_assert!(found.is_err() || found.is_ok_and(|hits| hits.len() <= 20));
        let _ = INDEX.parse(&text);
    }
}

#[test]
fn a_ward_is_read_before_a_town_of_another_ward_that_begins_like_it() {
    // 旭区 has addresses without a town; 西成区 has a town 旭. 越前市 is a city, and 越前町 has a town 市.
    for (text, municipality) in [
        ("大阪府大阪市旭区1-1-1", "27117"),
        ("大阪府大阪市西成区旭1-1-1", "27122"),
        ("福井県越前市1-1-1", "18209"),
        ("福井県越前町市1-1-1", "18423"),
    ] {
        assert_eq!(INDEX.parse(text).unwrap().place.jis_code.as_str(), municipality, "{text}");
    }
}
