//! A text folded to a key, with where in the text each character of the key came from.

/// What a character of a key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Arabic digits.
    Arabic,
    /// Anything else.
    Other,
}

/// One character of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where it begins in the key.
    pub(super) key: usize,
    /// Where its source begins in the text.
    pub(super) text: usize,
    /// Whether its source are Arabic digits.
    pub(super) arabic: bool,
}

/// A text folded to a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Folded {
    /// The text, normalised to NFKC.
    text: String,
    key: String,
    marks: Vec<Mark>,
}

impl Folded {
    pub(super) fn of(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    pub(super) fn push(&mut self, char: char, text: usize, source: Source) {
        self.marks.push(Mark { key: self.key.len(), text, arabic: source == Source::Arabic });
        self.key.push(char);
    }

    /// The last character of the key.
    pub(super) fn last(&self) -> Option<char> {
        self.key.chars().next_back()
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn into_key(self) -> String {
        self.key
    }

    /// Whether this stands in the text as it was written.
    pub(super) fn contains(&self, written: &str) -> bool {
        self.text.contains(written)
    }

    /// Characters of the key.
    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    /// The key from character `from` to before character `to`.
    pub(super) fn slice(&self, from: usize, to: usize) -> &str {
        &self.key[self.at(from)..self.at(to)]
    }

    fn at(&self, char: usize) -> usize {
        self.marks.get(char).map_or(self.key.len(), |mark| mark.key)
    }

    /// The text from where character `from` of the key came from.
    pub(super) fn rest(&self, from: usize) -> &str {
        self.marks.get(from).map_or("", |mark| &self.text[mark.text..])
    }

    /// Whether a name may end before character `end`: not inside a number, and a number that ends it is written as
    /// names write it. 金田一 is not 金田1, and 金田一丁目 is the first 丁目 of 金田.
    pub(super) fn may_end(&self, end: usize) -> bool {
        let Some(last) = end.checked_sub(1).and_then(|last| self.marks.get(last)) else { return true };
        let rest = self.rest(end);
        if self.marks.get(end).is_some_and(|next| next.text == last.text) {
            return false;
        }
        let numeral = self.slice(end - 1, end).chars().next().is_some_and(super::numerals::is_kanji_numeral);
        !numeral || !(last.arabic || ["丁目", "番", "号"].iter().any(|word| rest.starts_with(word)))
    }

    /// Whether a word or a number begins at character `at`.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        let Some(mark) = self.marks.get(at) else { return true };
        let before = self.text[..mark.text].chars().next_back();
        mark.arabic || before.is_none_or(|char| !char.is_alphanumeric())
    }
}
