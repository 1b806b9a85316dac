//! What follows the town in an address line: block, building, room. A room number is never part of the block or the
//! town: 205号室 is a room, not a 五丁目.

use super::{name::normalised, numerals};

/// Numbers of a block at most: 丁目, 番, 号, 枝番.
const BLOCK_NUMBERS_MAX: usize = 4;
/// Digits of a fourth number that is a room, not a 枝番.
const ROOM_DIGITS_MIN: usize = 3;

/// What follows the town.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rest {
    /// 丁目, 番地, 号 as `3-15-33`.
    pub block: Option<String>,
    /// Building.
    pub building: Option<String>,
    /// Room, without 号室.
    pub room: Option<String>,
}

impl Rest {
    /// Splits what follows the town.
    #[must_use]
    pub fn split(text: &str) -> Self {
        let text = normalised(text);
        let (numbers, after) = block(trim(&text));
        let (mut numbers, mut building) = (numbers, trim(after));
        let mut room = None;
        if numbers.len() == BLOCK_NUMBERS_MAX
            && building.is_empty()
            && numbers.last().is_some_and(|last| last.len() >= ROOM_DIGITS_MIN)
        {
            room = numbers.pop();
        } else if let Some((name, number)) = room_at_end(building) {
            building = trim(name);
            room = Some(number);
        }
        let given = |text: String| (!text.is_empty()).then_some(text);
        Self { block: given(numbers.join("-")), building: given(building.to_owned()), room }
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|char: char| char.is_whitespace() || matches!(char, ',' | '、' | '/'))
}

/// Whether a character joins two numbers: hyphens of every kind, the long vowel that is typed for one.
fn is_hyphen(char: char) -> bool {
    matches!(char, '-' | '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ')
}

/// The numbers of the block and what follows them.
fn block(text: &str) -> (Vec<String>, &str) {
    let mut numbers = Vec::new();
    let mut rest = text;
    while numbers.len() < BLOCK_NUMBERS_MAX {
        let Some((number, after)) = numerals::leading(rest) else { break };
        let digits = rest.starts_with(|char: char| char.is_ascii_digit());
        let number_read = Read {
            written: if digits { Written::Digits } else { Written::Kanji },
            place: if numbers.is_empty() { Place::First } else { Place::Later },
        };
        let Some(next) = joined(after, number_read) else { break };
        numbers.push(number);
        rest = next.text;
        if next.last {
            break;
        }
    }
    (numbers, rest)
}

/// How a number is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Kanji,
    Digits,
}

/// Which number of the block it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Later,
}

/// A number of a block, as read.
#[derive(Clone, Copy)]
struct Read {
    written: Written,
    place: Place,
}

/// Where the block goes on after one of its numbers.
struct Next<'t> {
    text: &'t str,
    /// Whether another number may not follow.
    last: bool,
}

/// What follows a number of a block; nothing when the number is none of a block, but of a room, floor or building.
fn joined(after: &str, read: Read) -> Option<Next<'_>> {
    let next = |text, last| Some(Next { text, last });
    if ["号室", "室", "階", "F", "f"].iter().any(|word| after.starts_with(word)) {
        return None;
    }
    for word in ["丁目", "番地の", "番地ノ", "番地", "番の", "番", "丁", "の", "ノ", "之"] {
        if let Some(text) = after.strip_prefix(word) {
            let text = text.trim_start().trim_start_matches(is_hyphen);
            // 番町, 番館: the name of a building or a street.
            let name = word == "番" && (text.starts_with('町') || text.starts_with('館'));
            let joins = matches!(word, "の" | "ノ" | "之");
            let number = numerals::leading(text).is_some();
            return if name || (joins && !number) { None } else { next(text, false) };
        }
    }
    if let Some(text) = after.strip_prefix('号') {
        // A single 205号 is a room; 15番33号 ends a block.
        let more = text.trim_start().trim_start_matches(is_hyphen);
        let branch = more.len() < text.len() || text.starts_with('の');
        let more = more.strip_prefix('の').unwrap_or(more);
        return match (text.strip_prefix("館"), read.place) {
            (Some(_), _) | (_, Place::First) => None,
            _ if branch && numerals::leading(more).is_some() && !text.starts_with(char::is_whitespace) => {
                next(more, false)
            }
            _ => next(text, true),
        };
    }
    let after_hyphen = after.trim_start_matches(is_hyphen);
    if after_hyphen.len() < after.len() && numerals::leading(after_hyphen).is_some() {
        return next(after_hyphen, false);
    }
    // A numeral that goes on as a word is the name of a building: 三協ビル.
    let ends =
        after.is_empty() || after.starts_with(|char: char| char.is_whitespace() || ",、/(#".contains(char));
    if read.written == Written::Kanji && !ends { None } else { next(after, true) }
}

