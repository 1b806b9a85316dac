//! Names as they are written, folded so that the usual variants of one name have one key: widths, ケ/ヶ/が, ツ/ッ,
//! ノ/の, old forms of characters, 大字, Arabic and kanji numerals.

use unicode_normalization::UnicodeNormalization as _;

use super::{
    folded::{Folded, Source},
    numerals,
};

/// Old forms of characters beside those in use.
const OLD_FORMS: &[(char, char)] = &[
    ('澤', '沢'),
    ('濱', '浜'),
    ('櫻', '桜'),
    ('廣', '広'),
    ('龍', '竜'),
    ('瀧', '滝'),
    ('國', '国'),
    ('圓', '円'),
    ('藏', '蔵'),
    ('嶋', '島'),
    ('嶌', '島'),
    ('邊', '辺'),
    ('邉', '辺'),
    ('齋', '斎'),
    ('澁', '渋'),
    ('鹽', '塩'),
    ('惠', '恵'),
    ('壽', '寿'),
    ('縣', '県'),
    ('區', '区'),
    ('條', '条'),
    ('之', 'ノ'),
    ('乃', 'ノ'),
];

/// The text in NFKC, without what steers a screen.
pub(super) fn normalised(text: &str) -> String {
    text.nfkc().filter(|char| !char.is_control()).collect()
}

/// Whether a text is written in kanji, at least in part.
pub(super) fn has_kanji(text: &str) -> bool {
    text.chars().any(|char| matches!(char, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '々' | '〇'))
}

/// The key of a name or of a line that begins with one.
pub(super) fn fold(text: &str) -> Folded {
    let text = normalised(text);
    let mut folded = Folded::of(text.clone());
    let mut at = 0;
    while let Some(char) = text[at..].chars().next() {
        let rest = &text[at..];
        if char.is_ascii_digit() {
            let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
            numerals::in_kanji(&rest[..end])
                .chars()
                .for_each(|numeral| folded.push(numeral, at, Source::Arabic));
            at += end;
        } else if rest.starts_with("大字") {
            at += "大字".len();
        } else {
            if let Some(folded_char) = fold_char(char) {
                folded.push(folded_char, at, Source::Other);
            }
            at += char.len_utf8();
        }
    }
    folded
}

fn fold_char(char: char) -> Option<char> {
    if char.is_whitespace() || matches!(char, ',' | '、' | '，') {
        return None;
    }
    let katakana = match char {
        'ぁ'..='ゖ' => char::from_u32(u32::from(char) + 0x60).unwrap_or(char),
        other => other,
    };
    let plain = match katakana {
        'ヶ' | 'ガ' | 'ケ' => 'ケ',
        'ッ' => 'ツ',
        other => OLD_FORMS.iter().find(|(old, _)| *old == other).map_or(other, |(_, new)| *new),
    };
    Some(plain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_a_name_have_one_key() {
        for (one, other) in [
            ("自由が丘", "自由ヶ丘"),
            ("自由ケ丘", "自由ヶ丘"),
            ("四ツ谷", "四ッ谷"),
            ("四つ谷", "四ッ谷"),
            ("井の頭", "井之頭"),
            ("旭神２条", "旭神二条"),
            ("北10条西", "北十条西"),
            ("ｻｸﾗ町", "さくら町"),
            ("大字上野", "上野"),
            ("名古屋市 中区", "名古屋市中区"),
            ("澤", "沢"),
        ] {
            assert_eq!(fold(one).key(), fold(other).key(), "{one} {other}");
        }
        assert_ne!(fold("三田").key(), fold("山田").key());
    }

    #[test]
    fn the_rest_of_a_line_is_as_it_was_said() {
        let folded = fold("中区　栄３丁目 １５番");
        assert_eq!(folded.key(), "中区栄三丁目十五番");
        assert_eq!(folded.rest(3), "3丁目 15番");
        assert_eq!(folded.rest(99), "");
    }

    #[test]
    fn a_number_typed_after_a_name_is_not_its_last_character() {
        let end = |text: &str| fold(text).may_end(3);
        assert!(end("金田一3-15"), "金田一 and a block");
        assert!(!end("金田1-15"), "the first of 金田");
        assert!(!end("金田一丁目"), "the first 丁目 of 金田");
        assert!(!fold("金田15").may_end(3), "inside a number");
        assert!(fold("金田15").may_end(2));
    }
}
