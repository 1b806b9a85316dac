//! Readings: kana and romaji folded to one key of Latin letters, so that what is heard is found however it is typed:
//! hiragana, katakana, half-width kana, Hepburn (`shi`, `chi`, `tsu`, `fu`, `ji`), Kunrei (`si`, `ti`, `tu`, `hu`,
//! `zi`), with long vowels written or not (`Osaka`, `Ōsaka`, `Oosaka`, `Ohsaka`), and half-typed (`sak`).
//!
//! Long vowels and doubled consonants are folded away on both sides: more is found, never less. A table of our own
//! because a converter between scripts keeps exactly these differences, and knows no half-typed syllable.

use unicode_normalization::UnicodeNormalization as _;

use super::{
    folded::{Folded, Source},
    name::normalised,
};

/// Kana by row: consonant of the key, then the five kana.
const ROWS: &[(&str, &str)] = &[
    ("", "アイウエオ"),
    ("k", "カキクケコ"),
    ("g", "ガギグゲゴ"),
    ("s", "サシスセソ"),
    ("z", "ザジズゼゾ"),
    ("t", "タチツテト"),
    ("z", "ダヂヅデド"),
    ("n", "ナニヌネノ"),
    ("h", "ハヒフヘホ"),
    ("b", "バビブベボ"),
    ("p", "パピプペポ"),
    ("m", "マミムメモ"),
    ("r", "ラリルレロ"),
];
const VOWELS: [char; 5] = ['a', 'i', 'u', 'e', 'o'];

/// The letters of a kana; small ones stand for what they add to the one before.
fn letters(kana: char) -> Option<String> {
    for (consonant, row) in ROWS {
        if let Some(at) = row.chars().position(|known| known == kana) {
            let consonant = if matches!(kana, 'ダ' | 'デ' | 'ド') { "d" } else { consonant };
            return Some(format!("{consonant}{}", VOWELS[at]));
        }
    }
    let letters = match kana {
        'ヤ' => "ya",
        'ユ' => "yu",
        'ヨ' => "yo",
        'ワ' => "wa",
        'ヰ' => "i",
        'ヱ' => "e",
        'ヲ' => "o",
        'ン' => "n",
        'ヴ' => "bu",
        'ヵ' => "ka",
        'ヶ' => "ke",
        _ => return None,
    };
    Some(letters.to_owned())
}

/// What a small kana makes of the letters before it: シ and ャ is sya, フ and ァ is ha.
fn small(kana: char) -> Option<&'static str> {
    Some(match kana {
        'ャ' => "ya",
        'ュ' => "yu",
        'ョ' => "yo",
        'ァ' => "a",
        'ィ' => "i",
        'ゥ' => "u",
        'ェ' => "e",
        'ォ' => "o",
        _ => return None,
    })
}

/// The key of a reading or of a line that begins with one.
pub(super) fn fold(text: &str) -> Folded {
    let text = normalised(text);
    let romaji = to_letters(&text);
    let mut folded = Folded::of(text);
    let mut at = 0;
    while let Some(&(char, from)) = romaji.get(at) {
        let rest: String = romaji[at..].iter().take(4).map(|(char, _)| *char).collect();
        let (out, taken) = kunrei(&rest);
        at += taken.max(1);
        if char != ' ' {
            out.chars().for_each(|letter| push(&mut folded, letter, from));
        }
    }
    folded
}

/// Adds a letter unless it only makes the one before it longer.
fn push(folded: &mut Folded, letter: char, from: usize) {
    let longer = match folded.last() {
        Some(_) if letter.is_ascii_digit() => false,
        Some(before) => before == letter || (before == 'o' && letter == 'u'),
        None => false,
    };
    if !longer {
        let source = if letter.is_ascii_digit() { Source::Arabic } else { Source::Other };
        folded.push(letter, from, source);
    }
}

/// Latin letters with where they came from: kana written out, marks over letters dropped, separators as one space.
fn to_letters(text: &str) -> Vec<(char, usize)> {
    let mut out: Vec<(char, usize)> = Vec::with_capacity(text.len());
    for (from, char) in text.char_indices() {
        let kana = match char {
            'ぁ'..='ゖ' => char::from_u32(u32::from(char) + 0x60).unwrap_or(char),
            other => other,
        };
        if let Some(small) = small(kana) {
            if out.last().is_some_and(|(before, _)| VOWELS.contains(before)) {
                out.pop();
            }
            out.extend(small.chars().map(|letter| (letter, from)));
        } else if let Some(letters) = letters(kana) {
            out.extend(letters.chars().map(|letter| (letter, from)));
        } else if matches!(kana, 'ッ' | 'ー' | '\'' | '’') {
            // A doubled consonant or long vowel: folded away. An apostrophe only parts n from a vowel.
        } else if char.is_whitespace() || matches!(char, '-' | ',' | '、' | '.' | '‐' | '–' | '・') {
            out.push((' ', from));
        } else {
            let plain = char.nfd().find(|part| part.is_alphanumeric()).unwrap_or(char);
            out.extend(plain.to_lowercase().map(|letter| (letter, from)));
        }
    }
    out
}