/// A room at the end of a building's name: the name and the number. After nothing but white space too.
fn room_at_end(text: &str) -> Option<(&str, String)> {
    let (body, named) = ["号室", "号", "室"]
        .iter()
        .find_map(|word| text.strip_suffix(word))
        .map_or((text, false), |body| (body, true));
    let body = body.trim_end();
    if let Some(kanji) = kanji_number_at_end(body).filter(|_| named) {
        return Some(kanji);
    }
    let run = body
        .rfind(|char: char| !(char.is_ascii_alphanumeric() || char == '-'))
        .map_or(0, |at| at + body[at..].chars().next().map_or(0, char::len_utf8));
    let digits = body.len() - body.bytes().rev().take_while(u8::is_ascii_digit).count();
    let letter_behind = body.ends_with(|char: char| char.is_ascii_uppercase());
    let (start, token) = match &body[run..] {
        // 205A: a letter behind the digits.
        token if letter_behind && token.len() > 1 && token.as_bytes()[0].is_ascii_digit() => (run, token),
        // R205, A-205, 205: a letter or nothing before them.
        token if digits < body.len() && is_room(token) => (run, token),
        // Heights205: the digits only.
        _ if digits < body.len() => (digits, &body[digits..]),
        _ => return None,
    };
    let name = body[..start].trim_end();
    let apart = start == 0 || name.len() < start || name.ends_with(['#', '-', '‐', '−']);
    let name = name.trim_end_matches(|char: char| "#-‐−(".contains(char)).trim_end();
    let name = strip_word(name, &["No.", "no.", "Room", "room", "ルーム"]);
    // 第2ビル, コーポ栄2: one digit that is not set apart belongs to the name.
    let certain = named || apart || token.len() > 1;
    certain.then(|| (name, room_number(token)))
}

/// One letter, perhaps a hyphen, then digits; or digits joined by a hyphen.
fn is_room(token: &str) -> bool {
    let digits = token.strip_prefix(|char: char| char.is_ascii_alphabetic()).unwrap_or(token);
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// The number of a room: R205 is 205; A-205 stays.
fn room_number(token: &str) -> String {
    let plain = token.strip_prefix(['R', 'r']).unwrap_or(token);
    plain.trim_matches('-').to_owned()
}

fn strip_word<'t>(text: &'t str, words: &[&str]) -> &'t str {
    words.iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text).trim_end()
}

/// 栄ハイツ二〇五: a kanji number at the end.
fn kanji_number_at_end(text: &str) -> Option<(&str, String)> {
    let start = text.char_indices().rev().take_while(|(_, char)| numerals::is_kanji_numeral(*char)).last()?.0;
    let (number, rest) = numerals::leading(&text[start..])?;
    rest.is_empty().then(|| (text[..start].trim_end(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn splits(text: &str, block: &str, building: &str, room: &str) {
        let given = |part: &str| (!part.is_empty()).then(|| part.to_owned());
        let expected = Rest { block: given(block), building: given(building), room: given(room) };
        assert_eq!(Rest::split(text), expected, "{text}");
    }

    #[test]
    fn the_block_is_written_one_way() {
        for text in [
            "三丁目15番33号",
            "３丁目１５番３３号",
            "3-15-33",
            "３－１５－３３",
            "3ー15ー33",
            "3−15−33",
            "三-十五-三十三",
            "3丁目15-33",
            "三丁目十五番地三十三",
            "3丁目15番地の33",
            "3の15の33",
        ] {
            splits(text, "3-15-33", "", "");
        }
        splits("123番地", "123", "", "");
        splits("12番地5", "12-5", "", "");
        splits("3-15-33-2", "3-15-33-2", "", "");
        splits("", "", "", "");
    }

    #[test]
    fn a_room_is_a_room() {
        for line in [
            "3-15-33 栄ハイツ205号室",
            "3-15-33栄ハイツ205号室",
            "3-15-33 栄ハイツ 205号",
            "3-15-33 栄ハイツ２０５",
            "3-15-33 栄ハイツ ２０５",
            "3-15-33 栄ハイツ#205",
            "3-15-33 栄ハイツ R205",
            "3-15-33 栄ハイツ-205",
            "3-15-33 栄ハイツ205室",
            "3-15-33 栄ハイツ二〇五号室",
            "3丁目15番33号栄ハイツ205号室",
        ] {
            splits(line, "3-15-33", "栄ハイツ", "205");
        }
        splits("3-15-33 205号室", "3-15-33", "", "205");
        splits("3-15-33-205", "3-15-33", "", "205");
        splits("3丁目15番33号 205号室", "3-15-33", "", "205");
        splits("205号室", "", "", "205");
        splits("3-15-33 栄ハイツA-205", "3-15-33", "栄ハイツ", "A-205");
        splits("3-15-33 Sakae Heights 205", "3-15-33", "Sakae Heights", "205");
        splits("3-15-33 SakaeHeights205", "3-15-33", "SakaeHeights", "205");
    }

    #[test]
    fn numbers_in_the_name_of_a_building_stay_there() {
        splits("3-15-33 三協ビル", "3-15-33", "三協ビル", "");
        splits("3-15-33三協ビル", "3-15-33", "三協ビル", "");
        splits("3-15-33 第2栄ビル", "3-15-33", "第2栄ビル", "");
        splits("3-15-33 コーポ栄2", "3-15-33", "コーポ栄2", "");
        splits("3-15-33 栄ビル3階", "3-15-33", "栄ビル3階", "");
        splits("3-15 二番館 205号室", "3-15", "二番館", "205");
    }
}
