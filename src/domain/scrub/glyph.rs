//! A text as a reader sees it: full-width and foreign digits are digits, what is invisible is not there.

/// The zeros of the scripts people type digits in: ASCII, full width, Arabic, Persian, Devanagari, Bengali, Thai, Lao,
/// Burmese, Khmer.
const ZEROS: [u32; 10] = [0x30, 0xFF10, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xED0, 0x1040, 0x17E0];

/// One visible character and where it stands.
pub(super) struct Glyph {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

/// What a character is for our purposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Digit(u8),
    Capital,
    Small,
    Blank,
    Dash,
    Plus,
    Other,
}

impl Kind {
    pub(super) fn is_letter(self) -> bool {
        matches!(self, Self::Capital | Self::Small)
    }

    pub(super) fn is_separator(self) -> bool {
        matches!(self, Self::Blank | Self::Dash)
    }
}

pub(super) fn of(text: &str) -> Vec<Glyph> {
    let visible = text.char_indices().filter(|(_, char)| !is_invisible(*char));
    visible.map(|(start, char)| Glyph { start, end: start + char.len_utf8(), kind: kind(char) }).collect()
}

fn is_invisible(char: char) -> bool {
    matches!(char, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

fn kind(char: char) -> Kind {
    let code = u32::from(char);
    let digit = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|digit| *digit < 10));
    if let Some(digit) = digit.and_then(|digit| u8::try_from(digit).ok()) {
        return Kind::Digit(digit);
    }
    match char {
        'A'..='Z' | 'Ａ'..='Ｚ' => Kind::Capital,
        'a'..='z' | 'ａ'..='ｚ' => Kind::Small,
        '+' | '＋' => Kind::Plus,
        '-'
        | '_'
        | '.'
        | '/'
        | '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{30FC}'
        | '\u{30FB}'
        | '\u{FF0D}'
        | '\u{FF0E}'
        | '\u{FF0F}'
        | '\u{FF3F}'
        | '\u{FF65}'
        | '\u{FF70}'
        | '\u{FE63}' => Kind::Dash,
        char if char.is_whitespace() => Kind::Blank,
        _ => Kind::Other,
    }
}
