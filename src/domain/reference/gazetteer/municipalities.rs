//! Gathers the municipalities from the rows, and the parent cities from their wards.

use std::collections::BTreeMap;

use super::super::error::ReferenceError;
use super::row::Row;
use super::{Municipality, refuse};
use crate::domain::place::{JisCode, Point, Precision};

/// The prefectures in the order of their two-digit code.
const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// A municipality as far as the rows told.
struct Gathered {
    municipality: Municipality,
    first_line: usize,
    office: Option<Point>,
    towns: Mean,
}

/// Mean of points, in whole microdegrees.
#[derive(Default)]
struct Mean {
    lat_e6: i64,
    lon_e6: i64,
    count: i64,
}

impl Mean {
    fn add(&mut self, point: Point) {
        self.lat_e6 += point.lat_e6();
        self.lon_e6 += point.lon_e6();
        self.count += 1;
    }

    fn point(&self) -> Option<Point> {
        Point::from_e6(self.lat_e6.checked_div(self.count)?, self.lon_e6.checked_div(self.count)?).ok()
    }
}

#[derive(Default)]
pub(super) struct Collector {
    by_code: BTreeMap<JisCode, Gathered>,
}

impl Collector {
    /// Takes in what a row says about its municipality; it must agree with the rows before.
    pub(super) fn add(&mut self, row: &Row<'_>, line: usize) -> Result<(), ReferenceError> {
        if !self.by_code.contains_key(&row.jis_code) {
            self.by_code.insert(row.jis_code.clone(), begin(row, line)?);
        }
        let Some(known) = self.by_code.get_mut(&row.jis_code) else { return Ok(()) };
        let Municipality { prefecture, prefecture_kana, name, name_kana, .. } = &known.municipality;
        let given = [row.prefecture, row.prefecture_kana, row.municipality, row.municipality_kana];
        if given != [prefecture.as_str(), prefecture_kana, name, name_kana] {
            let message = format!(
                "{} is {} here and {prefecture}{name} at line {}; expected one name",
                row.jis_code.as_str(),
                given.join(" "),
                known.first_line
            );
            return Err(refuse(line, Some("municipality"), message));
        }
        match (row.precision, known.office) {
            (Precision::Municipality, None) => known.office = Some(row.point),
            (Precision::Municipality, Some(office)) if office != row.point => {
                let message =
                    format!("{} has its office elsewhere before; expected one office", row.jis_code.as_str());
                return Err(refuse(line, Some("latitude"), message));
            }
            (Precision::Municipality, Some(_)) => {}
            (Precision::Town | Precision::Pin, _) => known.towns.add(row.point),
        }
        Ok(())
    }

    /// The municipalities by code, with the parent cities.
    pub(super) fn finish(self) -> Result<Vec<Municipality>, ReferenceError> {
        let lines: BTreeMap<JisCode, usize> =
            self.by_code.iter().map(|(code, gathered)| (code.clone(), gathered.first_line)).collect();
        let mut all: BTreeMap<JisCode, Municipality> =
            self.by_code.into_iter().map(|(code, gathered)| (code, gathered.settle())).collect();
        for wards in wards_by_city(&all) {
            let line = wards.first().and_then(|ward| lines.get(&ward.jis_code)).copied().unwrap_or(0);
            let parent =
                parent_city(&wards).map_err(|message| refuse(line, Some("municipality"), message))?;
            if let Some(taken) = all.get(&parent.jis_code) {
                let message =
                    format!("{} would be both {} and {}", taken.jis_code.as_str(), taken.name, parent.name);
                return Err(refuse(line, Some("jis_code"), message));
            }
            for ward in wards {
                let with_parent = Municipality { parent: Some(parent.jis_code.clone()), ..ward };
                all.insert(with_parent.jis_code.clone(), with_parent);
            }
            all.insert(parent.jis_code.clone(), parent);
        }
        Ok(all.into_values().collect())
    }
}

impl Gathered {
    /// The office as printed; else the mean of the towns.
    fn settle(self) -> Municipality {
        let office = self.office.or_else(|| self.towns.point()).unwrap_or(self.municipality.office);
        Municipality { office, ..self.municipality }
    }
}

