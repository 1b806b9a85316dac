//! What somebody types as a text: characters that can be seen, in one form.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// Whether a character steers a screen instead of standing on it: control characters, line separators, marks that turn the
/// direction of what follows, and characters that nobody sees. The joiners stay, which the scripts of Nepal and Bangladesh
/// need.
#[must_use]
pub fn steers(char: char) -> bool {
    char.is_control()
        || matches!(char,
            // Directions.
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            // Separators of lines and paragraphs.
            | '\u{2028}' | '\u{2029}'
            // Nothing to be seen: soft hyphen, spaces of no width, invisible operators, fillers, tags.
            | '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{200B}'
            | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether there is nothing to be seen.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|char| {
        char.is_whitespace() || matches!(char, '\u{200C}' | '\u{200D}' | '\u{2800}') || steers(char)
    })
}

/// The text in the form in which letters and their marks are one character (NFC), as every search expects it; none, where it
/// is in that form.
#[must_use]
pub fn composed(text: &str) -> Option<String> {
    (!is_nfc(text)).then(|| text.nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_no_text() {
        for bad in [
            "\u{202E}evil",
            "a\u{2066}b",
            "a\u{200B}b",
            "a\u{2028}b",
            "\u{3164}",
            "a\u{7}",
            "a\u{E0041}",
            "\u{FEFF}a",
        ] {
            assert!(bad.chars().any(steers), "{bad:?}");
        }
        // Nepali and Bengali with joiners, Arabic, Vietnamese, a variant of a family name, a family of three.
        for fine in [
            "क्\u{200D}षेत्र",
            "র\u{200D}্যাব",
            "محمد",
            "Nguyễn",
            "葛\u{E0100}",
            "👨\u{200D}👩\u{200D}👧",
            "田中　太郎",
        ] {
            assert!(!fine.chars().any(steers) && !is_blank(fine), "{fine:?}");
        }
        for blank in ["", " ", "\u{3000}", "\u{200D}\u{200C}", "\u{2800}", "\u{3164}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
    }

    #[test]
    fn letters_and_their_marks_are_one_character() {
        assert_eq!(composed("カ\u{3099}ス").as_deref(), Some("ガス"));
        assert_eq!(composed("Nguye\u{302}\u{303}n").as_deref(), Some("Nguyễn"));
        assert_eq!(composed("ガス"), None);
    }
}
