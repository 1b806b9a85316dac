//! How long a look-up of a place takes, over all places of Japan, and how much memory the index keeps.
//!
//! `cargo bench --bench places`

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

use std::time::Instant as Stopwatch;

use kaketsuke::domain::{
    address::{MunicipalityName, PlaceIndex},
    place::Place,
    reference::{Gazetteer, Town},
};

const ROUNDS: usize = 200;

/// What dispatchers type, from the third key on.
const TYPED: &[&str] = &[
    "460",
    "460-0008",
    "中区栄",
    "名古屋市中区栄3-15-33 栄ハイツ205号室",
    "愛知県名古屋市中区栄三丁目15番33号 栄ハイツ205号室",
    "栄",
    "本町",
    "東京",
    "大阪市",
    "なかくさかえ",
    "ﾅｶｸｻｶｴ",
    "とう",
    "sa",
    "sak",
    "nagoya naka-ku sakae",
    "Osaka",
    "to",
    "shinjuku",
];

fn index() -> PlaceIndex {
    let gazetteer = Gazetteer::embedded().unwrap();
    let names = gazetteer.municipalities.iter().map(|known| MunicipalityName {
        jis_code: known.jis_code.clone(),
        parent_code: known.parent.clone(),
        prefecture: known.prefecture.clone(),
        prefecture_kana: known.prefecture_kana.clone(),
        name: known.name.clone(),
        name_kana: known.name_kana.clone(),
    });
    let place = |town: &Town| {
        let municipality = gazetteer.municipality(&town.jis_code).unwrap();
        Place {
            postal_code: town.postal_code.clone(),
            jis_code: town.jis_code.clone(),
            parent_code: municipality.parent.clone(),
            prefecture: municipality.prefecture.clone(),
            municipality: municipality.name.clone(),
            town: town.name.clone(),
            town_kana: town.name_kana.clone(),
            point: town.point,
            precision: town.precision,
        }
    };
    let towns: Vec<_> = gazetteer.towns.iter().map(place).collect();
    let began = Stopwatch::now();
    let index = PlaceIndex::new(names.collect(), towns);
    println!("built from {} rows in {:?}, keeps {} kB", index.len(), began.elapsed(), index.bytes() / 1_000);
    index
}

fn main() {
    let index = index();
    let mut all = Vec::new();
    for text in TYPED {
        let mut times: Vec<_> = (0..ROUNDS)
            .map(|_| {
                let began = Stopwatch::now();
                let hits = index.search("q", text, 20).unwrap();
                assert!(!hits.is_empty(), "{text}");
                began.elapsed()
            })
            .collect();
        times.sort();
        println!("{:>9.1?} {:>9.1?}  {text}", times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
        all.extend(times);
    }
    all.sort();
    println!("p50 {:.1?}, p99 {:.1?}", all[all.len() / 2], all[all.len() * 99 / 100]);
}
