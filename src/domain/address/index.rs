//! The places of the gazetteer in force, in memory, by what people type.
//!
//! In memory and not in indexed columns, because one look-up asks a dozen prefixes of three writings, which would be
//! a dozen statements and two wide indexes on either engine, and because one code then answers alike on both. Built
//! once for each version of the gazetteer: 124,000 rows take about 20 MB (names and keys in one text each, and 12
//! bytes a key), and a look-up touches a few dozen of them.

use std::collections::{BTreeMap, HashSet};

use super::{folded::Folded, name, reading};
use crate::domain::place::{JisCode, Place, Point, PostalCode, Precision};

/// A municipality as its names go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MunicipalityName {
    /// Its code.
    pub jis_code: JisCode,
    /// A ward's parent city.
    pub parent_code: Option<JisCode>,
    /// 都道府県.
    pub prefecture: String,
    /// The same in kana.
    pub prefecture_kana: String,
    /// Name, with the district or city before it.
    pub name: String,
    /// The same in kana.
    pub name_kana: String,
}

/// A row of the gazetteer; its texts are parts of the index's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) postal_code: u32,
    pub(super) municipality: u16,
    town: (u32, u16),
    kana: (u32, u16),
    point: Point,
    precision: Precision,
}

/// A key of a town, a part of the text of keys.
#[derive(Debug, Clone, Copy)]
struct TownKey {
    start: u32,
    len: u16,
    row: u32,
}

/// The keys of one kind of writing.
#[derive(Debug, Default)]
pub(super) struct Keys {
    text: String,
    /// By key.
    towns: Vec<TownKey>,
    /// The municipalities that a name may mean.
    pub(super) municipalities: BTreeMap<Box<str>, Vec<u16>>,
    /// The prefectures a name means, as the first two digits of their codes.
    pub(super) prefectures: BTreeMap<Box<str>, [u8; 2]>,
}

/// The places of one version of the gazetteer.
#[derive(Debug)]
pub struct PlaceIndex {
    text: String,
    pub(super) rows: Vec<Row>,
    by_postal_code: Vec<u32>,
    pub(super) municipalities: Vec<MunicipalityName>,
    /// The rows of each municipality, those without a town first.
    pub(super) rows_of: Vec<Vec<u32>>,
    pub(super) names: Keys,
    pub(super) readings: Keys,
}

impl PlaceIndex {
    /// The index of these municipalities and of the towns in them. A row that is listed twice counts once; one of an
    /// unknown municipality does not count.
    #[must_use]
    pub fn new(municipalities: Vec<MunicipalityName>, towns: impl IntoIterator<Item = Place>) -> Self {
        let mut municipalities = municipalities;
        municipalities.sort_by(|one, other| one.jis_code.cmp(&other.jis_code));
        municipalities.truncate(usize::from(u16::MAX));
        let mut index = Self {
            text: String::new(),
            rows: Vec::new(),
            by_postal_code: Vec::new(),
            rows_of: vec![Vec::new(); municipalities.len()],
            names: Keys::default(),
            readings: Keys::default(),
            municipalities,
        };
        let mut seen = HashSet::new();
        for town in towns {
            let key = (town.postal_code.clone(), town.jis_code.clone(), town.town.clone());
            if seen.insert(key) {
                index.add(&town);
            }
        }
        index.finish();
        index
    }

    fn add(&mut self, place: &Place) {
        let at = self.municipalities.binary_search_by(|known| known.jis_code.cmp(&place.jis_code));
        let municipality = at.ok().and_then(|at| u16::try_from(at).ok());
        let row = u32::try_from(self.rows.len()).ok();
        let postal_code = place.postal_code.as_str().parse().ok();
        let (Some(municipality), Some(row), Some(postal_code)) = (municipality, row, postal_code) else {
            return;
        };
        let mut keep = |text: &str| {
            let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
            self.text.push_str(text);
            (start, u16::try_from(text.len()).unwrap_or(u16::MAX))
        };
        let (town, kana) = (keep(&place.town), keep(&place.town_kana));
        let (point, precision) = (place.point, place.precision);
        self.rows.push(Row { postal_code, municipality, town, kana, point, precision });
        if !place.town.is_empty() {
            self.names.add(name::fold(&place.town), row);
            self.readings.add(reading::fold(&place.town_kana), row);
        }
        self.rows_of[usize::from(municipality)].push(row);
    }

