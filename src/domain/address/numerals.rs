//! Numbers in addresses: Arabic digits and kanji numerals, both to one writing.

/// Digits written out as a number; longer ones are written digit by digit.
const WRITTEN_OUT_MAX: usize = 4;

/// The value of a kanji digit.
fn digit(char: char) -> Option<u32> {
    "〇一二三四五六七八九".chars().position(|known| known == char).and_then(|at| u32::try_from(at).ok()).or(
        match char {
            '零' => Some(0),
            '壱' | '壹' => Some(1),
            '弐' => Some(2),
            '参' => Some(3),
            _ => None,
        },
    )
}

/// The value of a kanji ten, hundred or thousand.
fn unit(char: char) -> Option<u32> {
    match char {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1_000),
        _ => None,
    }
}

/// Whether a character is part of a number written in kanji.
pub(super) fn is_kanji_numeral(char: char) -> bool {
    digit(char).is_some() || unit(char).is_some()
}

/// The number at the start of `text`, in Arabic or kanji numerals (十五, 一五, 二〇五), without leading zeros, and
/// what follows it. A mixed one (3十) ends where the writing changes.
pub(super) fn leading(text: &str) -> Option<(String, &str)> {
    let arabic = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    if arabic > 0 {
        let (number, rest) = text.split_at(arabic);
        let number = number.trim_start_matches('0');
        return Some((if number.is_empty() { "0" } else { number }.to_owned(), rest));
    }
    let end = text.find(|char: char| !is_kanji_numeral(char)).unwrap_or(text.len());
    let (kanji, rest) = text.split_at(end);
    value(kanji).map(|number| (number, rest))
}

/// The value of a whole kanji number; nothing of an empty or senseless one.
fn value(kanji: &str) -> Option<String> {
    if kanji.is_empty() {
        return None;
    }
    if !kanji.chars().any(|char| unit(char).is_some()) {
        let digits: String =
            kanji.chars().filter_map(digit).filter_map(|value| char::from_digit(value, 10)).collect();
        let plain = digits.trim_start_matches('0');
        return Some(if plain.is_empty() { "0" } else { plain }.to_owned());
    }
    let (mut sum, mut pending, mut least) = (0, None, u32::MAX);
    for char in kanji.chars() {
        match (digit(char), unit(char)) {
            (Some(value), _) if pending.is_none() => pending = Some(value),
            (None, Some(unit)) if unit < least => {
                sum += pending.take().unwrap_or(1) * unit;
                least = unit;
            }
            _ => return None,
        }
    }
    Some((sum + pending.unwrap_or(0)).to_string())
}

/// Arabic digits in kanji, as place names have them: 10 is 十, 115 is 百十五. Long ones, and those that begin with a
/// zero, digit by digit.
pub(super) fn in_kanji(digits: &str) -> String {
    let letters = "〇一二三四五六七八九";
    let letter = |digit: u32| letters.chars().nth(digit as usize).unwrap_or('〇');
    let values: Vec<u32> = digits.chars().filter_map(|char| char.to_digit(10)).collect();
    if values.len() > WRITTEN_OUT_MAX || values.first() == Some(&0) {
        return values.into_iter().map(letter).collect();
    }
    let mut text = String::new();
    for (at, value) in values.iter().enumerate() {
        let unit = ["", "十", "百", "千"][values.len() - 1 - at];
        match value {
            0 => {}
            1 if !unit.is_empty() => text.push_str(unit),
            value => {
                text.push(letter(*value));
                text.push_str(unit);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_writings() {
        for (text, number, rest) in [
            ("15番", "15", "番"),
            ("十五番", "15", "番"),
            ("一五番", "15", "番"),
            ("二〇五号室", "205", "号室"),
            ("二百五号室", "205", "号室"),
            ("千二百三十四", "1234", ""),
            ("007", "7", ""),
            ("三丁目", "3", "丁目"),
            ("3十", "3", "十"),
        ] {
            assert_eq!(leading(text), Some((number.to_owned(), rest)), "{text}");
        }
        for none in ["", "栄", "三百千", "十十", "三四十"] {
            assert_eq!(leading(none), None, "{none}");
        }
    }

    #[test]
    fn arabic_numbers_are_written_as_names_have_them() {
        for (digits, kanji) in [
            ("1", "一"),
            ("10", "十"),
            ("27", "二十七"),
            ("115", "百十五"),
            ("05", "〇五"),
            ("12345", "一二三四五"),
        ] {
            assert_eq!(in_kanji(digits), kanji);
        }
    }

    #[test]
    fn both_writings_have_the_same_value() {
        for number in 1..10_000_u32 {
            let (value, rest) =
                leading(&in_kanji(&number.to_string())).map(|(v, r)| (v, r.to_owned())).unwrap();
            assert_eq!((value, rest.as_str()), (number.to_string(), ""));
        }
    }
}