/// The first sound of some letters in the spelling of the keys, and how many letters it takes.
fn kunrei(letters: &str) -> (String, usize) {
    let vowel_at = |at: usize| letters.chars().nth(at).is_some_and(|char| "aiueoy".contains(char));
    let starts = |known: &str| letters.starts_with(known);
    let (out, taken) = if starts("shi") {
        ("si", 3)
    } else if starts("sh") {
        (if vowel_at(2) { "sy" } else { "s" }, 2)
    } else if letters == "c" {
        ("t", 1)
    } else if starts("tch") || starts("cch") {
        ("", 1)
    } else if starts("chi") {
        ("ti", 3)
    } else if starts("ch") || starts("cy") {
        (if vowel_at(2) { "ty" } else { "t" }, 2)
    } else if starts("tsu") {
        ("tu", 3)
    } else if starts("ts") {
        ("t", 2)
    } else if starts("ji") || starts("di") {
        ("zi", 2)
    } else if starts("jy") || starts("dy") {
        ("zy", 2)
    } else if starts("j") {
        (if vowel_at(1) { "zy" } else { "z" }, 1)
    } else if starts("du") {
        ("zu", 2)
    } else if starts("f") {
        ("h", 1)
    } else if starts("v") {
        ("b", 1)
    } else if starts("mb") || starts("mp") || starts("mm") {
        ("n", 1)
    } else if starts("oh") && !vowel_at(2) {
        ("o", 2)
    } else {
        (letters.get(..letters.chars().next().map_or(0, char::len_utf8)).unwrap_or_default(), 1)
    };
    (out.to_owned(), taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_is_typed_it_has_one_key() {
        for writings in [
            &["オオサカ", "おおさか", "ｵｵｻｶ", "Osaka", "Ōsaka", "Oosaka", "Ohsaka", "Ôsaka", "OSAKA"][..],
            &["シンジュク", "Shinjuku", "sinzyuku", "しんじゅく", "SHINJUKU"],
            &["キュウシュウ", "Kyushu", "Kyūshū", "kyusyu"],
            &["サッポロ", "Sapporo", "さっぽろ"],
            &["シンバシ", "Shimbashi", "Shinbashi", "sinbasi"],
            &["フクツ", "Fukutsu", "hukutu"],
            &["チヂミ", "chijimi", "tizimi", "chidimi"],
            &["マッチャ", "matcha", "mattya", "maccha"],
            &["トウゴウチョウ", "Togo-cho", "Tōgōchō", "tougoutyou"],
            &["ジュンイチ", "jun'ichi", "zyun'iti"],
            &["グンマ", "gunma", "gumma"],
        ] {
            let keys: Vec<_> = writings.iter().map(|text| fold(text).into_key()).collect();
            assert!(keys.iter().all(|key| *key == keys[0]), "{writings:?} {keys:?}");
        }
    }

    #[test]
    fn every_kana_has_its_own_letters_but_for_those_that_sound_alike() {
        for (kana, key) in [
            ("ザジズゼゾ", "zazizuzezo"),
            ("ダヂヅデド", "dazizudedo"),
            ("ワヲン", "waon"),
            ("ファフィ", "hahi"),
            ("ヴァ", "ba"),
            ("キャキュキョ", "kyakyukyo"),
        ] {
            assert_eq!(fold(kana).key(), key, "{kana}");
        }
    }

    #[test]
    fn half_typed_is_the_beginning_of_it() {
        let whole = fold("サカエ");
        for typed in ["s", "sa", "sak", "saka", "さか"] {
            assert!(whole.key().starts_with(fold(typed).key()), "{typed}");
        }
        for (typed, kana) in
            [("sh", "シロ"), ("ch", "チバ"), ("ts", "ツバ"), ("j", "ジロ"), ("toky", "トウキョウ")]
        {
            assert!(fold(kana).key().starts_with(fold(typed).key()), "{typed} {}", fold(kana).key());
        }
    }
}