    fn finish(&mut self) {
        self.names.sort();
        self.readings.sort();
        let (text, rows) = (&self.text, &self.rows);
        for of in &mut self.rows_of {
            of.sort_by_key(|row| (!part(text, rows[*row as usize].town).is_empty(), *row));
        }
        self.by_postal_code = (0..).take(rows.len()).collect();
        self.by_postal_code.sort_by_key(|row| (rows[*row as usize].postal_code, *row));
        for (at, municipality) in (0..).zip(&self.municipalities) {
            let MunicipalityName { prefecture, prefecture_kana, name, name_kana, jis_code, .. } =
                municipality;
            let digits = jis_code.as_str().as_bytes();
            for form in forms_of_prefecture(prefecture) {
                self.names.prefectures.insert(name::fold(form).into_key().into(), [digits[0], digits[1]]);
            }
            for form in forms_of_prefecture_kana(prefecture_kana) {
                self.readings
                    .prefectures
                    .insert(reading::fold(form).into_key().into(), [digits[0], digits[1]]);
            }
            forms(name).iter().for_each(|form| self.names.name(at, name::fold(form).into_key()));
            let forms = forms_of_kana(name, name_kana);
            forms.iter().for_each(|form| self.readings.name(at, reading::fold(form).into_key()));
        }
    }

    /// The rows of a postal code, or of all that begin with these digits.
    pub(super) fn of_postal_code(&self, digits: &str) -> &[u32] {
        let missing = 7_u32.saturating_sub(u32::try_from(digits.len()).unwrap_or(7));
        let Ok(first) = digits.parse::<u32>() else { return &[] };
        let (first, end) = (first * 10_u32.pow(missing), (first + 1) * 10_u32.pow(missing));
        let code = |row: &u32| self.rows[*row as usize].postal_code;
        let from = self.by_postal_code.partition_point(|row| code(row) < first);
        let to = self.by_postal_code.partition_point(|row| code(row) < end);
        &self.by_postal_code[from..to]
    }

    /// The first two digits of a municipality's code.
    pub(super) fn prefecture_of(&self, municipality: u16) -> [u8; 2] {
        let digits = self.municipalities[usize::from(municipality)].jis_code.as_str().as_bytes();
        [digits[0], digits[1]]
    }

    /// The town of a row, as it is written.
    pub(super) fn town(&self, row: u32) -> &str {
        self.rows.get(row as usize).map_or("", |row| part(&self.text, row.town))
    }

    /// A row with its texts.
    pub(super) fn place(&self, row: u32) -> Option<Place> {
        let row = self.rows.get(row as usize)?;
        let municipality = &self.municipalities[usize::from(row.municipality)];
        Some(Place {
            postal_code: format!("{:07}", row.postal_code).parse::<PostalCode>().ok()?,
            jis_code: municipality.jis_code.clone(),
            parent_code: municipality.parent_code.clone(),
            prefecture: municipality.prefecture.clone(),
            municipality: municipality.name.clone(),
            town: part(&self.text, row.town).to_owned(),
            town_kana: part(&self.text, row.kana).to_owned(),
            point: row.point,
            precision: row.precision,
        })
    }

    /// Rows of towns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Bytes kept for rows and keys; the names of the municipalities, some 300 kB, are not counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let keys = |keys: &Keys| keys.text.capacity() + keys.towns.capacity() * size_of::<TownKey>();
        self.text.capacity()
            + self.rows.capacity() * size_of::<Row>()
            + (self.by_postal_code.capacity() + self.rows.len()) * size_of::<u32>()
            + keys(&self.names)
            + keys(&self.readings)
    }

    /// Whether there is no place at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

fn part(text: &str, (start, len): (u32, u16)) -> &str {
    let start = start as usize;
    text.get(start..start + usize::from(len)).unwrap_or_default()
}

impl Keys {
    fn add(&mut self, key: Folded, row: u32) {
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let len = u16::try_from(key.key().len()).unwrap_or(u16::MAX);
        if len > 0 {
            self.text.push_str(key.key());
            self.towns.push(TownKey { start, len, row });
        }
    }

    fn name(&mut self, municipality: u16, form: String) {
        let meant = self.municipalities.entry(form.into()).or_default();
        if !meant.contains(&municipality) {
            meant.push(municipality);
        }
    }

    fn sort(&mut self) {
        let text = &self.text;
        let key = |town: &TownKey| part(text, (town.start, town.len));
        self.towns.sort_by(|one, other| key(one).cmp(key(other)).then(one.row.cmp(&other.row)));
    }