fn begin(row: &Row<'_>, line: usize) -> Result<Gathered, ReferenceError> {
    let digits = row.jis_code.as_str();
    let number = digits[..2].parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let expected = number.and_then(|number| PREFECTURES.get(number)).copied();
    if expected != Some(row.prefecture) {
        let message = match expected {
            Some(expected) => format!("'{}', but {digits} is in {expected}", row.prefecture),
            None => format!("{digits} begins with no prefecture; expected 01 to 47"),
        };
        return Err(refuse(line, Some("prefecture"), message));
    }
    if is_ward_name(row.municipality) != is_ward_code(digits) {
        let message = format!(
            "'{}' with {digits}; expected a name as in 札幌市北区 for the codes 101 to 199 outside Tokyo, only there",
            row.municipality
        );
        return Err(refuse(line, Some("municipality"), message));
    }
    let municipality = Municipality {
        jis_code: row.jis_code.clone(),
        prefecture: row.prefecture.to_owned(),
        prefecture_kana: row.prefecture_kana.to_owned(),
        name: row.municipality.to_owned(),
        name_kana: row.municipality_kana.to_owned(),
        parent: None,
        office: row.point,
    };
    Ok(Gathered { municipality, first_line: line, office: None, towns: Mean::default() })
}

/// A ward of a designated city: 札幌市北区. The special wards of Tokyo are municipalities of their own.
fn is_ward_name(name: &str) -> bool {
    city_of_ward(name).is_some()
}

fn city_of_ward(name: &str) -> Option<&str> {
    let end = name.find('市')? + '市'.len_utf8();
    (name.ends_with('区') && name.len() > end).then(|| &name[..end])
}

/// JIS X 0402 numbers the wards of designated cities 101 to 199; 101 to 199 of Tokyo are the special wards.
fn is_ward_code(digits: &str) -> bool {
    !digits.starts_with("13") && ("101"..="199").contains(&&digits[2..])
}

/// The wards of each designated city, by code.
fn wards_by_city(all: &BTreeMap<JisCode, Municipality>) -> Vec<Vec<Municipality>> {
    let mut cities: BTreeMap<(&str, &str), Vec<Municipality>> = BTreeMap::new();
    for municipality in all.values() {
        if let Some(city) = city_of_ward(&municipality.name) {
            cities.entry((&municipality.prefecture, city)).or_default().push(municipality.clone());
        }
    }
    cities.into_values().collect()
}

/// The city of `wards`, which are by code. Its code is the lowest ward's rounded down to a ten: 14130 for 14131.
fn parent_city(wards: &[Municipality]) -> Result<Municipality, String> {
    let first = wards.first().ok_or("a city has no ward")?;
    let name = city_of_ward(&first.name).ok_or_else(|| format!("'{}' names no ward", first.name))?;
    let code = format!("{}0", &first.jis_code.as_str()[..4]);
    let mut offices = Mean::default();
    wards.iter().for_each(|ward| offices.add(ward.office));
    Ok(Municipality {
        jis_code: code.parse().map_err(|error| format!("{error}"))?,
        prefecture: first.prefecture.clone(),
        prefecture_kana: first.prefecture_kana.clone(),
        name: name.to_owned(),
        name_kana: city_kana(wards).ok_or_else(|| {
            format!("the readings of the wards of {name} do not begin alike; expected one ending in シ")
        })?,
        parent: None,
        office: offices.point().unwrap_or(first.office),
    })
}

/// What the readings of all wards begin with, up to the last シ (市): サッポロシ of サッポロシキタク.
fn city_kana(wards: &[Municipality]) -> Option<String> {
    let first = &wards.first()?.name_kana;
    let shared = first.char_indices().map(|(at, kana)| at + kana.len_utf8());
    let shared = shared.take_while(|end| wards.iter().all(|ward| ward.name_kana.starts_with(&first[..*end])));
    let shared = &first[..shared.last()?];
    let end = shared.rfind('シ')? + 'シ'.len_utf8();
    Some(shared[..end].to_owned())
}