    /// The towns whose key begins with `prefix`, by key: each with its key.
    pub(super) fn beginning_with<'k>(&'k self, prefix: &'k str) -> impl Iterator<Item = (&'k str, u32)> {
        let key = |town: &TownKey| part(&self.text, (town.start, town.len));
        let from = self.towns.partition_point(|town| key(town) < prefix);
        let towns = self.towns[from..].iter().map(move |town| (key(town), town.row));
        towns.take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// The towns of exactly this key.
    pub(super) fn named<'k>(&'k self, key: &'k str) -> impl Iterator<Item = u32> {
        self.beginning_with(key).take_while(move |(found, _)| found.len() == key.len()).map(|(_, row)| row)
    }

    /// The municipalities one of whose names begins with `prefix` and goes on.
    pub(super) fn municipalities_beginning_with<'k>(&'k self, prefix: &'k str) -> impl Iterator<Item = u16> {
        let range = self
            .municipalities
            .range::<str, _>((std::ops::Bound::Excluded(prefix), std::ops::Bound::Unbounded));
        range
            .take_while(move |(form, _)| form.starts_with(prefix))
            .flat_map(|(_, meant)| meant.iter().copied())
    }
}

/// 愛知県, 愛知. 北海道 has no shorter name.
fn forms_of_prefecture(name: &str) -> Vec<&str> {
    let short = name.strip_suffix(['県', '府', '都']).filter(|short| !short.is_empty());
    [Some(name), short].into_iter().flatten().collect()
}

fn forms_of_prefecture_kana(kana: &str) -> Vec<&str> {
    let short =
        kana.strip_suffix("ケン").or_else(|| kana.strip_suffix("フ")).or_else(|| kana.strip_suffix("ト"));
    [Some(kana), short].into_iter().flatten().collect()
}

/// What a municipality is called: 名古屋市中区, 名古屋中区, 中区; 愛知郡東郷町, 東郷町; each without 市, 町, 村, 区 too,
/// where two characters are left. A ward is also found by its city alone.
fn forms(name: &str) -> Vec<String> {
    let mut forms = vec![name.to_owned()];
    if let Some((city, ward)) =
        name.split_once('市').filter(|(city, ward)| !city.is_empty() && ward.ends_with('区'))
    {
        forms.extend([format!("{city}{ward}"), ward.to_owned(), format!("{city}市"), city.to_owned()]);
    } else if let Some((_, town)) = district(name) {
        forms.push(town.to_owned());
    }
    let last = forms.iter().map(|form| form.trim_end_matches(['市', '町', '村', '区']).to_owned());
    let short: Vec<_> = last.filter(|form| form.chars().count() > 1).collect();
    forms.extend(short);
    forms
}

/// The district and the town of 愛知郡東郷町. 郡山市 and 蒲郡市 are in none.
fn district(name: &str) -> Option<(&str, &str)> {
    let (district, town) = name.split_once('郡')?;
    (!district.is_empty() && town.chars().count() > 1 && town.ends_with(['町', '村']))
        .then_some((district, town))
}

/// The same in kana: where the city or the district ends is told by its last sound, wherever that can be.
fn forms_of_kana(name: &str, kana: &str) -> Vec<String> {
    let mut forms = vec![kana.to_owned()];
    let ward = name.contains('市') && name.ends_with('区');
    let (sound, suffixes): (&str, &[&str]) = if ward {
        ("シ", &["ク"])
    } else if district(name).is_some() {
        ("グン", &["チョウ", "マチ", "ソン", "ムラ"])
    } else {
        ("", &["シ", "ク", "チョウ", "マチ", "ソン", "ムラ"])
    };
    if !sound.is_empty() {
        for (at, _) in kana.match_indices(sound).filter(|(at, _)| *at > 0) {
            let (before, after) = (&kana[..at], &kana[at + sound.len()..]);
            if after.chars().count() < 2 {
                continue;
            }
            forms.push(after.to_owned());
            if ward {
                forms.extend([format!("{before}{after}"), format!("{before}{sound}"), before.to_owned()]);
            }
        }
    }
    let short: Vec<_> = forms
        .iter()
        .filter_map(|form| suffixes.iter().find_map(|suffix| form.strip_suffix(suffix)))
        .filter(|form| form.chars().count() > 1)
        .map(str::to_owned)
        .collect();
    forms.extend(short);
    forms
}
